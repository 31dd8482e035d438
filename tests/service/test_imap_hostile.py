#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""account/imap against servers that lie, stall, flood and break off: each ends in its error, none in a crash."""
import os, shutil, ssl, subprocess, sys, tempfile, time, unittest, warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import until
from drive_imap import Drive
from servers.dovecot import make_authority, make_certificate
from servers.scripted_imap import CAPABILITIES, ScriptedImap, drip, endless, silence

OK = b"TAG OK done\r\n"
PATIENCE = 60000  # ms, for what is answered: bounds a hang
DEADLINE = 700  # ms, for servers that never answer


class Scripted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="inkan-imap-")
        cls.ca = make_authority(cls.directory)
        cls.certificate = make_certificate(cls.directory)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def setUp(self):
        self.drives = []

    def tearDown(self):
        for drive in self.drives:
            self.assertEqual(drive.close(), 0)

    def drive(self, server, host="localhost", ca=None, ms=PATIENCE):
        drive = Drive(host, server.port, self.ca if ca is None else ca)
        self.drives.append(drive)
        drive("deadline", ms)
        return drive

    def scripted(self, answers=None, **words):
        server = ScriptedImap(words.pop("certificate", self.certificate), answers, **words)
        self.addCleanup(server.__exit__)
        return server.__enter__()

    def assertFails(self, answer, error, words=""):
        self.assertEqual(answer.get("error"), error, answer)
        self.assertIn(words, answer["text"])

    def opened(self, answers):
        server = self.scripted(answers)
        drive = self.drive(server)
        self.assertEqual(drive("open", "alice", "secret"), {"ok": True})
        return server, drive

    def selected(self, answers, ms=PATIENCE):
        """ms: for what comes then."""
        server, drive = self.opened(answers)
        self.assertIn("ok", drive("select", "INBOX"))
        drive("deadline", ms)
        return server, drive


class Certificates(Scripted):
    def refused(self, words, host="localhost", ca=None, error="certificate", **made):
        certificate = made.pop("certificate", None) or make_certificate(self.directory, "odd", **made)
        server = self.scripted(certificate=certificate)
        self.assertFails(self.drive(server, host, ca)("open", "alice", "secret"), error, words)
        self.assertEqual(server.lines, [])

    def test_good_name_and_good_address(self):
        server = self.scripted()
        for host in ("localhost", "127.0.0.1"):
            self.assertEqual(self.drive(server, host)("open", "alice", "secret"), {"ok": True})

    def test_for_another_name(self):
        self.refused("another name", names=("other.example",), addresses=())

    def test_for_another_address(self):
        self.refused("another name", host="127.0.0.1", addresses=("127.0.0.2",))

    def test_name_does_not_stand_for_address(self):
        self.refused("another name", host="127.0.0.1", names=("127.0.0.1",), addresses=())

    def test_partial_wildcard(self):
        self.refused("another name", names=("local*",), addresses=())

    def test_common_name_is_no_name(self):
        key, path = os.path.join(self.directory, "cn.key"), os.path.join(self.directory, "cn.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", path, "-subj", "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
        self.refused("another name", ca=path, certificate=path)

    def test_expired(self):
        self.refused("has expired", days=("-days", "-1"))

    def test_not_yet_valid(self):
        # x509 of OpenSSL 3.0 has no start date; "ca" has.
        database = os.path.join(self.directory, "index.txt")
        open(database, "w").close()
        config = os.path.join(self.directory, "ca.cnf")
        with open(config, "w") as f:
            f.write("[ca]\ndefault_ca = d\n[d]\ndatabase = %s\nserial = %s/serial\nnew_certs_dir = %s\ndefault_md = sha256\n"
                    "policy = p\n[p]\ncommonName = supplied\n" % (database, self.directory, self.directory))
        with open(os.path.join(self.directory, "serial"), "w") as f:
            f.write("1000\n")
        make_certificate(self.directory, "future")
        base = os.path.join(self.directory, "future")
        subprocess.run(["openssl", "ca", "-batch", "-config", config, "-cert", self.ca, "-keyfile",
                        self.ca.replace(".pem", ".key"), "-in", base + ".csr", "-out", base + ".pem", "-extfile", base + ".ext",
                        "-startdate", "20900101000000Z", "-enddate", "20910101000000Z", "-notext"], check=True,
                       stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.refused("not valid yet", certificate=base + ".pem")

    def test_unknown_authority(self):
        self.refused("authority that is not known", ca=make_authority(self.directory, "stranger"))

    def test_system_roots_do_not_know_ours(self):
        self.refused("authority that is not known", certificate=self.certificate, ca="")

    def test_self_signed(self):
        key, path = os.path.join(self.directory, "self.key"), os.path.join(self.directory, "self.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", path, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, stderr=subprocess.DEVNULL)
        self.refused("signed by itself", certificate=path)

    def test_tls_1_1(self):
        warnings.simplefilter("ignore", DeprecationWarning)
        server = self.scripted(versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1))
        self.assertFails(self.drive(server)("open", "alice", "secret"), "unreachable", "encrypted")
        self.assertEqual(server.lines, [])

    def test_no_tls(self):
        server = self.scripted({"plain": True})
        self.assertFails(self.drive(server)("open", "alice", "secret"), "unreachable", "encrypted")
        self.assertNotIn(b"secret", b"".join(server.lines))

    def test_nobody_listens(self):
        server = self.scripted()
        server.__exit__()
        self.assertFails(self.drive(server)("open", "alice", "secret"), "unreachable", "refused")

    def test_unknown_host(self):
        server = self.scripted()
        answer = self.drive(server, "host.invalid")("open", "alice", "secret")
        self.assertIn(answer["error"], ("unreachable", "time-out"))

    def test_unusable_hosts(self):
        for host in ("", "a b", "a/b", "x" * 300, "a\tb"):
            program = Drive(host, 993, self.ca)
            self.assertEqual(program.process.stdout.readline(), b'{"error": "argument"}\n')
            self.assertEqual(program.close(), 1)

    def test_stalls_before_tls(self):
        server = self.scripted({"plain": True, "greeting": silence})
        self.assertFails(self.drive(server, ms=DEADLINE)("open", "alice", "secret"), "time-out")


class Greetings(Scripted):
    def check(self, greeting, error, words="", ms=PATIENCE):
        server = self.scripted({"greeting": greeting})
        self.assertFails(self.drive(server, ms=ms)("open", "alice", "secret"), error, words)
        self.assertEqual(server.lines, [])

    def test_bye(self):
        self.check(b"* BYE overloaded \x1b[31m\r\n", "protocol", 'says: "overloaded ?[31m"')

    def test_preauth(self):
        self.check(b"* PREAUTH welcome\r\n", "protocol", "signs everybody in")

    def test_no(self):
        self.check(b"* NO go away\r\n", "protocol")

    def test_not_imap(self):
        for greeting in (b"220 mail ESMTP\r\n", b"+OK POP3\r\n", b"\r\n", b"* \r\n", b"HTTP/1.1 400 Bad\r\n", b"* OK x\n",
                         b"* OK a\0b\r\n", b"* LIST () NIL x\r\n", b"1 OK\r\n", b"\xff\xfe\r\n"):
            self.check(greeting, "protocol")

    def test_closed(self):
        self.check(None, "protocol", "closed")

    def test_silence(self):
        self.check(silence, "time-out", ms=DEADLINE)

    def test_drip(self):
        self.check(drip(b"* OK " + b"x" * 500), "time-out", ms=DEADLINE)

    def test_endless(self):
        self.check(endless(b"* OK ", b"x" * 65536), "too-large")

    def test_alert_and_capabilities(self):
        for greeting in (b"* OK [ALERT] click here\r\n", b"* OK [ALERT]\r\n", b"* OK\r\n", b"* ok [\r\n",
                         b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n", b"* OK [CAPABILITY] hi\r\n",
                         b"* OK [PERMANENTFLAGS (] x\r\n", "* OK ようこそ\r\n".encode()):
            server = self.scripted({"greeting": greeting})
            drive = self.drive(server)
            self.assertEqual(drive("open", "alice", "secret"), {"ok": True}, greeting)


class SigningIn(Scripted):
    def check(self, answers, error, words="", secret="secret", *kind):
        server = self.scripted(answers)
        answer = self.drive(server)("open", "alice", secret, *kind)
        self.assertFails(answer, error, words) if error else self.assertEqual(answer, {"ok": True})
        return b"".join(server.lines)

    def test_plain_in_one_round(self):
        sent = self.check({}, None)
        self.assertIn(b"AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\r\n", sent)

    def test_plain_after_continuation(self):
        server = self.scripted({"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done\r\n"})

        def challenge(server, connection, tag, line):
            connection.sendall(b"+ \r\n")
            server.lines.append(connection.recv(1000))
            return OK
        server.answers["AUTHENTICATE"] = challenge
        self.assertEqual(self.drive(server)("open", "alice", "secret"), {"ok": True})
        self.assertIn(b"AGFsaWNlAHNlY3JldA==\r\n", server.lines)

    def test_refused(self):
        self.check({"AUTHENTICATE": b"TAG NO wrong\r\n"}, "authentication", 'The server says: "wrong"')
        self.check({"AUTHENTICATE": b"TAG NO [AUTHENTICATIONFAILED] wrong\r\n"}, "authentication")

    def test_server_has_a_problem_of_its_own(self):
        self.check({"AUTHENTICATE": b"TAG NO [UNAVAILABLE] later\r\n"}, "refused", "later")

    def test_bad(self):
        self.check({"AUTHENTICATE": b"TAG BAD what\r\n"}, "protocol")

    def test_referral_is_not_followed(self):
        self.check({"AUTHENTICATE": b"TAG NO [REFERRAL imap://evil.example/] go there\r\n"}, "authentication")

    def test_login_only_if_nothing_else(self):
        sent = self.check({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"}, None, "", 'se"c\\ret')
        self.assertIn(b'LOGIN "alice" "se\\"c\\\\ret"\r\n', sent)

    def test_logindisabled(self):
        sent = self.check({"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nTAG OK done\r\n"}, "authentication")
        self.assertNotIn(b"LOGIN", sent)

    def test_no_capabilities_at_all(self):
        self.check({"CAPABILITY": OK}, None)

    def test_token(self):
        sent = self.check({}, None, "", "T0KEN", "bearer")
        self.assertIn(b"AUTHENTICATE OAUTHBEARER bixhPWFsaWNlLAFhdXRoPUJlYXJlciBUMEtFTgEB\r\n", sent)

    def test_token_xoauth2(self):
        caps = b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2\r\nTAG OK done\r\n"
        sent = self.check({"CAPABILITY": caps}, None, "", "T0KEN", "bearer")
        self.assertIn(b"AUTHENTICATE XOAUTH2 dXNlcj1hbGljZQFhdXRoPUJlYXJlciBUMEtFTgEB\r\n", sent)

    def test_token_refused_with_challenge(self):
        def challenge(server, connection, tag, line):
            connection.sendall(b"+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n")
            server.lines.append(connection.recv(1000))
            return b"TAG NO no\r\n"
        sent = self.check({"AUTHENTICATE": challenge}, "authentication", "", "T0KEN", "bearer")
        self.assertTrue(sent.endswith(b"AQ==\r\n"))

    def test_token_is_never_a_password(self):
        caps = b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\nTAG OK done\r\n"
        sent = self.check({"CAPABILITY": caps}, "authentication", "token", "T0KEN", "bearer")
        self.assertNotIn(b"AUTHENTICATE", sent)

    def test_continuations_out_of_place(self):
        self.check({"AUTHENTICATE": b"+ \r\n+ \r\nTAG OK done\r\n"}, "protocol", "out of place")
        self.check({"CAPABILITY": b"+ go on\r\nTAG OK done\r\n"}, "protocol", "out of place")

    def test_arguments_are_refused_before_they_are_sent(self):
        server = self.scripted()
        for user, password in (("a\r\n1 LOGOUT", "x"), ("a\nb", "x"), ("a", "x\ry"), ("", "x"), ("a", ""), ("u" * 2000, "x"),
                               ("u", "x" * 20000)):
            self.assertFails(self.drive(server)("open", user, password), "argument")
        self.assertEqual(server.lines, [])

    def test_answered_before_it_was_asked(self):
        self.check({"greeting": b"* OK hi\r\n1 OK you are in\r\n2 OK really\r\n"}, "protocol")


def fetch(attributes, sequence=3):
    return b"* %d FETCH (%s)\r\n" % (sequence, attributes) + OK


class Answers(Scripted):
    """One answer of a selected mailbox that is not as it should be."""

    def check(self, command, answer, error, *verb, ms=PATIENCE, **more):
        server, drive = self.selected({command: answer, **more}, ms)
        result = drive(*verb)
        if error:
            self.assertEqual(result.get("error"), error, (answer, result))
            alive = error in ("not-found", "refused")
            self.assertEqual(drive("alive"), {"ok": alive})
            if not alive:  # dead is dead, and says so at once
                self.assertEqual(drive("noop").get("error"), error)
        else:
            self.assertIn("ok", result, answer)
            self.assertIn("ok", drive("noop"), answer)
        return result.get("ok")

    def test_framing(self):
        for broken in (b"* 1 EXISTS\n", b"* 1 EXI\rSTS\r\n", b"* 1 EXISTS\0\r\n", b"\r\n", b"*\r\n", b"nonsense\r\n",
                       b"* LIST (\r\n", b"* LIST )\r\n", b'* LIST () "/" "open\r\n', b'* LIST () "/" "a\\q"\r\n',
                       b"* LIST () NIL {5\r\n", b"* LIST () NIL {x}\r\n", b"* LIST () NIL {-1}\r\n", b"* LIST () NIL {}\r\n",
                       b"* LIST () NIL {3}abc\r\n", b"* X \x07\r\n", b"99 OK not yours\r\n", b"+ more\r\n", b"* PREAUTH x\r\n",
                       b"1 OK old\r\n", b"TAGGED OK\r\n", b"* X {1}\r\na{1}\r\nb{1}\r\nc{1}\r\nd{1}\r\ne\r\n"):
            self.check("NOOP", broken + OK, "protocol", "noop")

    def test_bombs(self):
        for bomb in (b"* X {4294967290}\r\n", b"* X {18446744073709551617}\r\n", b"* X {99999999999999999999999}\r\n",
                     b"* X {268435457}\r\n", b"* LIST () NIL {2147483648}\r\n"):
            self.check("NOOP", bomb + OK, "too-large", "noop")
        for n in (33, 10000, 500000):
            self.check("NOOP", b"* X " + b"(" * n + b")" * n + b"\r\n" + OK, "protocol", "noop")
        self.check("NOOP", b"* X " + b"(" * 32 + b")" * 32 + b"\r\n" + OK, None, "noop")

    def test_endless(self):
        for start, more in ((b"* OK ", b"x" * 65536), (b"* X ", b"(a) " * 9999), (b"* LIST () NIL ", b"y" * 65536),
                            (b"", b"* 1 EXISTS\r\n" * 5000), (b"", b"* 1 FETCH (UID 1 FLAGS ())\r\n" * 3000),
                            (b"* SEARCH", b" 1" * 30000), (b"", b"* X {100000}\r\n" + b"z" * 100000 + b"\r\n")):
            self.check("NOOP", endless(start, more), "too-large", "noop")

    def test_slow(self):
        self.check("NOOP", silence, "time-out", "noop", ms=DEADLINE)
        self.check("NOOP", drip(b"* OK " + b"x" * 500), "time-out", "noop", ms=DEADLINE)
        self.check("UID FETCH", drip(b"* 1 FETCH (UID 10 BODY[] {500}\r\n" + b"x" * 500), "time-out", "octets", 10, ms=DEADLINE)

    def test_cancelled(self):
        server, drive = self.selected({"NOOP": silence})
        drive("cancel")
        self.assertFails(drive("noop"), "cancelled")
        self.assertEqual(drive("alive"), {"ok": False})

    def test_closed_in_every_state(self):
        for piece in (b"", b"*", b"* OK", b"* 1 EXISTS\r\n", b"* 1 FETCH (UID 10 BODY[] {10}\r\nabc", b"TAG O"):
            def answer(server, connection, tag, line, piece=piece):
                connection.sendall(piece.replace(b"TAG", tag))
            self.check("UID FETCH", answer, "protocol", "octets", 10)
        for command in ("CAPABILITY", "AUTHENTICATE"):
            server = self.scripted({command: None})
            self.assertFails(self.drive(server)("open", "alice", "secret"), "protocol", "closed")

    def test_bye(self):
        self.check("NOOP", b"* BYE shutting down\r\n" + OK, "protocol", "noop")
        self.check("NOOP", b"* BYE [ALERT]\r\n" + OK, "protocol", "noop")

    def test_bad(self):
        self.check("NOOP", b"TAG BAD what?\r\n", "protocol", "noop")

    def test_no(self):
        self.check("NOOP", b"TAG NO not now\r\n", "refused", "noop")
        self.check("NOOP", b"TAG NO\r\n", "refused", "noop")
        self.check("NOOP", b"TAG NO [" + b"X" * 1000 + b"\r\n", "refused", "noop")

    # attacks K210
    def test_server_text_is_marked_and_tame(self):
        server, drive = self.selected({"NOOP": b"TAG NO \xff<b>\x1b[1m" + "危".encode() * 300 + b"\r\n"})
        text = drive("noop")["text"]
        self.assertTrue(text.startswith('The mail server refused the request. The server says: "'), text)
        self.assertNotIn("\x1b", text)
        self.assertLess(len(text.encode()), 400)

    def test_responses_nobody_knows(self):
        for line in (b"* XFOO bar\r\n", b"* THREAD (1 2)(3 (4)(5))\r\n", b'* ESEARCH (TAG "A") UID ALL 1:3\r\n', b"* VANISHED 1:9\r\n",
                     b"* XLIT {5}\r\nhello (a b)\r\n", b"* QUOTA \"\" (STORAGE 1 2)\r\n", b"* ENABLED X\r\n", b"* ID (\"a\" NIL)\r\n",
                     b"* 5 XNUMBER\r\n", b"* 0 EXPUNGE\r\n", b"* 99999999999 EXISTS\r\n", b"* LSUB () \"/\" x\r\n", b"* \xe3\x81\x82\r\n",
                     b"* OK [PERMANENTFLAGS (\\Seen\r\n", b"* OK [PERMANENTFLAGS ( ] x\r\n", b"* OK [PERMANENTFLAGS NIL] x\r\n",
                     b"* OK [PERMANENTFLAGS ()] x\r\n", b"* OK [BADCHARSET (] x\r\n", b"* OK [UIDNEXT] x\r\n", b"* OK [UIDNEXT 0] x\r\n",
                     b"* OK [UIDVALIDITY x] x\r\n", b"* OK [COPYUID 1 2 :] x\r\n", b"* OK [COPYUID 7 1,2 3:4] x\r\n", b"* OK []\r\n",
                     b"* OK [ALERT]\r\n", b"* NO\r\n", b"* BAD [X-Y z]\r\n", b"* OK [CAPABILITY] x\r\n", b"* CAPABILITY\r\n",
                     b"* CAPABILITY AUTH= \"x\"\r\n", b"* FLAGS (\\Seen \\*)\r\n", b"* STATUS x ()\r\n", b"* STATUS \"\" (MESSAGES)\r\n",
                     b"* LIST NIL NIL NIL\r\n", b"* LIST () NIL NIL\r\n", b"* LIST () x y\r\n", b"* LIST (\\A \\B) \"ab\" c\r\n",
                     b"* NAMESPACE\r\n", b"* NAMESPACE NIL NIL\r\n", b"* NAMESPACE ((NIL NIL)) NIL NIL\r\n", b"* NAMESPACE () () ()\r\n",
                     b"* SEARCH 0 x\r\n", b"* SEARCH 1 99999999999999\r\n", b"* 1 FETCH\r\n", b"* 1 FETCH ()\r\n", b"* 1 FETCH NIL\r\n",
                     b"* 1 FETCH (FLAGS NIL)\r\n", b"* 1 FETCH (UID NIL)\r\n", b"* 1 FETCH (UID 0 FLAGS ())\r\n",
                     b"* 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))\r\n",
                     b"* 1 FETCH (UID 10 BODYSTRUCTURE " + b"(" * 30 + b")" * 30 + b")\r\n",
                     b"* 1 FETCH (UID 10 INTERNALDATE NIL)\r\n", b"* 1 FETCH (UID 10 INTERNALDATE \"99-Foo-9999 99:99:99 +9999\")\r\n",
                     b"* 1 FETCH (UID 10 X-GM-LABELS (\"\\\\Inbox\" a) MODSEQ (12121231000))\r\n"):
            self.check("NOOP", line + OK, None, "noop")

    def test_listing_lies(self):
        rows = self.check("FETCH", fetch(b"FLAGS ()") , None, "page", 0, 10)
        self.assertEqual(rows["messages"], [])
        rows = self.check("FETCH", fetch(b"UID 12 FLAGS (\\Seen)", 900), None, "page", 0, 10)
        self.assertEqual([m["uid"] for m in rows["messages"]], [12])
        rows = self.check("FETCH", b"* 3 FETCH (UID 12 FLAGS ())\r\n* 3 FETCH (UID 12 FLAGS (\\Seen $A))\r\n" + OK, None, "page", 0, 10)
        self.assertEqual([(m["uid"], m["flags"], m["keywords"]) for m in rows["messages"]], [(12, 1, ["$A"])])
        keywords = b" ".join(b"k%d" % i for i in range(1000))
        rows = self.check("FETCH", fetch(b"UID 12 FLAGS (" + keywords + b")"), None, "page", 0, 10)
        self.assertEqual(len(rows["messages"][0]["keywords"]), 64)

    def test_mailbox_of_four_billion(self):
        huge = b"* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n" + OK
        rows = self.check("FETCH", fetch(b"UID 4294967295 FLAGS ()", 4294967295), None, "page", 0, 10, SELECT=huge)
        self.assertEqual([m["uid"] for m in rows["messages"]], [4294967295])

    def test_messages_that_were_not_asked_for(self):
        extra = b"* 1 FETCH (UID 10 FLAGS ())\r\n* 2 FETCH (UID 11 FLAGS () BODY[HEADER] {3}\r\nabc)\r\n" + OK
        rows = self.check("UID FETCH", extra, None, "fetch", "row", 0, 11)
        self.assertEqual([(m["uid"], m["header"]) for m in rows], [(11, "abc")])

    def test_strings_in_every_spelling(self):
        for spelled, header in ((b"{4}\r\na\0\xff)", "a\0\xff)"), (b'"a\\"b\\\\c"', 'a"b\\c'), (b"NIL", None), (b'""', ""), (b"{0}\r\n", ""),
                                (b'"{0}"', "{0}"), (b'"{1}"', "{1}"), (b'"{99999}"', "{99999}"), (b'"{"', "{"), (b'"{\\""', '{"')):
            rows = self.check("UID FETCH", fetch(b"UID 12 FLAGS () BODY[HEADER] %s BODY[TEXT]<0> {2}\r\nxy" % spelled), None,
                              "fetch", "row", 0, 12)
            self.assertEqual((rows[0]["header"], rows[0]["text"]), (header, "xy"), spelled)

    def test_message_is_gone(self):
        self.check("UID FETCH", OK, "not-found", "octets", 12)
        self.check("UID FETCH", fetch(b"UID 12 FLAGS () BODY[] NIL"), "not-found", "octets", 12)
        self.check("UID FETCH", b"TAG OK [EXPUNGEISSUED] gone\r\n", "not-found", "octets", 12)
        self.check("UID FETCH", b"TAG NO [EXPUNGEISSUED] gone\r\n", "not-found", "octets", 12)

    def test_too_large(self):
        size = (64 << 20) + 1

        def large(server, connection, tag, line):
            connection.sendall(b"* 3 FETCH (UID 12 FLAGS () BODY[] {%d}\r\n" % size)
            for _ in range(size >> 20):
                connection.sendall(b"x" * (1 << 20))
            return b"x" * (size & 0xfffff) + b")\r\n" + OK
        server, drive = self.selected({"UID FETCH": large})
        self.assertFails(drive("octets", 12), "too-large")
        self.assertEqual(drive("alive"), {"ok": True})  # skipped, not given up
        self.assertIn("ok", drive("noop"))

    def test_one_large_header_costs_one_row(self):
        size = (10 << 20) + 1
        rows = self.check("UID FETCH", b"* 3 FETCH (UID 12 FLAGS () BODY[HEADER] {%d}\r\n" % size + b"x" * size +
                          b")\r\n* 2 FETCH (UID 11 FLAGS () BODY[HEADER] {1}\r\ny)\r\n" + OK, None, "fetch", "row", 0, 11, 12)
        self.assertEqual([(m["uid"], m["header"], m["too_large"]) for m in rows], [(12, None, True), (11, "y", False)])

    def test_uidvalidity_changes_while_selected(self):
        self.check("NOOP", b"* OK [UIDVALIDITY 8] new\r\n" + OK, "protocol", "noop")

    def test_select(self):
        for answer, error in ((b"TAG NO no such\r\n", "not-found"), (b"TAG NO [NOPERM] no\r\n", "refused"), (OK, "protocol"),
                              (b"* OK [UIDVALIDITY 0] x\r\n" + OK, "protocol")):
            server, drive = self.opened({"SELECT": answer})
            self.assertEqual(drive("select", "X").get("error"), error)
            self.assertEqual(drive("selected"), {"ok": None})
        server, drive = self.opened({"SELECT": b"* 5 EXISTS\r\n* OK [UIDVALIDITY 4294967295] x\r\n* OK [UIDNEXT 9] x\r\n"
                                               b"* OK [HIGHESTMODSEQ 9223372036854775807] x\r\nTAG OK [READ-ONLY] done\r\n"})
        self.assertEqual(drive("select", "X")["ok"], {"mailbox": "X", "exists": 5, "uidnext": 9, "uidvalidity": 4294967295,
                                                      "highestmodseq": 9223372036854775807, "read_only": True})

    def test_list(self):
        server, drive = self.opened({"LIST": b'* LIST (\\HasNoChildren) "/" {7}\r\na"b\\c d\r\n* LIST (\\Noselect \\Sent) NIL "S&ZeVnLIqe-"\r\n'
                                             b'* LIST (\\Trash \\Marked \\X) "\\\\" inbox\r\n* LIST () "/" {3}\r\na\r\nb\r\n* LIST () "/" ""\r\n'
                                             b'* LIST () "/" "{0}"\r\n* LIST () "/" "&AEE-"\r\n* LIST () "/" "\xff"\r\n' + OK})
        self.assertEqual([(m["id"], m["name"], m["role"], m["delimiter"], m["selectable"]) for m in drive("list")["ok"]],
                         [("inbox", "inbox", "inbox", "\\", True), ('a\\"b\\\\c d', 'a"b\\c d', "", "/", True),
                          ("S&ZeVnLIqe-", "S日本語", "sent", "", False), ("{0}", "{0}", "", "/", True),
                          ("&AEE-", "&AEE-", "", "/", True), ("\\377", "\ufffd", "", "/", True)])

    def test_huge_list(self):
        many = b"".join(b'* LIST () "/" m%06d\r\n' % i for i in range(50000))
        server, drive = self.opened({"LIST": many + OK})
        self.assertEqual(len(drive("list")["ok"]), 5000)

    def test_namespaces(self):
        caps = CAPABILITIES.replace(b"MOVE", b"NAMESPACE")
        server, drive = self.opened({"CAPABILITY": caps, "NAMESPACE": b'* NAMESPACE (("" "/")("#mh/" "/" "X" ("Y"))) (("Other/" "/")) (("Public." NIL))\r\n' + OK,
                                     "LIST": b'* LIST () "/" INBOX\r\n* LIST () "/" Mine\r\n* LIST () "/" Other/bob\r\n* LIST () "." Public.x\r\n' + OK})
        self.assertEqual({m["id"]: m["personal"] for m in drive("list")["ok"]},
                         {"INBOX": True, "Mine": True, "Other/bob": False, "Public.x": False})

    def test_status(self):
        self.check("STATUS", OK, "protocol", "status", "x")
        self.check("STATUS", b"* STATUS x NIL\r\n" + OK, "protocol", "status", "x")
        self.check("STATUS", b"TAG NO none\r\n", "not-found", "status", "x")
        status = self.check("STATUS", b"* STATUS {1}\r\nx (UIDVALIDITY 3 X 9 UNSEEN 99999999999 MESSAGES 4)\r\n" + OK, None, "status", "x")
        self.assertEqual((status["messages"], status["uidvalidity"], status["uidnext"]), (4, 3, 0))

    def test_expunge_and_exists_in_any_order(self):
        for lines in (b"* 9 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n" * 9, b"* 1 EXISTS\r\n", b"* 0 EXISTS\r\n", b"* 4294967295 EXISTS\r\n* 4294967295 EXPUNGE\r\n"):
            server, drive = self.selected({"NOOP": lines + OK})
            self.assertIn("ok", drive("page", 0, 2))
            self.assertIn("ok", drive("noop"))
            self.assertIn("ok", drive("page", 0, 2))
            self.assertIn("ok", drive("page", 11, 2))

    def test_ordinary_answers_after_all(self):
        """The same server, honest: what the tests above bend works when it is straight."""
        server, drive = self.selected({})
        self.assertEqual([m["uid"] for m in drive("page", 0, 10)["ok"]["messages"]], [12, 11, 10])
        self.assertEqual(drive("search", "x", 0), {"ok": [10, 11]})
        self.assertEqual(drive("store", "+", 1, "", 10), {"ok": True})
        self.assertEqual(drive("move", "X", 10), {"ok": 0})


class Requests(Scripted):
    """What is sent."""

    def test_nothing_can_be_smuggled_in(self):
        server, drive = self.selected({})
        before = len(server.lines)
        for verb in (("select", "x\r\n9 LOGOUT"), ("status", "x\ny"), ("search", "a\r\nb", 0), ("move", "a\rb", 1), ("store", "+", 0, "a b", 1),
                     ("store", "+", 0, "a)\r\n", 1), ("store", "+", 0, "x(", 1), ("store", "+", 0, "é", 1), ("select", ""), ("select", "x" * 2000),
                     ("search", b"\xff", 0), ("search", "", 0), ("move", "x"), ("delete",)):
            self.assertFails(drive(*verb), "argument")
        self.assertEqual(len(server.lines), before)
        self.assertEqual(drive("alive"), {"ok": True})

    def test_quoting_and_literals(self):
        server, drive = self.selected({})
        drive("status", 'a"b\\c')
        self.assertTrue(server.lines[-1].endswith(b' STATUS "a\\"b\\\\c" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\r\n'))
        drive("search", "日本", 0)
        until(lambda: server.lines[-1] == "日本\r\n".encode(), "the literal")  # answered was the line before it
        self.assertEqual(server.lines[-2].split(b" ", 1)[1], b"UID SEARCH CHARSET UTF-8 UID 1:* TEXT {6+}\r\n")

    def test_synchronising_literal(self):
        caps = CAPABILITIES.replace(b"LITERAL+ ", b"")
        server, drive = self.selected({"CAPABILITY": caps, "UID SEARCH": b"+ go\r\n"})

        def rest(server, connection, tag, line):
            connection.sendall(b"+ go\r\n")
            server.lines.append(connection.recv(1000))
            return b"* SEARCH 11\r\n" + OK
        server.answers["UID SEARCH"] = rest
        self.assertEqual(drive("search", "日本", 0), {"ok": [11]})
        self.assertEqual(server.lines[-2:], [server.lines[-2], "日本\r\n".encode()])
        self.assertTrue(server.lines[-2].endswith(b"TEXT {6}\r\n"))
        server.answers["UID SEARCH"] = b"TAG NO [BADCHARSET] no\r\n"
        self.assertFails(drive("search", "日本", 0), "refused")
        self.assertEqual(drive("alive"), {"ok": True})

    def test_move_without_move(self):
        server, drive = self.selected({"CAPABILITY": CAPABILITIES.replace(b" MOVE", b""), "UID COPY": b"TAG OK [COPYUID 9 10 77] done\r\n"})
        self.assertEqual(drive("move", "X", 10), {"ok": 77})
        self.assertEqual([l.split(b" ", 1)[1] for l in server.lines[-3:]],
                         [b'UID COPY 10 "X"\r\n', b"UID STORE 10 +FLAGS.SILENT (\\Deleted)\r\n", b"UID EXPUNGE 10\r\n"])

    def test_move_without_uidplus_leaves_marks(self):
        server, drive = self.selected({"CAPABILITY": CAPABILITIES.replace(b"UIDPLUS MOVE", b"X")})
        self.assertEqual(drive("move", "X", 10, 12, 11)["ok"], {"told": False, "uidvalidity": 0, "uids": [0, 0, 0]})
        self.assertEqual([l.split(b" ", 1)[1] for l in server.lines[-2:]],
                         [b'UID COPY 10:12 "X"\r\n', b"UID STORE 10:12 +FLAGS.SILENT (\\Deleted)\r\n"])

    def test_move_gives_the_new_uid(self):
        server, drive = self.selected({"UID MOVE": b"* OK [COPYUID 9 10 78] x\r\n* 1 EXPUNGE\r\n" + OK})
        self.assertEqual(drive("move", "X", 10), {"ok": 78})
        self.assertEqual(drive("selected")["ok"]["exists"], 2)

    def test_moves_told_in_sets(self):
        for said, told, expected in ((b"9 10:12 78:80", True, [80, 78, 79]), (b"9 10,12 78:79", True, [79, 78, 0]), (b"9 12:10 80:78", True, [80, 78, 79]),
                                     (b"9 10:12 78:79", False, [0, 0, 0]), (b"9 1:4294967295 1:4294967294", False, [0, 0, 0])):
            server, drive = self.selected({"UID MOVE": b"* OK [COPYUID " + said + b"] x\r\n" + OK})
            self.assertEqual(drive("move", "X", 12, 10, 11)["ok"], {"told": told, "uidvalidity": 9, "uids": expected})

    def test_target_of_move_is_missing(self):
        server, drive = self.selected({"UID MOVE": b"TAG NO [TRYCREATE] no\r\n"})
        self.assertFails(drive("move", "X", 10), "not-found")


class Pools(Scripted):
    def test_dead_host_is_tried_once(self):
        server = self.scripted()
        server.__exit__()
        answer = self.drive(server)("crowd", "alice", "secret", "INBOX", 8, 20, PATIENCE, 64)["ok"]
        self.assertEqual(answer["errors"], {"unreachable": 160})
        self.assertEqual(answer["opened"], 0)

    def test_stalled_host_costs_one_deadline(self):
        server = self.scripted({"greeting": silence})
        answer = self.drive(server, ms=DEADLINE)("crowd", "alice", "secret", "INBOX", 1, 20, 0, 8)["ok"]
        until(lambda: server.connections, "the connection accepted")
        self.assertEqual((answer["errors"], server.connections), ({"time-out": 20}, 1))

    def test_wrong_password_is_no_reason_to_rest(self):
        server = self.scripted({"AUTHENTICATE": [b"TAG NO x\r\n", OK]})
        answer = self.drive(server)("crowd", "alice", "secret", "INBOX", 1, 3, 0, 8)["ok"]
        self.assertEqual((answer["good"], answer["errors"]), (2, {"authentication": 1}))

    def test_connection_dropped_while_idle_is_replaced(self):
        def once(server, connection, tag, line):
            connection.sendall(b"* 1 FETCH (UID 1 FLAGS ())\r\n" + tag + b" OK done\r\n")
            return None
        server = self.scripted({"FETCH": once, "UID FETCH": once})
        answer = self.drive(server)("crowd", "alice", "secret", "INBOX", 1, 3, 0, 8)["ok"]
        self.assertGreaterEqual(answer["good"], 2)
        self.assertGreaterEqual(server.connections, 2)

    def test_mailbox_that_is_missing_keeps_the_connection(self):
        server = self.scripted({"SELECT": b"TAG NO none\r\n"})
        answer = self.drive(server)("crowd", "alice", "secret", "X", 1, 5, 0, 8)["ok"]
        self.assertEqual((answer["errors"], answer["opened"]), ({"not-found": 5}, 1))

    def test_gate_and_account_limit(self):
        def slow(server, connection, tag, line):
            time.sleep(2)  # all eight have asked by then
            return OK
        server = self.scripted({"FETCH": slow, "UID FETCH": slow})
        answer = self.drive(server)("crowd", "alice", "secret", "INBOX", 8, 1, 0, 64)["ok"]
        self.assertEqual((answer["good"], answer["errors"]), (3, {"busy": 5}))
        answer = self.drive(server)("crowd", "alice", "secret", "INBOX", 8, 1, PATIENCE, 2)["ok"]
        self.assertEqual((answer["good"], answer["errors"]), (2, {"busy": 6}))
        answer = self.drive(server)("crowd", "alice", "secret", "INBOX", 8, 1, PATIENCE, 64)["ok"]
        self.assertEqual((answer["good"], answer["opened"]), (8, 3))


if __name__ == "__main__":
    unittest.main()
