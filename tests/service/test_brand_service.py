#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Logos in a running service, inside a network of its own: 1,000 messages of 200 brands fetch each logo once; what the
list and the opened message say; pictures from our own origin; the operator's say; revalidation (E110, E111, E124, L211)."""
import hashlib, json, os, re, sqlite3, struct, sys, tempfile, time, unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests/sample")]
import marks
from cryptography import x509
from api_stage import Stage, USER, free_port, until
from servers import namespace
from servers.knot import Knot
from servers.public_web import PublicWeb, RudeWeb

PUBLIC = namespace.PUBLIC[0]
BRANDS, MESSAGES = 200, 1000
NOW = int(time.time())


def setUpModule():
    try:
        namespace.enter()
    except namespace.Unavailable as why:
        raise unittest.SkipTest(str(why))


def txt(name, text):
    return "%s. 60 IN TXT %s\n" % (name, " ".join('"%s"' % text[i:i + 250] for i in range(0, len(text), 250)))


def message(domain, number, results="dmarc=pass (p=reject) header.from={d}; dkim=pass header.d={d} header.s=s1 header.b=AAAAAAAA", extra="", limit="", covered=""):
    """As our own server hands it on: it checked the signature, and says so in a field that the account believes."""
    lines = ["Authentication-Results: mx.mail.example; " + results.format(d=domain)] if results else []
    lines += ["DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=s1;%s h=from:to:subject:date:message-id%s; bh=AAAA; b=AAAAAAAAAAAA" % (domain, limit, covered)]
    lines += [extra] if extra else []
    lines += ["From: News <news@%s>" % domain, "To: %s" % USER, "Subject: letter %d of %s" % (number, domain), "Date: Sat, 21 Nov 2026 10:00:00 +0000",
              "Message-ID: <%d@%s>" % (number, domain), "", "Hello.", ""]
    return "\r\n".join(lines).encode()


class World:
    """Service, mail server, DNS and the brands' web server; `brands` maps a domain to its record."""

    def __init__(self, brands, files, others=()):
        self.stage = Stage()
        self.authority = authority
        names = {d for d in brands} | {"marks.example"}
        self.web = PublicWeb(os.path.join(self.stage.directory, "web"), names, {PUBLIC: ""})
        self.web.names |= set(others)  # hosts of somebody else, under the same authority
        roots = os.path.join(self.stage.directory, "roots.pem")
        zone = "".join("%s. 60 IN A %s\n" % (n, PUBLIC) for n in sorted(names)) + "".join("%s. 60 IN A %s\n" % (n, namespace.PUBLIC[1]) for n in others)
        for domain, record in brands.items():
            zone += txt("_dmarc." + domain, "v=DMARC1; p=reject") + (txt("default._bimi." + domain, record) if record else "")
        self.stage.knot = Knot(os.path.join(self.stage.directory, "knot2"), free_port(), {".": (zone, "signed")})
        self.web.start()
        for path, octets in files.items():
            self.web.put(path, octets)
        self.web.put("marks.example/issuing.crl", authority.crl())
        self.web.put("marks.example/root.crl", authority.root_crl())
        with open(roots, "wb") as f:
            f.write(authority.root_pem)
        self.brand = {"mark-roots": roots, "https-ca": self.web.ca_file}
        self.stage.start()
        self.stage.restart(brand=self.brand)

    def client(self):
        return self.stage.client()

    def rows(self, client, limit=200):
        inbox = client.mailboxes()["inbox"]
        rows, before = [], None
        while True:
            page = client.messages(inbox, limit=limit, **({"before": before} if before else {})).json
            rows += page["messages"]
            before = page["next"]
            if not before:
                return rows

    def stop(self):
        self.web.stop()
        self.stage.stop()


authority = marks.MarkAuthority(NOW)


def record_of(domain, authority_too=True):
    return "v=BIMI1; l=https://%s/logo.svg%s" % (domain, "; a=https://%s/mark.pem" % domain if authority_too else "")


class Crowd(unittest.TestCase):
    def test_a_thousand_messages_of_two_hundred_brands_fetch_each_logo_once(self):
        domains = ["brand-%d.example" % i for i in range(BRANDS)]
        files = {}
        for i, domain in enumerate(domains):
            svg = marks.logo("BTKLSM"[i % 6], name=domain)
            files[domain + "/logo.svg"] = svg
            files[domain + "/mark.pem"] = authority.certificate(domain, svg, organization="Brand %d" % i)
        world = World({d: record_of(d) for d in domains}, files)
        self.addCleanup(world.stop)
        for n in range(MESSAGES):
            world.stage.dovecot.append(USER, "INBOX", message(domains[n % BRANDS], n))
        client = world.client()
        self.assertEqual(len(world.rows(client)), MESSAGES)  # the first listing waits for no logo
        rows = until(lambda: (lambda rows: rows if all(r["verdict"]["logo"] for r in rows) else None)(world.rows(client)), "every row its logo", 180)
        self.assertEqual({r["verdict"]["level"] for r in rows}, {"brand"})
        for row in rows:
            domain = row["from"][0]["email"].split("@")[1]
            self.assertEqual(row["verdict"]["logo"]["sha256"], hashlib.sha256(files[domain + "/logo.svg"]).hexdigest())
        asked = {}
        for request in world.web.requests():
            key = request["host"] + request["path"]
            asked[key] = asked.get(key, 0) + 1
        self.assertEqual(set(asked.values()), {1}, {k: n for k, n in asked.items() if n > 1})
        self.assertEqual(len(asked), 2 * BRANDS + 2)  # logo and certificate of each, two CRLs for all
        counted = until(lambda: (lambda now: now if not now["inkan_logo_checks_waiting"] else None)(metrics(client)), "the end of the last check")
        self.assertEqual((counted["inkan_logo_fetches_total"], counted["inkan_logo_checks_total"], counted["inkan_logo_checks_waiting"]), (2 * BRANDS + 2, BRANDS, 0))


    def test_a_crowd_of_subdomains_does_not_keep_the_others_waiting(self):
        """L211: sixty subdomains of one owner, each with a file that never comes; a brand that is asked about after them has its logo all the same."""
        domains = ["s%d.slow.example" % i for i in range(60)]
        brands = {d: "v=BIMI1; l=; a=https://silent.example/%s" % d for d in domains}
        svg = marks.logo("B")
        brands["honest.example"] = record_of("honest.example")
        world = World(brands, {"honest.example/logo.svg": svg, "honest.example/mark.pem": authority.certificate("honest.example", svg)}, ["silent.example"])
        self.addCleanup(world.stop)
        silent = RudeWeb(namespace.PUBLIC[1], os.path.join(world.web.directory, "web.pem"), os.path.join(world.web.directory, "web.key"), lambda path, write: time.sleep(30))
        self.addCleanup(silent.stop)
        for n, domain in enumerate(["honest.example"] + domains):  # a list begins with the newest
            world.stage.dovecot.append(USER, "INBOX", message(domain, n))
        client = world.client()

        def honest():
            rows = world.rows(client)
            self.assertEqual(len(rows), 61)
            self.assertLessEqual(metrics(client)["inkan_logo_checks_waiting"], 9)
            return {r["from"][0]["email"]: r for r in rows}["news@honest.example"]["verdict"]["logo"]
        self.assertEqual(until(honest, "the honest logo", 120)["type"], "vmc")
        self.assertLess(len(set(silent.asked)), 30)


class Poison(unittest.TestCase):
    def test_e124_what_a_stranger_asked_for_says_nothing_about_a_crl(self):
        """A record whose a= is the CRL of somebody's certificate: too large for a certificate, and remembered as that. The CRL is still fetched as one."""
        svg = marks.logo("B")
        revoked = authority.leaf("revoked.example", svg, crl_url="https://marks.example/large.crl")
        filling = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.53087.99"), marks.der(0x04, b"x" * 150000))
        world = World({"poison.example": "v=BIMI1; l=; a=https://marks.example/large.crl", "revoked.example": "v=BIMI1; l=; a=https://revoked.example/mark.pem"},
                      {"revoked.example/mark.pem": marks.pem(revoked, authority.issuing), "marks.example/large.crl": authority.crl([revoked], extensions=[(filling, False)])})
        self.addCleanup(world.stop)
        client = world.client()
        for n, domain in enumerate(("poison.example", "revoked.example"), 1):
            world.stage.dovecot.append(USER, "INBOX", message(domain, n))
            until(lambda: len(world.rows(client)) == n and metrics(client)["inkan_logo_checks_total"] == n, "the check of " + domain, 60)
        row = {r["subject"].split()[-1]: r for r in world.rows(client)}["revoked.example"]
        bimi = client.get("/messages/%s/verdict" % row["id"]).json["evidence"]["bimi"]
        self.assertEqual((bimi["result"], bimi["reason"], bimi["detail"]), ("fail", "evidence", "revoked"), bimi)
        self.assertEqual((row["verdict"]["logo"], row["verdict"]["level"]), (None, "domain"))
        world.stage.inkan.stop()  # two days later the CRL is gone: what it said, it said
        age(world, ("brand", "brand-url"))
        world.web.remove("marks.example/large.crl")
        world.stage.inkan.start()
        client = world.client()
        until(lambda: len(world.rows(client)) == 2 and metrics(client)["inkan_logo_checks_total"] >= 2, "both checks again", 60)
        self.assertEqual([r["verdict"]["logo"] for r in world.rows(client)], [None, None])
        bimi = client.get("/messages/%s/verdict" % row["id"]).json["evidence"]["bimi"]
        self.assertEqual((bimi["result"], bimi["detail"]), ("fail", "revoked"), bimi)


def metrics(client):
    """Name to value of /metrics."""
    reply = client.get("/metrics")
    assert reply.status == 200 and reply.headers["content-type"].startswith("text/plain; version=0.0.4"), reply
    return {line.split()[0]: int(line.split()[1]) for line in reply.body.decode().splitlines() if not line.startswith("#")}


def age(world, spaces):
    """Makes what is remembered due: a check (brand) and what was fetched (brand-url)."""
    path = world.stage.inkan.store
    with sqlite3.connect(path) as db:
        for space, key, value in db.execute("SELECT space, key, value FROM keep").fetchall():
            if space not in spaces:
                continue
            octets = bytearray(value)
            for at in range(0, len(octets) - 7, 8):
                (number,) = struct.unpack_from("<q", octets, at)
                if abs(number - NOW) < 3 * 86400:
                    struct.pack_into("<q", octets, at, NOW - 2 * 86400)
            db.execute("UPDATE keep SET value = ? WHERE space = ? AND key = ?", (bytes(octets), space, key))


class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        good, other = marks.logo("B"), marks.logo("T")
        files, brands = {}, {}
        for domain, wishes in (("vmc.example", {}), ("cmc.example", {"mark": "Prior Use Mark"}), ("expired.example", {"days": (-390, -2)}), ("gone.example", {}),
                               ("kept.example", {}), ("blocked.example", {}), ("replayed.example", {})):
            files[domain + "/logo.svg"] = good
            files[domain + "/mark.pem"] = authority.certificate(domain, good, organization="Brand of " + domain, **wishes)
            brands[domain] = record_of(domain)
        for domain in ("self.example", "allowed.example"):
            files[domain + "/logo.svg"] = other
            brands[domain] = record_of(domain, False)
        brands["declined.example"] = "v=BIMI1; l=; a=;"
        brands["forged.example"] = brands["told.example"] = None
        cls.world = World(brands, files)
        cls.addClassCleanup(cls.world.stop)
        cls.good = hashlib.sha256(good).hexdigest()
        cls.settings = dict(cls.world.brand, allow="allowed.example", block="blocked.example")
        cls.world.stage.restart(brand=cls.settings)
        for n, domain in enumerate(list(brands)):
            if domain not in ("forged.example", "told.example", "replayed.example"):
                cls.world.stage.dovecot.append(USER, "INBOX", message(domain, n))
        forged = "BIMI-Location: v=BIMI1; l=https://vmc.example/logo.svg\r\nBIMI-Indicator: PHN2Zy8+"
        cls.world.stage.dovecot.append(USER, "INBOX", message("forged.example", 90, extra=forged + "\r\nAuthentication-Results: mx.evil.example; bimi=pass header.d=forged.example policy.authority=pass"))
        cls.world.stage.dovecot.append(USER, "INBOX", message("replayed.example", 91, limit=" l=3;"))
        told = "; bimi=pass header.d=vmc.example header.selector=default policy.authority=pass policy.indicator-hash=%s" % cls.good[-16:]
        location = "BIMI-Location: v=BIMI1; l=https://vmc.example/logo.svg"
        cls.world.stage.dovecot.append(USER, "INBOX", message("told.example", 92, message.__defaults__[0] + told, location))
        cls.client = cls.world.client()
        until(lambda: sum(1 for r in cls.rows().values() if r["verdict"]["logo"]) >= 5, "the logos of the list", 60)

    @classmethod
    def rows(cls):
        return {r["from"][0]["email"].split("@")[1]: r for r in cls.world.rows(cls.client)}

    def opened(self, domain):
        return self.client.get("/messages/%s/verdict" % self.rows()[domain]["id"]).json

    def test_only_a_vmc_is_a_brand_and_the_domain_is_always_said(self):
        rows = self.rows()
        for domain, level, kind in (("vmc.example", "brand", "vmc"), ("cmc.example", "domain", "cmc"), ("allowed.example", "domain", "self")):
            verdict = rows[domain]["verdict"]
            self.assertEqual((verdict["level"], verdict["logo"]["type"], verdict["domain"]), (level, kind, domain))
            self.assertIn(domain, verdict["text"])
        opened = self.opened("vmc.example")
        self.assertEqual(opened["verdict"]["identity"], {"kind": "brand", "name": "Brand of vmc.example", "via": ["dkim", "dmarc"]})
        self.assertEqual(opened["evidence"]["bimi"]["logo"]["certifiedFor"], "Brand of vmc.example")
        self.assertRegex(opened["evidence"]["bimi"]["checkedAt"], r"^\d{4}-\d\d-\d\dT")

    def test_what_has_no_logo_says_why(self):
        rows = self.rows()
        for domain, result, reason in (("self.example", "skipped", "operator"), ("blocked.example", "skipped", "operator"), ("expired.example", "fail", "evidence"),
                                       ("declined.example", "declined", "declined"), ("forged.example", "none", "no-record"), ("replayed.example", "skipped", None)):
            with self.subTest(domain):
                self.assertIsNone(rows[domain]["verdict"]["logo"])
                bimi = until(lambda: self.opened(domain)["evidence"].get("bimi"), "a word about " + domain) if domain != "replayed.example" else {"result": "skipped"}
                self.assertEqual(bimi["result"], result)
                if reason:
                    self.assertEqual(bimi["reason"], reason)

    def test_e110_a_replayed_signature_with_l_has_no_logo(self):
        row = self.rows()["replayed.example"]
        self.assertIsNone(row["verdict"]["logo"])
        self.assertNotEqual(row["verdict"]["level"], "brand")

    def test_e111_what_the_message_says_of_its_logo_is_not_believed(self):
        opened = self.opened("forged.example")
        self.assertIsNone(self.rows()["forged.example"]["verdict"]["logo"])
        self.assertEqual(opened["verdict"]["level"], "domain")
        self.assertNotIn(self.good, json.dumps(opened))

    def test_e111_a_believed_word_about_a_logo_is_shown_with_its_source_and_draws_nothing(self):
        opened = until(lambda: (lambda o: o if o["evidence"].get("bimi") else None)(self.opened("told.example")), "our own look")
        (field,) = [f for f in opened["evidence"]["authenticationResults"] if f["believed"]]
        (said,) = [r for r in field["results"] if r["method"] == "bimi"]
        self.assertEqual((field["authservId"], said["result"], said["properties"]), ("mx.mail.example", "pass", {"header.d": "vmc.example", "header.selector": "default",
                         "policy.authority": "pass", "policy.indicator-hash": self.good[-16:]}))
        row = self.rows()["told.example"]["verdict"]
        self.assertEqual((row["logo"], row["level"], opened["evidence"]["bimi"]["result"], opened["evidence"]["bimi"]["logo"]), (None, "domain", "none", None))

    def test_pictures_come_from_our_origin_inert_and_for_good(self):
        logo = self.rows()["vmc.example"]["verdict"]["logo"]
        self.assertEqual(logo["url"], "/api/v1/logos/%s.png" % self.good)
        headers = {"Authorization": "Bearer " + self.client.token}
        for name, kind, start in ((".png", "image/png", b"\x89PNG"), (".png?scale=4", "image/png", b"\x89PNG"), (".svg", "image/svg+xml", b"<svg")):
            reply = self.client.raw("GET", "/logos/%s%s" % (self.good, name), headers=headers)
            self.assertEqual((reply.status, reply.headers["content-type"]), (200, kind))
            self.assertTrue(reply.body.startswith(start))
            self.assertIn("immutable", reply.headers["cache-control"])
            self.assertIn("sandbox; default-src 'none'", reply.headers["content-security-policy"])
            self.assertEqual(reply.headers["x-content-type-options"], "nosniff")
            self.assertIn("attachment", reply.headers["content-disposition"])
        for kind in ("png", "svg"):
            path, whole = "/logos/%s.%s" % (self.good, kind), self.client.raw("GET", "/logos/%s.%s" % (self.good, kind), headers=headers)
            for asked in ({"Accept": "text/html"}, {"Range": "bytes=0-3"}, {"If-None-Match": "*"}, {"Sec-Fetch-Dest": "document"}):
                reply = self.client.raw("GET", path, headers=dict(headers, **asked))
                self.assertEqual((reply.status, reply.headers["content-type"], reply.body), (200, whole.headers["content-type"], whole.body), asked)
            head = self.client.raw("HEAD", path, headers=headers)
            self.assertEqual((head.status, head.body, head.headers["content-length"]), (200, b"", str(len(whole.body))))
            for verb in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
                reply = self.client.raw(verb, path, b"", headers)
                self.assertEqual((reply.status, reply.headers["allow"]), (405, "GET, HEAD"))
            self.assertEqual(self.client.raw("GET", path, headers={"Authorization": "Bearer x"}).headers["cache-control"], "no-store")
        side = lambda octets: struct.unpack(">II", octets[16:24])
        one, four = (self.client.raw("GET", "/logos/%s.png?scale=%d" % (self.good, s), headers=headers).body for s in (1, 4))
        self.assertEqual((side(one), side(four)), ((96, 96), (384, 384)))
        for path in ("/logos/%s.png" % ("0" * 64), "/logos/%s.gif" % self.good, "/logos/..%2f..%2fetc.svg", "/logos/%s.png?scale=9" % self.good):
            self.assertIn(self.client.raw("GET", path, headers=headers).status, (400, 404), path)
        self.assertEqual(self.client.raw("GET", "/logos/%s.png" % self.good).status, 401)

    def test_a_brand_explains_itself_step_by_step(self):
        reply = self.client.get("/brands/expired.example")
        self.assertEqual((reply.status, reply.json["result"], reply.json["certificate"]["reason"]), (200, "fail", "expired"))
        step = {"step": "certificate.validity", "ok": False, "code": "expired", "title": "Certificate: dates"}
        self.assertIn({**step, "text": "The certificate has expired: it has to be renewed"}, reply.json["steps"])
        japanese = self.client.get("/brands/expired.example?lang=ja").json
        self.assertIn({**step, "title": "証明書：有効期間", "text": "証明書の有効期限が切れています。更新が必要です"}, japanese["steps"])
        self.assertEqual(japanese["text"], "マーク証明書が有効ではありません")
        for lang, words in (("en", "The operator of this service does not allow such a logo"), ("ja", "許可していません")):
            self.assertIn(words, self.client.get("/brands/self.example?lang=" + lang).json["detail"])
        self.assertEqual(self.client.get("/brands/localhost").status, 404)
        self.assertEqual(self.client.get("/brands/vmc.example?selector=..%2fx").status, 400)

    def test_opening_a_message_fetches_nothing(self):
        rows = self.rows()
        until(lambda: not metrics(self.client)["inkan_logo_checks_waiting"], "what the list asked for to be over")
        self.world.web.forget()
        for row in rows.values():
            self.assertEqual(self.client.get("/messages/%s/verdict" % row["id"]).status, 200)
            self.assertEqual(self.client.get("/messages/%s" % row["id"]).status, 200)
        self.assertEqual(self.world.web.requests(), [])

    def test_the_operator_says_what_a_logo_must_bring(self):
        """[brand] require, with allow and block beside it: who has a logo in the list, and what the checker says of one that has none."""
        self.addCleanup(lambda: (self.world.stage.restart(brand=self.settings), setattr(type(self), "client", self.world.client())))
        vmc = {"vmc.example", "gone.example", "kept.example"} - ({"gone.example"} if self.rows()["gone.example"]["verdict"]["logo"] is None else set())
        for require, shown in (("self", vmc | {"cmc.example", "self.example", "allowed.example"}), ("vmc", vmc | {"allowed.example"}), ("off", set())):
            with self.subTest(require):
                self.world.stage.restart(brand=dict(self.settings, require=require))
                type(self).client = self.world.client()
                self.world.web.forget()
                with_logo = lambda: {d for d, r in self.rows().items() if r["verdict"]["logo"]}
                until(lambda: with_logo() == shown and not any(r["verdict"].get("logoPending") for r in self.rows().values()), "the logos under require = " + require, 60)
                levels = {d: self.rows()[d]["verdict"]["level"] for d in ("vmc.example", "cmc.example")}
                self.assertEqual(levels, {"vmc.example": "domain" if require == "off" else "brand", "cmc.example": "domain"})
                for domain in ("cmc.example", "blocked.example"):
                    reply = self.client.get("/brands/" + domain)
                    if require == "off":
                        self.assertEqual((reply.status, reply.json["code"]), (400, "not-supported"), domain)
                    else:
                        allowed = domain == "cmc.example" and require == "self"
                        self.assertEqual((reply.json["result"], reply.json["reason"]), ("pass", None) if allowed else ("skipped", "operator"))
                        self.assertEqual([s["ok"] for s in reply.json["steps"] if s["step"] == "operator"], [allowed])
                if require == "off":
                    self.assertEqual(self.world.web.requests(), [])

    def test_e124_revalidation_asks_by_etag_and_a_failing_one_takes_the_logo_away(self):
        rows = self.rows()
        self.assertTrue(rows["gone.example"]["verdict"]["logo"] and rows["kept.example"]["verdict"]["logo"])
        self.world.stage.inkan.stop()
        age(self.world, ("brand", "brand-url"))
        self.world.web.remove("gone.example/mark.pem")
        self.world.web.forget()
        self.world.stage.inkan.start()
        type(self).client = self.world.client()
        until(lambda: self.rows()["gone.example"]["verdict"]["logo"] is None, "the logo to go")
        self.assertEqual(self.rows()["gone.example"]["verdict"]["level"], "domain")
        until(lambda: [r for r in self.world.web.requests() if r["host"] == "kept.example" and r["path"] == "/logo.svg"], "a question for kept.example")
        asked = [r for r in self.world.web.requests() if r["host"] == "kept.example"]
        self.assertEqual({r["status"] for r in asked}, {304})
        self.assertTrue(all(r["condition"] for r in asked))
        self.assertTrue(self.rows()["kept.example"]["verdict"]["logo"])


if __name__ == "__main__":
    unittest.main()
