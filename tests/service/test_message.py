#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An opened message over the real stack (the sample mailbox of `make run`): its JSON, its body under a policy of its own,
parts and raw octets as downloads, nothing of another session, and no second fetch for body and parts."""
import json, os, re, signal, subprocess, sys, time, unittest, urllib.error, urllib.request

from api_client import Contract, Reply

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("INKAN_BUILD", os.path.join(TOP, "build"))


class Stack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        words = [sys.executable, os.path.join(TOP, "tests/sample/run.py"), "--build", BUILD, "--port", "0"]
        cls.process = subprocess.Popen(words, cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True)
        said = []
        for line in cls.process.stdout:
            said.append(line)
            found = re.match(r"READY url=(\S+) user=(\S+) password=(\S+)$", line)
            if found:
                break
        else:
            raise AssertionError("never ready:\n" + "".join(said))
        cls.url, user, password = found.groups()
        cls.contract = Contract(cls.get_json("/openapi.json"))
        cls.token = cls.sign_in(user, password)
        cls.user, cls.password = user, password
        cls.rows = cls.list_inbox()
        cls.mails = {row["subject"]: cls.get_json("/messages/" + row["id"]) for row in cls.rows}

    @classmethod
    def list_inbox(cls):
        inbox = next(box for box in cls.get_json("/mailboxes")["mailboxes"] if box["role"] == "inbox")
        return cls.get_json("/mailboxes/%s/messages?limit=100" % inbox["id"])["messages"]

    @classmethod
    def tearDownClass(cls):
        cls.process.send_signal(signal.SIGTERM)
        cls.process.communicate(timeout=120)

    @classmethod
    def call(cls, path, method="GET", body=None, token=None):
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + (token or cls.token or "")}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(cls.url + "/api/v1" + path, method=method, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                got = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            got = answer.code, answer.headers, answer.read()
        if cls.contract:
            headers = {name.lower(): value for name, value in got[1].items()}
            cls.contract.check(method, path.split("?")[0], Reply(got[0], headers, got[2]))
        return got

    token = contract = None

    @classmethod
    def sign_in(cls, user, password):
        status, _, body = cls.call("/session", "POST", {"username": user, "password": password}, token="none")
        assert status == 200 or status == 201, body
        return json.loads(body)["token"]

    @classmethod
    def get_json(cls, path):
        status, _, body = cls.call(path)
        assert status == 200, (path, status, body)
        return json.loads(body)

    def mail(self, beginning):
        return next(mail for subject, mail in self.mails.items() if subject.startswith(beginning))

    # attacks A38, K208
    def test_list_and_message_agree(self):
        for row in self.rows:
            mail = self.mails[row["subject"]]
            self.assertEqual(row["from"], mail["from"])
            self.assertEqual(row["subject"], mail["subject"])
            self.assertEqual(row["receivedAt"], mail["receivedAt"])
            self.assertIn(row["hasAttachment"], (None, mail["hasAttachment"]))

    def test_fields_that_the_page_reads(self):
        for mail in self.mails.values():
            for name in ("id", "from", "to", "subject", "sentAt", "keywords", "textBody", "htmlBody", "attachments",
                         "links", "headers", "verdict", "evidence", "remoteContent", "isEncrypted", "bodyFallback"):
                self.assertIn(name, mail)
            self.assertFalse(mail["bodyFallback"])
            self.assertTrue(mail["verdict"]["level"])
            domain = mail["verdict"]["domain"]
            self.assertEqual(mail["registrableDomain"], domain and ".".join(domain.split(".")[-2:]))

    def test_newsletter(self):
        mail = self.mail("40 things")
        self.assertEqual(mail["shown"], "html")
        self.assertTrue(mail["remoteContent"])
        self.assertGreater(len(mail["links"]), 20)
        first = mail["links"][0]
        self.assertEqual(sorted(first), ["host", "n", "registrableDomain", "text", "url"])
        self.assertTrue(first["host"].endswith(first["registrableDomain"]))
        _, _, body = self.call("/messages/%s/body.html" % mail["id"])
        self.assertNotRegex(body, rb"(?i)<(script|iframe|link|form|object)|\ssrc=\"?(?!data:image/)|\son\w+=|url\(")

    def test_opaque_signed_mail_is_read_from_the_inside(self):
        """RFC 8551 section 3.5.2: in the row as soon as its verdict is there, in the message, and in its document."""
        text, deadline = "Dear Ms Tanaka, the cabinet is dry.", time.monotonic() + 120
        while True:
            row = next(r for r in self.list_inbox() if r["subject"] == "When to collect it")
            if row["verdict"]["level"] != "unchecked" or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        self.assertEqual((row["verdict"]["level"], row["hasAttachment"], row["preview"][:len(text)]), ("person", False, text))
        mail = self.get_json("/messages/" + row["id"])
        self.assertEqual((mail["attachments"], mail["preview"]), ([], row["preview"]))
        smime = mail["evidence"]["smime"]
        self.assertEqual((smime["smimeStatus"], smime["checks"]["coverage"], smime["covers"]["scope"]), ("signed/verified", "pass", "message"))
        self.assertIn(b"the cabinet is dry", self.call("/messages/%s/body.html" % row["id"])[2])

    def test_body_has_a_policy_of_its_own(self):
        mail = self.mail("40 things")
        for query, sandbox, href in (("", "sandbox allow-popups allow-popups-to-escape-sandbox; ", True), ("?links=off", "sandbox; ", False)):
            status, headers, body = self.call("/messages/%s/body.html%s" % (mail["id"], query))
            self.assertEqual(status, 200)
            self.assertEqual(headers["Content-Type"], "text/html; charset=utf-8")
            self.assertEqual(headers["Content-Security-Policy"], sandbox + "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
                             "base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["X-DNS-Prefetch-Control"], "off")
            self.assertEqual(b"href" in body, href)

    # attacks H165
    def test_the_other_reading(self):
        mail = self.mail("Your statement")
        plain, rich = mail["textBody"][0]["part"], mail["htmlBody"][0]["part"]
        self.assertNotEqual(plain, rich)
        bodies = [self.call("/messages/%s/body.html%s" % (mail["id"], q))[2] for q in ("", "?part=" + rich, "?part=" + plain)]
        self.assertEqual(bodies[0], bodies[1])
        self.assertNotEqual(bodies[0], bodies[2])
        self.assertIn(mail["bodyValues"][plain]["value"].split()[0].encode(), bodies[2])
        for part in ("9", "1.1.1", "x", ""):
            self.assertEqual(self.call("/messages/%s/body.html?part=%s" % (mail["id"], part))[0], 404)

    def test_parts_are_downloads(self):
        mail = self.mail("Re: contract")
        self.assertEqual([part["name"] for part in mail["attachments"]], ["契約書.pdf", "図面.png"])
        for part in mail["attachments"]:
            status, headers, octets = self.call("/messages/%s/parts/%s" % (mail["id"], part["part"]))
            self.assertEqual((status, len(octets)), (200, part["size"]))
            self.assertTrue(headers["Content-Disposition"].startswith("attachment;"))
            self.assertIn("sandbox", headers["Content-Security-Policy"])
        invitation = self.mail("Invitation")["attachments"][0]
        _, headers, _ = self.call("/messages/%s/parts/%s" % (self.mail("Invitation")["id"], invitation["part"]))
        self.assertEqual(headers["Content-Type"], "application/octet-stream")
        html = self.mail("40 things")
        _, headers, _ = self.call("/messages/%s/parts/%s" % (html["id"], html["htmlBody"][0]["part"]))
        self.assertEqual(headers["Content-Type"], "application/octet-stream")
        self.assertEqual(self.call("/messages/%s/parts/77" % mail["id"])[0], 404)
        self.assertEqual(self.call("/messages/%s/parts/" % mail["id"])[0], 404)

    def test_raw(self):
        mail = self.mail("Quick favour")
        status, headers, octets = self.call("/messages/%s/raw" % mail["id"])
        self.assertEqual((status, headers["Content-Type"]), (200, "message/rfc822"))
        self.assertTrue(headers["Content-Disposition"].startswith('attachment; filename="Quick favour.eml"'))
        self.assertEqual(len(octets), mail["size"])
        self.assertIn(b"\r\nSubject: Quick favour\r\n", b"\r\n" + octets)

    def test_ids_are_checked(self):
        mail = self.mail("Quick favour")
        wrong = mail["id"][:-2] + ("AA" if not mail["id"].endswith("AA") else "BB")
        for tail in ("", "/body.html", "/raw", "/parts/1"):
            self.assertEqual(self.call("/messages/%s%s" % (wrong, tail))[0], 404)
            self.assertEqual(self.call("/messages/%s%s" % (mail["id"], tail), token="made-up")[0], 401)

    def test_what_was_opened_outlives_its_mail_server_and_no_session(self):
        """No second fetch: the mail server is stopped (not ended), and body, parts and raw still come."""
        mail = self.get_json("/messages/" + self.mail("Re: contract")["id"])
        dovecot = [pid for pid in descendants(self.process.pid) if name_of(pid) in ("imap", "imap-login")]
        self.assertTrue(dovecot)
        for pid in dovecot:
            os.kill(pid, signal.SIGSTOP)
        try:
            for tail in ("/body.html", "/body.html?links=off", "/raw", "/parts/2", "/parts/3"):
                self.assertEqual(self.call("/messages/%s%s" % (mail["id"], tail))[0], 200, tail)
        finally:
            for pid in dovecot:
                os.kill(pid, signal.SIGCONT)
        other = self.sign_in(self.user, self.password)
        self.assertEqual(self.call("/messages/%s/raw" % mail["id"], token=other)[0], 200)
        self.assertEqual(self.call("/session", "DELETE", token=other)[0], 204)
        self.assertEqual(self.call("/messages/%s/raw" % mail["id"], token=other)[0], 401)


def descendants(pid):
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % entry) as f:
                parents[int(entry)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def name_of(pid):
    try:
        with open("/proc/%d/comm" % pid) as f:
            return f.read().strip()
    except OSError:
        return ""


if __name__ == "__main__":
    unittest.main()
