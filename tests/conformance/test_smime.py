#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""S/MIME signatures as `inkan verify` answers for them: what openssl and gpgsm sign holds and breaks with one covered octet
changed; certification paths with one thing wrong each, in the manner of PKITS; and the signature cases of the security list,
each by its number. Certificates and structures come from tests/sample/persons.py."""
import json, os, re, shutil, socket, subprocess, sys, tempfile, threading, time, unittest, warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../sample"), os.path.join(HERE, "../service")]
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier
import makers, persons
from persons import (CONTENT_TYPE, DAY, DATA, MESSAGE_DIGEST, SIGNED, SIGNING_TIME, Authority, Person, attribute, entity, header, new_key, oid, opaque_body,
                     openssl_cms, pem, signed_body, signed_data, signer_info, tlv, usage, usual_attributes, utc_time)
from servers import gpg_agent

warnings.simplefilter("ignore", CryptographyDeprecationWarning)
INKAN = os.path.join(os.environ.get("INKAN_BUILD", "build"), "inkan")
NOW = int(time.time())
ALICE = "alice@corp.test"
folder = tempfile.mkdtemp()
ca = Authority(NOW)
alice = ca.person(ALICE)
mallory = ca.person("mallory@evil.test", "Mallory")


def setUpModule():
    makers.tell_versions("openssl", "gpgsm")


def tearDownModule():
    shutil.rmtree(folder)


def verify(message, *words, anchors=None, crl=None, now=NOW):
    """The whole answer for one message. Names end in .test: their look-ups are answered at once, by nothing."""
    path = persons.write(folder, message)
    anchors = persons.write(folder, ca_pem() if anchors is None else anchors)
    command = [INKAN, "verify", "--json", "--offline", "--now", str(now), "--smime-ca", anchors, *words]
    command += ["--smime-crl", persons.write(folder, crl)] if crl else []
    done = subprocess.run(command + [path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return json.loads(done.stdout)


def ca_pem():
    return pem(ca.root.certificate)


def certificates(person):
    return [person.certificate, *person.chain]


def made(person, content, attributes="usual", opaque=False, **wishes):
    """A structure with one signer, by hand."""
    digest = wishes.pop("digest", "sha256")
    attributes = usual_attributes(content, NOW, digest) if attributes == "usual" else attributes
    info = signer_info(person, content, attributes, digest, **{k: wishes.pop(k) for k in list(wishes) if k in ("algorithm", "broken")})
    return signed_data([info], certificates(person), content if opaque else None, (digest,), **wishes)


def letter(person=None, payload=None, cms=None, head=None, **wishes):
    payload = payload or entity()
    return (head or header()) + signed_body(payload, cms or made(person or alice, payload), **wishes)


class Case(unittest.TestCase):
    def smime(self, message, *words, **wishes):
        self.answer = verify(message, *words, **wishes)
        return self.answer["evidence"]["smime"]

    def is_person(self):
        v = self.answer["verdict"]
        return (v["author"], v["strength"], v["level"]) == ("verified", "person", "person")

    def holds(self, message, *words, **wishes):
        s = self.smime(message, *words, **wishes)
        self.assertEqual((s["smimeStatus"], s["smimeErrors"]), ("signed/verified", None))
        self.assertTrue(self.is_person(), self.answer["verdict"])
        return s

    def fails(self, message, error, *words, status="signed/failed", check=None, **wishes):
        s = self.smime(message, *words, **wishes)
        self.assertEqual(s["smimeStatus"], status)
        self.assertIn(error, s["smimeErrors"])
        self.assertNotEqual(self.answer["verdict"]["strength"], "person")
        if check:
            self.assertEqual(s["checks"][check], "fail")
            self.assertNotIn("fail", [s["checks"][c] for c in ("digest", "chain", "time", "usage", "address", "strength") if c != check])
        return s


class Interoperability(Case):
    """What others sign; then one octet of what is covered is another, and it must never pass."""

    def both_ways(self, payload, cms, opaque, **wishes):
        """As it came it holds; changed at any place of what it covers, or in the signature's own value, it never does."""
        message = (lambda c: header() + opaque_body(c)) if opaque else (lambda c: letter(payload=payload, cms=c, **wishes))
        self.holds(message(cms))
        wrong = [message(c) for c in makers.changed(cms, payload)] if opaque else list(makers.changed(message(cms), payload))
        for changed in wrong + [message(cms[:-1] + bytes([cms[-1] ^ 1]))]:
            self.assertEqual(self.smime(changed)["smimeStatus"], "signed/failed")
            self.assertNotEqual(self.answer["verdict"]["strength"], "person")

    def openssl(self, person, *words, opaque=False, micalg="sha-256"):
        payload = entity()
        cms = openssl_cms(person, payload, *words, *(["-nodetach"] if opaque else []))
        self.both_ways(payload, cms, opaque, micalg=micalg)

    def test_openssl_rsa(self):
        self.openssl(alice)
        self.openssl(alice, "-md", "sha512", micalg="sha-512")
        self.openssl(alice, opaque=True)

    def test_openssl_rsa_pss(self):
        self.openssl(alice, "rsa_padding_mode:pss")
        self.openssl(alice, "rsa_padding_mode:pss", opaque=True)

    def test_openssl_ecdsa(self):
        person = ca.person(ALICE, key=new_key("ec", 1))
        self.openssl(person)
        self.openssl(person, opaque=True)

    def test_openssl_without_attributes(self):
        self.openssl(alice, "-noattr")

    def test_openssl_by_key_identifier(self):
        person = ca.person(ALICE, more=[(x509.SubjectKeyIdentifier(b"12345678"), False)])
        self.openssl(person, "-keyid")

    def test_openssl_streamed_in_ber(self):
        """Indefinite lengths, the content in segments."""
        payload = entity("x" * 20000 + "\r\n")
        cms = openssl_cms(alice, payload, "-nodetach", "-stream")
        self.assertIn(b"\x24\x80", cms[:60])
        self.holds(header() + opaque_body(cms))

    def test_gpgsm(self):
        home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, home, True)
        self.addCleanup(gpg_agent.kill, home)
        gpgsm = ["gpgsm", "--homedir", home, "--batch", "--no-tty", "--disable-crl-checks", "--disable-dirmngr"]
        run = lambda *words, feed=None: subprocess.run([*gpgsm, *words], input=feed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout
        with open(os.path.join(home, "gpg-agent.conf"), "w") as file:
            file.write("allow-loopback-pinentry\n")
        gpg_agent.launch(home)
        fingerprint = ca.root.certificate.fingerprint(persons.hashes.SHA1()).hex().upper()
        with open(os.path.join(home, "trustlist.txt"), "w") as file:
            file.write(fingerprint + " S relax\n")
        bundle = subprocess.run(["openssl", "pkcs12", "-export", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1", "-passout", "pass:x", "-in", persons.write(folder, pem(alice.certificate)),
                                 "-inkey", persons.write(folder, persons.key_pem(alice))], stdout=subprocess.PIPE, check=True).stdout
        run("--import", feed=pem(ca.root.certificate, ca.issuing.certificate))
        run("--pinentry-mode", "loopback", "--passphrase-fd", "0", "--import", persons.write(folder, bundle), feed=b"x\n")
        payload = entity()
        for words, opaque in ((["--detach-sign"], False), (["--sign"], True)):
            cms = run("--pinentry-mode", "loopback", "--passphrase-fd", "0", "--local-user", ALICE, "--include-certs", "-1", *words,
                      persons.write(folder, payload), feed=b"x\n")
            self.both_ways(payload, cms, opaque)

    def test_ed25519_is_unsupported_and_neither_pass_nor_fail(self):
        key, payload = ed25519.Ed25519PrivateKey.generate(), entity()
        good = letter(cms=made(ca.person(ALICE, key=key), payload, digest="sha512"), micalg="sha-512")
        for message in (good, *makers.changed(good, payload)):
            s = self.smime(message)
            self.assertEqual((s["smimeStatus"], s["smimeErrors"], s["checks"]["digest"]), ("unknown", ["unsupported-algorithm"], "unknown"))
            self.assertFalse(self.is_person())


class Paths(Case):
    """One thing wrong with the path each; the digest always holds."""

    def path_fails(self, person, error, check="chain", **wishes):
        s = self.fails(letter(person), error, check=check, **wishes)
        self.assertEqual(s["checks"]["digest"], "pass")

    def below(self, issuer, person=None, **wishes):
        return ca.person(ALICE, issuer=issuer, chain=[issuer.certificate, ca.issuing.certificate], **wishes)

    def test_good_paths(self):
        self.holds(letter(alice))
        self.holds(letter(ca.person(ALICE, issuer=ca.root)))
        deeper = ca.authority("Deeper CA", ca.issuing, length=0)
        self.holds(letter(self.below(deeper)))

    def test_anchor_need_not_be_a_root(self):
        self.holds(letter(alice), anchors=pem(ca.issuing.certificate))
        self.holds(letter(alice), anchors=pem(alice.certificate))

    def test_missing_intermediate(self):
        self.path_fails(ca.person(ALICE, chain=[]), "untrusted")

    def test_intermediate_expired(self):
        old = ca.authority("Old CA", ca.root, days=(-3000, -10))
        self.path_fails(ca.person(ALICE, issuer=old), "expired", check="time")

    def test_signer_expired_and_not_yet_valid(self):
        self.path_fails(ca.person(ALICE, days=(-300, -1)), "expired", check="time")
        self.path_fails(ca.person(ALICE, days=(2, 300)), "not-yet-valid", check="time")

    def test_expired_but_valid_when_it_came(self):
        person = ca.person(ALICE, days=(-300, -100))
        payload = entity()
        then = NOW - 200 * DAY
        cms = made(person, payload, usual_attributes(payload, then))
        s = self.smime(letter(cms=cms), "--received-at", str(then))
        self.assertEqual((s["smimeStatus"], s["smimeStatusAtDelivery"], s["smimeErrors"]), ("signed/failed", "signed/verified", ["expired-since"]))
        self.assertEqual(s["checks"]["time"], "pass")
        self.assertTrue(self.is_person())  # verdict rule 6: old mail does not turn red

    def test_issuer_is_no_authority(self):
        for wrong in (dict(ca=False), dict(constraints=False)):
            self.path_fails(ca.person(ALICE, issuer=ca.authority("No CA", ca.root, **wrong), chain=[]), "untrusted")
            issuer = ca.authority("No CA", ca.root, **wrong)
            s = self.smime(letter(ca.person(ALICE, issuer=issuer)))
            self.assertEqual((s["smimeStatus"], s["checks"]["chain"]), ("signed/failed", "fail"))
        self.assertEqual(self.smime(letter(ca.person(ALICE, issuer=alice, chain=certificates(alice))))["checks"]["chain"], "fail")

    def test_path_length(self):
        short = ca.authority("Short CA", ca.root, length=0)
        below = ca.authority("Below CA", short)
        self.path_fails(ca.person(ALICE, issuer=below, chain=[below.certificate, short.certificate]), "not-a-ca")

    def test_name_constraints(self):
        only = x509.NameConstraints([x509.RFC822Name("corp.test")], None)
        never = x509.NameConstraints(None, [x509.RFC822Name("corp.test")])
        allowed = ca.authority("Corp CA", ca.root, more=[(only, True)])
        refused = ca.authority("Not Corp CA", ca.root, more=[(never, True)])
        self.holds(letter(ca.person(ALICE, issuer=allowed)))
        self.path_fails(ca.person(ALICE, issuer=refused), "name-constraints")
        s = self.smime(letter(ca.person("alice@other.test", issuer=allowed), head=header("alice@other.test")))
        self.assertEqual((s["checks"]["chain"], s["smimeErrors"]), ("fail", ["name-constraints"]))

    def test_policy(self):
        needs = x509.PolicyConstraints(0, None)
        some = x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier("1.3.6.1.4.1.99999.1"), None)])
        strict = ca.authority("Policy CA", ca.root, more=[(needs, True), (some, False)])
        self.holds(letter(ca.person(ALICE, issuer=strict, more=[(some, False)])))
        self.path_fails(ca.person(ALICE, issuer=strict), "policy")

    def test_critical_extension(self):
        odd = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.2"), b"\5\0")
        self.holds(letter(ca.person(ALICE, more=[(odd, False)])))
        self.path_fails(ca.person(ALICE, more=[(odd, True)]), "critical-extension")

    def test_forged_issuer(self):
        other = Authority(NOW)  # the same names, other keys
        other.issuing.key = new_key(n="forger")
        self.path_fails(ca.person(ALICE, issuer=Person(ca.issuing.certificate, new_key(n="forger"))), "chain-invalid")

    def test_weak_keys_and_digests_on_the_way(self):
        self.path_fails(ca.person(ALICE, issuer=ca.authority("Weak CA", ca.root, key=new_key("1024"))), "weak-chain")

    def test_revocation(self):
        root, issuing = ca.crl(ca.root), ca.crl(ca.issuing)
        s = self.holds(letter(alice), crl=root + issuing)
        self.assertEqual((s["checks"]["revocation"], s["notes"]), ("pass", []))
        s = self.holds(letter(alice), crl=issuing)  # nothing of the intermediate
        self.assertEqual((s["checks"]["revocation"], s["notes"]), ("unknown", ["revocation-unknown"]))
        stale = ca.crl(ca.root, days=(-20, -10)) + ca.crl(ca.issuing, days=(-20, -10))
        self.assertEqual(self.holds(letter(alice), crl=stale)["checks"]["revocation"], "unknown")

    def test_revoked(self):
        root = ca.crl(ca.root)
        self.fails(letter(alice), "revoked", crl=root + ca.crl(ca.issuing, [(alice, -5, None)]), check="revocation")
        self.fails(letter(alice), "revoked", crl=ca.crl(ca.root, [(ca.issuing, -5, None)]) + ca.crl(ca.issuing), check="revocation")

    def test_revoked_after_it_came(self):
        payload, then = entity(), NOW - 9 * DAY
        message = letter(cms=made(alice, payload, usual_attributes(payload, then)))
        later = ca.crl(ca.root) + ca.crl(ca.issuing, [(alice, -5, x509.ReasonFlags.cessation_of_operation)])
        s = self.smime(message, "--received-at", str(then), crl=later)
        self.assertEqual((s["smimeStatus"], s["smimeStatusAtDelivery"], s["smimeErrors"]), ("signed/failed", "signed/verified", ["revoked-since"]))
        self.assertTrue(self.is_person())
        stolen = ca.crl(ca.root) + ca.crl(ca.issuing, [(alice, -5, x509.ReasonFlags.key_compromise)])
        self.fails(message, "revoked", "--received-at", str(then), crl=stolen, check="revocation")

    def test_a_forged_list_revokes_nobody(self):
        forged = ca.crl(Person(ca.issuing.certificate, new_key(n="forger")), [(alice, -5, None)])
        self.assertEqual(self.holds(letter(alice), crl=ca.crl(ca.root) + forged)["checks"]["revocation"], "unknown")


class Attacks(Case):
    """The security list, F126 to F144 and what of G145 to H176 touches certificates."""

    def test_f126_content_inside_a_detached_signature(self):
        payload, shown = entity(), entity("the amount is 900 EUR.\r\n")
        self.fails(letter(payload=shown, cms=made(alice, payload, opaque=True)), "content-misplaced")
        self.fails(letter(payload=payload, cms=made(alice, payload, opaque=True)), "content-misplaced")
        self.fails(header() + opaque_body(made(alice, payload)), "content-misplaced")

    def test_f127_two_signers_one_of_them_an_attacker(self):
        payload = entity()
        a, m = (signer_info(p, payload, usual_attributes(payload, NOW)) for p in (alice, mallory))
        broken = signer_info(alice, payload, usual_attributes(payload, NOW), broken=True)
        both = certificates(alice) + [mallory.certificate]
        for signers in ([a, m], [m, a]):
            s = self.fails(letter(payload=payload, cms=signed_data(signers, both)), "several-signers", status="signed")
            self.assertEqual(s["signer"]["addresses"], [ALICE])
            self.assertEqual([o["name"] for o in s["others"]], ["mallory@evil.test"])
        for signers in ([m, broken], [broken, m], [a, broken], [broken, a]):
            self.fails(letter(payload=payload, cms=signed_data(signers, both)), "signature-invalid")
        twice = ca.person(ALICE, key=new_key("ec", 2))
        self.holds(letter(payload=payload, cms=openssl_cms(alice, payload, more=[twice])))

    def test_f128_nobody_signed_it(self):
        for certs in (certificates(alice), b""):
            for message in (letter(cms=signed_data([], certs)), header() + opaque_body(signed_data([], certs, entity()))):
                self.fails(message, "no-signer", status="unknown")

    def test_f129_signed_data_absent(self):
        for cms in (tlv(0x30, SIGNED), tlv(0x30, SIGNED, tlv(0xa0)), tlv(0x30, SIGNED, tlv(0xa0, tlv(0x30))), b"", b"\x30", b"\x30\x80", b"\0\0"):
            self.fails(letter(cms=cms or b"\n"), "malformed")

    def test_f130_nobody_vouches(self):
        stranger = Authority(NOW, "Stranger").person(ALICE)
        self_signed = Person(ca.build([(NameOID.COMMON_NAME, "Alice")], None, new_key(n="self"),
                                      [(x509.SubjectAlternativeName([x509.RFC822Name(ALICE)]), False)]), new_key(n="self"))
        for person, error in ((stranger, "untrusted"), (self_signed, "self-signed")):
            s = self.fails(letter(person), error, check="chain")
            self.assertEqual(s["checks"]["digest"], "pass")
            self.assertEqual(self.answer["verdict"]["level"], "unverified")
            self.assertIn("personal-signature-unknown", [c["code"] for c in self.answer["evidence"]["cautions"]])

    def test_f131_address_is_another(self):
        for author in ("bob@corp.test", "alice+x@corp.test", "alice@mail.corp.test", "alice@corp.test.evil.test", "alicé@corp.test", "alice@corp-test.test"):
            self.fails(letter(alice, head=header(author)), "address-mismatch", check="address")
        self.assertIn("personal-signature-of-other", [c["code"] for c in self.answer["evidence"]["cautions"]])
        self.fails(letter(alice, head=header("boss@corp.test", more="Sender: alice@corp.test\r\n")), "address-mismatch", check="address")

    def test_f131_address_is_the_same(self):
        self.holds(letter(alice, head=header("Alice <ALICE@Corp.TEST>")))  # RFC 8550 §3
        self.holds(letter(ca.person("alice@xn--bcher-kva.test"), head=header("alice@b\u00fccher.test")))
        self.holds(letter(ca.person(None, dn=ALICE)))
        utf8 = x509.OtherName(ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(12, "ältere@bücher.test".encode()))
        self.holds(letter(ca.person(None, names=[utf8]), head=header("ältere@bücher.test")))

    def test_f131_only_the_subject_names_it_and_the_alternative_name_another(self):
        self.fails(letter(ca.person("other@corp.test", dn=ALICE)), "address-mismatch", check="address")

    def test_f131_certificate_without_an_address(self):
        s = self.fails(letter(ca.person(None)), "no-address", status="signed")
        self.assertEqual(s["checks"]["address"], "none")

    def test_f132_several_addresses_and_odd_octets(self):
        self.holds(letter(ca.person(None, names=[x509.RFC822Name("x@corp.test"), x509.DNSName("corp.test"), x509.RFC822Name(ALICE)])))
        for odd in (b"alice@corp.test\0.evil.test", b"alice@corp.test\0", b"alice@corp.test ", b" alice@corp.test", b"*@corp.test", b"alice@*.test", b"@corp.test",
                    b"alice@", b"alice", b"alice@corp.test\r\n", b"\xffalice@corp.test"):
            names = tlv(0x30, tlv(0x81, odd), tlv(0x81, b"other@corp.test"))
            self.fails(letter(ca.person(None, names=names)), "address-mismatch", check="address")

    def test_f133_usage(self):
        server, any_use = [ExtendedKeyUsageOID.SERVER_AUTH], [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]
        self.fails(letter(ca.person(ALICE, eku=server)), "extended-key-usage", check="usage")
        self.fails(letter(ca.person(ALICE, ku={"key_encipherment": True})), "key-usage", check="usage")
        self.fails(letter(ca.person(ALICE, ca=True, ku={"digital_signature": True, "key_cert_sign": True})), "signer-is-ca", check="usage")
        self.fails(letter(ca.person(ALICE, issuer=ca.authority("TLS CA", ca.root, eku=server))), "extended-key-usage", check="usage")
        self.holds(letter(ca.person(ALICE, eku=None)))
        self.holds(letter(ca.person(ALICE, eku=any_use)))
        self.holds(letter(ca.person(ALICE, ku={"content_commitment": True})))

    def test_f134_revocation_unknown_does_not_lower(self):
        s = self.holds(letter(alice))
        self.assertEqual((s["checks"]["revocation"], s["notes"]), ("unknown", ["revocation-unknown"]))

    def test_f135_signing_time(self):
        payload = entity()
        for days in (-3, 3):
            cms = made(alice, payload, usual_attributes(payload, NOW + days * DAY))
            s = self.holds(letter(payload=payload, cms=cms), "--received-at", str(NOW))
            self.assertIn("signing-time-differs", s["notes"])
            self.assertIn("signing-time-differs", [c["code"] for c in self.answer["evidence"]["cautions"]])
        without = made(alice, payload, [a for a in usual_attributes(payload, NOW) if SIGNING_TIME not in a])
        self.assertIsNone(self.holds(letter(payload=payload, cms=without))["signedAt"])
        outside = made(alice, payload, usual_attributes(payload, NOW - 60 * DAY))
        self.fails(letter(payload=payload, cms=outside), "signed-outside-validity", check="time")

    def test_f136_signed_attributes(self):
        payload, other = entity(), entity("another text\r\n")
        kind, at, digest = usual_attributes(payload, NOW)
        wrong = usual_attributes(other, NOW)[2]
        compressed = attribute(CONTENT_TYPE, oid("1.2.840.113549.1.9.16.1.9"))
        twice = attribute(MESSAGE_DIGEST, tlv(4, bytes(32)), *[digest[-34:]])
        for attributes in ([at, digest], [kind, at], [kind, kind, at, digest], [kind, at, digest, digest], [kind, at, digest, wrong], [compressed, at, digest],
                           [kind, at, twice], [kind, at, at, digest], []):
            self.fails(letter(payload=payload, cms=made(alice, payload, attributes)), "signed-attributes", check="digest")
        self.fails(letter(payload=payload, cms=made(alice, payload, [kind, at, wrong])), "content-changed", check="digest")

    def test_f136_text_that_is_anothers_attributes(self):
        """Its signature was made over the attributes of another message; without them it would be one over this text."""
        attributes = tlv(0x31, *sorted(usual_attributes(entity(), NOW)))
        self.fails(header() + opaque_body(made(alice, attributes, None, opaque=True)), "signed-attributes", check="digest")

    def test_f136_micalg(self):
        self.fails(letter(alice, micalg="sha-512"), "micalg", check="digest")
        self.fails(letter(alice, micalg="sha1"), "micalg", check="digest")
        for word in ("sha256", "SHA-256", '"sha-512,sha-256"', "unknown", "x-new"):
            self.holds(letter(alice, micalg=word))

    def test_f137_weak_algorithms(self):
        payload = entity()
        for digest in ("md5", "sha1"):
            s = self.fails(letter(payload=payload, cms=made(alice, payload, digest=digest), micalg=digest), "weak-digest", check="strength")
            self.assertEqual(s["checks"]["digest"], "pass")
        s = self.smime(letter(ca.person(ALICE, key=new_key("1024"))))
        self.assertEqual((s["smimeStatus"], s["checks"]["strength"]), ("signed/failed", "fail"))

    def test_f138_the_signature_covers_a_part(self):
        signed = signed_body(entity(), made(alice, entity()))
        text = b"Content-Type: text/plain\r\n\r\nsend the money to evil.test instead\r\n"
        for kind in ("mixed", "alternative", "related", "digest"):
            for parts in ([signed, text], [text, signed], [signed]):
                body = b'Content-Type: multipart/%s; boundary="out"\r\n\r\n' % kind.encode()
                message = header() + body + b"".join(b"--out\r\n" + p + b"\r\n" for p in parts) + b"--out--\r\n"
                s = self.fails(message, "covers-part", status="signed")
                self.assertEqual((s["coverage"] if "coverage" in s else s["covers"])["scope"], "part")
                self.assertEqual(s["checks"]["coverage"], "fail")

    def test_f138_attached_message(self):
        inner = letter(alice)
        s = self.fails(header("boss@corp.test") + b"Content-Type: message/rfc822\r\n\r\n" + inner, "covers-attached-message", status="signed")
        self.assertIsNone(s["signer"])
        mixed = (header() + b'Content-Type: multipart/mixed; boundary="out"\r\n\r\n--out\r\nContent-Type: message/rfc822\r\n\r\n' + inner + b"\r\n--out--\r\n")
        self.fails(mixed, "covers-attached-message", status="signed")

    def test_f139_outermost_decides(self):
        text = entity()
        inner = signed_body(text, made(mallory, text), boundary="in")
        s = self.holds(letter(payload=inner, cms=made(alice, inner)))
        self.assertEqual([(o["name"], o["scope"], o["error"]) for o in s["others"]], [("mallory@evil.test", "inner", "address-mismatch")])
        inner = opaque_body(made(alice, text, opaque=True))
        s = self.fails(letter(payload=inner, cms=made(mallory, inner)), "address-mismatch", check="address")
        self.assertEqual([o["name"] for o in s["others"]], [ALICE])

    def test_f139_triple_wrapped(self):
        text = entity()
        inner = opaque_body(made(mallory, text, opaque=True))
        sealed = opaque_body(tlv(0x30, oid("1.2.840.113549.1.7.3"), tlv(0xa0, tlv(0x30, tlv(2, b"\0")))), "enveloped-data")
        outer = opaque_body(made(alice, inner, opaque=True))
        s = self.holds(header() + outer)
        self.assertEqual([o["name"] for o in s["others"]], ["mallory@evil.test"])
        s = self.holds(header() + opaque_body(made(alice, sealed, opaque=True)))
        self.assertTrue(s["encrypted"])

    def test_f140_not_two_parts(self):
        payload, cms = entity(), made(alice, entity())
        good = signed_body(payload, cms)
        third = b"\r\n--sig\r\nContent-Type: text/plain\r\n\r\nunsigned\r\n"
        self.fails(letter(payload=payload, cms=cms, extra=third), "structure")
        one = b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="sig"\r\n\r\n--sig\r\n' + payload + b"\r\n--sig--\r\n"
        self.fails(header() + one, "structure")
        for message in (letter(payload=payload, cms=cms, protocol="application/pkcs7-signature", signature_type="application/octet-stream"),
                        header() + good.replace(b'protocol="application/pkcs7-signature"; ', b"")):
            self.fails(message, "structure")
        other = self.smime(letter(payload=payload, cms=cms, protocol="application/x-other"))
        self.assertIsNone(other["smimeStatus"])

    def test_f140_text_around_it_is_nobodys(self):
        self.holds(letter(alice, before=b"UNSIGNED\r\n", after=b"UNSIGNED\r\n"))
        self.holds(letter(alice, protocol="application/x-pkcs7-signature"))

    def test_f141_nothing_that_a_certificate_names_is_fetched(self):
        listener = socket.create_server(("127.0.0.1", 0))
        seen = []
        def accept():
            try:
                while True:
                    seen.append(listener.accept())
            except OSError:
                pass
        thread = threading.Thread(target=accept)
        thread.start()
        url = x509.UniformResourceIdentifier("http://127.0.0.1:%d/x" % listener.getsockname()[1])
        aia = x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, url),
                                               x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, url)])
        points = x509.CRLDistributionPoints([x509.DistributionPoint([url], None, None, None)])
        person = ca.person(ALICE, more=[(aia, False), (points, False)])
        self.holds(letter(person))
        self.smime(letter(Person(person.certificate, person.key)))  # without the intermediate that the URL offers
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        self.assertEqual(len(seen), 0)

    def test_f142_the_address_is_shown_not_the_name(self):
        namesake = ca.person("alice@evil.test", "Alice")
        s = self.holds(letter(namesake, head=header("Alice <alice@evil.test>")))
        self.assertEqual(self.answer["verdict"]["identity"]["name"], "alice@evil.test")
        self.assertIn("alice@evil.test", self.answer["verdict"]["text"])

    def test_f143_crowds_and_giants(self):
        payload = entity()
        info = signer_info(alice, payload, usual_attributes(payload, NOW))
        small = tlv(0x30, tlv(0x30), tlv(0x30), tlv(3, b"\0"))
        huge = ca.build([(NameOID.COMMON_NAME, "x" * 64)], None, new_key(n="huge"),
                        [(x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.3"), bytes(1 << 20)), False)])
        der = alice.certificate.public_bytes(serialization.Encoding.DER)
        for certs in (small * 10000, der * 33, der + huge.public_bytes(serialization.Encoding.DER), der + tlv(0x30, bytes(300000))):
            self.fails(letter(payload=payload, cms=signed_data([info], certs)), "too-large")
        self.fails(letter(payload=payload, cms=signed_data([info] * 9, certificates(alice))), "too-large")
        deep = b"\x30\x80" * 1000 + b"\0\0" * 1000
        wide = tlv(0x30, SIGNED, tlv(0xa0, tlv(0x30, b"\5\0" * 250000)))
        for cms in (deep, b"\x24\x80" * 100000, wide, b"\x30\x84\xff\xff\xff\xff", b"\x30\x89" + b"\xff" * 9, b"\x3f\x81\x01\x00"):
            self.fails(letter(payload=payload, cms=cms), "malformed")

    def test_f143_a_key_of_absurd_size(self):
        numbers = new_key(n="big").public_key().public_numbers()
        big = persons.rsa.RSAPublicNumbers(65537, (1 << 16000) + 1).public_key()

        class Big:
            public_key = staticmethod(lambda: big)
            sign = staticmethod(lambda *_: bytes(2001))
        person = Person(ca.build([(NameOID.COMMON_NAME, "Alice")], ca.issuing, Big, [(x509.SubjectAlternativeName([x509.RFC822Name(ALICE)]), False)]), Big,
                        [ca.issuing.certificate])
        s = self.smime(letter(person))
        self.assertEqual((s["smimeStatus"], s["smimeErrors"]), ("signed/failed", ["too-large"]))

    def protected(self, inner, kind='text/plain; charset="utf-8"; hp="clear"', head=None):
        payload = ("Content-Type: %s\r\n%s\r\nthe text\r\n" % (kind, inner)).encode()
        return letter(payload=payload, cms=made(alice, payload), head=head)

    def fields(self, **other):
        values = {"From": "Alice <alice@corp.test>", "To": "bob@home.test", "Subject": "Invoice", "Date": "Sat, 21 Nov 2026 20:00:00 +0000", **other}
        return "".join("%s: %s\r\n" % field for field in values.items())

    def test_f144_protected_headers(self):
        covers = lambda: self.answer["evidence"]["smime"]["covers"]
        self.holds(self.protected(self.fields()))
        self.assertEqual((covers()["headers"], self.answer["verdict"]["limits"]), ("covered", []))
        self.holds(self.protected(self.fields(), 'text/plain; protected-headers="v1"'))
        self.assertEqual(covers()["headers"], "covered")
        self.holds(self.protected(self.fields(), "text/plain"))  # not marked: fields of a part
        self.assertEqual((covers()["headers"], self.answer["verdict"]["limits"]), ("unsigned", ["headers-unsigned"]))
        self.holds(self.protected(self.fields(Subject="Another")))
        self.assertEqual((covers()["headers"], covers()["subject"]), ("differ", "Another"))
        self.assertIn("signed-subject-differs", [c["code"] for c in self.answer["evidence"]["cautions"]])

    def test_f144_inner_author_is_another(self):
        for inner in (self.fields(From="boss@corp.test"), self.fields(From="alice@corp.test, boss@corp.test")):
            s = self.smime(self.protected(inner))
            v = self.answer["verdict"]
            self.assertEqual((v["author"], v["level"], v["strength"], v["reasons"][0]["code"]), ("ambiguous", "caution", None, "signed-from-differs"))
            self.assertEqual(s["covers"]["headers"], "from-differs")

    def test_f144_wrapped_message(self):
        def wrapped(author):
            payload = ("Content-Type: message/rfc822\r\n\r\n%s\r\nthe text\r\n" % self.fields(From=author)).encode()
            return letter(payload=payload, cms=made(alice, payload))
        self.holds(wrapped("Alice <alice@corp.test>"))
        self.assertEqual(self.answer["verdict"]["limits"], [])
        self.smime(wrapped("boss@corp.test"))
        self.assertEqual(self.answer["verdict"]["author"], "ambiguous")

    def test_g146_one_good_signature_says_nothing_for_another(self):
        signed = lambda n: signed_body(entity("text %d\r\n" % n), made(alice, entity("text %d\r\n" % n)), boundary="in%d" % n)
        bad = signed_body(entity("changed\r\n"), made(alice, entity()), boundary="bad")
        parts = [bad, signed(1), signed(2)]
        message = header() + b'Content-Type: multipart/mixed; boundary="out"\r\n\r\n' + b"".join(b"--out\r\n" + p + b"\r\n" for p in parts) + b"--out--\r\n"
        s = self.fails(message, "content-changed")
        self.assertEqual([o["status"] for o in s["others"]], ["signed", "signed"])

    def test_g151_hidden_beside_other_content(self):
        signed = signed_body(entity(), made(alice, entity()))
        html = b'Content-Type: text/html\r\n\r\n<p>pay</p><div style="display:none"><img src="cid:sig"></div>\r\n'
        hidden = signed.replace(b"\r\n\r\n", b"\r\nContent-ID: <sig>\r\nContent-Disposition: attachment\r\n\r\n", 1)
        message = header() + b'Content-Type: multipart/related; boundary="out"\r\n\r\n--out\r\n' + html + b"\r\n--out\r\n" + hidden + b"\r\n--out--\r\n"
        self.fails(message, "covers-part", status="signed")

    def test_g155_an_old_signature_wrapped_anew(self):
        payload = entity()
        old = made(alice, payload, usual_attributes(payload, NOW - 20 * DAY))
        s = self.holds(letter(payload=payload, cms=old, head=header(subject="Today")), "--received-at", str(NOW))
        self.assertEqual(s["covers"]["headers"], "unsigned")
        self.assertIn("signing-time-differs", s["notes"])

    def test_g157_signature_stripped_or_damaged(self):
        payload = entity()
        for cms in (b"\n", made(alice, payload)[:-40]):
            self.fails(letter(payload=payload, cms=cms), "malformed")
            self.assertEqual(self.answer["verdict"]["level"], "unverified")
        plain = self.smime(header() + payload)
        self.assertIsNone(plain["smimeStatus"])
        self.assertEqual(self.answer["verdict"]["level"], "unverified")

    def test_g158_inside_openpgp_it_is_inner(self):
        inner = signed_body(entity(), made(alice, entity()), boundary="in")
        message = header() + signed_body(inner, b"no signature", protocol="application/pgp-signature")
        s = self.fails(message, "covers-part", status="signed")
        self.assertEqual(s["covers"]["scope"], "inner")

    def test_g159_several_authors(self):
        two = letter(alice, head=header("alice@corp.test, bob@corp.test"))
        self.fails(two, "author-unclear", check="address")
        fields = letter(alice, head=header() + b"From: boss@corp.test\r\n")
        self.fails(fields, "author-unclear", check="address")
        self.assertEqual(self.answer["verdict"]["author"], "ambiguous")

    def test_h162_content_type_twice(self):
        text = b"Content-Type: text/plain\r\n"
        for message in (letter(alice).replace(b"Content-Type: multipart", text + b"Content-Type: multipart", 1),
                        letter(alice).replace(b'boundary="sig"\r\n', b'boundary="sig"\r\n' + text, 1)):
            s = self.smime(message)
            self.assertNotEqual(s["smimeStatus"], "signed/verified")
            self.assertFalse(self.is_person())

    def test_h163_boundaries_that_readers_split_elsewhere(self):
        good = letter(alice)
        for message in (good.replace(b"\r\n--sig--", b"\r\n--sig--\r\n--sig\r\nContent-Type: text/plain\r\n\r\nmore\r\n--sig--", 1),
                        good.replace(b"--sig\r\nContent-Type: text/plain", b"--sig x\r\nContent-Type: text/plain", 1)):
            s = self.smime(message)
            self.assertNotEqual(s["smimeStatus"], "signed/verified")
            self.assertFalse(self.is_person())

    def test_h170_encrypted_mail_is_said_and_left_alone(self):
        sealed = tlv(0x30, oid("1.2.840.113549.1.7.3"), tlv(0xa0, tlv(0x30, tlv(2, b"\0"))))
        s = self.fails(header() + opaque_body(sealed, "enveloped-data"), "encrypted", status="unknown")
        self.assertTrue(s["encrypted"])
        self.assertIn("encrypted", [c["code"] for c in self.answer["evidence"]["cautions"]])

    def test_h174_the_organizer_is_compared_with_the_author(self):
        def invitation(organizer, method="REQUEST"):
            calendar = "BEGIN:VCALENDAR\r\nMETHOD:%s\r\nBEGIN:VEVENT\r\nORGANIZER;CN=Boss:mailto:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" % (method, organizer)
            payload = ("Content-Type: text/calendar; method=%s\r\n\r\n%s" % (method, calendar)).encode()
            self.holds(letter(payload=payload, cms=made(alice, payload)))
            return [c["params"].get("organizer") for c in self.answer["evidence"]["cautions"] if c["code"] == "organizer-elsewhere"]
        self.assertEqual(invitation("boss@corp.test"), ["boss@corp.test"])
        self.assertEqual(invitation("Alice@corp.test"), [])
        self.assertEqual(invitation("boss@corp.test", "REPLY"), [])

    def test_h172_what_lies_elsewhere_is_not_joined(self):
        payload = b'Content-Type: message/external-body; access-type=URL; URL="http://127.0.0.1/"\r\n\r\nContent-Type: text/plain\r\n\r\n'
        self.holds(letter(payload=payload, cms=made(alice, payload)))
        part = b'Content-Type: message/partial; id="x"; number=1; total=2\r\n\r\n' + letter(alice)
        self.assertIsNone(self.smime(header() + part)["smimeStatus"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
