#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`inkan route` inside a network of its own: a signed DNS tree (Knot), policy hosts behind TLS at a public address."""
import json, os, subprocess, sys, tempfile, unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
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
    away = """        location / {
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
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)

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

    def test_words_for_people_and_wrong_ones(self):
        self.assertEqual(self.run_("a@b@c").returncode, 2)
        self.assertEqual(self.run_("a@[192.0.2.1]").returncode, 2)
        self.assertEqual(self.run_().returncode, 2)
        self.assertIn(b"--https-ca", subprocess.run([INKAN, "route", "--help"], stdout=subprocess.PIPE, timeout=60).stdout)


if __name__ == "__main__":
    unittest.main(verbosity=1)
