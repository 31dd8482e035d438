#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The sample mailbox: mails/*.eml with fresh keys, real signers and times relative to now.

A template is a head of directives, an empty line, and the message as its author wrote it. The program signs it
(dkimpy for DKIM, persons.py for S/MIME, gpg for OpenPGP), lets what happened on the way happen, and puts on top what the
mailbox's own server would have written on arrival.

    shows: WHAT            what the mail is there to show (said by `mailbox.py --list`)
    level: domain          the badge it must get
    folder: NAME  age: 2h  flags: S (Maildir letters)
    sign: DOMAIN SELECTOR [CANON/CANON] [l]        repeatable
    smime: ADDRESS [unknown|expired|opaque]        a certificate for ADDRESS signs the content; nobody known vouches for it,
                                                   or it has expired since, or the text is inside the signature
    openpgp: ADDRESS [unknown|published]           an OpenPGP key of ADDRESS signs the content; nobody vouches for it, or its domain does
    tamper: OLD => NEW                             the text is changed after that signature
    append: …   set-subject: …   sign-after: …     what a list or forwarder did after signing
    below: FIELD                                   a field the forwarder wrote, under our border line
    via: HELO IP [MAIL-FROM]   with: ESMTPS        who handed it to us
    results: …                                     our server's Authentication-Results; absent = it wrote none

Macros: {date} {id} {b}, {{header TEXT}} (encoded word in the mail's charset), {{base64}} … {{end}},
{{asset pdf|png}}, {{longhtml N}}."""
import base64, email.header, glob, os, re, socket, struct, subprocess, sys, tempfile, time, zlib
from email.utils import formatdate
from unittest import mock

import dkim
import persons

HERE = os.path.dirname(os.path.abspath(__file__))
OWN_SERVER = "mx.mail.example"
OWNER = "hanako@mail.example"
# Selectors whose key differs from RSA 2048, and what their domains demand. Everything else: no DMARC record.
KEY_KINDS = {"ed1": "ed25519", "w1": "rsa:1024"}
WITHDRAWN = {"old2025"}
POLICIES = {
    "kawase-bank.example": "p=reject", "tsubame.example": "p=reject; sp=reject", "mail.example": "p=reject", "studio-ito.example": "p=quarantine",
    "freemail.example": "p=none", "museum.example": "p=quarantine", "orchestra.example": "p=quarantine", "weekly-read.example": "p=reject",
    "corner-books.example": "p=none", "tea-shop.example": "p=none", "sakura-school.example": "p=none", "test-sender.example": "p=none",
    "lists.gardening.example": "p=none", "law-office.example": "p=reject", "travel-desk.example": "p=quarantine",
}
# Domains with a BIMI record; the files that it names lie on BRAND_HOST, a public address inside the sample's own network.
BRANDS = ["hoshino-bank.example", "midori-tea.example", "evening-letter.example", "plain-press.example", "harbour-hotel.example", "hoshin0-bank.example"]
SELF_ASSERTED, DECLINED = "evening-letter.example", "plain-press.example"
DRAFT = "draft", "hoshino-bank.example"  # a selector whose picture is not fit to be shown yet, for the checker of senders
BRAND_HOST = "203.0.113.5"
PUBLISHERS = ("open-map.example",)  # domains with a Web Key Directory, on the same machine
POLICIES.update({domain: "p=reject" for domain in BRANDS})
BOGUS = "bogus.example"  # its answers carry signatures that do not verify


def seconds(age):
    units = {"d": 86400, "h": 3600, "m": 60}
    return sum(int(n) * units[u] for n, u in re.findall(r"(\d+)([dhm])", age))


def pdf():
    page = b"BT /F1 24 Tf 72 720 Td (Inkan sample document) Tj ET"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1, table, len(places) + 1, len(out))


def png(size=96):
    rows = b"".join(b"\0" + b"".join(bytes((180, 60, 40) if (x // 12 + y // 12) % 2 else (250, 244, 236)) for x in range(size)) for y in range(size))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def longhtml(count):
    items = "".join("<h3 style=\"margin-bottom:4px\"><a href=\"https://weekly-read.example/a/%d\">Article %d</a></h3>"
                    "<p style=\"color:#444444;margin-top:0\">%s</p>" % (n, n, "A paragraph about something worth your time, number %d. " % n * 4)
                    for n in range(1, count + 1))
    return ("<!DOCTYPE html><html><body style=\"font-family:Georgia,serif\"><table width=\"100%%\" bgcolor=\"#f4f1ea\"><tr><td align=\"center\">"
            "<table width=\"600\" bgcolor=\"#ffffff\" cellpadding=\"24\"><tr><td><h1>The Weekly Read</h1>%s"
            "<p style=\"font-size:12px\"><a href=\"https://weekly-read.example/u/77\">Unsubscribe</a></p>"
            "<img src=\"https://weekly-read.example/open.gif\" width=\"1\" height=\"1\"></td></tr></table></td></tr></table></body></html>" % items)


def fold76(data):
    text = base64.b64encode(data).decode()
    return "\n".join(text[i:i + 76] for i in range(0, len(text), 76))


def encoded_word(text, charset):
    return email.header.Header(text, {"iso-2022-jp": "iso-2022-jp", "shift_jis": "shift_jis"}.get(charset, "utf-8"), maxlinelen=70).encode(linesep="\n")


class Template:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            head, self.text = f.read().split("\n\n", 1)
        self.name = os.path.basename(path)[:-4]
        self.directives = [line.split(": ", 1) for line in head.split("\n")]

    def all(self, key):
        return [value for k, value in self.directives if k == key]

    def one(self, key, default=None):
        return (self.all(key) + [default])[0]


def templates():
    return [Template(path) for path in sorted(glob.glob(os.path.join(HERE, "mails/*.eml")))]


class Keys:
    """Fresh keys of every (domain, selector) that a template signs with, made by openssl, several at a time."""

    def __init__(self, directory, pairs):
        os.makedirs(directory, exist_ok=True)
        self.directory, jobs = directory, []
        for domain, selector in sorted(pairs):
            kind, path = KEY_KINDS.get(selector, "rsa:2048"), self.path(domain, selector)
            command = ["openssl", "genpkey", "-out", path, "-algorithm"]
            command += ["ed25519"] if kind == "ed25519" else ["RSA", "-pkeyopt", "rsa_keygen_bits:" + kind[4:]]
            jobs.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        if any(job.wait() for job in jobs):
            raise SystemExit("openssl could not make a key")

    def path(self, domain, selector):
        return os.path.join(self.directory, "%s.%s.pem" % (selector, domain))

    def private(self, domain, selector):
        if KEY_KINDS.get(selector) != "ed25519":
            return subprocess.run(["openssl", "rsa", "-traditional", "-in", self.path(domain, selector)], check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        der = subprocess.run(["openssl", "pkey", "-in", self.path(domain, selector), "-outform", "DER"], check=True, stdout=subprocess.PIPE).stdout
        return base64.b64encode(der[-32:])  # RFC 8410 §7: the seed ends the structure

    def record(self, domain, selector):
        der = subprocess.run(["openssl", "pkey", "-in", self.path(domain, selector), "-pubout", "-outform", "DER"], check=True, stdout=subprocess.PIPE).stdout
        if KEY_KINDS.get(selector) == "ed25519":
            return "v=DKIM1; k=ed25519; p=" + base64.b64encode(der[-32:]).decode()
        return "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()


class Certificates:
    """An authority that the sample's configuration believes, a stranger, and the people they vouch for."""

    def __init__(self, directory, now):
        self.now, self.known, self.stranger = now, persons.Authority(now, "Sample Mail Authority", "ec"), persons.Authority(now, "Unheard-of Authority", "ec")
        self.anchors = os.path.join(directory, "smime-ca.pem")
        with open(self.anchors, "wb") as f:
            f.write(persons.pem(self.known.root.certificate))

    def sign(self, content, words, when):
        """Content-Type and body of multipart/signed; `words` as in the directive."""
        address, kind = (words.split() + [""])[:2]
        authority = self.stranger if kind == "unknown" else self.known
        days = (-300, -10) if kind == "expired" else (-100, 300)
        person = authority.person(address, address.split("@")[0].title(), days=days)
        info = persons.signer_info(person, content, persons.usual_attributes(content, when - 40))
        if kind == "opaque":
            return persons.opaque_body(persons.signed_data([info], [person.certificate, *person.chain], content))
        cms = persons.signed_data([info], [person.certificate, *person.chain])
        return persons.signed_body(content, cms, boundary="=-signed-%d" % when)


class Openpgp:
    """People with OpenPGP keys made by gpg; those who are known are in a keyring of the operator's, those of `published` on their
    domain's own web server."""

    def __init__(self, directory, now):
        self.now, self.keyring = now, os.path.join(directory, "openpgp-keys")
        self.published = {}  # address: its key as octets
        os.makedirs(self.keyring, exist_ok=True)

    def gpg(self, home, time, *words, **kw):
        return subprocess.run(["gpg", "--homedir", home, "--no-autostart", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--armor",
                               "--faked-system-time", "%d!" % time] + list(words), check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **kw).stdout

    def agent(self, home):
        """gpg's agent as a child that ends when it is told to, not as a daemon that somebody has to find."""
        where = subprocess.run(["gpgconf", "--homedir", home, "--list-dirs", "agent-socket"], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
        agent = subprocess.Popen(["gpg-agent", "--homedir", home, "--quiet", "--no-detach", "--daemon"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while agent.poll() is None:
            with socket.socket(socket.AF_UNIX) as s:
                if not s.connect_ex(where):  # its name is there before it listens
                    break
            time.sleep(0.01)
        return agent

    def sign(self, content, words, when):
        """Content-Type and body of multipart/signed (RFC 3156); `words`: ADDRESS [unknown|published]."""
        address, kind = (words.split() + [""])[:2]
        with tempfile.TemporaryDirectory(dir="/tmp") as home:  # its agent's socket must have a short path
            agent = self.agent(home)
            try:
                self.gpg(home, self.now - 100 * 86400, "--quick-gen-key", "%s <%s>" % (address.split("@")[0].title(), address), "ed25519", "cert,sign", "never")
                signature = self.gpg(home, when - 40, "--detach-sign", input=content)
                if kind == "published":
                    self.published[address] = self.gpg(home, self.now, "--no-armor", "--export", address)
                elif kind != "unknown":
                    with open(os.path.join(self.keyring, address + ".asc"), "wb") as f:
                        f.write(self.gpg(home, self.now, "--export", address))
            finally:
                agent.terminate()
                agent.wait()
        cut = b"=-openpgp-%d" % when
        return (b"Content-Type: multipart/signed; micalg=pgp-sha256;\r\n protocol=\"application/pgp-signature\"; boundary=\"" + cut + b"\"\r\n\r\n"
                b"--" + cut + b"\r\n" + content + b"\r\n--" + cut + b"\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
                b"Content-Description: OpenPGP digital signature\r\n\r\n" + signature.replace(b"\n", b"\r\n") + b"\r\n--" + cut + b"--\r\n")


class Writer:
    def __init__(self, directory, now):
        self.now, self.directory, self.templates = now, directory, templates()
        pairs = {tuple(words.split()[:2]) for t in self.templates for words in t.all("sign") + t.all("sign-after") if len(words.split()) > 1}
        self.keys = Keys(os.path.join(directory, "keys"), pairs)
        self.pairs = pairs
        self.certificates = Certificates(directory, now)
        self.openpgp = Openpgp(directory, now)

    def expand(self, text, t, charset, when):
        text = re.sub(r"\{\{header (.*?)\}\}", lambda m: encoded_word(m.group(1), charset), text)
        text = re.sub(r"\{\{base64\}\}\n(.*?)\{\{end\}\}", lambda m: fold76(m.group(1).replace("\n", "\r\n").encode("utf-8")), text, flags=re.S)
        text = re.sub(r"\{\{asset (\w+)\}\}", lambda m: fold76({"pdf": pdf, "png": png}[m.group(1)]()), text)
        text = re.sub(r"\{\{longhtml (\d+)\}\}", lambda m: longhtml(int(m.group(1))), text)
        return text.replace("{date}", formatdate(when - 40)).replace("{id}", "%s.%d" % (t.name, when))

    def dkim_sign(self, message, words, when):
        domain, selector, *rest = words.split()
        canon = next((w for w in rest if "/" in w), "relaxed/relaxed").split("/")
        algorithm = b"ed25519-sha256" if KEY_KINDS.get(selector) == "ed25519" else b"rsa-sha256"
        wanted = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"content-transfer-encoding", b"reply-to", b"list-id",
                  b"list-unsubscribe", b"list-unsubscribe-post"]
        if "l" in rest:
            wanted.remove(b"content-type")
        present = {line.split(b":")[0].strip().lower() for line in message.split(b"\r\n\r\n")[0].split(b"\r\n") if b":" in line}
        with mock.patch("dkim.time") as clock:  # t= is the time of signing, not of this run
            clock.time.return_value = when - 30
            field = dkim.sign(message, selector.encode(), domain.encode(), self.keys.private(domain, selector), length="l" in rest,
                              canonicalize=(canon[0].encode(), canon[1].encode()), signature_algorithm=algorithm,
                              include_headers=[h for h in wanted if h in present])
        return field + message

    def compose(self, t):
        when = self.now - seconds(t.one("age"))
        charset = t.one("charset", "utf-8")
        text = self.expand(t.text, t, charset, when)
        message = text.encode({"iso-2022-jp": "iso-2022-jp", "shift_jis": "cp932"}.get(charset, charset)).replace(b"\n", b"\r\n")
        for signer, words in ((self.certificates, t.one("smime")), (self.openpgp, t.one("openpgp"))):
            if not words:
                continue
            head, body = message.split(b"\r\n\r\n", 1)
            lines = head.split(b"\r\n")
            outer = [l for l in lines if not re.match(rb"(?i)(content-|mime-version)", l)]
            content = b"\r\n".join(l for l in lines if re.match(rb"(?i)content-", l)) + b"\r\n\r\n" + body
            message = b"\r\n".join(outer) + b"\r\nMIME-Version: 1.0\r\n" + signer.sign(content, words, when)
        for words in t.all("tamper"):
            old, new = words.split(" => ")
            message = message.replace(old.encode(), new.encode())
        for words in t.all("sign"):
            message = self.dkim_sign(message, words, when)
        for words in t.all("append"):
            kind = words.split()[-1]
            message += {"footer": b"_______________________________________________\r\nc-users mailing list\r\nhttps://lists.c-users.example/info\r\n",
                        "advertising": b"\r\nBuy cheap rowing machines: http://rowing-deals.example/\r\n"}[kind]
        for words in t.all("set-subject"):
            message = re.sub(rb"(?m)^Subject: .*\r$", b"Subject: " + words.encode() + b"\r", message, count=1)
        if t.one("append", "").endswith("footer"):
            message = b"List-Id: C users <c-users.lists.c-users.example>\r\nList-Post: <mailto:c-users@lists.c-users.example>\r\n" + message
        for words in t.all("sign-after"):
            message = self.dkim_sign(message, words, when)
        return self.arrival(t, when, message) + message, when

    def arrival(self, t, when, message):
        """What the mailbox's own server writes on top."""
        if not t.one("via"):
            return b""
        helo, ip, *sender = t.one("via").split()
        top = ["Return-Path: <%s>" % (sender[0] if sender else ""), "Delivered-To: " + OWNER]
        if t.one("results"):
            found = re.search(rb"(?m)^DKIM-Signature:.*?[;\s]b=\s*([^;]+)", message, re.S)
            first = re.sub(rb"\s", b"", found.group(1))[:8].decode() if found else ""
            top.append("Authentication-Results: %s;\r\n\t%s" % (OWN_SERVER, ";\r\n\t".join(p.strip() for p in t.one("results").replace("{b}", first).split(";"))))
        login = "ESMTPSA" in t.one("with", "")
        top.append("Received: from %s (%s [%s])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t key-exchange X25519 server-signature RSA-PSS (2048 bits))\r\n"
                   "%s\tby %s (Postfix) with %s id 4X%s\r\n\tfor <%s>; %s" % (helo, helo if helo[0] != "[" else "unknown", ip,
                   "\t(Authenticated sender: %s)\r\n" % sender[0] if login else "", OWN_SERVER, t.one("with", "ESMTPS"), t.name[:2], OWNER, formatdate(when)))
        below = ["%s" % f for f in t.all("below")]
        return ("\r\n".join(top + below) + "\r\n").encode()

    def write_maildir(self, maildir):
        """Maildir++ as Dovecot reads it; INTERNALDATE is the file's time."""
        for t in self.templates:
            message, when = self.compose(t)
            folder = t.one("folder", "INBOX")
            name = "" if folder == "INBOX" else "." + imap_utf7(folder)
            for sub in ("cur", "new", "tmp"):
                os.makedirs(os.path.join(maildir, name, sub), exist_ok=True)
            path = os.path.join(maildir, name, "cur", "%d.%s.sample:2,%s" % (when, t.name, t.one("flags", "")))
            with open(path, "wb") as f:
                f.write(message.replace(b"\r\n", b"\n"))  # a Maildir holds bare line feeds
            os.utime(path, (when, when))
        return len(self.templates)

    def records(self):
        """[(absolute name, type, text)] of everything under example."""
        rows = []
        for domain, selector in sorted(self.pairs):
            if selector not in WITHDRAWN:
                rows.append(("%s._domainkey.%s." % (selector, domain), "TXT", self.keys.record(domain, selector)))
        for domain, policy in sorted(POLICIES.items()):
            rows.append(("_dmarc.%s." % domain, "TXT", "v=DMARC1; %s" % policy))
        for domain in BRANDS:
            files = "l=; a=" if domain == DECLINED else "l=https://%s/logo.svg%s" % (domain, "" if domain == SELF_ASSERTED else "; a=https://%s/mark.pem" % domain)
            rows.append(("default._bimi.%s." % domain, "TXT", "v=BIMI1; " + files))
            rows.append((domain + ".", "A", BRAND_HOST))
        rows.append(("%s._bimi.%s." % DRAFT, "TXT", "v=BIMI1; l=https://%s/draft.svg" % DRAFT[1]))
        rows.append(("marks.example.", "A", BRAND_HOST))
        rows += [("openpgpkey.%s." % domain, "A", BRAND_HOST) for domain in PUBLISHERS]
        for t in self.templates:
            via = t.one("via")
            if via and via[0] != "[":
                helo, ip = via.split()[:2]
                rows.append((helo + ".", "A", ip))
                rows.append((".".join(reversed(ip.split("."))) + ".in-addr.arpa.", "PTR", helo + "."))
        rows += self.listed_servers()
        return sorted(set(rows))

    def listed_servers(self):
        """SPF, so that whoever looks finds what the mailbox's own server says it found."""
        hosts, softly = {}, set()
        for t in self.templates:
            said = re.search(r"spf=(pass|softfail) smtp\.mailfrom=(?:[^;@\s]*@)?([^;\s]+)", t.one("results", ""))
            if said and said[1] == "softfail":
                softly.add(said[2])
            elif said:
                hosts.setdefault(said[2], set()).add("ip4:" + t.one("via").split()[1])
        rows = [(domain + ".", "TXT", "v=spf1 %s -all" % " ".join(sorted(addresses))) for domain, addresses in hosts.items()]
        return rows + [(domain + ".", "TXT", "v=spf1 ~all") for domain in softly - set(hosts)]


def imap_utf7(name):
    """RFC 3501 §5.1.3"""
    def run(m):
        return "&" + base64.b64encode(m.group(0).encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"
    return re.sub(r"[^\x20-\x7e]+", run, name.replace("&", "&-"))


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        for t in templates():
            print("%-22s %-8s %-10s %s" % (t.name, t.one("folder"), t.one("level"), t.one("shows")))
    elif len(sys.argv) == 2:
        w = Writer(sys.argv[1], int(time.time()))
        print("%d messages in %s" % (w.write_maildir(os.path.join(sys.argv[1], "Maildir")), sys.argv[1]))
        with open(os.path.join(sys.argv[1], "records.txt"), "w") as out:
            out.writelines("%s\t%s\t%s\n" % row for row in w.records())
    else:
        sys.exit("usage: mailbox.py DIRECTORY | --list")
