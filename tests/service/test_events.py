#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Server-sent events through the real nginx and Apache, inkan and Dovecot: what is told, to whom, at which cost, and that
nothing is left behind when readers, sessions or servers go."""
import http.client, json, os, signal, sys, threading, time, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_client import Client
from api_stage import OTHER, OTHER_PASSWORD, USER, ApiCase, Stage, free_port, mail, until
from fastcgi import Connection, request_octets
from servers.apache import Apache
from test_api import Imap


class Stream:
    """A reader of events, as a browser's EventSource is one."""

    def __init__(self, client, url=None, last=None, lang="en", **headers):
        host, port = (url or client.url).split("//")[1].split(":")
        self.connection = http.client.HTTPConnection(host, int(port), timeout=120)
        if client.token:
            headers["Authorization"] = "Bearer " + client.token
        if last:
            headers["Last-Event-ID"] = last
        self.connection.request("GET", "/api/v1/events?lang=" + lang, headers={k.replace("_", "-"): v for k, v in headers.items()})
        self.socket = self.connection.sock
        self.reply = self.connection.getresponse()
        self.events, self.comments, self.ended = [], 0, False
        if self.reply.status == 200:
            threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        event = {}
        try:
            for line in self.reply:
                line = line.decode().rstrip("\n")
                if not line and event:
                    if "event" in event:
                        self.events.append((event["event"], json.loads(event["data"]), event.get("id")))
                    event = {}
                elif line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, value = line.split(": ", 1)
                    event[name] = value
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.ended = True

    def named(self, name):
        return [e for e in self.events if e[0] == name]

    def wait(self, name, count=1):
        return until(lambda: self.named(name) if len(self.named(name)) >= count else None, "event %s, but %r" % (name, self.events))

    def close(self):
        try:
            self.socket.shutdown(2)
        except OSError:
            pass
        self.connection.close()


def threads(pid):
    return len(os.listdir("/proc/%d/task" % pid))


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


class Told(ApiCase):
    def setUp(self):
        self.client = self.stage.client()
        until(lambda: b"\ninkan_event_streams 0\n" in self.client.get("/metrics").body, "the end of all earlier streams")
        self.inbox = self.client.mailboxes()["inbox"]
        self.stage.dovecot.append(USER, "INBOX", mail("there before"))
        self.client.messages(self.inbox)

    def stream(self, **options):
        stream = Stream(self.client, **options)
        self.addCleanup(stream.close)
        self.assertEqual(stream.reply.status, 200)
        return stream

    def arrive(self, subject):
        with Imap(self.stage) as box:
            box.append("INBOX", None, None, mail(subject))

    def test_mail_flags_removal_and_verdict(self):
        stream = self.stream()
        self.assertEqual(stream.reply.getheader("content-type"), "text/event-stream")
        self.assertEqual(stream.reply.getheader("cache-control"), "no-store")
        self.assertEqual(stream.reply.getheader("x-content-type-options"), "nosniff")
        stream.wait("reload")  # from here on it watches
        self.arrive("news")
        self.assertEqual(stream.wait("mail")[0][1], {"mailboxId": self.inbox})
        row = self.client.messages(self.inbox, limit=1).json["messages"][0]
        self.assertEqual(row["subject"], "news")
        told = until(lambda: [e[1] for e in stream.named("verdict") if e[1]["id"] == row["id"]], "its verdict")[0]
        row = self.client.messages(self.inbox, limit=1).json["messages"][0]
        self.assertEqual((told["mailboxId"], told["verdict"]["level"], told["verdict"]["text"]), (self.inbox, row["verdict"]["level"], row["verdict"]["text"]))
        self.client.call("PATCH", "/messages/" + row["id"], {"keywords": {"$flagged": True}})
        stream.wait("flags")
        self.client.call("DELETE", "/messages/" + row["id"])
        stream.wait("removed")

    def test_each_in_its_language(self):
        english, japanese = self.stream(), self.stream(lang="ja")
        english.wait("reload")
        self.arrive("two languages")
        row = self.client.messages(self.inbox, limit=1).json["messages"][0]
        texts = [until(lambda: [e[1]["verdict"]["text"] for e in s.named("verdict") if e[1]["id"] == row["id"]], "a verdict")[0] for s in (english, japanese)]
        self.assertTrue(texts[0].isascii() and not texts[1].isascii(), texts)

    def test_last_event_id(self):
        stays, stream = self.stream(), self.stream()
        stays.wait("reload")
        self.arrive("first")
        seen = stream.wait("mail")[0][2]
        stream.close()
        self.arrive("second")
        number = len(stays.wait("mail", 2))
        again = self.stream(last=seen)
        again.wait("mail", number - 1)
        self.assertFalse(again.named("reload"))
        for last in ("x", seen + "9999", "00" + seen[2:], seen.split("-")[0] + "-", "-1", "%s-0" % seen.split("-")[0]):
            other = until(lambda: (lambda s: s if s.reply.status == 200 else None)(Stream(self.client, last=last)), "room for another")
            other.wait("reload")
            other.close()

    def test_the_fifth_is_refused_and_others_are_not(self):
        streams = [self.stream() for _ in range(4)]
        fifth = self.client.get("/events")
        self.problem(fifth, 429, "too-many-streams")
        self.assertEqual(fifth.headers["retry-after"], "60")
        other = Stream(self.stage.client(OTHER, OTHER_PASSWORD))
        self.assertEqual(other.reply.status, 200)
        other.wait("reload")
        self.arrive("for alice alone")
        streams[0].wait("mail")
        self.assertFalse(other.named("mail") + other.named("verdict"))
        other.close()
        streams[0].close()
        again = until(lambda: (lambda s: s if s.reply.status == 200 else None)(Stream(self.client)), "room for another")
        again.close()

    def test_without_session_and_from_elsewhere(self):
        browser = self.stage.client(browser=True)
        self.assertEqual(browser.raw("GET", "/events").status, 401)
        headers = {"Cookie": browser.cookie}
        for site in ("cross-site", "same-site", "none", "Same-Origin", ""):
            self.assertEqual(browser.raw("GET", "/events", None, dict(headers, **{"Sec-Fetch-Site": site})).status, 403)
        self.assertEqual(browser.raw("GET", "/events", None, headers).status, 403)
        browser.token = None
        stream = Stream(browser, Cookie=browser.cookie, Sec_Fetch_Site="same-origin")
        self.assertEqual(stream.reply.status, 200)
        stream.close()
        self.assertEqual(self.client.call("HEAD", "/events").status, 200)
        for verb in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            reply = self.problem(self.client.call(verb, "/events", b""), 405, "method-not-allowed")
            self.assertEqual(reply.headers["allow"], "GET, HEAD")

    def test_the_session_ends_and_so_does_the_stream(self):
        leaving = self.stage.client()
        stream = Stream(leaving)
        stream.wait("reload")
        self.assertEqual(leaving.call("DELETE", "/session").status, 204)
        self.assertEqual(stream.wait("end")[0][1], {"code": "not-signed-in"})
        until(lambda: stream.ended, "the end of the stream")

    def test_mail_server_lost_and_back(self):
        stream = self.stream()
        stream.wait("reload")
        self.stage.dovecot.kill()
        self.stage.dovecot.start()
        stream.wait("reload", 2)
        self.arrive("after the crash")
        stream.wait("mail")


class Costs(unittest.TestCase):
    """One service with two workers: streams pin none of them, and leave nothing behind."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(True)
        cls.addClassCleanup(cls.stage.stop)
        cls.stage.dovecot.rawlog = True
        cls.stage.start()

    def fresh(self):
        """A service that has spoken with no mail server yet, and how many threads it has: looking up a server's name is one more for
        a moment."""
        self.stage.restart(server={"threads": 2})
        self.assertEqual(Client(self.stage.url).get("/health").status, 200)
        self.pid = self.stage.inkan.process.pid
        return threads(self.pid)

    def streams_are_gone(self):
        until(lambda: b"\ninkan_event_streams 0\n" in Client(self.stage.url).get("/metrics").body, "the end of all streams")

    def test_no_worker_is_pinned_one_connection_and_nothing_left(self):
        before = self.fresh()
        client = self.stage.client()
        client.messages("inbox")

        def once():
            start = time.time()
            streams = [Stream(client) for _ in range(4)]
            for stream in streams:
                self.addCleanup(stream.close)
                self.assertEqual(stream.reply.status, 200)
            until(lambda: any(s.named("reload") for s in streams), "watching")
            until(lambda: threads(self.pid) == before + 1, "the watcher, and nobody else")
            for _ in range(5):
                self.assertEqual(client.messages("inbox").status, 200)
            idle = lambda: self.stage.dovecot.commands(USER, start).count("IDLE")
            until(idle, "IDLE in the server's log")
            self.assertEqual(idle(), 1)
            for stream in streams:
                stream.close()
            until(lambda: threads(self.pid) == before, "the watcher's end")
            self.streams_are_gone()
            return descriptors(self.pid)
        first = once()
        for _ in range(4):
            last = once()
        self.assertLess(last - first, 4)  # one left behind a round would be four

    def test_stopped_while_streams_are_open(self):
        client = self.stage.client()
        streams = [Stream(client) for _ in range(3)]
        until(lambda: any(s.named("reload") for s in streams), "watching")
        self.assertEqual(self.stage.restart(), 0)
        until(lambda: all(s.ended for s in streams), "the end of all streams")

    def test_web_server_killed(self):
        before = self.fresh()
        client = self.stage.client()
        client.messages("inbox")
        streams = [Stream(client) for _ in range(4)]
        until(lambda: any(s.named("reload") for s in streams), "watching")
        self.stage.nginx.process.send_signal(signal.SIGTERM)
        self.stage.nginx.process.wait(120)
        until(lambda: threads(self.pid) == before, "the watcher's end")
        self.stage.nginx.start()
        again = Stream(self.stage.client())
        self.assertEqual(again.reply.status, 200)
        again.close()


class SlowReader(unittest.TestCase):
    """One who takes nothing is cut off once LIMIT_STREAM_OCTETS wait for it; those beside it are told all."""
    LETTERS, PAGE = 1200, 200

    def test_cut_off_and_nobody_else(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        cur = os.path.join(stage.dovecot.home(USER), "cur")
        stage.dovecot.append(USER, "INBOX", mail("first"))
        for n in range(1, self.LETTERS):
            with open(os.path.join(cur, "%d.%06d.test:2,S" % (1700000000 + n, n)), "wb") as f:
                f.write(mail("letter %d" % n, "Somebody <somebody@d%d.example>" % (n % 9)))
        stage.dovecot.give_away(cur)
        stage.start()
        client = stage.client()
        reader = Stream(client)
        self.addCleanup(reader.close)
        slow = Connection(stage.inkan.socket)  # a web server that keeps its octets to itself
        self.addCleanup(slow.close)
        slow.send(request_octets("GET", "/api/v1/events?lang=ja", headers={"Authorization": "Bearer " + client.token}))
        reader.wait("reload")
        streams = lambda: client.get("/metrics").body.decode().split("\ninkan_event_streams ")[1].split()[0]
        until(lambda: streams() == "2", "both streams")
        cursor = None
        for _ in range(self.LETTERS // self.PAGE):
            page = client.messages("inbox", limit=self.PAGE, **({"before": cursor} if cursor else {})).json
            cursor = page["next"]
        until(lambda: len(reader.named("verdict")) >= self.LETTERS, "every verdict at who reads", 120)
        until(lambda: streams() == "1", "the slow one's end")
        taken = b""
        while more := slow.socket.recv(65536):
            taken += more
        self.assertIn("text/event-stream", taken.decode("utf-8", "replace"))
        self.assertLess(taken.count(b"event: verdict"), self.LETTERS)
        self.assertFalse(reader.ended)


class WithoutIdle(unittest.TestCase):
    """A server without IDLE (RFC 2177) is asked now and then (NOOP, once in LIMIT_IMAP_POLL_MS)."""

    def test_asked_now_and_then(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.dovecot.rawlog = True
        stage.dovecot.capability = "IMAP4rev1 SASL-IR LITERAL+ NAMESPACE UIDPLUS MOVE LIST-EXTENDED SPECIAL-USE LIST-STATUS"
        stage.start()
        stream = Stream(stage.client())
        self.addCleanup(stream.close)
        stream.wait("reload")
        with Imap(stage) as box:
            box.append("INBOX", None, None, mail("told by NOOP"))
        until(lambda: stream.named("mail"), "news without IDLE", 300)
        until(lambda: "NOOP" in stage.dovecot.commands(USER), "NOOP in the server's log")
        self.assertNotIn("IDLE", stage.dovecot.commands(USER))


class ThroughApache(unittest.TestCase):
    def test_events_are_not_held_back(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.start()
        apache = Apache(os.path.join(stage.directory, "apache"), free_port(), stage.inkan.socket).start()
        self.addCleanup(apache.stop)
        client = stage.client()
        streams = [Stream(client, url=apache.url) for _ in range(4)]
        until(lambda: any(s.named("reload") for s in streams), "watching")
        with Imap(stage) as box:
            box.append("INBOX", None, None, mail("through apache"))
        for stream in streams:
            stream.wait("mail")
        self.assertEqual(Stream(client, url=apache.url).reply.status, 429)
        client.call("DELETE", "/session")
        for stream in streams:
            stream.wait("end")


if __name__ == "__main__":
    unittest.main(verbosity=2)
