# SPDX-License-Identifier: MIT
"""The signers of others that test_interop.py sets against us, each with every key type and canonicalisation it offers, and
the same programs as judges: opendkim (its library, drive_opendkim), dkimpy, Mail::DKIM (mail_dkim.pl) and rspamd.

    signer.messages()  -> (title, octets, "dkim"|"arc"|"domainKeys") ...
    judge.judges(kind, key)  may it be asked?    judge.says(kind, octets) -> did it pass?"""
import base64, os, subprocess

import dkim, nacl.signing
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("INKAN_BUILD", os.path.join(HERE, "../../build"))
DOMAIN = "signer.example"
CANONS = [(h, b) for h in ("simple", "relaxed") for b in ("simple", "relaxed")]
HEADER = (b"FROM:  Joe <joe@signer.example>\r\nTo: a@b.example,\r\n\t c@d.example \r\nSubject: =?utf-8?q?x?= \t y\r\n"
          b"Date: Fri, 21 Nov 2025 20:00:00 +0100\r\nMessage-ID: <1@signer.example>\r\nX-Empty:\r\n")
BODIES = [b"", b"one line\r\n", b"trailing \t \r\n\r\nspace  \t here\r\n\r\n\r\n", "Grüße, 皆様\r\n.\r\n\ttab\r\n".encode(), b"\r\n\r\n",
          b"a\r\n\r\nb\r\n", b"-- \r\n", b"x" * 1100 + b"\r\n" + b" \r\n" * 20]
SHORT = BODIES[:4]
RESULTS = b"Authentication-Results: signer.example; arc=%s;\r\n\tspf=pass smtp.mailfrom=signer.example; dmarc=pass header.from=signer.example\r\n"


class Key:
    """A key pair in every shape that the signers want it in."""

    def __init__(self, folder, selector, bits):
        self.selector, self.bits = selector, bits
        self.algorithm = "rsa-sha256" if bits else "ed25519-sha256"
        key = rsa.generate_private_key(65537, bits) if bits else self.seed_that_is_no_path()
        shape = serialization.PrivateFormat.TraditionalOpenSSL if bits else serialization.PrivateFormat.PKCS8
        self.pem = key.private_bytes(serialization.Encoding.PEM, shape, serialization.NoEncryption())
        self.path = os.path.join(folder, selector + ".pem")
        with open(self.path, "wb") as f:
            f.write(self.pem)
        public = key.public_key()
        if bits:
            self.short = base64.b64encode(key.private_bytes(serialization.Encoding.DER, shape, serialization.NoEncryption()))
            octets = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        else:
            seed = key.private_bytes(serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption())
            self.short = base64.b64encode(seed)
            octets = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.record = b"v=DKIM1; k=%s; p=%s" % (b"rsa" if bits else b"ed25519", base64.b64encode(octets))

    @staticmethod
    def seed_that_is_no_path():
        """rspamd takes a key given in base64 for the name of a file when it begins with "/", as one seed in 64 does."""
        seed = os.urandom(32)
        while base64.b64encode(seed).startswith(b"/"):
            seed = os.urandom(32)
        return ed25519.Ed25519PrivateKey.from_private_bytes(seed)


def make_keys(folder):
    return [Key(folder, "rsa1024", 1024), Key(folder, "rsa", 2048), Key(folder, "rsa4096", 4096), Key(folder, "ed", 0)]


class Scratch:
    """Files that a signer changes in place and a judge reads."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "scratch.eml")

    def put(self, octets):
        with open(self.path, "wb") as f:
            f.write(octets)
        return self.path

    def get(self):
        with open(self.path, "rb") as f:
            return f.read()


class Program:
    """Another verifier behind a pipe: a line of words in, a line out."""

    def __init__(self, folder, *command):
        self.scratch, self.command, self.died = Scratch(folder), command, 0
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:  # hostile input killed it: that is no pass
            self.stop()
            self.start()
            self.died += 1
        return answer

    def change(self, octets, wanted, *words):
        path = self.scratch.put(octets)
        answer = self.ask(*words, path)
        if answer != wanted:
            raise RuntimeError("%s: %s" % (" ".join(words), answer))
        return self.scratch.get()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


class OpenDkim(Program):
    name = "opendkim"

    def __init__(self, folder, keys):
        zone = os.path.join(folder, "opendkim.zone")
        with open(zone, "wb") as f:
            f.write(b"".join(b"%s._domainkey.%s\t%s\n" % (k.selector.encode(), DOMAIN.encode(), k.record) for k in keys))
        super().__init__(folder, os.path.join(BUILD, "tests/service/drive_opendkim"), zone, DOMAIN)
        self.keys = keys

    def messages(self):
        """Without Ed25519 over simple header fields: no verifier accepts what Debian 12's version signs so, its own included."""
        for key in self.keys:
            for header, body in CANONS[0 if key.bits else 2:]:
                for number, text in enumerate(SHORT):
                    length = "l=" if number == 1 else "-"
                    yield ("opendkim %s %s/%s body %d %s" % (key.selector, header, body, number, length),
                           self.change(HEADER + b"\r\n" + text, "signed", "sign", key.algorithm, header, body, length, key.selector, key.path), "dkim")

    def judges(self, kind, selector):
        return kind == "dkim"

    def says(self, kind, octets):
        return self.ask("check", self.scratch.put(octets)) == "pass"


class Dkimpy:
    name = "dkimpy"

    def __init__(self, folder, keys):
        self.keys = keys
        self.zone = {k.selector.encode() + b"._domainkey." + DOMAIN.encode(): k.record for k in keys}

    def find_key(self, name, timeout=5):
        return self.zone.get(name.rstrip(b"."))

    def messages(self):
        yield from self.signed()
        yield from self.sealed()

    def signed(self):
        for key in self.keys:
            for header, body in CANONS:
                for number, text in enumerate(SHORT + [b"no line end"]):
                    octets = HEADER + b"\r\n" + text
                    yield ("dkimpy %s %s/%s body %d" % (key.selector, header, body, number),
                           dkim.sign(octets, key.selector.encode(), DOMAIN.encode(), key.pem if key.bits else key.short,
                                     canonicalize=(header.encode(), body.encode()), signature_algorithm=key.algorithm.encode(), length=number == 1,
                                     include_headers=[b"from", b"to", b"subject", b"date", b"x-empty", b"from"]) + octets, "dkim")

    def sealed(self):
        key, domain = self.keys[1], DOMAIN.encode()
        for number, text in enumerate(BODIES):
            for length in (1, 2, 3, 5):
                for names in (None, [b"from", b"to", b"subject", b"x-empty", b"from"]):
                    sets = b""
                    for instance in range(length):
                        octets = RESULTS % (b"pass" if instance else b"none") + HEADER + b"\r\n" + text
                        sets = b"".join(dkim.arc_sign(sets + octets, key.selector.encode(), domain, key.pem, domain, include_headers=names)) + sets
                    yield "dkimpy body %d, %d sets%s" % (number, length, ", own h=" if names else ""), sets + octets, "arc"

    def judges(self, kind, selector):
        return kind != "domainKeys"

    def says(self, kind, octets):
        try:
            if kind == "arc":
                return dkim.arc_verify(octets, dnsfunc=self.find_key)[0] == b"pass"
            return dkim.verify(octets, dnsfunc=self.find_key)
        except Exception:  # dkimpy lets parser errors of hostile input out
            return False

    def stop(self):
        pass


class MailDkim(Program):
    name = "Mail::DKIM"

    def __init__(self, folder, keys, dns_port):
        super().__init__(folder, "perl", os.path.join(HERE, "mail_dkim.pl"), keys[1].path, str(dns_port))
        self.keys = [key for key in keys if key.bits]

    def messages(self):
        yield from self.signed()
        yield from self.sealed()
        yield from self.domainkeys()

    def signed(self):
        for key in self.keys:
            for header, body in CANONS:
                for number, text in enumerate(BODIES[:5]):
                    yield ("Mail::DKIM %s %s/%s body %d" % (key.selector, header, body, number),
                           self.change(HEADER + b"\r\n" + text, "signed", "dkim", "%s/%s" % (header, body), key.selector, key.path), "dkim")

    def sealed(self):
        for number, text in enumerate(BODIES):
            for length in (1, 2, 3, 5, 8, 2, 3):
                octets = HEADER + b"\r\n" + text
                for instance in range(length):
                    octets = self.change(RESULTS % (b"pass" if instance else b"none") + octets, "sealed", "arc", "pass" if instance else "none")
                yield "Mail::DKIM body %d, %d sets" % (number, length), octets, "arc"

    def domainkeys(self):
        for number, text in enumerate(BODIES):
            for method in ("simple", "nofws"):
                for headers in ("0", "1"):
                    for extra in (b"", b"Sender: joe@signer.example\r\nX-Empty: twice\r\n"):
                        yield ("DomainKeys %s body %d%s%s" % (method, number, " h=" if headers == "1" else "", " Sender" if extra else ""),
                               self.change(HEADER + extra + b"\r\n" + text, "signed", "dk", method, headers), "domainKeys")

    def judges(self, kind, selector):
        return selector != "ed"  # its version in Debian 12 knows RSA alone

    def says(self, kind, octets):
        verb = {"dkim": "check-dkim", "arc": "check-arc", "domainKeys": "check-dk"}[kind]
        return self.ask(verb, self.scratch.put(octets)) == "pass"


class RspamdPeer:
    """It writes relaxed/relaxed only; its seals are RSA only. No third seal of it: it hashes the sets below in the wrong order
    (RFC 8617 §5.1.1), and takes its own for broken. No body of white space alone: it signs a line where §3.4.4 of RFC 6376
    leaves none."""
    name = "rspamd"

    def __init__(self, keys, server):
        self.keys, self.server = keys, server

    def fields(self, verb, key):
        return {verb: "yes", "DkimDomain": DOMAIN, "DkimSelector": key.selector, "DkimPrivateKey": key.short.decode()}

    def messages(self):
        for key in self.keys:
            for number, text in enumerate(BODIES + [b"no line end", b"two  \r\n  lines", b"\tx\r\n\r\n", b"=\r\n;\r\n"]):
                octets = HEADER + b"\r\n" + text
                answer = self.server.post(octets, self.fields("PerformDkimSign", key))
                yield "rspamd %s body %d" % (key.selector, number), b"DKIM-Signature: " + answer["dkim-signature"].encode() + b"\r\n" + octets, "dkim"
        for key in self.keys[:3]:
            for number, text in enumerate(BODIES):
                octets = HEADER + b"\r\n" + text
                for length in (1, 2):
                    octets = self.seal(key, octets)
                    yield "rspamd %s body %d, %d sets" % (key.selector, number, length), octets, "arc"

    def seal(self, key, octets):
        added = self.server.post(octets, self.fields("PerformArcSign", key))["milter"]["add_headers"]
        field = lambda name: name.encode() + b": " + added[name]["value"].encode() + b"\r\n"
        return b"".join(map(field, ("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"))) + octets

    def judges(self, kind, selector):
        return kind != "domainKeys"

    def says(self, kind, octets):
        symbols = self.server.post(octets, {})["symbols"]
        if kind == "arc":
            return "ARC_ALLOW" in symbols
        return "R_DKIM_ALLOW" in symbols

    def stop(self):
        pass
