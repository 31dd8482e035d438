#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a listing costs at the IMAP server, counted there: on a pooled, selected connection one command when nothing is
new, two when something is; nothing stored is fetched again, and nothing is ever marked as read."""
import os, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, Stage, mail, until, walked
from test_api import Imap


class Listing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.stage.dovecot.rawlog = True
        for n in range(30):
            message = mail("mail %d" % n, body="Hello %d." % n)
            cls.stage.dovecot.append(USER, "INBOX", cls.stage.key.sign(message, "signed.example") if n % 2 else message)
        cls.stage.start()
        cls.client = cls.stage.client()
        boxes = cls.client.get("/mailboxes").json["mailboxes"]
        cls.path = "/mailboxes/%s/messages?limit=50" % next(b["id"] for b in boxes if b["role"] == "inbox")

    @classmethod
    def tearDownClass(cls):
        cls.stage.stop()

    def rows(self):
        return self.client.get(self.path).json["messages"]

    def settle(self):
        until(lambda: all(r["verdict"]["level"] != "unchecked" for r in self.rows()), "verdicts")
        walked(self.client)

    def test_counts(self):
        first = self.stage.sent_by(lambda: self.assertEqual(len(self.rows()), 30), lambda: 3)  # and what the walk asks for
        self.assertEqual(len([c for c in first if "BODY.PEEK[TEXT]" in c]), 1, first)
        self.settle()

        again = self.stage.sent_by(lambda: [self.rows() for _ in range(10)], lambda: 10)
        self.assertEqual(len(again), 10, again)
        self.assertFalse([c for c in again if "BODY" in c], again)

        lists = []
        def arrived():
            lists.append(len(self.rows()))
            return lists[-1] == 31
        def news():
            self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("news", body="New."), "signed.example"))
            until(arrived, "the new mail in the list")
        sent = self.stage.sent_by(news, lambda: len(lists) + 1)  # one for each list and one more for the new message
        self.assertEqual(len(sent), len(lists) + 1, sent)
        self.assertRegex(sent[-1], r"^UID FETCH \d+(:\d+|:\*)? \(UID FLAGS INTERNALDATE RFC822\.SIZE BODY\.PEEK\[HEADER\] BODY\.PEEK\[TEXT\]<0\.4096>\)$")

        self.settle()
        commands = self.stage.dovecot.commands(USER)
        wholes = [c for c in commands if "BODY.PEEK[]" in c]
        self.assertEqual(len(wholes), len(set(wholes)), "a body was fetched twice")
        self.assertFalse([c for c in commands if "BODY[" in c or "STORE" in c], "something was marked as read")
        self.stage.restart()
        client = self.stage.client()
        after = self.stage.sent_by(lambda: self.assertEqual(len(client.get(self.path).json["messages"]), 31))
        self.assertFalse([c for c in after if "BODY" in c], "fetched again after a restart")


class Empty(unittest.TestCase):
    """A mailbox without mail, listed, stays selected on its connection: the first mail is in the next list all the same."""

    def test_first_mail(self):
        stage = Stage()
        self.addCleanup(stage.stop)
        stage.start()
        client = stage.client()
        subjects = lambda: [row["subject"] for row in client.messages("inbox").json["messages"]]
        self.assertEqual(subjects(), [])
        walked(client)
        with Imap(stage) as box:
            box.append("INBOX", None, None, mail("the first"))
        self.assertEqual(subjects(), ["the first"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
