#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Conversations by References, out of what the lists brought: no IMAP command more for a page, one for a conversation that
is opened; a stranger who names the messages of others joins and lends nothing."""
import os, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, Stage, mail, until, walked


def letter(own, references="", sender="Carol <carol@signed.example>", subject="the plan"):
    extra = "References: %s\n" % " ".join("<%s>" % r for r in references.split()) if references else ""
    lines = mail(subject, sender, "Letter %s." % own, extra).decode().split("\r\n")
    return "\r\n".join("Message-ID: <%s>" % own if line.startswith("Message-ID:") else line for line in lines).encode()


class Threads(unittest.TestCase):
    def setUp(self):
        self.stage = Stage(True)
        self.addCleanup(self.stage.stop)
        self.stage.dovecot.rawlog = True
        for own, references in (("a@x", ""), ("other@x", ""), ("b@x", "a@x"), ("c@x", "a@x b@x")):
            self.append(self.stage.key.sign(letter(own, references), "signed.example"))
        self.append(letter("evil@y", "a@x c@x other@x", "Carol <carol@unsigned.example>"))
        self.stage.start()
        self.client = self.stage.client()

    def append(self, octets):
        self.stage.dovecot.append(USER, "INBOX", octets)

    def rows(self, **query):
        return self.client.messages("inbox", **query).json["messages"]

    def settled(self):
        until(lambda: all(r["verdict"]["level"] != "unchecked" for r in self.rows()), "verdicts")
        return {r["preview"]: r for r in self.rows()}

    def test_conversations(self):
        rows = self.settled()
        thread = {name: rows["Letter %s@x." % name]["threadId"] for name in ("a", "b", "c", "other")}
        self.assertEqual(len({thread["a"], thread["b"], thread["c"]}), 1, thread)
        self.assertNotEqual(thread["a"], thread["other"])

        evil = rows["Letter evil@y."]  # joins one conversation, and no two by that
        self.assertEqual(evil["threadId"], thread["other"])
        self.assertEqual(evil["verdict"]["level"], "unverified")
        self.assertEqual({rows["Letter %s@x." % n]["verdict"]["level"] for n in ("a", "b", "c", "other")}, {"domain"})

        message = self.client.get("/messages/" + rows["Letter b@x."]["id"]).json
        self.assertEqual(message["threadId"], thread["b"])

    def test_commands(self):
        rows = self.settled()
        walked(self.client)
        sent = self.stage.sent_by(self.rows)
        self.assertEqual(len(sent), 1, sent)  # as without conversations: flags

        found = []
        sent = self.stage.sent_by(lambda: found.extend(self.rows(thread=rows["Letter b@x."]["id"])))
        self.assertEqual([r["preview"] for r in found], ["Letter c@x.", "Letter b@x.", "Letter a@x."])
        self.assertEqual(len(sent), 1, sent)
        self.assertIn("(UID FLAGS)", sent[0])

        self.client.call("DELETE", "/messages/" + rows["Letter a@x."]["id"])
        found = self.rows(thread=rows["Letter b@x."]["id"])
        self.assertEqual([r["preview"] for r in found], ["Letter c@x.", "Letter b@x."])

    def test_kept(self):
        before = self.settled()
        self.stage.restart()
        rows = {r["preview"]: r for r in self.rows(limit=2)}  # the first message of the conversation is on no page yet
        self.assertEqual(rows["Letter c@x."]["threadId"], before["Letter c@x."]["threadId"])
        found = self.rows(thread=rows["Letter c@x."]["id"])
        self.assertEqual([r["preview"] for r in found], ["Letter c@x.", "Letter b@x.", "Letter a@x."])

    def test_refused(self):
        row = self.rows()[0]
        for query in ({"q": "x"}, {"after": row["id"]}, {"before": "x"}):
            self.assertEqual(self.client.messages("inbox", thread=row["id"], **query).code, "bad-parameter")
        boxes = self.client.mailboxes()
        self.assertEqual(self.client.messages(boxes["trash"], thread=row["id"]).code, "bad-parameter")
        self.assertEqual(self.client.messages("inbox", thread="x").status, 404)


if __name__ == "__main__":
    unittest.main(verbosity=2)
