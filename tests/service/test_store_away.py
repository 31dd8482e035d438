#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A store that cannot be written, while the service runs: its file system is full, another program holds it, its folder was made
read-only, junk was written over it. Mail is read all the same; what a person tells the service to remember is refused in words that
say so and when to come back, and nothing that was remembered is lost."""
import json, os, shutil, sqlite3, subprocess, sys, tempfile, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_client import Client
from api_stage import PASSWORD, USER, ApiCase, mail, until
from servers import gpg_agent

VCARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Person %d\r\nEMAIL:person%d@book.example\r\nEND:VCARD\r\n"


def cards(numbers):
    return "".join(VCARD % (i, i) for i in numbers).encode()


def public_key(folder):
    """An OpenPGP key somebody made, armoured."""
    os.makedirs(folder, mode=0o700)
    gpg_agent.launch(folder)
    gpg = ["gpg", "--homedir", folder, "--batch", "--quiet"]
    try:
        subprocess.run(gpg + ["--passphrase", "", "--quick-generate-key", "Carol <carol@signed.example>", "ed25519", "sign", "0"], check=True)
        return subprocess.run(gpg + ["--armor", "--export"], check=True, stdout=subprocess.PIPE).stdout
    finally:
        gpg_agent.kill(folder)


class StoreAway(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = public_key(os.path.join(cls.stage.directory, "gnupg"))
        cls.stage.dovecot.append(USER, "INBOX", mail("about storage"))

    def use_store(self, path):
        """The service with its store there, a person signed in, and one of everything remembered."""
        self.stage.restart(store={"path": path})
        self.addCleanup(self.stage.restart)
        client = self.client = self.stage.client()
        self.inbox = client.mailboxes()["inbox"]
        row = until(lambda: next((m for m in client.messages(self.inbox).json["messages"] if m["verdict"]["level"] != "unchecked"), None), "a verdict")
        self.message = "/messages/" + row["id"]
        self.assertEqual(self.cards([1, 2]).status, 201)
        self.assertEqual(client.call("POST", self.message + "/known", {"kind": "sender"}).status, 200)
        self.assertEqual(client.call("POST", "/image-domains", {"domain": "pictures.example"}).status, 201)
        reply = client.call("POST", "/openpgp/keys", self.key, kind="application/pgp-keys")
        self.assertEqual(reply.status, 201, reply)
        self.fingerprint = reply.json["keys"][0]["fingerprint"]

    def cards(self, numbers):
        return self.client.call("POST", "/correspondents", cards(numbers), kind="text/vcard")

    def remembered(self, client=None):
        client = client or self.client
        return {"correspondents": sorted(c["email"] for c in client.get("/correspondents").json["correspondents"]),
                "known": [(k["kind"], k["subject"]) for k in client.get("/known").json["known"]],
                "image domains": client.get("/image-domains").json["domains"],
                "keys": [k["fingerprint"] for k in client.get("/openpgp/keys").json["keys"]]}

    def refused(self, reply):
        self.problem(reply, 503, "store-unavailable")
        self.assertEqual(reply.headers["retry-after"], str(reply.json["retryAfter"]))

    def every_change_is_refused(self):
        client = self.client
        subject = "carol@signed.example"
        self.refused(self.cards(range(100, 2000)))
        self.refused(client.call("DELETE", "/correspondents/person1@book.example"))
        self.refused(client.call("POST", self.message + "/known", {"kind": "sender"}))
        self.refused(client.call("DELETE", "/known/sender/" + subject))
        self.refused(client.call("POST", "/image-domains", {"domain": "more.example"}))
        self.refused(client.call("DELETE", "/image-domains/pictures.example"))
        self.refused(client.call("POST", "/openpgp/keys", self.key, kind="application/pgp-keys"))
        self.refused(client.call("DELETE", "/openpgp/keys/" + self.fingerprint))

    def health_says_so(self):
        """What is wrong, when to come back, and nothing of where the store lies."""
        reply = until(lambda: (lambda r: r if r.status == 503 else None)(self.client.get("/health")), "health that says so")
        self.assertEqual((reply.json["status"], reply.json["store"]), ("degraded", {"writable": False}))
        self.assertEqual(reply.headers["retry-after"], "30")
        self.assertNotIn(b"/", reply.body)

    def doctor_says_so(self):
        words = [self.stage.inkan.binary, "doctor", "--json", "--config", self.stage.inkan.config]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=120)
        found = [line for line in json.loads(done.stdout)["lines"] if line["check"] == "store"]
        self.assertEqual([line["state"] for line in found], ["fail"], done.stdout)

    def what_is_not_there_is_still_told_so(self):
        self.problem(self.client.call("DELETE", "/correspondents/nobody@book.example"), 404, "not-found")
        self.problem(self.client.call("DELETE", "/image-domains/other.example"), 404, "not-found")
        self.problem(self.client.call("DELETE", "/openpgp/keys/" + "0" * 40), 404, "not-found")
        self.problem(self.cards([]), 422, "no-vcard")

    def mail_is_read(self):
        self.stage.dovecot.append(USER, "INBOX", mail("meanwhile"))
        until(lambda: "meanwhile" in [m["subject"] for m in self.client.messages(self.inbox, limit=3).json["messages"]], "the new message")
        self.assertEqual(self.client.get(self.message).status, 200)
        self.assertEqual(self.client.call("PATCH", self.message, {"keywords": {"$flagged": True}}).status, 200)
        self.assertEqual(Client(self.stage.url).sign_in(USER, PASSWORD).status, 201)

    def signing_out_is_final(self):
        """The store still holds the session: nobody gets it back."""
        other = self.stage.client()
        self.assertEqual(other.call("DELETE", "/session").status, 204)
        self.problem(other.get("/session"), 401, "not-signed-in")

    def test_full_file_system(self):
        folder = tempfile.mkdtemp(prefix="inkan-full-")
        self.addCleanup(shutil.rmtree, folder, True)
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], stderr=subprocess.PIPE, text=True)
        if mount.returncode:
            self.skipTest("no file system can be mounted here: " + mount.stderr.strip())
        self.addCleanup(lambda: subprocess.run(["umount", folder], check=True))
        self.addCleanup(self.stage.inkan.stop)
        self.use_store(os.path.join(folder, "inkan.db"))
        before, filler = self.remembered(), os.path.join(folder, "filler")
        with open(filler, "wb", buffering=0) as f:
            try:
                while True:
                    f.write(bytes(4096))
            except OSError:
                pass
        self.health_says_so()  # before anybody lost anything
        other = self.stage.client()
        self.every_change_is_refused()
        self.what_is_not_there_is_still_told_so()
        self.assertEqual(self.remembered(), before)
        self.mail_is_read()
        self.health_says_so()
        self.doctor_says_so()
        self.signing_out_is_final()
        os.unlink(filler)
        until(lambda: self.client.get("/health").status == 200, "health once there is room")
        self.assertEqual(self.remembered(), before)
        self.assertEqual(self.cards([3]).status, 201)
        self.assertEqual(len(self.remembered()["correspondents"]), len(before["correspondents"]) + 1)
        self.assertEqual(other.get("/session").status, 200)

    def test_held_by_another_program(self):
        self.use_store(self.stage.inkan.store)
        before = self.remembered()
        holder = sqlite3.connect(self.stage.inkan.store, isolation_level=None, timeout=20)
        holder.execute("BEGIN IMMEDIATE")
        try:
            self.every_change_is_refused()
            self.what_is_not_there_is_still_told_so()
            self.assertEqual(self.remembered(), before)
            self.health_says_so()
            self.signing_out_is_final()
        finally:
            holder.execute("ROLLBACK")
            holder.close()
        self.assertEqual(self.remembered(), before)
        self.assertEqual(self.client.call("DELETE", "/image-domains/pictures.example").status, 204)

    def overwrite(self, path, octets):
        with open(path, "r+b") as f:
            f.write(octets)
            f.truncate()
        if self.stage.inkan.process.poll() is not None:
            for more in ("-wal", "-shm"):
                if os.path.exists(path + more):
                    os.unlink(path + more)

    def test_junk_where_the_store_was(self):
        """Nothing can be read: no empty list is shown as if nothing had been there, and mail is."""
        path = os.path.join(self.stage.directory, "junk.db")
        self.use_store(path)
        before = self.remembered()
        self.stage.inkan.stop()
        with open(path, "rb") as f:
            good = f.read()
        self.stage.restart(store={"path": path})
        self.client = self.stage.client()
        self.overwrite(path, b"\x5a" * len(good))
        for _ in range(8):  # whichever thread answers, whatever it still has in memory
            for name, answer in before.items():
                reply = self.client.get("/" + name.replace(" ", "-").replace("keys", "openpgp/keys"))
                if reply.status == 200:
                    self.assertEqual(len(reply.json[name.split()[-1]]), len(answer), "no empty list in place of what cannot be read")
                else:
                    self.refused(reply)
        self.health_says_so()
        self.stage.inkan.stop()
        self.overwrite(path, b"\x5a" * len(good))
        with self.assertRaisesRegex(RuntimeError, "not a database"):
            self.stage.restart(store={"path": path})
        self.overwrite(path, good)
        self.stage.restart(store={"path": path})
        self.assertEqual(self.remembered(self.stage.client()), before)


if __name__ == "__main__":
    unittest.main(verbosity=1)
