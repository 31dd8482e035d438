#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""OpenPGP over the API: a key counts from the moment a user imports it until it is deleted, for that user alone, for old
mail too; the operator's keyring counts for everybody."""
import os, shutil, subprocess, sys, tempfile, time, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import OTHER, OTHER_PASSWORD, USER, ApiCase, until
from servers import gpg_agent

PART = b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe meeting is on Tuesday.\r\n"


def read_file(path):
    with open(path, "rb") as f:
        return f.read()


class Person:
    def __init__(self, address):
        self.address, self.home = address, tempfile.mkdtemp(dir="/tmp")  # its agent's socket must have a short path
        gpg_agent.launch(self.home)
        self.gpg("--quick-gen-key", "Carol <%s>" % address, "ed25519", "cert,sign", "never")
        self.key = self.gpg("--armor", "--export", address)
        self.fingerprint = [row.split(b":")[9] for row in self.gpg("--with-colons", "-k").split(b"\n") if row.startswith(b"fpr")][0].decode()

    def gpg(self, *words, **kw):
        return subprocess.run(["gpg", "--homedir", self.home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""] + list(words),
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **kw).stdout

    def mail(self):
        signature = self.gpg("--armor", "--detach-sign", input=PART).replace(b"\n", b"\r\n")
        return (b"From: Carol <%s>\r\nTo: %s\r\nSubject: The meeting\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed;"
                b" protocol=\"application/pgp-signature\"; micalg=pgp-sha512; boundary=cut\r\n\r\n--cut\r\n%s\r\n--cut\r\n"
                b"Content-Type: application/pgp-signature\r\n\r\n%s\r\n--cut--\r\n"
                % (self.address.encode(), USER.encode(), time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()).encode(), PART, signature))

    def close(self):
        gpg_agent.kill(self.home)
        shutil.rmtree(self.home, ignore_errors=True)


class Keys(ApiCase):
    def setUp(self):
        self.carol = Person("carol@unsigned.example")
        self.addCleanup(self.carol.close)

    def put(self, client, key):
        return client.call("POST", "/openpgp/keys", key, kind="application/pgp-keys")

    def judged(self, client, uid):
        def ready():
            answer = client.get("/messages/%s/verdict" % uid).json
            return answer if answer["verdict"]["level"] != "unchecked" else None
        return until(ready, "a verdict")

    def listed(self, client):
        boxes = client.get("/mailboxes").json["mailboxes"]
        inbox = next(box for box in boxes if box["role"] == "inbox")
        rows = client.get("/mailboxes/%s/messages" % inbox["id"]).json["messages"]
        return next(row for row in rows if row["subject"] == "The meeting")

    def test_import_list_delete(self):
        client = self.stage.client()
        self.assertEqual(client.get("/openpgp/keys").json, {"keys": []})
        made = self.put(client, self.carol.key)
        self.assertEqual(made.status, 201)
        key = made.json["keys"][0]
        self.assertEqual((key["fingerprint"], key["userIds"], key["validity"], key["expiresAt"]),
                         (self.carol.fingerprint, ["Carol <carol@unsigned.example>"], "valid", None))
        self.assertEqual(client.get("/openpgp/keys").json["keys"], [key])
        self.assertEqual(self.put(client, self.carol.key).status, 201)
        self.assertEqual(len(client.get("/openpgp/keys").json["keys"]), 1)
        self.assertEqual(self.stage.client(OTHER, OTHER_PASSWORD).get("/openpgp/keys").json, {"keys": []})
        self.assertEqual(client.call("DELETE", "/openpgp/keys/" + self.carol.fingerprint.lower()).status, 204)
        self.problem(client.call("DELETE", "/openpgp/keys/" + self.carol.fingerprint), 404, "not-found")
        self.assertEqual(client.get("/openpgp/keys").json, {"keys": []})

    def test_what_is_no_key_is_refused(self):
        client = self.stage.client()
        for body in (b"hello", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n", b"\xc6\xff\xff\xff\xff\xff", b"\x99" * 5000):
            self.problem(self.put(client, body), 422, "no-usable-key")
        self.problem(client.call("POST", "/openpgp/keys", self.carol.key, kind="text/plain"), 415, "wrong-content-type")
        self.problem(self.put(client, b"x" * (9 << 20)), 413, "body-too-large")
        client.token = None
        self.problem(self.put(client, self.carol.key), 401, "not-signed-in")

    def test_a_secret_key_is_kept_as_its_public_part(self):
        client = self.stage.client()
        secret = self.carol.gpg("--export-secret-keys", self.carol.address)
        self.assertEqual(self.put(client, secret).json["keys"][0]["fingerprint"], self.carol.fingerprint)
        end = secret.index(b"Carol <")  # behind the secret number, its checksum and the head of the user ID packet
        seed = secret[end - 34:end - 6]
        files = [os.path.join(folder, name) for folder, _, names in os.walk(self.stage.inkan.directory) for name in names]
        contents = [read_file(path) for path in files if os.path.isfile(path)]
        self.assertTrue(any(self.carol.address.encode() in content for content in contents))
        self.assertFalse(any(seed in content for content in contents))
        client.call("DELETE", "/openpgp/keys/" + self.carol.fingerprint)

    def test_verdicts_follow_the_keys(self):
        """Also of mail that was judged before, and for the one who imported alone."""
        message = self.carol.mail()
        for user in (USER, OTHER):
            self.stage.dovecot.append(user, "INBOX", message)
        client, other = self.stage.client(), self.stage.client(OTHER, OTHER_PASSWORD)
        uid, other_uid = self.listed(client)["id"], self.listed(other)["id"]
        before = self.judged(client, uid)
        self.assertEqual((before["evidence"]["openpgp"]["status"], before["evidence"]["openpgp"]["errors"]), ("unknown", ["no-key"]))
        self.assertEqual(self.put(client, self.carol.key).status, 201)
        after = self.judged(client, uid)
        self.assertEqual((after["evidence"]["openpgp"]["status"], after["evidence"]["openpgp"]["vouched"]), ("signed/verified", "imported"))
        self.assertEqual((after["verdict"]["level"], after["verdict"]["strength"]), ("person", "person"))
        self.assertEqual(after["evidence"]["dkim"], before["evidence"]["dkim"])
        self.assertEqual(self.judged(other, other_uid)["evidence"]["openpgp"]["errors"], ["no-key"])
        until(lambda: self.listed(client)["verdict"]["level"] == "person", "the list says so too")
        self.assertEqual(client.call("DELETE", "/openpgp/keys/" + self.carol.fingerprint).status, 204)
        self.assertEqual(self.judged(client, uid)["evidence"]["openpgp"]["errors"], ["no-key"])

    def test_the_operators_keyring(self):
        folder = os.path.join(self.stage.directory, "keys")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "carol.asc"), "wb") as f:
            f.write(self.carol.key)
        self.stage.restart(openpgp={"keyring": folder})
        client = self.stage.client()
        answer = client.call("POST", "/verify", self.carol.mail(), kind="message/rfc822").json
        self.assertEqual((answer["evidence"]["openpgp"]["status"], answer["evidence"]["openpgp"]["vouched"]), ("signed/verified", "configured"))
        self.assertEqual(client.get("/openpgp/keys").json, {"keys": []})
        self.stage.restart()


if __name__ == "__main__":
    unittest.main()
