#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The resolver against a real Knot (secure, insecure, bogus) and against upstreams that misbehave. Drives
tests/service/drive_resolver.c of the sanitized build."""
import os, socket, struct, subprocess, sys, tempfile, threading, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from servers.knot import Knot
from servers.ports import free_port
from servers.upstream import Upstream

BUILD = os.environ.get("INKAN_BUILD", "build")
DRIVER = next((p for p in (os.path.join(BUILD, d, "tests/service/drive_resolver") for d in ("san", ""))
               if os.path.exists(p)), None)

BIG = "".join(chr(33 + i % 90) for i in range(9000)).replace('"', "q").replace("\\", "b").replace(";", "s")
ROOT = r'''
a.example. 300 IN TXT "one" "-two"
a.example. 300 IN MX 10 Mail.example.
a.example. 300 IN A 192.0.2.1
a.example. 300 IN AAAA 2001:db8::1
null.example. 300 IN MX 0 .
alias.example. 300 IN CNAME a.example.
dangling.example. 300 IN CNAME nowhere.example.
*.wild.example. 300 IN TXT "wild"
deep.under.example. 300 IN TXT "deep"
odd\032\092\195\169.example. 300 IN TXT "odd"
_25._tcp.a.example. 300 IN TLSA 3 1 1 0000000000000000000000000000000000000000000000000000000000000000
1.2.0.192.in-addr.arpa. 300 IN PTR Mail.Example.
1.0.0.127.in-addr.arpa. 300 IN PTR loop.example.
4.3.2.10.in-addr.arpa. 300 IN PTR ten.example.
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 300 IN PTR six.example.
x.test. 300 IN TXT "test"
x.invalid. 300 IN TXT "invalid"
x.localhost. 300 IN TXT "localhost"
localhost. 300 IN A 192.0.2.53
x.onion. 300 IN TXT "onion"
x.home.arpa. 300 IN TXT "home"
x.local. 300 IN TXT "local"
nul.example. 300 IN TXT "a\000b"
''' + "big.example. 300 IN TXT %s\n" % " ".join('"%s"' % BIG[i:i + 250] for i in range(0, len(BIG), 250))


class Driver:
    """One resolver in a process of its own."""

    def __init__(self, port, anchor="-", answer_ms=20000, probe=False):
        words = [DRIVER, "127.0.0.1@%d" % port, anchor, str(answer_ms)] + (["probe"] if probe else [])
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                        encoding="utf-8")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def read(self):
        return self.process.stdout.readline().rstrip("\n")

    def answer(self, name, kind="TXT"):
        """-> (status, dnssec, [octets], why)"""
        self.say("answer %s %s" % (kind, name))
        status, dnssec, records, why = self.read().split(" ", 3)
        records = [] if records == "-" else [bytes.fromhex(r) for r in records.split(",")]
        return status, dnssec, records, why

    def sent(self):
        self.say("sent")
        return int(self.read())

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.stdin.close()
        self.status = self.process.wait(120)
        self.process.stdout.close()
        self.log.seek(0)
        self.words = self.log.read()
        self.log.close()
        if kind is None and self.status:
            raise AssertionError("driver ended with %d: %s" % (self.status, self.words))


class Real(unittest.TestCase):
    """Knot with a signed private root."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.knot = Knot(cls.directory.name, free_port(), {
            ".": (ROOT, "signed"),
            "child.example.": ('x.child.example. 300 IN TXT "child"\n', "signed"),
            "plain.example.": ('x.plain.example. 300 IN TXT "plain"\n', "unsigned"),
            "bogus.example.": ('x.bogus.example. 300 IN TXT "forged"\n', "bogus")}).start()

    @classmethod
    def tearDownClass(cls):
        cls.knot.stop()
        cls.directory.cleanup()

    def validating(self, **options):
        return Driver(self.knot.port, self.knot.trust_anchor_file, **options)

    def test_secure_data_of_every_type(self):
        with self.validating() as d:
            self.assertEqual(d.answer("a.example")[:3], ("data", "secure", [b"one-two"]))
            self.assertEqual(d.answer("A.Example.", "MX")[:3], ("data", "secure", [b"10 mail.example"]))
            self.assertEqual(d.answer("null.example", "MX")[2], [b"0 ."])
            self.assertEqual(d.answer("a.example", "A")[2], [bytes([192, 0, 2, 1])])
            self.assertEqual(d.answer("a.example", "AAAA")[2], [socket.inet_pton(socket.AF_INET6, "2001:db8::1")])
            self.assertEqual(d.answer("_25._tcp.a.example", "TLSA")[:3], ("data", "secure", [bytes([3, 1, 1]) + bytes(32)]))
            self.assertEqual(d.answer("1.2.0.192.in-addr.arpa", "PTR")[:3], ("data", "secure", [b"mail.example"]))
            self.assertEqual(d.answer("nul.example")[2], [b"a\0b"])

    def test_secure_denial(self):
        with self.validating() as d:
            self.assertEqual(d.answer("nowhere.example")[:3], ("nxdomain", "secure", []))
            self.assertEqual(d.answer("a.example", "PTR")[:3], ("nodata", "secure", []))
            self.assertEqual(d.answer("under.example")[:3], ("nodata", "secure", []))

    def test_alias_and_wildcard(self):
        with self.validating() as d:
            self.assertEqual(d.answer("alias.example")[:3], ("data", "secure", [b"one-two"]))
            self.assertEqual(d.answer("alias.example", "CNAME")[2], [b"a.example"])
            self.assertEqual(d.answer("dangling.example")[:2], ("nxdomain", "secure"))
            self.assertEqual(d.answer("any.thing.wild.example")[:3], ("data", "secure", [b"wild"]))

    def test_delegations(self):
        with self.validating() as d:
            self.assertEqual(d.answer("x.child.example")[:3], ("data", "secure", [b"child"]))
            self.assertEqual(d.answer("x.plain.example")[:3], ("data", "insecure", [b"plain"]))
            self.assertEqual(d.answer("nowhere.plain.example")[:2], ("nxdomain", "insecure"))

    def test_bogus_never_carries_data(self):
        with self.validating() as d:
            for name in ("x.bogus.example", "nowhere.bogus.example"):
                status, dnssec, records, why = d.answer(name)
                self.assertEqual((status, dnssec, records), ("bogus", "bogus", []))
                self.assertIn("valid", why)

    def test_without_anchor_the_state_is_unknown(self):
        with Driver(self.knot.port) as d:
            self.assertEqual(d.answer("a.example")[:3], ("data", "unknown", [b"one-two"]))
            self.assertEqual(d.answer("x.bogus.example")[:3], ("data", "unknown", [b"forged"]))
            self.assertEqual(d.answer("nowhere.example")[:2], ("nxdomain", "unknown"))

    def test_nothing_is_answered_locally(self):
        names = {"x.test": "test", "x.invalid": "invalid", "x.localhost": "localhost", "x.onion": "onion",
                 "x.home.arpa": "home", "x.local": "local"}
        with self.validating() as d:
            for name, text in names.items():
                self.assertEqual(d.answer(name)[:3], ("data", "secure", [text.encode()]), name)
            self.assertEqual(d.answer("localhost", "A")[2], [bytes([192, 0, 2, 53])])
            for name, text in {"1.0.0.127": b"loop.example", "4.3.2.10": b"ten.example"}.items():
                self.assertEqual(d.answer(name + ".in-addr.arpa", "PTR")[:3], ("data", "secure", [text]), name)
            six = ".".join("1" + "0" * 23 + "8bd01002") + ".ip6.arpa"
            self.assertEqual(d.answer(six, "PTR")[:3], ("data", "secure", [b"six.example"]))
            self.assertEqual(d.answer("y.test")[:2], ("nxdomain", "secure"))

    def test_big_answer_comes_over_tcp(self):
        with self.validating() as d:
            self.assertEqual(d.answer("big.example")[:3], ("data", "secure", [BIG.encode()]))

    def test_any_octet_in_a_name(self):
        with self.validating() as d:
            self.assertEqual(d.answer("odd \\\u00e9.example")[:3], ("data", "secure", [b"odd"]))
            self.assertEqual(d.answer("odd\\032.example")[0], "nxdomain")  # no escape in our spelling
            self.assertEqual(d.answer("odd;\"(@$.wild.example")[:3], ("data", "secure", [b"wild"]))

    def test_same_question_goes_out_once(self):
        with self.validating() as d:
            for _ in range(3):
                d.answer("a.example")
                d.say("new")
            d.answer("A.EXAMPLE.")
            self.assertEqual(d.sent(), 1)
            d.answer("a.example", "A")
            self.assertEqual(d.sent(), 2)

    def test_eight_threads(self):
        with self.validating() as d:
            d.say("burst 8 400 wild.example")
            self.assertEqual(d.read(), "data=3200 sent=400")
            d.say("burst 8 400 wild.example")
            self.assertEqual(d.read(), "data=3200 sent=400")

    def test_bad_names_do_not_leave(self):
        with self.validating() as d:
            for name in ("a..example", ".example", "x" * 64 + ".example", ".".join(["abcdefg"] * 40)):
                self.assertEqual(d.answer(name)[0], "bad-name")
            self.assertEqual(d.sent(), 0)

    def test_probe_finds_signatures(self):
        with self.validating(probe=True) as d:
            self.assertEqual(d.answer("a.example")[:2], ("data", "secure"))
            self.assertEqual(d.answer("x.bogus.example")[0], "bogus")

    def proxy(self, question, tcp):
        """Hands the question on without EDNS: no DO bit, so no signatures come back."""
        with socket.create_connection(("127.0.0.1", self.knot.port)) as s:
            plain = question.packet[:10] + b"\0\0" + question.packet[12:question.end]
            s.sendall(struct.pack("!H", len(plain)) + plain)
            size = struct.unpack("!H", s.recv(2, socket.MSG_WAITALL))[0]
            return s.recv(size, socket.MSG_WAITALL)

    def test_stripping_upstream_is_bogus_or_unknown_with_probe(self):
        with Upstream(self.proxy) as u, Driver(u.port, self.knot.trust_anchor_file) as d:
            self.assertEqual(d.answer("a.example")[:2], ("bogus", "bogus"))
        with Upstream(self.proxy) as u:
            with Driver(u.port, self.knot.trust_anchor_file, probe=True) as d:
                self.assertEqual(d.answer("a.example")[:3], ("data", "unknown", [b"one-two"]))
                self.assertEqual(d.answer("nowhere.example")[:2], ("nxdomain", "unknown"))
        self.assertEqual(d.words.count("does not hand on DNSSEC signatures"), 1)

    def test_probe_of_a_dead_upstream_decides_nothing(self):
        dead = threading.Event()

        def sometimes(question, tcp):
            return None if not dead.is_set() else self.proxy(question, tcp)
        with Upstream(sometimes) as u:
            with Driver(u.port, self.knot.trust_anchor_file, answer_ms=500, probe=True) as d:
                self.assertEqual(d.answer("a.example")[0], "temperror")
        self.assertNotIn("DNSSEC", d.words)


class Hostile(unittest.TestCase):
    """Upstreams that no resolver should have."""

    def test_silence_ends_with_our_deadline(self):
        with Upstream(lambda q, tcp: None) as u, Driver(u.port, answer_ms=300) as d:
            self.assertEqual(d.answer("a.example"), ("temperror", "unknown", [], "time-out"))
            # kept for a moment: asking again does not wait again
            d.say("new")
            self.assertEqual(d.answer("a.example")[3], "time-out")
            self.assertEqual(d.sent(), 1)

    def test_nobody_listens(self):
        with Driver(free_port(), answer_ms=2000) as d:
            self.assertEqual(d.answer("a.example")[0], "temperror")

    def test_refusing_and_failing(self):
        for rcode in (1, 2, 4, 5):
            with Upstream(lambda q, tcp: q.reply(rcode)) as u, Driver(u.port, answer_ms=2000) as d:
                self.assertEqual(d.answer("a.example")[:3], ("temperror", "unknown", []), rcode)

    def test_a_lost_packet_is_asked_again(self):
        seen = set()

        def lossy(question, tcp):
            new = question.name not in seen
            seen.add(question.name)
            return None if new else question.txt("second")
        with Upstream(lossy) as u, Driver(u.port) as d:
            self.assertEqual(d.answer("a.example")[:3], ("data", "unknown", [b"second"]))

    def test_names_that_stay_silent_do_not_hold_up_the_others(self):
        def answer(question, tcp):
            return None if question.name.endswith("silent.example") else question.txt("ok")
        with Upstream(answer) as u, Driver(u.port, answer_ms=8000) as d:
            for i in range(60):
                d.say("ask TXT n%d.silent.example" % i)
            for i in range(60):
                d.say("ask TXT n%d.good.example" % i)
            self.assertEqual([d.answer("n%d.good.example" % i)[0] for i in range(60)], ["data"] * 60)
            self.assertEqual([d.answer("n%d.silent.example" % i)[0] for i in range(60)], ["temperror"] * 60)
            d.say("new")
            self.assertEqual([d.answer("m%d.good.example" % i)[0] for i in range(60)], ["data"] * 60)

    def test_server_that_comes_back_is_noticed(self):
        alive = threading.Event()
        with Upstream(lambda q, tcp: q.txt("back") if alive.is_set() else None) as u:
            with Driver(u.port, answer_ms=400) as d:
                for i in range(8):
                    self.assertEqual(d.answer("n%d.example" % i)[0], "temperror")
                alive.set()
                # On a busy machine an answer may take longer than this resolver waits: then the next one counts.
                names = ("m%d.example" % i for i in range(200))
                self.assertIn(("data", "unknown", [b"back"]), (d.answer(name)[:3] for name in names))

    def test_truncation_without_tcp(self):
        def answer(question, tcp):
            return None if tcp else question.reply(truncated=True)
        with Upstream(answer) as u, Driver(u.port, answer_ms=3000) as d:
            self.assertEqual(d.answer("a.example")[:3], ("temperror", "unknown", []))
            self.assertIn(("a.example", "TXT", True), u.questions)

    def test_truncation_with_tcp(self):
        def answer(question, tcp):
            return question.txt(BIG) if tcp else question.reply(truncated=True)
        with Upstream(answer) as u, Driver(u.port) as d:
            self.assertEqual(d.answer("a.example")[2], [BIG.encode()])

    def test_reply_with_another_id_is_passed_over(self):
        def answer(question, tcp):
            return [question.reply(ident=question.id ^ 1, records=[(16, 300, b"\x06forged")]), question.txt("true")]
        with Upstream(answer) as u, Driver(u.port) as d:
            self.assertEqual(d.answer("a.example")[:3], ("data", "unknown", [b"true"]))

    def test_reply_to_another_question_is_not_taken(self):
        def answer(question, tcp):
            other = b"\x05other\x07example\0" + question.packet[question.end - 4:question.end]
            return question.reply(name=other, records=[(16, 300, b"\x06forged")])
        with Upstream(answer) as u, Driver(u.port, answer_ms=700) as d:
            self.assertEqual(d.answer("a.example")[:3], ("temperror", "unknown", []))

    def test_garbage(self):
        for raw in (b"", b"\0", b"\xff" * 12, b"\xff" * 600):
            with Upstream(lambda q, tcp: raw and struct.pack("!H", q.id) + raw) as u, Driver(u.port, answer_ms=700) as d:
                self.assertEqual(d.answer("a.example")[0], "temperror", raw[:12])

    def test_malformed_rdata_is_left_out(self):
        def answer(question, tcp):
            return question.reply(records=[(16, 300, b"\x09short"), (16, 300, b"\x02ok")])
        with Upstream(answer) as u, Driver(u.port, answer_ms=700) as d:
            self.assertIn(d.answer("a.example")[2], ([], [b"ok"]))

    def test_endless_alias(self):
        def answer(question, tcp):
            n = int(question.name.split(".")[0][1:]) + 1
            label = b"n%d" % n
            return question.reply(records=[(5, 300, bytes([len(label)]) + label + b"\x07example\0")])
        with Upstream(answer) as u, Driver(u.port) as d:
            status, _, records, _ = d.answer("n0.example")
            self.assertEqual((status, records), ("temperror", []))
            self.assertLess(len(u.questions), 40)

    def test_dropped_lookups_leave_nothing_behind(self):
        with Upstream(lambda q, tcp: None) as u, Driver(u.port, answer_ms=500) as d:
            for round in range(20):
                for i in range(20):
                    d.say("ask TXT r%dn%d.example" % (round, i))
                d.say("drop")
            self.assertEqual(d.sent(), 400)
            self.assertEqual(d.answer("r0n0.example")[0], "temperror")

    def test_end_with_open_questions(self):
        with Upstream(lambda q, tcp: None) as u:
            with Driver(u.port) as d:
                for i in range(100):
                    d.say("ask TXT n%d.example" % i)
                d.sent()

    def test_stop_lets_waiting_threads_go(self):
        with Upstream(lambda q, tcp: None) as u, Driver(u.port) as d:
            d.say("stop TXT a.example")
            self.assertEqual(d.read(), "temperror unknown - shutting down")
            self.assertEqual(d.read(), "temperror unknown - shutting down")

    def test_budget_of_time(self):
        # 20 s in all at 5 s a question would take too long here: the count is in the unit test; this shows that
        # questions asked together wait together.
        with Upstream(lambda q, tcp: None) as u, Driver(u.port, answer_ms=600) as d:
            for i in range(100):
                d.say("ask TXT n%d.example" % i)
            self.assertEqual({d.answer("n%d.example" % i)[3] for i in range(100)}, {"time-out"})


if __name__ == "__main__":
    if not DRIVER:
        sys.exit("build the driver first: make drivers")
    unittest.main()
