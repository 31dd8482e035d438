#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""DNSSEC of every look-up that decides something, as `inkan verify` tells it: the same mail from a signed zone, from an unsigned
one and from one whose signatures do not verify. Bogus is never data: not a key, not a policy, not a list of servers."""
import base64, json, os, re, subprocess, sys, tempfile, time, unittest
from email.utils import formatdate

import dkim

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/service")]
from run import free_port
from servers.knot import Knot
from test_verify import INKAN, make_key

NOW = int(time.time())
STATES = {"secure": "good.example", "insecure": "plain.example", "bogus": "bogus.example"}
BODY = b"Hello.\r\n"


def records(domain, key):
    text = " ".join('"%s"' % key[i:i + 250] for i in range(0, len(key), 250))
    return ("%(d)s. 300 IN A 192.0.2.1\n"
            '%(d)s. 300 IN TXT "v=spf1 ip4:192.0.2.1 -all"\n'
            '_dmarc.%(d)s. 300 IN TXT "v=DMARC1; p=reject"\n'
            "s1._domainkey.%(d)s. 300 IN TXT %(k)s\n"
            '_domainkey.%(d)s. 300 IN TXT "o=-"\n' % {"d": domain, "k": text})


def zones(key):
    # the others ask two zones: what leads to the deciding term is as weak as the weaker
    through = "".join('%s-%s.good.example. 300 IN TXT "v=spf1 %s:%s -all"\n' % (term, state, term, domain) for state, domain in STATES.items() for term in ("include", "a", "redirect"))
    through = re.sub(r"redirect:(\S+) -all", r"redirect=\1", through)
    return {".": (records("good.example", key) + through, "signed"), "plain.example.": (records("plain.example", key), "unsigned"),
            "bogus.example.": (records("bogus.example", key), "bogus")}


class States(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.pem, record = make_key()
        cls.key_file = os.path.join(cls.directory.name, "key.pem")
        with open(cls.key_file, "wb") as f:
            f.write(cls.pem)
        cls.knot = Knot(os.path.join(cls.directory.name, "knot"), free_port(), zones(record.decode())).start()

    @classmethod
    def tearDownClass(cls):
        cls.knot.stop()
        cls.directory.cleanup()

    def write(self, domain):
        return ("From: A <a@%s>\r\nTo: me@ours.example\r\nSubject: x\r\nDate: %s\r\n\r\n" % (domain, formatdate(NOW))).encode() + BODY

    def sign(self, message, domain):
        return dkim.sign(message, b"s1", domain.encode(), self.pem, include_headers=[b"From", b"To", b"Subject"], canonicalize=(b"relaxed", b"relaxed")) + message

    def domainkeys(self, message, domain):
        """RFC 4870 "simple": everything below the field, once."""
        done = subprocess.run(["openssl", "dgst", "-sha1", "-sign", self.key_file], input=message, stdout=subprocess.PIPE, check=True)
        return b"DomainKey-Signature: a=rsa-sha1; c=simple; q=dns; d=%s; s=s1; b=%s\r\n" % (domain.encode(), base64.b64encode(done.stdout)) + message

    def verify(self, message, *words):
        path = os.path.join(self.directory.name, "mail.eml")
        with open(path, "wb") as f:
            f.write(message)
        done = subprocess.run([INKAN, "verify", "--json", "--verify", "always", "--now", str(NOW + 60), "--resolver", "127.0.0.1@%d" % self.knot.port,
                               "--trust-anchor", self.knot.trust_anchor_file, *words, path], stdout=subprocess.PIPE, check=True, timeout=300)
        return json.loads(done.stdout)

    def session(self, domain):
        return ["--client-ip", "192.0.2.1", "--helo", domain, "--mail-from", "a@" + domain]

    def each(self, check):
        for state, domain in STATES.items():
            with self.subTest(state):
                check(state, domain)

    def test_dkim(self):
        def check(state, domain):
            out = self.verify(self.sign(self.write(domain), domain))
            signature = out["evidence"]["dkim"][0]
            self.assertEqual((signature["dnssec"], signature["result"]), (state, "temperror" if state == "bogus" else "pass"))
            self.assertEqual(signature["keyBits"], None if state == "bogus" else 2048)
            self.assertEqual(out["verdict"]["level"], "unchecked" if state == "bogus" else "domain")
        self.each(check)

    def test_dmarc(self):
        def check(state, domain):
            dmarc = self.verify(self.sign(self.write(domain), domain))["evidence"]["dmarc"]
            self.assertEqual((dmarc["dnssec"], dmarc["result"]), (state, "temperror" if state == "bogus" else "pass"))
            self.assertEqual((dmarc["policy"], dmarc["recordDomain"]), (None, None) if state == "bogus" else ("reject", domain))
        self.each(check)

    def test_dmarc_of_a_forgery_is_never_bogus_data(self):
        """A policy of reject that does not verify accuses nobody."""
        def check(state, domain):
            out = self.verify(self.write(domain), "--client-ip", "203.0.113.66", "--helo", "evil.good.example", "--mail-from", "x@evil.good.example")
            self.assertEqual(out["verdict"]["level"], "unchecked" if state == "bogus" else "forged")
            self.assertEqual(out["evidence"]["dmarc"]["dnssec"], state)
        self.each(check)

    def test_spf_of_both_identities(self):
        def check(state, domain):
            evidence = self.verify(self.write(domain), *self.session(domain))["evidence"]
            for key in ("spf", "spfHelo"):
                self.assertEqual((evidence[key]["dnssec"], evidence[key]["result"]), (state, "temperror" if state == "bogus" else "pass"), key)
        self.each(check)

    def test_spf_through_another_zone(self):
        for term in ("include", "a", "redirect"):
            def check(state, _):
                spf = self.verify(self.write("good.example"), *self.session("%s-%s.good.example" % (term, state)))["evidence"]["spf"]
                self.assertEqual((spf["dnssec"], spf["result"]), (state, "temperror" if state == "bogus" else "pass"), term)
            self.each(check)

    def test_sender_id(self):
        def check(state, domain):
            sender_id = self.verify(self.write(domain), *self.session("good.example"))["evidence"]["senderId"]
            self.assertEqual((sender_id["dnssec"], sender_id["result"], sender_id["pra"]), (state, "temperror" if state == "bogus" else "pass", "a@" + domain))
        self.each(check)

    def test_domainkeys(self):
        def check(state, domain):
            domainkeys = self.verify(self.domainkeys(self.write(domain), domain))["evidence"]["domainKeys"]
            self.assertEqual((domainkeys["dnssec"], domainkeys["result"], domainkeys["policy"]), (state, "temperror", None) if state == "bogus" else (state, "pass", "all"))
        self.each(check)

    def test_arc(self):
        """Both keys of one sealer; and the newest seal's zone decides over a chain of two."""
        results = b"Authentication-Results: %s; dkim=none\r\n"
        def check(state, domain):
            message = self.write("good.example")
            sets = b"".join(dkim.arc_sign(results % domain.encode() + message, b"s1", domain.encode(), self.pem, domain.encode(), include_headers=[b"from", b"subject"]))
            arc = self.verify(sets + message)["evidence"]["arc"]
            self.assertEqual((arc["dnssec"], arc["result"], arc["sealer"]), (state, "fail" if state == "bogus" else "pass", domain))
            two = b"".join(dkim.arc_sign(b"Authentication-Results: good.example; arc=pass\r\n" + sets + message, b"s1", b"good.example", self.pem, b"good.example", include_headers=[b"from", b"subject"]))
            arc = self.verify(two + sets + message)["evidence"]["arc"]
            self.assertEqual((arc["dnssec"], arc["result"], arc["sealer"]), (state, "fail" if state == "bogus" else "pass", "good.example"))
        self.each(check)

    def test_without_an_anchor_nothing_is_known(self):
        path = os.path.join(self.directory.name, "mail.eml")
        with open(path, "wb") as f:
            f.write(self.sign(self.write("good.example"), "good.example"))
        done = subprocess.run([INKAN, "verify", "--json", "--verify", "always", "--now", str(NOW + 60), "--resolver", "127.0.0.1@%d" % self.knot.port,
                               *self.session("good.example"), path], stdout=subprocess.PIPE, check=True, timeout=300)
        evidence = json.loads(done.stdout)["evidence"]
        states = [evidence["dkim"][0], evidence["dmarc"], evidence["spf"], evidence["spfHelo"], evidence["senderId"]]
        self.assertEqual([s["dnssec"] for s in states], ["unknown"] * 5)


if __name__ == "__main__":
    unittest.main()
