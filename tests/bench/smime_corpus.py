#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""2 KB mails with S/MIME signatures for `make bench`: 25 signers under one intermediate under one root, RSA of 2,048 bits.

usage: smime_corpus.py DIR [COUNT]

DIR/mails/NNNNN.eml   multipart/signed, CRLF; certificates of signer and intermediate come along
DIR/root.pem          whom to believe
DIR/keys.tsv          KEY-NAME  rsa  base64 of the SubjectPublicKeyInfo
DIR/operations.tsv    as in corpus.py: for each mail the three operations that nobody can do without who has not seen
                      its certificates before: one with the signer's key, its certificate's, the intermediate's"""
import base64, datetime, glob, hashlib, os, random, shutil, sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import corpus

VERSION = 1
SIGNERS = 25
START, END = datetime.datetime(2020, 1, 1), datetime.datetime(2040, 1, 1)


def certificate(name, key, issuer, issuer_key, address=None):
    authority = address is None
    builder = (x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
               .issuer_name(issuer).public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(START).not_valid_after(END)
               .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
               .add_extension(x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False), critical=True))
    if address:
        builder = (builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
                   .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False))
    return builder.sign(issuer_key, hashes.SHA256())


def address(i):
    return "signer%02d@smime.bench.example" % i


def make_mail(r, i, key, leaf, intermediate):
    entity = b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + corpus.prose(r, 2000).decode().encode("ascii", "replace")
    signature = (pkcs7.PKCS7SignatureBuilder().set_data(entity).add_signer(leaf, key, hashes.SHA256()).add_certificate(intermediate)
                 .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]))
    boundary = b"=_%016x" % r.getrandbits(64)
    head = (b"From: Signer <%s>\r\nTo: Reader <reader@mail.bench.example>\r\nSubject: signed\r\nMIME-Version: 1.0\r\n"
            b"Date: Wed, 31 Dec 2025 23:59:00 +0000\r\nContent-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
            b"\tmicalg=sha-256; boundary=\"%s\"\r\n\r\n" % (address(i).encode(), boundary))
    text = base64.b64encode(signature)
    lines = b"\r\n".join(text[at:at + 76] for at in range(0, len(text), 76))
    return (head + b"--" + boundary + b"\r\n" + entity + b"\r\n--" + boundary +
            b"\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines +
            b"\r\n--" + boundary + b"--\r\n")


def generate(directory, count=500):
    """Fills `directory` unless it holds this version already. -> paths"""
    stamp, wanted = os.path.join(directory, "stamp"), "%d %d\n" % (VERSION, count)
    if not os.path.exists(stamp) or open(stamp).read() != wanted:
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(os.path.join(directory, "mails"))
        fill(directory, count)
        with open(stamp, "w") as f:
            f.write(wanted)
    return sorted(glob.glob(os.path.join(directory, "mails", "*.eml")))


def fill(directory, count):
    new_key = lambda: rsa.generate_private_key(65537, 2048)
    root_key, middle_key = new_key(), new_key()
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bench Root")])
    root = certificate("Bench Root", root_key, root_name, root_key)
    middle = certificate("Bench Intermediate", middle_key, root.subject, root_key)
    signers = [(key, certificate("Signer %d" % i, key, middle.subject, middle_key, address(i)))
               for i, key in enumerate(new_key() for _ in range(SIGNERS))]
    said = hashlib.sha256(b"attributes").digest()
    tbs = lambda each: (hashlib.sha256(each.tbs_certificate_bytes).digest(), each.signature)
    r, operations = random.Random("inkan bench smime"), []
    for number in range(count):
        i = number % SIGNERS
        key, leaf = signers[i]
        with open(os.path.join(directory, "mails", "%05d.eml" % number), "wb") as f:
            f.write(make_mail(r, i, key, leaf, middle))
        own = key.sign(said, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        operations += [(number, name, digest.hex(), base64.b64encode(b).decode())
                       for name, (digest, b) in (("signer%d" % i, (said, own)), ("middle", tbs(leaf)), ("root", tbs(middle)))]
    keys = {"root": root_key, "middle": middle_key, **{"signer%d" % i: key for i, (key, _) in enumerate(signers)}}
    row = lambda values: "\t".join(map(str, values)) + "\n"
    write = lambda name, text: open(os.path.join(directory, name), "w").write(text)
    write("root.pem", root.public_bytes(serialization.Encoding.PEM).decode())
    write("keys.tsv", "".join(row((name, "rsa", base64.b64encode(corpus.spki(key)).decode())) for name, key in keys.items()))
    write("operations.tsv", "".join(map(row, operations)))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    generate(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 500)
