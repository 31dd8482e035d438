#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""brand/markcert: certificates of our own mark authority (tests/sample/marks.py) with one thing wrong each. A defect must
fail its own check with its own reason, and no other check may fail with it; what is not wrong must stay good. Numbers in
names are those of the security list."""
import atexit, base64, gzip, hashlib, os, shutil, subprocess, sys, tempfile, time, unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../sample"))
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
import marks
from marks import BRAND_EKU, DAY, MarkAuthority, data_url, der, logo, logotype, logotype_image, pack, pem

DRIVER = os.path.join(os.environ.get("INKAN_BUILD", "build"), "tests/conformance/drive_markcert")
NOW = 1790000000
DOMAIN = "brand.example"
SVG = logo("B", name="Brand")
CHECKS = ("pem chain validity algorithms authority extensions purpose policy names mark-type logotype logo-hash transparency "
          "revocation").split()
folder = tempfile.mkdtemp()
atexit.register(shutil.rmtree, folder)
authority = MarkAuthority(NOW, "Test Mark")
issuing = (authority.issuing, authority.issuing_key)
serial = [0]


def write(octets):
    serial[0] += 1
    path = os.path.join(folder, "%d" % serial[0])
    with open(path, "wb") as f:
        f.write(octets)
    return path


def ask(chain, roots=None, kind="operator", now=NOW, domain=DOMAIN, crls=(), *more):
    """What the checker says: {key: value}, lists for "name" and "crl"."""
    command = [DRIVER, roots if roots == "shipped" else write(roots or authority.root_pem), kind, str(now), domain, *more]
    for crl in crls:
        octets, fetched = crl if isinstance(crl, tuple) else (crl, now)
        command += ["--crl", write(octets), str(fetched)]
    done = subprocess.run(command, input=chain, stdout=subprocess.PIPE, check=True, timeout=300)
    answer = {"name": [], "crl": []}
    for line in done.stdout.decode().splitlines():
        key, value = line.split("\t", 1)
        answer[key] = answer[key] + [value] if isinstance(answer.get(key), list) else value
    return answer


def equal(got, wanted):
    assert got == wanted, "%r, not %r" % (got, wanted)


def good(answer):
    equal((answer["valid"], answer.get("reason")), ("yes", None))


def single(answer, check, reason):
    """`check` fails with `reason`, and nothing else does."""
    equal([(c, answer[c]) for c in CHECKS if answer[c].startswith("fail")], [(check, "fail " + reason)])
    equal((answer["valid"], answer["reason"]), ("no", reason))


def certificate(**wishes):
    return authority.certificate(wishes.pop("domain", DOMAIN), wishes.pop("svg", SVG), **wishes)


def below(new_issuing, key=None, **wishes):
    """A certificate issued by another issuing authority, with it."""
    return pem(authority.leaf(DOMAIN, SVG, issuer=(new_issuing, key or authority.issuing_key), **wishes), new_issuing)


def new_issuing(**wishes):
    return authority.authority("Issuing CA", (authority.root, authority.root_key), **{"length": 0, **wishes})


# --- what several tests use ---------------------------------------------------------------------------------------

def refused(chain, reason):
    answer = ask(chain)
    equal([answer[c] for c in CHECKS], ["fail " + reason] + ["not-evaluated"] * 13)
    equal((answer["valid"], answer["reason"]), ("no", reason))


def armour(octets):
    text = base64.b64encode(octets)
    return b"-----BEGIN CERTIFICATE-----\n" + b"\n".join(text[i:i + 64] for i in range(0, len(text), 64)) + b"\n-----END CERTIFICATE-----\n"


def by_openssl(key_options, *sign_options, extensions=True):
    """A certificate that python3-cryptography would not make: the key from `openssl genpkey KEY_OPTIONS`, valid from now on."""
    signer = authority.issuing_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    rows = ["basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:" + DOMAIN, "extendedKeyUsage=1.3.6.1.5.5.7.3.31",
            "certificatePolicies=1.3.6.1.4.1.53087.1.1", "1.3.6.1.5.5.7.1.12=DER:" + logotype(logotype_image(SVG)).hex(":")]
    subject = b"oid_section=oids\n[oids]\nmarkType=1.3.6.1.4.1.53087.1.13\n[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nO=Brand\nmarkType=Registered Mark\n"
    paths = dict(subject=write(subject), key=write(b""), request=write(b""), ca=write(pem(authority.issuing)), signer=write(signer), out=write(b""),
                 ext=write("\n".join(rows if extensions else []).encode()))
    run = lambda *words: subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run("genpkey", *key_options, "-out", paths["key"])
    run("req", "-new", "-config", paths["subject"], "-key", paths["key"], "-out", paths["request"])
    run("x509", "-req", "-in", paths["request"], "-CA", paths["ca"], "-CAkey", paths["signer"], "-days", "90", "-set_serial", "7", "-out", paths["out"],
        *(["-extfile", paths["ext"]] if extensions else []), *sign_options)
    with open(paths["out"], "rb") as f:
        return f.read() + pem(authority.issuing)


P256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


def san_of(*octets):
    """A subjectAltName of dNSNames as they are."""
    return [(x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.17"), der(0x30, *[der(0x82, o) for o in octets])), False)]


def logo_case(reason, extension, check="logotype"):
    single(ask(certificate(logo_extension=extension)), check, reason)


leaf = authority.leaf(DOMAIN, SVG)
chain = pem(leaf, authority.issuing)


def both(**wishes):
    return [authority.crl(**wishes), authority.root_crl()]


def revocation(crls, *more, now=NOW):
    return ask(chain, None, "operator", now, DOMAIN, crls, *more)


def not_verified(crls, reason, now=NOW):
    """Without CRLs that count it is valid but said so; with --required it is not."""
    answer = revocation(crls, now=now)
    good(answer)
    equal(answer["revocation"], "not-verified " + reason)
    single(revocation(crls, "--required", now=now), "revocation", reason)


def scope(**wishes):
    fields = dict(full_name=None, relative_name=None, only_contains_user_certs=False, only_contains_ca_certs=False, only_some_reasons=None,
                  indirect_crl=False, only_contains_attribute_certs=False)
    return [(x509.IssuingDistributionPoint(**{**fields, **wishes}), True)]


class MarkCertificates(unittest.TestCase):
    # what is good

    def test_good_vmc(self):
        answer = ask(certificate(), kind="public", crls=[authority.crl(), authority.root_crl()])
        good(answer)
        equal([answer[c] for c in CHECKS], ["pass"] * 12 + ["not-verified sct-no-log-key", "pass"])
        equal((answer["type"], answer["mark"], answer["organization"]), ("vmc", "Registered Mark", "Example Brand"))
        equal((answer["issuer"], answer["root"]), ("Test Mark, Test Mark Issuing CA", "Test Mark Root"))
        equal((answer["hash"], answer["scts"], answer["name"]), ("sha256", "1", [DOMAIN]))
        equal(answer["crl"], [authority.crl_url, authority.ca_crl_url])
        equal((int(answer["not-before"]), int(answer["expires"])), (NOW - 30 * DAY, NOW + 300 * DAY))
        equal(int(answer["crl-next-update"]), NOW + 6 * DAY)
        leaf = authority.leaf(DOMAIN, SVG)
        equal(ask(pem(leaf, authority.issuing))["sha256"], leaf.fingerprint(hashes.SHA256()).hex())
        equal(answer["svg-sha256"], hashlib.sha256(SVG).hexdigest())

    def test_good_cmc_and_every_mark_type(self):
        for mark, kind in (("Registered Mark", "vmc"), ("Government Mark", "vmc"), ("Prior Use Mark", "cmc"), ("Modified Registered Mark", "cmc")):
            answer = ask(certificate(mark=mark))
            good(answer)
            equal((answer["mark"], answer["type"]), (mark, kind))

    def test_good_with_root_in_the_text(self):
        good(ask(certificate() + authority.root_pem))

    def test_good_with_other_keys(self):
        for new_key in (lambda: rsa.generate_private_key(65537, 2048), lambda: ec.generate_private_key(ec.SECP384R1()),
                        lambda: ec.generate_private_key(ec.SECP521R1())):
            other = MarkAuthority(NOW, "Test Mark", new_key=new_key)
            good(ask(other.certificate(DOMAIN, SVG), other.root_pem))

    def test_good_with_text_around_and_crlf(self):
        good(ask(b"Subject: me\r\n\r\n" + certificate().replace(b"\n", b"\r\n") + b"\r\nbye\r\n"))
        good(ask(certificate().replace(b"\n", b" \t\n")))

    def test_good_organizational_domain_as_name(self):
        good(ask(certificate(), None, "operator", NOW, "news." + DOMAIN, (), "--organizational", DOMAIN))

    def test_good_selector_as_name(self):
        good(ask(certificate(names=["default._bimi." + DOMAIN])))
        good(ask(certificate(names=["Summer._BIMI." + DOMAIN.upper()]), None, "operator", NOW, DOMAIN, (), "--selector", "summer"))

    def test_good_among_other_names(self):
        good(ask(certificate(names=["other.example", DOMAIN, "*.other.example"])))

    def test_good_critical_logotype(self):
        good(ask(certificate(logo_critical=True)))

    # the text

    def test_pem_empty_or_something_else(self):
        for text in (b"", b"\n", b"not a certificate", SVG, b"\0" * 1000, authority.root.public_bytes(serialization.Encoding.DER)):
            refused(text, "no-certificate")

    def test_pem_damaged(self):
        chain = certificate()
        lines = chain.split(b"\n")
        refused(chain[:-30], "pem-syntax")  # the end is missing
        refused(b"-----END CERTIFICATE-----\n" + chain, "pem-syntax")
        refused(chain.replace(lines[1], lines[1][:-1] + b"!", 1), "pem-syntax")
        refused(chain.replace(lines[1], lines[1][:-1], 1), "pem-syntax")  # no whole groups of four
        refused(chain.replace(lines[1], b"Proc-Type: 4,ENCRYPTED", 1), "pem-syntax")
        refused(chain.replace(lines[1], lines[1] + b"=", 1), "pem-syntax")  # padding within
        refused(b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "pem-syntax")

    def test_pem_with_another_label(self):
        key = authority.leaf_key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        refused(certificate() + key, "pem-label")
        refused(certificate().replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"), "pem-label")
        refused(b"-----BEGIN CRL-----\n" + certificate(), "pem-label")

    def test_pem_of_no_certificate(self):
        leaf = authority.leaf(DOMAIN, SVG).public_bytes(serialization.Encoding.DER)
        for octets in (b"\x30\x00", leaf[:-1], leaf + b"\0", SVG, authority.crl()):
            refused(armour(octets), "not-x509")

    def test_pem_of_another_version_or_encoding(self):
        good(ask(by_openssl(P256), now=int(time.time())))
        refused(by_openssl(P256, extensions=False), "not-x509")  # version 1
        leaf = authority.leaf(DOMAIN, SVG).public_bytes(serialization.Encoding.DER)
        equal(leaf[:2], b"\x30\x82")
        refused(armour(b"\x30\x83\0" + leaf[2:]) + pem(authority.issuing), "not-x509")  # BER: a longer length than needed

    def test_e123_fifty_megabytes(self):
        refused(certificate() + b"#" * (50 << 20), "too-large")

    def test_e123_ten_thousand_certificates(self):
        """All that fit into the size: their number ends it first."""
        other = [authority.leaf(DOMAIN, SVG, logo_extension=None) for _ in range(9)]
        refused(pem(*other), "too-many-certificates")
        answer = ask(pem(authority.leaf(DOMAIN, SVG), authority.issuing, *other[:6]))
        single(answer, "chain", "out-of-order")
        equal(answer["pem"], "pass")

    def test_e123_one_megabyte_of_names(self):
        chain = certificate(names=["n%05d.%s.example" % (i, "x" * 60) for i in range(1000)])
        assert 100000 < len(chain) < 128 << 10
        answer = ask(chain)
        single(answer, "names", "other-name")
        equal(len(answer["name"]), 100)
        refused(certificate(names=["n%06d.%s.example" % (i, "x" * 60) for i in range(13000)]), "too-large")

    def test_e123_deep_asn1(self):
        nested = b"\x05\x00"
        for _ in range(3000):
            nested = der(0x30, nested)
        answer = ask(certificate(logo_extension=nested))
        single(answer, "logotype", "logotype-syntax")
        refused(armour(nested), "not-x509")

    def test_pem_same_certificate_twice(self):
        leaf = authority.leaf(DOMAIN, SVG)
        refused(pem(leaf, authority.issuing, authority.issuing), "duplicate")
        refused(pem(leaf, leaf, authority.issuing), "duplicate")

    # the path

    def test_e115_bad_chain_order(self):
        leaf = authority.leaf(DOMAIN, SVG)
        equal(ask(pem(authority.issuing, leaf))["chain"], "fail out-of-order")
        single(ask(pem(leaf, authority.root, authority.issuing)), "chain", "out-of-order")
        single(ask(pem(leaf, authority.leaf("other.example", SVG), authority.issuing)), "chain", "out-of-order")

    def test_e115_unknown_root(self):
        other = MarkAuthority(NOW, "Other Mark")
        leaf = other.leaf(DOMAIN, SVG)
        single(ask(pem(leaf, other.issuing)), "chain", "issuer-missing")
        single(ask(pem(leaf, other.issuing, other.root)), "chain", "unknown-root")

    def test_a_path_that_does_not_hold_names_no_root(self):
        leaf = authority.leaf(DOMAIN, SVG, issuer=(authority.issuing, ec.generate_private_key(ec.SECP256R1())))
        answer = ask(pem(leaf, authority.issuing), crls=[authority.crl(), authority.root_crl()])
        equal(answer["chain"], "fail bad-signature")
        assert "root" not in answer
        equal((answer["revocation"], answer["crl"]), ("not-evaluated", []))

    def test_unknown_root_of_the_same_name(self):
        """The name of a root is not the root."""
        other = MarkAuthority(NOW, "Test Mark")
        answer = ask(other.certificate(DOMAIN, SVG) + other.root_pem)
        equal((answer["valid"], answer["chain"].split()[0]), ("no", "fail"))
        equal([c for c in CHECKS if answer[c].startswith("fail")], ["chain"])

    def test_issuer_missing(self):
        single(ask(pem(authority.leaf(DOMAIN, SVG))), "chain", "issuer-missing")

    def test_certificate_signed_by_itself(self):
        leaf = authority.leaf(DOMAIN, SVG, issuer=(authority.leaf(DOMAIN, SVG), authority.leaf_key))
        equal(ask(pem(leaf))["chain"].split()[0], "fail")

    def test_no_roots_at_all(self):
        equal(ask(certificate(), "shipped", "public")["chain"], "fail issuer-missing")

    def test_bad_signature(self):
        leaf = bytearray(authority.leaf(DOMAIN, SVG).public_bytes(serialization.Encoding.DER))
        at = leaf.index(b"brand.example")
        leaf[at] ^= 1
        answer = ask(armour(bytes(leaf)) + pem(authority.issuing), domain="crand.example")
        equal((answer["valid"], answer["chain"]), ("no", "fail bad-signature"))
        other_key = ec.generate_private_key(ec.SECP256R1())
        single(ask(pem(authority.leaf(DOMAIN, SVG, issuer=(authority.issuing, other_key)), authority.issuing)), "chain", "bad-signature")

    def test_every_bit_of_the_signed_part_counts(self):
        """A sample of bits over the whole certificate: none may be flipped and stay valid."""
        chain = certificate()
        leaf = x509.load_pem_x509_certificate(chain).public_bytes(serialization.Encoding.DER)
        for at in range(0, len(leaf) - 80, 29):  # the ECDSA signature itself is malleable by nature; it is tried elsewhere
            flipped = bytearray(leaf)
            flipped[at] ^= 1 << at % 8
            equal(ask(armour(bytes(flipped)) + pem(authority.issuing))["valid"], "no")

    # dates

    def test_e115_expired(self):
        single(ask(certificate(days=(-300, -1))), "validity", "expired")
        chain = certificate()
        good(ask(chain, now=NOW + 300 * DAY))  # the last second belongs to it (RFC 5280 section 4.1.2.5)
        single(ask(chain, now=NOW + 300 * DAY + 1), "validity", "expired")

    def test_e115_not_yet_valid(self):
        single(ask(certificate(days=(1, 300))), "validity", "not-yet-valid")
        chain = certificate()
        good(ask(chain, now=NOW - 30 * DAY))
        single(ask(chain, now=NOW - 30 * DAY - 1), "validity", "not-yet-valid")

    def test_issuer_expired(self):
        single(ask(below(new_issuing(days=(-300, -1)))), "validity", "ca-expired")
        single(ask(below(new_issuing(days=(1, 300)))), "validity", "ca-not-yet-valid")

    def test_expires_with_the_first_of_the_path(self):
        answer = ask(below(new_issuing(days=(-300, 10))))
        good(answer)
        equal((int(answer["not-after"]), int(answer["expires"])), (NOW + 300 * DAY, NOW + 10 * DAY))

    def test_valid_for_too_long(self):
        chain = certificate(days=(-30, 370))
        single(ask(chain, kind="public"), "validity", "too-long-valid")
        good(ask(chain))  # the requirements bind public authorities
        good(ask(certificate(days=(-30, 367)), kind="public"))

    # keys and signatures

    def test_weak_keys(self):
        for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP224R1()), ec.generate_private_key(ec.SECP256K1()),
                    ed25519.Ed25519PrivateKey.generate(), dsa.generate_private_key(2048)):
            single(ask(certificate(key=key)), "algorithms", "weak-key")

    def test_curve_by_parameters(self):
        """A curve that the key spells out may be any curve."""
        single(ask(by_openssl((*P256, "-pkeyopt", "ec_param_enc:explicit")), now=int(time.time())), "algorithms", "weak-key")

    def test_unknown_kind_of_key(self):
        single(ask(by_openssl(("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")), now=int(time.time())), "algorithms", "weak-key")

    def test_weak_key_of_the_issuer(self):
        key = rsa.generate_private_key(65537, 1024)
        single(ask(below(new_issuing(key=key), key)), "algorithms", "weak-key")

    def test_weak_signature(self):
        other = MarkAuthority(NOW, "Test Mark", new_key=lambda: rsa.generate_private_key(65537, 2048))
        single(ask(other.certificate(DOMAIN, SVG, digest=hashes.SHA1()), other.root_pem), "algorithms", "weak-signature")
        single(ask(other.certificate(DOMAIN, SVG, digest=hashes.SHA224()), other.root_pem), "algorithms", "weak-signature")
        sha1 = other.authority("Issuing CA", (other.root, other.root_key), length=0, digest=hashes.SHA1())
        single(ask(pem(other.leaf(DOMAIN, SVG, issuer=(sha1, other.issuing_key)), sha1), other.root_pem), "algorithms", "weak-signature")

    # who may issue

    def test_certificate_of_an_authority(self):
        single(ask(certificate(ca=True)), "authority", "is-ca")
        single(ask(certificate(usage=marks.key_usage(key_cert_sign=True))), "authority", "is-ca")
        good(ask(certificate(usage=marks.key_usage(digital_signature=True))))

    def test_issuer_is_no_authority(self):
        single(ask(below(new_issuing(ca=False))), "authority", "issuer-not-ca")
        single(ask(below(new_issuing(usage=marks.key_usage(crl_sign=True)))), "authority", "issuer-not-ca")
        single(ask(below(new_issuing(usage=None))), "authority", "issuer-not-ca")

    def test_issued_by_a_mark_certificate(self):
        """Whoever has a mark certificate may not make others."""
        key = ec.generate_private_key(ec.SECP256R1())
        middle = authority.leaf("evil.example", SVG, key=key, organization="Evil")
        answer = ask(pem(authority.leaf(DOMAIN, SVG, issuer=(middle, key)), middle, authority.issuing))
        equal((answer["valid"], answer["authority"].split()[0]), ("no", "fail"))

    def test_path_longer_than_allowed(self):
        key = ec.generate_private_key(ec.SECP256R1())
        second = authority.authority("Second CA", issuing, key=key)
        single(ask(pem(authority.leaf(DOMAIN, SVG, issuer=(second, key)), second, authority.issuing)), "authority", "path-length")

    def test_name_constraints(self):
        permit = lambda n: [(x509.NameConstraints([x509.DNSName(n)], None), True)]
        exclude = lambda n: [(x509.NameConstraints(None, [x509.DNSName(n)]), True)]
        single(ask(below(new_issuing(extensions=permit("other.example")))), "authority", "name-constraint")
        single(ask(below(new_issuing(extensions=exclude("example")))), "authority", "name-constraint")
        good(ask(below(new_issuing(extensions=permit("example")))))

    # extensions

    def test_unknown_critical_extension(self):
        strange = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.53087.4.1"), der(0x0c, b"Mark Certificate"))
        single(ask(certificate(extensions=[(strange, True)])), "extensions", "unknown-critical")
        good(ask(certificate(extensions=[(strange, False)])))
        single(ask(below(new_issuing(extensions=[(strange, True)]))), "extensions", "unknown-critical")

    def test_precertificate(self):
        """The poison of RFC 6962 section 3.1: a log's entry is no certificate."""
        single(ask(certificate(extensions=[(x509.PrecertPoison(), True)])), "extensions", "unknown-critical")

    def test_too_many_extensions(self):
        many = [(x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.%d" % i), b"\x05\0"), False) for i in range(60)]
        single(ask(certificate(extensions=many)), "extensions", "too-many-extensions")

    def test_malformed_extension(self):
        broken = x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.15"), b"\x03\x02")
        refused(certificate(extensions=[(broken, True)]), "not-x509")

    # purpose and policy

    def test_e115_wrong_purpose(self):
        single(ask(certificate(eku=None)), "purpose", "no-purpose")
        single(ask(certificate(eku=[ExtendedKeyUsageOID.SERVER_AUTH])), "purpose", "wrong-purpose")
        single(ask(certificate(eku=[ObjectIdentifier("2.5.29.37.0")])), "purpose", "wrong-purpose")  # anyExtendedKeyUsage
        single(ask(certificate(eku=[BRAND_EKU, ExtendedKeyUsageOID.SERVER_AUTH])), "purpose", "wrong-purpose")

    def test_wrong_purpose_of_the_issuer(self):
        for eku in (None, [ExtendedKeyUsageOID.SERVER_AUTH], [BRAND_EKU, ExtendedKeyUsageOID.SERVER_AUTH]):
            single(ask(below(new_issuing(eku=eku))), "purpose", "ca-purpose")

    def test_no_mark_policy(self):
        for policy in (None, ObjectIdentifier("2.23.140.1.2.2")):
            single(ask(certificate(policy=policy), kind="public"), "policy", "no-policy")
            answer = ask(certificate(policy=policy))
            good(answer)
            equal(answer["policy"], "absent no-policy")

    # names

    def test_e116_other_domain(self):
        for name in ("other.example", "xbrand.example", "brand.example.other.example", "brand.example-x"):
            single(ask(certificate(names=[name])), "names", "other-name")

    def test_e116_parent_or_child_only(self):
        single(ask(certificate(), domain="news." + DOMAIN), "names", "other-name")
        single(ask(certificate(names=["news." + DOMAIN])), "names", "other-name")

    def test_e116_other_selector(self):
        single(ask(certificate(names=["summer._bimi." + DOMAIN])), "names", "other-selector")
        single(ask(certificate(names=["default._bimi." + DOMAIN]), None, "operator", NOW, DOMAIN, (), "--selector", "summer"), "names", "other-selector")
        single(ask(certificate(names=["_bimi." + DOMAIN])), "names", "other-name")

    def test_e116_wildcard(self):
        single(ask(certificate(names=["*." + DOMAIN]), domain="news." + DOMAIN), "names", "other-name")
        single(ask(certificate(names=["*"])), "names", "other-name")
        single(ask(certificate(names=["*._bimi." + DOMAIN])), "names", "other-selector")

    def test_e116_nul_in_the_name(self):
        answer = ask(certificate(names=None, extensions=san_of(DOMAIN.encode() + b"\0.evil.example")))
        single(answer, "names", "other-name")
        equal(answer["name"], [DOMAIN + "\\x00.evil.example"])

    def test_e116_idn_name(self):
        """A-labels match themselves; U-labels in a certificate match nothing (RFC 5280 section 7.2)."""
        good(ask(certificate(names=["xn--bcher-kva.example"]), domain="xn--bcher-kva.example"))
        single(ask(certificate(names=None, extensions=san_of("bücher.example".encode())), domain="xn--bcher-kva.example"), "names", "other-name")

    def test_e125_white_space_and_root_dot(self):
        for name in (b" brand.example", b"brand.example ", b"brand.example.", b"brand.example\n", "ｂrand.example".encode()):
            single(ask(certificate(names=None, extensions=san_of(name))), "names", "other-name")

    def test_no_name_at_all(self):
        """The common name is no domain."""
        single(ask(certificate(names=None, organization=DOMAIN)), "names", "no-name")
        mail = [(x509.SubjectAlternativeName([x509.RFC822Name("me@" + DOMAIN)]), False)]
        single(ask(certificate(names=None, extensions=mail)), "names", "no-name")
        url = [(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(DOMAIN)]), False)]
        single(ask(certificate(names=None, extensions=url)), "names", "no-name")

    # mark type

    def test_no_mark_type(self):
        answer = ask(certificate(mark=None))
        single(answer, "mark-type", "no-mark-type")
        assert "type" not in answer and "mark" not in answer

    def test_unknown_mark_type(self):
        for mark in ("registered mark", "Registered Mark ", "Trade Mark", "", "Registered", ["Registered Mark", "Prior Use Mark"],
                     ["Registered Mark", "Registered Mark"]):
            if mark == "":
                continue  # an empty attribute cannot be made
            answer = ask(certificate(mark=mark))
            single(answer, "mark-type", "unknown-mark-type")
            assert "type" not in answer

    def test_e118_cmc_is_told_from_vmc(self):
        equal([ask(certificate(mark=m))["type"] for m in ("Prior Use Mark", "Registered Mark")], ["cmc", "vmc"])

    # the logo

    def test_e115_no_logotype(self):
        logo_case("no-logotype", None)
        logo_case("no-logotype", der(0x30))
        logo_case("no-logotype", logotype())

    def test_logotype_not_der(self):
        logo_case("logotype-syntax", b"\x30\x80\0\0")
        logo_case("logotype-syntax", logotype(logotype_image(SVG)) + b"\0")
        logo_case("logotype-syntax", logotype(logotype_image(SVG))[:-1])

    def test_logo_somewhere_on_the_web(self):
        logo_case("logo-not-embedded", logotype(logotype_image(SVG, url=b"https://brand.example/logo.svg")))
        logo_case("logo-several", logotype(logotype_image(SVG, url=[data_url(pack(SVG)), b"https://brand.example/logo.svg"])))

    def test_two_logos(self):
        logo_case("logo-several", logotype(logotype_image(SVG), logotype_image(SVG)))

    def test_logo_of_another_kind(self):
        logo_case("logo-media-type", logotype(logotype_image(SVG, media="image/png")))
        logo_case("logo-media-type", logotype(logotype_image(SVG, url=data_url(pack(SVG), "image/png"))))

    def test_logo_not_base64_or_not_gzip(self):
        logo_case("logo-data", logotype(logotype_image(SVG, url=b"data:image/svg+xml;base64,!!!!")))
        logo_case("logo-data", logotype(logotype_image(SVG, url=data_url(SVG))))
        logo_case("logo-data", logotype(logotype_image(SVG, url=data_url(pack(SVG) + pack(SVG)))))
        logo_case("logo-data", logotype(logotype_image(SVG, url=data_url(pack(pack(SVG))))))

    def test_e122_bomb_in_the_certificate(self):
        logo_case("logo-too-large", logotype(logotype_image(SVG, url=data_url(gzip.compress(b" " * (50 << 20))))))

    def test_e117_hash_of_another_picture(self):
        """What was hashed is what is shown."""
        logo_case("logo-hash-wrong", logotype(logotype_image(SVG, hashed=SVG + b"\n")), "logo-hash")
        logo_case("logo-hash-wrong", logotype(logotype_image(SVG, algorithms=("sha1",), hashed=b"x")), "logo-hash")

    def test_logo_hash_by_every_algorithm(self):
        for algorithms, name in ((["sha256"], "sha256"), (["sha384"], "sha384"), (["sha512"], "sha512"), (["sha1", "sha256"], "sha256"),
                                 (["md5", "sha512"], "sha512")):
            answer = ask(certificate(logo_extension=logotype(logotype_image(SVG, algorithms))))
            good(answer)
            equal((answer["logo-hash"], answer["hash"]), ("pass", name))

    def test_logo_hash_too_weak(self):
        logo_case("logo-hash-weak", logotype(logotype_image(SVG, ["md5"])), "logo-hash")
        answer = ask(certificate(logo_extension=logotype(logotype_image(SVG, ["sha1"]))))
        good(answer)  # the certificate's signature covers the logo itself; public authorities still write SHA-1
        equal((answer["logo-hash"], answer["hash"]), ("not-verified logo-hash-sha1", "sha1"))

    # transparency

    def test_e115_no_sct(self):
        single(ask(certificate(scts=None), kind="public"), "transparency", "no-sct")
        answer = ask(certificate(scts=None))
        good(answer)
        equal((answer["transparency"], answer["scts"]), ("absent no-sct", "0"))

    def test_sct_list_damaged(self):
        for octets in (der(0x04, b"\0\0"), der(0x04, b"\0\x05\0\x03abc"), der(0x04), b"\x05\0"):
            single(ask(certificate(scts=octets)), "transparency", "sct-syntax")

    def test_several_scts(self):
        equal(ask(certificate(scts=marks.sct_list(3)))["scts"], "3")

    # revocation

    def test_e115_revoked(self):
        single(revocation(both(revoked=[leaf])), "revocation", "revoked")
        good(revocation(both(revoked=[authority.leaf(DOMAIN, SVG)])))

    def test_issuer_revoked(self):
        single(revocation([authority.crl(), authority.root_crl(revoked=[authority.issuing])]), "revocation", "ca-revoked")

    def test_crl_missing(self):
        not_verified([], "crl-missing")
        not_verified([authority.crl()], "crl-missing")
        not_verified([authority.root_crl()], "crl-missing")
        good(revocation(both(), "--required"))

    def test_crl_seven_days(self):
        crls = [authority.crl(days=(-20, 20)), authority.root_crl(days=(-20, 200))]
        at = lambda age: [(c, NOW - age) for c in crls]
        equal(revocation(at(7 * DAY))["revocation"], "pass")
        not_verified(at(7 * DAY + 1), "crl-too-old")
        not_verified(at(-301), "crl-unusable")  # fetched in the future

    def test_crl_out_of_date(self):
        not_verified(both(days=(-8, -1)), "crl-too-old")
        not_verified(both(days=(1, 8)), "crl-unusable")

    def test_crl_out_of_date_still_revokes(self):
        single(revocation(both(revoked=[leaf], days=(-8, -1))), "revocation", "revoked")

    def test_crl_of_another_authority(self):
        other = MarkAuthority(NOW, "Other Mark")
        not_verified([other.crl(revoked=[leaf]), authority.root_crl()], "crl-missing")

    def test_crl_with_a_false_signature(self):
        forged = MarkAuthority(NOW, "Test Mark")
        not_verified([forged.crl(), authority.root_crl()], "crl-unusable")
        good(revocation([forged.crl(revoked=[leaf]), authority.crl(), authority.root_crl()]))
        octets = authority.crl()
        not_verified([octets[:-1], authority.root_crl()], "crl-unusable")
        not_verified([octets + b"\0", authority.root_crl()], "crl-unusable")
        not_verified([b"", authority.root_crl()], "crl-unusable")

    def test_crl_of_an_issuer_that_may_sign_none(self):
        silent = new_issuing(usage=marks.key_usage(key_cert_sign=True))
        answer = ask(below(silent), crls=[authority.crl(), authority.root_crl()])
        equal(answer["revocation"], "not-verified crl-unusable")

    def test_crl_of_a_weak_digest(self):
        other = MarkAuthority(NOW, "Test Mark", new_key=lambda: rsa.generate_private_key(65537, 2048))
        answer = ask(other.certificate(DOMAIN, SVG), other.root_pem, crls=[other.crl(digest=hashes.SHA1()), other.root_crl()])
        equal(answer["revocation"], "not-verified crl-unusable")

    def test_crl_scope(self):
        place = lambda url: scope(full_name=[x509.UniformResourceIdentifier(url)])
        for extensions in (scope(only_contains_user_certs=True), place(authority.crl_url)):
            equal(revocation(both(extensions=extensions))["revocation"], "pass")
        for extensions in (scope(only_contains_ca_certs=True), scope(indirect_crl=True), scope(only_contains_attribute_certs=True),
                           scope(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])), place("https://marks.example/other.crl")):
            not_verified(both(extensions=extensions), "crl-unusable")

    def test_crl_delta_or_unknown_critical(self):
        not_verified(both(extensions=[(x509.DeltaCRLIndicator(1), True)]), "crl-unusable")
        not_verified(both(extensions=[(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\0"), True)]), "crl-unusable")

    def test_no_crl_point(self):
        single(ask(certificate(crl_url=None), kind="public"), "revocation", "no-crl-point")
        answer = ask(certificate(crl_url=None), crls=[authority.root_crl()])
        good(answer)

    def test_crl_addresses_are_web_addresses(self):
        urls = (b"ldap://x/", b"http://a.example/1.crl", b"http://a.example/\r\nX: y", b"HTTPS://b.example/2.crl", b"http://a.example/1.crl",
                b"file:///etc/passwd")
        points = der(0x30, *[der(0x30, der(0xa0, der(0xa0, der(0x86, url)))) for url in urls])
        odd = x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.31"), points)
        equal(ask(certificate(crl_url=None, extensions=[(odd, False)]))["crl"], ["http://a.example/1.crl", "HTTPS://b.example/2.crl", authority.ca_crl_url])

    # roots

    def test_roots_that_are_none(self):
        weak = rsa.generate_private_key(65537, 1024)
        for roots, why in ((b"", "no-certificate"), (pem(authority.issuing), "self-signed"), (pem(authority.root, authority.issuing), "certificate 2"),
                           (pem(authority.authority("Root", None, ca=False)), "authority"), (pem(authority.authority("Root", None, usage=None)), "authority"),
                           (pem(authority.authority("Root", None, key=weak)), "weak"), (certificate(), "self-signed")):
            answer = ask(certificate(), roots or b"\n")
            assert why in answer.get("refused", ""), answer

    def test_root_whose_own_signature_is_false(self):
        octets = bytearray(authority.root.public_bytes(serialization.Encoding.DER))
        octets[-1] ^= 1
        assert "self-signed" in ask(certificate(), armour(bytes(octets)))["refused"]

    def test_shipped_roots_end_in_no_test_certificate(self):
        equal(ask(certificate() + authority.root_pem, "shipped", "public")["chain"], "fail unknown-root")

    def test_root_expired(self):
        chain = certificate(days=(-30, 5000))
        single(ask(chain, now=NOW + 3651 * DAY, domain=DOMAIN), "validity", "ca-expired")


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # SHA-1 is what some of them are about
