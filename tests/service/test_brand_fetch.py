#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`inkan brand` end to end inside a network of its own: a public host at 203.0.113.5:443 (nginx, own authority), private
hosts that must never be reached, a real DNS server, mark certificates of an own root. Each attack of the list that
concerns fetching and evidence has a test by its number (E109-E125, L211-L213)."""
import gzip, json, os, socket, subprocess, sys, tempfile, time, unittest, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests/sample")]
import marks
from servers import namespace
from servers.knot import Knot
from servers.public_web import PublicWeb, RudeWeb, make_certificates
from servers.upstream import Upstream

BUILD = os.environ.get("INKAN_BUILD", os.path.join(TOP, "build"))
SAN = os.path.join(BUILD, "san/inkan")
INKAN = SAN if os.path.exists(SAN) else os.path.join(BUILD, "inkan")
NOW = int(time.time())
PUBLIC, RUDE = namespace.PUBLIC
GOOD = marks.logo("B")
# domain: what its assertion record says; every one has p=reject
RECORDS = {}
EXTRA = []
FILES = {}
HOSTED = {}  # HOST/NAME: what lies on other hosts
HOST = "logo.example"


def url(name, host=HOST):
    return "https://%s/%s" % (host, name)


def brand(domain, record, **files):
    """A domain with DMARC at enforcement and this assertion record; `files` lie on the public host."""
    RECORDS[domain] = record
    for name, octets in files.items():
        FILES[name] = octets


def certified(domain, svg=GOOD, pem=None, **wishes):
    """The usual: a picture and a mark certificate over it."""
    name = domain.split(".")[0]
    FILES[name + ".svg"] = svg
    FILES[name + ".pem"] = pem if pem is not None else authority.certificate(domain, svg, **wishes)
    RECORDS[domain] = "v=BIMI1; l=%s; a=%s" % (url(name + ".svg"), url(name + ".pem"))


def zone():
    rows = ["%s 60 IN A %s" % (HOST + ".", PUBLIC), "marks.example. 60 IN A %s" % PUBLIC, "rude.example. 60 IN A %s" % RUDE]
    for domain, record in RECORDS.items():
        rows.append('_dmarc.%s. 60 IN TXT "v=DMARC1; p=reject"' % domain)
        rows.append('default._bimi.%s. 60 IN TXT %s' % (domain, " ".join('"%s"' % record[i:i + 250] for i in range(0, len(record), 250))))
    return "\n".join(rows + EXTRA) + "\n"


def setUpModule():
    global authority, knot, web, rude_web, directory
    try:
        namespace.enter()
    except namespace.Unavailable as why:
        raise unittest.SkipTest(str(why))
    directory = tempfile.TemporaryDirectory(prefix="inkan-brand-")
    authority = marks.MarkAuthority(NOW)
    with open(os.path.join(directory.name, "roots.pem"), "wb") as f:
        f.write(authority.root_pem)
    prepare()
    canary = '        location / { return 200 "private"; }'
    web = PublicWeb(os.path.join(directory.name, "web"), {HOST, "marks.example", "rude.example", "*.private.example", "*.redirect.example", "*.certs.example"},
                    {PUBLIC: REDIRECTS, "127.0.0.1": canary, **{a: canary for a in namespace.PRIVATE}})
    web.start()
    for name, octets in FILES.items():
        web.put(HOST + "/" + name, octets)
    for name, octets in HOSTED.items():
        web.put(name, octets)
    web.put("marks.example/issuing.crl", authority.crl(revoked=REVOKED))
    web.put("marks.example/root.crl", authority.root_crl())
    rude_web = RudeWeb(RUDE, os.path.join(web.directory, "web.pem"), os.path.join(web.directory, "web.key"), rude)
    knot = Knot(os.path.join(directory.name, "knot"), 5300, {"example.": (zone(), "unsigned")}).start()


def tearDownModule():
    for server in (web, knot, rude_web):
        server.stop()
    directory.cleanup()


REVOKED = []
REDIRECTS = """        location /to-http { return 302 http://logo.example/good.svg; }
        location /to-metadata { return 302 https://169.254.169.254/latest/meta-data; }
        location /to-good { return 301 https://logo.example/good.svg; }
"""


def run(*words, resolver=None, timeout=300, form="--json"):
    port = resolver or knot.port
    command = [INKAN, "brand", form, "--resolver", "127.0.0.1@%d" % port, "--https-ca", web.ca_file,
               "--mark-roots", os.path.join(directory.name, "roots.pem"), *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                          env=dict(os.environ, https_proxy="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1"))
    if done.returncode:
        raise AssertionError("exit %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[-2000:]))
    return json.loads(done.stdout) if form == "--json" else done.stdout.decode().splitlines()


def private_requests():
    return [r for r in web.requests() if r["address"] != PUBLIC]


def bad_svg(name, octets):
    """A self-asserted logo that must not be shown."""
    brand(name + ".example", "v=BIMI1; l=%s" % url(name + ".svg"), **{name + ".svg": octets})


def svg_with(inside="", head="", root=""):
    text = GOOD.decode().replace("</title>", "</title>" + inside).replace("<svg ", "<svg %s " % root if root else "<svg ")
    return (head + text).encode()


def gzip_of(octets, times):
    """A member that unpacks to octets * times, without holding them all."""
    out = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(out.compress(octets * 1000) for _ in range(times // 1000)) + out.flush()


EXPANDED = ('<!DOCTYPE svg [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
            '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>')
SCRIPTS = {
    "script": svg_with("<script>alert(1)</script>"), "handler": svg_with(root='onload="alert(1)"'), "foreign": svg_with("<foreignObject/>"),
    "link": svg_with('<a xlink:href="https://evil.example/" xmlns:xlink="http://www.w3.org/1999/xlink"/>'),
    "use-out": svg_with('<use xlink:href="https://evil.example/x.svg#a" xmlns:xlink="http://www.w3.org/1999/xlink"/>'),
    "image": svg_with('<image xlink:href="https://evil.example/x.png" xmlns:xlink="http://www.w3.org/1999/xlink" width="1" height="1"/>'),
    "style": svg_with("<style>@import url(https://evil.example/x.css);</style>"), "animate": svg_with('<animate attributeName="x" dur="1s"/>'),
    "set": svg_with('<set attributeName="x" to="1"/>'), "stylesheet": svg_with(head='<?xml-stylesheet href="https://evil.example/x.css"?>'),
}
DOCTYPES = {
    "laughs": svg_with("<desc>&e;</desc>", head=EXPANDED), "quadratic": svg_with("<desc>%s</desc>" % ("&a;" * 1000), head='<!DOCTYPE svg [<!ENTITY a "%s">]>' % ("x" * 1000)),
    "external": svg_with("<desc>&x;</desc>", head='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "parameter": svg_with(head='<!DOCTYPE svg [<!ENTITY % p SYSTEM "https://evil.example/x.dtd">%p;]>'),
    "doctype": svg_with(head='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'),
    "xinclude": svg_with('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
}
URLS = {
    "http": "http://logo.example/good.svg", "address": "https://203.0.113.5/good.svg", "port": "https://logo.example:22/good.svg",
    "user": "https://user@logo.example/good.svg", "loopback": "https://127.0.0.1/good.svg", "decimal": "https://2130706433/good.svg",
    "mapped": "https://[::ffff:127.0.0.1]/good.svg", "octal": "https://0177.0.0.1/good.svg", "local": "https://localhost/good.svg",
}
# name of a host: an address that no stranger's URL may lead to
PRIVATE = {"v4": ("A", "10.0.0.1"), "metadata": ("A", "169.254.169.254"), "home": ("A", "192.168.1.1"), "self": ("A", "127.0.0.1"), "zero": ("A", "0.0.0.0"),
           "six": ("AAAA", "::1"), "mapped6": ("AAAA", "::ffff:127.0.0.1"), "nat64": ("AAAA", "64:ff9b::7f00:1"), "sixtofour": ("AAAA", "2002:7f00:1::1"),
           "unique": ("AAAA", "fd00::1")}
# one defect each: (wishes, the reason that is told)
DEFECTS = {
    "expired": ({"days": (-390, -2)}, "expired"), "future": ({"days": (2, 300)}, "not-yet-valid"), "purpose": ({"eku": None}, "no-purpose"),
    "logotype": ({"logo_extension": None}, "no-logotype"), "othername": ({"names": ["other.example"]}, "other-name"),
    "noname": ({"names": None}, "no-name"), "wildcard": ({"names": ["*.wildcard.example"]}, "other-name"),
    "selector": ({"names": ["red._bimi.selector.example"]}, "other-selector"), "parent": ({"names": ["example"]}, "other-name"),
    "type": ({"mark": None}, "no-mark-type"),
}


def prepare():
    """Every domain of the tests; certificates with one defect each."""
    certified("good.example")
    certified("cmc.example", mark="Prior Use Mark")
    certified("government.example", mark="Government Mark")
    brand("self.example", "v=BIMI1; l=%s" % url("good.svg"))
    brand("declined.example", "v=BIMI1; l=; a=;")
    brand("embedded.example", "v=BIMI1; l=; a=%s" % url("embedded.pem"), **{"embedded.pem": authority.certificate("embedded.example", GOOD)})
    for name, octets in list(SCRIPTS.items()) + list(DOCTYPES.items()):
        bad_svg(name, octets)
    for name, target in URLS.items():
        brand("url-%s.example" % name, "v=BIMI1; l=%s" % target)
    for name, (kind, address) in PRIVATE.items():
        EXTRA.append("%s.private.example. 60 IN %s %s" % (name, kind, address))
        brand("to-%s.example" % name, "v=BIMI1; l=https://%s.private.example/x.svg; a=https://%s.private.example/x.pem" % (name, name))
    EXTRA.append("mixed.private.example. 60 IN A %s\nmixed.private.example. 60 IN A 10.0.0.1" % PUBLIC)
    brand("to-mixed.example", "v=BIMI1; l=https://mixed.private.example/x.svg")
    for path in ("to-http", "to-metadata", "to-good"):
        brand("redirect-%s.example" % path, "v=BIMI1; l=%s" % url(path))
    for name, (wishes, _) in DEFECTS.items():
        certified(name + ".example", **wishes)
    certified("crl-http.example", crl_url="http://marks.example/issuing.crl")
    certified("crl-gone.example", crl_url="http://nowhere.example/issuing.crl")
    revoked = authority.leaf("revoked.example", GOOD)
    REVOKED.append(revoked)
    certified("revoked.example", pem=marks.pem(revoked, authority.issuing))
    stranger = marks.MarkAuthority(NOW, name="Somebody")
    certified("unknownroot.example", pem=stranger.certificate("unknownroot.example", GOOD))
    certified("disorder.example", pem=marks.pem(authority.issuing, authority.leaf("disorder.example", GOOD)))
    certified("differs.example", pem=authority.certificate("differs.example", marks.logo("T")))
    certified("huge.example", pem=b"-----BEGIN CERTIFICATE-----\n" * 2000000)
    certified("crowd.example", pem=authority.certificate("crowd.example", GOOD) * 40)
    certified("manynames.example", names=["n%d.example" % i for i in range(20000)])
    bad_svg("bomb", gzip_of(b" " * 1000, 100000))
    bad_svg("nested", gzip.compress(gzip.compress(GOOD)))
    bad_svg("members", gzip.compress(GOOD) + gzip.compress(b"<x/>"))
    bad_svg("trailing", gzip.compress(GOOD) + b"more")
    brand("svgz.example", "v=BIMI1; l=%s" % url("svgz.svg"), **{"svgz.svg": gzip.compress(GOOD)})
    bad_svg("usebomb", svg_with('<defs><g id="a0"><rect width="1" height="1"/></g>%s</defs><use xlink:href="#a9"/>' % "".join(
        '<g id="a%d">%s</g>' % (i + 1, '<use xlink:href="#a%d"/>' % i * 10) for i in range(9)), root='xmlns:xlink="http://www.w3.org/1999/xlink"'))
    for name in ("drip", "endless", "nonsense", "headers", "silent"):
        brand("%s.example" % name, "v=BIMI1; l=https://rude.example/%s" % name)
    for i in range(40):
        brand("flood-%d.example" % i, "v=BIMI1; l=; a=https://marks.example/%d.pem" % i)
    for i in range(35):
        name = "own-crl-%d" % i
        HOSTED["%s.certs.example/%s.pem" % (name, name)] = authority.certificate(name + ".example", GOOD, crl_url="https://marks.example/issuing.crl?%d" % i)
        RECORDS[name + ".example"] = "v=BIMI1; l=; a=https://%s.certs.example/%s.pem" % (name, name)
        EXTRA.append("%s.certs.example. 60 IN A %s" % (name, PUBLIC))
    FILES["suffix.pem"] = authority.certificate("github.io", GOOD)
    certified("lookalike-bank.example", mark="Prior Use Mark", organization="Lookalike Bank")
    certified("org.example")
    certified("own.org.example")
    brand("people.example", "v=BIMI1; l=%s; lps=" % url("good.svg"))
    brand("selectors.example", "v=BIMI1; l=%s" % url("good.svg"))
    brand("several.example", "v=BIMI1; l=%s" % url("good.svg"))
    EXTRA.append('default._bimi.several.example. 60 IN TXT "v=BIMI1; l=%s"' % url("other.svg"))


def drip(write):
    write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100000):
        write(b"<")
        time.sleep(0.2)


def rude(path, write):
    """A server that nginx would never be."""
    if path == "/drip":
        drip(write)
    elif path == "/endless":
        write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            write(b"x" * 65536)
    elif path == "/nonsense":
        write(b"SSH-2.0-OpenSSH_9.2\r\n")
    elif path == "/headers":
        write(b"HTTP/1.1 200 OK\r\n")
        while True:
            write(b"X-More: %s\r\n" % (b"y" * 1000))
    else:
        time.sleep(30)


class Case(unittest.TestCase):
    def no_logo(self, domain, result="fail", reason=None, **more):
        out = run(domain, **more)
        self.assertEqual(out["result"], result, out)
        self.assertIsNone(out["logo"], domain)
        if reason:
            self.assertEqual(out["reason"], reason, out)
        return out


class Good(Case):
    def test_a_vmc_a_cmc_a_self_asserted_logo_and_a_declination_are_told_apart(self):
        for domain, result, kind, mark in (("good.example", "pass", "vmc", "Registered Mark"), ("government.example", "pass", "vmc", "Government Mark"),
                                           ("cmc.example", "pass", "cmc", "Prior Use Mark"), ("self.example", "pass", "self", None),
                                           ("declined.example", "declined", None, None), ("embedded.example", "pass", "vmc", "Registered Mark"),
                                           ("svgz.example", "pass", "self", None)):
            with self.subTest(domain):
                out = run(domain)
                self.assertEqual((out["result"], out["type"]), (result, kind), out)
                self.assertEqual((out["certificate"] or {}).get("markType"), mark)
                if result == "pass":
                    self.assertRegex(out["logo"]["sha256"], "^[0-9a-f]{64}$")
                else:
                    self.assertIsNone(out["logo"])

    def test_the_crl_is_fetched_over_https_and_revocation_known(self):
        self.assertEqual(run("good.example")["certificate"]["revocation"], "good")

    def test_a_crl_behind_http_is_asked_for_over_https_and_one_that_cannot_be_had_is_no_revocation(self):
        web.forget()
        out = run("crl-http.example")
        self.assertEqual((out["result"], out["certificate"]["revocation"]), ("pass", "good"))
        self.assertIn("https://marks.example/issuing.crl", " ".join(s["text"] for s in out["steps"] if s["step"] == "crl"))
        out = run("crl-gone.example")
        self.assertEqual((out["result"], out["certificate"]["revocation"]), ("pass", "unknown"))
        self.assertEqual(out["certificate"]["checks"]["revocation"], {"result": "not-verified", "reason": "crl-missing"})
        self.assertIn((None, "no-host"), [(s["ok"], s["code"]) for s in out["steps"] if s["step"] == "crl"])

    def test_the_crl_of_a_certificate_in_hand_is_fetched_too_unless_offline(self):
        """`--certificate FILE --domain D`: the same question without a record, and nothing but the CRLs is asked for."""
        def check(name, domain, *words):
            path = os.path.join(directory.name, name + ".pem")
            with open(path, "wb") as f:
                f.write(FILES[name + ".pem"])
            web.forget()
            return run("--certificate", path, "--domain", domain, *words)
        out = check("good", "good.example")
        self.assertEqual((out["valid"], out["type"], out["revocation"]), (True, "vmc", "good"), out)
        self.assertEqual({(r["host"], r["path"]) for r in web.requests()}, {("marks.example", "/issuing.crl"), ("marks.example", "/root.crl")})
        out = check("revoked", "revoked.example")
        self.assertEqual((out["valid"], out["reason"], out["revocation"]), (False, "revoked", "revoked"), out)
        out = check("crl-gone", "crl-gone.example")
        self.assertEqual((out["valid"], out["revocation"], out["checks"]["revocation"]["reason"]), (True, "unknown", "crl-missing"), out)
        for domain, words in (("good.example", ["--offline"]), ("other.example", [])):  # nothing is asked for a certificate that fails anyway
            out = check("good", domain, *words)
            self.assertEqual((out["valid"], out["revocation"]), (not words == [], "unknown"), out)
            self.assertEqual(web.requests(), [])

    def test_a_fetch_carries_no_cookie_and_says_who_asks(self):
        web.forget()
        run("good.example")
        self.assertTrue(web.requests())
        for request in web.requests():
            self.assertEqual((request["cookie"], request["condition"]), ("", ""))
            self.assertRegex(request["agent"], "^Inkan/")

    def test_offline_tells_the_record_and_fetches_nothing(self):
        web.forget()
        out = run("good.example", "--offline")
        self.assertEqual((out["result"], out["reason"]), ("skipped", "not-fetched"))
        self.assertTrue(out["location"] and out["authority"])
        self.assertEqual(web.requests(), [])


class Explained(Case):
    """What an owner of a brand reads of `inkan brand DOMAIN`: no operator is known there, so none is spoken for."""

    def test_what_an_operator_would_have_to_say_is_told_and_not_made_up(self):
        for domain, words in (("good.example", "Shown unless an operator blocks good.example"), ("cmc.example", "asks for a verified mark certificate"),
                              ("self.example", "Shown only where an operator allows self.example")):
            with self.subTest(domain):
                (step,) = [s for s in run(domain)["steps"] if s["step"] == "operator"]
                self.assertEqual((step["ok"], step["code"]), (None, "operator-decides"))
                self.assertIn(words, step["text"])
                self.assertNotIn("this service", step["text"])

    def test_the_record_and_the_certificate_are_told_by_what_they_hold(self):
        steps = {s["step"]: s for s in run("good.example")["steps"]}
        self.assertEqual(steps["record"]["text"], "default._bimi.good.example: an assertion record (l=%s; a=%s)" % (url("good.svg"), url("good.pem")))
        self.assertRegex(steps["certificate.whose"]["text"], r"^VMC \(Registered Mark\) for Example Brand, issued by Sample Mark, Sample Mark Issuing CA, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d$")
        self.assertEqual((steps["certificate.whose"]["ok"], {s["step"]: s for s in run("expired.example")["steps"]}["certificate.whose"]["ok"]), (True, None))
        steps = {s["step"]: s for s in run("people.example")["steps"]}
        self.assertEqual((steps["record.local-part"]["ok"], steps["record.local-part"]["code"]), (True, "by-local-part"))
        self.assertNotIn("record.local-part", {s["step"] for s in run("good.example")["steps"]})

    def test_every_finding_in_the_picture_and_the_end_are_said_in_the_readers_language(self):
        for lang, line, end, shown in (("en", "  wrong   line 1 <script>: ", "bimi=fail: the logo is not a valid SVG Tiny PS", "bimi=pass, vmc: the logo is shown, with the tick of a verified mark"),
                                       ("ja", "  要修正  1 行目 <script>：", "bimi=fail: ロゴが正しい SVG Tiny PS ではありません", "bimi=pass, vmc: ロゴは認証マーク（VMC）のチェック付きで表示されます")):
            lines = run("script.example", "--lang", lang, form="--explain")
            self.assertTrue([l for l in lines if l.startswith(line)], lines)
            self.assertEqual(lines[-1], end)
            self.assertEqual(run("good.example", "--lang", lang, form="--explain")[-1], shown)


def signed_mail(address):
    """What our own server checked; it says so in a field that is believed."""
    domain = address.split("@")[1]
    return ("Authentication-Results: mx.mail.example; dmarc=pass header.from=%s; dkim=pass header.d=%s header.s=s1 header.b=AAAAAAAA\r\n"
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=s1; h=from:to:subject:date; bh=AAAA; b=AAAAAAAAAAAA\r\n"
            "From: <%s>\r\nTo: <me@mail.example>\r\nSubject: letter\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nHello.\r\n" % (domain, domain, domain, address)).encode()


def verify(addresses, *words):
    """What `inkan verify` says about one message of each; its text where `words` ask for --explain."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, address in enumerate(addresses):
            paths.append(os.path.join(folder, "%03d.eml" % i))
            with open(paths[-1], "wb") as f:
                f.write(signed_mail(address))
        done = subprocess.run([INKAN, "verify", "--json", "--jobs", "1", "--authserv-id", "mx.mail.example", "--server-strips", "--resolver", "127.0.0.1@%d" % knot.port,
                               "--https-ca", web.ca_file, "--mark-roots", os.path.join(directory.name, "roots.pem"), *words, *paths], stdout=subprocess.PIPE, timeout=120, check=True)
        return done.stdout.decode() if words else [json.loads(line) for line in done.stdout.splitlines()]


    def test_verify_explains_the_logo_in_the_readers_language(self):
        said = {"good.example": ("The logo of good.example is a mark certified for Example Brand (VMC of Sample Mark, ", "good.example のロゴは Example Brand の商標として認証されています (VMC、"),
                "cmc.example": ("The logo of cmc.example was certified for Example Brand as one in use, not as a registered mark (CMC of ", "登録商標としての認証ではありません (CMC、"),
                "self.example": ("The logo of self.example is the domain’s own word", "self.example のロゴはドメインの自己申告で"),
                "declined.example": ("The logo of declined.example is not shown: the domain says that it wants no logo.", "ドメインがロゴの表示を望んでいません。"),
                "expired.example": ("is not shown: the mark certificate does not hold (expired).", "マーク証明書が有効ではありません (expired)。")}
        for at, language in enumerate(("en", "ja")):
            for domain, words in said.items():
                text = verify(["a@" + domain], "--explain", "--lang", language)
                self.assertEqual(text.count(words[at]), 1, text)
            text = verify(["a@mail.example"], "--explain", "--lang", language)
            self.assertFalse("logo" in text or "ロゴ" in text, text)


class Attacks(Case):
    """One test a number of the list."""

    def test_l211_a_crowd_of_addresses_is_one_question_about_the_domain(self):
        """`inkan verify` over many senders of one brand: each file once, and all of them told the same (the service counts in test_brand_service)."""
        web.forget()
        said = verify(["a%d@good.example" % i for i in range(40)])
        self.assertEqual({(s["evidence"]["bimi"]["result"], s["verdict"]["strength"]) for s in said}, {("pass", "brand")})
        self.assertEqual(sorted(r["host"] + r["path"] for r in web.requests()),
                         ["logo.example/good.pem", "logo.example/good.svg", "marks.example/issuing.crl", "marks.example/root.crl"])

    def test_e115_nobody_uses_up_the_questions_about_revocation(self):
        """Records of a stranger that name the CRL's host until it is asked no more: CRLs are counted apart, and fetched once for many brands."""
        said = verify(["a@flood-%d.example" % i for i in range(40)] + ["a@revoked.example"])
        self.assertEqual({s["evidence"]["bimi"]["result"] for s in said[-11:-1]}, {"temperror"})
        last = said[-1]["evidence"]["bimi"]
        self.assertEqual((last["result"], last["reason"], last["detail"]), ("fail", "evidence", "revoked"), last)
        self.assertEqual(said[-1]["verdict"]["strength"], "domain")
        web.forget()
        said = verify(["a@%s.example" % name for name in ("good", "cmc", "government", "revoked")])
        self.assertEqual([s["evidence"]["bimi"]["result"] for s in said], ["pass", "pass", "pass", "fail"])
        self.assertEqual(sorted(r["path"] for r in web.requests() if r["host"] == "marks.example"), ["/issuing.crl", "/root.crl"])

    def test_e115_a_crl_that_was_not_asked_for_is_no_good_news(self):
        """An authority with a CRL for each certificate: beyond what its host may be asked, nothing is known, and there is no logo."""
        said = verify(["a@own-crl-%d.example" % i for i in range(35)])
        results = [(s["evidence"]["bimi"]["result"], s["evidence"]["bimi"]["reason"]) for s in said]
        self.assertEqual(set(results), {("pass", None), ("temperror", "network")})
        self.assertEqual(results[0], ("pass", None))
        self.assertEqual(results[-1], ("temperror", "network"))
        self.assertTrue(all(s["evidence"]["bimi"]["logo"] is None for s in said[-3:]))

    def test_e109_a_policy_that_does_not_enforce_has_no_logo(self):
        for domain, policy, reason in (("none", "p=none", "author-policy"), ("spnone", "p=reject; sp=none", "subdomain-policy"),
                                       ("pct", "p=quarantine; pct=50", "author-policy"), ("testing", "p=quarantine; t=y", "author-policy")):
            with self.subTest(policy), Upstream(lambda q, tcp: answer_brand(q, "v=DMARC1; " + policy)) as upstream:
                self.no_logo("bank.example", "skipped", reason, resolver=upstream.port)

    def test_e109_the_policy_is_that_of_the_very_domain_and_nothing_is_left_open(self):
        """np= of a name that does not exist, and an organization whose record cannot be had: the author domain alone does not decide."""
        def organization(policy, **zone):
            def answer(question, tcp):
                if question.name == "news.bank.example" and question.type != "TXT":
                    return question.reply(rcode=zone.get("rcode", 0))
                if question.name == "_dmarc.news.bank.example" and "own" in zone:
                    return question.txt(zone["own"])
                if question.name == "_dmarc.bank.example" and policy is None:
                    return question.reply(rcode=2)
                return answer_brand(question, "v=DMARC1; %s" % policy)
            return Upstream(answer)

        with organization("p=reject; np=none", rcode=0) as upstream:
            self.assertEqual(run("news.bank.example", resolver=upstream.port)["result"], "pass")
        with organization("p=reject; np=none", rcode=3) as upstream:
            self.no_logo("news.bank.example", "skipped", "subdomain-policy", resolver=upstream.port)
        with organization("p=reject; np=quarantine; t=y", rcode=3) as upstream:
            self.no_logo("news.bank.example", "skipped", "subdomain-policy", resolver=upstream.port)
        with organization(None, own="v=DMARC1; p=reject") as upstream:
            self.no_logo("news.bank.example", "temperror", "dns", resolver=upstream.port)

    def test_e125_a_public_suffix_is_nobodys_organization(self):
        """Whoever rents NAME.github.io is not github.io, whatever the tree walk finds there: its logo and its certificate are not theirs."""
        def answer(question, tcp):
            if question.type == "TXT" and question.name == "default._bimi.own.github.io":
                return question.txt("v=BIMI1; l=; a=%s" % url("suffix.pem"))
            return answer_brand(question, "v=DMARC1; p=reject", "v=BIMI1; l=; a=%s" % url("suffix.pem"), domain="github.io")

        with Upstream(answer) as upstream:
            self.assertEqual(run("github.io", resolver=upstream.port)["result"], "pass")
            out = self.no_logo("tenant.github.io", "none", "no-record", resolver=upstream.port)
            self.assertEqual(out["organizationalDomain"], "tenant.github.io")
            out = self.no_logo("own.github.io", "fail", "evidence", resolver=upstream.port)
            self.assertEqual(out["certificate"]["reason"], "other-name")

    def test_e112_a_selector_that_leaves_the_tree_is_refused_and_none_falls_back(self):
        for selector in ("../../x", "*", "a b", "x" * 300, "a/b"):
            done = subprocess.run([INKAN, "brand", "--json", "--offline", "--selector", selector, "bank.example"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stdout), (2, b""), selector)
        out = run("selectors.example", "--selector", "red")
        self.assertEqual((out["result"], out["location"]), ("none", None))

    def test_e113_urls_that_are_not_plain_https_and_redirects_are_not_followed(self):
        web.forget()
        for name in URLS:
            with self.subTest(name):
                self.no_logo("url-%s.example" % name, "fail", "bad-url")
        self.assertEqual(web.requests(), [])
        for path in ("to-http", "to-metadata", "to-good"):
            with self.subTest(path):
                self.no_logo("redirect-%s.example" % path, "fail", "fetch")
        self.assertEqual([r["status"] for r in web.requests()], [302, 302, 301])

    def test_e114_a_self_asserted_logo_is_said_to_be_one(self):
        out = run("self.example")
        self.assertEqual((out["type"], out["certificate"]), ("self", None))
        self.assertIn("own word", " ".join(s["text"] for s in out["steps"]))

    def test_e115_a_certificate_with_one_defect_has_no_logo_and_says_which(self):
        for name, (_, reason) in DEFECTS.items():
            with self.subTest(name):
                out = self.no_logo(name + ".example", "fail", "evidence")
                self.assertEqual(out["certificate"]["reason"], reason)
        for domain, reason in (("revoked", "revoked"), ("unknownroot", "issuer-missing"), ("disorder", None)):
            with self.subTest(domain):
                out = self.no_logo(domain + ".example", "fail", "evidence")
                self.assertEqual(out["certificate"]["reason"], reason or out["certificate"]["reason"])
                self.assertFalse(out["certificate"]["valid"])

    def test_e116_only_the_exact_name_is_certified(self):
        for name in ("othername", "noname", "wildcard", "selector", "parent"):
            with self.subTest(name):
                out = self.no_logo(name + ".example", "fail", "evidence")
                self.assertEqual(out["certificate"]["checks"]["names"]["result"], "fail")

    def test_e117_a_picture_other_than_the_certified_one_is_not_shown(self):
        self.no_logo("differs.example", "fail", "mismatch")

    def test_e118_a_cmc_says_that_it_is_one(self):
        out = run("cmc.example")
        self.assertEqual((out["type"], out["certificate"]["type"], out["certificate"]["markType"]), ("cmc", "cmc", "Prior Use Mark"))

    def test_e119_a_lookalike_with_a_valid_cmc_is_named_by_its_own_domain(self):
        out = run("lookalike-bank.example")
        self.assertEqual((out["result"], out["type"], out["domain"], out["certificate"]["organization"]), ("pass", "cmc", "lookalike-bank.example", "Lookalike Bank"))

    def test_e120_active_and_outward_svg_is_refused(self):
        web.forget()
        for name in SCRIPTS:
            with self.subTest(name):
                out = self.no_logo(name + ".example", "fail", "indicator")
                self.assertTrue([f for f in out["picture"]["findings"] if f["severity"] == "error"])
        self.no_logo("usebomb.example", "fail", "indicator")
        self.assertEqual({r["host"] for r in web.requests()}, {HOST})

    def test_e121_a_doctype_is_refused_before_anything_is_expanded(self):
        for name in DOCTYPES:
            with self.subTest(name):
                out = self.no_logo(name + ".example", "fail", "indicator")
                self.assertNotIn("root:", json.dumps(out))

    def test_e122_gzip_is_one_bounded_member(self):
        for name in ("bomb", "nested", "members", "trailing"):
            with self.subTest(name):
                self.no_logo(name + ".example", "fail", "indicator")

    def test_e123_a_certificate_file_is_bounded(self):
        self.no_logo("huge.example", "fail", "fetch")
        self.no_logo("crowd.example", "fail")
        self.no_logo("manynames.example", "fail")

    def test_e125_a_subdomain_with_a_record_speaks_for_itself(self):
        out = run("own.org.example")
        self.assertEqual((out["result"], out["domain"], out["organizationalDomain"], out["certificate"]["names"]), ("pass", "own.org.example", "org.example", ["own.org.example"]))

    def test_e125_a_subdomain_without_a_record_falls_back_and_the_certified_domain_is_told(self):
        out = run("news.org.example")
        self.assertEqual((out["result"], out["type"], out["domain"]), ("pass", "vmc", "org.example"), out)
        done = subprocess.run([INKAN, "brand", "--json", "--offline", "b ank.example"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)

    def test_several_records_are_none(self):
        self.no_logo("several.example", "none", "several-records")

    def test_l211_no_url_reaches_a_private_host(self):
        web.forget()
        for name in list(PRIVATE) + ["mixed"]:
            with self.subTest(name):
                out = self.no_logo("to-%s.example" % name, "fail", "fetch")
                self.assertIn("address", " ".join(s["text"] for s in out["steps"]))
        self.assertEqual(private_requests(), [])
        self.assertEqual(web.requests(), [])

    def test_l211_a_rude_server_is_left_in_time(self):
        for name, result in (("drip", "temperror"), ("endless", "fail"), ("nonsense", "fail"), ("headers", "fail"), ("silent", "temperror")):
            with self.subTest(name):
                self.no_logo("%s.example" % name, result)

    def test_l212_an_address_that_changes_between_check_and_connect_is_not_followed(self):
        """The first answer is public, every later one private: only the first is ever used."""
        asked = []

        def answer(question, tcp):
            if question.name == HOST and question.type == "A":
                asked.append(1)
                address = PUBLIC if len(asked) == 1 else "127.0.0.1"
                return question.reply(records=[(1, 0, socket.inet_aton(address))])
            return answer_brand(question, "v=DMARC1; p=reject", "v=BIMI1; l=%s; a=%s" % (url("good.svg"), url("good.pem")), domain="good.example")

        web.forget()
        with Upstream(answer) as upstream:
            out = run("good.example", resolver=upstream.port)
        self.assertEqual(private_requests(), [])
        self.assertEqual({r["address"] for r in web.requests()} - {PUBLIC}, set())
        self.assertIn(out["result"], ("pass", "fail"))

    def test_l213_answers_are_kept_by_name_and_refusals_do_not_stick(self):
        """NXDOMAIN of one domain says nothing about another, and a record that appears is found."""
        self.assertEqual(run("good.example", "--selector", "absent")["result"], "none")
        self.assertEqual(run("good.example")["result"], "pass")
        state = {"there": False}

        def answer(question, tcp):
            if not state["there"] and question.name.startswith("default._bimi"):
                return question.reply(rcode=3)
            return answer_brand(question, "v=DMARC1; p=reject", "v=BIMI1; l=; a=;")

        with Upstream(answer) as upstream:
            self.no_logo("bank.example", "none", resolver=upstream.port)
            state["there"] = True
            self.no_logo("bank.example", "declined", resolver=upstream.port)


def answer_brand(question, policy, record="v=BIMI1; l=https://logo.example/good.svg", domain="bank.example"):
    if question.type == "TXT" and question.name == "_dmarc." + domain:
        return question.txt(policy)
    if question.type == "TXT" and question.name == "default._bimi." + domain:
        return question.txt(record)
    if question.type == "A" and question.name in (HOST, "marks.example"):
        return question.reply(records=[(1, 60, socket.inet_aton(PUBLIC))])
    return question.reply(rcode=0 if question.name.endswith("example") else 3)


if __name__ == "__main__":
    unittest.main()
