#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What clients are told when something behind the service is broken, and that the service lives on: killed Dovecot, a wrong
certificate, a stalled server, a dead resolver, a store that cannot be written, a service that is away, a bad
configuration."""
import os, shutil, signal, socket, subprocess, sys, threading, time, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_client import Client
from api_stage import PASSWORD, USER, ApiCase, binary, free_port, mail, until
from servers.dovecot import make_authority


class MailServer(ApiCase):
    def test_killed_and_back(self):
        client = self.stage.client()
        inbox = client.mailboxes()["inbox"]
        self.stage.dovecot.kill()
        reply = client.messages(inbox)
        self.assertIn((reply.status, reply.code), ((502, "mail-server-unreachable"), (502, "mail-server-error")))
        self.problem(until(lambda: (lambda r: r if r.code == "mail-server-unreachable" else None)(client.messages(inbox)), "unreachable"),
                     502, "mail-server-unreachable")
        reply = self.problem(Client(self.stage.url).sign_in(USER, PASSWORD), 502, "mail-server-unreachable")
        self.assertIn("retryAfter", reply.json)
        self.assertEqual(client.get("/health").json["status"], "ok")
        self.stage.dovecot.start()
        until(lambda: client.messages(inbox).status == 200, "the list is back")

    def test_another_certificate(self):
        """An authority that did not sign the server's certificate: nothing, not even the name, is sent."""
        other = os.path.join(self.stage.directory, "other")
        os.makedirs(other, exist_ok=True)
        make_authority(other)
        authority = next(os.path.join(other, f) for f in os.listdir(other) if f.endswith(".pem"))
        client = self.stage.client()
        self.stage.restart(imap={"ca-file": authority})
        try:
            self.problem(Client(self.stage.url).sign_in(USER, PASSWORD), 502, "mail-server-certificate")
            self.problem(client.get("/mailboxes"), 502, "mail-server-certificate")
            self.assertEqual(client.get("/session").status, 200)
        finally:
            self.stage.restart()
        self.assertEqual(client.get("/mailboxes").status, 200)

    def test_stalled_server_takes_half_the_workers_at_most(self):
        """A server that accepts and says nothing: the rest of the service answers meanwhile."""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(64)
            self.stage.restart(imap={"port": silent.getsockname()[1], "timeout": 10}, server={"threads": 4})  # eight have asked by then
            try:
                replies = []
                def attempt(i):
                    replies.append(Client(self.stage.url).sign_in("user%d@mail.example" % i, "x"))
                threads = [threading.Thread(target=attempt, args=(i,)) for i in range(8)]
                for t in threads:
                    t.start()
                self.assertEqual(Client(self.stage.url).get("/health").status, 200)
                for t in threads:
                    t.join()
                codes = sorted(r.code for r in replies)
                self.assertEqual(set(codes) - {"busy", "mail-server-timeout", "mail-server-unreachable"}, set(), codes)
                self.assertIn("busy", codes)
                self.assertTrue(all("retry-after" in r.headers for r in replies))
            finally:
                self.stage.restart()

    def test_password_changed_elsewhere(self):
        client = self.stage.client()
        self.assertEqual(client.get("/mailboxes").status, 200)
        self.stage.restart()
        users = os.path.join(self.stage.dovecot.directory, "users")
        with open(users) as f:
            before = f.read()
        try:
            with open(users, "w") as f:
                f.write(before.replace(PASSWORD, "changed"))
            time.sleep(1.1)  # Dovecot looks at the file once a second
            self.problem(client.get("/mailboxes"), 401, "wrong-password")
        finally:
            with open(users, "w") as f:
                f.write(before)


class Resolver(ApiCase):
    def test_dead_resolver_leaves_rows_unchecked_and_the_service_alive(self):
        self.stage.restart(dns={"server": "127.0.0.1@%d" % free_port(), "trust-anchor": ""})
        client = self.stage.client()
        inbox = client.mailboxes()["inbox"]
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("waiting"), "signed.example"))
        row = client.messages(inbox, limit=1).json["messages"][0]
        self.assertEqual(row["verdict"]["level"], "unchecked")
        reply = client.get("/messages/%s/verdict?refresh=1" % row["id"]).json
        self.assertEqual((reply["verdict"]["author"], reply["verdict"]["complete"]), ("unchecked", False))
        self.assertEqual(client.messages(inbox, limit=1).json["messages"][0]["verdict"]["level"], "unchecked")
        self.stage.restart()
        until(lambda: client.messages(inbox, limit=1).json["messages"][0]["verdict"]["level"] == "domain", "a verdict once DNS is back")

    def test_never_means_never(self):
        self.stage.restart(trust={"verify": "never"}, dns={"server": "127.0.0.1@9", "trust-anchor": ""})
        try:
            client = self.stage.client()
            self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail("never"), "signed.example"))
            row = client.messages(client.mailboxes()["inbox"], limit=1).json["messages"][0]
            self.assertEqual((row["subject"], row["verdict"]["author"]), ("never", "not-established"))
        finally:
            self.stage.restart()


class Own(ApiCase):
    def test_store_that_cannot_be_written_still_reads_mail(self):
        self.stage.restart(store={"path": "/proc/inkan/inkan.db"})
        try:
            client = self.stage.client()
            self.stage.dovecot.append(USER, "INBOX", mail("no store"))
            self.assertEqual(client.messages(client.mailboxes()["inbox"], limit=1).json["messages"][0]["subject"], "no store")
            health = client.get("/health")
            self.assertEqual((health.status, health.json["store"]), (503, {"writable": False}))
        finally:
            self.stage.restart()

    def test_store_of_a_newer_version_stops_the_start(self):
        import sqlite3
        path = os.path.join(self.stage.directory, "newer.db")
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version=99")
        db.close()
        self.stage.inkan.stop()
        try:
            with self.assertRaisesRegex(RuntimeError, "newer version"):
                self.stage.restart(store={"path": path})
        finally:
            self.stage.inkan.start(self.stage.settings)

    def test_service_away_is_said_by_the_web_server(self):
        self.stage.inkan.stop()
        try:
            reply = Client(self.stage.url).raw("GET", "/session")
            self.assertEqual((reply.status, reply.code), (503, "service-away"))
            self.assertEqual(reply.headers["content-type"], "application/problem+json")
        finally:
            self.stage.inkan.start(self.stage.settings)
        until(lambda: Client(self.stage.url).raw("GET", "/health").status == 200, "back")

    def test_kill_leaves_a_sound_store_and_socket(self):
        client = self.stage.client()
        for i in range(10):
            self.stage.dovecot.append(USER, "INBOX", mail("crash %d" % i))
        inbox = client.mailboxes()["inbox"]
        client.messages(inbox)
        self.stage.inkan.process.send_signal(signal.SIGKILL)
        self.stage.inkan.process.wait()
        self.stage.inkan.start(self.stage.settings)
        self.assertEqual(client.messages(inbox, limit=10).status, 200)

    def test_files_of_others_are_not_replaced_by_the_socket(self):
        path = os.path.join(self.stage.directory, "precious")
        with open(path, "w") as f:
            f.write("x")
        done = subprocess.run([binary(True), "serve", "--socket", path, "--config", self.stage.inkan.config], stderr=subprocess.PIPE, text=True, timeout=300)
        self.assertEqual(done.returncode, 1)
        with open(path) as f:
            self.assertEqual(f.read(), "x")
        done = subprocess.run([binary(True), "serve", "--socket", self.stage.inkan.socket, "--config", self.stage.inkan.config], stderr=subprocess.PIPE, text=True, timeout=300)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(Client(self.stage.url).get("/health").status, 200)


class Start(unittest.TestCase):
    def refused(self, text):
        directory = os.path.join("/tmp", "inkan-conf-%d" % os.getpid())
        os.makedirs(directory, exist_ok=True)
        self.addCleanup(shutil.rmtree, directory, True)
        path = os.path.join(directory, "inkan.conf")
        with open(path, "w") as f:
            f.write(text)
        done = subprocess.run([binary(True), "serve", "--socket", os.path.join(directory, "s"), "--config", path], stderr=subprocess.PIPE, text=True, timeout=300)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(path, done.stderr)
        return done.stderr

    def test_words_name_section_key_and_what_would_be_right(self):
        origin = "[web]\norigin = https://mail.example.org\n"
        for text, words in ((origin + "[sever]\n", "[sever]"), (origin + "[server]\nthread = 4\n", "[server] thread"),
                            (origin + "[server]\nthreads = 99x\n", "a number from 2 to 256"), ("", "[web] origin"),
                            ("[web]\norigin = http://mail.example.org\n", "https://HOST"),
                            (origin + "[imap]\nport = 993\nport = 994\n", "twice"), (origin + "[trust]\nstrips = maybe\n", "yes or no"),
                            (origin + "[imap]\nca-file = /nowhere\n", "can be read"), (origin + "[trust x]\nverify = always\n", "[trust x] verify")):
            self.assertIn(words, self.refused(text))

    def test_usage(self):
        for words in (["--config"], ["--socket"], ["--nonsense", "x"], ["extra"]):
            self.assertEqual(subprocess.run([binary(True), "serve"] + words, stderr=subprocess.DEVNULL).returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
