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
    global authority, knot, web, directory
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
    web = PublicWeb(os.path.join(directory.name, "web"), {HOST, "marks.example", "rude.example", "*.private.example", "*.redirect.example"},
                    {PUBLIC: REDIRECTS, "127.0.0.1": canary, **{a: canary for a in namespace.PRIVATE}})
    web.start()
    for name, octets in FILES.items():
        web.put(HOST + "/" + name, octets)
    web.put("marks.example/issuing.crl", authority.crl(revoked=REVOKED))
    web.put("marks.example/root.crl", authority.root_crl())
    knot = Knot(os.path.join(directory.name, "knot"), 5300, {"example.": (zone(), "unsigned")}).start()


def tearDownModule():
    for server in (web, knot):
        server.stop()
    directory.cleanup()


REVOKED = []
REDIRECTS = """        location /to-http { return 302 http://logo.example/good.svg; }
        location /to-metadata { return 302 https://169.254.169.254/latest/meta-data; }
        location /to-good { return 301 https://logo.example/good.svg; }
"""


def run(*words, resolver=None, timeout=60):
    port = resolver or knot.port
    command = [INKAN, "brand", "--json", "--resolver", "127.0.0.1@%d" % port, "--https-ca", web.ca_file,
               "--mark-roots", os.path.join(directory.name, "roots.pem"), *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                          env=dict(os.environ, https_proxy="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1"))
    if done.returncode:
        raise AssertionError("exit %d: %s" % (done.returncode, done.stderr.decode(errors="replace")[-2000:]))
    return json.loads(done.stdout)


def private_requests():
    return [r for r in web.requests() if r["address"] != PUBLIC]


def prepare():
    """Every domain of the tests; certificates with one defect each."""
    certified("good.example")
    certified("cmc.example", mark="Prior Use Mark")
    certified("government.example", mark="Government Mark")
    brand("self.example", "v=BIMI1; l=%s" % url("good.svg"))
    brand("declined.example", "v=BIMI1; l=; a=;")
    brand("embedded.example", "v=BIMI1; l=; a=%s" % url("embedded.pem"), **{"embedded.pem": authority.certificate("embedded.example", GOOD)})


class Good(unittest.TestCase):
    def test_a_vmc_a_cmc_a_self_asserted_logo_and_a_declination_are_told_apart(self):
        for domain, result, kind, mark in (("good.example", "pass", "vmc", "Registered Mark"), ("government.example", "pass", "vmc", "Government Mark"),
                                           ("cmc.example", "pass", "cmc", "Prior Use Mark"), ("self.example", "pass", "self", None),
                                           ("declined.example", "declined", None, None), ("embedded.example", "pass", "vmc", "Registered Mark")):
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


if __name__ == "__main__":
    unittest.main()
