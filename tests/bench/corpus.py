#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""2,000 mails of mixed size for `make bench`, signed and sealed with fresh keys, their DNS zone, and what a verifier must say.

usage: corpus.py DIR [SCALE]        SCALE 0.1 makes a tenth of each size class

DIR/mails/NNNNN.eml   CRLF messages, sizes spread over the numbers
DIR/zone.txt          keys, revoked keys, SPF and DMARC records under bench.example.
DIR/keys.tsv          KEY-NAME  rsa|ed25519  base64 of the SubjectPublicKeyInfo
DIR/operations.tsv    NUMBER  KEY-NAME  hex of the SHA-256 that was signed  base64 of the signature:
                      the public-key operations that no verifier can do without
DIR/expected.tsv      NUMBER  SIZE-CLASS  KIND  result of each signature, top first, or "none"; ARC, SPF, DMARC result;
                      client address, HELO name, MAIL FROM
The mix follows from the seed; keys and therefore signatures are new each time."""
import base64, hashlib, multiprocessing, os, random, re, shutil, sys
from email.utils import formatdate

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils

VERSION = 2  # a corpus of another version is made again
NOW = 1767225600  # 2026-01-01T00:00:00Z: when all of it is received
SIZES = [("2k", 2_000, 1100), ("20k", 20_000, 700), ("200k", 200_000, 190), ("5m", 5_000_000, 10)]
# name, weight, signatures bottom first: (selector, which domain, c=), ARC sets
KINDS = [
    ("rsa", 43, [("rsa", "own", "relaxed/relaxed")], 0),
    ("rsa-simple", 12, [("rsa", "own", "simple/simple")], 0),
    ("rsa-relaxed-simple", 5, [("rsa", "own", "relaxed/simple")], 0),
    ("ed25519", 8, [("ed", "own", "relaxed/relaxed")], 0),
    ("rsa-and-ed25519", 8, [("rsa", "own", "relaxed/relaxed"), ("ed", "own", "relaxed/relaxed")], 0),
    ("two-domains", 8, [("rsa", "own", "relaxed/simple"), ("rsa", "service", "relaxed/relaxed")], 0),
    ("forwarded", 5, [("rsa", "own", "relaxed/relaxed")], 1),
    ("forwarded-twice", 4, [("rsa", "own", "relaxed/relaxed")], 2),
    ("forwarded-thrice", 2, [("rsa", "own", "relaxed/relaxed")], 3),
    ("unsigned", 5, [], 0),
]
TAMPERED = {"body": 2, "header": 2, "signature": 1, "no-key": 1, "revoked": 1, "expired": 1}  # of 100 signed ones
DOMAINS = ["shop%02d.bench.example" % i for i in range(20)]
SERVICE = "service.bench.example"
FORWARDERS = ["forwarder%d.bench.example" % i for i in range(3)]
BORDER = "mail.bench.example"  # takes all of it from outside
SIGNED = [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"MIME-Version", b"Content-Type", b"From"]
SEALED = SIGNED[:-1] + [b"DKIM-Signature"]
VOCABULARY = ("order parcel invoice meeting train garden winter bread window letter river bicycle market lamp music coffee "
              "please thank confirm deliver open change arrive between under before tomorrow monday often quietly seven "
              "Größe façade señal naïve żółty").split()


# --- keys ------------------------------------------------------------------------------------------

def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def make_keys():
    keys = {}
    for domain in DOMAINS + [SERVICE] + FORWARDERS:
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
    for i, domain in enumerate(DOMAINS + FORWARDERS):  # a third of them lists a service too, a third forbids all else
        out.append(txt(domain, "v=spf1 ip4:192.0.2.%d mx%s %sall" % (i + 1, " include:_spf." + SERVICE if i % 3 == 1 else "", "-" if i % 3 == 2 else "~")))
        out.append("%s. 3600 IN MX 10 mx.%s.\nmx.%s. 3600 IN A 198.51.100.%d\n" % (domain, domain, domain, i + 1))
    out.append(txt("_spf." + SERVICE, "v=spf1 ip4:198.51.100.128/25 ip6:2001:db8::/48 -all"))
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


def chosen(fields, names):
    left = list(fields)
    for name in names:
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
    data = b"".join(canonical_field(f, header_canon) for f in chosen(fields, SIGNED)) + canonical_field(start + b"\r\n", header_canon)[:-2]
    return finish(start, key, data)


def finish(start, key, data):
    """-> (field `start` with its b=, digest of `data`, signature)"""
    digest = hashlib.sha256(data).digest()
    b = key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())) if isinstance(key, rsa.RSAPrivateKey) else key.sign(digest)
    text = base64.b64encode(b)
    return start + b"\r\n\t ".join(text[i:i + 70] for i in range(0, len(text), 70)) + b"\r\n", digest, b


def seal(sets, fields, body, instance, domain):
    """The next ARC set (RFC 8617 §5.1). sets: those there are, oldest first, each (results, message signature, seal). -> (set, operations)"""
    name = "rsa._domainkey." + domain
    key, relaxed = KEYS[name], lambda field: canonical_field(field, "relaxed")
    i, d = b"%d" % instance, domain.encode()
    results = b"ARC-Authentication-Results: i=%s; %s;\r\n\tdkim=pass header.d=shop.example header.s=rsa; spf=pass smtp.mailfrom=shop.example\r\n" % (i, d)
    start = b"ARC-Message-Signature: i=%s; a=rsa-sha256; c=relaxed/relaxed; d=%s;\r\n\ts=rsa; t=%d; h=%s;\r\n\tbh=%s;\r\n\tb=" % (
        i, d, NOW - 50 + instance, b":".join(SEALED), base64.b64encode(hashlib.sha256(canonical_body(body, "relaxed")).digest()))
    signature, signed, signed_b = finish(start, key, b"".join(map(relaxed, chosen(fields, SEALED))) + relaxed(start + b"\r\n")[:-2])
    start = b"ARC-Seal: i=%s; a=rsa-sha256; t=%d; cv=%s;\r\n\td=%s; s=rsa;\r\n\tb=" % (i, NOW - 50 + instance, b"pass" if sets else b"none", d)
    older = b"".join(relaxed(field) for each in sets for field in each)
    sealed, digest, b = finish(start, key, older + relaxed(results) + relaxed(signature) + relaxed(start + b"\r\n")[:-2])
    return (results, signature, sealed), [(name, signed, signed_b), (name, digest, b)]


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


def session(r, domain, forwarder):
    """Who brought it. -> (client address, HELO name, MAIL FROM, SPF result)"""
    sender = forwarder or domain
    i = (DOMAINS + FORWARDERS).index(sender)
    way = r.random()
    if way < 0.08:
        address, result = "203.0.113.%d" % r.randint(1, 250), "fail" if i % 3 == 2 else "softfail"
    elif way < 0.16 and i % 3 == 1:
        address, result = "198.51.100.%d" % r.randint(130, 250), "pass"  # through the include
    elif way < 0.30:
        address, result = "198.51.100.%d" % (i + 1), "pass"  # through mx
    else:
        address, result = "192.0.2.%d" % (i + 1), "pass"
    return address, "mx." + sender, "bounce@" + sender, result


def make_mail(job):
    number, label, size, directory = job
    r = random.Random("inkan bench %d" % number)
    domain = r.choice(DOMAINS)
    kind, _, signatures, n_sets = r.choices(KINDS, [kind[1] for kind in KINDS])[0]
    hurt = r.choices([""] + list(TAMPERED), [100 - sum(TAMPERED.values())] + list(TAMPERED.values()))[0] if signatures else ""
    if n_sets and hurt in ("no-key", "revoked", "expired"):
        hurt = ""
    fields, body = compose(r, number, int(size * r.uniform(0.8, 1.2)), domain)
    times = b"t=%d; x=%d;" % (NOW - 900, NOW - 600) if hurt == "expired" else b"t=%d;" % (NOW - 60)
    operations, results, sets = [], [], []
    for selector, who, canon in signatures:
        signer = domain if who == "own" else SERVICE
        first = (selector, who, canon) == signatures[0]  # of two signatures one loses its key
        written = {"no-key": "gone", "revoked": "revoked"}.get(hurt, selector) if first else selector
        name = "%s._domainkey.%s" % (selector, signer)
        field, digest, b = sign(KEYS[name], fields, body, signer, written, canon, times)
        fields = [field] + fields
        lost = written != selector
        results.insert(0, "permerror" if lost else "fail" if hurt in ("body", "header", "expired") else "pass")
        if not lost and hurt != "expired":
            operations.append((name, digest, b))
    for instance in range(1, n_sets + 1):
        added, more = seal(sets, fields, body, instance, FORWARDERS[(number + instance) % 3])
        sets, operations = sets + [added], operations + more
    fields = [field for each in reversed(sets) for field in reversed(each)] + fields
    arc = "none" if not n_sets else "fail" if hurt else "pass"
    if hurt == "signature" and not n_sets:
        results[0] = "fail"
    fields, body = spoil(r, hurt, fields, body)
    address, helo, mail_from, spf = session(r, domain, FORWARDERS[(number + n_sets) % 3] if n_sets else None)
    own = any(result == "pass" and who == "own" for result, (_, who, _) in zip(reversed(results), signatures))
    dmarc = "pass" if own or (spf == "pass" and not n_sets) else "fail"
    received = b"Received: from %s (%s [%s])\r\n\tby %s with ESMTPS (envelope-from <%s>); %s\r\n" % (
        helo.encode(), helo.encode(), address.encode(), BORDER.encode(), mail_from.encode(), formatdate(NOW).encode())
    with open(os.path.join(directory, "mails", "%05d.eml" % number), "wb") as f:
        f.write(b"Return-Path: <%s>\r\n" % mail_from.encode() + received + b"".join(fields) + b"\r\n" + body)
    expected = (number, label, kind + ("-" + hurt if hurt else ""), ",".join(results) or "none", arc, spf, dmarc, address, helo, mail_from)
    return expected, [(number, name, digest.hex(), base64.b64encode(b).decode()) for name, digest, b in operations]


# --- Authentication-Results ------------------------------------------------------------------------

def authres_field(r):
    """One field as receivers of very different taste write it, now and then a broken one."""
    name = lambda: "n%d.example" % r.randint(0, 400)
    word = lambda: r.choice(["pass", "pass", "pass", "fail", "none", "neutral", "softfail", "temperror", "permerror"])
    d, b = name(), "%08x" % r.getrandbits(32)
    address = "192.0.2.%d" % r.randint(1, 250)
    shape = r.randint(1, 100)
    if shape <= 20:
        text = "mail.bench.example; dkim=%s header.d=%s" % (word(), d)
    elif shape <= 45:
        text = ("mx.large.example;\r\n       dkim=%s header.i=@%s header.s=s2026 header.b=%s;\r\n       spf=%s (large.example: domain of b@%s designates %s as"
                " permitted sender) smtp.mailfrom=b@%s;\r\n       dmarc=%s (p=REJECT sp=REJECT dis=NONE) header.from=%s" % (word(), d, b, word(), d, address, d, word(), d))
    elif shape <= 60:
        text = ("front.office.example; spf=%s (sender IP is %s)\r\n smtp.mailfrom=%s; dkim=%s (signature was verified)\r\n header.d=%s;dmarc=%s action=none\r\n"
                " header.from=%s;compauth=pass reason=100" % (word(), address, d, word(), d, word(), d))
    elif shape <= 75:
        text = ("mx1.quick.example;\r\n    arc=none (no signatures found);\r\n    dkim=%s (2048-bit rsa key sha256) header.d=%s header.i=@%s\r\n      header.b=%s header.s=s1"
                " x-bits=2048;\r\n    dmarc=%s policy.published-domain-policy=reject\r\n      policy.applied-disposition=none (p=reject,d=none) header.from=%s;\r\n"
                "    iprev=pass smtp.remote-ip=%s (mail.%s);\r\n    spf=%s smtp.mailfrom=b@%s smtp.helo=mail.%s" % (word(), d, d, b, word(), d, address, d, word(), d, d))
    elif shape <= 82:
        text = "mx%d.bench.example; none" % r.randint(1, 9)
    elif shape <= 90:
        text = ('"mx.bench.example" 1 (a (nested \\) one))\r\n ; dkim/1 = %s reason="a \\"quoted\\"; reason" (one)(two) header.d = "%s"\r\n\theader.i=u@%s'
                ' ; auth=pass (cram-md5) smtp.auth=u@%s' % (word(), d, d, d))
    elif shape <= 96:
        text = "mx.bench.example" + "".join(";\r\n\t%s=%s header.d=%s header.s=s%d" % (r.choice(["dkim", "spf", "arc", "x-tls"]), word(), name(), i)
                                            for i in range(r.randint(10, 24)))
    else:
        text = r.choice(["mx.bench.example; dkim=pass header.d=(no end; spf=fail", "mx.bench.example; =pass; dkim", "; dkim=pass", 'mx.bench.example; dkim="pas'])
    return "Authentication-Results: %s\r\n" % text


def write_authres(directory, count=5000):
    path, r = os.path.join(directory, "authres.txt"), random.Random("inkan bench authres")
    with open(path, "w", newline="") as f:
        f.write("".join(authres_field(r) for _ in range(count)))
    return path


# --- reading it again ------------------------------------------------------------------------------

def read_zone(directory):
    """-> {(name, type): [text]}; TXT joined."""
    zone = {}
    with open(os.path.join(directory, "zone.txt")) as f:
        for name, _, _, kind, text in (line.rstrip("\n").split(" ", 4) for line in f):
            zone.setdefault((name.rstrip(".").lower(), kind), []).append(text[1:-1].replace('" "', "") if kind == "TXT" else text)
    return zone


def read_sessions(directory):
    """-> {file name: (client address, HELO name, MAIL FROM)}"""
    with open(os.path.join(directory, "expected.tsv")) as f:
        return {"%05d.eml" % int(cells[0]): tuple(cells[7:10]) for cells in (line.rstrip("\n").split("\t") for line in f)}


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
