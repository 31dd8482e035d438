#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Web Key Directory inside a network of its own: a key that a domain publishes is looked up when a signed message first comes,
and only then; it confirms the domain, not the person; what is not asked for is not sent."""
import os, sys, tempfile, time, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, Stage, until
from servers import namespace
from servers.public_web import PublicWeb
from test_openpgp_keys import Person

PUBLIC = namespace.PUBLIC[0]
HOSTS = ["openpgpkey.%s.example" % name for name in ("advanced", "none", "other", "changed", "moved", "large", "quiet")] + ["direct.example", "none.example"]


def setUpModule():
    global web
    try:
        namespace.enter()
    except namespace.Unavailable as why:
        raise unittest.SkipTest(str(why))
    directory = tempfile.TemporaryDirectory(prefix="inkan-wkd-")
    unittest.addModuleCleanup(directory.cleanup)
    away = "        location / { if ($host = openpgpkey.moved.example) { return 301 https://openpgpkey.advanced.example$request_uri; } }"
    web = PublicWeb(os.path.join(directory.name, "web"), set(HOSTS), {PUBLIC: away}).start()
    unittest.addModuleCleanup(web.stop)


def hash_of(local):
    import hashlib
    number = int.from_bytes(hashlib.sha1(local.lower().encode()).digest(), "big")
    return "".join("ybndrfg8ejkmcpqxot1uwisza345h769"[number >> 5 * i & 31] for i in range(31, -1, -1))


class Wkd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.stop)
        text, state = cls.stage.knot.zones["."]
        cls.stage.knot.zones["."] = (text + "".join("%s. 60 IN A %s\n" % (host, PUBLIC) for host in HOSTS), state)
        cls.stage.start()
        cls.stage.restart(brand={"https-ca": web.ca_file}, openpgp={"wkd": "arrival"})

    def person(self, address):
        person = Person(address)
        self.addCleanup(person.close)
        return person

    def publish(self, domain, person, direct=False, local="carol"):
        host = domain if direct else "openpgpkey." + domain
        web.put("%s/.well-known/openpgpkey/%shu/%s" % (host, "" if direct else domain + "/", hash_of(local)), person.gpg("--export", person.address))

    def rows(self, client):
        inbox = next(box for box in client.get("/mailboxes").json["mailboxes"] if box["role"] == "inbox")
        return client.get("/mailboxes/%s/messages" % inbox["id"]).json["messages"]

    def arrives(self, person, octets=None):
        """The verdict after the message stood in a list, and what was asked for."""
        web.forget()
        subject = "letter %d" % time.monotonic_ns()
        self.stage.dovecot.append(USER, "INBOX", (octets or person.mail()).replace(b"Subject: The meeting", b"Subject: " + subject.encode()))
        client = self.stage.client()

        def settled():
            row = next((row for row in self.rows(client) if row["subject"] == subject), None)
            return row and row["verdict"]["level"] != "unchecked" and row
        row = until(settled, subject)
        asked = [(r["host"], r["path"], r["status"]) for r in web.requests()]
        return client.get("/messages/%s/verdict" % row["id"]).json, asked

    def path(self, domain, direct=False):
        return "/.well-known/openpgpkey/%shu/%s?l=carol" % ("" if direct else domain + "/", hash_of("carol"))

    def is_nobody(self, answer):
        self.assertEqual((answer["evidence"]["openpgp"]["status"], answer["evidence"]["openpgp"]["vouched"]), ("unknown", None))
        self.assertNotEqual(answer["verdict"]["author"], "verified")

    def test_the_hash_is_the_drafts(self):
        self.assertEqual(hash_of("Joe.Doe"), "iy9q119eutrkn8s1mk4r39qejnbu3n5q")

    def test_the_advanced_method_confirms_the_domain(self):
        carol = self.person("carol@advanced.example")
        self.publish("advanced.example", carol)
        answer, asked = self.arrives(carol)
        self.assertEqual(asked, [("openpgpkey.advanced.example", self.path("advanced.example"), 200)])
        self.assertEqual((answer["evidence"]["openpgp"]["status"], answer["evidence"]["openpgp"]["vouched"]), ("signed/verified", "wkd"))
        verdict = answer["verdict"]
        self.assertEqual((verdict["author"], verdict["strength"], verdict["level"], verdict["identity"]["name"]), ("verified", "domain", "domain", "advanced.example"))
        _, again = self.arrives(carol)  # remembered
        self.assertEqual(again, [])

    def test_the_direct_method_where_the_other_host_is_not_there(self):
        carol = self.person("carol@direct.example")
        self.publish("direct.example", carol, direct=True)
        answer, asked = self.arrives(carol)
        self.assertEqual(asked, [("direct.example", self.path("direct.example", True), 200)])
        self.assertEqual(answer["evidence"]["openpgp"]["vouched"], "wkd")

    def test_no_key_is_remembered_and_the_other_method_not_tried(self):
        carol = self.person("carol@none.example")
        self.publish("none.example", carol, direct=True)  # where nobody may look: the advanced host is there
        answer, asked = self.arrives(carol)
        self.assertEqual([(host, status) for host, _, status in asked], [("openpgpkey.none.example", 404)])
        self.is_nobody(answer)
        self.assertEqual(self.arrives(carol)[1], [])

    def test_a_key_of_another_address_is_not_taken(self):
        carol = self.person("carol@other.example")
        mallory = self.person("mallory@other.example")
        self.publish("other.example", mallory)
        answer, asked = self.arrives(carol, mallory.mail().replace(b"mallory@", b"carol@"))
        self.assertEqual([status for _, _, status in asked], [200])
        self.is_nobody(answer)

    def test_a_changed_letter_fails(self):
        carol = self.person("carol@changed.example")
        self.publish("changed.example", carol)
        answer, _ = self.arrives(carol, carol.mail().replace(b"Tuesday", b"Sunday."))
        self.assertEqual(answer["evidence"]["openpgp"]["status"], "signed/failed")
        self.assertNotEqual(answer["verdict"]["author"], "verified")

    def test_no_redirect_is_followed_and_no_giant_is_read(self):
        carol = self.person("carol@moved.example")
        answer, asked = self.arrives(carol)
        self.assertEqual([(host, status) for host, _, status in asked], [("openpgpkey.moved.example", 301)])
        self.is_nobody(answer)
        carol = self.person("carol@large.example")
        web.put("openpgpkey.large.example/.well-known/openpgpkey/large.example/hu/" + hash_of("carol"), carol.gpg("--export", carol.address) + b"\0" * (1 << 17))
        self.is_nobody(self.arrives(carol)[0])

    def test_a_letter_without_signature_asks_nobody(self):
        carol = self.person("carol@quiet.example")
        octets = b"From: <carol@quiet.example>\r\nTo: x@x.example\r\nSubject: The meeting\r\n\r\nhello\r\n"
        self.assertEqual(self.arrives(carol, octets)[1], [])

    def test_off_and_on_demand_ask_nobody(self):
        carol = self.person("carol@quiet.example")
        self.publish("quiet.example", carol)
        web.forget()
        self.stage.client().call("POST", "/verify", carol.mail(), kind="message/rfc822")
        self.assertEqual(web.requests(), [])
        self.stage.restart(brand={"https-ca": web.ca_file})
        answer, asked = self.arrives(carol)
        self.assertEqual(asked, [])
        self.is_nobody(answer)
        self.stage.restart(brand={"https-ca": web.ca_file}, openpgp={"wkd": "arrival"})


if __name__ == "__main__":
    unittest.main()
