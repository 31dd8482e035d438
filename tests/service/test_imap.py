#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""account/imap and account/pool against a real Dovecot."""
import hashlib, imaplib, os, random, shutil, ssl, sys, tempfile, threading, time, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive_imap import Drive
from servers.dovecot import Dovecot
from servers.ports import free_port


class WithDovecot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="inkan-imap-")
        os.chmod(cls.directory, 0o755)
        cls.dovecot = Dovecot(os.path.join(cls.directory, "dovecot"), free_port(), public=True,
                              users={"alice": "secret", "bob": 'p"\\ w=ü', "carol@mail.example": "x"})
        cls.fill()
        cls.dovecot.start()

    @classmethod
    def fill(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        cls.dovecot.stop()
        shutil.rmtree(cls.directory)

    def setUp(self):
        self.drives = []

    def tearDown(self):
        for drive in self.drives:
            self.assertEqual(drive.close(), 0)

    def drive(self, user="alice", password="secret"):
        drive = Drive("localhost", self.dovecot.port, self.dovecot.ca_file)
        self.drives.append(drive)
        self.assertEqual(drive("open", user, password), {"ok": True})
        return drive

    def selected(self, mailbox="INBOX", user="alice", password="secret"):
        drive = self.drive(user, password)
        self.assertIn("ok", drive("select", mailbox))
        return drive

    def other(self, user="alice", password="secret"):
        """Somebody else's mail program on the same account."""
        context = ssl.create_default_context(cafile=self.dovecot.ca_file)
        client = imaplib.IMAP4_SSL("localhost", self.dovecot.port, ssl_context=context)
        client.login(user, password)
        self.addCleanup(client.shutdown)
        return client

    def counted(self, drive, *verb):
        """The answer, and how many commands it cost."""
        before = drive("commands")["ok"]
        answer = drive(*verb)["ok"]
        return answer, drive("commands")["ok"] - before

    def assertFails(self, answer, error):
        self.assertEqual(answer.get("error"), error, answer)


def message(n):
    return b"From: a@example.org\r\nSubject: number %d\r\n\r\nBody %d\r\n" % (n, n)


def uids(page):
    return [m["uid"] for m in page["messages"]]


class Accounts(WithDovecot):
    def test_sign_in(self):
        self.drive()
        self.drive("carol@mail.example", "x")
        self.drive("bob", 'p"\\ w=ü')

    def test_wrong_password(self):
        drive = Drive("localhost", self.dovecot.port, self.dovecot.ca_file)
        self.drives.append(drive)
        self.assertFails(drive("open", "alice", "wrong"), "authentication")
        self.assertFails(drive("open", "nobody-here", "secret"), "authentication")
        self.assertFails(drive("open", "alice", "no-such-token", "bearer"), "authentication")

    def test_mailboxes(self):
        client = self.other("carol@mail.example", "x")
        for name in ("&ZeVnLIqe-", "A&-B", "Work/Sub", 'Qu\\"ote', "&2D3eAA-"):
            client.create('"%s"' % name)
        drive = self.drive("carol@mail.example", "x")
        boxes, cost = self.counted(drive, "list")
        self.assertEqual(cost, 2)  # NAMESPACE and LIST
        self.assertEqual(self.counted(drive, "list")[1], 1)
        by_name = {m["name"]: m for m in boxes}
        self.assertEqual(boxes[0]["role"], "inbox")
        self.assertEqual({m["role"] for m in boxes}, {"inbox", "drafts", "sent", "junk", "trash", "archive", ""})
        for name, id in (("日本語", "&ZeVnLIqe-"), ("A&B", "A&-B"), ("Work/Sub", "Work/Sub"), ('Qu"ote', 'Qu"ote'), ("😀", "&2D3eAA-")):
            self.assertEqual(by_name[name]["id"].replace("\\", ""), id)
            self.assertEqual(drive("select", id)["ok"]["exists"], 0)
            self.assertEqual(drive("status", id)["ok"]["messages"], 0)
        self.assertTrue(by_name["Sent"]["personal"])
        self.assertFalse(by_name["Public/News"]["personal"])
        self.assertFalse(by_name["Work"]["selectable"])
        self.assertEqual(by_name["Sent"]["delimiter"], "/")

    def test_no_such_mailbox(self):
        drive = self.drive()
        self.assertFails(drive("select", "Nowhere"), "not-found")
        self.assertFails(drive("status", "Nowhere"), "not-found")
        self.assertEqual(drive("selected"), {"ok": None})
        self.assertFails(drive("page", 0, 10), "argument")
        self.assertIn("ok", drive("select", "INBOX"))


class Listing(WithDovecot):
    @classmethod
    def fill(cls):
        for n in range(1, 121):
            cls.dovecot.append("alice", "INBOX", message(n), "S" if n % 2 else "", 1700000000 + n)

    def test_pages_to_the_end(self):
        drive, seen, before = self.selected(), [], 0
        while True:
            page, cost = self.counted(drive, "page", before, 50)
            self.assertEqual(cost, 1)
            seen += uids(page)
            before = seen[-1]
            if not page["more"]:
                break
        newest = seen[0]
        self.assertEqual(seen[-120:], list(range(120, 0, -1)))
        self.assertEqual(seen, sorted(seen, reverse=True))
        self.assertEqual(newest, drive("selected")["ok"]["uidnext"] - 1)

    def test_page_from_the_middle_on_a_new_connection(self):
        drive = self.selected()
        page, cost = self.counted(drive, "page", 61, 10)
        self.assertEqual((uids(page), cost), (list(range(60, 50, -1)), 2))
        page, cost = self.counted(drive, "page", 51, 10)
        self.assertEqual((uids(page), cost), (list(range(50, 40, -1)), 1))
        page, cost = self.counted(drive, "page", 1, 10)
        self.assertEqual((page["messages"], page["more"], cost), ([], False, 0))
        page, cost = self.counted(drive, "page", 2, 10)
        self.assertEqual((uids(page), page["more"], cost), ([1], False, 1))

    def test_one_command_when_nothing_is_new_and_two_otherwise(self):
        drive = self.selected()
        page, cost = self.counted(drive, "page", 0, 50)
        self.assertEqual((len(page["messages"]), page["above"], cost), (50, 0, 1))
        rows, cost = self.counted(drive, "fetch", "row", 0, *uids(page))
        self.assertEqual((len(rows), cost), (50, 1))  # nothing was stored: two commands in all
        page, cost = self.counted(drive, "page", 0, 50)
        self.assertEqual((len(page["messages"]), page["above"], cost), (50, 0, 1))  # all stored: one
        self.assertEqual(self.counted(drive, "fetch", "row", 0), ([], 0))
        client = self.other()
        client.append("INBOX", None, None, message(900))
        client.append("INBOX", None, None, message(901))
        page, cost = self.counted(drive, "page", 0, 50)
        self.assertEqual((page["above"], cost), (uids(page)[0], 1))
        new, cost = self.counted(drive, "fetch", "row", page["above"])
        self.assertEqual(([m["uid"] for m in new], cost), ([page["above"] + 2, page["above"] + 1], 1))
        self.assertIn("Subject: number 901", new[0]["header"])
        again, cost = self.counted(drive, "page", 0, 50)
        self.assertEqual((uids(again)[:2], again["above"], cost), ([m["uid"] for m in new], 0, 1))

    def test_rows(self):
        drive = self.selected()
        rows = drive("fetch", "row", 0, 3, 4, 99999)["ok"]
        self.assertEqual([(m["uid"], m["flags"], m["internaldate"], m["size"], m["header"], m["text"]) for m in rows],
                         [(n, n % 2, 1700000000 + n, len(message(n)), message(n).decode().split("Body")[0], "Body %d\r\n" % n) for n in (4, 3)])
        self.assertEqual([m["flags"] for m in drive("fetch", "flags", 0, 3, 4)["ok"]], [0, 1])  # reading has not set \Seen
        drive("octets", 4)
        self.assertEqual([m["flags"] for m in drive("fetch", "flags", 0, 4)["ok"]], [0])

    def test_status(self):
        status = self.drive()("status", "INBOX")["ok"]
        self.assertEqual(status["unseen"] >= 60, True)
        self.assertEqual(status["uidvalidity"], self.selected()("selected")["ok"]["uidvalidity"])

    def test_search(self):
        drive = self.selected()
        self.assertEqual(drive("search", "number 77", 0)["ok"], [77])
        self.assertEqual(drive("search", "number 7", 75)["ok"], [7, 70, 71, 72, 73, 74])
        self.assertEqual(drive("search", 'quo"te\\', 0)["ok"], [])


class Removing(WithDovecot):
    """Pages while another program removes messages."""

    @classmethod
    def fill(cls):
        for n in range(1, 61):
            cls.dovecot.append("alice", "INBOX", message(n))

    def test_expunged_by_another(self):
        drive = self.selected()
        self.assertEqual(uids(drive("page", 0, 10)["ok"]), list(range(60, 50, -1)))
        client = self.other()
        client.select("INBOX")
        client.uid("STORE", "1:5,52,55:57", "+FLAGS", "\\Deleted")
        client.expunge()
        self.assertFails(drive("octets", 55), "not-found")
        page, cost = self.counted(drive, "page", 0, 10)
        self.assertEqual(cost, 1)
        self.assertEqual(set(uids(page)) & {52, 55, 56, 57}, set())
        page, _ = self.counted(drive, "page", 0, 10)
        self.assertEqual(uids(page), [60, 59, 58, 54, 53, 51, 50, 49, 48, 47])
        older = drive("page", 47, 100)["ok"]
        self.assertEqual((uids(older), older["more"]), (list(range(46, 5, -1)), False))
        client.uid("STORE", "1:*", "+FLAGS", "\\Deleted")
        client.expunge()
        for _ in range(2):
            page = drive("page", 0, 10)["ok"]
        self.assertEqual((page["messages"], page["more"]), ([], False))
        client.append("INBOX", None, None, message(1))
        page = drive("page", 0, 10)["ok"]
        self.assertEqual(uids(page), [61])


class Changing(WithDovecot):
    def test_flags_move_delete(self):
        client = self.other()
        for n in range(1, 6):
            client.append("INBOX", None, None, message(n))
        drive = self.selected()
        self.assertIn("ok", drive("store", "+", 1 | 4, "$Phishing", 1, 2, 3))
        self.assertIn("ok", drive("store", "-", 4, "", 2))
        self.assertIn("ok", drive("store", "-", 0, "$Phishing", 3))
        self.assertEqual([(m["uid"], m["flags"], m["keywords"]) for m in drive("page", 0, 10)["ok"]["messages"]],
                         [(5, 0, []), (4, 0, []), (3, 5, []), (2, 1, ["$Phishing"]), (1, 5, ["$Phishing"])])
        self.assertEqual(drive("move", "Archive", 2), {"ok": 1})
        moved = drive("move", "Archive", 5, 9, 4)["ok"]
        self.assertTrue(moved["told"])
        self.assertEqual(moved["uids"], [3, 0, 2])
        self.assertEqual(drive("move", "Archive", 9), {"ok": 0})
        self.assertFails(drive("move", "Nowhere", 3), "not-found")
        self.assertEqual(uids(drive("page", 0, 10)["ok"]), [3, 1])
        self.assertIn("ok", drive("delete", 1))
        self.assertEqual(uids(drive("page", 0, 10)["ok"]), [3])
        self.assertEqual(drive("select", "Archive")["ok"]["exists"], 3)
        self.assertEqual([(m["uid"], m["keywords"]) for m in drive("page", 0, 10)["ok"]["messages"]],
                         [(3, []), (2, []), (1, ["$Phishing"])])

    def test_read_only_mailbox_of_others_is_readable(self):
        drive = self.drive()
        self.assertEqual(drive("select", "Public/News")["ok"]["exists"], 1)
        self.assertIn("for all", drive("octets", 1)["ok"]["octets"])

    def test_search_in_japanese(self):
        client = self.other("carol@mail.example", "x")
        text = "Subject: =?utf-8?B?6KuL5rGC5pu4?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n今月の請求額です\r\n".encode()
        client.append("INBOX", None, None, text)
        client.append("INBOX", None, None, message(2))
        drive = self.selected("INBOX", "carol@mail.example", "x")
        self.assertEqual(drive("search", "請求書", 0)["ok"], [1])
        self.assertEqual(drive("search", "請求額", 0)["ok"], [1])
        self.assertEqual(drive("search", "領収書", 0)["ok"], [])

    def test_mailbox_made_anew(self):
        client = self.other()
        client.create("Passing")
        client.append("Passing", None, None, message(1))
        drive = self.selected("Passing")
        first = drive("selected")["ok"]["uidvalidity"]
        client.delete("Passing")
        time.sleep(1.1)  # UIDVALIDITY is a time in seconds
        client.create("Passing")
        client.append("Passing", None, None, message(2))
        answer = drive("page", 0, 10)
        if "ok" in answer:  # whatever the server says about the old one, its messages are not taken for the new one's
            self.assertNotIn("number 2", str(drive("fetch", "row", 0, 1)))
        drive = self.selected("Passing")
        self.assertNotEqual(drive("selected")["ok"]["uidvalidity"], first)


class Octets(WithDovecot):
    def check(self, octets):
        client = self.other()
        client.append("INBOX", None, None, octets)
        drive = self.selected()
        uid = drive("selected")["ok"]["uidnext"] - 1
        path = os.path.join(self.directory, "octets")
        answer, cost = self.counted(drive, "octets", uid, path)
        self.assertEqual((answer, cost), ({"length": len(octets), "size": len(octets)}, 1))
        with open(path, "rb") as f:
            self.assertEqual(hashlib.sha256(f.read()).digest(), hashlib.sha256(octets).digest())

    def test_exact(self):
        self.check(bytes(c for c in range(1, 256) if c not in (10, 13)) + b"\r\n\r\n{5}\r\n)\r\n* BYE\r\n1 OK\r\n")
        self.check("From: あ <a@例え.jp>\r\nSubject: 生\r\n\r\n本文".encode())
        self.check(b"no header at all")

    def test_large(self):
        lines = random.Random(1).randbytes(30 << 20).replace(b"\r", b"r").replace(b"\n", b"n").replace(b"\0", b"0")
        self.check(b"Subject: large\r\n\r\n" + b"".join(lines[i:i + 900] + b"\r\n" for i in range(0, len(lines), 900)))


class Crowds(WithDovecot):
    @classmethod
    def fill(cls):
        for n in range(1, 31):
            cls.dovecot.append("alice", "INBOX", message(n))

    def test_eight_threads_share_three_connections(self):
        answer = self.drive()("crowd", "alice", "secret", "INBOX", 8, 50, 60000, 64)["ok"]
        self.assertEqual((answer["good"], answer["errors"]), (400, {}))
        self.assertLessEqual(answer["opened"], 3)
        # per connection at most CAPABILITY, AUTHENTICATE, CAPABILITY and SELECT, else one a listing
        self.assertLessEqual(answer["commands"], 400 + 4 * answer["opened"])

    def test_wrong_password(self):
        answer = self.drive()("crowd", "alice", "wrong", "INBOX", 4, 2, 60000, 64)["ok"]
        self.assertEqual(answer["errors"], {"authentication": 8})


class Dying(WithDovecot):
    @classmethod
    def fill(cls):
        cls.dovecot.append("alice", "INBOX", b"Subject: large\r\n\r\n" + b"x" * 78 * 500000)

    def test_killed_while_it_answers_and_back_again(self):
        drive = self.selected()
        uid = uids(drive("page", 0, 1)["ok"])[0]
        answers = []
        thread = threading.Thread(target=lambda: answers.extend(drive("octets", uid, os.path.join(self.directory, "x"))
                                                                for _ in range(50)))
        thread.start()
        time.sleep(0.3)
        self.dovecot.kill()
        thread.join(300)
        self.assertEqual(len(answers), 50)
        self.assertFails(answers[-1], "protocol")
        self.assertEqual(drive("alive"), {"ok": False})
        self.assertFails(drive("open", "alice", "secret"), "unreachable")
        self.dovecot.start()
        self.assertEqual(drive("open", "alice", "secret"), {"ok": True})
        self.assertIn("ok", drive("select", "INBOX"))

    def test_crowd_survives(self):
        drive = self.drive()
        answers = []
        thread = threading.Thread(target=lambda: answers.append(drive("crowd", "alice", "secret", "INBOX", 8, 20000, 60000, 64)))
        thread.start()
        time.sleep(0.3)
        self.dovecot.kill()
        thread.join(300)
        self.dovecot.start()
        answer = answers[0]["ok"]
        self.assertEqual(answer["good"] + sum(answer["errors"].values()), 160000)
        self.assertLessEqual(set(answer["errors"]), {"protocol", "unreachable"})
        self.assertIn("unreachable", answer["errors"])


if __name__ == "__main__":
    unittest.main()
