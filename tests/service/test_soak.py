#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A soak of the front: 60,000 requests through nginx and straight over FastCGI, with keep-alive, aborts, half requests and
lies among them; memory stays flat, descriptors come back, nothing waits for a client that does not go on, and SIGTERM
lets what is under way finish. INKAN_SOAK multiplies the numbers."""
import http.client, os, random, socket, sys, tempfile, threading, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import Stage, binary, free_port, mail, until, USER
from fastcgi import ABORT, PARAMS, STDIN, Closed, Connection, begin, pair, record, request_octets
from servers.inkan import Inkan

FACTOR = float(os.environ.get("INKAN_SOAK", "1"))


def times(n):
    return int(n * FACTOR)


class Front(unittest.TestCase):
    """The service alone on its socket: no mail server is needed for /health."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="inkan-soak-")
        self.addCleanup(folder.cleanup)
        self.inkan = Inkan(folder.name, binary())
        self.inkan.start({"server": {"threads": 4}, "dns": {"server": "127.0.0.1@9"}, "imap": {"port": free_port()}})
        self.addCleanup(self.inkan.stop)

    def connect(self, **options):
        return Connection(self.inkan.socket, **options)

    def ask(self, connection=None):
        connection = connection or self.connect()
        status, headers, body = connection.ask("GET", "/api/v1/health")
        self.assertEqual(status, 200)
        return body

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.inkan.process.pid))

    def many(self, n, work):
        """Runs work(i) n times on four threads; the first failure is raised."""
        failed = []

        def run(start):
            try:
                for i in range(start, n, 4):
                    work(i)
            except BaseException as e:
                failed.append(e)
        threads = [threading.Thread(target=run, args=(i,)) for i in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        if failed:
            raise failed[0]

    def test_thousands_of_requests_leave_nothing_behind(self):
        local = threading.local()

        def kept(i):
            if not hasattr(local, "connection"):
                local.connection = self.connect()
            self.ask(local.connection)

        def new(i):
            connection = self.connect()
            self.assertEqual(connection.ask("GET", "/api/v1/health", keep=i % 2 == 0)[0], 200)
            connection.close()
        self.many(times(2000), kept)
        self.many(times(2000), new)
        memory, descriptors = self.inkan.rss_kb(), self.descriptors()
        self.many(times(20000), kept)
        self.many(times(10000), new)
        self.assertLess(self.inkan.rss_kb() - memory, 4096, "kB more after 30,000 requests")
        until(lambda: self.descriptors() <= descriptors + 4, "descriptors come back")

    def test_more_kept_connections_than_threads(self):
        """Forty idle connections pin nobody, and each is answered when it asks."""
        kept = [self.connect() for _ in range(40)]
        for _ in range(5):
            for connection in kept:
                self.ask(connection)

    def test_half_requests_cost_no_worker(self):
        whole = request_octets("GET", "/api/v1/health")
        halves = []
        for i in range(60):
            connection = self.connect()
            connection.send(whole[:1 + i * (len(whole) - 2) // 60])
            halves.append(connection)
        for _ in range(200):
            self.ask()
        for connection in halves:  # the service hangs up on them by itself
            try:
                while connection.socket.recv(4096):
                    pass
            except ConnectionResetError:
                pass

    def test_slow_bodies_hold_half_of_the_workers_at_most(self):
        whole = request_octets("POST", "/api/v1/session", b"x" * 200000, {"Content-Type": "application/json"})
        slow = []
        for i in range(12):
            connection = self.connect()
            connection.send(whole[:100000])
            slow.append(connection)
        for _ in range(200):
            self.ask()
        slow[0].send(whole[100000:])
        self.assertIn(slow[0].reply()[0], (400, 413))
        for _ in range(50):
            self.ask()
        for connection in slow:
            connection.close()
        self.ask()

    def test_a_request_in_many_pieces_is_answered(self):
        whole = request_octets("POST", "/api/v1/session", b"{}" + b" " * 3000, {"Content-Type": "application/json"})
        connection = self.connect()
        for i in range(0, len(whole), 97):
            connection.send(whole[i:i + 97])
        self.assertEqual(connection.reply()[0], 400)
        self.ask(connection)

    def test_a_connection_stays_in_step_whatever_the_body(self):
        """Around the sizes of the library's buffer and of our window."""
        connection = self.connect()
        for size in [0, 1, 7900, 8100] + list(range(8180, 8200)) + [16384, 32768, 65400, 65536, 70000]:
            for headers in ({"Content-Type": "application/json"}, {}):
                self.assertIn(connection.ask("POST", "/api/v1/session", b"x" * size, headers)[0], (400, 413, 415))
            self.ask(connection)
        short = request_octets("POST", "/api/v1/session", b"x" * 50)
        connection.send(short.replace(b"CONTENT_LENGTH50", b"CONTENT_LENGTH49"))
        self.assertEqual(connection.reply()[0], 400)

    def test_aborts_and_lies(self):
        whole = request_octets("GET", "/api/v1/health")
        memory = None
        lies = [b"GET / HTTP/1.0\r\n\r\n", b"\x00" * 64, random.Random(7).randbytes(500), begin() + record(PARAMS, b"\xff\xff\xff\xfe\xff\xff\xff\xfe") + record(PARAMS) + record(STDIN),
                begin() + begin() + whole, record(STDIN), begin() + record(PARAMS, b"x" * 40000) * 2, begin() + record(ABORT),
                begin() + record(PARAMS, pair("REQUEST_METHOD", "GET")) + record(ABORT), begin() + record(PARAMS) + record(STDIN),
                begin() + record(PARAMS, pair("REQUEST_URI", "/api/v1/health") * 2) + record(PARAMS) + record(STDIN),
                begin() + record(PARAMS, pair("CONTENT_LENGTH", "99999999999999999999")) + record(PARAMS) + record(STDIN),
                begin() + record(PARAMS, pair("REQUEST_URI", "/api/v1/verify") + pair("CONTENT_LENGTH", "1000000")) + record(PARAMS) + record(STDIN)]
        random.seed(7)
        for i in range(times(3000)):
            connection = self.connect()
            try:
                if i % 3 == 0:
                    connection.send(whole)  # and away without reading
                elif i % 3 == 1:
                    connection.send(whole[:random.randrange(len(whole))])
                else:
                    connection.send(lies[i // 3 % len(lies)])
                    if i % 2:
                        connection.reply()
            except (Closed, OSError):
                pass
            connection.close()
            if i == times(1000):
                memory = self.inkan.rss_kb()
        self.ask()
        self.assertLess(self.inkan.rss_kb() - memory, 4096)
        self.assertIsNone(self.inkan.process.poll())

    def test_more_connections_than_allowed_wait(self):
        crowd = []
        while len(crowd) < 1005:
            try:
                crowd.append(self.connect())
            except BlockingIOError:  # the kernel's queue is full for a moment
                pass
        for connection in crowd[-3:]:
            self.ask(connection)
        for connection in crowd:
            connection.close()
        self.ask()

    def test_sigterm_finishes_what_is_under_way(self):
        """A request that waits for a mail server that never answers keeps the process for the drain at most; idle and half
        connections do not; one more request is not taken."""
        idle, half = self.connect(), self.connect()
        self.ask(idle)
        half.send(request_octets("GET", "/api/v1/health")[:30])
        self.assertEqual(self.inkan.stop(), 0)  # 1: something had to be cut
        with self.assertRaises(OSError):
            self.connect()
        self.assertFalse(os.path.exists(self.inkan.socket))


class IdleAtTheEnd(unittest.TestCase):
    def test_several_idle_connections_are_dropped_in_peace(self):
        """By the build with sanitizers, which ends otherwise should one be looked at after it was dropped."""
        with tempfile.TemporaryDirectory(prefix="inkan-soak-") as folder:
            inkan = Inkan(folder, binary(True))
            inkan.start({"dns": {"server": "127.0.0.1@9"}, "imap": {"port": free_port()}})
            connections = [Connection(inkan.socket) for _ in range(4)]
            for connection in connections:
                self.assertEqual(connection.ask("GET", "/api/v1/health")[0], 200)
            self.assertEqual(inkan.stop(), 0, inkan.tail())


class Drain(unittest.TestCase):
    def test_waits_for_requests_then_cuts_them(self):
        with socket.socket() as silent, tempfile.TemporaryDirectory(prefix="inkan-soak-") as folder:
            silent.bind(("127.0.0.1", 0))
            silent.listen(8)
            inkan = Inkan(folder, binary())
            inkan.start({"imap": {"port": silent.getsockname()[1], "timeout": 60}, "dns": {"server": "127.0.0.1@9"}})
            connection = Connection(inkan.socket)
            connection.send(request_octets("POST", "/api/v1/session", b'{"username":"a","password":"b"}', {"Content-Type": "application/json"}))
            held, _ = silent.accept()
            self.assertEqual(inkan.stop(timeout=50), 1)  # the mail server would have been waited for a minute
            status, headers, body = connection.reply()
            self.assertEqual(status, 503)
            held.close()


class ThroughNginx(unittest.TestCase):
    """The whole stack: lists of a signed-in session and /health, on kept connections."""

    def test_thirty_thousand(self):
        stage = Stage()
        self.addCleanup(stage.stop)
        stage.start()
        # One mail host gets half the threads, and 503 beyond: four readers and those that walked away must fit.
        stage.restart(server={"threads": 16})
        for i in range(20):
            stage.dovecot.append(USER, "INBOX", mail("soak %d" % i))
        client = stage.client()
        inbox = client.mailboxes()["inbox"]
        until(lambda: all(r["verdict"]["level"] != "unchecked" for r in client.messages(inbox).json["messages"]), "verdicts")
        headers = {"Authorization": "Bearer " + client.token}
        paths = ["/api/v1/health"] * 5 + ["/api/v1/mailboxes/%s/messages?limit=20" % inbox]

        def run(n, failed, aborting):
            connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=60)
            for i in range(n):
                connection.request("GET", paths[i % len(paths)], headers=headers)
                if aborting and i % 50 == 49:
                    connection.close()
                    continue
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    failed.append(answer.status)
            connection.close()

        def crowd(n):
            failed = []
            threads = [threading.Thread(target=run, args=(n // 4, failed, i == 0)) for i in range(4)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            return failed
        self.assertEqual(crowd(times(4000)), [])
        memory = stage.inkan.rss_kb()
        self.assertEqual(crowd(times(26000)), [])
        self.assertLess(stage.inkan.rss_kb() - memory, 6144, "kB more after 26,000 requests")


if __name__ == "__main__":
    unittest.main(verbosity=1)
