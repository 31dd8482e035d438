#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What an account knows of its senders, end to end: correspondents out of \\Sent and out of an address book, the user's own
say and its undo, first contact, the first check and later ones; and what an attacker does to all of that."""
import os, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import OTHER, OTHER_PASSWORD, USER, ApiCase, mail, until, walked

CARDS = (b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Dora Example\r\nEMAIL:dora@corp.example\r\nEND:VCARD\r\n"
         b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Two\r\nEMAIL:not an address\r\nEMAIL;TYPE=home:dora@home.example\r\nEND:VCARD\r\n")


def sent(to, extra="", sender="Alice Reader <%s>" % USER, subject="sent"):
    return mail(subject, sender=sender, extra=extra).replace(b"To: " + USER.encode(), b"To: " + to.encode(), 1)


class Memory(ApiCase):
    def box(self, client, role):
        return next(b["id"] for b in client.get("/mailboxes").json["mailboxes"] if b["role"] == role)

    def row(self, client, subject):
        rows = client.get("/mailboxes/%s/messages" % self.box(client, "inbox")).json["messages"]
        return next((r for r in rows if r["subject"] == subject), None)

    def judged(self, client, subject):
        """The message of that subject once it has a verdict."""
        def ready():
            if not self.row(client, subject):
                return None
            answer = client.get("/messages/" + self.row(client, subject)["id"]).json
            return answer if answer["verdict"]["level"] != "unchecked" and answer["checks"]["first"] else None
        return until(ready, "a verdict for " + subject)

    def arrives(self, client, message, subject, user=USER):
        self.stage.dovecot.append(user, "INBOX", message)
        return self.judged(client, subject)

    @staticmethod
    def reasons(answer):
        return {r["code"]: r["severity"] for r in answer["verdict"]["reasons"]}

    def addresses(self, client):
        return {c["email"]: c for c in client.get("/correspondents").json["correspondents"]}

    def test_sent_mail_makes_correspondents(self):
        """Of what this user wrote; delivered mail and automatic answers lying in the same folder make none."""
        for message in (sent("Carol Example <carol@signed.example>, bob@other.example"),
                        sent("victim@evil.example", extra="Return-Path: <x@evil.example>\n"),
                        sent("robot@evil.example", extra="Auto-Submitted: auto-replied\n")):
            self.stage.dovecot.append(USER, "Sent", message)
        client = self.stage.client()
        client.get("/mailboxes/%s/messages" % self.box(client, "inbox"))
        walked(client)
        found = self.addresses(client)
        self.assertEqual(found["carol@signed.example"]["sources"], ["written"])
        self.assertEqual(found["carol@signed.example"]["name"], "Carol Example")
        self.assertEqual(found[USER]["sources"], ["own"])
        self.assertIn("bob@other.example", found)
        self.assertNotIn("victim@evil.example", found)
        self.assertNotIn("robot@evil.example", found)

        # first contact: silent for whom the user knows, told of a stranger once, however often he writes
        stranger = self.arrives(client, self.stage.key.sign(mail("hi one", sender="Eve <eve@signed.example>"), "signed.example"), "hi one")
        self.assertEqual(self.reasons(stranger).get("first-message"), "info")
        self.assertEqual(stranger["verdict"]["level"], "domain")
        again = self.arrives(client, self.stage.key.sign(mail("hi two", sender="Eve <eve@signed.example>"), "signed.example"), "hi two")
        carol = self.arrives(client, self.stage.key.sign(mail("hi three"), "signed.example"), "hi three")
        self.assertNotIn("first-message", self.reasons(carol))
        self.assertNotIn("first-message", self.reasons(again) if again["receivedAt"] != stranger["receivedAt"] else {})
        self.assertNotIn("eve@signed.example", self.addresses(client))

        # A27: a stranger bears the name of a correspondent
        fake = self.arrives(client, mail("urgent", sender="carol EXAMPLE <ceo@elsewhere.example>"), "urgent")
        self.assertEqual(self.reasons(fake)["name-of-correspondent"], "danger")
        self.assertEqual(fake["verdict"]["level"], "caution")
        # A26: a domain that passes for a correspondent's
        like = self.arrives(client, mail("invoice", sender="Accounts <pay@s1gned.example>"), "invoice")
        self.assertEqual(self.reasons(like)["lookalike-domain"], "danger")
        # a flood does not make the flooder known
        for n in range(5):
            self.stage.dovecot.append(USER, "INBOX", mail("flood %d" % n, sender="carol EXAMPLE <ceo@elsewhere.example>"))
        flood = self.judged(client, "flood 4")
        self.assertEqual(self.reasons(flood)["name-of-correspondent"], "danger")
        self.assertNotIn("ceo@elsewhere.example", self.addresses(client))

    def test_address_book(self):
        client, other = self.stage.client(), self.stage.client(OTHER, OTHER_PASSWORD)
        fake = self.arrives(other, mail("the book", sender="Dora Example <dora@elsewhere.example>").replace(USER.encode(), OTHER.encode()),
                            "the book", OTHER)
        self.assertNotIn("name-of-correspondent", self.reasons(fake))
        made = other.call("POST", "/correspondents", CARDS, kind="text/vcard")
        self.assertEqual((made.status, made.json), (201, {"cards": 2, "imported": 2}))
        self.assertEqual(self.addresses(other)["dora@corp.example"]["sources"], ["imported"])
        self.assertNotIn("dora@corp.example", self.addresses(client))
        # mail that was judged before: derived again from what is kept, the first verdict stands beside it
        now = self.judged(other, "the book")
        self.assertEqual(self.reasons(now)["name-of-correspondent"], "danger")
        self.assertEqual((now["verdict"]["level"], now["checks"]["first"]["level"]), ("caution", "unverified"))
        self.assertEqual(now["checks"]["first"]["checkedAt"], fake["checks"]["first"]["checkedAt"])
        self.assertNotEqual(now["checks"]["policyRevision"], fake["checks"]["policyRevision"])
        self.assertEqual(self.row(other, "the book")["verdict"]["level"], "caution")
        for address in ("dora@corp.example", "DORA@home.example"):
            self.assertEqual(other.call("DELETE", "/correspondents/" + address).status, 204)
        self.problem(other.call("DELETE", "/correspondents/dora@corp.example"), 404, "not-found")
        self.assertEqual(self.judged(other, "the book")["verdict"]["level"], "unverified")

    def test_what_is_no_address_book_is_refused(self):
        client = self.stage.client()
        for body in (b"", b"hello", b"BEGIN:VCARD\r\nEND:VCARD\r\n", b"BEGIN:VCARD\r\nEMAIL:a@b.example, c@d.example\r\nEND:VCARD\r\n"):
            self.problem(client.call("POST", "/correspondents", body, kind="text/vcard"), 422, "no-vcard")
        self.problem(client.call("POST", "/correspondents", CARDS, kind="application/json"), 415, "wrong-content-type")
        client.token = None
        self.problem(client.call("POST", "/correspondents", CARDS, kind="text/vcard"), 401, "not-signed-in")

    def test_the_users_own_say(self):
        """It explains a change under a known list that signed; it proves nothing, and a forged List-Id gets nothing."""
        client = self.stage.client()
        key, extra = self.stage.key, "List-Id: Friends <friends.signed.example>\n"
        author = key.sign(mail("list post", sender="Ann <ann@signed.example>", extra=extra), "signed.example")
        changed = author.replace(b"Hello.", b"Hello.\r\n-- \r\nfriends list")
        broken = self.arrives(client, changed, "list post")
        self.assertEqual(self.reasons(broken)["body-changed"], "danger")
        self.assertEqual([o["kind"] for o in broken["known"]], ["sender"])  # no signature that holds speaks for the list
        self.problem(client.call("POST", "/messages/%s/known" % broken["id"], {"kind": "list"}), 422, "nothing-to-know")
        self.problem(client.call("POST", "/messages/%s/known" % broken["id"], {"kind": "friend"}), 400, "bad-json")

        said = client.call("POST", "/messages/%s/known" % broken["id"], {"kind": "sender"})
        self.assertEqual((said.status, said.json["known"]), (200, [{"kind": "sender", "subject": "ann@signed.example", "by": None, "known": True}]))
        known = self.judged(client, "list post")
        self.assertNotIn("known-to-you", self.reasons(known))  # anybody can write her address
        self.assertEqual(self.reasons(known)["body-changed"], "danger")
        self.assertEqual(known["verdict"]["author"], broken["verdict"]["author"])
        proved = self.arrives(client, key.sign(mail("from Ann", sender="Ann <ann@signed.example>"), "signed.example"), "from Ann")
        self.assertEqual((proved["verdict"]["level"], self.reasons(proved)["known-to-you"]), ("domain", "info"))
        self.assertEqual([k["subject"] for k in client.get("/known").json["known"]], ["ann@signed.example"])
        self.assertEqual(self.stage.client(OTHER, OTHER_PASSWORD).get("/known").json, {"known": []})
        self.assertEqual(client.call("DELETE", "/known/sender/ann@signed.example").status, 204)
        self.problem(client.call("DELETE", "/known/sender/ann@signed.example"), 404, "not-found")
        self.assertNotIn("known-to-you", self.reasons(self.judged(client, "from Ann")))

    def post(self, subject, fields=None):
        """A list's: the author's signature, a footer, List-Id, and the list's own signature over `fields`."""
        key = self.stage.key
        written = key.sign(mail(subject, sender="Ann <ann@signed.example>"), "signed.example").replace(b"Hello.", b"Hello.\r\n-- \r\nfriends")
        return key.sign(b"List-Id: Friends <friends.lists.example>\r\n" + written, "lists.example", fields)

    def test_a_known_list(self):
        """It explains the change where its signature covers List-Id, in mail that is here and in mail to come, until it is taken back."""
        client = self.stage.client()
        first = self.arrives(client, self.post("footer"), "footer")
        self.assertEqual((first["verdict"]["level"], self.reasons(first)["body-changed"]), ("caution", "danger"))
        self.assertIn({"kind": "list", "subject": "friends.lists.example", "by": "lists.example", "known": False}, first["known"])
        open_id = self.arrives(client, self.post("open", [b"from", b"to", b"subject"]), "open")
        self.assertEqual([o["kind"] for o in open_id["known"]], ["sender"])  # whoever has this mail could have written that List-Id
        self.problem(client.call("POST", "/messages/%s/known" % open_id["id"], {"kind": "list"}), 422, "nothing-to-know")
        self.assertEqual(client.call("POST", "/messages/%s/known" % first["id"], {"kind": "list"}).status, 200)
        for answer in (self.judged(client, "footer"), self.arrives(client, self.post("next"), "next")):
            reasons = self.reasons(answer)
            self.assertEqual((answer["verdict"]["level"], answer["verdict"]["author"]), ("unverified", "not-established"))
            self.assertEqual((reasons["body-changed"], reasons["way-known-to-you"]), ("info", "info"))
        loud = self.judged(client, "open")
        self.assertEqual((loud["verdict"]["level"], self.reasons(loud)["body-changed"]), ("caution", "danger"))
        self.assertNotIn("way-known-to-you", self.reasons(loud))
        self.assertEqual(client.call("DELETE", "/known/list/friends.lists.example").status, 204)
        self.assertEqual(self.judged(client, "next")["verdict"]["level"], "caution")

    def test_later_checks_stand_beside_the_first(self):
        client = self.stage.client()
        message = self.arrives(client, self.stage.key.sign(mail("checked"), "signed.example"), "checked")
        checks = message["checks"]
        self.assertEqual((checks["first"]["level"], checks["later"], len(checks["inputs"])), ("domain", None, 64))
        again = client.get("/messages/%s/verdict?refresh=1" % message["id"]).json["checks"]
        self.assertEqual((again["first"], again["later"]["level"]), (checks["first"], "domain"))
        self.assertEqual(client.get("/messages/%s/verdict" % message["id"]).json["checks"]["later"], again["later"])


if __name__ == "__main__":
    unittest.main()
