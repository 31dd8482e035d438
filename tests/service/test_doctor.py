#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""inkan doctor before real servers: what is sound, what is broken and what to do, and which header rule it would propose."""
import calendar, json, os, re, subprocess, sys, time, unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/service"), os.path.join(TOP, "tests/sample")]
import marks
from api_stage import PASSWORD, USER, ApiCase, binary, free_port, mail
from servers.dovecot import make_authority

HONEST = "Authentication-Results: mx.mail.example; dkim=pass header.d=signed.example\n"
BORDER = "Received: from out.signed.example (out.signed.example [192.0.2.7]) by mx.mail.example with ESMTPS; Sat, 21 Nov 2026 10:00:00 +0000\n"
ORIGIN = "Received: from pc by out.signed.example with ESMTPSA; Sat, 21 Nov 2026 09:59:00 +0000\n"


class Doctor(ApiCase):
    sanitized = True

    def setUp(self):
        self.folder = os.path.join(self.stage.directory, self._testMethodName)
        os.makedirs(self.folder, exist_ok=True)
        self.settings = {name: dict(keys) for name, keys in self.stage.settings.items()}
        self.settings["store"] = {"path": self.stage.inkan.store}
        self.settings.pop("trust localhost")

    def run_doctor(self, *words, account=False, status=0):
        path = os.path.join(self.folder, "inkan.conf")
        with open(path, "w") as f:
            for name, keys in self.settings.items():
                f.write("[%s]\n%s\n" % (name, "".join("%s = %s\n" % item for item in keys.items())))
        words = ["--config", path, *words]
        if account:
            words += ["--account", USER, "--password-file", "-"]
        done = subprocess.run([binary(True), "doctor", *words], input=(PASSWORD + "\n"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        return done.stdout

    def report(self, **options):
        report = json.loads(self.run_doctor("--json", **options))
        for line in report["lines"]:
            self.assertIn(line["state"], ("ok", "warn", "fail"))
            self.assertTrue(line["text"])
            self.assertTrue(line["state"] == "ok" or line["advice"] or line["check"] == "mailbox", line)
        self.assertEqual(report["sound"], not any(l["state"] == "fail" for l in report["lines"]))
        return report

    def line(self, report, check):
        return next(l for l in report["lines"] if l["check"] == check)

    def test_a_sound_deployment(self):
        report = self.report()
        self.assertTrue(report["sound"])
        states = {l["check"]: l["state"] for l in report["lines"]}
        self.assertEqual({c: states[c] for c in ("config", "store", "sandbox", "dns", "dnssec", "imap")},
                         dict.fromkeys(("config", "store", "sandbox", "dns", "dnssec", "imap"), "ok"))
        self.assertIn("roots", states)
        self.assertIn("clock", states)
        self.assertRegex(self.line(report, "imap")["text"], r"localhost proves who it is \(TLSv1\.\d\), until 20\d\d-")
        self.assertEqual((report["authservIds"], report["proposal"]), ([], None))
        text = self.run_doctor("--text")
        self.assertRegex(text, r"(?m)^ok    config   .*inkan\.conf is sound\.$")

    def test_each_thing_broken_is_one_fail_with_advice(self):
        other = os.path.join(self.folder, "other")
        os.makedirs(other)
        cases = (("imap", {"imap": {"ca-file": make_authority(other)}}, "imap", "certificate"),
                 ("nobody there", {"imap": {"port": free_port()}}, "imap", "cannot be reached|refused|not"),
                 ("dns", {"dns": {"server": "127.0.0.1@%d" % free_port(), "trust-anchor": ""}}, "dns", "does not answer"),
                 ("store", {"store": {"path": "/proc/inkan/inkan.db"}}, "store", "cannot be made"),
                 ("sandbox", {"server": {"worker-program": "/bin/false"}}, "sandbox", "does not work"),
                 ("roots", {"brand": {"mark-roots": "/dev/null"}}, "roots", "/dev/null"),
                 ("config", {"imap": {"prot": "993"}}, "config", "prot"))
        sound = self.settings
        for name, change, check, words in cases:
            with self.subTest(name):
                self.settings = {section: dict(sound.get(section, {}), **change.get(section, {})) for section in {**sound, **change}}
                report = self.report(status=1)
                failed = [l for l in report["lines"] if l["state"] == "fail"]
                self.assertEqual([l["check"] for l in failed], [check])
                self.assertRegex(failed[0]["text"], words)

    def test_dnssec_that_nobody_can_verify(self):
        self.settings["dns"].pop("trust-anchor")
        self.assertEqual(self.line(self.report(), "dnssec")["state"], "warn")
        with open(os.path.join(self.folder, "anchor"), "w") as f:
            f.write(". 300 IN DS 12345 13 2 %s\n" % ("ab" * 32))
        self.settings["dns"].update({"trust-anchor": f.name, "dnssec": "on"})
        self.assertEqual(self.line(self.report(status=1), "dnssec")["state"], "fail")

    def test_the_age_of_the_mark_roots_and_one_that_ends_soon(self):
        with open(os.path.join(TOP, "conf/mark-roots.pem"), encoding="ascii") as f:
            shipped = f.read()
        compared = calendar.timegm(time.strptime(re.search(r"(?m)^# Compared: (\S+)$", shipped).group(1), "%Y-%m-%d"))
        count = shipped.count("-----BEGIN CERTIFICATE-----")

        def roots(own):
            """The lines about single ones; that about all of them says nothing of the operator's own that is true of the shipped."""
            ages = [int(time.time() - compared) // 86400]
            lines = [l for l in self.report()["lines"] if l["check"] == "roots"]
            ages.append(int(time.time() - compared) // 86400)  # the day may have changed meanwhile
            said = re.fullmatch(r"(\d+) shipped roots of mark certificates, compared with their published fingerprints (today|yesterday|(\d+) days ago)(?:; (\d+) more of (.*))?\.",
                                lines[-1]["text"])
            self.assertEqual((int(said.group(1)), int(said.group(4) or 0), lines[-1]["state"]), (count, own, "ok" if ages[0] <= 400 else "warn"))
            self.assertEqual(said.group(5), self.settings.get("brand", {}).get("mark-roots"))
            self.assertIn({"today": 0, "yesterday": 1}.get(said.group(2), int(said.group(3) or -1)), ages)
            return lines[:-1]
        self.assertGreater(count, 2)
        sound = roots(0)
        authority = marks.MarkAuthority(int(time.time()), "Own Mark")
        for days, words in ((30, "expires within two months"), (-2, "has expired"), (300, None)):
            with self.subTest(days), open(os.path.join(self.folder, "roots.pem"), "wb") as f:
                f.write(marks.pem(authority.authority("Root", None, days=(-400, days))))
                f.flush()
                self.settings["brand"] = {"mark-roots": f.name}
                more = [l for l in roots(1) if l not in sound]
                self.assertEqual([(l["state"], words in l["text"], "Own Mark" in l["text"], bool(l["advice"])) for l in more], [("warn", True, True, True)] if words else [])

    def test_a_store_that_is_not_there_is_not_made(self):
        path = os.path.join(self.folder, "new.db")
        self.settings["store"]["path"] = path
        self.assertEqual(self.line(self.report(), "store")["state"], "ok")
        self.assertFalse(os.path.exists(path))

    def test_a_rule_is_proposed_from_position_and_forgeries_are_named(self):
        honest = [mail("honest %d" % i, extra=HONEST + BORDER + ORIGIN) for i in range(9)]
        # A forger writes the same id below the border, and one of his own that is in half of the mail.
        forged = [mail("forged %d" % i, extra=HONEST.replace("pass", "fail") + BORDER + HONEST + "Authentication-Results: evil.example; dmarc=pass\n" + ORIGIN)
                  for i in range(2)]
        for message in honest + forged:
            self.stage.dovecot.append(USER, "INBOX", message)
        report = self.report(account=True)
        line = self.line(report, "belief")
        self.assertEqual(line["state"], "warn")
        self.assertIn("authserv-ids = mx.mail.example", line["advice"])
        self.assertIn("border = mx.mail.example", line["advice"])
        self.assertEqual(report["proposal"], {"authservIds": ["mx.mail.example"], "border": ["mx.mail.example"], "below": False})
        ids = {i["id"]: i for i in report["authservIds"]}
        self.assertEqual((ids["mx.mail.example"]["messages"], ids["mx.mail.example"]["believed"], len(ids["mx.mail.example"]["forged"])), (11, 11, 2))
        self.assertEqual((ids["evil.example"]["top"], ids["evil.example"]["under"], ids["evil.example"]["believed"]), (0, 2, 0))
        self.assertIn("2 messages carry mx.mail.example where anybody can write", self.line(report, "forged")["text"])
        # With the rule in place the same mailbox is sound, and says what is believed.
        self.settings["trust"] = {"authserv-ids": "mx.mail.example", "border": "mx.mail.example"}
        report = self.report(account=True)
        self.assertEqual((self.line(report, "belief")["state"], report["proposal"]), ("ok", None))
        self.assertIn("believed in 11 of 11", self.line(report, "belief")["text"])
        self.settings["trust"] = {"authserv-ids": "mx.elsewhere.example", "border": "mx.mail.example"}
        self.assertEqual(self.line(self.report(account=True), "belief")["state"], "warn")
        # Nothing was marked as read.
        client = self.stage.client()
        self.assertTrue(all("$seen" not in m["keywords"] for m in client.messages(client.mailboxes()["inbox"]).json["messages"]))

    def test_a_wrong_password_and_the_command_line(self):
        wrong = os.path.join(self.folder, "password")
        with open(wrong, "w") as f:
            f.write("not this\n")
        out = json.loads(self.run_doctor("--json", "--account", USER, "--password-file", wrong, status=1))
        self.assertEqual([l["check"] for l in out["lines"] if l["state"] == "fail"], ["account"])
        for words in (["--account", USER], ["--password", "x"], ["--config"], ["extra"]):
            self.assertEqual(subprocess.run([binary(True), "doctor", *words], stderr=subprocess.DEVNULL).returncode, 2, words)


if __name__ == "__main__":
    unittest.main(verbosity=1)
