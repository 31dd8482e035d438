#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The most that one message may ask for: 100 DKIM signatures, 50 ARC sets, 16 Authentication-Results fields, the SPF policy with
the most look-ups that RFC 7208 §4.6.4 allows and the longest DMARC walk. The kernel ends the process after one second of CPU;
the peak of its memory is 64 MB; every mechanism has a result. And a message of 30 MB costs its own size and a third."""
import base64, json, os, random, resource, subprocess, sys, tempfile, unittest

import dkim

from servers.knot import Knot
from test_verify import INKAN, NOW, make_key

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sample"))
from run import free_port

MB = 1 << 20
SIGNATURES, SETS, FIELDS = 100, 50, 16
ORGANIZATION = "worst.example"
AUTHOR = "a.b.c.d.e.f.g.h.i.j." + ORGANIZATION  # more labels than a walk asks about
HEADER = ("From: Ann <ann@%s>\r\nTo: bob@ours.example\r\nSubject: worst\r\nDate: Fri, 20 Nov 2026 20:00:00 +0000\r\n"
          "Message-ID: <1@worst.example>\r\n\r\n" % AUTHOR).encode()
BODY = b" \t x \t\t \r\n\r\n \r\n" * 6000 + b"end\r\n"
CPU_SECONDS = 1
KEPT = 40  # of the signatures: 8 that are checked and 32 more


def txt(name, text):
    text = text.decode() if isinstance(text, bytes) else text
    return "%s. 300 IN TXT %s\n" % (name, " ".join('"%s"' % text[i:i + 250] for i in range(0, len(text), 250)))


def zone(record):
    """One key under 150 names, because every one is a look-up; ten "mx" of ten names with ten addresses; a chain of ten includes."""
    out = [txt("_dmarc." + ORGANIZATION, "v=DMARC1; p=reject; sp=reject; np=reject")]
    out += [txt("s%d._domainkey.%s" % (i, AUTHOR), record) for i in range(SIGNATURES)]
    out += [txt("s%d._domainkey.%s" % (i, ORGANIZATION), record) for i in range(SETS)]
    out.append(txt("mx." + ORGANIZATION, "v=spf1 " + " ".join("mx:m%d.%s" % (i, ORGANIZATION) for i in range(10)) + " -all exp=why." + ORGANIZATION))
    out.append(txt("why." + ORGANIZATION, "%{i} is not one of %{d}"))
    for i in range(10):
        for j in range(10):
            out.append("m%d.%s. 300 IN MX %d h%d-%d.%s.\n" % (i, ORGANIZATION, j, i, j, ORGANIZATION))
            out += ["h%d-%d.%s. 300 IN A 203.0.%d.%d\n" % (i, j, ORGANIZATION, 10 * i + j, k) for k in range(1, 11)]
    for i in range(10):
        out.append(txt("in%d.%s" % (i, ORGANIZATION), "v=spf1 include:in%d.%s -all" % (i + 1, ORGANIZATION)))
    out.append(txt("in10." + ORGANIZATION, "v=spf1 ip4:192.0.2.1 -all"))
    return "".join(out)


def results(number):
    """An Authentication-Results field as long as our limits let it be."""
    return ("Authentication-Results: mx.ours.example (((%d)))" % number
            + "".join(";\r\n\tdkim=fail (a (deep) comment \\( of \\) no use) reason=\"quoted %d\" header.d=d%d.%s header.s=s%d" % (i, i, ORGANIZATION, i)
                      for i in range(40)) + "\r\n").encode()


def message(pem):
    octets = HEADER + BODY
    names = [b"from", b"to", b"subject", b"date", b"message-id"]
    signed = []
    for i in range(SIGNATURES):
        signed.append(dkim.sign(octets, b"s%d" % i, AUTHOR.encode(), pem, include_headers=names, length=i % 3 == 0,
                                canonicalize=((b"relaxed", b"simple"), (b"simple", b"relaxed"))[i % 2]))
    sets = b""
    for i in range(SETS):
        stated = b"Authentication-Results: worst.example; arc=%s\r\n" % (b"pass" if i else b"none") + octets
        sets = b"".join(dkim.arc_sign(sets + stated, b"s%d" % i, ORGANIZATION.encode(), pem, b"worst.example", include_headers=names)) + sets
    return b"".join(results(i) for i in range(FIELDS)) + sets + b"".join(signed) + octets


class WorstCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pem, record = make_key()
        cls.folder = tempfile.TemporaryDirectory()
        port = free_port()
        cls.knot = Knot(os.path.join(cls.folder.name, "knot"), port, {"example.": (zone(record), "unsigned")})
        cls.knot.start()
        cls.resolver = "127.0.0.1@%d" % port
        cls.path = cls.file("worst.eml", message(cls.pem))

    @classmethod
    def tearDownClass(cls):
        cls.knot.stop()
        cls.folder.cleanup()

    @classmethod
    def file(cls, name, *pieces):
        path = os.path.join(cls.folder.name, name)
        with open(path, "wb") as f:
            for piece in pieces:
                f.write(piece)
        return path

    def measure(self, path, *words):
        """-> the answer about `path`, and the peak of memory in octets until it was given. A second message that does not come
        keeps the process where it can be looked at."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        peak = 0
        process = subprocess.Popen([INKAN, "verify", "--json", "--offline", "--verify", "always", "--now", NOW, "--resolver", self.resolver, "--jobs", "2",
                                    *words, path, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit)
        line = process.stdout.readline()
        if line:
            with open("/proc/%d/status" % process.pid) as f:
                peak = next(int(l.split()[1]) << 10 for l in f if l.startswith("VmHWM"))
            with open("/proc/%d/stat" % process.pid) as f:
                self.cpu = sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
        process.communicate(b"From: a@tiny.example\r\n\r\n", timeout=300)
        self.assertEqual(process.returncode, 0, "ended by signal %d" % -process.returncode)
        return json.loads(line)["evidence"], peak

    def worst(self, mail_from):
        evidence, peak = self.measure(self.path, "--client-ip", "198.51.100.1", "--helo", "mx.worst.example", "--mail-from", mail_from,
                                      "--authserv-id", "mx.ours.example", "--server-strips")
        print("%.2f s of CPU, peak %.1f MB" % (self.cpu, peak / MB))
        self.assertLessEqual(peak, 64 * MB)
        return evidence

    def test_everything_at_once_within_a_second(self):
        evidence = self.worst("ann@mx." + ORGANIZATION)
        passed = [s for s in evidence["dkim"] if s["result"] == "pass"]
        self.assertEqual((len(evidence["dkim"]), len(passed)), (KEPT, 8))
        self.assertEqual({s["reason"] for s in evidence["dkim"] if s["result"] != "pass"}, {"not-checked"})
        # 112 questions of SPF leave too few for 51 distinct keys: an overrun is the mechanism's own result
        self.assertEqual((evidence["arc"]["result"], evidence["arc"]["instance"], evidence["arc"]["reason"]), ("fail", SETS, "seal-dns-budget"))
        self.assertEqual((evidence["spf"]["result"], evidence["dmarc"]["result"], evidence["dmarc"]["policy"]), ("fail", "pass", "reject"))

    def test_a_chain_of_ten_includes(self):
        evidence = self.worst("ann@in0." + ORGANIZATION)
        self.assertEqual((evidence["spf"]["result"], evidence["dmarc"]["result"]), ("fail", "pass"))
        self.assertEqual((evidence["arc"]["result"], evidence["arc"]["instance"]), ("pass", SETS))

    # --- a large message -------------------------------------------------------------------------

    def large(self, name, end):
        """30 MB, signed twice, once in each canonicalisation. `end`: of its lines."""
        words = base64.b64encode(random.Random(30).randbytes(57)) + b" \t x"
        body = (words + b"\r\n") * (30 * MB // (len(words) + 2))
        head = HEADER.replace(b"worst\r\n", b"large\r\n")
        fields = [dkim.sign(head + body, b"s%d" % i, AUTHOR.encode(), self.pem, include_headers=[b"from", b"subject"], canonicalize=c)
                  for i, c in enumerate([(b"relaxed", b"relaxed"), (b"simple", b"simple")])]
        return self.file(name, *(piece.replace(b"\r\n", end) for piece in fields + [head, body]))

    def check_large(self, end):
        _, idle = self.measure(self.file("tiny.eml", HEADER, b"tiny\r\n"))
        path = self.large("large.eml", end)
        evidence, peak = self.measure(path)
        self.assertEqual([s["result"] for s in evidence["dkim"]], ["pass", "pass"])
        size = os.path.getsize(path)
        print("idle %.1f MB, message %.1f MB, peak %.1f MB" % (idle / MB, size / MB, peak / MB))
        self.assertLess(peak, idle + 1.3 * size + 4 * MB)

    def test_30_mb_with_crlf(self):
        self.check_large(b"\r\n")

    def test_30_mb_with_lf(self):
        self.check_large(b"\n")


if __name__ == "__main__":
    unittest.main()
