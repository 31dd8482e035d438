#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Flags, moving, archiving, deleting and taking it back, of one message and of many, through nginx, inkan and Dovecot:
what is answered, what lies where afterwards, and how many commands it costs the mail server."""
import os, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import OTHER, OTHER_PASSWORD, USER, ApiCase, Stage, mail, until, walked
from test_api import Imap


class Changes(ApiCase):
    def setUp(self):
        self.client = self.stage.client()
        self.boxes = self.client.mailboxes()

    def put(self, *subjects, folder="INBOX"):
        for subject in subjects:
            self.stage.dovecot.append(USER, folder, mail(subject))
        ids = lambda: {r["subject"]: r["id"] for r in reversed(self.rows(folder.lower()))}
        # A connection that has the folder open may see them some seconds later.
        found = until(lambda: (lambda known: known if known.keys() >= set(subjects) else None)(ids()), "the messages in the list")
        return [found[subject] for subject in subjects]

    def rows(self, role):
        return self.client.messages(self.boxes[role], limit=200).json["messages"]

    def subjects(self, role):
        return [r["subject"] for r in self.rows(role)]

    def patch(self, ident, body):
        return self.client.call("PATCH", "/messages/" + ident, body)

    def delete(self, ident, query=""):
        return self.client.call("DELETE", "/messages/%s%s" % (ident, query))

    def batch(self, ids, **change):
        return self.client.call("POST", "/messages/batch", dict({"ids": ids}, **change))

    def undo(self, moved):
        return self.patch(moved["undo"]["id"], {"mailboxIds": moved["undo"]["mailboxIds"]})


class One(Changes):
    def test_move_and_back(self):
        ident, = self.put("there and back")
        moved = self.patch(ident, {"mailboxIds": {self.boxes["junk"]: True}}).json
        self.assertEqual((list(moved["mailboxIds"]), moved["undo"]["mailboxIds"]), ([self.boxes["junk"]], {self.boxes["inbox"]: True}))
        self.assertEqual(moved["id"], self.rows("junk")[0]["id"])
        back = self.undo(moved).json
        self.assertEqual(back["id"], self.rows("inbox")[0]["id"])
        self.assertNotIn("there and back", self.subjects("junk"))
        self.problem(self.undo(moved), 404, "not-found")

    def test_delete_goes_to_the_trash_and_from_there_for_good(self):
        ident, other = self.put("to be deleted", "stays")
        moved = self.delete(ident).json
        self.assertEqual(list(moved["mailboxIds"]), [self.boxes["trash"]])
        self.assertEqual((self.subjects("trash")[0], "to be deleted" in self.subjects("inbox")), ("to be deleted", False))
        back = self.undo(moved).json
        again = self.delete(back["id"]).json
        self.assertEqual(self.delete(again["id"]).json, {"id": None, "mailboxIds": {}, "undo": None})
        self.assertNotIn("to be deleted", self.subjects("trash") + self.subjects("inbox"))
        self.problem(self.delete(again["id"]), 404, "not-found")
        self.assertIn(other, [r["id"] for r in self.rows("inbox")])

    def test_a_connection_that_has_not_seen_it_yet(self):
        """A server shows a selected connection no message that came after its last command (RFC 3501 §7)."""
        other = self.stage.client()
        for change in (lambda i: self.delete(i), lambda i: self.patch(i, {"keywords": {"$flagged": True}}), lambda i: self.client.get("/messages/" + i),
                       lambda i: self.patch(i, {"moveToRole": "archive"})):
            ident, = self.put("comes by another session")
            moved = self.patch(ident, {"moveToRole": "junk"}).json
            self.rows("inbox")
            back = other.call("PATCH", "/messages/" + moved["id"], {"moveToRole": "inbox"}).json
            reply = change(back["id"])
            self.assertEqual(reply.status, 200, reply)
            found = next((r for r in self.rows("inbox") if r["id"] == back["id"]), None)
            if found and "keywords" in reply.json and "undo" not in reply.json and len(reply.json) == 2:
                self.assertTrue(found["keywords"]["$flagged"])
            if found:
                self.delete(back["id"])

    def test_for_good_takes_nothing_else(self):
        """Somebody else's \\Deleted mark is not expunged along (RFC 4315)."""
        ident, marked = self.put("for good", "marked by another program")
        with Imap(self.stage) as box:
            box.select("INBOX")
            box.store("*", "+FLAGS", "\\Deleted")
        self.assertEqual(self.delete(ident, "?permanent=1").json["mailboxIds"], {})
        self.assertIn(marked, [r["id"] for r in self.rows("inbox")])
        self.assertNotIn("for good", self.subjects("inbox") + self.subjects("trash"))

    def test_roles(self):
        ident, = self.put("to the archive")
        moved = self.patch(ident, {"moveToRole": "archive"}).json
        self.assertEqual(list(moved["mailboxIds"]), [self.boxes["archive"]])
        again = self.patch(moved["id"], {"moveToRole": "archive"}).json  # it lies there: nothing happens, nothing to undo
        self.assertEqual((again["id"], again["undo"]), (moved["id"], None))
        self.assertEqual(list(self.patch(moved["id"], {"moveToRole": "inbox"}).json["mailboxIds"]), [self.boxes["inbox"]])
        for body in ({"moveToRole": "sent"}, {"moveToRole": "nowhere"}, {"moveToRole": 1}, {"moveToRole": None}, {},
                     {"moveToRole": "junk", "keywords": {"$seen": True}}, {"moveToRole": "junk", "x": 1}):
            self.problem(self.patch(self.rows("inbox")[0]["id"], body), 422, "unprocessable")

    def test_others_and_nonsense(self):
        ident, = self.put("mine")
        other = self.stage.client(OTHER, OTHER_PASSWORD)
        self.problem(other.call("DELETE", "/messages/" + ident), 404, "not-found")
        self.problem(other.call("PATCH", "/messages/" + ident, {"moveToRole": "junk"}), 404, "not-found")
        theirs = other.mailboxes()["junk"]
        self.problem(self.patch(ident, {"mailboxIds": {theirs: True}}), 404, "not-found")
        self.problem(self.delete(self.boxes["inbox"]), 404, "not-found")
        for made in ("x", ident[:-1], ident + "A", "a%0d%0aDELETE"):
            self.assertIn(self.delete(made).status, (400, 404))
        self.assertIn("mine", self.subjects("inbox"))

    def test_a_browser_needs_its_header(self):
        ident, = self.put("browser")
        browser = self.stage.client(browser=True)
        headers = {"Cookie": browser.cookie, "Sec-Fetch-Site": "same-origin"}
        for method, path, body in (("DELETE", "/messages/" + ident, None), ("POST", "/messages/batch", b'{"ids":["x"],"delete":"trash"}')):
            reply = browser.raw(method, path, body, dict(headers, **{"Content-Type": "application/json"}))
            self.assertEqual((reply.status, reply.code), (403, "cross-site"))
        self.assertEqual(browser.call("DELETE", "/messages/" + ident).status, 200)


class Many(Changes):
    def test_each_has_its_own_result(self):
        a, b, c = self.put("batch a", "batch b", "batch c")
        d, = self.put("batch d", folder="Junk")
        gone, = self.put("gone")
        self.delete(gone, "?permanent=1")
        reply = self.batch([c, gone, a, "x", d, a], moveToRole="archive")
        results = reply.json["results"]
        self.assertEqual([r["for"] for r in results], [c, gone, a, "x", d, a])
        self.assertEqual([r["ok"] for r in results], [True, False, True, False, True, True])
        self.assertEqual([(r["code"], r["detail"]) for r in results if not r["ok"]], [("not-found", "There is nothing under this address, or it is gone.")] * 2)
        japanese = self.client.call("POST", "/messages/batch?lang=ja", {"ids": [gone], "moveToRole": "archive"}).json["results"]
        self.assertRegex(japanese[0]["detail"], "[\u3040-\u30ff]")
        where = {r["id"]: r["subject"] for r in self.rows("archive")}
        self.assertEqual([where[r["message"]["id"]] for r in results if r["ok"]], ["batch c", "batch a", "batch d", "batch a"])
        self.assertIn(b, [r["id"] for r in self.rows("inbox")])
        inbox = [r["message"]["undo"] for r in results if r["ok"] and self.boxes["inbox"] in r["message"]["undo"]["mailboxIds"]]
        back = self.batch([u["id"] for u in inbox[:2]], mailboxIds=inbox[0]["mailboxIds"]).json["results"]
        self.assertTrue(all(r["ok"] for r in back))
        self.assertLessEqual({"batch a", "batch b", "batch c"}, set(self.subjects("inbox")))

    def test_keywords_and_deletion(self):
        ids = self.put("k1", "k2", "k3")
        results = self.batch(ids, keywords={"$flagged": True, "todo": True}).json["results"]
        self.assertEqual([r["message"] for r in results], [{"id": i, "keywords": {"$flagged": True, "todo": True}} for i in ids])
        results = self.batch(ids, keywords={"$flagged": False}).json["results"]
        self.assertEqual([r["message"]["keywords"] for r in results], [{"todo": True}] * 3)
        results = self.batch(ids[:2], delete="trash").json["results"]
        self.assertEqual([list(r["message"]["mailboxIds"]) for r in results], [[self.boxes["trash"]]] * 2)
        results = self.batch([r["message"]["id"] for r in results] + ids[2:], delete="permanent").json["results"]
        self.assertEqual([r["message"]["mailboxIds"] for r in results], [{}] * 3)
        self.assertFalse({"k1", "k2", "k3"} & set(self.subjects("inbox") + self.subjects("trash")))

    def test_nonsense(self):
        ident, = self.put("batch nonsense")
        for body, status, code in (({"ids": []}, 422, "unprocessable"), ({"ids": [], "delete": "trash"}, 400, "bad-json"),
                                   ({"ids": [ident] * 201, "delete": "trash"}, 400, "bad-json"), ({"ids": [1], "delete": "trash"}, 400, "bad-json"),
                                   ({"ids": ident, "delete": "trash"}, 400, "bad-json"), ({"ids": {"a": ident}, "delete": "trash"}, 400, "bad-json"),
                                   ({"ids": [ident], "delete": "no"}, 422, "unprocessable"), ({"ids": [ident], "delete": True}, 422, "unprocessable"),
                                   ({"ids": [ident], "delete": "trash", "moveToRole": "junk"}, 422, "unprocessable"),
                                   ({"ids": [ident], "keywords": {"a\r\nb": True}}, 400, "bad-json"), ({"ids": [ident], "keywords": {}}, 400, "bad-json"),
                                   ({"ids": [ident], "mailboxIds": {"x": True}}, 404, "not-found"), ([], 400, "bad-json"),
                                   ({"ids": [ident], "mailboxIds": {self.boxes["inbox"]: False}}, 422, "unprocessable")):
            self.problem(self.client.call("POST", "/messages/batch", body), status, code)
        self.problem(self.client.call("POST", "/messages/batch", b"\x00{}"), 400, "bad-json")
        self.assertIn(ident, [r["id"] for r in self.rows("inbox")])
        theirs = self.stage.client(OTHER, OTHER_PASSWORD).call("POST", "/messages/batch", {"ids": [ident], "delete": "permanent"})
        self.assertEqual([(r["for"], r["ok"], r["code"]) for r in theirs.json["results"]], [(ident, False, "not-found")])


class Costs(unittest.TestCase):
    """Commands, counted at the mail server."""

    def test_forty_messages_cost_what_one_does(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.dovecot.rawlog = True
        for n in range(40):
            stage.dovecot.append(USER, "INBOX", mail("m %d" % n))
        stage.start()
        client = stage.client()
        boxes = client.mailboxes()

        def sent(least, **change):
            ids = [r["id"] for r in client.messages(boxes["inbox"], limit=40).json["messages"]]
            walked(client)
            def batch():
                reply = client.call("POST", "/messages/batch", dict({"ids": ids}, **change))
                self.assertEqual([r["ok"] for r in reply.json["results"]], [True] * 40)
            return [c.split()[:2] for c in stage.sent_by(batch, lambda: least) if not c.startswith("SELECT")]

        self.assertEqual(sent(2, keywords={"$seen": True}), [["UID", "STORE"], ["UID", "FETCH"]])
        self.assertEqual(sent(1, moveToRole="archive"), [["UID", "MOVE"]])


class Without(unittest.TestCase):
    """A server without special uses: the folders are found by name, or made."""

    def test_archive_and_trash_are_made(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.dovecot.special_use = False
        for subject in ("one", "two", "three"):
            stage.dovecot.append(USER, "INBOX", mail(subject))
        stage.start()
        client = stage.client()
        boxes = {m["name"]: m for m in client.get("/mailboxes").json["mailboxes"]}
        self.assertNotIn("Archive", boxes)
        rows = client.messages(boxes["INBOX"]["id"]).json["messages"]
        first = client.call("PATCH", "/messages/" + rows[0]["id"], {"moveToRole": "archive"}).json
        second = client.call("PATCH", "/messages/" + rows[1]["id"], {"moveToRole": "archive"}).json
        self.assertEqual(first["mailboxIds"], second["mailboxIds"])
        trashed = client.call("DELETE", "/messages/" + rows[2]["id"]).json
        self.assertEqual(client.call("DELETE", "/messages/" + trashed["id"]).json["mailboxIds"], {})
        boxes = {m["name"]: m for m in client.get("/mailboxes").json["mailboxes"]}
        self.assertEqual({boxes["Archive"]["id"]: True}, first["mailboxIds"])
        self.assertEqual([r["subject"] for r in client.messages(boxes["Archive"]["id"]).json["messages"]], ["two", "three"])
        self.assertEqual(client.messages(boxes["Trash"]["id"]).json["messages"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
