#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""2,000 signed mails of mixed size for `make bench`, with fresh keys, their DNS zone, and what a verifier must say.

usage: corpus.py DIR [SCALE]        SCALE 0.1 makes a tenth of each size class

DIR/mails/NNNNN.eml   CRLF messages, sizes spread over the numbers
DIR/zone.txt          keys, revoked keys and DMARC records under bench.example.
DIR/keys.tsv          KEY-NAME  rsa|ed25519  base64 of the SubjectPublicKeyInfo
DIR/operations.tsv    NUMBER  KEY-NAME  hex of the SHA-256 that was signed  base64 of the signature:
                      the public-key operations that no verifier can do without
DIR/expected.tsv      NUMBER  SIZE-CLASS  KIND  result of each signature, top first, or "none"
The mix follows from the seed; keys and therefore signatures are new each time."""
import base64, hashlib, multiprocessing, os, random, re, shutil, sys
from email.utils import formatdate

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils

VERSION = 1  # a corpus of another version is made again
NOW = 1767225600  # 2026-01-01T00:00:00Z: when all of it is received
SIZES = [("2k", 2_000, 1100), ("20k", 20_000, 700), ("200k", 200_000, 190), ("5m", 5_000_000, 10)]
# name, weight, signatures bottom first: (selector, which domain, c=)
KINDS = [
    ("rsa", 48, [("rsa", "own", "relaxed/relaxed")]),
    ("rsa-simple", 13, [("rsa", "own", "simple/simple")]),
    ("rsa-relaxed-simple", 5, [("rsa", "own", "relaxed/simple")]),
    ("ed25519", 9, [("ed", "own", "relaxed/relaxed")]),
    ("rsa-and-ed25519", 9, [("rsa", "own", "relaxed/relaxed"), ("ed", "own", "relaxed/relaxed")]),
    ("two-domains", 10, [("rsa", "own", "relaxed/simple"), ("rsa", "service", "relaxed/relaxed")]),
    ("unsigned", 6, []),
]
TAMPERED = {"body": 2, "header": 2, "signature": 1, "no-key": 1, "revoked": 1, "expired": 1}  # of 100 signed ones
DOMAINS = ["shop%02d.bench.example" % i for i in range(20)]
SERVICE = "service.bench.example"
SIGNED = [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type", b"From"]
VOCABULARY = ("order parcel invoice meeting train garden winter bread window letter river bicycle market lamp music coffee "
              "please thank confirm deliver open change arrive between under before tomorrow monday often quietly seven "
              "Größe façade señal naïve żółty").split()


# --- keys ------------------------------------------------------------------------------------------

def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def make_keys():
    keys = {}
    for domain in DOMAINS + [SERVICE]:
        keys["rsa._domainkey." + domain] = rsa.generate_private_key(65537, 2048)
        keys["ed._domainkey." + domain] = ed25519.Ed25519PrivateKey.generate()
    return keys


def record(key):
    if isinstance(key, rsa.RSAPrivateKey):
        return "v=DKIM1; k=rsa; p=" + base64.b64encode(spki(key)).decode()
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return "v=DKIM1; k=ed25519; p=" + base64.b64encode(raw).decode()


def txt(name, text):
    return "%s. 3600 IN TXT %s\n" % (name, " ".join('"%s"' % text[i:i + 250] for i in range(0, len(text), 250)))


def zone(keys):
    out = [txt(name, record(key)) for name, key in keys.items()]
    for i, domain in enumerate(DOMAINS):
        out.append(txt("revoked._domainkey." + domain, "v=DKIM1; p="))
        out.append(txt("_dmarc." + domain, "v=DMARC1; p=" + ("none", "quarantine", "reject")[i % 3]))
    return "".join(out)


# --- content ---------------------------------------------------------------------------------------

def sentence(r, n):
    return " ".join(r.choice(VOCABULARY) for _ in range(n))


def prose(r, size):
    """Text as people write it: quotes, empty lines, format=flowed spaces, a tab now and then."""
    lines, total = [], 0
    while total < size:
        kind = r.random()
        line = ("" if kind < 0.08 else "> " + sentence(r, 8) if kind < 0.14 else sentence(r, 9) + " " if kind < 0.22
                else sentence(r, 4) + "  \t" + sentence(r, 3) if kind < 0.25 else sentence(r, r.randint(4, 11))).encode()
        lines.append(line)
        total += len(line) + 2
    return b"\r\n".join(lines) + b"\r\n"


def html(r, size):
    rows, total = [b"<table>"], 0
    while total < size:
        row = b'<tr><td class=3D"c%d">%s</td>=\r\n <td>%s</td></tr>' % (
            r.randint(0, 9), sentence(r, 5).encode("ascii", "xmlcharrefreplace"), sentence(r, 2).encode("ascii", "xmlcharrefreplace"))
        rows.append(row)
        total += len(row) + 2
    return b"\r\n".join(rows + [b"</table>"]) + b"\r\n"


def attachment(r, size):
    text = base64.b64encode(r.randbytes(size * 3 // 4 * 76 // 78))
    return b"\r\n".join(text[i:i + 76] for i in range(0, len(text), 76)) + b"\r\n"


def part(boundary, head, content):
    return b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + content


def compose(r, number, size, domain):
    """-> (header fields, body)"""
    fields = [b'From: "%s" <news@%s>\r\n' % (domain.split(".")[0].title().encode(), domain.encode()),
              b"To: Reader <reader@mail.bench.example>\r\n",
              b"Subject: %s (%d)\r\n" % (sentence(r, 5).encode("ascii", "replace"), number),
              b"Date: %s\r\n" % formatdate(NOW - 60).encode(),
              b"Message-ID: <%d.%08x@%s>\r\n" % (number, r.getrandbits(32), domain.encode()),
              b"List-Unsubscribe: <https://%s/u?%d>\r\n" % (domain.encode(), number),
              b"MIME-Version: 1.0\r\n"]
    boundary = b"=_%016x" % r.getrandbits(64)
    if size < 10_000:
        return (fields + [b"Content-Type: text/plain; charset=utf-8\r\n", b"Content-Transfer-Encoding: 8bit\r\n"],
                prose(r, size - 1500))
    plain = part(boundary, b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", prose(r, min(size // 4, 6000)))
    if size < 100_000:
        fields.append(b'Content-Type: multipart/alternative;\r\n\tboundary="%s"\r\n' % boundary)
        other = part(boundary, b"Content-Type: text/html; charset=us-ascii\r\nContent-Transfer-Encoding: quoted-printable", html(r, size - 7500))
    else:
        fields.append(b'Content-Type: multipart/mixed; boundary="%s"\r\n' % boundary)
        other = part(boundary, b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64", attachment(r, size - 8000))
    return fields, plain + other + b"--" + boundary + b"--\r\n"


# --- signing ---------------------------------------------------------------------------------------

def canonical_body(body, how):
    if how == "relaxed":
        body = re.sub(rb"[ \t]+", b" ", body).replace(b" \r\n", b"\r\n")
    body = body.rstrip(b"\r\n")
    return body + b"\r\n" if body or how == "simple" else b""


def canonical_field(field, how):
    if how == "simple":
        return field
    name, value = field.split(b":", 1)
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip() + b"\r\n"


def chosen(fields):
    left = list(fields)
    for name in SIGNED:
        for i in range(len(left) - 1, -1, -1):
            if left[i].split(b":", 1)[0].lower() == name.lower():
                yield left.pop(i)
                break


def sign(key, fields, body, domain, selector, canon, times):
    header_canon, body_canon = canon.split("/")
    algorithm = "rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ed25519-sha256"
    bh = base64.b64encode(hashlib.sha256(canonical_body(body, body_canon)).digest())
    start = b"DKIM-Signature: v=1; a=%s; c=%s; d=%s;\r\n\ts=%s; %s\r\n\th=%s;\r\n\tbh=%s;\r\n\tb=" % (
        algorithm.encode(), canon.encode(), domain.encode(), selector.encode(), times, b":".join(SIGNED), bh)
    data = b"".join(canonical_field(f, header_canon) for f in chosen(fields)) + canonical_field(start + b"\r\n", header_canon)[:-2]
    digest = hashlib.sha256(data).digest()
    if algorithm == "rsa-sha256":
        b = key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    else:
        b = key.sign(digest)
    text = base64.b64encode(b)
    return start + b"\r\n\t ".join(text[i:i + 70] for i in range(0, len(text), 70)) + b"\r\n", digest, b


def spoil(r, how, fields, body):
    """What happens to a signed message on its way. -> (fields, body)"""
    if how == "body":
        at = body.index(b"e", len(body) // 2)
        return fields, body[:at] + b"X" + body[at + 1:]
    if how == "header":
        return [f.replace(b"Subject: ", b"Subject: Re: ") for f in fields], body
    if how == "signature":
        top = fields[0]
        at = top.rindex(b"\tb=") + 20
        return [top[:at] + (b"A" if top[at:at + 1] != b"A" else b"B") + top[at + 1:]] + fields[1:], body
    return fields, body


def make_mail(job):
    number, label, size, directory = job
    r = random.Random("inkan bench %d" % number)
    domain = r.choice(DOMAINS)
    kind, _, signatures = r.choices(KINDS, [weight for _, weight, _ in KINDS])[0]
    hurt = r.choices([""] + list(TAMPERED), [100 - sum(TAMPERED.values())] + list(TAMPERED.values()))[0] if signatures else ""
    fields, body = compose(r, number, int(size * r.uniform(0.8, 1.2)), domain)
    times = b"t=%d; x=%d;" % (NOW - 900, NOW - 600) if hurt == "expired" else b"t=%d;" % (NOW - 60)
    operations, results = [], []
    for selector, who, canon in signatures:
        signer = domain if who == "own" else SERVICE
        first = (selector, who, canon) == signatures[0]  # of two signatures one loses its key
        written = {"no-key": "gone", "revoked": "revoked"}.get(hurt, selector) if first else selector
        name = "%s._domainkey.%s" % (selector, signer)
        field, digest, b = sign(KEYS[name], fields, body, signer, written, canon, times)
        fields = [field] + fields
        lost = written != selector
        result = "permerror" if lost else "fail" if hurt in ("body", "header", "expired") else "pass"
        results.insert(0, result)
        if not lost and hurt != "expired":
            operations.append((number, name, digest.hex(), base64.b64encode(b).decode()))
    if hurt == "signature":
        results[0] = "fail"
    fields, body = spoil(r, hurt, fields, body)
    received = b"Received: from mx.%s (mx.%s [192.0.2.%d])\r\n\tby mail.bench.example with ESMTPS; %s\r\n" % (
        domain.encode(), domain.encode(), number % 250 + 1, formatdate(NOW).encode())
    with open(os.path.join(directory, "mails", "%05d.eml" % number), "wb") as f:
        f.write(received + b"".join(fields) + b"\r\n" + body)
    return (number, label, kind + ("-" + hurt if hurt else ""), ",".join(results) or "none"), operations


# --- the corpus ------------------------------------------------------------------------------------

def generate(directory, scale=1.0):
    """Fills `directory` unless it holds this version at this scale already."""
    global KEYS
    stamp = os.path.join(directory, "stamp")
    wanted = "%d %g\n" % (VERSION, scale)
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(os.path.join(directory, "mails"))
    KEYS = make_keys()
    sizes = [(label, size) for label, size, count in SIZES for _ in range(max(1, round(count * scale)))]
    random.Random("inkan bench order").shuffle(sizes)
    jobs = [(i, label, size, directory) for i, (label, size) in enumerate(sizes)]
    with multiprocessing.get_context("fork").Pool() as pool:
        mails = pool.map(make_mail, jobs, 20)
    write = lambda name, text: open(os.path.join(directory, name), "w").write(text)
    row = lambda values: "\t".join(map(str, values)) + "\n"
    write("zone.txt", zone(KEYS))
    write("keys.tsv", "".join(row((name, "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ed25519",
                                   base64.b64encode(spki(key)).decode())) for name, key in KEYS.items()))
    write("expected.tsv", "".join(row(expected) for expected, _ in mails))
    write("operations.tsv", "".join(row(operation) for _, operations in mails for operation in operations))
    write("stamp", wanted)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    generate(sys.argv[1], float(sys.argv[2]) if len(sys.argv) == 3 else 1.0)
