#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`make run` as a newcomer would: start it, read the READY line, sign in, read the list, stop it, find nothing left behind."""
import json, os, re, signal, subprocess, sys, tempfile, time, unittest, urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("INKAN_BUILD", os.path.join(TOP, "build"))

sys.path[:0] = [os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/service")]
from run import free_port
from servers.dovecot import Dovecot


def descendants(pid):
    parents = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % entry) as f:
                parents[int(entry)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found = [pid]
    for one in found:
        found += [c for c, p in parents.items() if p == one]
    return set(found[1:])


def alive(pids):
    out = []
    for pid in pids:
        try:
            with open("/proc/%d/stat" % pid) as f:
                if f.read().rsplit(")", 1)[1].split()[0] != "Z":
                    out.append(pid)
        except OSError:
            pass
    return out


def command_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as f:
            return f.read()
    except OSError:
        return b""  # gone meanwhile


def left_behind(pids, seconds=120):
    """Who is still there when all had the time to go: on a busy machine a process that was told to end is not gone at once."""
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return alive(pids)


class Run:
    def __init__(self, *words):
        self.process = subprocess.Popen(["make", "--no-print-directory", "run", "B=" + BUILD, "PORT=0"] + list(words), cwd=TOP,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.said = []

    def ready(self, seconds=600):
        deadline = time.monotonic() + seconds
        for line in self.process.stdout:
            self.said.append(line)
            found = re.match(r"READY url=(\S+) user=(\S+) password=(\S+)$", line)
            if found:
                return found.groups()
            if time.monotonic() > deadline:
                break
        raise AssertionError("never ready:\n" + "".join(self.said[-40:]))

    def stop(self, number):
        pids = descendants(self.process.pid)
        self.process.send_signal(number)
        rest = self.process.communicate(timeout=120)[0]
        return pids, rest


def call(url, path, token=None, body=None):
    request = urllib.request.Request(url + "/api/v1" + path, data=json.dumps(body).encode() if body else None,
                                     headers={"Content-Type": "application/json", **({"Authorization": "Bearer " + token} if token else {})})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


class Newcomer(unittest.TestCase):
    maxDiff = None

    def wait_for_verdicts(self, url, token, mailbox):
        """Until nothing is pending but what cannot be checked (the domain whose DNS is broken)."""
        for _ in range(240):
            rows = call(url, "/mailboxes/%s/messages?limit=100" % mailbox, token)["messages"]
            pending = [r["subject"] for r in rows if r["verdict"]["level"] == "unchecked"]
            if pending == ["Meter reading"]:
                return rows
            time.sleep(0.5)
        self.fail("still unchecked: %s" % pending)

    def test_start_sign_in_stop(self):
        run = Run()
        try:
            url, user, password = run.ready()
            self.assertRegex(url, r"^http://127\.0\.0\.1:\d+$")
            with urllib.request.urlopen(url, timeout=120) as page:
                self.assertIn(b"js/main.js", page.read())
                self.assertIn("require-trusted-types-for 'script'", page.headers["Content-Security-Policy"])
            token = call(url, "/session", body={"username": user, "password": password})["token"]
            mailboxes = call(url, "/mailboxes", token)["mailboxes"]
            inbox = next(m for m in mailboxes if m["role"] == "inbox")
            self.assertIn("家族", [m["name"] for m in mailboxes])
            rows = self.wait_for_verdicts(url, token, inbox["id"])
            levels = {r["subject"]: r["verdict"]["level"] for r in rows}
            self.assertEqual(set(levels.values()) - {"brand", "person"}, {"domain", "likely", "unverified", "caution", "forged", "unchecked"})
            self.assertEqual(levels["Your statement for October is ready"], "domain")
            self.assertEqual(levels["Your card has been limited"], "forged")
            sent = next(m for m in mailboxes if m["role"] == "sent")
            self.assertEqual({r["verdict"]["level"] for r in call(url, "/mailboxes/%s/messages" % sent["id"], token)["messages"]}, {"own"})
        finally:
            pids, rest = run.stop(signal.SIGTERM)
        self.assertGreater(len(pids), 5)
        self.assertEqual(left_behind(pids), [], "left behind:\n" + rest)

    def test_ctrl_c_and_a_second_start_that_builds_nothing(self):
        run = Run()
        try:
            run.ready()
            self.assertNotIn("CC ", "".join(run.said), "a second start builds nothing")
            second = subprocess.run(["make", "--no-print-directory", "run", "B=" + BUILD], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
            self.assertNotEqual(second.returncode, 0)
            self.assertIn("in use by another", second.stdout)
        finally:
            pids = descendants(run.process.pid)
            os.killpg(run.process.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
            rest = run.process.communicate(timeout=120)[0]
        self.assertEqual(left_behind(pids), [], "left behind:\n" + rest)

    def test_a_killed_supervisor_leaves_no_server_behind(self):
        run = Run()
        run.ready()
        pids = descendants(run.process.pid)
        supervisor = next(p for p in pids if b"tests/sample/run.py" in command_of(p))
        os.kill(supervisor, signal.SIGKILL)
        run.process.communicate(timeout=120)
        self.assertGreater(len(pids), 5)
        self.assertEqual(left_behind(pids), [])

    def test_own_server(self):
        """IMAP=…: no sample Dovecot, no Knot, but that server; nothing is believed unasked."""
        with tempfile.TemporaryDirectory() as directory:
            dovecot = Dovecot(directory, free_port(), users={"me@own.example": "my own"})
            dovecot.append("me@own.example", "INBOX", b"From: a@b.example\r\nSubject: mine\r\n\r\nHello\r\n")
            dovecot.start()
            run = Run("IMAP=imaps://localhost:%d" % dovecot.port, "CA=" + dovecot.ca_file)
            try:
                url, user, _ = run.ready()
                self.assertEqual(user, "YOUR-ADDRESS")
                token = call(url, "/session", body={"username": "me@own.example", "password": "my own"})["token"]
                inbox = next(m for m in call(url, "/mailboxes", token)["mailboxes"] if m["role"] == "inbox")
                rows = call(url, "/mailboxes/%s/messages" % inbox["id"], token)["messages"]
                self.assertEqual([r["subject"] for r in rows], ["mine"])
                pids, rest = run.stop(signal.SIGTERM)
                self.assertEqual(left_behind(pids), [], "left behind:\n" + rest)
                self.assertIsNone(dovecot.process.poll(), "a server that it did not start is not stopped")
            finally:
                if run.process.poll() is None:
                    run.stop(signal.SIGTERM)
                dovecot.stop()

    def test_bad_address_of_own_server(self):
        done = subprocess.run(["make", "--no-print-directory", "run", "B=" + BUILD, "IMAP=mail.example.net"], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("imaps://", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
