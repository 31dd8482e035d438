#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""OCSP responses as `inkan verify` reads them: stapled into the signature (RFC 5940) or handed in as a file, made by
`openssl ocsp` and by hand; who may make one, for when it speaks, and what "revoked" of which date comes to. Nothing is ever
asked of a responder."""
import datetime, os, shutil, subprocess, sys, tempfile, time, unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../sample")]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
import persons
import test_smime
from persons import DAY, Authority, entity, new_key, oid, tlv, usual_attributes

NOW = int(time.time())
HOUR = 3600
GOOD, REVOKED, UNKNOWN = (getattr(ocsp.OCSPCertStatus, n) for n in ("GOOD", "REVOKED", "UNKNOWN"))
STOLEN, HOLD = x509.ReasonFlags.key_compromise, x509.ReasonFlags.certificate_hold
OCSP_SIGNING = (ExtendedKeyUsageOID.OCSP_SIGNING,)
folder = tempfile.mkdtemp()
ca = Authority(NOW)
alice = ca.person("alice@corp.test")


def tearDownModule():
    shutil.rmtree(folder)


def when(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None)


def response(about, issuer, status=GOOD, by=None, since=-HOUR, until=7 * DAY, revoked=None, reason=None, digest=hashes.SHA1, named=False):
    """DER. `by`: a delegated responder, whose certificate is in it, referred to by its key or its name; times: seconds from now."""
    encoding = ocsp.OCSPResponderEncoding
    signer = by or issuer
    b = ocsp.OCSPResponseBuilder().add_response(
        about.certificate, issuer.certificate, digest(), status, when(NOW + since), None if until is None else when(NOW + until),
        None if revoked is None else when(NOW + revoked), reason).responder_id(encoding.NAME if named else encoding.HASH, signer.certificate)
    if by:
        b = b.certificates([by.certificate])
    return b.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def impostor():
    """Somebody of the issuing authority's name, with a certificate by the same root and a key of its own."""
    name = ca.issuing.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    return ca.authority(name, ca.root, key=new_key(n="impostor"))


def stapled(*responses):
    return b"".join(tlv(0xa1, oid("1.3.6.1.5.5.7.16.2"), r) for r in responses)


def issuing(status=GOOD, **wishes):
    """What the root says of the authority in between: it is part of every answer here."""
    return response(ca.issuing, ca.root, status, **wishes)


def letter(*responses, crls=b"", signed_at=NOW):
    payload = entity()
    attributes = usual_attributes(payload, signed_at)
    return test_smime.letter(payload=payload, cms=test_smime.made(alice, payload, attributes, crls=stapled(*responses) + crls))


def der(pem):
    return subprocess.run(["openssl", "crl", "-outform", "DER"], input=pem, stdout=subprocess.PIPE, check=True).stdout


class Case(test_smime.Case):
    def setUp(self):
        self.swapped, test_smime.ca = test_smime.ca, ca

    def tearDown(self):
        test_smime.ca = self.swapped

    def revocation(self, message, *words):
        """(the check, errors, notes), of a signature that is otherwise fine."""
        s = self.smime(message, *words)
        self.assertEqual({s["checks"][c] for c in ("digest", "chain", "time", "usage", "address", "strength")}, {"pass"})
        return s["checks"]["revocation"], s["smimeErrors"], s["notes"]

    def is_good(self, *responses, **wishes):
        self.assertEqual(self.revocation(letter(*responses, **wishes)), ("pass", None, []))
        self.assertTrue(self.is_person())

    def is_unknown(self, *responses, **wishes):
        self.assertEqual(self.revocation(letter(*responses, **wishes)), ("unknown", None, ["revocation-unknown"]))
        self.assertTrue(self.is_person())  # F134: it takes nothing away

    def is_revoked(self, *responses, **wishes):
        self.assertEqual(self.revocation(letter(*responses, **wishes))[:2], ("fail", ["revoked"]))
        self.assertFalse(self.is_person())


class Stapled(Case):
    def test_good(self):
        self.is_good(issuing(), response(alice, ca.issuing))

    def test_the_whole_path_must_be_told_of(self):
        self.is_unknown(response(alice, ca.issuing))
        self.is_unknown(issuing())

    def test_a_list_for_one_and_a_response_for_the_other(self):
        self.is_good(response(alice, ca.issuing), crls=der(ca.crl(ca.root)))
        self.is_good(issuing(), crls=der(ca.crl(ca.issuing)))

    def test_issuers_under_every_digest(self):
        for digest in (hashes.SHA1, hashes.SHA256, hashes.SHA384):
            self.is_good(issuing(), response(alice, ca.issuing, digest=digest))

    def test_revoked(self):
        self.is_revoked(issuing(), response(alice, ca.issuing, REVOKED, revoked=-5 * DAY))
        self.is_revoked(issuing(REVOKED, revoked=-5 * DAY), response(alice, ca.issuing))

    def test_revoked_by_one_is_revoked_whatever_another_says(self):
        self.is_revoked(issuing(), response(alice, ca.issuing), response(alice, ca.issuing, REVOKED, revoked=-DAY))
        self.is_revoked(issuing(), response(alice, ca.issuing), crls=der(ca.crl(ca.root)) + der(ca.crl(ca.issuing, [(alice, -5, None)])))

    def test_unknown_is_silence(self):
        self.is_unknown(issuing(), response(alice, ca.issuing, UNKNOWN))

    def test_another_certificate_is_another(self):
        self.is_unknown(issuing(), response(ca.person("alice@corp.test"), ca.issuing))

    def test_another_issuer_of_the_same_name_and_serial(self):
        self.is_unknown(issuing(), response(alice, impostor()))

    def test_garbage_is_left_out(self):
        self.is_good(tlv(0x30, b"\x0a\x01\x06"), tlv(0x30, tlv(4, b"x")), issuing(), response(alice, ca.issuing))

    def test_a_crowd_is_cut_off(self):
        crowd = [issuing(UNKNOWN)] * 8
        self.is_unknown(*crowd, issuing(), response(alice, ca.issuing))


class Responders(Case):
    def delegate(self, issuer=None, eku=OCSP_SIGNING, **wishes):
        return ca.person(None, "Responder", issuer=issuer or ca.issuing, eku=eku, chain=[], **wishes)

    def test_a_delegate_of_the_issuer(self):
        self.is_good(issuing(), response(alice, ca.issuing, by=self.delegate()))

    def test_a_delegate_needs_the_usage_said(self):
        for eku in (persons.MAIL, (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,), None):
            self.is_unknown(issuing(), response(alice, ca.issuing, by=self.delegate(eku=eku)))

    def test_a_delegate_of_another_authority(self):
        self.is_unknown(issuing(), response(alice, ca.issuing, by=self.delegate(issuer=ca.root)))
        self.is_unknown(issuing(), response(alice, ca.issuing, by=self.delegate(issuer=impostor())))

    def test_a_delegate_that_had_expired(self):
        self.is_unknown(issuing(), response(alice, ca.issuing, by=self.delegate(days=(-20, -1))))

    def test_a_delegate_that_may_not_sign(self):
        self.is_unknown(issuing(), response(alice, ca.issuing, by=self.delegate(ku={"key_encipherment": True})))

    def test_the_author_vouches_for_nobody(self):
        self.is_unknown(issuing(), response(alice, ca.issuing, by=alice))

    def test_a_forged_signature(self):
        for named in (False, True):
            self.is_unknown(issuing(), response(alice, ca.issuing, by=impostor(), named=named))
            self.is_unknown(issuing(), response(alice, ca.issuing, REVOKED, revoked=-DAY, by=impostor(), named=named))  # nor does it revoke

    def test_one_changed_octet(self):
        whole = response(alice, ca.issuing)
        for at in range(40, len(whole), 7):
            changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
            self.assertNotEqual(self.revocation(letter(issuing(), changed))[0], "pass", at)


class Times(Case):
    def test_superseded_before_it_came(self):
        self.is_unknown(issuing(), response(alice, ca.issuing, since=-9 * DAY, until=-2 * DAY))

    def test_from_the_future(self):
        self.is_unknown(issuing(), response(alice, ca.issuing, since=2 * HOUR))

    def test_without_next_update_it_counts_for_a_day(self):
        self.is_good(issuing(), response(alice, ca.issuing, until=None))
        self.is_unknown(issuing(), response(alice, ca.issuing, since=-2 * DAY, until=None))

    def test_what_was_current_when_it_came_still_counts(self):
        then = NOW - 9 * DAY
        old = {"since": -10 * DAY, "until": -5 * DAY}
        message = letter(issuing(**old), response(alice, ca.issuing, **old), signed_at=then)
        self.assertEqual(self.revocation(message, "--received-at", str(then))[0], "pass")

    def test_good_today_was_good_then(self):
        then = NOW - 9 * DAY
        message = letter(issuing(), response(alice, ca.issuing), signed_at=then)
        self.assertEqual(self.revocation(message, "--received-at", str(then))[0], "pass")

    def test_revoked_after_it_came(self):
        then = NOW - 9 * DAY
        message = letter(issuing(), response(alice, ca.issuing, REVOKED, revoked=-5 * DAY), signed_at=then)
        s = self.smime(message, "--received-at", str(then))
        self.assertEqual((s["smimeStatus"], s["smimeStatusAtDelivery"], s["smimeErrors"]), ("signed/failed", "signed/verified", ["revoked-since"]))
        self.assertTrue(self.is_person())

    def test_a_stolen_key_signs_letters_of_any_date(self):
        then = NOW - 9 * DAY
        message = letter(issuing(), response(alice, ca.issuing, REVOKED, revoked=-5 * DAY, reason=STOLEN), signed_at=then)
        self.assertEqual(self.revocation(message, "--received-at", str(then))[:2], ("fail", ["revoked"]))

    def test_revoked_is_told_by_an_old_response_too(self):
        self.is_revoked(issuing(), response(alice, ca.issuing, REVOKED, revoked=-12 * DAY, since=-10 * DAY, until=-5 * DAY))

    def test_a_hold_may_have_been_lifted_since(self):
        self.is_revoked(issuing(), response(alice, ca.issuing, REVOKED, revoked=-DAY, reason=HOLD))
        old = response(alice, ca.issuing, REVOKED, revoked=-12 * DAY, reason=HOLD, since=-10 * DAY, until=-5 * DAY)
        self.is_good(issuing(), old, response(alice, ca.issuing))

    def test_a_list_out_of_date_still_tells_when(self):
        then = NOW - 9 * DAY
        old = der(ca.crl(ca.root, days=(-4, -2))) + der(ca.crl(ca.issuing, [(alice, -5, None)], days=(-4, -2)))
        s = self.smime(letter(crls=old, signed_at=then), "--received-at", str(then))
        self.assertEqual((s["smimeStatusAtDelivery"], s["smimeErrors"]), ("signed/verified", ["revoked-since"]))

    def test_lists_that_came_along_and_were_current_then(self):
        then = NOW - 9 * DAY
        old = der(ca.crl(ca.root, days=(-10, -5))) + der(ca.crl(ca.issuing, days=(-10, -5)))
        self.assertEqual(self.revocation(letter(crls=old, signed_at=then), "--received-at", str(then))[0], "pass")


class Openssl(Case):
    """`openssl ocsp` as the responder, its answers handed in as a file."""

    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(dir=folder)

    def file(self, name, octets):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(octets)
        return path

    def answer(self, about, issuer, status="V", signer=None, digest="sha256"):
        """What a responder with this index says, in DER."""
        signer = signer or issuer
        pem = lambda p: persons.pem(p.certificate)
        c = about.certificate
        date = lambda t: when(t).strftime("%y%m%d%H%M%SZ")
        line = "%s\t%s\t%s\t%X\tunknown\t/CN=x\n" % (status, date(NOW + 300 * DAY), date(NOW - 3 * DAY) if status == "R" else "", c.serial_number)
        serial = "%X" % c.serial_number
        line = line.replace(serial, serial.zfill(len(serial) + len(serial) % 2))
        out = os.path.join(self.folder, "out")
        subprocess.run(["openssl", "ocsp", "-index", self.file("index", line.encode()), "-CA", self.file("ca", pem(issuer)), "-issuer", self.file("i", pem(issuer)),
                        "-cert", self.file("c", pem(about)), "-rsigner", self.file("rs", pem(signer)), "-rkey", self.file("rk", persons.key_pem(signer)),
                        "-rmd", digest, "-ndays", "7", "-noverify", "-respout", out], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with open(out, "rb") as f:
            return f.read()

    def told(self, *answers):
        return self.revocation(letter(), "--smime-ocsp", self.file("answers", b"".join(answers)))

    def test_good(self):
        self.assertEqual(self.told(self.answer(ca.issuing, ca.root), self.answer(alice, ca.issuing)), ("pass", None, []))

    def test_revoked(self):
        self.assertEqual(self.told(self.answer(ca.issuing, ca.root), self.answer(alice, ca.issuing, "R"))[:2], ("fail", ["revoked"]))

    def test_by_a_delegate(self):
        responder = ca.person(None, "Responder", eku=OCSP_SIGNING, chain=[])
        self.assertEqual(self.told(self.answer(ca.issuing, ca.root), self.answer(alice, ca.issuing, signer=responder))[0], "pass")

    def test_a_weak_digest(self):
        self.assertEqual(self.told(self.answer(ca.issuing, ca.root), self.answer(alice, ca.issuing, digest="sha1"))[0], "unknown")

    def test_a_file_that_holds_none_is_refused(self):
        for octets in (b"", b"hello", self.answer(alice, ca.issuing) + b"x", tlv(0x30, b"\x0a\x01\x06")):
            done = subprocess.run([test_smime.INKAN, "verify", "--json", "--offline", "--smime-ocsp", self.file("bad", octets), self.file("m", letter())],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(b"OCSP response", done.stderr)


if __name__ == "__main__":
    unittest.main()
