#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Lists of addresses and domains (RFC 5782) at a real DNS server: what `inkan verify` asks and says, and what `inkan doctor`
finds by the entries that every list must and must not have."""
import json, os, subprocess, sys, tempfile, unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/service")]
from run import free_port
from servers.knot import Knot
from test_verify import INKAN

MUST_SIX = "2.0.0.0.0.0.f.7.f.f.f.f" + ".0" * 20  # ::ffff:127.0.0.2, RFC 5782 section 5


def nibbles(address):
    return ".".join(reversed(address.replace(":", "")))


def entries(zone, *rows):
    return "".join("%s.%s.example. 300 IN A %s\n" % (name, zone, address) for name, address in rows)


SIX_LISTED = nibbles("2001:0db8:0000:0000:0000:0000:0000:0007")
ZONES = {
    ".": (entries("bl", ("2.0.0.127", "127.0.0.2"), (MUST_SIX, "127.0.0.2"), ("9.113.0.203", "127.0.0.4"), (SIX_LISTED, "127.0.0.2"))
          + entries("wl", ("2.0.0.127", "127.0.0.2"), ("9.113.0.203", "127.0.9.3"))
          + entries("dbl", ("test", "127.0.1.2"), ("bank.example", "127.0.1.4"))
          + entries("everything", ("*", "127.0.0.2"))
          + entries("parked", ("*", "192.0.2.1"))
          + entries("blocked", ("*", "127.255.255.254"))
          + entries("dying", ("9.113.0.203", "127.0.0.1"))
          + "nobody.example. 300 IN A 192.0.2.1\n", "unsigned"),
}
MAIL = (b"Received: from out.bank.example (out.bank.example [203.0.113.9]) by mx.ours.example with ESMTPS; Wed, 18 Nov 2026 12:00:00 +0000\r\n"
        b"Received: from pc (pc [198.51.100.4]) by out.bank.example with ESMTPSA; Wed, 18 Nov 2026 11:59:00 +0000\r\n"
        b"From: A <a@mail.bank.example>\r\nTo: me@ours.example\r\nSubject: x\r\n\r\nHello.\r\n")
WORDS = ["--border", "mx.ours.example", "--now", "2026-11-18T12:01:00Z"]


class Reputation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.knot = Knot(os.path.join(cls.directory.name, "knot"), free_port(), ZONES).start()
        cls.server = "127.0.0.1@%d" % cls.knot.port

    @classmethod
    def tearDownClass(cls):
        cls.knot.stop()
        cls.directory.cleanup()

    def verify(self, *words, mail=MAIL, json_=True):
        done = subprocess.run([INKAN, "verify", "--json" if json_ else "--explain", "--resolver", self.server, *WORDS, *words, "-"], input=mail,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if json_ else done.stdout.decode("utf-8")

    def reputation(self, *words, **options):
        return {(r["list"], r["subject"]): r for r in self.verify(*words, **options)["evidence"]["reputation"]}

    def test_nothing_is_asked_unless_somebody_names_a_list(self):
        self.assertNotIn("reputation", self.verify()["evidence"])
        self.assertNotIn("reputation", self.verify("--block-list", "bl.example", "--verify", "never")["evidence"])

    def test_listings_and_their_meaning(self):
        got = self.reputation("--block-list", "bl.example", "--allow-list", "wl.example", "--domain-list", "dbl.example", "--list-meaning", "bl.example 127.0.0.4-7 a machine taken over",
                              "--list-meaning", "wl.example 127.0.*.3 known for years")
        self.assertEqual(set(got), {("bl.example", "203.0.113.9"), ("wl.example", "203.0.113.9"), ("dbl.example", "mail.bank.example"), ("dbl.example", "bank.example")})
        self.assertEqual(got["bl.example", "203.0.113.9"],
                         {"list": "bl.example", "kind": "block", "subject": "203.0.113.9", "listed": True, "meaning": "a machine taken over", "reason": None})
        self.assertEqual((got["wl.example", "203.0.113.9"]["kind"], got["wl.example", "203.0.113.9"]["meaning"]), ("allow", "known for years"))
        self.assertEqual((got["dbl.example", "bank.example"]["listed"], got["dbl.example", "bank.example"]["meaning"]), (True, None))
        self.assertIs(got["dbl.example", "mail.bank.example"]["listed"], False)

    def test_the_session_of_the_command_line_and_nibbles(self):
        got = self.reputation("--block-list", "bl.example", "--client-ip", "2001:db8::7", "--helo", "x.example", "--mail-from", "")
        self.assertEqual([(r["subject"], r["listed"]) for r in got.values()], [("2001:db8::7", True)])

    def test_what_is_no_answer_is_no_listing(self):
        for zone in ("parked.example", "blocked.example", "dying.example"):
            got = self.reputation("--block-list", zone)[zone, "203.0.113.9"]
            self.assertEqual((got["listed"], got["meaning"], got["reason"]), (None, None, "refused"), zone)

    def test_a_listing_moves_no_verdict(self):
        plain = self.verify()["verdict"]
        for zone in ("bl.example", "everything.example", "blocked.example"):
            self.assertEqual(self.verify("--block-list", zone, "--domain-list", "dbl.example", "--allow-list", "wl.example")["verdict"], plain)

    def test_in_words(self):
        words = ["--block-list", "bl.example", "--allow-list", "wl.example", "--list-meaning", "bl.example 127.0.0.4 a machine taken over"]
        text = self.verify(*words, json_=False)
        self.assertIn("- The list bl.example names 203.0.113.9: a machine taken over.", text)
        self.assertIn("- The list wl.example names 203.0.113.9.", text)
        self.assertIn("リスト bl.example に 203.0.113.9 が載っています: a machine taken over。", self.verify("--lang", "ja", *words, json_=False))

    def test_wrong_lists_are_refused_by_name(self):
        for words in (["--block-list", "nonsense"], ["--list-meaning", "bl.example 127.0.0.2 x"], ["--block-list", "bl.example", "--list-meaning", "bl.example 10.0.0.1 x"]):
            done = subprocess.run([INKAN, "verify", *words, "-"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2)
            self.assertIn(words[-2], done.stderr.decode())

    # --- doctor ------------------------------------------------------------------------------------

    def doctor(self, reputation):
        path = os.path.join(self.directory.name, "inkan.conf")
        with open(path, "w") as f:
            f.write("[dns]\nserver = %s\n[web]\norigin = http://127.0.0.1:8080\n[store]\npath = %s/x.db\n[imap]\nport = %d\n[reputation]\n%s" % (self.server, self.directory.name, free_port(), reputation))
        done = subprocess.run([INKAN, "doctor", "--json", "--config", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        return [l for l in json.loads(done.stdout)["lines"] if l["check"] == "lists"]

    def test_doctor_tries_the_test_entries(self):
        self.assertEqual(nibbles("0000:0000:0000:0000:0000:ffff:7f00:0002"), MUST_SIX)
        self.assertEqual([l["state"] for l in self.doctor("")], ["ok"])
        lines = self.doctor("block-lists = bl.example, everything.example, parked.example, blocked.example, nobody.example\nallow-lists = wl.example\ndomain-lists = dbl.example\n"
                            "meanings = bl.example 127.0.0.2 -; bl.example 127.0.0.4 x\n")
        self.assertEqual([(l["text"].split()[0], l["state"]) for l in lines],
                         [("bl.example", "ok"), ("everything.example", "fail"), ("parked.example", "fail"), ("blocked.example", "fail"), ("nobody.example", "warn"), ("wl.example", "ok"), ("dbl.example", "ok")])
        self.assertIn("for IPv6 too", lines[0]["text"])
        self.assertIn("none for IPv6", lines[5]["text"])
        self.assertTrue(all(l["advice"] for l in lines if l["state"] != "ok"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
