#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Searching through nginx, inkan and Dovecot: what is found, what it costs the mail server, and that nothing typed
becomes a command."""
import os, sys, unittest, urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, ApiCase, Stage, mail, walked
from test_api import Imap

ATTACHED = b"From: Dan <dan@x.example>\r\nTo: %s\r\nSubject: with a file\r\nMIME-Version: 1.0\r\n" \
           b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the file\r\n" \
           b"--b\r\nContent-Type: application/pdf; name=f.pdf\r\nContent-Disposition: attachment; filename=f.pdf\r\n\r\nx\r\n--b--\r\n" % USER.encode()
JAPANESE = "From: =?utf-8?B?6YqA6KGM?= <bank@x.example>\r\nSubject: =?utf-8?B?6KuL5rGC5pu4?=\r\nMIME-Version: 1.0\r\n" \
           "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n今月の請求額です。\r\n".encode()


class Search(ApiCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(cls.sanitized)
        cls.addClassCleanup(cls.stage.stop)
        put = lambda message, flags="": cls.stage.dovecot.append(USER, "INBOX", message, flags)
        put(mail("first invoice", "Ann <ann@shop.example>", "Pay forty-two."))
        put(mail("holidays", "Bob <bob@home.example>", "The invoice is attached below the \"tree house\"."), "S")
        put(mail("invoice again", "Bob <bob@home.example>", "Nothing."), "FS")
        put(ATTACHED)
        put(JAPANESE)
        cls.stage.start()
        cls.client = cls.stage.client()
        cls.inbox = cls.client.mailboxes()["inbox"]

    def found(self, q, **more):
        reply = self.client.messages(self.inbox, q=q, **more)
        self.assertEqual(reply.status, 200, reply)
        return [r["subject"] for r in reply.json["messages"]]

    def test_what_came_a_moment_ago(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.dovecot.append(USER, "INBOX", mail("first"))
        stage.start()
        client = stage.client()
        known = client.messages("inbox").json["messages"][0]
        subjects = lambda **query: [r["subject"] for r in client.messages("inbox", **query).json["messages"]]
        for n in range(3):  # the connection has the inbox selected, and has not heard of it
            with Imap(stage) as box:
                box.append("INBOX", None, None, mail("news %d" % n))
            self.assertEqual(subjects(after=known["id"])[0], "news %d" % n)
            with Imap(stage) as box:
                box.append("INBOX", None, None, mail("more news %d" % n))
            self.assertEqual(subjects(q='subject:"more news"')[0], "more news %d" % n)

    def test_words_and_fields(self):
        self.assertEqual(self.found("invoice"), ["invoice again", "holidays", "first invoice"])
        self.assertEqual(self.found("subject:invoice"), ["invoice again", "first invoice"])
        self.assertEqual(self.found("invoice from:bob"), ["invoice again", "holidays"])
        self.assertEqual(self.found("from:bob subject:invoice"), ["invoice again"])
        self.assertEqual(self.found('"tree house"'), ["holidays"])
        self.assertEqual(self.found('"house tree"'), [])
        self.assertEqual(self.found("to:alice subject:first"), ["first invoice"])
        self.assertEqual(self.found("INVOICE is:flagged"), ["invoice again"])
        self.assertEqual(self.found("is:unread invoice"), ["first invoice"])
        self.assertEqual(self.found("has:attachment"), ["with a file"])
        for q in ("請求額", "subject:請求書", "from:銀行"):
            self.assertEqual(self.found(q), ["請求書"], q)

    def test_what_to_mark(self):
        reply = self.client.messages(self.inbox, q='invoice from:bob "tree house" is:unread').json
        self.assertEqual(reply["search"]["highlight"], [{"text": "invoice", "in": "any"}, {"text": "bob", "in": "from"}, {"text": "tree house", "in": "any"}])
        self.assertNotIn("search", self.client.messages(self.inbox).json)

    def test_pages(self):
        first = self.client.messages(self.inbox, q="invoice", limit=2).json
        self.assertEqual([r["subject"] for r in first["messages"]], ["invoice again", "holidays"])
        second = self.client.messages(self.inbox, q="invoice", limit=2, before=first["next"]).json
        self.assertEqual(([r["subject"] for r in second["messages"]], second["next"]), (["first invoice"], None))
        self.assertEqual(self.client.messages(self.inbox, q="nowhere to be found").json["messages"], [])

    def test_with_unverified(self):
        self.assertEqual(len(self.found("invoice", unverified=1)), 3)

    def test_newer_than(self):
        rows = self.client.messages(self.inbox).json["messages"]
        newer = self.client.messages(self.inbox, after=rows[2]["id"]).json
        self.assertEqual([r["id"] for r in newer["messages"]], [r["id"] for r in rows[:2]])
        self.assertEqual(self.client.messages(self.inbox, after=rows[0]["id"]).json["messages"], [])
        for query in ({"after": "x"}, {"after": self.inbox}):
            self.problem(self.client.messages(self.inbox, **query), 404, "not-found")
        self.problem(self.client.messages(self.inbox, after=rows[0]["id"], q="a"), 400, "bad-parameter")
        self.problem(self.client.messages(self.client.mailboxes()["junk"], after=rows[0]["id"]), 400, "bad-parameter")

    def test_inbox_by_name(self):
        page = self.client.messages("inbox").json
        self.assertEqual((page["mailbox"], page["total"]), (self.inbox, 5))
        self.problem(self.client.messages("INBOX"), 404, "not-found")
        self.problem(self.client.messages("archive"), 404, "not-found")

    def test_hostile(self):
        for q in ("", " ", '""', "a b c d e f g h i j k", "x" * 1001, "x " * 1001):
            self.problem(self.client.messages(self.inbox, q=q), 400, "bad-parameter")
        for q in ("a\r\nb", "a\x00b", "\x7f"):
            self.assertEqual(self.client.messages(self.inbox, q=q).status, 400)
        raw = self.client.get("/mailboxes/%s/messages?q=%%ff" % self.inbox)
        self.assertEqual(raw.status, 400)
        for q in ('x" UNSEEN "', "x\\", '{3}', "{3+}", "ALL", "* OK", "%s%n", "from:\"a) (b", "日本\"語"):
            self.assertEqual(self.found(q), [], q)
        self.assertEqual(self.found("invoice", limit=1), ["invoice again"])

    def test_costs(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.dovecot.rawlog = True
        for n in range(60):
            stage.dovecot.append(USER, "INBOX", mail("needle %d" % n if n % 2 else "hay %d" % n))
        stage.start()
        client = stage.client()

        def ask(**query):
            self.assertEqual(client.messages("inbox", **query).status, 200)
        ask(limit=60)
        walked(client)
        again = stage.sent_by(lambda: ask(q="subject:needle", limit=20), lambda: 2)
        self.assertEqual([c.split(" ")[1] for c in again], ["SEARCH", "FETCH"], again)
        self.assertTrue(again[0].endswith('UID SEARCH UID 1:* SUBJECT "needle"'), again)
        self.assertRegex(again[1], r"^UID FETCH [0-9:,]+ \(UID FLAGS\)$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
