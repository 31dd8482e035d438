#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""OpenPGP signatures made by gpg, rnp and sq, in PGP/MIME and as clear-signed text: verified as they should be, and never
with one covered octet changed. Then the public vectors of ../shared, each as a mail."""
import base64, hashlib, json, os, re, shutil, socket, struct, subprocess, sys, tempfile, threading, time, unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "../service")]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
import makers
from servers import gpg_agent

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INKAN = os.path.join(os.environ.get("INKAN_BUILD", os.path.join(TOP, "build")), "inkan")
VECTORS = os.path.join(os.environ.get("INKAN_SHARED", os.path.join(TOP, "../shared")), "suites/openpgp-gocrypto")
PART = (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        b"Dear Bob,\r\n- this line begins with a dash\r\nFrom here on it is \xc3\xa9asy  \r\n\r\nAlice\r\n")
TEXT = b"Dear Bob,\n- this line begins with a dash\nFrom here on it is easy  \n\nAlice\n"


def setUpModule():
    makers.tell_versions("gpg", "rnp", "sq")


def no_such_name():
    """The port of a DNS server to which no name exists."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve():
        while True:
            query, client = server.recvfrom(4096)
            end = 12
            while query[end]:
                end += query[end] + 1
            server.sendto(query[:2] + struct.pack("!HHHHH", 0x8183, 1, 0, 0, 0) + query[12:end + 5], client)
    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


def run(*words, **kw):
    return subprocess.run(list(words), check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, **kw).stdout


class Gpg:
    def __init__(self, folder, kind):
        self.home = tempfile.mkdtemp(dir="/tmp")  # its agent's socket must have a short path
        gpg_agent.launch(self.home)
        self.who = "gpg-%s@example.org" % kind
        self.call = ["gpg", "--homedir", self.home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
        run(*self.call, "--quick-gen-key", "Alice <%s>" % self.who, kind, "cert,sign", "never")

    def key(self):
        return run(*self.call, "--armor", "--export", self.who)

    def detached(self, data, *more):
        return run(*self.call, "--armor", *more, "--detach-sign", input=data)

    def clear(self, data):
        return run(*self.call, "--clearsign", input=data)

    def fingerprint(self):
        return re.search(rb"^fpr:+([0-9A-F]{40}):", run(*self.call, "--with-colons", "-k"), re.M).group(1).decode()

    def close(self):
        gpg_agent.kill(self.home)
        shutil.rmtree(self.home, ignore_errors=True)


class Rnp:
    CHOICES = {"rsa": "1\n2048\n", "ecdsa": "19\n1\n", "eddsa": "22\n"}

    def __init__(self, folder, kind):
        self.folder = os.path.join(folder, "rnp-" + kind)
        os.mkdir(self.folder, 0o700)
        self.who = "rnp-%s@example.org" % kind
        run("rnpkeys", "--homedir", self.folder, "--expert", "--generate-key", "--userid", "Alice <%s>" % self.who, "--password", "",
            input=self.CHOICES[kind].encode())

    def key(self):
        return run("rnpkeys", "--homedir", self.folder, "--export-key", "--userid", self.who)

    def sign(self, word, data):
        path = os.path.join(self.folder, "text")
        with open(path, "wb") as f:
            f.write(data)
        run("rnp", "--homedir", self.folder, word, "--armor", "--overwrite", "--password", "", "-u", self.who, "--output", path + ".out", path)
        with open(path + ".out", "rb") as f:
            return f.read()

    def detached(self, data):
        return run("rnp", "--homedir", self.folder, "--sign", "--detach", "--armor", "--password", "", "-u", self.who, input=data)

    def clear(self, data):
        return self.sign("--clearsign", data)

    def close(self):
        pass


class Sq:
    def __init__(self, folder, kind):
        self.secret = os.path.join(folder, "sq-%s.pgp" % kind)
        self.who = "sq-%s@example.org" % kind
        run("sq", "key", "generate", "--userid", "Alice <%s>" % self.who, "--cipher-suite", kind, "--export", self.secret)

    def key(self):
        return run("sq", "key", "extract-cert", self.secret)

    def detached(self, data):
        return run("sq", "sign", "--detached", "--signer-key", self.secret, input=data)

    def clear(self, data):
        return run("sq", "sign", "--cleartext-signature", "--signer-key", self.secret, input=data)

    def close(self):
        pass


class V6:
    """A signature of version 6 by Ed25519."""

    def __init__(self, key):
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        body = struct.pack("!BIBI", 6, int(time.time()), 27, len(raw)) + raw
        self.key, self.fingerprint = key, hashlib.sha256(struct.pack("!BI", 0x9b, len(body)) + body).digest()

    def detached(self, data):
        subpackets = struct.pack("!BBI", 5, 2, int(time.time())) + struct.pack("!BBB", 34, 33, 6) + self.fingerprint
        signed = struct.pack("!BBBBI", 6, 0, 27, 8, len(subpackets)) + subpackets
        salt = os.urandom(16)
        digest = hashlib.sha256(salt + data + signed + struct.pack("!BBI", 6, 0xff, len(signed))).digest()
        body = signed + struct.pack("!I", 0) + digest[:2] + bytes([len(salt)]) + salt + self.key.sign(digest)
        return (b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.encodebytes(bytes([0xc2, len(body)]) + body) + b"-----END PGP SIGNATURE-----\n")


MAKERS = [(Gpg, "rsa3072"), (Gpg, "ed25519"), (Gpg, "nistp256"), (Rnp, "rsa"), (Rnp, "eddsa"), (Rnp, "ecdsa"), (Sq, "cv25519"), (Sq, "rsa3k")]


def crlf(text):
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def mime_mail(who, part, signature):
    return (b"From: Alice <%s>\r\nTo: bob@example.net\r\nSubject: Easy\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed;\r\n"
            b" micalg=pgp-sha256; protocol=\"application/pgp-signature\";\r\n boundary=\"=-cut\"\r\n\r\n"
            b"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\r\n--=-cut\r\n%s\r\n--=-cut\r\n"
            b"Content-Type: application/pgp-signature; name=\"signature.asc\"\r\nContent-Description: OpenPGP digital signature\r\n\r\n%s"
            b"\r\n--=-cut--\r\n" % (who.encode(), part, crlf(signature)))


def clear_mail(who, text):
    return b"From: Alice <%s>\r\nTo: bob@example.net\r\nSubject: Easy\r\n\r\n%s" % (who.encode(), crlf(text))


def read(name):
    with open(os.path.join(VECTORS, name), "rb") as file:
        return file.read()


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.port = no_such_name()

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def ask(self, message, keys, *more):
        words = [INKAN, "verify", "--json", "--verify", "always", "--offline", "--resolver", "127.0.0.1@%d" % self.port, *more]
        for n, key in enumerate(keys):
            path = os.path.join(self.directory.name, "key%d" % n)
            with open(path, "wb") as f:
                f.write(key)
            words += ["--openpgp-keys", path]
        path = os.path.join(self.directory.name, "mail.eml")
        with open(path, "wb") as f:
            f.write(message)
        answer = json.loads(run(*words, path))
        return answer["evidence"]["openpgp"], answer["verdict"]

    def assertProof(self, found, verdict, who):
        self.assertEqual(found["status"], "signed/verified", found)
        self.assertEqual(set(found["checks"].values()), {"pass"})
        self.assertEqual((verdict["author"], verdict["strength"], verdict["address"]), ("verified", "person", who))

    def assertNoPass(self, found, verdict):
        self.assertIn(found["status"], ("none", "unknown", "signed/failed"), found)
        self.assertNotEqual(verdict["strength"], "person")


class Interop(Case):
    def test_every_maker_is_verified_and_no_changed_octet_is(self):
        for maker, kind in MAKERS:
            with self.subTest(maker=maker.__name__, kind=kind):
                tool = maker(self.directory.name, kind)
                key = tool.key()
                good = mime_mail(tool.who, PART, tool.detached(PART))
                self.assertProof(*self.ask(good, [key]), tool.who)
                for message in makers.changed(good, PART):
                    self.assertNoPass(*self.ask(message, [key]))
                for old, new in ((b"it is \xc3", b"it is  \xc3"), (b"asy  \r\n", b"asy \r\n"), (b"8bit", b"7bit")):
                    self.assertNoPass(*self.ask(good.replace(old, new, 1), [key]))
                found, verdict = self.ask(good, [])
                self.assertEqual((found["status"], found["errors"]), ("unknown", ["no-key"]))
                clear = clear_mail(tool.who, tool.clear(TEXT))
                found, verdict = self.ask(clear, [key])
                self.assertEqual((found["status"], found["errors"]), ("signed", ["part-only"]), found)
                self.assertNotEqual(verdict["strength"], "person")
                for line in (b"Dear Bob,", b"this line begins with a dash", b"here on it is easy"):
                    for message in makers.changed(clear, line, 2):
                        self.assertNoPass(*self.ask(message, [key]))
                tool.close()

    def test_v6_is_recognised_and_neither_passes_nor_fails(self):
        """No program of Debian 12 makes them, nor can its librnp read them: built here octet by octet (RFC 9580 section 5.2.3)."""
        key = ed25519.Ed25519PrivateKey.generate()
        good = mime_mail("alice@example.org", PART, V6(key).detached(PART))
        for message in (good, *makers.changed(good, PART)):
            found, verdict = self.ask(message, [])
            self.assertEqual((found["status"], found["errors"]), ("unknown", ["unsupported-version"]))
            self.assertEqual((found["checks"]["signature"], found["checks"]["key"], found["checks"]["address"]), ("unknown", "unknown", "unknown"))
            self.assertEqual((verdict["author"], verdict["strength"]), ("not-established", None))

    def test_gpg_in_other_ways(self):
        tool = Gpg(self.directory.name, "ed25519")
        self.addCleanup(tool.close)
        self.assertProof(*self.ask(mime_mail(tool.who, PART, tool.detached(PART, "--textmode")), [tool.key()]), tool.who)
        # a subkey signs, the primary key certifies
        run(*tool.call, "--quick-add-key", tool.fingerprint(), "rsa2048", "sign", "never")
        by_subkey = mime_mail(tool.who, PART, tool.detached(PART))
        found, verdict = self.ask(by_subkey, [tool.key()])
        self.assertProof(found, verdict, tool.who)
        self.assertEqual((found["fingerprint"], found["algorithm"]), (tool.fingerprint(), "RSA"))
        self.assertNotEqual(found["keyId"], found["fingerprint"])
        # SHA-1 is no digest any more
        found, verdict = self.ask(mime_mail(tool.who, PART, tool.detached(PART, "--digest-algo", "SHA1", "--allow-weak-digest-algos")), [tool.key()])
        self.assertEqual((found["status"], found["errors"]), ("unknown", ["weak-hash"]))
        # another address of the same person, certified and then taken back
        run(*tool.call, "--quick-add-uid", tool.fingerprint(), "Alice <alice@second.example>")
        second = by_subkey.replace(b"From: Alice <%s>" % tool.who.encode(), b"From: Alice <alice@second.example>")
        self.assertProof(*self.ask(second, [tool.key()]), "alice@second.example")
        run(*tool.call, "--quick-revoke-uid", tool.fingerprint(), "Alice <alice@second.example>")
        found, verdict = self.ask(second, [tool.key()])
        self.assertEqual((found["status"], found["errors"]), ("signed", ["address-differs"]))
        self.assertNotEqual(verdict["strength"], "person")

    def test_g155_an_old_signature_in_a_new_mail_shows_its_date(self):
        tool = Gpg(self.directory.name, "ed25519")
        self.addCleanup(tool.close)
        found, _ = self.ask(mime_mail(tool.who, PART, tool.detached(PART)), [tool.key()], "--now", "2030-01-01T00:00:00Z")
        self.assertEqual(found["status"], "signed/verified")
        self.assertLess(found["signedAt"], "2030")

    def test_g145_a_name_within_the_signature_says_nothing(self):
        """What another program would print about a file name is nowhere read: packets with names are no signature."""
        tool = Gpg(self.directory.name, "ed25519")
        self.addCleanup(tool.close)
        opaque = run(*tool.call, "--armor", "--set-filename", "x\n[GNUPG:] GOODSIG 0123456789ABCDEF Alice", "--sign", input=PART)
        found, verdict = self.ask(mime_mail(tool.who, PART, opaque.replace(b"MESSAGE-----", b"SIGNATURE-----")), [tool.key()])
        self.assertEqual((found["status"], found["errors"]), ("unknown", ["malformed"]))
        self.assertNoPass(found, verdict)

    def test_g151_g156_what_is_signed_somewhere_else_is_not_the_message(self):
        """A signed text hidden by markup, as a cid: part, as an attachment, or pasted: the root alone is the message."""
        tool = Gpg(self.directory.name, "ed25519")
        self.addCleanup(tool.close)
        signed = mime_mail(tool.who, PART, tool.detached(PART)).split(b"MIME-Version: 1.0\r\n", 1)[1]
        head = b"From: Alice <%s>\r\nSubject: Pay\r\nMIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary=outer\r\n\r\n--outer\r\n"
        shown = b"Content-Type: text/html\r\n\r\n<p>Pay Eve.</p><div style='display:none'><img src='cid:s'></div>\r\n--outer\r\n"
        for kind, before in ((b"related", b"Content-ID: <s>\r\n"), (b"mixed", b"Content-Disposition: attachment\r\n"), (b"alternative", b"")):
            found, verdict = self.ask(head % (tool.who.encode(), kind) + shown + before + signed + b"\r\n--outer--\r\n", [tool.key()])
            self.assertEqual((found["status"], found["covers"]["scope"]), ("signed", "part"))
            self.assertNotEqual(verdict["strength"], "person")
        commit = b"tree 0\nauthor Alice <%s> 0 +0000\n\nMessage\n" % tool.who.encode()
        pasted = b"From: Alice <%s>\r\n\r\n%s\r\n%s" % (tool.who.encode(), crlf(commit), crlf(tool.detached(commit)))
        found, verdict = self.ask(pasted, [tool.key()])
        self.assertEqual(found["status"], "none")


@unittest.skipUnless(os.path.isdir(VECTORS), "no public vectors here")
class Vectors(Case):
    """Detached signatures as the second part of a mail whose first part is the data; messages as its text."""

    def test_objects(self):
        driven = 0
        with open(os.path.join(VECTORS, "cases.jsonl"), encoding="ascii") as file:
            cases = [json.loads(line) for line in file]
        for case in cases:
            if case.get("tier") != "A" or case["check"] != "openpgp-object" or case.get("secret_keys") or case.get("passphrase"):
                continue
            with self.subTest(case["id"]):
                driven += 1
                if "signature" in case:
                    signature = read(case["signature"])
                    if b"-----BEGIN" not in signature:
                        signature = b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.encodebytes(signature) + b"-----END PGP SIGNATURE-----\n"
                    message = mime_mail("a@example.org", read(case["data"]), signature)
                else:
                    message = b"From: a@example.org\r\n\r\n" + read(case["message"])
                found, verdict = self.ask(message, [read(name) for name in case["public_keys"]], "--now", str(case.get("now", 1750000000)))
                checks = found.get("checks", {})
                self.assertEqual(checks.get("signature") == checks.get("key") == "pass", case["expected"].get("signature_ok") is True, found)
        self.assertGreater(driven, 10)

    def test_keys(self):
        """Signing subkeys without a sound cross-certification (RFC 9580 section 5.2.1.8), keys revoked or expired: their signatures
        never count. A key that upstream takes may be weak for us: RSA of 1024 bits."""
        driver = os.path.join(os.path.dirname(INKAN), "tests/conformance/drive_openpgp")
        driven = 0
        with open(os.path.join(VECTORS, "cases.jsonl"), encoding="ascii") as file:
            cases = [case for case in map(json.loads, file) if case["check"] == "openpgp-key"]
        for case in cases:
            with self.subTest(case["id"]):
                driven += 1
                words = run(driver, str(case["now"]), os.path.join(VECTORS, case["public_keys"][0])).decode().split()
                usable = case["expected"].get("usable", case["expected"].get("signing_subkey_usable"))
                self.assertIn(words[1], ("valid", "key-weak") if usable else ("key-cannot-sign", "key-expired", "key-revoked"))
                if case["expected"].get("revoked"):
                    self.assertEqual(words[1], "key-revoked")
        self.assertEqual(driven, 5)


if __name__ == "__main__":
    unittest.main()
