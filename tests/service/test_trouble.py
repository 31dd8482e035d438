#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""DNS in trouble: a message stays unchecked, is asked about again in the background and never stored as judged; a restart knows
nothing of it; and once DNS answers, the verdict comes by itself."""
import os, socket, sqlite3, sys, threading, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, Stage, free_port, mail, until
from servers.knot import Knot

SERVFAIL = 2


class Failing(threading.Thread):
    """Answers every question that it cannot answer (RFC 1035 section 4.1.1, RCODE 2), and notes what was asked."""

    def __init__(self):
        super().__init__(daemon=True)
        self.asked = []
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", free_port()))
        self.port = self.udp.getsockname()[1]
        self.udp.settimeout(0.2)
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.is_set():
            try:
                question, client = self.udp.recvfrom(4096)
            except socket.timeout:
                continue
            self.asked.append(question)
            end = question.index(b"\0", 12) + 5  # the name, its type and class
            self.udp.sendto(question[:2] + bytes((0x81, 0x80 | SERVFAIL)) + b"\0\1" + bytes(6) + question[12:end], client)
        self.udp.close()

    def times(self, label):
        return sum(bytes((len(label),)) + label in question for question in self.asked)

    def stop(self):
        self.ended.set()
        self.join()


class Trouble(unittest.TestCase):
    def setUp(self):
        self.stage = Stage(sanitized=True)
        self.addCleanup(self.stage.stop)
        self.failing = Failing()
        self.addCleanup(self.failing.stop)
        self.stage.start()
        self.stage.settings["dns"] = {"server": "127.0.0.1@%d" % self.failing.port}
        self.stage.restart()
        self.client = self.stage.client()
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("in trouble"), "signed.example"))

    def row(self):
        rows = self.client.get("/mailboxes/%s/messages" % self.client.mailboxes()["inbox"]).json["messages"]
        return next((r for r in rows if r["subject"] == "in trouble"), None)

    def told(self):
        """The message's verdict once DNS was asked for it: unchecked, and why."""
        def asked():
            answer = self.client.get("/messages/%s/verdict" % self.row()["id"]).json["verdict"]
            self.assertEqual((answer["level"], answer["complete"]), ("unchecked", False))
            return answer if [r["code"] for r in answer["reasons"]] == ["temporary-trouble"] else None
        return until(asked, "a word about the trouble", 60)

    def judged(self):
        with sqlite3.connect("file:%s?mode=ro" % self.stage.inkan.store, uri=True) as db:
            return db.execute("SELECT count(*) FROM verdict").fetchone()[0]

    def test_asked_again_never_stored_and_settled_in_the_end(self):
        until(self.row, "the message is listed")
        self.told()
        before = self.failing.times(b"_domainkey")
        self.assertGreater(before, 0)
        until(lambda: self.failing.times(b"_domainkey") > before, "asked again although nobody lists or opens it", 60)
        self.assertEqual(self.judged(), 0)
        self.stage.restart()  # no trace of it: it begins anew
        self.told()
        self.assertEqual(self.judged(), 0)

        self.failing.stop()
        knot = Knot(os.path.join(self.stage.directory, "recovered"), self.failing.port, {".": (self.stage.knot.zones["."][0], "unsigned")})
        knot.start()
        self.addCleanup(knot.stop)
        row = until(lambda: self.row() if self.row()["verdict"]["level"] == "domain" else None, "the verdict came by itself", 180)
        self.assertEqual(row["verdict"]["author"], "verified")
        self.assertGreater(self.judged(), 0)


if __name__ == "__main__":
    unittest.main()
