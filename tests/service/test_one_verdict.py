#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One message, one verdict, wherever it is asked for: the list row, the opened message, its verdict alone, the event that tells
of it and the command line say the same of every mail of the sample mailbox, of mails signed, changed, forged and sealed for
this test, and of messages of the public suites (INKAN_SHARED), those about attacks first. Octets that an attacker can add below
the border raise the verdict of none of them, and take the caution from none. Then the operator's belief rules change, at last by
a sealer: no message is fetched for it, and the verdicts are those that a service without a memory makes."""
import glob, json, os, re, shutil, subprocess, sys, tempfile, time, unittest
from email.utils import formatdate

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/service")]
import dkim
import mailbox as sample
import run
from api_client import Client
from api_stage import Key, binary, until, walked
from servers.dovecot import Dovecot
from servers.inkan import Inkan
from servers.knot import Knot
from servers.nginx import Nginx
from test_events import Stream

SHARED = os.path.abspath(os.environ.get("INKAN_SHARED", os.path.join(TOP, "../shared")))
A_SUITE = 6  # so many messages of each suite, from all over it; all of those about attacks
TRIES = 12  # an answer that DNS trouble kept from being complete is asked for again
PASSWORD = "correct horse"
AUTHOR, LIST = "signed-one.example", "sealing-list.example"
BORDER = {"border": sample.OWN_SERVER}
BELIEVING = {**BORDER, "authserv-ids": sample.OWN_SERVER, "own-domains": "mail.example"}
SEALER = {**BELIEVING, "sealers": LIST}
# The same for the command line, which cannot be told whose domains a server submits for.
TOLD = {**BORDER, "authserv-ids": sample.OWN_SERVER, "sealers": LIST}
OPTIONS = ["--authserv-id", sample.OWN_SERVER, "--border", sample.OWN_SERVER, "--trusted-sealer", LIST]
# What only an account knows, and what depends on which of a sender's mails was judged first.
MEMORY = {"first-message", "known-to-you", "way-known-to-you", "name-of-correspondent", "signature-missing", "not-addressed-to-you"}
LOUD = ("caution", "forged")
UNSETTLED = "Meter reading"  # the DNS of its sender is broken: it is asked again and again
FORGED = "Authentication-Results: %s; dkim=pass header.d=" + AUTHOR + "; dmarc=pass header.from=" + AUTHOR + "\r\n"


def arrived(message, now, results=""):
    """As the mailbox's own server wrote it down, out of the hands of the list's server."""
    top = "Return-Path: <bounces@%s>\r\n" % LIST
    if results:
        top += "Authentication-Results: %s; %s\r\n" % (sample.OWN_SERVER, results)
    top += "Received: from out.%s (out.%s [198.51.100.77]) by %s (Postfix) with ESMTPS id 4X1\r\n\tfor <%s>; %s\r\n" % (
        LIST, LIST, sample.OWN_SERVER, sample.OWNER, formatdate(now))
    return top.encode() + message


def more_mails(key, now):
    """(subject, octets): one author, honest and not."""
    def write(subject, sender="Ann <ann@%s>" % AUTHOR, extra=""):
        return ("%sFrom: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n\r\nHello.\r\n" % (
            extra, sender, sample.OWNER, subject, formatdate(now - 40), subject.replace(" ", "-"), AUTHOR)).encode()

    def signed(subject, domain=AUTHOR, **options):
        return key.sign(write(subject, **options), domain)

    def sealed(message, sealer):
        said = (FORGED % sealer).encode()
        return b"".join(dkim.arc_sign(said + message, b"s1", sealer.encode(), key.pem, sealer.encode(),
                                      include_headers=[b"from", b"to", b"subject", b"date"])) + message
    footer = b"-- \r\na list\r\n"
    passed = "dkim=pass header.d=%s; dmarc=pass header.from=%s" % (AUTHOR, AUTHOR)
    return [
        ("one signed", arrived(signed("one signed"), now)),
        ("one signed and confirmed", arrived(signed("one signed and confirmed"), now, passed)),
        ("one confirmed alone", arrived(write("one confirmed alone"), now, passed)),
        ("one denied", arrived(signed("one denied"), now, "dkim=fail header.d=%s; dmarc=fail (p=reject) header.from=%s" % (AUTHOR, AUTHOR))),
        ("one unsigned", arrived(write("one unsigned"), now)),
        ("one forged below", arrived((FORGED % sample.OWN_SERVER).encode() + write("one forged below"), now)),
        ("one without a border", signed("one without a border")),
        ("one forged on top", (FORGED % sample.OWN_SERVER).encode() + write("one forged on top")),
        ("one changed", arrived(signed("one changed") + footer, now)),
        ("one signed by another", arrived(signed("one signed by another", LIST), now)),
        ("one of two authors", arrived(signed("one of two authors", extra="From: bob@%s\r\n" % LIST), now)),
        ("one of nobody", arrived(write("one of nobody", sender="undisclosed"), now)),
        ("one named like an address", arrived(signed("one named like an address", LIST, sender='"ann@%s" <x@%s>' % (AUTHOR, LIST)), now)),
        ("one named like a brand", arrived(write("one named like a brand", sender="PayPal Service <x@%s>" % LIST), now)),
        ("one sealed", arrived(sealed(signed("one sealed") + footer, LIST), now)),
        ("one sealed by a stranger", arrived(sealed(write("one sealed by a stranger"), "stranger.example"), now)),
    ]


def suite_mails():
    """(messages, TXT records) of the public suites: different ones, each name with the record of the first case that has it."""
    mails, records = {}, {}
    for path in sorted(glob.glob(os.path.join(SHARED, "suites/*/cases.jsonl"))):
        folder = os.path.dirname(path)
        with open(path, encoding="utf-8") as f:
            cases = [c for c in map(json.loads, f) if c.get("message")]
        step = max(1, len(cases) // A_SUITE)
        for case in [c for i, c in enumerate(cases) if c["check"].startswith("attack") or i % step == 0]:
            with open(os.path.join(folder, case["message"]), "rb") as f:
                message = f.read()
            if b"@mail.example." in message:  # passes for the account's own domain, which no command line knows
                continue
            mails.setdefault(message, case["id"])
            dns = case.get("dns")
            if case.get("dns_file"):
                with open(os.path.join(folder, case["dns_file"]), encoding="utf-8") as f:
                    dns = json.load(f)
            for name, node in (dns or {}).items():
                if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", name) and isinstance(node.get("TXT"), list):
                    records.setdefault(name + ".", ["".join(v) for v in node["TXT"]])
    return mails, [(name, "TXT", v) for name, values in records.items() for v in values if re.fullmatch(r'[ !#-\[\]-~]+', v)]


def below_border(message):
    """Where the line ends that the account's own server wrote; 0: there is none."""
    for field in re.finditer(rb"\S[^\n]*\n(?:[ \t][^\n]*\n)*", message.partition(b"\r\n\r\n")[0] + b"\r\n"):
        if field[0].lower().startswith(b"received:") and b"by " + sample.OWN_SERVER.encode() in field[0]:
            return field.end()
    return 0


def added(message, author):
    """The message with what its sender could have put below the line of the account's own server."""
    at = below_border(message)
    top, rest = message[:at], message[at:]
    said = "%s; dkim=pass header.d=%s; spf=pass smtp.mailfrom=a@%s; dmarc=pass header.from=%s\r\n" % (sample.OWN_SERVER, author, author, author)
    signature = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=s%d; h=From;\r\n bh=AAAA; b=AAAA\r\n"
    results = "Authentication-Results: " + said + "Received-SPF: pass client-ip=192.0.2.1; envelope-from=a@%s;\r\n" % author
    yield "results", top + results.encode() + rest
    yield "chain", top + ("ARC-Authentication-Results: i=1; " + said).encode() + rest
    yield "signature", top + (signature % (author, 1)).encode() + rest
    yield "signatures", top + "".join(signature % (author, i) for i in range(9)).encode() + rest
    yield "text", message + b"One line more.\r\n"
    yield "list", top + ("List-Id: News <news.%s>\r\nList-Post: <mailto:news@%s>\r\nPrecedence: list\r\n" % (author, author)).encode() + rest
    if at:
        line = "Received: from mx.%s (mx.%s [192.0.2.1]) by %s with ESMTPSA id 5;\r\n\tThu, 1 Jan 2026 00:00:00 +0000\r\n" % (author, author, sample.OWN_SERVER)
        yield "border", top + (results + line).encode() + rest


def height(verdict):
    """How much a reader is made to believe; what is shown loudly is the lowest, and is not excused either."""
    return {"verified": 3, "likely": 2, "contradicted": 0, "ambiguous": 0}.get(verdict["author"], 1)


class Stage:
    def __init__(self, rules):
        self.directory = tempfile.mkdtemp(prefix="inkan-one-")
        now = int(time.time())
        self.writer, key = sample.Writer(os.path.join(self.directory, "sample"), now), Key()
        maildir = os.path.join(self.directory, "sample/Maildir")
        self.writer.write_maildir(maildir)
        records = self.writer.records() + [("s1._domainkey.%s." % d, "TXT", key.record) for d in (AUTHOR, LIST, "stranger.example")]
        records.append(("_dmarc.%s." % AUTHOR, "TXT", "v=DMARC1; p=reject"))
        self.suites, more = suite_mails()
        taken = {name for name, _, _ in records}
        records += [r for r in more if r[0] not in taken and not r[0].endswith("." + sample.BOGUS + ".")]
        self.knot = Knot(os.path.join(self.directory, "knot"), run.free_port(), run.sample_zones(records, sample.BOGUS))
        self.dovecot = Dovecot(os.path.join(self.directory, "dovecot"), run.free_port(), users={sample.OWNER: PASSWORD})
        self.dovecot.rawlog = True
        self.dovecot.adopt_maildir(sample.OWNER, maildir)
        self.more = more_mails(key, now - 60)
        for _, message in self.more:
            self.dovecot.append(sample.OWNER, "INBOX", message.replace(b"\r\n", b"\n"), when=now - 60)
        for message in self.suites:
            self.dovecot.append(sample.OWNER, "Archive", message.replace(b"\r\n", b"\n"), when=now - 60)
        self.inkan = Inkan(os.path.join(self.directory, "inkan"), binary())
        self.nginx = Nginx(os.path.join(self.directory, "nginx"), run.free_port(), self.inkan.socket)
        self.rules = rules

    def settings(self, rules):
        return {"imap": {"host": "localhost", "port": self.dovecot.port, "ca-file": self.dovecot.ca_file},
                "dns": {"server": "127.0.0.1@%d" % self.knot.port, "trust-anchor": self.knot.trust_anchor_file},
                "smime": {"ca-file": self.writer.certificates.anchors}, "openpgp": {"keyring": self.writer.openpgp.keyring},
                "brand": {"require": "off"}, "web": {"origin": self.nginx.url}, "trust localhost": rules}

    def start(self):
        for server in (self.knot, self.dovecot):
            server.start()
        self.inkan.start(self.settings(self.rules))
        self.nginx.start()
        return self

    def restart(self, rules, forget=False):
        """With other rules; what the mail server is asked from now on is all that asked() tells. forget: without a store."""
        self.inkan.stop()
        for name in os.listdir(self.rawlog()):
            os.unlink(os.path.join(self.rawlog(), name))
        for path in glob.glob(self.inkan.store + "*") if forget else []:
            os.unlink(path)
        self.inkan.start(self.settings(rules))
        return self.client()

    def rawlog(self):
        return os.path.join(self.dovecot.home(sample.OWNER), "rawlog")

    def bodies(self):
        """The UID sets of which more than flags, dates and sizes was fetched."""
        return {c.split()[2] for c in self.dovecot.commands(sample.OWNER) if c.startswith("UID FETCH") and "BODY" in c}

    def client(self):
        """Signed in, and the service knows with whom the user corresponds."""
        client = Client(self.nginx.url)
        reply = client.sign_in(sample.OWNER, PASSWORD)
        assert reply.status == 201, reply
        client.messages(client.mailboxes()["sent"])
        walked(client, 120)
        return client

    def stop(self):
        for server in (self.nginx, self.inkan, self.dovecot, self.knot):
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def rows(client, folder="inbox"):
    reply = client.messages(client.mailboxes()[folder], limit=200)
    assert reply.status == 200 and not reply.json["next"], reply
    return reply.json["messages"]


def name_of(row):
    """What stays when the service has forgotten everything, its ids too."""
    return row["subject"], row["receivedAt"]


def settled(client, folder="inbox"):
    """All rows once nothing but UNSETTLED is under way."""
    def done():
        found = rows(client, folder)
        return found if all(r["subject"] == UNSETTLED or r["verdict"]["level"] != "unchecked" for r in found) else None
    return until(done, "a verdict for every mail", 240)


def judged(client, found):
    """Message and verdict by name, of all but UNSETTLED."""
    return {name_of(r): client.get("/messages/%s/verdict" % r["id"]).json for r in found if r["subject"] != UNSETTLED}


def summary(verdict):
    return {key: verdict[key] for key in ("level", "author", "domain", "text")}


def bare(verdict):
    """What depends neither on when it was asked nor on what the account remembers; the reasons in their order."""
    kept = {key: value for key, value in verdict.items() if key != "checkedAt"}
    kept["reasons"] = [(r["code"], r["severity"], r["params"], r["text"]) for r in verdict["reasons"] if r["code"] not in MEMORY]
    return kept


class OneVerdict(unittest.TestCase):
    maxDiff = None

    def stage(self, rules):
        stage = Stage(rules)
        self.addCleanup(stage.stop)
        return stage.start()

    def command(self, stage, *more):
        words = [binary(), "verify", "--json", "--resolver", "127.0.0.1@%d" % stage.knot.port, "--trust-anchor", stage.knot.trust_anchor_file,
                 "--offline", "--smime-ca", stage.writer.certificates.anchors, *OPTIONS]
        for path in sorted(glob.glob(os.path.join(stage.writer.openpgp.keyring, "*"))):
            words += ["--openpgp-keys", path]
        return [*words, *more]

    def verify(self, words, mails):
        """The verdicts of {name: octets}; what is not complete is asked for again."""
        verdicts, left = {}, set(mails)
        with tempfile.TemporaryDirectory() as directory:
            files = {name: os.path.join(directory, str(i)) for i, name in enumerate(mails)}
            for name, octets in mails.items():
                with open(files[name], "wb") as f:
                    f.write(octets)
            for _ in range(TRIES):
                asked = sorted(left, key=files.get)
                done = subprocess.run([*words, *(files[name] for name in asked)], stdout=subprocess.PIPE, check=True, timeout=280)
                verdicts.update(zip(asked, (json.loads(line)["verdict"] for line in done.stdout.splitlines())))
                left = {name for name in asked if not verdicts[name]["complete"]}
                if not left:
                    break
        self.assertEqual(set(verdicts), set(mails))
        return verdicts, left

    def same_everywhere(self, stage, client, row, told):
        opened = client.get("/messages/" + row["id"]).json
        alone = client.get("/messages/%s/verdict" % row["id"]).json
        self.assertEqual(opened["verdict"], alone["verdict"])
        self.assertEqual(opened["evidence"], alone["evidence"])
        self.assertEqual(summary(row["verdict"]), summary(opened["verdict"]))
        self.assertEqual(summary(told.get(row["id"], row["verdict"])), summary(opened["verdict"]))
        raw = client.call("GET", "/messages/%s/raw" % row["id"], headers={}).body
        verdicts, left = self.verify(self.command(stage, "--received-at", row["receivedAt"]), {0: raw})
        self.assertEqual(left, set(), "DNS answered the command line %d times in vain" % TRIES)
        self.assertEqual(bare(verdicts[0]), bare(opened["verdict"]))
        return raw

    def raised_by_nothing(self, stage, mails):
        """No octets added without a key raise a verdict (rule 17), or make it quieter."""
        words = self.command(stage, "--received-at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        verdicts, left = self.verify(words, mails)
        self.assertEqual(left, set())
        others = {(name, how): octets for name, message in mails.items()
                  for how, octets in added(message, verdicts[name]["domain"] or AUTHOR)}
        for (name, how), verdict in self.verify(words, others)[0].items():
            with self.subTest(name, added=how):
                self.assertLessEqual(height(verdict), height(verdicts[name]), verdicts[name]["text"] + " " + verdict["text"])
                if verdicts[name]["level"] in LOUD:
                    self.assertIn(verdict["level"], LOUD, [r["code"] for r in verdicts[name]["reasons"]])
        seen = {v["author"] for v in verdicts.values()}
        self.assertLessEqual({"verified", "likely", "not-established", "contradicted", "ambiguous"}, seen)

    def test_every_door_says_the_same(self):
        stage = self.stage(TOLD)
        client = stage.client()
        stream = Stream(client)
        self.addCleanup(stream.close)
        stream.wait("reload")  # from here on it watches
        pending = {r["id"] for r in rows(client) if r["verdict"]["level"] == "unchecked" and r["subject"] != UNSETTLED}
        found = settled(client)
        self.assertLessEqual({s for s, _ in stage.more}, {r["subject"] for r in found})
        self.assertGreater(len(found), 35 + len(stage.more))
        until(lambda: pending <= {e[1]["id"] for e in stream.named("verdict")}, "an event for each that was under way")
        stream.wait("verdict", 5)  # that many a glance at the header does not settle
        told = {e[1]["id"]: e[1]["verdict"] for e in stream.named("verdict")}
        self.assertLessEqual(set(told), {r["id"] for r in found})
        found = [row for row in found if row["subject"] != UNSETTLED]
        archived = settled(client, "archive")
        self.assertGreaterEqual(len(archived), len(stage.suites))
        mails = {}
        for row in found + archived:
            with self.subTest(row["subject"]):
                mails[row["id"]] = self.same_everywhere(stage, client, row, told)
        self.raised_by_nothing(stage, mails)

    def changed(self, stage, rules):
        """The verdicts under these rules: all there at once, and nothing fetched for them."""
        client = stage.restart(rules)
        found = rows(client)
        self.assertLessEqual({r["subject"] for r in found if r["verdict"]["level"] == "unchecked"}, {UNSETTLED})
        self.assertLessEqual(stage.bodies(), self.broken)
        return judged(client, found)  # which reads each message, as opening it does

    def assert_same(self, verdicts, others):
        self.assertEqual(set(verdicts), set(others))
        for name, one in verdicts.items():
            with self.subTest(name):
                self.assertEqual(bare(one["verdict"]), bare(others[name]["verdict"]))

    def test_other_belief_rules_fetch_nothing(self):
        """A border without anybody who is believed; its headers too; those no more; then they and a sealer, named anew."""
        stage = self.stage(BORDER)
        client = stage.client()
        first = judged(client, settled(client))
        client = stage.restart(BORDER)
        until(lambda: rows(client) and stage.bodies(), "the mail that stays under way was fetched again")
        self.broken = stage.bodies()
        self.assertEqual(len(self.broken), 1, self.broken)
        believing = self.changed(stage, BELIEVING)
        self.assert_same(self.changed(stage, BORDER), first)
        sealer = self.changed(stage, SEALER)
        for verdicts in (believing, sealer):
            self.assertEqual({n: v["checks"]["first"] for n, v in verdicts.items()}, {n: v["checks"]["first"] for n, v in first.items()})
        said = lambda verdicts: {subject: v["verdict"]["author"] for (subject, _), v in verdicts.items() if subject.startswith("one ")}
        moved = {s: (said(first)[s], a) for s, a in said(believing).items() if said(first)[s] != a}
        self.assertEqual(moved, {"one confirmed alone": ("contradicted", "likely"), "one denied": ("verified", "likely")})
        moved = {s: (said(believing)[s], a) for s, a in said(sealer).items() if said(believing)[s] != a}
        self.assertEqual(moved, {"one sealed": ("not-established", "likely")})
        client = stage.restart(SEALER, forget=True)
        self.assert_same(judged(client, settled(client)), sealer)


if __name__ == "__main__":
    unittest.main(verbosity=1)
