#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Ways that honest and forged mail takes, as a user's `inkan verify` sees them: signed by dkimpy, looked up in a signed zone
(Knot), judged once by our own checks alone and once with the header that each kind of receiver writes. Every flow states the
whole verdict: author, strength, level, limits, cautions and the sentence (rules 3 to 13 of the verdict)."""
import json, os, subprocess, sys, tempfile, time, unittest
from email.utils import formatdate

import dkim

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/service")]
from run import free_port
from servers.knot import Knot
from test_verify import INKAN, Zone, make_key

NOW = int(time.time())
BODY = b"Dear reader,\r\n\r\nplease find the minutes below.\r\n"
FOOTER = b"-- \r\nlist@list.example\r\n"
# domain: addresses that may send, DMARC record or None
DOMAINS = {"bank.example": ("192.0.2.10", "p=reject"), "mail.bank.example": ("192.0.2.10", None), "freemail.example": ("192.0.2.20", "p=none"),
           "bare.example": ("192.0.2.30", None), "esp.example": ("192.0.2.40", None), "corp.hoster.example": ("192.0.2.50", None),
           "list.example": ("192.0.2.60", "p=none"), "alumni.example": ("192.0.2.70", None), "careful.example": ("192.0.2.80", "p=quarantine"),
           "evil.example": ("203.0.113.66", None), "insecure.example": ("192.0.2.90", "p=reject")}
# what another's servers send for them
POLICIES = {"shop.example": ("v=spf1 include:esp.example -all", "p=quarantine"), "corp.example": ("v=spf1 include:corp.hoster.example -all", "p=reject"),
            "wide.example": ("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", "p=reject")}


def zone(key_record):
    key = " ".join('"%s"' % key_record[i:i + 250] for i in range(0, len(key_record), 250))
    rows = []
    for domain, (address, policy) in DOMAINS.items():
        rows += ["%s. 300 IN A %s" % (domain, address), '%s. 300 IN TXT "v=spf1 ip4:%s -all"' % (domain, address), "s1._domainkey.%s. 300 IN TXT %s" % (domain, key)]
        rows += ['_dmarc.%s. 300 IN TXT "v=DMARC1; %s"' % (domain, policy)] if policy else []
    for domain, (spf, policy) in POLICIES.items():
        rows += ["%s. 300 IN A 192.0.2.1" % domain, '%s. 300 IN TXT "%s"' % (domain, spf), '_dmarc.%s. 300 IN TXT "v=DMARC1; %s"' % (domain, policy),
                 "s1._domainkey.%s. 300 IN TXT %s" % (domain, key)]
    rows.append("hosted._domainkey.corp.example. 300 IN CNAME s1._domainkey.corp.hoster.example.")
    inside = lambda row: "insecure.example." in row.split()[0]
    return {".": ("\n".join(r for r in rows if not inside(r)) + "\n", "signed"), "insecure.example.": ("\n".join(filter(inside, rows)) + "\n", "unsigned")}


class Way:
    """Whose hands a mail went through last: MAIL FROM ("" = null), HELO, address."""

    def __init__(self, mail_from, helo, ip, protocol="ESMTPS"):
        self.mail_from, self.helo, self.ip, self.protocol = mail_from, helo, ip, protocol

    def received(self, by="mx.ours.example", when=NOW, login=""):
        return "Received: from %s (%s [%s])\r\n%s\tby %s (Postfix) with %s id 4X\r\n\tfor <me@ours.example>; %s\r\n" % (
            self.helo, self.helo, self.ip, "\t(Authenticated sender: %s)\r\n" % login if login else "", by, self.protocol, formatdate(when))


class Said:
    """What a server found, as it would: signatures [(result, domain)], SPF result, DMARC (result, policy)."""

    def __init__(self, author, signatures, spf, dmarc):
        self.author, self.signatures, self.spf, self.dmarc = author, signatures, spf, dmarc


def generic(said, way):
    parts = ["dkim=%s header.d=%s header.s=s1" % s for s in said.signatures] or ["dkim=none"]
    parts += ["spf=%s smtp.mailfrom=%s" % (said.spf, way.mail_from or "<> smtp.helo=" + way.helo), "dmarc=%s (p=%s dis=none)" % said.dmarc + " header.from=" + said.author]
    parts[-1] = parts[-1].replace("dis=none", "dis=quarantine" if said.dmarc[0] == "fail" else "dis=none")
    return "Return-Path: <%s>\r\nAuthentication-Results: mx.ours.example;\r\n\t%s\r\n" % (way.mail_from, ";\r\n\t".join(parts)) + way.received()


def google(said, way):
    parts = ["dkim=%s header.i=@%s header.s=s1" % s for s in said.signatures]
    parts.append("spf=%s (google.com: domain of %s says so) %s" % (said.spf, way.mail_from, "smtp.mailfrom=" + way.mail_from if way.mail_from else "smtp.helo=" + way.helo))
    if said.dmarc[1] != "none" or said.dmarc[0] != "none":
        parts.append("dmarc=%s (p=%s sp=%s dis=%s) header.from=%s" % (said.dmarc[0], said.dmarc[1].upper(), said.dmarc[1].upper(), "QUARANTINE" if said.dmarc[0] == "fail" and said.dmarc[1] != "none" else "NONE", said.author))
    return ("Delivered-To: me@ours.example\r\nReceived: by 2002:a05:6a10:1234:0:0:0:0 with SMTP id x1csp2;\r\n        %s\r\nReturn-Path: <%s>\r\n" % (formatdate(NOW + 1), way.mail_from) +
            "Received: from %s (%s. [%s])\r\n        by mx.google.com with ESMTPS id a1-2.3.2026\r\n        for <me@ours.example>;\r\n        %s\r\n" % (way.helo, way.helo, way.ip, formatdate(NOW)) +
            "Received-SPF: %s (google.com: domain of %s) client-ip=%s;\r\nAuthentication-Results: mx.google.com;\r\n       %s\r\n" % (said.spf, way.mail_from, way.ip, ";\r\n       ".join(parts)))


def microsoft(said, way):
    dkim_word = "dkim=%s (signature was verified) header.d=%s" % said.signatures[0] if said.signatures else "dkim=none (message not signed) header.d=none"
    action = {"none": "none", "quarantine": "quarantine", "reject": "oreject"}[said.dmarc[1]] if said.dmarc[0] == "fail" else "none"
    return ("Received: from AB1EUR01FT1.eop-eur01.prod.protection.outlook.com\r\n (2603:10a6:1:cafe::1) by AB1PR01CA1.outlook.office365.com (2603:10a6:1::1)\r\n"
            " with Microsoft SMTP Server id 15.20.1.1 via Frontend\r\n Transport; %s\r\n" % formatdate(NOW + 1) +
            "Authentication-Results: spf=%s (sender IP is %s)\r\n smtp.mailfrom=%s; ours.example; %s;ours.example; dmarc=%s action=%s\r\n header.from=%s;compauth=none reason=405\r\n" % (
                said.spf, way.ip, way.mail_from.split("@")[-1] or way.helo, dkim_word, said.dmarc[0], action, said.author) +
            "Received: from %s (%s) by\r\n AB1EUR01FT1.mail.protection.outlook.com (10.1.2.3) with Microsoft SMTP Server\r\n id 15.20.1.2 via Frontend Transport; %s\r\n" % (way.helo, way.ip, formatdate(NOW)))


def icloud(said, way):
    fields = ["dmarc.icloud.com; dmarc=%s header.from=%s" % (said.dmarc[0], said.author)]
    fields += ["dkim-verifier.icloud.com; dkim=%s header.d=%s header.i=@%s" % (r, d, d) for r, d in said.signatures] or ["dkim-verifier.icloud.com; dkim=none"]
    fields.append("spf.icloud.com; spf=%s (spf.icloud.com: %s) smtp.mailfrom=%s" % (said.spf, way.mail_from, way.mail_from or "postmaster@" + way.helo))
    return ("Return-path: <%s>\r\nReceived: from ab1p00im-qukt01.me.com by p1-mailgateway-smtp-1a (mailgateway 1B1)\r\n\twith SMTP id 1-2-3; %s\r\n" % (way.mail_from, formatdate(NOW + 1)) +
            "Received: from %s (%s [%s])\r\n\tby ab1p00im-qukt01.me.com (Postfix) with ESMTPS id 1C\r\n\tfor <me@ours.example>; %s\r\nX-ICL-SCORE: 3.3\r\n" % (way.helo, way.helo, way.ip, formatdate(NOW)) +
            "".join("Authentication-Results: %s\r\n" % f for f in fields))


def yahoo(said, way):
    parts = ["dkim=%s header.i=@%s header.s=s1" % s for s in said.signatures] or ["dkim=unknown"]
    parts.append("spf=%s smtp.mailfrom=%s" % (said.spf, way.mail_from.split("@")[-1] or way.helo))
    parts.append("dmarc=%s(p=%s) header.from=%s" % (said.dmarc[0], said.dmarc[1].upper(), said.author))
    return ("Received: from 10.197.37.234\r\n by atlas105.free.mail.bf1.yahoo.com with HTTPS; %s\r\nReturn-Path: <%s>\r\nX-Originating-Ip: [%s]\r\n" % (formatdate(NOW + 1), way.mail_from, way.ip) +
            "Authentication-Results: atlas105.free.mail.bf1.yahoo.com;\r\n %s;\r\nX-Apparently-To: me@ours.example; %s\r\n" % (";\r\n ".join(parts), formatdate(NOW + 1)) +
            "Received: from %s (EHLO %s)\r\n by 10.197.37.234 with SMTPs; %s\r\n" % (way.ip, way.helo, formatdate(NOW)))


def fastmail(said, way):
    parts = ["dkim=%s header.d=%s header.i=@%s header.a=rsa-sha256 header.s=s1" % (r, d, d) for r, d in said.signatures] or ["dkim=none (no signatures found)"]
    parts.append("dmarc=%s policy.published-domain-policy=%s policy.applied-disposition=%s policy.policy-from=p header.from=%s" % (*said.dmarc, "quarantine" if said.dmarc[0] == "fail" and said.dmarc[1] != "none" else "none", said.author))
    parts.append("spf=%s smtp.mailfrom=%s smtp.helo=%s" % (said.spf, way.mail_from or "<>", way.helo))
    return ("Return-Path: <%s>\r\n" % way.mail_from + "Received: from phl-mx-06.messagingengine.com (localhost [127.0.0.1])\r\n\tby mailmx.phl.internal (Postfix) with ESMTP id A1\r\n\tfor <me@ours.example>; %s\r\n" % formatdate(NOW + 1) +
            "Received: from mailmx.phl.internal (localhost [127.0.0.1])\r\n    by phl-mx-06.messagingengine.com (Authentication Milter) with ESMTP\r\n    id A2.B2; %s\r\n" % formatdate(NOW + 1) +
            "Authentication-Results: phl-mx-06.messagingengine.com;\r\n    x-csa=none\r\nAuthentication-Results: phl-mx-06.messagingengine.com;\r\n    %s\r\n" % ";\r\n    ".join(parts) +
            "Received: from %s (%s [%s])\r\n\tby phl-mx-06.messagingengine.com (Postfix) with ESMTPS id A3\r\n\tfor <me@ours.example>; %s\r\n" % (way.helo, way.helo, way.ip, formatdate(NOW)))


RECEIVERS = {"generic": (generic, ["--authserv-id", "mx.ours.example", "--border", "mx.ours.example"]), "google": (google, ["--profile", "google"]),
             "microsoft": (microsoft, ["--profile", "microsoft"]), "icloud": (icloud, ["--profile", "icloud"]), "yahoo": (yahoo, ["--profile", "yahoo"]),
             "fastmail": (fastmail, ["--profile", "fastmail"])}
BORDER = ["--border", "mx.ours.example"]


class Flows(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.pem, record = make_key()
        cls.knot = Knot(os.path.join(cls.directory.name, "knot"), free_port(), zone(record.decode())).start()

    @classmethod
    def tearDownClass(cls):
        cls.knot.stop()
        cls.directory.cleanup()

    # --- mails -------------------------------------------------------------------------------------

    def write(self, author, name="Alice", extra=""):
        return ("From: %s <%s>\r\nTo: me@ours.example\r\nSubject: Minutes\r\nDate: %s\r\nMessage-ID: <1@%s>\r\n%s" % (name, author, formatdate(NOW - 60), author.split("@")[1], extra)).encode() + b"\r\n" + BODY

    def sign(self, message, domain, selector="s1", names=(b"From", b"To", b"Subject", b"Date")):
        return dkim.sign(message, selector.encode(), domain.encode(), self.pem, include_headers=list(names), canonicalize=(b"relaxed", b"relaxed")) + message

    def verify(self, octets, *words):
        path = os.path.join(self.directory.name, "mail.eml")
        with open(path, "wb") as f:
            f.write(octets)
        done = subprocess.run([INKAN, "verify", "--json", "--now", str(NOW + 120), "--resolver", "127.0.0.1@%d" % self.knot.port, "--trust-anchor", self.knot.trust_anchor_file, *words, path],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def told(self, out):
        verdict = out["verdict"]
        return (verdict["level"], verdict["author"], verdict["strength"], verdict["limits"], [c["code"] for c in out["evidence"]["cautions"]], verdict["reasons"][0]["code"], verdict["text"])

    def check(self, out, source, *told):
        self.assertEqual(self.told(out), told, json.dumps(out, indent=1)[:4000])
        self.assertIn(out["verdict"]["source"], source.split())

    def own(self, message, way, *words):
        """Our checks alone: an account that believes no header, with a border."""
        top = "Return-Path: <%s>\r\n" % way.mail_from + way.received()
        return self.verify(top.encode() + message, *BORDER, *words)

    def everywhere(self, message, way, said, source, *told, but=()):
        """The same verdict wherever the account lies, `but` for receivers that say less: name → (source, *told)."""
        but = dict(but)
        for name, (write, words) in RECEIVERS.items():
            with self.subTest(receiver=name):
                out = self.verify(write(said, way).encode() + message, *words)
                self.assertTrue([f for f in out["evidence"]["authenticationResults"] if f["believed"]])
                self.check(out, *(but[name] if name in but else (source, *told)))

    # what a sentence says of a domain that is not established
    NOBODY = "Nothing confirms this sender. Anyone can write this name."
    BANK_FORGED = ("forged", "contradicted", None, [], [], "fail-policy-reject", "Says bank.example but fails bank.example’s check: forged, or changed on the way.")

    def verified(self, domain, code):
        return ("domain", "verified", "domain", [], [], code, "Sent by %s." % domain)

    def by_server(self, domain, code):
        return ("likely", "likely", None, ["spf-only"], [], code, "Probably from %s. Only the sending server was confirmed for %s, not the message itself." % (domain, domain))

    def nothing(self, code, *cautions):
        return ("unverified", "not-established", None, [], list(cautions), code, self.NOBODY)

    # --- the straight way --------------------------------------------------------------------------

    def test_straight_from_the_domain(self):
        signed, way = self.sign(self.write("alice@bank.example"), "bank.example"), Way("alice@bank.example", "mail.bank.example", "192.0.2.10")
        self.check(self.own(signed, way), "local", *self.verified("bank.example", "signature-intact"))
        self.everywhere(signed, way, Said("bank.example", [("pass", "bank.example")], "pass", ("pass", "reject")), "server", *self.verified("bank.example", "server-confirmed"))

    def test_unsigned_by_the_domains_own_server(self):
        mail, way = self.write("alice@bank.example"), Way("alice@bank.example", "mail.bank.example", "192.0.2.10")
        self.check(self.own(mail, way), "local", *self.by_server("bank.example", "sent-by-listed-server"))
        self.everywhere(mail, way, Said("bank.example", [], "pass", ("pass", "reject")), "server mixed", *self.by_server("bank.example", "server-confirmed"))

    def test_forged(self):
        mail, way = self.write("alice@bank.example"), Way("x@evil.example", "mail.evil.example", "203.0.113.66")
        self.check(self.own(mail, way), "local", *self.BANK_FORGED)
        self.everywhere(mail, way, Said("bank.example", [], "pass", ("fail", "reject")), "server mixed", *self.BANK_FORGED)

    def test_a_server_that_only_checks_signatures(self):
        """GMX says what signatures there are and no more: SPF and DMARC are ours."""
        way = Way("x@evil.example", "mail.evil.example", "203.0.113.66")
        top = "Return-Path: <x@evil.example>\r\nAuthentication-Results:  gmx.net; dkim=pass header.i=@evil.example\r\n" + way.received("mx-ha.gmx.net")
        mail = self.sign(self.write("alice@bank.example"), "evil.example")
        self.check(self.verify(top.encode() + mail, "--profile", "gmx"), "mixed", *self.BANK_FORGED)

    def test_a_server_that_leaves_dmarc_to_us(self):
        """SPF and DKIM checked by others (policyd-spf, OpenDKIM), the policy by nobody: a forgery is told from a stranger's mail all the same."""
        words, evil = RECEIVERS["generic"][1], Way("x@evil.example", "mail.evil.example", "203.0.113.66")
        top = "Return-Path: <%s>\r\nAuthentication-Results: mx.ours.example; %s\r\n%s"
        mail = self.write("alice@bank.example")
        for results in ("dkim=none; spf=pass smtp.mailfrom=x@evil.example", "spf=pass smtp.mailfrom=x@evil.example", "dkim=none; spf=none smtp.mailfrom=x@evil.example",
                        "dkim=none; spf=temperror smtp.mailfrom=x@evil.example"):
            self.check(self.verify((top % ("x@evil.example", results, evil.received())).encode() + mail, *words), "local mixed", *self.BANK_FORGED)
        signed = self.sign(mail, "evil.example")
        results = "dkim=pass header.d=evil.example header.s=s1; spf=pass smtp.mailfrom=x@evil.example"
        self.check(self.verify((top % ("x@evil.example", results, evil.received())).encode() + signed, *words), "mixed", *self.BANK_FORGED)
        bank = Way("alice@bank.example", "mail.bank.example", "192.0.2.10")
        results = "dkim=none; spf=pass smtp.mailfrom=alice@bank.example"
        self.check(self.verify((top % ("alice@bank.example", results, bank.received())).encode() + mail, *words), "mixed server", *self.by_server("bank.example", "sent-by-listed-server"))
        # the server saw another session than we do: neither accuses
        results = "dkim=none; spf=fail smtp.mailfrom=alice@bank.example"
        out = self.verify((top % ("alice@bank.example", results, bank.received())).encode() + mail, *words)
        self.assertEqual(out["verdict"]["author"], "not-established")

    # --- rules 6, 9, 12: lists ---------------------------------------------------------------------

    LIST = Way("list-bounces@list.example", "list.example", "192.0.2.60")

    def through_list(self, message, subject=b"", footer=FOOTER):
        """As Mailman does: List-Id, perhaps a word in the subject and a footer, signed again by the list."""
        return self.sign(b"List-Id: <l.list.example>\r\n" + message.replace(b"Subject: ", b"Subject: " + subject) + footer, "list.example")

    def test_mailing_list_with_a_footer(self):
        mail = self.through_list(self.sign(self.write("alice@bank.example"), "bank.example"))
        told = ("caution", "not-established", None, [], ["body-changed"], "changed-after-signing", "The text is not the text that bank.example signed.")
        self.check(self.own(mail, self.LIST), "local", *told)
        self.everywhere(mail, self.LIST, Said("bank.example", [("pass", "list.example"), ("fail", "bank.example")], "pass", ("fail", "reject")), "mixed", *told)

    def test_mailing_list_with_a_word_in_the_subject(self):
        """The author's signature says nothing any more, and bank.example asks for refusal; from freemail.example it is merely nothing."""
        mail = self.through_list(self.sign(self.write("alice@bank.example"), "bank.example"), b"[list] ")
        self.check(self.own(mail, self.LIST), "local", *self.BANK_FORGED)
        mail = self.through_list(self.sign(self.write("a@freemail.example"), "freemail.example"), b"[list] ")
        self.check(self.own(mail, self.LIST), "local", *self.nothing("fail-policy-none"))
        said = Said("freemail.example", [("pass", "list.example"), ("fail", "freemail.example")], "pass", ("fail", "none"))
        self.everywhere(mail, self.LIST, said, "server mixed", *self.nothing("fail-policy-none"))

    def test_mailing_list_that_rewrites_from(self):
        mail = self.sign(b"List-Id: <l.list.example>\r\nReply-To: alice@bank.example\r\n" + self.write("l@list.example", "Alice via list") + FOOTER, "list.example")
        out = self.own(mail, self.LIST)
        self.check(out, "local", *self.verified("list.example", "signature-intact"))
        self.assertEqual(out["verdict"]["address"], "l@list.example")
        self.everywhere(mail, self.LIST, Said("list.example", [("pass", "list.example")], "pass", ("pass", "none")), "server", *self.verified("list.example", "server-confirmed"))

    def test_mailing_list_that_seals(self):
        results = b"Authentication-Results: list.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\r\n"
        changed = self.sign(self.write("alice@bank.example"), "bank.example").replace(b"Subject: ", b"Subject: [list] ") + FOOTER
        sealed = b"".join(dkim.arc_sign(results + changed, b"s1", b"list.example", self.pem, b"list.example", include_headers=[b"from", b"to", b"subject", b"date"])) + changed
        said = Said("bank.example", [("fail", "bank.example")], "pass", ("fail", "reject"))
        self.check(self.own(sealed, self.LIST), "local", *self.BANK_FORGED)  # by nobody the operator named
        self.everywhere(sealed, self.LIST, said, "server mixed", *self.BANK_FORGED)
        told = ("likely", "likely", None, ["as-seen-by"], [], "as-seen-by", "Probably from bank.example. It was forwarded, and the check was made by list.example.")
        self.check(self.own(sealed, self.LIST, "--trusted-sealer", "list.example"), "mixed", *told)
        for name, (write, words) in RECEIVERS.items():
            with self.subTest(receiver=name):
                self.check(self.verify(write(said, self.LIST).encode() + sealed, *words, "--trusted-sealer", "list.example"), "mixed", *told)

    # --- forwarding and aliases ---------------------------------------------------------------------

    def test_alias_that_keeps_the_path(self):
        """SPF fails at the alias's server; the signature does not mind."""
        way = Way("alice@bank.example", "mail.alumni.example", "192.0.2.70")
        signed = self.sign(self.write("alice@bank.example"), "bank.example")
        self.check(self.own(signed, way), "local", *self.verified("bank.example", "signature-intact"))
        self.everywhere(signed, way, Said("bank.example", [("pass", "bank.example")], "fail", ("pass", "reject")), "server", *self.verified("bank.example", "server-confirmed"))
        self.check(self.own(self.write("alice@bank.example"), way), "local", *self.BANK_FORGED)
        unsigned, bare = self.write("a@bare.example"), Way("a@bare.example", "mail.alumni.example", "192.0.2.70")
        self.check(self.own(unsigned, bare), "none", *self.nothing("no-signature"))
        self.everywhere(unsigned, bare, Said("bare.example", [], "fail", ("none", "none")), "none", *self.nothing("no-signature"))

    def test_forwarder_that_rewrites_the_path(self):
        way = Way("SRS0=x=TT=bank.example=alice@alumni.example", "mail.alumni.example", "192.0.2.70")
        signed = self.sign(self.write("alice@bank.example"), "bank.example")
        self.check(self.own(signed, way), "local", *self.verified("bank.example", "signature-intact"))
        self.everywhere(signed, way, Said("bank.example", [("pass", "bank.example")], "pass", ("pass", "reject")), "server", *self.verified("bank.example", "server-confirmed"))
        # that the forwarder's own domain passes is nothing to bare.example
        self.check(self.own(self.write("a@bare.example"), way), "none", *self.nothing("no-signature"))

    # --- rule 4: no enforcement, third parties, tenants ------------------------------------------------

    def test_consumer_mail_without_enforcement(self):
        signed, way = self.sign(self.write("a@freemail.example"), "freemail.example"), Way("a@freemail.example", "mail.freemail.example", "192.0.2.20")
        self.check(self.own(signed, way), "local", *self.verified("freemail.example", "signature-intact"))
        self.everywhere(signed, way, Said("freemail.example", [("pass", "freemail.example")], "pass", ("pass", "none")), "server", *self.verified("freemail.example", "server-confirmed"))
        forged, evil = self.write("a@freemail.example"), Way("x@evil.example", "mail.evil.example", "203.0.113.66")
        self.check(self.own(forged, evil), "local", *self.nothing("fail-policy-none"))
        self.everywhere(forged, evil, Said("freemail.example", [], "pass", ("fail", "none")), "server mixed", *self.nothing("fail-policy-none"))

    def test_third_party_signer(self):
        mail, way = self.write("news@shop.example"), Way("bounce@esp.example", "out.esp.example", "192.0.2.40")
        alone, both = self.sign(mail, "esp.example"), self.sign(self.sign(mail, "shop.example"), "esp.example")
        told = ("caution", "not-established", None, [], ["fail-policy-quarantine"], "fail-policy-quarantine", "It fails the check of shop.example, which asks for such messages to be set aside.")
        out = self.own(alone, way)
        self.check(out, "local", *told)
        self.assertIn("Signed by esp.example. The address shown, @shop.example, belongs to somebody else.", [r["text"] for r in out["verdict"]["reasons"]])
        self.everywhere(alone, way, Said("shop.example", [("pass", "esp.example")], "pass", ("fail", "quarantine")), "server mixed", *told)
        self.check(self.own(both, way), "local", *self.verified("shop.example", "signature-intact"))
        # Microsoft names one signature: which of the two is for our own check to say
        self.everywhere(both, way, Said("shop.example", [("pass", "esp.example"), ("pass", "shop.example")], "pass", ("pass", "quarantine")), "server",
                        *self.verified("shop.example", "server-confirmed"), but={"microsoft": ("local",) + self.verified("shop.example", "signature-intact")})
        in_its_name = Way("bounce@shop.example", "out.esp.example", "192.0.2.40")
        self.check(self.own(alone, in_its_name), "local", *self.by_server("shop.example", "sent-by-listed-server"))
        self.everywhere(alone, in_its_name, Said("shop.example", [("pass", "esp.example")], "pass", ("pass", "quarantine")), "mixed", *self.by_server("shop.example", "server-confirmed"))

    def test_hosted_tenant(self):
        mail, way = self.write("hr@corp.example"), Way("hr@corp.example", "out.hoster.example", "192.0.2.50")
        hosted, tenant = self.sign(mail, "corp.example", "hosted"), self.sign(mail, "corp.hoster.example")
        self.check(self.own(hosted, way), "local", *self.verified("corp.example", "signature-intact"))  # a CNAME to the hoster's key
        self.check(self.own(tenant, way), "local", *self.by_server("corp.example", "sent-by-listed-server"))
        self.everywhere(tenant, way, Said("corp.example", [("pass", "corp.hoster.example")], "pass", ("pass", "reject")), "mixed", *self.by_server("corp.example", "server-confirmed"))
        elsewhere = Way("x@corp.hoster.example", "out.hoster.example", "192.0.2.50")  # another tenant of the same hoster
        told = ("forged", "contradicted", None, [], [], "fail-policy-reject", "Says corp.example but fails corp.example’s check: forged, or changed on the way.")
        self.check(self.own(tenant, elsewhere), "local", *told)
        self.everywhere(tenant, elsewhere, Said("corp.example", [("pass", "corp.hoster.example")], "pass", ("fail", "reject")), "server mixed", *told)

    def test_a_policy_for_anyone(self):
        """Nobody's header says how wide a policy is, so ours is a look at it; Yahoo's border names no client to look with."""
        mail, way = self.write("a@wide.example"), Way("a@wide.example", "mail.evil.example", "203.0.113.66")
        self.check(self.own(mail, way), "local", *self.nothing("spf-anyone"))
        self.everywhere(mail, way, Said("wide.example", [], "pass", ("pass", "reject")), "mixed", *self.nothing("spf-anyone"),
                        but={"yahoo": ("server",) + self.by_server("wide.example", "server-confirmed")})

    # --- bounces --------------------------------------------------------------------------------------

    def test_bounce_with_null_sender(self):
        mail, way = self.write("MAILER-DAEMON@bank.example", "Mail Delivery System"), Way("", "mail.bank.example", "192.0.2.10")
        out = self.own(mail, way)
        self.check(out, "local", *self.by_server("bank.example", "sent-by-listed-server"))
        self.assertEqual((out["evidence"]["spf"]["domain"], out["evidence"]["spf"]["scope"], out["evidence"]["dmarc"]["alignedBy"]), ("mail.bank.example", "mailfrom", ["spf"]))
        self.everywhere(mail, way, Said("bank.example", [], "pass", ("pass", "reject")), "server mixed", *self.by_server("bank.example", "server-confirmed"))
        forged = Way("", "mail.evil.example", "203.0.113.66")
        self.check(self.own(mail, forged), "local", *self.BANK_FORGED)
        self.everywhere(mail, forged, Said("bank.example", [], "none", ("fail", "reject")), "server mixed", *self.BANK_FORGED)
        signed = self.sign(mail, "bank.example")
        self.check(self.own(signed, way), "local", *self.verified("bank.example", "signature-intact"))

    # --- rules 6, 7, 10, 11 -----------------------------------------------------------------------------

    def test_too_old_to_tell(self):
        mail, way = self.write("alice@bank.example"), Way("x@evil.example", "mail.evil.example", "203.0.113.66")
        old = ("Return-Path: <x@evil.example>\r\n" + way.received(when=NOW - 80 * 3600)).encode()
        self.check(self.verify(old + mail, *BORDER), "local", *self.nothing("too-old-to-tell"))
        rotated = self.sign(mail, "bank.example", "rotated")
        self.check(self.verify(old + rotated, *BORDER), "local", *self.nothing("key-gone"))
        self.check(self.own(rotated, way), "local", *self.BANK_FORGED)
        # a believed header's word does not age
        out = self.verify(generic(Said("bank.example", [], "pass", ("fail", "reject")), way).replace(formatdate(NOW), formatdate(NOW - 80 * 3600)).encode() + mail, *RECEIVERS["generic"][1])
        self.check(out, "server", *self.BANK_FORGED)

    def test_submitted_here(self):
        """Without own-domains nobody is known here; with them: the sample's 09-colleague-here. Never contradicted, whatever SPF would say."""
        way = Way("alice@bank.example", "laptop.example", "198.51.100.9", "ESMTPSA")
        top = "Return-Path: <alice@bank.example>\r\n" + way.received(login="alice@bank.example")
        out = self.verify(top.encode() + self.write("alice@bank.example"), *BORDER, "--verify", "always")
        self.check(out, "server", *self.nothing("submitted-for-other"))
        self.assertNotIn("spf", out["evidence"])
        self.assertNotIn("dmarc", out["evidence"])
        top = "Return-Path: <alice@bank.example>\r\nAuthentication-Results: mx.ours.example; auth=pass smtp.auth=alice@bank.example\r\n" + Way("alice@bank.example", "laptop.example", "198.51.100.9").received()
        self.check(self.verify(top.encode() + self.write("alice@bank.example"), *RECEIVERS["generic"][1]), "server", *self.nothing("submitted-for-other"))

    def test_gateway_before_the_server(self):
        """What the server behind a gateway of ours says of SPF and DMARC is about the gateway; we look from the gateway's own line."""
        words = RECEIVERS["generic"][1] + ["--border", "gw.ours.example", "--border", "192.0.2.200"]
        failed = ("Authentication-Results: mx.ours.example; dkim=%s; spf=fail smtp.mailfrom=%s; dmarc=fail (p=reject dis=quarantine) header.from=bank.example\r\n"
                  "Received: from gw.ours.example (gw.ours.example [192.0.2.200])\r\n\tby mx.ours.example (Postfix) with ESMTPS id 2; " + formatdate(NOW + 1) + "\r\n")
        bank, evil = Way("alice@bank.example", "mail.bank.example", "192.0.2.10"), Way("x@evil.example", "mail.evil.example", "203.0.113.66")
        mail = self.write("alice@bank.example")
        by = lambda way, dkim_word="none": ("Return-Path: <%s>\r\n" % way.mail_from + failed % (dkim_word, way.mail_from) + way.received("gw.ours.example")).encode()
        level, author, strength, limits, _, code, text = self.by_server("bank.example", "sent-by-listed-server")
        self.check(self.verify(by(bank) + mail, *words), "local", level, author, strength, limits, ["gateway-in-front"], code, text)
        signed = self.sign(mail, "bank.example")
        level, author, strength, limits, _, code, text = self.verified("bank.example", "signature-intact")
        self.check(self.verify(by(bank, "temperror") + signed, *words), "local", level, author, strength, limits, ["gateway-in-front"], code, text)
        level, author, strength, limits, _, code, text = self.BANK_FORGED
        self.check(self.verify(by(evil) + mail, *words), "mixed", level, author, strength, limits, ["gateway-in-front"], code, text)

    def test_without_a_session_nothing_is_contradicted(self):
        out = self.verify(self.write("alice@bank.example"))
        self.check(out, "local", *self.nothing("spf-not-checked"))
        self.assertNotIn("spf", out["evidence"])

    # --- rule 13: the server and we --------------------------------------------------------------------

    def test_server_and_own_check_differ(self):
        way = Way("alice@bank.example", "mail.bank.example", "192.0.2.10")
        signed = self.sign(self.write("alice@bank.example"), "bank.example")
        passed, failed = Said("bank.example", [("pass", "bank.example")], "pass", ("pass", "reject")), Said("bank.example", [("fail", "bank.example")], "fail", ("fail", "reject"))
        for name, (write, words) in RECEIVERS.items():
            with self.subTest(receiver=name):
                out = self.verify(write(passed, way).encode() + signed + b"added after arrival\r\n", *words, "--verify", "always")
                self.check(out, "server mixed", "domain", "verified", "domain", [], ["own-check-differs"], "server-confirmed", "Sent by bank.example.")
                out = self.verify(write(failed, way).encode() + signed, *words)
                self.assertEqual((out["verdict"]["level"], out["verdict"]["limits"], out["verdict"]["source"]), ("likely", ["server-disagrees"], "mixed"))


class SlowSender(unittest.TestCase):
    """A sender whose own names take three seconds each, one after the other: SPF gets no answer, everybody else does."""

    def test_slow_names_of_the_sender_cost_only_their_own_mechanism(self):
        pem, record = make_key()
        records = {"_dmarc.bank.example": b"v=DMARC1; p=reject", "bank.example": b"v=spf1 -all", "s1._domainkey.sealer.example": record}
        for i in range(10):
            records["i%d.slow.example" % i] = b"v=spf1 include:i%d.slow.example -all" % (i + 1)
        slow = Zone(records)
        answer = slow.reply

        def reply(query):
            if b"\x04slow" in query:
                time.sleep(3)
            return answer(query)
        slow.reply = reply
        message = ("From: Alice <alice@bank.example>\r\nTo: me@ours.example\r\nSubject: x\r\n\r\n").encode() + BODY
        sets = b"".join(dkim.arc_sign(b"Authentication-Results: sealer.example; dkim=none\r\n" + message, b"s1", b"sealer.example", pem, b"sealer.example", include_headers=[b"from", b"subject"]))
        try:
            done = subprocess.run([INKAN, "verify", "--json", "--now", str(NOW), "--resolver", slow.address, "--client-ip", "203.0.113.66", "--helo", "i5.slow.example",
                                   "--mail-from", "x@i0.slow.example", "--verify", "always", "-"], input=sets + message, stdout=subprocess.PIPE, check=True, timeout=120)
        finally:
            slow.stop()
        out = json.loads(done.stdout)
        self.assertEqual(out["evidence"]["spf"]["result"], "temperror")
        self.assertEqual((out["evidence"]["dmarc"]["result"], out["evidence"]["dmarc"]["policy"]), ("fail", "reject"))
        self.assertEqual(out["evidence"]["arc"]["result"], "pass")
        self.assertEqual((out["verdict"]["level"], out["verdict"]["complete"]), ("forged", True))


if __name__ == "__main__":
    unittest.main()
