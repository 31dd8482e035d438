#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""auth/dkim and dkimpy as each other's judges: what dkimpy signs we pass, in every canonicalisation with both kinds of key
over odd bodies; and each message with one octet changed gets the same answer from both, or the difference is named.

Closing line: "N passed, N failed, N skipped"."""
import base64, os, random, subprocess, sys, tempfile

try:
    import dkim, nacl.signing
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
except ImportError as missing:
    print("skipped: %s\n0 passed, 0 failed, 1 skipped" % missing)
    sys.exit(0)

DRIVER = os.path.join(os.environ.get("INKAN_BUILD", "build"), "tests/conformance/drive_dkim")
CANONS = [(h, b) for h in (b"simple", b"relaxed") for b in (b"simple", b"relaxed")]
HEADER = (b"Received: from a by b;\r\n\tFri, 21 Nov 2025 20:00:00 +0100\r\nFROM:  Joe <joe@signer.example>\r\nTo: a@b.example,\r\n\t c@d.example \r\n"
          b"Subject: =?utf-8?q?x?= \t y\r\nDate: Fri, 21 Nov 2025 20:00:00 +0100\r\nMessage-ID: <1@signer.example>\r\nX-Empty:\r\n")
BODIES = [b"", b"\r\n\r\n", b"one line\r\n", b"no line end", b"trailing \t \r\n\r\nspace  \t here\r\n\r\n\r\n",
          "Grüße, 皆様\r\n.\r\n\tindented\r\n".encode(), b"x" * 2000 + b"\r\n" + b" \r\n" * 20]


def make_keys():
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    seed = nacl.signing.SigningKey.generate()
    return [(b"rsa-sha256", b"rsa", pem, b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)),
            (b"ed25519-sha256", b"ed", base64.b64encode(bytes(seed)), b"v=DKIM1; k=ed25519; p=" + base64.b64encode(bytes(seed.verify_key)))]


KEYS = make_keys()
ZONE = {selector + b"._domainkey.signer.example": record for _, selector, _, record in KEYS}


def ours(message, zone):
    done = subprocess.run([DRIVER, "verify", zone, "1900000000"], input=message, stdout=subprocess.PIPE, check=True, timeout=60)
    return [line.split()[0] for line in done.stdout.decode().split("\n") if line] == ["pass"]


def theirs(message):
    try:
        return dkim.verify(message, dnsfunc=lambda name, timeout=5: ZONE.get(name.rstrip(b".")))
    except Exception:  # dkimpy lets parser errors of hostile input out
        return False


def difference(message, at, we):
    """Why the two may differ when octet `at` is changed, or None."""
    unsigned = [("Received:", "FROM:"), ("Message-ID:", "X-Empty:"), ("\r\n\r\n", "\r\n\r\n")]
    spans = [(message.index(start.encode()), message.index(end.encode()) + 4 * (start == end)) for start, end in unsigned]
    if we and any(start <= at < end for start, end in spans):
        return "dkimpy refuses a message with any malformed header line; RFC 6376 §5.4 hashes those that h= names"
    if not we and message[at:at + 1] in b"\r\n":
        return "dkimpy takes a bare LF for a line end; lines end in CRLF (RFC 6376 §3.4, §5.3)"
    return None


def check(failures, what, good):
    if not good:
        failures.append(what)
        print("FAIL %s" % what)
    return good


def main():
    random.seed(int(os.environ.get("SEED", "6376")))
    passed, failures, explained = 0, [], {}
    with tempfile.NamedTemporaryFile("wb", suffix=".zone") as zone:
        for name, record in ZONE.items():
            zone.write(name + b"\t" + record.hex().encode() + b"\n")
        zone.flush()
        for algorithm, selector, key, _ in KEYS:
            for canon in CANONS:
                for number, body in enumerate(BODIES):
                    for length in (False, True):
                        what = "%s %s/%s body %d%s" % (algorithm.decode(), canon[0].decode(), canon[1].decode(), number, " l=" if length else "")
                        signed = dkim.sign(HEADER + b"\r\n" + body, selector, b"signer.example", key, canonicalize=canon,
                                           signature_algorithm=algorithm, length=length,
                                           include_headers=[b"from", b"to", b"subject", b"date", b"x-empty", b"from"]) + HEADER + b"\r\n" + body
                        passed += check(failures, what, ours(signed, zone.name) and theirs(signed))
                        for at in random.sample(range(len(signed)), 8):
                            changed = signed[:at] + (b"Q" if signed[at:at + 1] != b"Q" else b"8") + signed[at + 1:]
                            we, they = ours(changed, zone.name), theirs(changed)
                            why = difference(signed, at, we) if we != they else None
                            if why:
                                explained[why] = explained.get(why, 0) + 1
                                continue
                            passed += check(failures, "%s, octet %d %r changed: ours %s, dkimpy %s" % (what, at, signed[at:at + 1], we, they), we == they)
    for why, count in explained.items():
        print("%d differences: %s" % (count, why))
    print("%d passed, %d failed, 0 skipped" % (passed, len(failures)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
