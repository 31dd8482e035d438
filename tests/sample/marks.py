#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A mark authority of our own: a root, an issuing authority below it, mark certificates, CRLs, and logos to put into them.

    authority = MarkAuthority(now)
    authority.root_pem                                  what --mark-roots or [brand] mark-roots is given
    authority.certificate("bank.example", logo("B"))    the text that a= serves: certificate, issuing authority
    authority.crl()                                     DER, what the certificate's distribution point serves

Every single defect is one keyword: certificate("bank.example", svg, eku=None) lacks the extended key usage and nothing
else. Used by the sample mailbox, by tests against real servers, and by the tests of the checker itself.

As a program: marks.py FOLDER writes root.pem and the brands of the sample (SAMPLE) there."""
import base64, datetime, gzip, hashlib, os, struct, sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

BRAND_EKU = ObjectIdentifier("1.3.6.1.5.5.7.3.31")  # id-kp-BrandIndicatorforMessageIdentification
LOGOTYPE = ObjectIdentifier("1.3.6.1.5.5.7.1.12")
SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
MARK_POLICY = ObjectIdentifier("1.3.6.1.4.1.53087.1.1")
MARK_TYPE = ObjectIdentifier("1.3.6.1.4.1.53087.1.13")
HASHES = {"sha1": "2b0e03021a", "sha256": "608648016503040201", "sha384": "608648016503040202", "sha512": "608648016503040203",
          "md5": "2a864886f70d0205"}
DAY = 86400


# --- logos ---------------------------------------------------------------------------------------------------------

def logo(letter, colour="#1f4e79", name=None):
    """An SVG Tiny PS picture: a letter drawn from strokes on a coloured square, no fonts needed."""
    strokes = {"B": "M34 24V72H56A12 12 0 0 0 56 48H34H54A12 12 0 0 0 54 24Z", "T": "M26 26H70M48 26V74", "K": "M34 24V72M66 24L36 50L66 72",
               "L": "M34 24V72H66", "S": "M66 32Q48 18 36 32T48 48T60 66Q46 78 30 66", "M": "M28 72V26L48 54L68 26V72"}
    return ('<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 96 96"><title>%s</title>'
            '<rect width="96" height="96" fill="%s"/><path d="%s" fill="none" stroke="#ffffff" stroke-width="9"/></svg>'
            % (name or letter, colour, strokes[letter])).encode()


# --- the logotype extension (RFC 9399 section 4.1), written as DER by hand ------------------------------------------

def der(tag, *contents):
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def pack(svg):
    return gzip.compress(svg, mtime=0)


def data_url(octets, media="image/svg+xml"):
    return b"data:" + media.encode() + b";base64," + base64.b64encode(octets)


def logotype_image(svg, algorithms=("sha256",), media="image/svg+xml", url=None, hashed=None):
    """LogotypeImage ::= SEQUENCE { LogotypeDetails ::= SEQUENCE { mediaType, SEQUENCE OF hash, SEQUENCE OF URI } }"""
    digests = [der(0x30, der(0x30, der(0x06, bytes.fromhex(HASHES[a])), der(0x05)),
                   der(0x04, hashlib.new(a, hashed if hashed is not None else svg).digest())) for a in algorithms]
    urls = url if isinstance(url, (list, tuple)) else [url or data_url(pack(svg))]
    return der(0x30, der(0x30, der(0x16, media.encode()), der(0x30, *digests), der(0x30, *[der(0x16, u) for u in urls])))


def logotype(*images):
    """LogotypeExtn with subjectLogo [2] EXPLICIT, direct [0] LogotypeData ::= SEQUENCE { SEQUENCE OF LogotypeImage }"""
    return der(0x30, der(0xa2, der(0xa0, der(0x30, *images))))


def sct_list(count=1):
    """A list as logs write it (RFC 6962 section 3.3); the signatures are octets, there is no log."""
    one = b"\0" + hashlib.sha256(b"no log").digest() + struct.pack(">QH", 1780000000000, 0) + b"\x04\x03" + struct.pack(">H", 8) + b"\x30\x06\x02\x01\x01\x02\x01\x01"
    items = b"".join(struct.pack(">H", len(one)) + one for _ in range(count))
    return der(0x04, struct.pack(">H", len(items)) + items)


# --- certificates --------------------------------------------------------------------------------------------------

def moment(epoch):
    return datetime.datetime.utcfromtimestamp(epoch)


def pem(*certificates):
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def key_usage(**true):
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
             "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: true.get(name, False) for name in names})


def distribution_point(url):
    return x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)])


DEFAULT = object()


class MarkAuthority:
    """Keys are new on every start, P-256 unless `new_key` makes another kind."""

    def __init__(self, now, name="Sample Mark", crl_url="https://marks.example/issuing.crl", ca_crl_url="https://marks.example/root.crl",
                 new_key=lambda: ec.generate_private_key(ec.SECP256R1())):
        self.now, self.name, self.crl_url, self.ca_crl_url, self.new_key, self.serial = now, name, crl_url, ca_crl_url, new_key, 1000
        self.root_key, self.issuing_key, self.leaf_key = new_key(), new_key(), new_key()
        self.root = self.authority("Root", None)
        self.issuing = self.authority("Issuing CA", (self.root, self.root_key), length=0)
        self.root_pem = pem(self.root)

    def dn(self, common):
        return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.name),
                          x509.NameAttribute(NameOID.COMMON_NAME, "%s %s" % (self.name, common))])

    def authority(self, common, issuer, key=None, ca=True, length=None, usage=DEFAULT, eku=DEFAULT, days=(-400, 3650), extensions=(),
                  digest=None):
        """A certificate of an authority: self-signed if issuer is None, else signed by (certificate, key)."""
        key = key or (self.issuing_key if issuer else self.root_key)
        eku = ([BRAND_EKU] if issuer else None) if eku is DEFAULT else eku
        usage = key_usage(key_cert_sign=True, crl_sign=True) if usage is DEFAULT else usage
        b = self.builder(self.dn(common), issuer[0].subject if issuer else self.dn(common), key, days)
        b = b.add_extension(x509.BasicConstraints(ca, length if ca else None), True)
        b = b.add_extension(usage, True) if usage else b
        b = b.add_extension(x509.ExtendedKeyUsage(eku), False) if eku else b
        b = b.add_extension(distribution_point(self.ca_crl_url), False) if issuer and self.ca_crl_url else b
        for extension, critical in extensions:
            b = b.add_extension(extension, critical)
        return b.sign(issuer[1] if issuer else key, digest or hashes.SHA256())

    def builder(self, subject, issuer, key, days):
        self.serial += 1
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key()).serial_number(self.serial)
                .not_valid_before(moment(self.now + days[0] * DAY)).not_valid_after(moment(self.now + days[1] * DAY))
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))

    def leaf(self, domain, svg, organization="Example Brand", mark="Registered Mark", names=DEFAULT, days=(-30, 300), key=None, eku=(BRAND_EKU,),
             policy=MARK_POLICY, logo_extension=DEFAULT, logo_critical=False, scts=DEFAULT, crl_url=DEFAULT, ca=False, usage=None, extensions=(),
             issuer=None, digest=None):
        """One mark certificate, an x509.Certificate. `names`: dNSNames, [domain] unless given, None for no extension; `mark` and others: None leaves
        them out; `days`: validity around now; `issuer`: (certificate, key)."""
        names = [domain] if names is DEFAULT else names
        subject = [x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
                   x509.NameAttribute(NameOID.COMMON_NAME, organization)]
        for one in [mark] if isinstance(mark, str) else mark or []:
            subject.append(x509.NameAttribute(MARK_TYPE, one))
        certificate, signer = issuer or (self.issuing, self.issuing_key)
        b = self.builder(x509.Name(subject), certificate.subject, key or self.leaf_key, days)
        b = b.add_extension(x509.BasicConstraints(ca, None), True)
        b = b.add_extension(usage, True) if usage else b
        b = b.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False) if names is not None else b
        b = b.add_extension(x509.ExtendedKeyUsage(list(eku)), False) if eku else b
        b = b.add_extension(x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), False) if policy else b
        crl_url = self.crl_url if crl_url is DEFAULT else crl_url
        b = b.add_extension(distribution_point(crl_url), False) if crl_url else b
        for value, oid, critical in ((logotype(logotype_image(svg)) if logo_extension is DEFAULT else logo_extension, LOGOTYPE, logo_critical),
                                     (sct_list() if scts is DEFAULT else scts, SCT_LIST, False)):
            b = b.add_extension(x509.UnrecognizedExtension(oid, value), critical) if value else b
        for extension, critical in extensions:
            b = b.add_extension(extension, critical)
        return b.sign(signer, digest or hashes.SHA256())

    def certificate(self, domain, svg, **wishes):
        """The PEM text that a= serves: the mark certificate, then the issuing authority."""
        return pem(self.leaf(domain, svg, **wishes), self.issuing)

    def crl(self, revoked=(), issuer=None, days=(-1, 6), digest=None, extensions=()):
        """DER of a CRL by `issuer` ((certificate, key), the issuing authority unless given); `revoked`: certificates."""
        certificate, key = issuer or (self.issuing, self.issuing_key)
        b = x509.CertificateRevocationListBuilder().issuer_name(certificate.subject)
        b = b.last_update(moment(self.now + days[0] * DAY)).next_update(moment(self.now + days[1] * DAY))
        for one in revoked:
            b = b.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(one.serial_number)
                                          .revocation_date(moment(self.now - 2 * DAY)).build())
        for extension, critical in extensions:
            b = b.add_extension(extension, critical)
        return b.sign(key, digest or hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def root_crl(self, **wishes):
        return self.crl(issuer=(self.root, self.root_key), **wishes)


# --- the sample's brands -------------------------------------------------------------------------------------------

# domain: (organization, letter, colour, what differs from a good VMC); None: a logo without a certificate
SAMPLE = {
    "hoshino-bank.example": ("Hoshino Bank", "K", "#1f4e79", {}),
    "midori-tea.example": ("Midori Tea", "T", "#3f6b3a", {"mark": "Prior Use Mark"}),
    "evening-letter.example": ("The Evening Letter", "L", "#7a2e2e", None),
    "harbour-hotel.example": ("Harbour Hotel", "M", "#5b4a86", {"days": (-390, -2)}),
    "hoshin0-bank.example": ("Hoshino Banc", "K", "#1f4e79", {"mark": "Prior Use Mark"}),
}


# What a drawing program may write, and what has to change in it until it is SVG Tiny PS.
DRAFT = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 96 48">
<title>Hoshino Bank</title>
<style>.mark { fill: #1f4e79 }</style>
<rect class="mark" width="96" height="48"/>
<image xlink:href="https://pictures.example/mark.png" width="40" height="40"/>
</svg>
"""


def sample_brands(authority):
    """{domain: (SVG, PEM or None)} of SAMPLE."""
    brands = {}
    for domain, (organization, letter, colour, wishes) in SAMPLE.items():
        svg = logo(letter, colour, organization)
        brands[domain] = svg, None if wishes is None else authority.certificate(domain, svg, organization=organization, **wishes)
    return brands


def main(folder):
    import time
    authority = MarkAuthority(int(time.time()))
    os.makedirs(folder, exist_ok=True)
    files = {"root.pem": authority.root_pem, "issuing.crl": authority.crl(), "root.crl": authority.root_crl()}
    for domain, (svg, chain) in sample_brands(authority).items():
        files[domain + ".svg"] = svg
        if chain:
            files[domain + ".pem"] = chain
    for name, octets in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(octets)


if __name__ == "__main__":
    main(sys.argv[1])
