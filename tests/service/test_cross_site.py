#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Another site that makes a signed-in browser ask. Every route of the document is tried: with the cookie nothing is changed without
the page's own header and a listed origin, nothing is read for another site, and no GET changes anything, whatever it claims to be."""
import http.client, os, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_client import Client, Reply
from api_stage import OTHER, OTHER_PASSWORD, USER, ApiCase, mail, until, walked

REFUSED = ("cross-site", "same-site", "Same-Origin", "same-origin, cross-site", "")
FORM = "application/x-www-form-urlencoded"


class CrossSite(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = cls.stage.client()
        cls.app.messages("inbox")
        walked(cls.app)
        cls.document = cls.app.contract().document

    def setUp(self):
        """Something of everything that could be changed, and a person signed in with a browser."""
        self.stage.dovecot.append(USER, "INBOX", mail(self.id()))
        self.row = until(lambda: [m for m in self.app.messages("inbox").json["messages"] if m["subject"] == self.id()], "the message")[0]
        self.app.call("POST", "/image-domains", {"domain": "pictures.example"})
        self.app.call("POST", "/correspondents", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:P\r\nEMAIL:p@book.example\r\nEND:VCARD\r\n", kind="text/vcard")
        self.browser = self.stage.client(browser=True)
        self.cookie = {"Cookie": self.browser.cookie}
        self.plain = Client(self.stage.url)

    def filled(self, path):
        box = path.startswith("/mailboxes/")
        for name, value in {"id": "inbox" if box else self.row["id"], "part": "1", "domain": "pictures.example", "sha256": "0" * 64, "address": USER,
                            "fingerprint": "0" * 40, "email": "p@book.example", "kind": "sender", "subject": "carol@signed.example"}.items():
            path = path.replace("{%s}" % name, value)
        return path

    def routes(self, reading):
        """(method, path) of all that need a session; signing out comes last."""
        found = [(method.upper(), self.filled(path)) for path, item in self.document["paths"].items() for method, operation in item.items()
                 if "security" not in operation and (method == "get") == reading]
        return sorted(found, key=lambda route: route == ("DELETE", "/session"))

    def state(self):
        """All that a request could change."""
        app = self.app
        return {"rows": [(m["id"], m["keywords"]) for m in app.messages("inbox").json["messages"]],
                "boxes": sorted(app.get("/mailboxes").json["mailboxes"], key=lambda box: box["id"]),
                "domains": app.get("/image-domains").json, "known": app.get("/known").json, "keys": app.get("/openpgp/keys").json,
                "people": app.get("/correspondents").json, "signed in": self.browser.get("/session").status}

    def test_every_change_needs_the_header_and_a_listed_origin(self):
        url, own = self.stage.url, {"X-Requested-With": "inkan"}
        wrong = [{}, own, {"Origin": url}, {"Origin": url, "X-Requested-With": "XMLHttpRequest"}, {"Origin": url, "X-Requested-With": "INKAN"},
                 {"Referer": url + "/"}, dict(own, Referer=url + "/")]
        wrong += [dict(own, Origin=origin) for origin in ("null", "", "https://evil.example", url + ".evil.example", url + "/", url.replace("http:", "https:"),
                                                          url.upper(), "http://127.0.0.1", "http://127.0.0.1:1", "http://user@" + url[7:], url + " " + url, url + ", null")]
        wrong += [dict(own, Origin=url, **{"Sec-Fetch-Site": site}) for site in REFUSED]
        before = self.state()
        for method, path in self.routes(False):
            for extra in wrong:
                for kind in ("application/json", "text/plain", FORM) if not extra else ("application/json",):
                    with self.subTest(method=method, path=path, extra=extra, kind=kind):
                        self.problem(self.plain.call(method, path, b"{}", dict(self.cookie, **extra), kind), 403, "cross-site")
        self.assertEqual(self.state(), before)

    def test_what_the_page_sends_is_let_in(self):
        for method, path in self.routes(False):
            if path != "/session":
                reply = self.browser.call(method, path, b"", kind="application/none")
                self.assertNotIn(reply.status, (401, 403), (method, path, reply))
        self.assertEqual(self.browser.call("DELETE", "/session").status, 204)

    def test_nothing_is_read_for_another_site(self):
        for method, path in self.routes(True):
            for site in REFUSED:
                for verb in ("GET", "HEAD"):
                    with self.subTest(path=path, site=site, verb=verb):
                        reply = self.plain.call(verb, path, headers=dict(self.cookie, **{"Sec-Fetch-Site": site}))
                        self.assertEqual(reply.status, 403, reply)

    def test_reading_changes_nothing_whatever_it_claims_to_be(self):
        before = self.state()
        words = {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "PATCH", "X-Method-Override": "DELETE", "Content-Type": FORM}
        for method, path in self.routes(True):
            if path == "/events":
                continue  # a stream: it has no end
            for verb in ("GET", "HEAD"):
                for query in ("", "?_method=DELETE&method=DELETE&permanent=1"):
                    reply = self.plain.raw(verb, path + query, b"_method=DELETE&delete=permanent", dict(self.cookie, **words))
                    self.assertNotIn(reply.status, (201, 204, 401, 403, 500), (path, reply))
        self.assertEqual(self.state(), before)

    def test_a_token_needs_neither_and_goes_before_the_cookie(self):
        elsewhere = {"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}
        for method, path in self.routes(False):
            if path != "/session":
                reply = self.app.call(method, path, b"", dict(elsewhere), kind="application/none")
                self.assertNotIn(reply.status, (401, 403), (method, path, reply))
        for word in ("Bearer x", "Basic eDp4", "Bearer", "bearer " + "0" * 43):
            reply = self.plain.call("GET", "/session", headers=dict(self.cookie, Authorization=word))
            self.problem(reply, 401, "not-signed-in")

    def twice(self, *headers):
        """DELETE /session with these fields, of which one may come twice."""
        connection = http.client.HTTPConnection("127.0.0.1", self.stage.port, timeout=60)
        self.addCleanup(connection.close)
        connection.putrequest("DELETE", "/api/v1/session")
        for name, value in list(self.cookie.items()) + list(headers):
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def test_a_field_that_comes_twice_is_no_proof(self):
        url, own = ("Origin", self.stage.url), ("X-Requested-With", "inkan")
        for headers in ((own, url, ("Origin", "https://evil.example")), (own, ("Origin", "https://evil.example"), url), (own, ("Origin", "null"), url),
                        (url, own, ("X-Requested-With", "x")), (("X_Requested_With", "inkan"), url), (own, url, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site"))):
            reply = self.twice(*headers)
            self.assertIn(reply.status, (400, 403), (headers, reply))
        self.assertEqual(self.browser.get("/session").status, 200)

    def test_nobody_is_signed_in_from_elsewhere(self):
        """A sign-in that sets the cookie needs the same: no site can make a browser read another account."""
        words = {"username": OTHER, "password": OTHER_PASSWORD}
        for extra in ({"X-Requested-With": "inkan"}, {"X-Requested-With": "inkan", "Origin": "null"}, {"X-Requested-With": "inkan", "Origin": "https://evil.example"}):
            self.problem(self.plain.call("POST", "/session", words, extra), 403, "cross-site")
        for extra in ({}, {"Origin": "https://evil.example"}, {"X-Requested-With": "x", "Origin": self.stage.url}):
            self.assertNotIn("set-cookie", self.plain.call("POST", "/session", words, extra).headers)
        for kind in ("text/plain", FORM, "multipart/form-data"):  # what a form can send without being asked
            self.problem(self.plain.call("POST", "/session", words, kind=kind), 415, "wrong-content-type")

    def test_no_other_origin_is_invited(self):
        """No CORS (Fetch §3.2): a preflight is answered without one word of it."""
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "x-requested-with"}
        for method, path in self.routes(False) + self.routes(True):
            reply = self.plain.call("OPTIONS", path, headers=asked)
            self.problem(reply, 405, "method-not-allowed")
            self.assertFalse([name for name in reply.headers if name.startswith("access-control-")])


if __name__ == "__main__":
    unittest.main(verbosity=1)
