#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How the real messages of the public suites look to a service that remembers: those whose signatures and chains are good, each
with its DNS records, and those that only have to be read, delivered to an account that corresponds with every second of their
senders, and once more some days later. None is called forged and fewer than 2 % are loud, each named; the distribution is
printed. Skipped without the suites (INKAN_SHARED). (Without memory: tests/conformance/test_ordinary.py.)"""
import calendar, collections, email.utils, json, os, re, shutil, sys, tempfile, time, unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/service"), os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/conformance")]
import run
import test_ordinary as ordinary
from api_client import Client
from api_stage import binary, free_port, until, walked
from servers.dovecot import Dovecot
from servers.inkan import Inkan
from servers.knot import Knot
from servers.nginx import Nginx
from test_ordinary_memory import reply_to

USER, PASSWORD = "hanako@inbox.example", "correct horse"
DAY = 86400
SECONDS = 400  # bounds a hang, measures nothing
FOLDER = os.path.join(ordinary.SHARED, "suites")


def cases_of(name):
    path = os.path.join(FOLDER, name, "cases.jsonl")
    if not os.path.isfile(path):
        return
    with open(path, encoding="utf-8") as f:
        yield from (case for case in map(json.loads, f) if case.get("message"))


def records_of(name, case):
    """{name: TXT values} of a case, or None where a zone file cannot say it: odd names, no answer, other types."""
    dns = case.get("dns") or {}
    if case.get("dns_file"):
        with open(os.path.join(FOLDER, name, case["dns_file"]), encoding="utf-8") as f:
            dns = json.load(f)
    found = {}
    for owner, node in dns.items():
        values = node.get("TXT")
        if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", owner) or set(node) != {"TXT"} or not isinstance(values, list):
            return None
        found[owner + "."] = ["".join(v) for v in values]
        if not all(re.fullmatch(r"[ !#-\[\]-~]+", v) for v in found[owner + "."]):
            return None
    return found


def mails():
    """({octets: where}, records): good mail of today whose records do not contradict each other, then what has none."""
    found, records = {}, {}
    for name in sorted(os.listdir(FOLDER)):
        for case in cases_of(name):
            dns = records_of(name, case) if ordinary.is_good(case) and not case.get("now") else None
            if dns and all(records.get(owner, values) == values for owner, values in dns.items()):
                with open(os.path.join(FOLDER, name, case["message"]), "rb") as f:
                    found.setdefault(f.read(), case["id"])
                records.update(dns)
    for name in ordinary.READ_ONLY:
        for case in cases_of(name):
            with open(os.path.join(FOLDER, name, case["message"]), "rb") as f:
                found.setdefault(f.read(), "%s/%s" % (name, case["message"]))
    return found, [(owner, "TXT", v) for owner, values in records.items() for v in values]


def sender_of(message):
    """The address, where it is a plain one that somebody could correspond with."""
    line = re.search(rb"^From:([^\n]*)", message, re.M | re.I)
    address = email.utils.parseaddr(line[1].decode("latin-1"))[1] if line else ""
    return address if re.fullmatch(r"[a-zA-Z0-9.+_-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", address) else None


@unittest.skipUnless(os.path.isdir(FOLDER), "no suites at %s (INKAN_SHARED)" % ordinary.SHARED)
class OrdinarySuites(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="inkan-ordinary-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.now = int(time.time())
        self.mails, records = mails()
        self.names = {}  # time of receipt: the case
        self.dovecot = Dovecot(os.path.join(self.directory, "dovecot"), free_port(), users={USER: PASSWORD})
        knot = Knot(os.path.join(self.directory, "knot"), free_port(), run.sample_zones(records, "bogus.example"))
        inkan = Inkan(os.path.join(self.directory, "inkan"), binary(True))
        nginx = Nginx(os.path.join(self.directory, "nginx"), free_port(), inkan.socket)
        senders = sorted(set(map(sender_of, self.mails)) - {None})
        self.newcomers = set(senders[1::4])
        self.deliver(self.now - 2 * DAY, self.newcomers)
        for address in senders[::2]:
            self.dovecot.append(USER, "Sent", reply_to(address, self.now - 12 * DAY), flags="S", when=self.now - 12 * DAY)
        for server in (self.dovecot, knot, inkan, nginx):
            self.addCleanup(server.stop)
        self.dovecot.start()
        knot.start()
        inkan.start({"imap": {"host": "localhost", "port": self.dovecot.port, "ca-file": self.dovecot.ca_file},
                     "dns": {"server": "127.0.0.1@%d" % knot.port, "trust-anchor": knot.trust_anchor_file},
                     "brand": {"require": "off"}, "web": {"origin": nginx.url}})
        nginx.start()
        self.client = Client(nginx.url)
        self.assertEqual(self.client.sign_in(USER, PASSWORD).status, 201)

    def deliver(self, when, but=()):
        """All of it, but what those wrote."""
        for i, (message, name) in enumerate(self.mails.items()):
            if sender_of(message) not in but:
                self.dovecot.append(USER, "INBOX", message.replace(b"\r\n", b"\n"), when=when + i)
                self.names[when + i] = name

    def judged(self):
        inbox = self.client.mailboxes()["inbox"]

        def ready():
            rows = self.client.every_row(inbox)
            return rows if len(rows) == len(self.names) and all(r["verdict"]["level"] != "unchecked" for r in rows) else None
        rows = until(ready, "a verdict for every message", SECONDS)
        return [(self.names[calendar.timegm(time.strptime(r["receivedAt"], "%Y-%m-%dT%H:%M:%SZ"))], r) for r in rows]

    def is_first(self, row):
        return "first-message" in [r["code"] for r in self.client.get("/messages/" + row["id"]).json["verdict"]["reasons"]]

    def test_they_stay_quiet_with_memory(self):
        self.assertGreater(len(self.mails), 150)
        self.client.every_row(self.client.mailboxes()["inbox"])
        walked(self.client, SECONDS)
        self.assertGreater(len(self.client.get("/correspondents").json["correspondents"]), 10)
        self.judged()
        self.deliver(self.now - len(self.mails))
        judged = self.judged()
        ordinary.show("suites, with memory", collections.Counter(row["verdict"]["level"] for _, row in judged))
        self.assertEqual([name for name, row in judged if row["verdict"]["level"] == "forged" or row["verdict"]["author"] == "contradicted"], [])
        loud = {name: row["verdict"]["text"] for name, row in judged if row["verdict"]["level"] in ordinary.LOUD}
        self.assertEqual(set(loud), ordinary.BROKEN, loud)
        self.assertLess(len(loud), len(self.mails) * 0.02)
        # Memory had a say: who had written before is no newcomer.
        senders = {name: sender_of(message) for message, name in self.mails.items()}
        asked = [(senders[name], row) for name, row in judged if senders[name] in self.newcomers or row["verdict"]["level"] == "domain"]
        told = {sender for sender, row in asked if self.is_first(row)}
        self.assertTrue(told)
        self.assertLessEqual(told, self.newcomers)


if __name__ == "__main__":
    unittest.main(verbosity=1)
