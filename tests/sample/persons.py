# SPDX-License-Identifier: MIT
"""People with certificates for mail, and what they sign: an authority of our own, made afresh for every run. Structures
are built here octet by octet where a test wants one that no program makes; everything else is signed by `openssl cms`."""
import base64, datetime, hashlib, os, subprocess, tempfile
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = 86400
MAIL = [ExtendedKeyUsageOID.EMAIL_PROTECTION]
_keys = {}


def new_key(kind="rsa", n=0):
    """One key of each kind and number a run: making them is the slow part."""
    if (kind, n) not in _keys:
        _keys[kind, n] = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048 if kind == "rsa" else int(kind))
    return _keys[kind, n]


def when(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None)


def pem(*certificates):
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def usage(**bits):
    names = ("digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
             "encipher_only decipher_only").split()
    return x509.KeyUsage(**{name: bits.get(name, False) for name in names})


class Person:
    def __init__(self, certificate, key, chain=()):
        self.certificate, self.key, self.chain = certificate, key, list(chain)


class Authority:
    """A root, an intermediate below it, and whom they vouch for."""

    def __init__(self, now, name="Test Mail", kind="rsa"):
        self.now, self.serial, self.kind = now, 0x10, kind
        self.root = self.authority(name + " Root", None)
        self.issuing = self.authority(name + " Issuing CA", self.root)

    def build(self, subject, issuer, key, extensions, days=(-30, 300), digest=hashes.SHA256):
        self.serial += 1
        name = x509.Name([x509.NameAttribute(oid, text) for oid, text in subject])
        b = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer.certificate.subject if issuer else name)
             .public_key(key.public_key()).serial_number(self.serial)
             .not_valid_before(when(self.now + days[0] * DAY)).not_valid_after(when(self.now + days[1] * DAY)))
        for extension, critical in extensions:
            b = b.add_extension(extension, critical)
        return b.sign((issuer or Person(None, key)).key, digest())

    def authority(self, name, issuer, length=None, ca=True, days=(-3650, 3650), key=None, more=(), eku=None, constraints=True):
        key = key or new_key(self.kind, name)
        extensions = [(x509.BasicConstraints(ca, length if ca else None), True)] if constraints else []
        extensions += [(usage(key_cert_sign=True, crl_sign=True), True)] + list(more)
        extensions += [(x509.ExtendedKeyUsage(eku), False)] if eku else []
        return Person(self.build([(NameOID.ORGANIZATION_NAME, name), (NameOID.COMMON_NAME, name)], issuer, key, extensions, days), key)

    def person(self, address, name="Alice", issuer=None, key=None, names=None, eku=MAIL, ku=None, more=(), dn=None, ca=False, chain=None, **wishes):
        issuer, key = issuer or self.issuing, key or new_key(self.kind, address)
        subject = [(NameOID.COMMON_NAME, name)] + ([(NameOID.EMAIL_ADDRESS, dn)] if dn else [])
        extensions = [(x509.BasicConstraints(ca, None), True)] + list(more)
        extensions += [(usage(**(ku or {"digital_signature": True})), True)]
        extensions += [(x509.ExtendedKeyUsage(eku), False)] if eku else []
        if names is None:
            names = [x509.RFC822Name(address)] if address else []
        if isinstance(names, bytes):  # the extension's DER
            extensions.append((x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), names), False))
        elif names:
            extensions.append((x509.SubjectAlternativeName(names), False))
        return Person(self.build(subject, issuer, key, extensions, **wishes), key, [issuer.certificate] if chain is None else chain)

    def crl(self, issuer, revoked=(), days=(-1, 7)):
        """PEM; `revoked`: (person, days from now, reason or None)."""
        b = (x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
             .last_update(when(self.now + days[0] * DAY)).next_update(when(self.now + days[1] * DAY)))
        for person, day, reason in revoked:
            entry = (x509.RevokedCertificateBuilder().serial_number(person.certificate.serial_number)
                     .revocation_date(when(self.now + day * DAY)))
            b = b.add_revoked_certificate((entry.add_extension(x509.CRLReason(reason), False) if reason else entry).build())
        return b.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


# --- signing by openssl ------------------------------------------------------------------------------------------

def write(folder, octets):
    handle, path = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(octets)
    return path


def key_pem(person):
    return person.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def openssl_cms(person, content, *words, more=()):
    """DER of `openssl cms -sign`, detached unless -nodetach is among the words; `more`: further signers."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-in", write(folder, content)]
        for p in (person, *more):
            command += ["-signer", write(folder, pem(p.certificate)), "-inkey", write(folder, key_pem(p))]
            command += [w for w in words if w.startswith("rsa_")] and ["-keyopt", [w for w in words if w.startswith("rsa_")][0]]
        if person.chain:
            command += ["-certfile", write(folder, pem(*person.chain))]
        command += [w for w in words if not w.startswith("rsa_")]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout


# --- structures made by hand (RFC 5652) ----------------------------------------------------------------------------

def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytes([first * 40 + second])
    for arc in rest:
        groups = [arc & 0x7f]
        while arc > 0x7f:
            arc >>= 7
            groups.insert(0, arc & 0x7f | 0x80)
        out += bytes(groups)
    return tlv(6, out)


DATA, SIGNED = oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.7.2")
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (oid("1.2.840.113549.1.9.%d" % n) for n in (3, 4, 5))
DIGESTS = {"sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256), "sha1": ("1.3.14.3.2.26", hashes.SHA1), "md5": ("1.2.840.113549.2.5", hashes.MD5),
           "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512)}
RSA = tlv(0x30, oid("1.2.840.113549.1.1.1"), tlv(5))


def attribute(kind, *values):
    return tlv(0x30, kind, tlv(0x31, *values))


def utc_time(seconds):
    return tlv(0x17, when(seconds).strftime("%y%m%d%H%M%SZ").encode())


def usual_attributes(content, signed_at, digest="sha256", kind=DATA):
    return [attribute(CONTENT_TYPE, kind), attribute(SIGNING_TIME, utc_time(signed_at)),
            attribute(MESSAGE_DIGEST, tlv(4, hashlib.new(digest, content).digest()))]


def signer_info(person, content, attributes, digest="sha256", algorithm=RSA, broken=False):
    """`attributes` None: the content itself is signed."""
    name, make = DIGESTS[digest]
    signed = tlv(0x31, *sorted(attributes)) if attributes is not None else content
    if isinstance(person.key, ed25519.Ed25519PrivateKey):  # RFC 8419
        signature, algorithm = person.key.sign(signed), tlv(0x30, oid("1.3.101.112"))
    elif isinstance(person.key, ec.EllipticCurvePrivateKey):  # RFC 5753, ecdsa-with-SHA256
        signature, algorithm = person.key.sign(signed, ec.ECDSA(make())), tlv(0x30, oid("1.2.840.10045.4.3.2"))
    else:
        signature = person.key.sign(signed, padding.PKCS1v15(), make())
    c = person.certificate
    serial = c.serial_number.to_bytes(c.serial_number.bit_length() // 8 + 1, "big")
    return tlv(0x30, tlv(2, b"\1"), tlv(0x30, c.issuer.public_bytes(), tlv(2, serial)), tlv(0x30, oid(name), tlv(5)),
               b"" if attributes is None else tlv(0xa0, *sorted(attributes)), algorithm, tlv(4, bytes(len(signature)) if broken else signature))


def signed_data(signers, certificates, content=None, digests=("sha256",), kind=DATA, crls=b""):
    """`certificates`: a list, or the octets that stand for them."""
    if not isinstance(certificates, bytes):
        certificates = b"".join(c.public_bytes(serialization.Encoding.DER) for c in certificates)
    inside = tlv(0x30, kind, tlv(0xa0, tlv(4, content)) if content is not None else b"")
    return tlv(0x30, SIGNED, tlv(0xa0, tlv(
        0x30, tlv(2, b"\1"), tlv(0x31, *[tlv(0x30, oid(DIGESTS[d][0]), tlv(5)) for d in digests]), inside,
        tlv(0xa0, certificates) if certificates else b"", tlv(0xa1, crls) if crls else b"", tlv(0x31, *signers))))


# --- messages ------------------------------------------------------------------------------------------------------

def lines(octets):
    return b"\r\n".join(base64.encodebytes(octets).split()) + b"\r\n"


def entity(text="the amount is 100 EUR.\r\n", kind='text/plain; charset="utf-8"', more=""):
    return ("Content-Type: %s\r\n%s\r\n%s" % (kind, more, text)).encode()


def header(author="Alice <alice@corp.test>", more="", subject="Invoice", date="Sat, 21 Nov 2026 20:00:00 +0000"):
    return ("From: %s\r\nTo: bob@home.test\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <1@corp.test>\r\nMIME-Version: 1.0\r\n%s"
            % (author, subject, date, more)).encode()


def signed_body(payload, cms, micalg="sha-256", protocol="application/pkcs7-signature", boundary="sig", before=b"", after=b"", extra=b"",
                signature_type=None):
    """From Content-Type on: a multipart/signed."""
    b = boundary.encode()
    return (('Content-Type: multipart/signed; protocol="%s"; micalg=%s; boundary="%s"\r\n\r\n' % (protocol, micalg, boundary)).encode()
            + before + b"--" + b + b"\r\n" + payload + b"\r\n--" + b + b"\r\nContent-Type: " + (signature_type or protocol).encode()
            + b"; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7s\r\n\r\n"
            + lines(cms) + extra + b"\r\n--" + b + b"--\r\n" + after)


def opaque_body(cms, kind="signed-data"):
    return (b"Content-Type: application/pkcs7-mime; smime-type=" + kind.encode() + b"; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Disposition: attachment; filename=smime.p7m\r\n\r\n" + lines(cms))
