#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The HTTP API as its clients meet it: the real service behind the real nginx, with a real Dovecot and Knot. Every reply
is validated against the service's OpenAPI document by api_client."""
import hashlib, json, os, re, sqlite3, subprocess, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_client import Client
from api_stage import OTHER, OTHER_PASSWORD, PASSWORD, USER, ApiCase, Stage, binary, mail, until

BELIEVED = "Authentication-Results: mx.mail.example; dmarc=pass header.from=shop.example; dkim=pass header.d=shop.example\n"


class Sessions(ApiCase):
    def test_sign_in_answers_with_token_and_account(self):
        reply = Client(self.stage.url).sign_in(USER, PASSWORD)
        self.assertEqual(reply.status, 201)
        self.assertEqual(len(reply.json["token"]), 43)
        self.assertEqual(reply.json["account"], {"username": USER, "host": "localhost"})
        self.assertNotIn("set-cookie", reply.headers)

    def test_wrong_name_and_wrong_password_look_alike(self):
        client = Client(self.stage.url)
        wrong = self.problem(client.sign_in(USER, "no"), 401, "wrong-password")
        unknown = self.problem(client.sign_in("nobody-%s" % os.getpid(), "no"), 401, "wrong-password")
        self.assertEqual(wrong.body, unknown.body)

    def test_token_is_needed_and_must_live(self):
        client = Client(self.stage.url)
        for path in ("/session", "/mailboxes", "/mailboxes/x/messages", "/messages/x/verdict"):
            self.problem(client.get(path), 401, "not-signed-in")
        client.token = "A" * 43
        self.problem(client.get("/session"), 401, "not-signed-in")
        self.problem(client.get("/session", Authorization="Basic YTpi"), 401, "not-signed-in")

    def test_sign_out_ends_it(self):
        client = self.stage.client()
        self.assertEqual(client.get("/session").status, 200)
        self.assertEqual(client.call("DELETE", "/session").status, 204)
        self.problem(client.get("/session"), 401, "not-signed-in")

    def test_two_sessions_are_two(self):
        first, second = self.stage.client(), self.stage.client()
        self.assertNotEqual(first.token, second.token)
        first.call("DELETE", "/session")
        self.assertEqual(second.get("/mailboxes").status, 200)

    def test_bodies_that_are_no_credentials(self):
        client = Client(self.stage.url)
        for body in (b"", b"[]", b"{", b'{"username":"a"}', b'{"username":"a","password":1}', b'{"username":"a","password":"b","bearer":"c"}',
                     b'{"username":"a","username":"b","password":"c"}', b'{"username":"a\\u0000","password":"b"}', b'{"username":"\xff","password":"b"}',
                     b'{"username":"a\\r\\nA1 LOGOUT","password":"b"}', b'{"username":"","password":"b"}', b'{"username":"a","password":"\\ud800"}',
                     b"[" * 5000, b'{"username":"a","password":NaN}'):
            self.problem(client.call("POST", "/session", body), 400, "bad-json")
        self.problem(client.call("POST", "/session", b'{"username":"a","password":"' + b"x" * 70000 + b'"}'), 413, "body-too-large")
        self.problem(client.call("POST", "/session", b"username=a&password=b", kind="application/x-www-form-urlencoded"), 415, "wrong-content-type")
        self.problem(client.call("POST", "/session", b'{"username":"a","password":"b"}', kind="text/plain"), 415, "wrong-content-type")

    def test_language_of_sentences(self):
        client = Client(self.stage.url)
        self.assertIn("サインイン", client.get("/session", Accept_Language="ja-JP,en;q=0.5").json["detail"])
        self.assertIn("Sign in", client.get("/session", Accept_Language="fr,en;q=0.5,ja;q=0.1").json["detail"])
        self.assertIn("サインイン", client.get("/session?lang=ja", Accept_Language="en").json["detail"])


class Cookies(ApiCase):
    def test_browser_gets_a_cookie_and_may_use_it(self):
        browser = self.stage.client(browser=True)
        name, _, rest = browser.cookie.partition("=")
        self.assertEqual((name, len(rest)), ("inkan", 43))
        reply = browser.sign_in(USER, PASSWORD)
        for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="):
            self.assertIn(part, reply.headers["set-cookie"])
        self.assertNotIn("Domain", reply.headers["set-cookie"])
        self.assertEqual(browser.get("/mailboxes").status, 200)
        reply = browser.call("DELETE", "/session")
        self.assertEqual(reply.status, 204)
        self.assertIn("Max-Age=0", reply.headers["set-cookie"])

    def test_changes_need_header_and_origin(self):
        browser = self.stage.client(browser=True)
        cookie = {"Cookie": browser.cookie}
        plain = Client(self.stage.url)
        for extra in ({}, {"X-Requested-With": "inkan"}, {"Origin": self.stage.url}, {"X-Requested-With": "inkan", "Origin": "null"},
                      {"X-Requested-With": "inkan", "Origin": "https://evil.example"}, {"X-Requested-With": "x", "Origin": self.stage.url},
                      {"X-Requested-With": "inkan", "Origin": self.stage.url + ".evil.example"}):
            self.problem(plain.call("DELETE", "/session", headers=dict(cookie, **extra)), 403, "cross-site")
        self.assertEqual(browser.get("/session").status, 200)

    def test_reading_for_another_site_is_refused(self):
        browser = self.stage.client(browser=True)
        for site in ("cross-site", "same-site"):
            self.problem(browser.get("/mailboxes", Sec_Fetch_Site=site), 403, "cross-site")
        self.assertEqual(Client(self.stage.url).call("GET", "/mailboxes", headers={"Cookie": browser.cookie}).status, 200)

    def test_sign_in_from_another_site_sets_nothing(self):
        plain = Client(self.stage.url)
        reply = plain.call("POST", "/session", {"username": USER, "password": PASSWORD},
                           headers={"X-Requested-With": "inkan", "Origin": "https://evil.example"})
        self.problem(reply, 403, "cross-site")
        self.assertNotIn("set-cookie", reply.headers)

    def test_bearer_needs_neither(self):
        client = self.stage.client()
        self.assertEqual(client.call("DELETE", "/session", headers={"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}).status, 204)

    def test_two_cookies_of_the_name_are_none(self):
        browser = self.stage.client(browser=True)
        self.problem(Client(self.stage.url).call("GET", "/session", headers={"Cookie": browser.cookie + "; inkan=x"}), 401, "not-signed-in")


class Requests(ApiCase):
    def test_what_is_no_sane_request(self):
        client = self.stage.client()
        for path in ("/messages/%2e%2e/verdict", "/messages/..%2fx", "/messages/a%2fb/verdict", "/messages/%ff",
                     "/mailboxes//messages", "/session?lang=%ff", "/session?a=1&a=2", "/session?" + "&".join("a%d=" % i for i in range(40))):
            self.problem(client.get(path), 400, "bad-request")
        self.problem(client.get("/nothing"), 404, "not-found")
        self.problem(client.get("/session/x"), 404, "not-found")

    def test_methods(self):
        client = self.stage.client()
        reply = self.problem(client.call("DELETE", "/mailboxes"), 405, "method-not-allowed")
        self.assertEqual(reply.headers["allow"], "GET, HEAD")
        self.problem(client.call("PUT", "/session", b"{}"), 405, "method-not-allowed")
        self.assertEqual(client.call("HEAD", "/health").body, b"")

    def test_health_and_document_need_no_session(self):
        client = Client(self.stage.url)
        self.assertEqual(client.get("/health").json["status"], "ok")
        document = client.get("/openapi.json")
        self.assertEqual(document.json["openapi"], "3.1.0")
        self.assertEqual(client.get("/openapi.json", If_None_Match=document.headers["etag"]).status, 304)

    def test_flags_are_yes_or_no_and_nothing_else(self):
        client = self.stage.client()
        inbox = client.mailboxes()["inbox"]
        self.stage.dovecot.append(USER, "INBOX", mail("flags"))
        row = until(lambda: next(iter(client.messages(inbox, limit=1).json["messages"]), None), "a row")
        message = "/messages/%s" % row["id"]
        for yes, no in (("1", "0"), ("true", "false"), ("on", "off")):
            for value in (yes, no):
                self.assertEqual(client.messages(inbox, unverified=value).status, 200)
                self.assertEqual(client.get(message + "/body.html?links=%s&images=%s" % (value, value)).status, 200)
                self.assertEqual(client.get(message + "/verdict?refresh=" + value).status, 200)
        for value in ("", "yes", "TRUE", "2", "01", "%201"):
            for method, path, name in (("GET", "/mailboxes/%s/messages?unverified=" % inbox, "unverified"), ("GET", message + "/verdict?refresh=", "refresh"),
                                       ("GET", message + "/body.html?links=", "links"), ("GET", message + "/body.html?images=", "images"),
                                       ("DELETE", message + "?permanent=", "permanent")):
                self.assertEqual(self.problem(client.call(method, path + value), 400, "bad-parameter").json["parameter"], name)
        self.assertEqual(client.get(message).status, 200, "nothing was deleted")
        for path, name in (("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("before=x", "before"), ("q=%22", "q"),
                           ("after=%s&q=x" % row["id"], "after"), ("thread=%s&q=x" % row["id"], "thread")):
            reply = self.problem(client.get("/mailboxes/%s/messages?%s" % (inbox, path)), 400, "bad-parameter")
            self.assertEqual(reply.json["parameter"], name)

    def test_document_names_every_problem(self):
        with open("fcgi/problem.def", encoding="utf-8") as f:
            codes = {line.split('"')[1] for line in f if line.startswith("PROBLEM(")}
        document = Client(self.stage.url).get("/openapi.json").json
        self.assertEqual(codes - set(document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]), set())

    def test_document_names_every_route_and_no_other(self):
        with open("fcgi/route.c", encoding="utf-8") as f:
            routes = {(method, pattern, access == "PUBLIC") for method, pattern, access in re.findall(r'\{HTTP_(\w+), "([^"]+)", \w+, ROUTE_(\w+)\}', f.read())}
        self.assertGreater(len(routes), 30)
        document = Client(self.stage.url).get("/openapi.json").json
        documented = {(method.upper(), re.sub(r"\{[^}]+\}(\.svg|\.png)?", "{}", path[1:]), operation.get("security", document["security"]) == [])
                      for path, item in document["paths"].items() for method, operation in item.items()}
        self.assertEqual(documented, routes)

    def test_document_says_what_each_request_takes_and_may_get(self):
        contract = Client(self.stage.url).contract()
        for path, item in contract.document["paths"].items():
            for method, operation in item.items():
                with self.subTest("%s %s" % (method, path)):
                    parameters = {(p["in"], p["name"]) for p in map(contract.resolve, operation["parameters"])}
                    self.assertEqual({name for where, name in parameters if where == "path"}, set(re.findall(r"\{(\w+)\}", path)))
                    self.assertIn(("query", "lang"), parameters)
                    self.assertEqual(("header", "If-None-Match") in parameters, "304" in operation["responses"])
                    due = {"400", "500"} | ({"401", "403"} if operation.get("security") != [] else set())
                    due |= {"413", "415"} if "requestBody" in operation else set()
                    self.assertEqual(due - set(operation["responses"]), set())

    def test_a_query_with_two_readings_is_refused_everywhere(self):
        client = self.stage.client()
        for path, item in client.contract().document["paths"].items():
            made = re.sub(r"\{\w+\}", "x", path)
            for method in item:
                with self.subTest("%s %s" % (method, path)):
                    body = {} if "requestBody" in item[method] else None
                    self.problem(client.call(method.upper(), made + "?a=1&a=2", body), 400, "bad-request")

    def test_too_large_is_said_by_both(self):
        client = self.stage.client()
        reply = client.raw("POST", "/verify", b"x" * (33 << 20), {"Authorization": "Bearer " + client.token, "Content-Type": "message/rfc822"})
        self.assertEqual((reply.status, reply.code), (413, "body-too-large"))


class Mailboxes(ApiCase):
    def test_names_and_roles(self):
        reply = self.stage.client().get("/mailboxes")
        roles = {m["role"]: m for m in reply.json["mailboxes"]}
        self.assertEqual(reply.json["mailboxes"][0]["role"], "inbox")
        for role in ("inbox", "sent", "drafts", "junk", "trash", "archive"):
            self.assertIn(role, roles)
            self.assertTrue(roles[role]["selectable"])

    def test_ids_are_of_no_use_to_others(self):
        self.stage.dovecot.append(USER, "INBOX", mail("private"))
        mine, other = self.stage.client(), self.stage.client(OTHER, OTHER_PASSWORD)
        inbox = mine.mailboxes()["inbox"]
        self.assertNotEqual(inbox, other.mailboxes()["inbox"])
        self.problem(other.messages(inbox), 404, "not-found")
        message = mine.messages(inbox).json["messages"][0]["id"]
        self.problem(other.get("/messages/%s/verdict" % message), 404, "not-found")
        self.problem(other.call("PATCH", "/messages/%s" % message, {"keywords": {"$seen": True}}), 404, "not-found")

    def test_ids_cannot_be_made_up(self):
        client = self.stage.client()
        inbox = client.mailboxes()["inbox"]
        for i in range(0, len(inbox), 3):
            flipped = inbox[:i] + ("A" if inbox[i] != "A" else "B") + inbox[i + 1:]
            self.problem(client.messages(flipped), 404, "not-found")
        for made in (inbox + "A", inbox[:-1], inbox + "=", "x", "A" * 3000):
            self.problem(client.messages(made), 404, "not-found")
        message = self.problem(client.get("/messages/%s/verdict" % inbox), 404, "not-found")
        self.assertNotIn(inbox.encode(), message.body)


class Lists(ApiCase):
    def setUp(self):
        self.client = self.stage.client()
        self.boxes = self.client.mailboxes()

    def rows(self, mailbox, **query):
        return self.client.messages(mailbox, **query).json["messages"]

    def settled(self, mailbox, **query):
        def look():
            rows = self.rows(mailbox, **query)
            return rows if rows and all(r["verdict"]["level"] != "unchecked" for r in rows) else None
        return until(look, "every row has a verdict")

    def test_pages_newest_first_without_gap_or_double(self):
        subjects = ["page %d" % i for i in range(23)]
        for subject in subjects:
            self.stage.dovecot.append(USER, "Archive", mail(subject))
        seen, before = [], None
        while True:
            reply = self.client.messages(self.boxes["archive"], limit=5, **({"before": before} if before else {})).json
            seen += [r["subject"] for r in reply["messages"]]
            before = reply["next"]
            if not before:
                break
            self.assertEqual(len(reply["messages"]), 5)
        self.assertEqual(seen, subjects[::-1])

    def test_limits_and_cursors(self):
        inbox = self.boxes["inbox"]
        for limit in ("0", "201", "-1", "x", "1e2", ""):
            self.problem(self.client.messages(inbox, limit=limit), 400, "bad-parameter")
        self.problem(self.client.messages(inbox, before="x"), 400, "bad-parameter")
        for _ in range(3):
            self.stage.dovecot.append(USER, "Junk", mail("cursor", "a@shop.example", extra=BELIEVED))
        cursor = self.client.messages(self.boxes["junk"], limit=1).json["next"]
        self.problem(self.client.messages(inbox, before=cursor), 400, "bad-parameter")
        self.problem(self.client.messages(cursor), 404, "not-found")

    def test_believed_header_settles_at_once(self):
        """Shown in the first answer, with a resolver that would never answer: nothing was looked up for it."""
        self.stage.restart(dns={"server": "127.0.0.1@9", "trust-anchor": ""})
        try:
            message = mail("believed", "Shop <news@shop.example>", extra=BELIEVED)
            self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(message, "shop.example"))
            row = self.rows(self.boxes["inbox"], limit=1)[0]
            self.assertEqual((row["subject"], row["verdict"]["author"]), ("believed", "verified"))
            self.assertEqual((row["verdict"]["level"], row["verdict"]["domain"]), ("domain", "shop.example"))
        finally:
            self.stage.restart()

    def test_forged_by_a_believed_header(self):
        header = "Authentication-Results: mx.mail.example; dmarc=fail (p=REJECT) header.from=signed.example\n"
        self.stage.dovecot.append(USER, "INBOX", mail("forged", extra=header))
        row = self.settled(self.boxes["inbox"], limit=1)[0]
        self.assertEqual((row["verdict"]["level"], row["verdict"]["author"]), ("forged", "contradicted"))

    def test_forged_stays_forged_under_a_crowd_of_signatures(self):
        """200 signatures of 500 names each and A-R fields of 60 KB: the row and the command line say what the header says."""
        claim = "Authentication-Results: mx.mail.example; dmarc=fail (p=REJECT) header.from=signed.example\n"
        names = "".join(":x-%d" % n for n in range(499))
        crowd = "".join("DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=q%d; h=from%s; bh=%s; b=%s\n" % (n, names, "A" * 43 + "=", "A" * 344)
                        for n in range(200))
        other = "".join("Authentication-Results: o%d.example; dkim=fail (%s) header.d=a.example\n" % (n, "c" * 60000) for n in range(40))
        raw = mail("crowd", extra=claim + other + crowd)
        self.stage.dovecot.append(USER, "INBOX", raw)
        row = self.settled(self.boxes["inbox"], limit=1)[0]
        self.assertEqual((row["subject"], row["verdict"]["level"]), ("crowd", "forged"))
        whole = self.client.get("/messages/%s/verdict" % row["id"]).json
        evidence = whole["evidence"]
        self.assertTrue(whole["verdict"]["complete"])
        self.assertEqual([s["selector"] for s in evidence["dkim"]][:3], ["q0", "q1", "q2"])
        self.assertLess(len(evidence["dkim"]), 50)
        self.assertEqual(len(evidence["dkim"][0]["signedHeaders"]), 64)
        path = os.path.join(self.stage.directory, "crowd.eml")
        with open(path, "wb") as f:
            f.write(raw)
        done = subprocess.run([binary(), "verify", "--json", "--verify", "missing", "--authserv-id", "mx.mail.example", "--server-strips", "--resolver",
                               "127.0.0.1@%d" % self.stage.knot.port, "--trust-anchor", self.stage.knot.trust_anchor_file, path], capture_output=True)
        self.assertEqual(json.loads(done.stdout)["verdict"]["level"], row["verdict"]["level"])

    def test_links_of_forged_mail_never_open(self):
        header = "Authentication-Results: mx.mail.example; dmarc=fail (p=REJECT) header.from=signed.example\n"
        linked = mail("linked", "a@shop.example", "See https://evil.example/x", extra=BELIEVED)
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(linked, "shop.example"))
        self.stage.dovecot.append(USER, "INBOX", mail("lure", "carol@signed.example", "See https://evil.example/x", extra=header))
        lure, linked = self.settled(self.boxes["inbox"], limit=2)
        for row, subject, level in ((linked, "linked", "domain"), (lure, "lure", "forged")):
            self.assertEqual((row["subject"], row["verdict"]["level"]), (subject, level))
            for query in ("", "?links=on"):
                policy = self.client.get("/messages/%s/body.html%s" % (row["id"], query)).headers["content-security-policy"]
                self.assertEqual("allow-popups" in policy, level != "forged")

    def test_own_check_needs_the_body_and_comes_later(self):
        big = "\n".join("line %d of a body longer than what a list fetches" % i for i in range(300))
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("signed", body=big), "signed.example"))
        first = self.client.messages(self.boxes["inbox"], limit=1)
        row = first.json["messages"][0]
        self.assertEqual((row["verdict"]["level"], row["hasAttachment"]), ("unchecked", None))
        def changed():
            reply = self.client.call("GET", "/mailboxes/%s/messages?limit=1" % self.boxes["inbox"], headers={"If-None-Match": first.headers["etag"]})
            return reply if reply.status == 200 and reply.json["messages"][0]["verdict"]["level"] != "unchecked" else None
        row = until(changed, "a new ETag").json["messages"][0]
        self.assertEqual((row["verdict"]["level"], row["hasAttachment"]), ("domain", False))
        self.assertEqual(row["verdict"]["text"], "Sent by signed.example.")
        japanese = self.rows(self.boxes["inbox"], limit=1, lang="ja")[0]["verdict"]["text"]
        self.assertIn("signed.example", japanese)
        self.assertNotEqual(japanese, row["verdict"]["text"])

    def test_tampered_body_never_passes(self):
        signed = self.stage.key.sign(mail("tampered", body="Pay to account 1."), "signed.example")
        self.stage.dovecot.append(USER, "INBOX", signed.replace(b"account 1", b"account 2"))
        row = self.settled(self.boxes["inbox"], limit=1)[0]
        self.assertEqual(row["verdict"]["author"], "not-established")

    def test_own_mail_has_no_verdict(self):
        for folder, role in (("Sent", "sent"), ("Drafts", "drafts")):
            self.stage.dovecot.append(USER, folder, mail("mine"))
            row = self.rows(self.boxes[role], limit=1)[0]
            self.assertEqual((row["verdict"]["level"], row["verdict"]["author"]), ("own", "own"))

    def test_nothing_changed_is_304(self):
        self.stage.dovecot.append(USER, "Junk", mail("quiet", extra=BELIEVED, sender="a@shop.example"))
        self.settled(self.boxes["junk"])
        first = self.client.messages(self.boxes["junk"])
        path = "/mailboxes/%s/messages?" % self.boxes["junk"]
        self.assertEqual(self.client.call("GET", path, headers={"If-None-Match": first.headers["etag"]}).status, 304)
        self.assertEqual(self.client.call("GET", path + "lang=ja", headers={"If-None-Match": first.headers["etag"]}).status, 200)
        message = first.json["messages"][0]["id"]
        self.client.call("PATCH", "/messages/%s" % message, {"keywords": {"$flagged": True}})
        self.assertEqual(self.client.call("GET", path, headers={"If-None-Match": first.headers["etag"]}).status, 200)

    def test_reading_marks_nothing_and_patch_does(self):
        self.stage.dovecot.append(USER, "INBOX", mail("unread"))
        row = self.rows(self.boxes["inbox"], limit=1)[0]
        self.client.get("/messages/%s/verdict" % row["id"])
        self.settled(self.boxes["inbox"], limit=1)
        self.assertEqual(self.rows(self.boxes["inbox"], limit=1)[0]["keywords"], {})
        path = "/messages/%s" % row["id"]
        reply = self.client.call("PATCH", path, {"keywords": {"$seen": True, "$flagged": True, "todo": True}})
        self.assertEqual(reply.json["keywords"], {"$seen": True, "$flagged": True, "todo": True})
        reply = self.client.call("PATCH", path, {"keywords": {"$seen": False, "todo": False}})
        self.assertEqual(reply.json["keywords"], {"$flagged": True})
        for body in ({"keywords": {}}, {"keywords": {"$seen": 1}}, {"keywords": {"a b": True}}, {"keywords": {"a\r\nb": True}}, {"keywords": []}):
            self.problem(self.client.call("PATCH", path, body), 400, "bad-json")
        self.problem(self.client.call("PATCH", path, {"mailboxIds": {}}), 422, "unprocessable")

    def test_move(self):
        self.stage.dovecot.append(USER, "INBOX", mail("to be moved"))
        row = self.rows(self.boxes["inbox"], limit=1)[0]
        path = "/messages/%s" % row["id"]
        for body in ({"mailboxIds": {}}, {"mailboxIds": {self.boxes["junk"]: False}}, {"mailboxIds": {self.boxes["junk"]: True, self.boxes["trash"]: True}}):
            self.problem(self.client.call("PATCH", path, body), 422, "unprocessable")
        self.problem(self.client.call("PATCH", path, {"mailboxIds": {"x": True}}), 404, "not-found")
        reply = self.client.call("PATCH", path, {"mailboxIds": {self.boxes["junk"]: True}})
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.json["id"], self.rows(self.boxes["junk"], limit=1)[0]["id"])
        self.assertEqual(self.rows(self.boxes["junk"], limit=1)[0]["subject"], "to be moved")
        self.problem(self.client.get(path + "/verdict"), 404, "not-found")

    def test_unverified_filter(self):
        self.stage.dovecot.append(USER, "Trash", mail("known", "a@shop.example", extra=BELIEVED))
        self.stage.dovecot.append(USER, "Trash", mail("unknown", "x@nowhere.example"))
        self.settled(self.boxes["trash"])
        self.assertEqual([r["subject"] for r in self.rows(self.boxes["trash"], unverified=1)], ["unknown"])

    def test_a_row_of_hostile_headers(self):
        raw = b"From: =?utf-8?q?Bank=E2=80=AE?= <a@x.example>\r\nSubject: \xff\xfe \x1b$B\x00 " + b"x" * 3000 + b"\r\n\r\n\xff\x00<script>\r\n"
        self.stage.dovecot.append(USER, "INBOX", raw)
        self.assertEqual(self.client.messages(self.boxes["inbox"], limit=1).status, 200)


class Verdicts(ApiCase):
    def setUp(self):
        self.client = self.stage.client()
        self.inbox = self.client.mailboxes()["inbox"]

    def newest(self):
        return self.client.messages(self.inbox, limit=1).json["messages"][0]

    # attacks A38
    def test_list_and_verdict_agree_and_refresh_checks_again(self):
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("agree"), "signed.example"))
        row = until(lambda: (lambda r: r if r["verdict"]["level"] != "unchecked" else None)(self.newest()), "a verdict")
        first = self.client.get("/messages/%s/verdict" % row["id"]).json
        self.assertEqual((first["verdict"]["level"], first["verdict"]["text"]), (row["verdict"]["level"], row["verdict"]["text"]))
        self.assertEqual(first["evidence"]["dkim"][0]["result"], "pass")
        self.assertEqual(first["evidence"]["dmarc"]["alignedBy"], ["dkim"])
        again = self.client.get("/messages/%s/verdict?refresh=1" % row["id"]).json
        self.assertEqual(again["verdict"]["level"], "domain")
        kept = self.client.get("/messages/%s/verdict" % row["id"]).json
        self.assertEqual((kept["verdict"], kept["evidence"], kept["checks"]["first"]), (first["verdict"], first["evidence"], first["checks"]["first"]))
        self.assertIsNotNone(kept["checks"]["later"])

    # attacks C91
    def test_first_complete_verdict_outlives_the_key(self):
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("kept"), "signed.example"))
        row = until(lambda: (lambda r: r if r["verdict"]["level"] == "domain" else None)(self.newest()), "a verdict")
        self.stage.restart(dns={"server": "127.0.0.1@9", "trust-anchor": ""})
        try:
            self.assertEqual(self.newest()["verdict"], row["verdict"])
            self.assertEqual(self.client.get("/messages/%s/verdict" % row["id"]).json["verdict"]["complete"], True)
        finally:
            self.stage.restart()

    def test_opening_without_a_list_gives_the_verdict(self):
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("opened"), "signed.example"))
        ident = self.newest()["id"]
        reply = until(lambda: (lambda r: r if r["verdict"]["complete"] else None)(self.client.get("/messages/%s/verdict" % ident).json), "complete")
        self.assertEqual(reply["verdict"]["level"], "domain")

    def test_verify_a_message_that_lies_nowhere(self):
        signed = self.stage.key.sign(mail("posted"), "signed.example")
        def post(octets, kind="message/rfc822"):
            return self.client.call("POST", "/verify", octets, kind=kind)
        self.assertEqual(post(signed).json["verdict"]["level"], "domain")
        self.assertEqual(post(signed.replace(b"\r\n", b"\n")).json["verdict"]["level"], "domain")
        self.assertEqual(post(BELIEVED.encode() + mail("claim", "a@shop.example")).json["verdict"]["author"], "not-established")
        self.problem(post(b""), 400, "bad-request")
        self.problem(post(signed, "application/json"), 415, "wrong-content-type")
        self.problem(Client(self.stage.url).call("POST", "/verify", signed, kind="message/rfc822"), 401, "not-signed-in")

    def test_gone_message(self):
        self.stage.dovecot.append(USER, "INBOX", mail("gone"))
        ident = self.newest()["id"]
        with Imap(self.stage) as box:
            box.select("INBOX")
            box.store("*", "+FLAGS", "\\Deleted")
            box.expunge()
        self.problem(self.client.get("/messages/%s/verdict" % ident), 404, "not-found")
        self.assertNotIn(ident, [r["id"] for r in self.client.messages(self.inbox).json["messages"]])


class Imap:
    """The mailbox as another mail program sees it."""

    def __init__(self, stage, user=USER, password=PASSWORD):
        self.stage, self.user, self.password = stage, user, password

    def __enter__(self):
        import imaplib, ssl
        self.box = imaplib.IMAP4_SSL("localhost", self.stage.dovecot.port, ssl_context=ssl.create_default_context(cafile=self.stage.dovecot.ca_file))
        self.box.login(self.user, self.password)
        return self.box

    def __exit__(self, *_):
        self.box.logout()


class Memory(unittest.TestCase):
    """What survives the process, and what does not lie in the store."""

    def setUp(self):
        self.stage = Stage()
        self.addCleanup(self.stage.stop)
        self.stage.start()

    def test_sessions_survive_a_restart(self):
        client, browser = self.stage.client(), self.stage.client(browser=True)
        ids = client.mailboxes()
        self.assertEqual(self.stage.restart(), 0)
        self.assertEqual(client.mailboxes(), ids)
        self.assertEqual(browser.get("/mailboxes").status, 200)
        client.call("DELETE", "/session")
        self.stage.restart()
        self.assertEqual(client.get("/session").code, "not-signed-in")

    def test_the_store_alone_opens_nothing(self):
        client = self.stage.client()
        self.stage.inkan.stop()
        octets = b""
        for name in os.listdir(self.stage.inkan.directory):
            if name.startswith("inkan.db"):
                path = os.path.join(self.stage.inkan.directory, name)
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600, name)
                with open(path, "rb") as f:
                    octets += f.read()
        with open(self.stage.inkan.log, "rb") as f:
            log = f.read()
        for secret in (PASSWORD.encode(), client.token.encode()):
            self.assertNotIn(secret, octets)
            self.assertNotIn(secret, log)
        self.assertIn(hashlib.sha256(client.token.encode()).hexdigest().encode(), octets)
        self.stage.inkan.start()

    def test_a_moved_or_prolonged_session_does_not_open(self):
        first, second = self.stage.client(), self.stage.client()
        self.stage.inkan.stop()
        with sqlite3.connect(self.stage.inkan.store) as db:
            rows = db.execute("SELECT hash, sealed FROM session").fetchall()
            db.execute("UPDATE session SET expires = expires + 86400 WHERE hash = ?", (hashlib.sha256(first.token.encode()).hexdigest(),))
            other = [s for h, s in rows if h != hashlib.sha256(second.token.encode()).hexdigest()][0]
            db.execute("UPDATE session SET sealed = ? WHERE hash = ?", (other, hashlib.sha256(second.token.encode()).hexdigest()))
        db.close()
        self.stage.inkan.start()
        self.assertEqual(first.get("/session").code, "not-signed-in")
        self.assertEqual(second.get("/session").code, "not-signed-in")

    def test_many_failures_wait(self):
        client = Client(self.stage.url)
        codes = [client.sign_in(USER, "wrong %d" % i).code for i in range(12)]
        self.assertEqual(codes, ["wrong-password"] * 10 + ["too-many-attempts"] * 2)
        reply = client.sign_in(USER.upper(), PASSWORD)
        self.assertEqual(reply.status, 429)
        self.assertEqual(int(reply.headers["retry-after"]), reply.json["retryAfter"])
        self.assertEqual(client.sign_in(OTHER, OTHER_PASSWORD).status, 201)
        for i in range(20):
            client.sign_in("user%d@mail.example" % i, "guess")
        self.assertEqual(client.sign_in("somebody-else@mail.example", "guess").code, "too-many-attempts")

    def test_guesses_of_a_stranger_do_not_lock_the_owner_out(self):
        """Counted by the address that the web server saw: another network is another count."""
        stranger = Client(self.stage.url, address="127.66.0.9")
        codes = [stranger.sign_in(USER, "guess %d" % i).code for i in range(11)]
        self.assertEqual(codes, ["wrong-password"] * 10 + ["too-many-attempts"])
        reply = stranger.call("POST", "/session", {"username": USER, "password": "guess"}, {"X-Forwarded-For": "127.99.0.1", "Remote-Addr": "127.99.0.1"})
        self.assertEqual(reply.code, "too-many-attempts", "a client does not say where it is")
        self.assertEqual(Client(self.stage.url, address="127.77.0.1").sign_in(USER, PASSWORD).status, 201)

    def test_nothing_stored_is_fetched_again(self):
        """Counted by Dovecot itself: octets that left it for a list that is known."""
        for i in range(5):
            self.stage.dovecot.append(USER, "INBOX", mail("row %d" % i, body="x" * 20000))
        client = self.stage.client()
        inbox = client.mailboxes()["inbox"]
        until(lambda: all(r["verdict"]["level"] != "unchecked" for r in client.messages(inbox).json["messages"]), "verdicts")
        self.stage.restart()
        rows = client.messages(inbox)
        self.assertEqual(len(rows.json["messages"]), 5)
        self.stage.restart()
        with sqlite3.connect(self.stage.inkan.store) as db:
            self.assertEqual(db.execute("SELECT count(*) FROM listing").fetchone()[0], 5)
        db.close()


if __name__ == "__main__":
    unittest.main(verbosity=1)
