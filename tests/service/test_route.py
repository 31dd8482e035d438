#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What goes out because a person asked, inside a network of its own: `inkan route` and GET /recipients/{address}/route (a signed
DNS tree, policy hosts behind TLS at a public address), and the one click of RFC 8058."""
import json, os, subprocess, sys, tempfile, unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import dkim
from api_stage import Stage, mail, until
from servers import namespace
from servers.knot import Knot
from servers.public_web import PublicWeb

BUILD = os.environ.get("INKAN_BUILD", os.path.join(TOP, "build"))
SAN = os.path.join(BUILD, "san/inkan")
INKAN = SAN if os.path.exists(SAN) else os.path.join(BUILD, "inkan")
PUBLIC = namespace.PUBLIC[0]
DIGEST = "ab" * 32
POLICY = "version: STSv1\nmode: %s\nmx: mx.%s\nmax_age: 86400\n"
# domain: (policy text or None, TLSA or None)
DOMAINS = {
    "plain.example": (None, None),
    "dane.example": (None, "3 1 1 " + DIGEST),
    "pkix.example": (None, "1 1 1 " + DIGEST),
    "sts.example": (POLICY % ("enforce", "sts.example"), None),
    "testing.example": (POLICY % ("testing", "testing.example"), None),
    "other.example": (POLICY % ("enforce", "elsewhere.example"), None),
    "broken.example": ("<html>", None),
    "gone.example": ("", None),  # a record that announces a policy nobody serves
    "moved.example": (POLICY % ("enforce", "moved.example"), None),
    "foreign.example": (POLICY % ("enforce", "foreign.example"), None),  # its host is not in the certificate
}
UNSIGNED = """unsigned.example. 60 IN MX 10 mx.unsigned.example.
mx.unsigned.example. 60 IN A 203.0.113.6
_25._tcp.mx.unsigned.example. 60 IN TLSA 3 1 1 %s
""" % DIGEST


def zone():
    rows = ["null.example. 60 IN MX 0 ."]
    for domain, (policy, tlsa) in DOMAINS.items():
        rows += ["%s. 60 IN MX 10 mx.%s." % (domain, domain), "mx.%s. 60 IN A 203.0.113.6" % domain]
        if tlsa:
            rows.append("_25._tcp.mx.%s. 60 IN TLSA %s" % (domain, tlsa))
        if policy is not None:
            rows += ['_mta-sts.%s. 60 IN TXT "v=STSv1; id=1;"' % domain, "mta-sts.%s. 60 IN A %s" % (domain, PUBLIC)]
    rows += ['_dmarc.reject.example. 60 IN TXT "v=DMARC1; p=reject"', "_spf.unused.example. 60 IN A %s" % PUBLIC]
    rows.append("list.example. 60 IN A %s" % PUBLIC)
    rows.append('_smtp._tls.sts.example. 60 IN TXT "v=TLSRPTv1; rua=mailto:tls@sts.example"')
    return "\n".join(rows) + "\n"


def setUpModule():
    global knot, web
    try:
        namespace.enter()
    except namespace.Unavailable as why:
        raise unittest.SkipTest(str(why))
    directory = tempfile.TemporaryDirectory(prefix="inkan-route-")
    unittest.addModuleCleanup(directory.cleanup)
    served = {"mta-sts." + domain for domain, (policy, _) in DOMAINS.items() if policy is not None and domain != "foreign.example"}
    served.add("list.example")
    away = """        location /leave { if ($request_method != POST) { return 405; } return 202 "bye"; }
        location /moved { return 302 https://list.example/leave; }
        location / {
            default_type text/plain;
            if ($host = mta-sts.moved.example) { return 301 https://mta-sts.sts.example$request_uri; }
        }"""
    web = PublicWeb(os.path.join(directory.name, "web"), served, {PUBLIC: away})
    for domain, (policy, _) in DOMAINS.items():
        if policy:
            web.put("mta-sts.%s/.well-known/mta-sts.txt" % domain, policy.encode())
    web.start()
    unittest.addModuleCleanup(web.stop)
    knot = Knot(os.path.join(directory.name, "knot"), 5300, {".": (zone(), "signed"), "unsigned.example.": (UNSIGNED, "unsigned")})
    knot.start()
    unittest.addModuleCleanup(knot.stop)


class Route(unittest.TestCase):
    def run_(self, *words):
        return subprocess.run([INKAN, "route", "--resolver", "127.0.0.1@5300", "--trust-anchor", knot.trust_anchor_file, "--https-ca", web.ca_file] + list(words),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)

    def route(self, address, *words):
        done = self.run_("--json", *words, address)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_what_each_domain_demands(self):
        for domain, summary, dane in (("plain.example", "opportunistic", "none"), ("dane.example", "authenticated", "usable"), ("pkix.example", "opportunistic", "unusable"),
                                      ("sts.example", "authenticated", "none"), ("testing.example", "opportunistic", "none"), ("unsigned.example", "opportunistic", "none"),
                                      ("broken.example", "opportunistic", "none")):
            out = self.route("somebody@" + domain)
            self.assertEqual((domain, out["summary"], out["mx"][0]["dane"]), (domain, summary, dane), out)
            self.assertEqual(out["domain"], domain)
        self.assertEqual(self.route("null.example")["summary"], "no-mail")
        self.assertEqual(self.route("nothing-here.example")["summary"], "no-mail")

    def test_mta_sts_is_told_whole(self):
        out = self.route("sts.example")
        self.assertEqual(out["mtaSts"], {"record": "valid", "source": "fetched", "mode": "enforce", "maxAge": 86400, "mx": ["mx.sts.example"], "reason": None})
        self.assertEqual(out["tlsRpt"], {"present": True, "rua": "mailto:tls@sts.example"})
        self.assertEqual(out["mx"], [{"host": "mx.sts.example", "preference": 10, "hasAddress": True, "dnssec": "secure", "dane": "none", "usableTlsa": 0,
                                      "mtaSts": True, "authenticated": True}])

    def test_an_enforced_policy_without_the_exchanger_is_no_way_for_mail(self):
        out = self.route("other.example")
        self.assertEqual((out["summary"], out["mx"][0]["mtaSts"], out["mx"][0]["authenticated"]), ("could-not-check", False, False))

    def test_a_policy_is_not_fetched_over_a_redirect_or_from_a_stranger(self):
        """RFC 8461 section 3.3; L211."""
        web.forget()
        for domain in ("moved.example", "foreign.example", "gone.example"):
            out = self.route(domain)
            self.assertIsNone(out["mtaSts"]["mode"], domain)
            self.assertTrue(out["mtaSts"]["reason"], domain)
            self.assertNotEqual(out["summary"], "authenticated", domain)
        self.assertEqual([r["host"] for r in web.requests() if r["host"] == "mta-sts.sts.example"], [])

    def test_offline_fetches_nothing(self):
        web.forget()
        self.assertEqual(self.route("sts.example", "--offline")["mtaSts"]["mode"], None)
        self.assertEqual(web.requests(), [])

    def words(self, address, *words):
        return self.run_("--explain", *words, address).stdout.decode()

    def test_words_for_people(self):
        for address, english, japanese in (
                ("you@sts.example", "sts.example: Every mail server must prove who it is", "sts.example: すべての受信サーバーが身元を証明"),
                ("sts.example", "  mx.sts.example: must prove who it is (DNSSEC secure; DANE: none)\nMTA-STS: a policy is published (enforce).\nTLS-RPT: reports", "MTA-STS: 方針あり (enforce)。"),
                ("dane.example", "  mx.dane.example: must prove who it is (DNSSEC secure; DANE: yes)\nMTA-STS: none.\nTLS-RPT: none.\n", "身元の証明を求められます (DNSSEC secure; DANE: あり)"),
                ("pkix.example", "DANE: its records are of no use", "使える情報がありません"),
                ("plain.example", "  mx.plain.example: need not prove who it is", "身元の証明を求められません"),
                ("gone.example", "MTA-STS: none that counts (", "有効なものはありません ("),
                ("null.example", "null.example: This domain takes no mail.\n", "null.example: このドメインはメールを受け取りません。\n")):
            self.assertIn(english, self.words(address))
            self.assertIn(japanese, self.words(address, "--lang", "ja"))
        self.assertIn("暗号化", json.loads(self.run_("--lang", "ja", "plain.example").stdout)["text"])
        self.assertEqual(self.run_("--lang", "fr", "sts.example").returncode, 2)
        self.assertEqual(self.run_("--json", "--explain", "sts.example").returncode, 2)

    def test_where_dns_does_not_answer(self):
        """A sentence and a status: no empty list under a question."""
        for words, said in ((["--explain"], b"could not be found out; try again later.\nIts mail servers could not be looked up.\n"),
                            (["--explain", "--lang", "ja"], "受信サーバーを調べられませんでした。\n".encode()), (["--json"], b'"summary":"could-not-check"')):
            done = subprocess.run([INKAN, "route", "--resolver", "127.0.0.1@9", *words, "somebody@sts.example"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn(said, done.stdout)
            self.assertNotIn(b"MTA-STS:", done.stdout)

    def test_wrong_words(self):
        self.assertEqual(self.run_("a@b@c").returncode, 2)
        self.assertEqual(self.run_("a@[192.0.2.1]").returncode, 2)
        self.assertEqual(self.run_().returncode, 2)
        self.assertIn(b"--https-ca", subprocess.run([INKAN, "route", "--help"], stdout=subprocess.PIPE, timeout=300).stdout)


class Service(unittest.TestCase):
    """The same through the HTTP API."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(sanitized=True)
        cls.addClassCleanup(cls.stage.stop)
        text, state = cls.stage.knot.zones["."]
        cls.stage.knot.zones["."] = (text + zone(), state)
        cls.stage.start()
        cls.stage.restart(brand={"https-ca": web.ca_file})
        cls.client = cls.stage.client()
        cls.inbox = cls.client.mailboxes()["inbox"]

    def test_the_way_of_a_reply(self):
        reply = self.client.get("/recipients/somebody@sts.example/route")
        self.assertEqual((reply.status, reply.json["summary"], reply.json["mtaSts"]["source"]), (200, "authenticated", "fetched"))
        web.forget()
        reply = self.client.get("/recipients/sts.example/route?lang=ja")
        self.assertEqual((reply.json["mtaSts"]["source"], web.requests()), ("kept", []))
        self.assertIn("サーバー", reply.json["text"])
        self.assertEqual(self.client.get("/recipients/a@b@c/route").status, 404)
        self.assertEqual(self.stage.client(user=None).get("/recipients/a@sts.example/route").status, 401)

    def append(self, path="leave", sender="signed.example", covered=True, above=b""):
        fields = "List-Unsubscribe: <https://list.example/%s?who=1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" % path
        subject = "list %s %s %d" % (path, sender, covered)
        octets = mail(subject, sender="List <list@%s>" % sender, extra=fields)
        names = [b"From", b"To", b"Subject", b"Date", b"List-Unsubscribe"] + ([b"List-Unsubscribe-Post"] if covered else [])
        octets = above + dkim.sign(octets, b"s1", b"signed.example", self.stage.key.pem, include_headers=names) + octets
        self.stage.dovecot.append("alice@mail.example", "INBOX", octets)

        def settled():
            rows = [row for row in self.client.messages(self.inbox).json["messages"] if row["subject"] == subject]
            return rows and rows[0]["verdict"]["level"] != "unchecked" and rows[0]
        return "/messages/%s" % until(settled, subject)["id"]

    def click(self, message, body={"consent": True}):
        web.forget()
        reply = self.client.call("POST", message + "/unsubscribe", body)
        return reply, [(r["host"], r["path"], r["status"], r["cookie"]) for r in web.requests()]

    def test_one_click_with_consent(self):
        message = self.append()
        self.assertTrue(self.client.get(message + "/verdict").json["evidence"]["unsubscribe"]["oneClick"])
        reply, sent = self.click(message)
        self.assertEqual((reply.status, reply.json), (200, {"https": "https://list.example/leave?who=1", "unsubscribed": True}))
        self.assertEqual(sent, [("list.example", "/leave?who=1", 202, "")])

    def test_nothing_goes_out_without_consent_or_cover(self):
        """Attacks 202: never by itself, never where the signature does not name both fields."""
        message = self.append()
        for body in ({}, {"consent": False}, {"consent": "yes"}):
            reply, sent = self.click(message, body)
            self.assertEqual((reply.status, sent), (422, []), body)
        reply, sent = self.click(self.append(covered=False))
        self.assertEqual((reply.code, sent), ("unprocessable", []))

    def test_a_redirect_is_not_followed(self):
        reply, sent = self.click(self.append("moved"))
        self.assertEqual((reply.status, reply.code), (502, "unsubscribe-failed"))
        self.assertEqual([s[1:3] for s in sent], [("/moved?who=1", 302)])

    def test_mail_that_calls_for_caution_is_not_answered(self):
        """A signature of another domain covers the fields, but From is contradicted."""
        message = self.append(sender="reject.example", above=b"Authentication-Results: mx.mail.example; dmarc=fail (p=reject) header.from=reject.example;\r\n"
                              b" dkim=pass header.d=signed.example header.s=s1\r\n")
        self.assertEqual(self.client.get(message + "/verdict").json["verdict"]["level"], "forged")
        reply, sent = self.click(message)
        self.assertEqual((reply.code, sent), ("unprocessable", []))


if __name__ == "__main__":
    unittest.main(verbosity=1)
