#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`inkan verify` as a black box: options, errors, stdin, Maildir, line ends, order under --jobs, both tongues, exit status."""
import json, os, subprocess, sys, tempfile, threading, unittest
from socketserver import BaseRequestHandler, ThreadingUDPServer

import dkim

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INKAN = os.path.join(os.environ.get("INKAN_BUILD", os.path.join(TOP, "build")), "inkan")
NOW = "1795000000"
HEADER = b"From: Alice <alice@bank.example>\r\nTo: bob@ours.example\r\nSubject: Hi\r\n"
BODY = b"Hello.\r\n\r\nGood bye.\r\n"


class Zone:
    """TXT records on a loopback port; everything else is NXDOMAIN. Counts questions, and may keep silent."""

    def __init__(self, records):
        self.records, self.silent, self.asked = records, False, []
        zone = self

        class Handler(BaseRequestHandler):
            def handle(self):
                query, socket = self.request
                reply = zone.reply(query)
                if reply:
                    socket.sendto(reply, self.client_address)

        self.server = ThreadingUDPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = "127.0.0.1@%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reply(self, query):
        name, at = [], 12
        while query[at]:
            name.append(query[at + 1:at + 1 + query[at]].decode().lower())
            at += 1 + query[at]
        kind, question = int.from_bytes(query[at + 1:at + 3], "big"), query[12:at + 5]
        name = ".".join(name)
        if name:
            self.asked.append(name)
        if self.silent:
            return None
        text = self.records.get(name) if kind == 16 else None
        above = any(known == name or known.endswith("." + name) for known in self.records)
        head = query[:2] + (b"\x85\x80" if text or above else b"\x85\x83") + b"\0\1" + (b"\0\1" if text else b"\0\0") + b"\0\0\0\0"
        if not text:
            return head + question
        data = b"".join(bytes([len(text[i:i + 255])]) + text[i:i + 255] for i in range(0, len(text), 255))
        return head + question + b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + len(data).to_bytes(2, "big") + data

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def make_key():
    pem = subprocess.run(["openssl", "genrsa", "2048"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], input=pem, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    import base64
    return pem, b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pem, record = make_key()
        cls.zone = Zone({"s._domainkey.bank.example": record, "_dmarc.bank.example": b"v=DMARC1; p=reject"})
        cls.signed = dkim.sign(HEADER + b"\r\n" + BODY, b"s", b"bank.example", cls.pem, include_headers=[b"From", b"To", b"Subject"]) + HEADER + b"\r\n" + BODY
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.zone.stop()
        cls.folder.cleanup()

    def setUp(self):
        self.zone.silent = False
        del self.zone.asked[:]

    def path(self, name, octets):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(octets)
        return path

    def run_(self, *words, stdin=b""):
        return subprocess.run([INKAN, "verify", "--now", NOW] + list(words), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)

    def verify(self, *words, stdin=b"", status=0):
        done = self.run_("--json", "--resolver", self.zone.address, *words, stdin=stdin)
        self.assertEqual(done.returncode, status, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def badge(self, octets, *words):
        return self.verify(*words, self.path("one.eml", octets))[0]["verdict"]["level"]

    # --- one line --------------------------------------------------------------------------------

    def test_unsubscribe_in_one_click_needs_a_signature_over_both_fields(self):
        """RFC 8058 section 4."""
        both = HEADER + b"List-Unsubscribe: <https://bank.example/u?1>, <mailto:u@bank.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"

        def unsubscribe(covered, change=lambda octets: octets, *words):
            octets = both + b"\r\n" + BODY
            octets = change(dkim.sign(octets, b"s", b"bank.example", self.pem, include_headers=covered) + octets)
            return self.verify(*words, self.path("list.eml", octets))[0]["evidence"]["unsubscribe"]
        wanted = {"oneClick": True, "https": "https://bank.example/u?1", "mailto": "mailto:u@bank.example", "covered": True}
        fields = [b"From", b"Subject", b"List-Unsubscribe", b"List-Unsubscribe-Post"]
        self.assertEqual(unsubscribe(fields), wanted)
        open_ = dict(wanted, oneClick=False, covered=False)
        self.assertEqual(unsubscribe(fields[:-1]), open_)
        self.assertEqual(unsubscribe(fields[:2] + fields[3:]), open_)
        self.assertEqual(unsubscribe(fields, lambda octets: octets.replace(b"bye", b"buy")), open_)
        self.assertEqual(unsubscribe(fields, lambda octets: octets, "--verify", "never"), open_)
        believed = lambda octets: b"Authentication-Results: mx.ours.example; dkim=pass header.d=bank.example header.s=s\r\n" + octets
        self.assertEqual(unsubscribe(fields, believed, "--verify", "never", "--authserv-id", "mx.ours.example", "--server-strips"), wanted)
        self.assertEqual(unsubscribe(fields, believed, "--verify", "never"), open_)
        second = lambda octets: b"List-Unsubscribe: <https://evil.example/>\r\n" + octets
        self.assertFalse(unsubscribe(fields, second)["oneClick"])
        plain = self.verify(self.path("plain.eml", self.signed))[0]["evidence"]["unsubscribe"]
        self.assertEqual(plain, {"oneClick": False, "https": None, "mailto": None, "covered": False})

    def test_one_line_has_every_promised_field(self):
        out = self.verify("--verify", "always", self.path("a.eml", self.signed))[0]
        self.assertEqual(set(out), {"file", "verdict", "evidence"})
        verdict = out["verdict"]
        for key in ("level", "author", "strength", "limits", "source", "checkedAt", "address", "domain", "organizationalDomain", "displayName", "identity", "reasons"):
            self.assertIn(key, verdict)
        self.assertEqual((verdict["level"], verdict["author"], verdict["strength"], verdict["source"]), ("domain", "verified", "domain", "local"))
        self.assertEqual((verdict["address"], verdict["domain"], verdict["organizationalDomain"], verdict["displayName"]), ("alice@bank.example", "bank.example", "bank.example", "Alice"))
        self.assertEqual(verdict["identity"], {"kind": "domain", "name": "bank.example", "via": ["dkim"]})
        self.assertEqual(verdict["checkedAt"], "2026-11-18T11:06:40Z")
        for reason in verdict["reasons"]:
            self.assertEqual(set(reason), {"code", "severity", "params", "text"})
        signature = out["evidence"]["dkim"][0]
        self.assertEqual(set(signature), {"result", "reason", "domain", "selector", "identity", "algorithm", "keyBits", "testing", "bodyLengthLimit", "signedHeaders", "headerHash", "dnssec", "aligned"})
        self.assertEqual((signature["result"], signature["headerHash"], signature["keyBits"], signature["aligned"], signature["dnssec"]), ("pass", "pass", 2048, True, "unknown"))
        self.assertEqual(signature["signedHeaders"], ["from", "to", "subject"])
        dmarc = out["evidence"]["dmarc"]
        self.assertEqual((dmarc["result"], dmarc["inputs"], dmarc["policy"], dmarc["appliedPolicy"], dmarc["alignedBy"], dmarc["discovery"]), ("pass", "local", "reject", "reject", ["dkim"], "treewalk"))
        self.assertEqual(out["evidence"]["cautions"], [])

    def test_what_did_not_run_is_absent_and_what_found_nothing_is_there(self):
        path = self.path("plain.eml", HEADER + b"\r\n" + BODY)
        always = self.verify("--verify", "always", path)[0]["evidence"]
        self.assertEqual(always["dkim"], [])
        never = self.verify("--verify", "never", path)[0]["evidence"]
        self.assertNotIn("dkim", never)
        self.assertNotIn("dmarc", never)
        self.assertEqual(never["authenticationResults"], [])
        self.assertEqual(never["hops"], [])

    def test_never_asks_no_question(self):
        self.verify("--verify", "never", self.path("a.eml", self.signed))
        self.assertEqual(self.zone.asked, [])

    def test_questions_are_asked_once_for_many_messages(self):
        path = self.path("a.eml", self.signed)
        self.verify("--verify", "always", *[path] * 20)
        self.assertEqual(self.zone.asked.count("s._domainkey.bank.example"), 1)

    def test_dead_resolver_is_unchecked_and_not_red(self):
        self.zone.silent = True
        out = self.verify("--verify", "always", self.path("a.eml", self.signed))[0]["verdict"]
        self.assertEqual((out["level"], out["author"], out["complete"]), ("unchecked", "unchecked", False))

    def test_ambiguous_author_has_no_address(self):
        out = self.verify(self.path("two.eml", b"From: x@evil.example\r\n" + self.signed))[0]["verdict"]
        self.assertEqual((out["level"], out["address"], out["domain"], out["displayName"]), ("caution", None, None, None))

    def test_any_octets_give_one_valid_line(self):
        junk = b"From: \xff\xfe\"\x00 \x1b[31m\" <a@b.example>\r\nAuthentication-Results: x\xff; dkim=pass (\x01\x80) header.d=\xffq\r\nSubject: \xe5\r\n\r\n\x00"
        done = self.run_("--json", "--verify", "never", "-", stdin=junk)
        self.assertEqual(done.stdout.count(b"\n"), 1)
        text = done.stdout.decode("utf-8")  # raises if it is no UTF-8
        self.assertNotIn("\x1b", text)
        json.loads(text)

    # --- belief ------------------------------------------------------------------------------------

    RESULTS = b"Authentication-Results: mx.ours.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\r\n"
    BORDER = b"Received: from c.example (c.example [192.0.2.9]) by mx.ours.example with ESMTP id 1;\r\n Wed, 18 Nov 2026 12:00:00 +0000\r\n"

    def test_headers_are_believed_by_id_and_position(self):
        message = self.signed
        ours = ["--verify", "never", "--authserv-id", "mx.ours.example"]
        border = ours + ["--border", "mx.ours.example"]
        self.assertEqual(self.badge(self.RESULTS + message, "--verify", "never"), "unverified")
        self.assertEqual(self.badge(self.RESULTS + message, *ours), "unverified")
        self.assertEqual(self.badge(self.RESULTS + message, *ours, "--server-strips"), "domain")
        self.assertEqual(self.badge(self.RESULTS + self.BORDER + message, *border), "domain")
        self.assertEqual(self.badge(self.BORDER + self.RESULTS + message, *border), "unverified")

    def test_forged_by_a_believed_failure(self):
        results = b"Authentication-Results: mx.ours.example; dmarc=fail header.from=bank.example\r\n"
        words = ["--authserv-id", "mx.ours.example", "--server-strips"]
        out = self.verify(*words, self.path("f.eml", results + HEADER + b"\r\n" + BODY))[0]
        self.assertEqual((out["verdict"]["level"], out["verdict"]["source"]), ("forged", "mixed"))  # the policy is our look-up
        out = self.verify("--verify", "never", *words, self.path("f.eml", results + HEADER + b"\r\n" + BODY))[0]
        self.assertEqual(out["verdict"]["level"], "unverified")

    def test_profiles_are_listed(self):
        done = self.run_("--profile", "help")
        self.assertEqual(done.returncode, 0)
        names = [line.split()[0] for line in done.stdout.decode().splitlines()]
        for name in "google microsoft yahoo icloud fastmail yandex zoho mailru gmx proton".split():
            self.assertIn(name, names)
        for document, form in (("README.md", "| `%s`"), ("conf/inkan.conf", "%s")):
            with open(os.path.join(TOP, document), encoding="utf-8") as file:
                text = file.read()
            for name in names:
                self.assertIn(form % name, text)

    # --- files -------------------------------------------------------------------------------------

    def test_stdin_is_a_dash(self):
        out = self.verify("--verify", "always", "-", stdin=self.signed)
        self.assertEqual((out[0]["file"], out[0]["verdict"]["level"]), ("-", "domain"))

    def test_line_ends(self):
        lf = self.signed.replace(b"\r\n", b"\n")
        self.assertEqual(self.badge(lf, "--verify", "always"), "domain")
        # one CRLF in it, and a file is taken as it is: the signature cannot hold over bare LF
        self.assertEqual(self.badge(lf + b"\r\n", "--verify", "always"), "unverified")

    def test_maildir_is_sorted_and_always_lf(self):
        lf = self.signed.replace(b"\r\n", b"\n")
        folder = os.path.join(self.folder.name, "Maildir")
        for part, name in (("new", "3"), ("cur", "1:2,S"), ("cur", "4:2,"), ("new", "2"), ("tmp", "5"), ("cur", ".hidden")):
            self.path(os.path.join("Maildir", part, name), lf)
        self.path("Maildir/cur/1:2,S", lf + b"\r\n")  # in a Maildir even this is LF: one more empty line, which no body hash sees
        out = self.verify("--verify", "always", folder)
        self.assertEqual([os.path.basename(o["file"]) for o in out], ["1:2,S", "2", "3", "4:2,"])
        self.assertEqual({o["verdict"]["level"] for o in out}, {"domain"})

    def test_unreadable_files_are_reported_in_their_place(self):
        good, empty = self.path("good.eml", self.signed), os.path.join(self.folder.name, "empty")
        os.makedirs(empty, exist_ok=True)
        out = self.verify(good, "/nonexistent/x.eml", empty, good, status=1)
        self.assertEqual([sorted(o) for o in out], [["evidence", "file", "verdict"], ["error", "file"], ["error", "file"], ["evidence", "file", "verdict"]])
        self.assertEqual([o["error"]["code"] for o in out[1:3]], ["not-found", "not-a-maildir"])
        self.assertTrue(all(o["error"]["text"] for o in out[1:3]))

    def test_too_large_is_said(self):
        path = os.path.join(self.folder.name, "large.eml")
        with open(path, "wb") as f:
            f.truncate((64 << 20) + 1)
        self.assertEqual(self.verify("--verify", "never", path, status=1)[0]["error"]["code"], "too-large")

    def test_empty_file_is_a_message_without_author(self):
        out = self.verify("--verify", "never", self.path("empty.eml", b""))[0]["verdict"]
        self.assertEqual((out["author"], out["reasons"][0]["code"]), ("not-established", "no-from"))

    # --- jobs ----------------------------------------------------------------------------------------

    def test_jobs_keep_order_and_answers(self):
        paths = []
        for i in range(60):
            body = BODY * (1 if i % 3 else 20000)
            paths.append(self.path("jobs/%02d.eml" % i, HEADER.replace(b"Hi", b"Hi %d" % i) + b"\r\n" + body) if i % 7 else "/nonexistent/%d" % i)
        one = self.run_("--json", "--verify", "always", "--resolver", self.zone.address, "--jobs", "1", *paths)
        many = self.run_("--json", "--verify", "always", "--resolver", self.zone.address, "--jobs", "8", *paths)
        self.assertEqual(one.returncode, 1)
        self.assertEqual(many.returncode, 1)
        self.assertEqual([json.loads(l)["file"] for l in many.stdout.splitlines()], paths)
        self.assertEqual(one.stdout, many.stdout)

    def test_a_closed_reader_ends_it(self):
        path = self.path("a.eml", self.signed)
        for jobs in ("1", "4"):
            process = subprocess.Popen([INKAN, "verify", "--json", "--verify", "never", "--jobs", jobs] + [path] * 3000, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdout.readline()
            process.stdout.close()
            self.assertNotEqual(process.wait(timeout=60), 0)
            process.stderr.close()

    def test_an_answer_does_not_wait_for_a_pipe_that_waits_for_it(self):
        path, fifo = self.path("a.eml", self.signed), self.path("fifo", b"")
        os.remove(fifo)
        os.mkfifo(fifo)
        for jobs in ("1", "2"):
            process = subprocess.Popen([INKAN, "verify", "--json", "--verify", "never", "--jobs", jobs, path, fifo, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            stuck = threading.Timer(120, process.kill)  # then the answer is empty, and no JSON
            stuck.start()
            names = [json.loads(process.stdout.readline())["file"]]
            with open(fifo, "wb") as writer:
                writer.write(self.signed)
            names.append(json.loads(process.stdout.readline())["file"])
            names.append(json.loads(process.communicate(self.signed)[0])["file"])
            stuck.cancel()
            self.assertEqual((names, process.returncode), ([path, fifo, "-"], 0))

    # --- command line ----------------------------------------------------------------------------------

    def test_usage_errors_name_what_is_wrong(self):
        path = self.path("a.eml", self.signed)
        for words, named in ((["--no-such-option", path], "--no-such-option"), (["-x", path], "-x"), (["--jobs", "0", path], "--jobs"), (["--jobs"], "--jobs"),
                             (["--verify", "sometimes", path], "--verify"), (["--now", "yesterday", path], "--now"), (["--received-at", "x", path], "--received-at"),
                             (["--client-ip", "300.1.1.1", path], "--client-ip"), (["--profile", "nobody", path], "--profile"), (["--lang", "de", path], "--lang"),
                             (["--border", "not a host", path], "--border"), (["--trust-anchor", "/nonexistent", path], "--trust-anchor"), (["--smime-ca", "/nonexistent", path], "--smime-ca"),
                             (["--resolver", "nowhere", path], "--resolver"), (["--json=yes", path], "--json"), ([], "nothing to verify")):
            done = self.run_(*words)
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)
            self.assertIn(named, done.stderr.decode(), words)
            self.assertEqual(done.stderr.count(b"\n"), 1, words)

    def test_files_of_authorities_and_keys_are_taken(self):
        file = self.path("ca.pem", b"")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", os.devnull, "-out", file, "-subj", "/CN=Some Authority", "-addext", "keyUsage=critical,keyCertSign"],
                       check=True, stderr=subprocess.DEVNULL)
        words = ["--smime-ca", file, "--openpgp-keys", file, "--openpgp-keys", file, "--mark-roots", file, "--https-ca", file, "--trusted-sealer", "sealer.example", "--offline",
                 "--client-ip", "192.0.2.1", "--helo", "h.example", "--mail-from", "", "--received-at", "2026-11-18T00:00:00Z"]
        self.assertEqual(self.badge(self.signed, "--verify", "always", *words), "domain")
        self.assertEqual(self.badge(self.signed, "--verify=always", "--mail-from=@d.example", "--client-ip=2001:db8::1"), "domain")

    def test_a_dash_dash_ends_the_options(self):
        out = self.verify("--verify", "never", "--", "--jobs", status=1)
        self.assertEqual(out[0]["file"], "--jobs")

    def test_values_may_be_any_octets(self):
        done = subprocess.run([os.fsencode(INKAN), b"verify", b"--json", b"--verify", b"never", b"--client-ip", b"192.0.2.1", b"--mail-from", b"\xff@x.example", os.fsencode(self.path("a.eml", self.signed))], stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0)
        json.loads(done.stdout)

    def test_help_and_version(self):
        for words in (["verify", "--help"], ["help"], ["--help"], ["--version"]):
            done = subprocess.run([INKAN] + words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertTrue(done.stdout)
        self.assertEqual(subprocess.run([INKAN], stderr=subprocess.DEVNULL).returncode, 2)
        self.assertEqual(subprocess.run([INKAN, "nonsense"], stderr=subprocess.DEVNULL).returncode, 2)

    # --- words -------------------------------------------------------------------------------------------

    def explain(self, octets, language, *words):
        done = self.run_("--explain", "--lang", language, "--resolver", self.zone.address, *words, self.path("one.eml", octets))
        self.assertEqual(done.returncode, 0)
        return done.stdout.decode("utf-8")

    def test_explanations(self):
        text = self.explain(self.signed, "en")
        self.assertIn("Sent by bank.example.", text)
        self.assertIn("alice@bank.example", text)
        self.assertIn("it holds", text)
        self.assertRegex(text, r"Looked at on \d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC")
        text = self.explain(self.signed, "ja")
        self.assertIn("bank.example から送信されたことを確認しました。", text)
        self.assertNotIn("Why", text)

    def test_a_server_that_named_no_domain(self):
        words = ["--client-ip", "203.0.113.5", "--helo", "[203.0.113.5]", "--mail-from", ""]
        self.assertIn("The server that handed it in (203.0.113.5) named no domain", self.explain(self.signed, "en", *words))
        self.assertIn("送信元サーバー (203.0.113.5) は、問い合わせのできるドメインを名乗っていません。", self.explain(self.signed, "ja", *words))

    def test_what_does_not_hold_and_what_could_not_be_checked(self):
        changed = self.explain(self.signed.rstrip() + b" changed\r\n", "en")
        self.assertIn("it does not hold (the text was changed)", changed)
        self.assertIn("正しくありません (本文が変更されています)", self.explain(self.signed.rstrip() + b" changed\r\n", "ja"))
        nowhere = self.path("one.eml", self.signed)
        for language, words in (("en", "could not be checked (DNS gave no answer)"), ("ja", "確認できませんでした (DNS の応答がありません)")):
            done = self.run_("--explain", "--lang", language, "--resolver", "127.0.0.1@9", nowhere)
            text = done.stdout.decode("utf-8")
            self.assertIn(words, text)
            self.assertNotIn("tried again", text)
            self.assertNotIn("もう一度", text)

    def test_an_author_without_a_name(self):
        self.assertIn("Author shown: <a@b.example>\n", self.explain(b"From: a@b.example\r\n\r\nx\r\n", "en"))

    def test_explanations_carry_no_terminal_codes(self):
        text = self.explain(b"From: \"\x1b[2J\xe2\x80\xaegpj\" <a@bank.example>\r\nAuthentication-Results: x\x1b[1m; dkim=pass header.d=\x1b\r\n\r\n", "en", "--verify", "never")
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\u202e", text)

    def test_text_follows_the_language(self):
        path = self.path("a.eml", self.signed)
        english, japanese = (self.verify("--lang", l, path)[0]["verdict"] for l in ("en", "ja"))
        self.assertNotEqual(english["text"], japanese["text"])
        self.assertNotEqual(english["reasons"][0]["text"], japanese["reasons"][0]["text"])
        self.assertEqual(english["reasons"][0]["code"], japanese["reasons"][0]["code"])


if __name__ == "__main__":
    unittest.main()
