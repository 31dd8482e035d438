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
        return subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=300, text=True).stdout

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

    # What a person would be told of ten mails, the essentials of each in both languages.
    WORDS = {
        "01-bank-statement": ("Sent by kawase-bank.example.\n", "found that it passes the check of kawase-bank.example", "kawase-bank.example から送信されたことを確認しました。"),
        "02-bank-phish": ("Says kawase-bank.example but fails", "asks for such messages to be refused", "受信拒否を求めています"),
        "04-parcel-phish": ("Nothing confirms this sender.", "The name shows the address notice@tsubame.example", "実際のアドレスは info@parcel-check.example です"),
        "05-list-footer": ("The text is not the text that studio-ito.example signed.\n", "set it aside (quarantine)", "隔離 (quarantine)"),
        "12-two-froms": ("more than one From field.\n", "Author shown: none", "表示される差出人: なし"),
        "18-spf-only": ("Probably from corner-books.example. Only the sending server was confirmed", "lists the server that handed it in: it does (SPF pass, 198.51.100.100)", "送信サーバーだけで"),
        "22-dns-trouble": ("Not checked yet.", "could not be checked (the DNS answer is not genuine)", "まだ確認できていません。"),
        "25-forged-header": ("Nothing confirms this sender.", "A header in the name of mx.mail.example was not believed: it stands where anybody may have written it.", "採用していません"),
        "29-signed-by-person": ("Signed with a certificate issued for weber@law-office.example.", "We checked the signature of weber@law-office.example (S/MIME, certificate of", "(S/MIME、発行者"),
        "33-signed-by-another": ("Nothing confirms this sender.", "(S/MIME), which does not confirm this author: it is not the author’s address.", "差出人の確認には使えません"),
        "35-signed-expired-since": ("Signed with a certificate issued for mori@workshop.example.",
                                    "it held when the message arrived; the certificate has expired since.", "受信時には正しい署名でした。その後、証明書の有効期限が切れています。"),
        "38-openpgp-known": ("Signed with the key of sato@free-press.example.", "(OpenPGP): it holds.", "(OpenPGP) を検査しました: 正しい署名です。"),
    }

    def test_ten_mails_in_words(self):
        for name, (first, essential, japanese) in self.WORDS.items():
            with self.subTest(name):
                lines = self.verify(name, "--explain", *BELIEF).split("\n")
                self.assertTrue((lines[1].strip() + "\n").startswith(first) or first in lines[1] + "\n", lines[1])
                self.assertIn(essential, "\n".join(lines))
                self.assertIn(japanese, self.verify(name, "--explain", "--lang", "ja", *BELIEF))
                said = [line.split(": ", 1)[-1] for line in lines[1:] if line.startswith(("  Why", "  Worth"))]
                self.assertEqual(len(said), len(set(said)), "nothing is said twice")
                self.assertFalse([s for s in said if s in lines[1]], "nor again")

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
