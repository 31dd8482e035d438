#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pictures that lie elsewhere, inside a network of its own: off means no request and no DNS question; on means that the
service asks, over https, a public address, saying nothing of the reader; what it may be pointed at and what it hands on."""
import base64, os, re, socket, struct, sys, threading, time, unittest, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE]
from api_stage import Stage, USER, OTHER, OTHER_PASSWORD, mail, until
from test_api import Imap
from servers import namespace
from servers.public_web import PublicWeb, RudeWeb
from servers.upstream import Upstream

PUBLIC, RUDE = namespace.PUBLIC
PRIVATE = {"loopback": "127.0.0.1", "ten": "10.0.0.1", "metadata": "169.254.169.254", "home": "192.168.1.1"}


def setUpModule():
    try:
        namespace.enter()
    except namespace.Unavailable as why:
        raise unittest.SkipTest(str(why))


def png(side=8, colour=0):
    chunk = lambda kind, octets: struct.pack(">I", len(octets)) + kind + octets + struct.pack(">I", zlib.crc32(kind + octets))
    rows = b"".join(b"\0" + bytes([colour]) * side for _ in range(side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


KINDS = {"image/png": png(), "image/jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 40, "image/gif": b"GIF89a" + b"\0" * 40,
         "image/webp": b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 40, "image/avif": b"\0\0\0\x1cftypavif\0\0\0\0mif1miaf" + b"\0" * 40}


class Names:
    """A DNS server that remembers what it was asked. rebind.example: public the first time, private after."""

    def __init__(self, key):
        self.asked, self.key, self.turns, self.lock = [], key, 0, threading.Lock()

    def answer(self, question, tcp):
        with self.lock:
            self.asked.append((question.name, question.type))
            name, kind = question.name, question.type
            if kind == "TXT" and name in ("s1._domainkey.signed.example", "s1._domainkey.freemail.example"):
                return question.txt(self.key)
            if kind == "TXT" and name in ("_dmarc.signed.example", "_dmarc.freemail.example"):
                return question.txt("v=DMARC1; p=reject")
            if kind == "A" and name == "rebind.example":
                self.turns += 1
                return question.reply(records=[(1, 0, socket.inet_aton(PUBLIC if self.turns == 1 else "10.0.0.1"))])
            if kind == "A" and name == "half.example":
                return question.reply(records=[(1, 60, socket.inet_aton(a)) for a in (PUBLIC, "10.0.0.1")])
            if kind == "A" and name.endswith(".private.example"):
                return question.reply(records=[(1, 60, socket.inet_aton(PRIVATE[name.split(".")[0]]))])
            if kind == "A" and name in ("cdn.example", "other.example", "rude.example"):
                return question.reply(records=[(1, 60, socket.inet_aton(RUDE if name == "rude.example" else PUBLIC))])
            return question.reply(rcode=0 if name.endswith("example") else 3)

    def of(self, part):
        with self.lock:
            return [n for n, _ in self.asked if part in n]


def rude(path, write):
    if path == "/huge":
        write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + png())
        while True:
            write(b"x" * 65536)
    elif path.startswith("/slow"):
        write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\n")
        for _ in range(60):
            time.sleep(1)
            write(b"x")


class Images(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = stage = Stage(True)
        cls.addClassCleanup(stage.stop)
        redirects = 'location /away { return 302 https://cdn.example/a.png; } location /inside { return 302 https://10.0.0.1/x.png; }'
        canary = 'location / { return 200 "private"; }'
        cls.web = PublicWeb(os.path.join(stage.directory, "web"), {"cdn.example", "other.example", "rude.example", "rebind.example", "half.example", "*.private.example"},
                            {PUBLIC: redirects, **{a: canary for a in PRIVATE.values()}}).start()
        cls.addClassCleanup(cls.web.stop)
        cls.rude = RudeWeb(RUDE, os.path.join(cls.web.directory, "web.pem"), os.path.join(cls.web.directory, "web.key"), rude)
        cls.addClassCleanup(cls.rude.stop)
        for i in range(40):
            cls.web.put("cdn.example/%d.png" % i, png(colour=i))
        for name, octets in KINDS.items():
            cls.web.put("cdn.example/%s.bin" % name.split("/")[1], octets)
        cls.web.put("cdn.example/a.png", png())
        cls.web.put("cdn.example/drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
        cls.web.put("cdn.example/page.png", b"<!DOCTYPE html><script>1</script>")
        cls.names = Names(stage.key.record)
        cls.dns = Upstream(cls.names.answer)
        cls.dns.__enter__()
        cls.addClassCleanup(cls.dns.__exit__, None, None, None)
        stage.start()
        cls.settings = {"dns": {"server": "127.0.0.1@%d" % cls.dns.port, "trust-anchor": ""}, "brand": {"https-ca": cls.web.ca_file, "require": "off"},
                        "trust": {"providers": "freemail.example"}}
        stage.restart(**cls.settings)
        cls.client = stage.client()
        cls.box = cls.enterClassContext(Imap(stage))

    def setUp(self):
        self.web.forget()
        with self.names.lock:
            self.names.asked.clear()

    def deliver(self, html, domain=None, sender=None, extra=""):
        """The message opened: signed by `domain`, or by nobody."""
        type(self).number = getattr(self, "number", 0) + 1
        subject = "pictures %d" % self.number
        text = mail(subject, sender or "Carol <carol@%s>" % (domain or "nobody.example"), html, extra + "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n")
        text = self.stage.key.sign(text, domain) if domain else text
        self.box.append("INBOX", None, None, text if isinstance(text, bytes) else text.encode())  # by IMAP: seen at once
        client = self.client
        inbox = client.mailboxes()["inbox"]
        find = lambda: next((r for r in client.messages(inbox, limit=200).json["messages"] if r["subject"] == subject and r["verdict"]["level"] != "unchecked"), None)
        row = until(find, subject)
        return client.get("/messages/" + row["id"]).json

    def frame(self, message, query=""):
        reply = self.client.get("/messages/%s/body.html%s" % (message["id"], query))
        self.assertEqual(reply.status, 200, reply)
        return reply

    def urls(self, frame):
        return re.findall(r'<img src="(/api/v1/images/[^"]+)"', frame.body.decode())

    def picture(self, url):
        """As the frame asks: without token and cookie, from nowhere."""
        return self.client.raw("GET", url[len("/api/v1"):], headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"})

    def shown(self, source, status=200):
        """One picture of that source: its reply."""
        message = self.deliver('<img src="%s" alt="x">' % source)
        (url,) = self.urls(self.frame(message, "?images=on"))
        reply = self.picture(url)
        self.assertEqual(reply.status, status, reply)
        return reply

    def private(self):
        return [r for r in self.web.requests() if r["address"] in PRIVATE.values()]

    # --- off ---

    def test_off_is_not_one_request_and_not_one_question(self):
        message = self.deliver('<img src="https://cdn.example/a.png"><img src="http://other.example/b.png"><div style="background:url(https://cdn.example/c.png)">x</div>'
                               '<link rel="dns-prefetch" href="//cdn.example"><img src="https://spy.cdn.example/1.gif" width="1" height="1">', "signed.example")
        self.assertEqual(message["images"], {"remote": 2, "available": True, "shown": False, "domain": "signed.example"})
        for query in ("", "?images=off", "?links=off"):
            frame = self.frame(message, query)
            self.assertNotIn(b"cdn.example", frame.body)
            self.assertNotIn(b"/api/v1/images", frame.body)
            self.assertIn("img-src data:;", frame.headers["content-security-policy"])
        refused = self.client.get("/messages/%s/body.html?images=nonsense" % message["id"])
        self.assertEqual((refused.status, refused.json["parameter"]), (400, "images"))
        self.assertEqual(self.web.requests(), [])
        self.assertEqual((self.names.of("cdn.example"), self.names.of("other.example")), ([], []))

    def test_asking_for_the_document_fetches_nothing_by_itself(self):
        message = self.deliver('<img src="https://cdn.example/a.png?asked">')
        self.assertEqual(len(self.urls(self.frame(message, "?images=on"))), 1)
        self.assertEqual((self.web.requests(), self.names.of("cdn.example")), ([], []))

    # --- on ---

    def test_on_the_service_asks_once_and_says_nothing_of_the_reader(self):
        message = self.deliver('<a href="https://link.example/"><img src="http://cdn.example/a.png?once" alt="A"></a><img src="//cdn.example/a.png?once">', "signed.example")
        frame = self.frame(message, "?images=on")
        policy = frame.headers["content-security-policy"]
        self.assertIn("img-src data: %s/api/v1/images/;" % self.stage.url, policy)
        self.assertTrue(policy.startswith("sandbox") and "default-src 'none'" in policy and "allow-same-origin" not in policy and "script" not in policy)
        first, second = self.urls(frame)
        for secret in (self.client.token, message["id"], "alice", "cdn.example"):
            self.assertNotIn(secret, first)
        for url in (first, second, first):
            reply = self.picture(url)
            self.assertEqual((reply.status, reply.headers["content-type"], reply.body), (200, "image/png", png()))
        self.assertIn("default-src 'none'", reply.headers["content-security-policy"])
        self.assertEqual((reply.headers["x-content-type-options"], reply.headers["cross-origin-resource-policy"]), ("nosniff", "cross-origin"))
        self.assertNotIn("set-cookie", reply.headers)
        (asked,) = self.web.requests()
        self.assertEqual((asked["host"], asked["path"], asked["cookie"], asked["condition"]), ("cdn.example", "/a.png?once", "", ""))
        self.assertNotIn("Inkan", asked["agent"])
        self.assertEqual(asked.get("referer"), "")
        self.assertEqual(asked.get("language"), "")
        counted = {line.split()[0]: int(line.split()[1]) for line in self.client.get("/metrics").body.decode().splitlines() if not line.startswith("#")}
        self.assertGreaterEqual(counted["inkan_image_requests_total"], 3)
        self.assertGreaterEqual(counted["inkan_image_kept_total"], 2)
        self.assertEqual(counted["inkan_image_requests_total"], counted["inkan_image_shown_total"] + counted["inkan_image_unavailable_total"])

    def test_cookies_that_a_server_sets_never_come_back(self):
        for n in range(3):
            self.shown("https://cdn.example/a.png?cookie=%d" % n)
        self.assertEqual({r["cookie"] for r in self.web.requests()}, {""})
        self.assertEqual(len(self.web.requests()), 3)

    def test_every_kind_of_picture_by_its_octets_and_nothing_else(self):
        for kind, octets in KINDS.items():
            reply = self.shown("https://cdn.example/%s.bin" % kind.split("/")[1])
            self.assertEqual((reply.headers["content-type"], reply.body), (kind, octets))
        for name in ("drawing.svg", "page.png", "absent.png"):
            self.assertEqual(self.shown("https://cdn.example/" + name, 502).code, "image-unavailable")

    def test_forty_pictures_at_once(self):
        message = self.deliver("".join('<img src="https://cdn.example/%d.png">' % i for i in range(40)) * 2)
        urls = self.urls(self.frame(message, "?images=on"))
        self.assertEqual((len(urls), message["images"]["remote"]), (80, 80))
        replies = [None] * len(urls)
        threads = [threading.Thread(target=lambda i=i: replies.__setitem__(i, self.picture(urls[i]))) for i in range(len(urls))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual([(r.status, r.body) for r in replies], [(200, png(colour=i % 40)) for i in range(80)])
        self.assertEqual(sorted(r["path"] for r in self.web.requests()), sorted("/%d.png" % i for i in range(40)))

    # --- signatures ---

    def test_nobody_else_can_have_anything_fetched(self):
        message = self.deliver('<img src="https://cdn.example/a.png?signed">')
        (url,) = self.urls(self.frame(message, "?images=on"))
        sheet, mac, source = url.split("/")[-3:]
        other = base64.urlsafe_b64encode(b"https://cdn.example/a.png?other").decode().rstrip("=")
        flipped = ("A" if mac[0] != "A" else "B") + mac[1:]
        for parts in ((sheet, mac, other), (sheet, flipped, source), ("f" * 26, mac, source), (sheet[:-1] + ("0" if sheet[-1] != "0" else "1"), mac, source),
                      ("%010x" % (int(time.time()) - 1) + sheet[10:], mac, source), (sheet, "x", source), (sheet, mac, "x")):
            self.assertEqual(self.picture("/api/v1/images/" + "/".join(parts)).status, 404, parts)
        self.assertEqual((self.web.requests(), self.names.of("cdn.example")), ([], []))
        self.assertEqual(self.picture(url).status, 200)

    def test_a_picture_is_a_picture_however_it_is_asked_for(self):
        """Octets that are only drawn: no other type for who wants a page, no part, nothing to change, and no error that is kept."""
        message = self.deliver('<img src="https://cdn.example/a.png?plain">')
        (url,) = self.urls(self.frame(message, "?images=on"))
        path = url.split("/api/v1", 1)[1]
        for asked in ({}, {"Accept": "text/html"}, {"Range": "bytes=0-3"}, {"If-None-Match": "*"}, {"If-Modified-Since": "Sun, 22 Nov 2099 00:00:00 GMT"},
                      {"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "iframe"}, {"Cookie": "inkan=x"}, {"Authorization": "Bearer x"}):
            for verb in ("GET", "HEAD"):
                reply = self.client.raw(verb, path, None, asked)
                self.assertEqual((reply.status, reply.headers["content-type"], reply.body), (200, "image/png", png() if verb == "GET" else b""), asked)
                self.assertEqual(reply.headers["content-length"], str(len(png())))
                self.assertEqual((reply.headers["cache-control"], reply.headers["content-disposition"]), ("private, max-age=31536000, immutable", "attachment"))
                self.assertTrue(reply.headers["content-security-policy"].startswith("sandbox; default-src 'none'"))
                self.assertFalse({"set-cookie", "access-control-allow-origin"} & set(reply.headers))
        for verb in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            reply = self.client.raw(verb, path, b"")
            self.assertEqual((reply.status, reply.headers["allow"], reply.headers["cache-control"]), (405, "GET, HEAD", "no-store"))
        gone = self.client.raw("GET", path[:-1] + ("A" if path[-1] != "A" else "B"))
        self.assertEqual((gone.status, gone.headers["cache-control"], gone.headers["cross-origin-resource-policy"]), (404, "no-store", "same-origin"))
        self.assertEqual(len(self.web.requests()), 1)

    # --- where it may lead ---

    def test_private_addresses_are_never_reached(self):
        for name in PRIVATE:
            self.shown("https://%s.private.example/x.png" % name, 502)
        self.shown("https://half.example/a.png", 502)
        for source in ("https://127.0.0.1/x.png", "https://10.0.0.1/x.png", "https://localhost/x.png", "https://2130706433/", "https://0x7f.1/"):
            message = self.deliver('<img src="%s">' % source)
            for url in self.urls(self.frame(message, "?images=on")):
                self.assertEqual(self.picture(url).status, 502, source)
        for source in ("https://[::1]/x.png", "https://cdn.example:8443/a.png", "ftp://cdn.example/a.png", "file:///etc/passwd"):
            message = self.deliver('<img src="%s">' % source)
            self.assertEqual((message["images"]["remote"], self.urls(self.frame(message, "?images=on"))), (0, []), source)
        self.assertEqual(self.private(), [])

    def test_a_name_that_changes_its_address_is_not_followed(self):
        for n in range(3):
            message = self.deliver('<img src="https://rebind.example/%d.png">' % n)
            self.picture(self.urls(self.frame(message, "?images=on"))[0])
        self.assertEqual(self.private(), [])

    def test_redirects_are_not_followed(self):
        self.shown("https://cdn.example/away", 502)
        self.shown("https://cdn.example/inside", 502)
        self.assertEqual([r["path"] for r in self.web.requests()], ["/away", "/inside"])

    def test_what_is_too_large_or_too_slow_ends_and_is_remembered(self):
        self.shown("https://rude.example/huge", 502)
        self.shown("https://rude.example/slow", 502)
        self.shown("https://rude.example/slow", 502)
        self.assertEqual(self.rude.asked.count("/slow"), 1)

    def test_a_slow_server_leaves_the_mail_readable(self):
        message = self.deliver("".join('<img src="https://rude.example/slow%d">' % i for i in range(10)))
        threads = [threading.Thread(target=self.picture, args=(url,)) for url in self.urls(self.frame(message, "?images=on"))]
        for t in threads:
            t.start()
        until(lambda: any(p.startswith("/slow") for p in self.rude.asked), "a slow picture to be asked for")
        inbox, asked = self.client.mailboxes()["inbox"], self.rude.asked[:]
        self.assertEqual(self.client.messages(inbox).status, 200)
        self.assertTrue(any(t.is_alive() for t in threads), "the mail waited for the pictures")
        for _ in range(9):
            self.assertEqual(self.client.messages(inbox).status, 200)
        for t in threads:
            t.join()

    # --- the choice of a domain ---

    def test_a_verified_domain_can_be_chosen_and_taken_back(self):
        html = '<img src="https://cdn.example/a.png?chosen">'
        self.assertEqual(self.client.get("/image-domains").json, {"domains": []})
        reply = self.client.call("POST", "/image-domains", {"domain": "Signed.Example"})
        self.assertEqual((reply.status, reply.json), (201, {"domains": ["signed.example"]}))
        self.addCleanup(self.client.call, "DELETE", "/image-domains/signed.example")
        good, forged = self.deliver(html, "signed.example"), self.deliver(html, None, "Carol <carol@signed.example>")
        self.assertEqual((good["images"]["shown"], good["images"]["domain"]), (True, "signed.example"))
        self.assertEqual(len(self.urls(self.frame(good))), 1)
        self.assertEqual(self.urls(self.frame(good, "?images=off")), [])
        self.assertNotIn(forged["verdict"]["author"], ("verified", "likely"))
        self.assertEqual((forged["images"]["shown"], forged["images"]["domain"]), (False, None))
        self.assertEqual(self.urls(self.frame(forged)), [])
        other = self.stage.client(OTHER, OTHER_PASSWORD)
        self.assertEqual(other.get("/image-domains").json, {"domains": []})
        self.stage.restart(**self.settings)  # it is kept
        type(self).client = self.stage.client()
        self.assertEqual(self.client.get("/image-domains").json, {"domains": ["signed.example"]})
        self.assertEqual(self.client.call("DELETE", "/image-domains/signed.example").status, 204)
        self.assertEqual(self.client.call("DELETE", "/image-domains/signed.example").status, 404)
        self.assertEqual(self.urls(self.frame(good)), [])

    def test_a_mailbox_provider_is_no_domain_to_choose(self):
        self.client.call("POST", "/image-domains", {"domain": "freemail.example"})
        self.addCleanup(self.client.call, "DELETE", "/image-domains/freemail.example")
        message = self.deliver('<img src="https://cdn.example/a.png">', "freemail.example")
        self.assertEqual(message["verdict"]["author"], "verified")
        self.assertEqual((message["images"]["shown"], message["images"]["domain"]), (False, None))

    def test_what_is_no_domain_is_refused(self):
        for body, status in (({"domain": "localhost"}, 422), ({"domain": "a b"}, 422), ({"domain": ""}, 422), ({}, 400), ({"domain": 5}, 400)):
            self.assertEqual(self.client.call("POST", "/image-domains", body).status, status, body)
        self.assertEqual(self.client.raw("GET", "/image-domains").status, 401)

    def test_the_operator_can_do_without(self):
        settings = dict(self.settings, web={"remote-images": "no"})
        message = self.deliver('<img src="https://cdn.example/a.png?off">', "signed.example")
        (url,) = self.urls(self.frame(message, "?images=on"))
        self.stage.restart(**settings)
        self.addCleanup(lambda: (self.stage.restart(**self.settings), setattr(type(self), "client", self.stage.client())))
        type(self).client = self.stage.client()
        again = self.client.get("/messages/" + message["id"]).json
        self.assertEqual(again["images"], {"remote": 1, "available": False, "shown": False, "domain": None})
        self.assertEqual(self.urls(self.frame(message, "?images=on")), [])
        self.assertEqual(self.picture(url).status, 404)
        self.assertEqual(self.web.requests(), [])


if __name__ == "__main__":
    unittest.main()
