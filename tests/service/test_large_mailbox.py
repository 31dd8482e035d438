#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""10,000 letters in a real Dovecot, paged through to the end: none missing, none twice, the promised commands a page, and
a service that does not grow with the mailbox."""
import os, re, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, Stage

LETTERS, PAGE, BACKGROUND = 10000, 200, 100
MOST_MEMORY = 400 << 20  # octets; a service that held every letter, or every page, of all threads would not stay below


def resident(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"VmHWM:\s+(\d+) kB", f.read()).group(1)) << 10


class Large(unittest.TestCase):
    def setUp(self):
        self.stage = Stage()  # not sanitized: its memory is measured
        self.addCleanup(self.stage.stop)
        dovecot = self.stage.dovecot
        dovecot.rawlog = True
        dovecot.append(USER, "INBOX", self.letter(0), when=1700000000)
        cur = os.path.join(dovecot.home(USER), "cur")
        for n in range(1, LETTERS):
            with open(os.path.join(cur, "%d.%06d.test:2,S" % (1700000000 + n, n)), "wb") as f:
                f.write(self.letter(n))
        dovecot.give_away(cur)
        self.stage.start()
        self.stage.restart(trust={"verify": "never"})  # lists are what is tried here, not what checks cost
        self.client = self.stage.client()

    @staticmethod
    def letter(n):
        follows = "References: <%d@x.example>\r\n" % (n - 1) if n % 10 else ""
        return ("From: Sender %d <s@d%d.example>\r\nTo: %s\r\nSubject: letter %05d\r\nMessage-ID: <%d@x.example>\r\n%s\r\nThis is letter %d.\r\n" %
                (n % 90, n % 90, USER, n, n, follows, n)).encode()

    def listed(self):
        """Commands that read the list, those of the background's memory of senders among them."""
        return [c for c in self.stage.dovecot.commands(USER) if "FETCH" in c or "SEARCH" in c]

    def walk(self):
        rows, cursor, pages = [], None, 0
        while True:
            page = self.client.messages("inbox", limit=PAGE, **({"before": cursor} if cursor else {})).json
            rows += page["messages"]
            cursor, pages = page["next"], pages + 1
            if not cursor:
                return rows, pages

    def test_to_the_end(self):
        rows, pages = self.walk()
        self.assertEqual([r["subject"] for r in rows], ["letter %05d" % n for n in range(LETTERS - 1, -1, -1)])
        self.assertEqual(len({r["id"] for r in rows}), LETTERS)
        self.assertEqual(pages, LETTERS // PAGE)
        peak = resident(self.stage.inkan.process.pid)
        self.assertLess(peak, MOST_MEMORY)

        before = self.listed()
        again, pages = self.walk()
        asked = self.listed()[len(before):]
        self.assertEqual([r["id"] for r in again], [r["id"] for r in rows])
        # One a page, one more where its connection does not know the cursor; and what the background reads meanwhile.
        self.assertLessEqual(len([c for c in asked if "BODY" not in c]), 2 * pages + BACKGROUND)
        threads = {}
        for row in again:
            threads.setdefault(row["threadId"], []).append(row["subject"])
        self.assertEqual({len(members) for members in threads.values()}, {10})
        self.assertLess(resident(self.stage.inkan.process.pid), peak + (100 << 20))


if __name__ == "__main__":
    unittest.main(verbosity=2)
