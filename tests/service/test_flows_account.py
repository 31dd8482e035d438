#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The ways of mail that only an account's configuration can know, over the API: mail handed in on the own server (rule 10),
and a forwarder that the operator vouches for (rule 12)."""
import os, sys, unittest
from email.utils import formatdate

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, ApiCase, mail, until

TRUST = {"authserv-ids": "mx.mail.example", "border": "mx.mail.example", "strips": "no", "own-domains": "mail.example",
         "forwarder": "Alumni office, 192.0.2.70, mx.alumni.example"}


def received(ip, protocol="ESMTPS", login=""):
    return "Received: from host.example (host.example [%s])\n%s\tby mx.mail.example (Postfix) with %s id 1;\n\t%s\n" % (
        ip, "\t(Authenticated sender: %s)\n" % login if login else "", protocol, formatdate())


class AccountFlows(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage.restart(**{"trust localhost": TRUST})
        cls.client = cls.stage.client()
        cls.inbox = cls.client.mailboxes()["inbox"]

    def judge(self, subject, sender, top, sign=None):
        message = mail(subject, sender, extra="" if sign else top)
        if sign:
            message = top.replace("\n", "\r\n").encode() + self.stage.key.sign(message, sign)
        self.stage.dovecot.append(USER, "INBOX", message)
        find = lambda: [r for r in self.client.messages(self.inbox).json["messages"] if r["subject"] == subject and r["verdict"]["level"] != "unchecked"]
        row = until(find, "a verdict of %s" % subject)[0]
        return self.client.get("/messages/%s/verdict" % row["id"]).json

    def check(self, out, level, author, limits, source, code, text):
        verdict = out["verdict"]
        self.assertEqual((verdict["level"], verdict["author"], verdict["limits"], verdict["source"], verdict["reasons"][0]["code"], verdict["text"]),
                         (level, author, limits, source, code, text))
        # Whether this is the first letter of its sender depends on what the walk through the inbox has seen by now.
        self.assertEqual([c for c in out["evidence"]["cautions"] if c["code"] != "first-message"], [])

    def test_submitted_by_the_author(self):
        out = self.judge("by the author", "Bob <bob@mail.example>", "Return-Path: <bob@mail.example>\n" + received("198.51.100.9", "ESMTPSA", "bob@mail.example"))
        self.check(out, "domain", "verified", [], "server", "submitted-by-author", "Sent by mail.example.")
        self.assertNotIn("spf", out["evidence"])
        self.assertNotIn("dmarc", out["evidence"])

    def test_submitted_by_a_colleague(self):
        out = self.judge("by a colleague", "Bob <bob@mail.example>", "Return-Path: <eve@mail.example>\n" + received("198.51.100.9", "ESMTPSA", "eve@mail.example"))
        self.check(out, "likely", "likely", ["submitted-here"], "server", "submitted-here",
                   "Probably from mail.example. Somebody signed in to your own mail server handed it in, as a user of mail.example.")

    def test_submitted_in_anothers_name(self):
        """signed.example asks for refusal: never contradicted, since it never came from outside."""
        out = self.judge("in another's name", "Carol <carol@signed.example>", "Return-Path: <eve@mail.example>\n" + received("198.51.100.9", "ESMTPSA", "eve@mail.example"))
        self.check(out, "unverified", "not-established", [], "server", "submitted-for-other", "Nothing confirms this sender. Anyone can write this name.")

    RESULTS = "Authentication-Results: mx.alumni.example; dkim=pass header.d=signed.example header.s=s1; dmarc=pass header.from=signed.example\n"

    def test_a_forwarder_that_is_vouched_for(self):
        out = self.judge("forwarded", "Carol <carol@signed.example>", "Return-Path: <x@alumni.example>\n" + received("192.0.2.70") + self.RESULTS)
        self.check(out, "likely", "likely", ["as-seen-by"], "server", "as-seen-by", "Probably from signed.example. It was forwarded, and the check was made by Alumni office.")

    def test_anybody_else_in_the_forwarders_name(self):
        out = self.judge("not forwarded", "Carol <carol@signed.example>", "Return-Path: <x@alumni.example>\n" + received("203.0.113.66") + self.RESULTS)
        self.check(out, "forged", "contradicted", [], "local", "fail-policy-reject", "Says signed.example but fails signed.example’s check: forged, or changed on the way.")

    def test_a_signature_that_came_through_is_more_than_the_forwarders_word(self):
        out = self.judge("forwarded and signed", "Carol <carol@signed.example>", "Return-Path: <x@alumni.example>\n" + received("192.0.2.70") + self.RESULTS, sign="signed.example")
        self.check(out, "domain", "verified", [], "local", "signature-intact", "Sent by signed.example.")


if __name__ == "__main__":
    unittest.main()
