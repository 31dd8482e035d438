#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mail made to cost time: ten thousand pictures named by the HTML, sixty thousand parts, addresses by the hundred thousand, deep
nesting, 16 MB of encoded words. Each is verified and opened under a limit of processor time that the kernel enforces
(RLIMIT_CPU): what grows with the square of its input is killed by it. Nothing here measures how long something took."""
import base64, json, os, resource, subprocess, sys, tempfile, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, ApiCase, binary, until

SECONDS = 10  # of processor time; the worst of these takes about two on an old machine
HEAD = "From: Mallory <m@evil.example>\nTo: alice@mail.example\nSubject: {0}\nDate: Sat, 21 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
PIXEL = base64.b64encode(bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")).decode()


def cid_pictures(n=10000):
    html = "".join('<img src="cid:p%d@x">' % i for i in range(n))
    pictures = "".join("--b\nContent-Type: image/gif\nContent-ID: <p%d@x>\nContent-Transfer-Encoding: base64\n\n%s\n" % (i, PIXEL) for i in range(n))
    return HEAD + "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n" + html + "\n" + pictures + "--b--\n"


def multipart(part, n):
    return HEAD + "Content-Type: multipart/mixed; boundary=b\n\n" + part * n + "--b--\n"


def html(text):
    return HEAD + "Content-Type: text/html\n\n" + text + "\n"


def nested(n=5000):
    return HEAD + "Content-Type: multipart/mixed; boundary=b0\n\n" + "".join(
        "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1) for i in range(n)) + "x\n"


def many(line, n):
    return HEAD + "".join(line % {"n": i} for i in range(n)) + "\nbody\n"


ADDRESSES = ",\n ".join("User %d <u%d@d%d.example>" % (i, i, i) for i in range(200000))
MAILS = {
    "cid-pictures": cid_pictures(),
    "parts": multipart("--b\n\nx\n", 60000),
    "html-parts": multipart("--b\nContent-Type: text/html; name*0=a; name*1=b\n\n<p>x\n", 60000),
    "fields": many("X-%(n)d: y\n", 30000),
    "received": many("Received: from a%(n)d.example by b%(n)d.example; Sat, 21 Nov 2026 10:00:00 +0000\n", 30000),
    "results": many("Authentication-Results: mx.mail.example; dkim=pass header.d=a%(n)d.example\n", 30000),
    "signatures": many("DKIM-Signature: v=1; a=rsa-sha256; d=a%(n)d.example; s=s; h=from; bh=AAAA; b=BBBB\n", 30000),
    "recipients": HEAD + "Cc: " + ADDRESSES + "\n\nbody\n",
    "authors": HEAD.replace("Mallory <m@evil.example>", ADDRESSES) + "\nbody\n",
    "comments": HEAD.replace("Mallory", "(" * 2000000 + ")" * 2000000) + "\nbody\n",
    "words": HEAD + "X: y\nComments: " + "\n ".join(["=?utf-8?B?8J+YgA==?="] * 700000) + "\n\nbody\n",
    "words-of-the-author": HEAD.replace("Mallory", "\n ".join(["=?iso-2022-jp?B?GyRCJTAbKEI=?="] * 500000)) + "\nbody\n",
    "nested": nested(),
    "nested-messages": HEAD + "Content-Type: message/rfc822\n\n" * 20000 + "x\n",
    "parameters": HEAD + "Content-Type: text/plain; " + ";\n ".join("name*%d=x" % i for i in range(300000)) + "\n\nbody\n",
    "boundaries": HEAD + 'Content-Type: multipart/mixed; boundary="%s"\n\n' % ("-" * 70) + ("-" * 71 + "x\n") * 200000,
    "elements": html("<div>" * 400000), "tables": html("<table><tr><td>" * 100000), "formatting": html("<b><i><u><p>" * 60000),
    "angles": html("<" * 4000000), "ampersands": html("&" * 4000000), "comments-open": html("<!-- " * 1000000),
    "attributes": html("<p " + " ".join("a%d=1" % i for i in range(300000)) + ">x"),
    "links": HEAD + "Content-Type: text/plain\n\n" + "".join("https://a%d.example/x \n" % i for i in range(300000)),
}


def octets(name):
    return MAILS[name].replace("{0}", name, 1).replace("\n", "\r\n").encode()


class Hostile(ApiCase):
    sanitized = False

    def processor_seconds(self):
        with open("/proc/%d/stat" % self.stage.inkan.process.pid) as f:
            words = f.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) // os.sysconf("SC_CLK_TCK")

    def octets_read_by_children(self):
        """Of the sandboxed worker's processes: what jobs they were given."""
        total = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % pid) as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
                if parent == self.stage.inkan.process.pid:
                    with open("/proc/%s/io" % pid) as f:
                        total += int(f.readline().split()[1])
            except OSError:
                pass
        return total

    def test_verified_within_processor_time(self):
        for name in MAILS:
            with self.subTest(name), tempfile.NamedTemporaryFile() as file:
                file.write(octets(name))
                file.flush()
                done = subprocess.run([binary(), "verify", "--offline", "--resolver", "127.0.0.1@%d" % self.stage.knot.port, file.name],
                                      stdout=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS)))
                self.assertEqual(done.returncode, 0)
                self.assertIn(json.loads(done.stdout)["verdict"]["author"], ("not-established", "ambiguous"))

    def test_opened_within_processor_time(self):
        client = self.stage.client()
        inbox = client.mailboxes()["inbox"]
        known = {m["id"] for m in client.messages(inbox, limit=100).json["messages"]}
        for name in MAILS:
            self.stage.dovecot.append(USER, "INBOX", octets(name))
        def listed():
            rows = [m for m in client.messages(inbox, limit=100).json["messages"] if m["id"] not in known]
            return rows if len(rows) == len(MAILS) else None
        rows = until(listed, "all rows", 300)
        for row in rows:
            most = self.processor_seconds() + SECONDS
            resource.prlimit(self.stage.inkan.process.pid, resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
            with self.subTest(row["subject"]):
                opened = client.get("/messages/" + row["id"])
                self.assertEqual(opened.status, 200)
                self.assertEqual(client.get("/messages/%s/body.html" % row["id"]).status, 200)
                self.assertLessEqual(len(opened.json["attachments"]), 10000)
                self.assertLessEqual(len(opened.json["links"]), 2000)
                for part in opened.json["attachments"][-1:]:
                    self.assertEqual(client.get("/messages/%s/parts/%s" % (row["id"], part["part"])).status, 200)
                self.assertIsNone(self.stage.inkan.process.poll(), "the service was killed for its processor time")

    def opened(self, subject, text):
        client = self.stage.client()
        inbox = client.mailboxes()["inbox"]
        self.stage.dovecot.append(USER, "INBOX", text.replace("{0}", subject, 1).replace("\n", "\r\n").encode())
        row = until(lambda: next((m for m in client.messages(inbox, limit=5).json["messages"] if m["subject"] == subject), None), "the row")
        opened = client.get("/messages/" + row["id"]).json
        return opened, client.get("/messages/%s/body.html" % row["id"]).body.decode()

    def test_what_one_part_leaves_open_hides_nothing_of_the_next(self):
        for i, tail in enumerate(("<!-- ", "<plaintext>", "<div style='display:none'>", "<textarea>", "<title>", "<img alt='", "<p title=\"", "<style>", "<table>", "<a href='https://a.example/'>")):
            with self.subTest(tail):
                opened, body = self.opened("open %d" % i, HEAD + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Hello " + tail +
                                           "\n--b\nContent-Type: text/plain\n\nPay <b>nobody</b> & no one.\n--b--\n")
                self.assertIn('<div style="white-space:pre-wrap">Pay &lt;b&gt;nobody&lt;/b&gt; &amp; no one.', body)
                self.assertLess(body.index("Hello"), body.index("Pay"))
                self.assertEqual((opened["bodyFallback"], body.count("<!DOCTYPE"), body.count("</body>")), (False, 1, 1))

    def test_links_of_several_parts_are_numbered_on(self):
        part = "--b\nContent-Type: text/html\n\n<p><a href='https://%s.example/'>%s</a>\n"
        opened, body = self.opened("several", HEAD + "Content-Type: multipart/mixed; boundary=b\n\n" + part % ("a", "one") + part % ("b", "two") + "--b--\n")
        self.assertEqual([(l["n"], l["text"], l["url"]) for l in opened["links"]], [(1, "one", "https://a.example/"), (2, "two", "https://b.example/")])
        self.assertEqual(body.count('<a href="https://'), 2)

    def test_html_is_cleaned_once_an_opening(self):
        """What lists the links and what fills the frame is one job of the worker."""
        client = self.stage.client()
        size = 1000000
        self.stage.dovecot.append(USER, "INBOX", html("<p>%s" % ("word " * (size // 5))).replace("{0}", "once").replace("\n", "\r\n").encode())
        inbox = client.mailboxes()["inbox"]
        row = until(lambda: next((m for m in client.messages(inbox, limit=5).json["messages"] if m["subject"] == "once" and m["verdict"]["level"] != "unchecked"), None), "the row")
        before = self.octets_read_by_children()
        client.get("/messages/" + row["id"])
        once = self.octets_read_by_children() - before
        self.assertGreaterEqual(once, size)
        self.assertEqual(client.get("/messages/%s/body.html" % row["id"]).status, 200)
        self.assertLess(self.octets_read_by_children() - before, once + size // 2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
