#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How ordinary mail looks to a service that remembers: the honest half of the sample mailbox over some days, read from the
account's own server with correspondents out of \\Sent and habits learnt, and then the same senders once more. None is called
forged, none is loud; the distribution is printed. (Without memory: tests/conformance/test_ordinary.py.)"""
import calendar, collections, os, shutil, sys, tempfile, time, unittest
from email.utils import formatdate

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/service"), os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/conformance")]
import mailbox as sample
import run
import test_ordinary as ordinary
from api_client import Client
from api_stage import binary, free_port, until, walked
from servers.dovecot import Dovecot
from servers.inkan import Inkan
from servers.knot import Knot
from servers.nginx import Nginx

PASSWORD = "correct horse"
DAY = 86400
EARLIER = [n * DAY for n in (5, 3, 1)]  # each sender's mail came so much earlier, too: enough for a habit
LIST = "05-list-footer"  # changed by a list that nobody vouches for, until the reader says that it is known
BOGUS = "22-dns-trouble"  # its DNS cannot be believed: never checked to the end
SECONDS = 240  # bounds a hang, measures nothing


def reply_to(address, when):
    return ("From: Hanako Tanaka <%s>\r\nTo: %s\r\nSubject: Re: yours\r\nDate: %s\r\nMessage-ID: <re.%s>\r\n\r\nThank you.\r\n" %
            (sample.OWNER, address, formatdate(when), address)).encode()


class OrdinaryMail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="inkan-ordinary-")
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.now = int(time.time())
        cls.writer = sample.Writer(cls.folder("sample"), cls.now)
        cls.honest = [t for t in cls.writer.templates if t.name not in ordinary.FORGERIES and t.one("level") != "own"]
        cls.newcomers = cls.honest[1::6]
        cls.dovecot = Dovecot(cls.folder("dovecot"), free_port(), users={sample.OWNER: PASSWORD})
        knot = Knot(cls.folder("knot"), free_port(), run.sample_zones(cls.writer.records(), sample.BOGUS))
        inkan = Inkan(cls.folder("inkan"), binary(True))
        nginx = Nginx(cls.folder("nginx"), free_port(), inkan.socket)
        for server in (cls.dovecot, knot, inkan, nginx):
            cls.addClassCleanup(server.stop)
        cls.names = {}  # time of receipt: the template that it comes from
        cls.correspondents = set()
        for earlier in EARLIER:
            cls.deliver(earlier)
        cls.write_replies()
        cls.dovecot.start()
        knot.start()
        inkan.start({
            "imap": {"host": "localhost", "port": cls.dovecot.port, "ca-file": cls.dovecot.ca_file},
            "dns": {"server": "127.0.0.1@%d" % knot.port, "trust-anchor": knot.trust_anchor_file},
            "brand": {"require": "off"}, "web": {"origin": nginx.url},
            "trust": {"providers": "freemail.example", "known-names": run.known_names(cls.directory)},
            "smime": {"ca-file": cls.writer.certificates.anchors}, "openpgp": {"keyring": cls.writer.openpgp.keyring},
            "trust localhost": {"authserv-ids": sample.OWN_SERVER, "border": sample.OWN_SERVER, "own-domains": "mail.example",
                                "forwarder": "alumni.example, 198.51.100.50/32, relay.alumni.example"}})
        nginx.start()
        cls.client = Client(nginx.url)
        reply = cls.client.sign_in(sample.OWNER, PASSWORD)
        assert reply.status == 201, reply

    @classmethod
    def folder(cls, name):
        os.makedirs(os.path.join(cls.directory, name), exist_ok=True)
        return os.path.join(cls.directory, name)

    @classmethod
    def deliver(cls, earlier):
        """The honest half into INBOX, as it would have come that much earlier; a second of its own tells each message.
        Of some senders nothing comes until now."""
        cls.writer.now = cls.now - earlier
        for i, t in enumerate(cls.honest):
            if earlier and t in cls.newcomers:
                continue
            message, when = cls.writer.compose(t)
            cls.names[when + i] = t.name
            cls.dovecot.append(sample.OWNER, "INBOX", message, when=when + i)

    @classmethod
    def write_replies(cls):
        """Every second sender is a correspondent; the others are what could be taken for one."""
        for t in cls.honest[::2]:
            address = t.text.split("From: ", 1)[1].split("\n")[0].rpartition("<")[2].rstrip(">")
            cls.correspondents.add(address)
            cls.dovecot.append(sample.OWNER, "Sent", reply_to(address, cls.now - 12 * DAY), flags="S", when=cls.now - 12 * DAY)

    @staticmethod
    def time_of(row):
        return calendar.timegm(time.strptime(row["receivedAt"], "%Y-%m-%dT%H:%M:%SZ"))

    def rows(self):
        return {self.time_of(row): row for row in self.client.every_row(self.client.mailboxes()["inbox"])}

    def judged(self):
        """[(name of the template, row)], once every message is there and judged that can be."""
        def ready():
            rows = self.rows()
            waiting = {self.names[at] for at, r in rows.items() if r["verdict"]["level"] == "unchecked"}
            return len(rows) == len(self.names) and waiting <= {BOGUS} and rows
        rows = until(ready, "a verdict for every message", SECONDS)
        self.assertEqual(set(rows), set(self.names))
        return [(self.names[at], row) for at, row in sorted(rows.items())]

    def quiet(self, title, judged, allowed=()):
        ordinary.show(title, collections.Counter(row["verdict"]["level"] for _, row in judged))
        self.assertEqual([name for name, row in judged if row["verdict"]["level"] == "forged" or row["verdict"]["author"] == "contradicted"], [])
        self.assertEqual({name for name, row in judged if row["verdict"]["level"] in ordinary.LOUD}, set(allowed))

    def reasons(self, row):
        return [r["code"] for r in self.client.get("/messages/" + row["id"]).json["verdict"]["reasons"]]

    def test_the_honest_half_stays_quiet_with_memory(self):
        self.assertGreater(len(self.honest), 30)
        self.rows()
        walked(self.client, SECONDS)
        known = {c["email"] for c in self.client.get("/correspondents").json["correspondents"] if "written" in c["sources"]}
        self.assertEqual(known, self.correspondents)
        self.quiet("sample over days, with memory", self.judged(), {LIST})

        # The reader knows the list: what it changed is explained, in mail that is there and in what comes.
        one = next(row for name, row in self.judged() if name == LIST)
        self.assertEqual(self.client.call("POST", "/messages/%s/known" % one["id"], {"kind": "list"}).status, 200)
        earlier = set(self.names)
        self.deliver(0)
        judged = self.judged()
        self.quiet("all of it, the list known", judged)
        later = [(name, row) for name, row in judged if self.time_of(row) not in earlier]
        self.assertEqual(len(later), len(self.honest))
        self.quiet("what came later", later)
        # Memory had a say: a sender is new who is, and nobody else.
        new = {name for name, row in later if "first-message" in self.reasons(row)}
        self.assertGreater(len(new), 2)
        self.assertLessEqual(new, {t.name for t in self.newcomers})


if __name__ == "__main__":
    unittest.main(verbosity=1)
