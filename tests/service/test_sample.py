#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every mail of the sample mailbox gets the badge its template asks for, from the command line, by real DNS with DNSSEC."""
import json, os, subprocess, sys, tempfile, time, unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/service")]
import mailbox as sample
import run
from servers.knot import Knot

BUILD = os.environ.get("INKAN_BUILD", os.path.join(TOP, "build"))
BELIEF = ["--authserv-id", sample.OWN_SERVER, "--border", sample.OWN_SERVER]


class Sample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.now = int(time.time())
        cls.writer = sample.Writer(cls.directory.name, cls.now)
        cls.knot = Knot(os.path.join(cls.directory.name, "knot"), run.free_port(), run.sample_zones(cls.writer.records(), sample.BOGUS)).start()
        cls.paths = {}
        for t in cls.writer.templates:
            message, when = cls.writer.compose(t)
            path = os.path.join(cls.directory.name, t.name + ".eml")
            with open(path, "wb") as f:
                f.write(message)
            cls.paths[t.name] = (path, when)

    @classmethod
    def tearDownClass(cls):
        cls.knot.stop()
        cls.directory.cleanup()

    def verify(self, name, *options):
        path, when = self.paths[name]
        words = [os.path.join(BUILD, "inkan"), "verify", "--resolver", "127.0.0.1@%d" % self.knot.port, "--trust-anchor", self.knot.trust_anchor_file,
                 "--now", str(self.now), "--received-at", str(when), "--offline", "--smime-ca", self.writer.certificates.anchors,
                 "--openpgp-keys", os.path.join(self.writer.openpgp.keyring, "sato@free-press.example.asc")] + list(options) + [path]
        return subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=60, text=True).stdout

    def test_badges(self):
        for t in self.writer.templates:
            if t.one("level") == "own" or t.name in ("08-forwarded-vouched", "09-colleague-here"):
                continue  # what the mailbox and the configuration know, not the command line: test_newcomer
            with self.subTest(t.name):
                out = json.loads(self.verify(t.name, "--json", *BELIEF))
                self.assertEqual(out["verdict"]["level"], t.one("level"), json.dumps(out["verdict"], indent=1, ensure_ascii=False))

    def test_nothing_is_believed_unasked(self):
        for t in self.writer.templates:
            with self.subTest(t.name):
                out = json.loads(self.verify(t.name, "--json"))
                self.assertFalse([f for f in out["evidence"]["authenticationResults"] if f["believed"]])
                self.assertIn(out["verdict"]["source"], ("local", "none"))

    def test_dnssec_state_is_told(self):
        out = json.loads(self.verify("03-parcel-notice", "--json", *BELIEF))
        self.assertEqual([(s["result"], s["dnssec"]) for s in out["evidence"]["dkim"]], [("pass", "secure")])
        out = json.loads(self.verify("22-dns-trouble", "--json", *BELIEF))
        self.assertEqual([(s["result"], s["dnssec"]) for s in out["evidence"]["dkim"]], [("temperror", "bogus")])

    def test_both_languages_explain_every_mail(self):
        for t in self.writer.templates:
            with self.subTest(t.name):
                english, japanese = self.verify(t.name, "--explain", *BELIEF), self.verify(t.name, "--explain", "--lang", "ja", *BELIEF)
                self.assertRegex(japanese, "[\u3040-\u30ff]")
                self.assertNotRegex(english.split("Author shown")[0], "[\u3040-\u30ff]")
                for text in (english, japanese):
                    self.assertNotIn("{", text)


if __name__ == "__main__":
    unittest.main(verbosity=1)
