#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How ordinary mail looks: the honest half of the sample mailbox, and the messages of the public suites whose signatures and
chains are good, each with its DNS records. None is called forged, none is loud; the distribution is printed. The suites are
those of `tools/run-suites` (INKAN_SHARED), whose DNS server and command line are used; without them that part is skipped."""
import collections, importlib.machinery, importlib.util, json, os, subprocess, sys, tempfile, time, unittest
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests/sample"), os.path.join(TOP, "tests/service")]
import mailbox as sample
import run
from servers.knot import Knot

SHARED = os.path.abspath(os.environ.get("INKAN_SHARED", os.path.join(TOP, "../shared")))
INKAN = os.path.join(os.environ.get("INKAN_BUILD", os.path.join(TOP, "build")), "inkan")
LOUD = ("forged", "caution")
# Of the sample: what somebody forged or changed. Everything else is the honest half.
FORGERIES = {"02-bank-phish", "04-parcel-phish", "10-boss-phish", "12-two-froms", "19-body-limit", "23-quarantine-fail", "25-forged-header", "26-direction-trick",
             "30-opt-out-none", "32-pushes-the-verdict-away", "33-signed-by-another", "34-signed-tampered", "55-brand-lookalike", "56-brand-phish"}
# Honest and loud on purpose: a list or forwarder changed what its author had signed, and the command line knows nobody who
# vouches for it. Quiet where the operator names the forwarder (tests/service/test_newcomer.py) or the reader knows the list.
UNVOUCHED = {"05-list-footer", "08-forwarded-vouched"}
# Suites of messages without DNS records; and what in them has a From that can be read in two ways.
READ_ONLY = ("ar-lieser", "mime-mime4j", "mime-thunderbird-jsmime", "mime-dovecot", "smime-rfc4134", "openpgp-gocrypto")
BROKEN = {"ar-lieser/msg/invalid_messages_ill-formed_from_shows_proper_error_message.eml", "mime-thunderbird-jsmime/data/bug505221"}


def show(title, levels):
    total = sum(levels.values())
    print("%s, %d messages: %s" % (title, total, ", ".join("%s %d (%.0f %%)" % (level, n, 100 * n / total) for level, n in levels.most_common())), file=sys.stderr)


class Sample(unittest.TestCase):
    def test_the_honest_half_is_quiet(self):
        with tempfile.TemporaryDirectory() as directory:
            now = int(time.time())
            writer = sample.Writer(directory, now)
            with Knot(os.path.join(directory, "knot"), run.free_port(), run.sample_zones(writer.records(), sample.BOGUS)) as knot:
                levels, loud = collections.Counter(), []
                names = {t.name for t in writer.templates}
                self.assertEqual((FORGERIES | UNVOUCHED) - names, set())
                for t in writer.templates:
                    if t.name in FORGERIES or t.one("level") == "own":
                        continue
                    message, when = writer.compose(t)
                    done = subprocess.run([INKAN, "verify", "--json", "--resolver", "127.0.0.1@%d" % knot.port, "--trust-anchor", knot.trust_anchor_file, "--now", str(now),
                                           "--received-at", str(when), "--offline", "--authserv-id", sample.OWN_SERVER, "--border", sample.OWN_SERVER, "-"],
                                          input=message, stdout=subprocess.PIPE, check=True, timeout=300)
                    verdict = json.loads(done.stdout)["verdict"]
                    levels[verdict["level"]] += 1
                    self.assertNotEqual(verdict["author"], "contradicted", t.name)
                    if verdict["level"] in LOUD:
                        loud.append(t.name)
        show("sample", levels)
        self.assertEqual(set(loud), UNVOUCHED)
        self.assertGreater(sum(levels.values()), 30)


def suites_runner():
    """tools/run-suites as a module; it has no ending that Python would know."""
    path = os.path.join(SHARED, "tools/run-suites")
    if not os.path.exists(path):
        return None
    loader = importlib.machinery.SourceFileLoader("run_suites", path)
    spec = importlib.util.spec_from_loader("run_suites", loader)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def is_good(case):
    """A mail that its author signed, or a chain that is whole, and that nobody has tampered with."""
    expected = case["expected"]
    if case.get("tier") != "A" or not case.get("message") or case.get("profile") == "rfc7489":  # RFC 9989 finds another organization there
        return False
    if case["check"] in ("dkim", "domainkeys", "auth"):
        return expected.get("result") == "pass" or expected.get("dmarc") == "pass"
    return case["check"] == "ordinary" or (case["check"] == "arc" and expected.get("cv") == "pass")


class Suites(unittest.TestCase):
    def test_messages_of_the_suites_are_quiet(self):
        module = suites_runner()
        if not module:
            self.skipTest("no suites at %s (INKAN_SHARED)" % SHARED)
        cases = []
        folder = os.path.join(SHARED, "suites")
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name, "cases.jsonl")
            if os.path.isfile(path):
                with open(path, encoding="utf-8") as f:
                    cases += [(case, os.path.join(folder, name)) for case in map(json.loads, f) if is_good(case)]
        runner = module.Runner(INKAN, False)

        def judge(item):
            case, where = item
            return case["id"], runner.verify(case, where, case["message"], {})["verdict"]
        with ThreadPoolExecutor(2) as pool:
            verdicts = dict(pool.map(judge, cases))
        show("suites", collections.Counter(v["level"] for v in verdicts.values()))
        loud = {name: [r["code"] for r in v["reasons"]] for name, v in verdicts.items() if v["level"] in LOUD}
        self.assertEqual([name for name, v in verdicts.items() if v["level"] == "forged"], [])
        self.assertEqual(loud, {})
        self.assertGreater(len(verdicts), 100)

    def test_mail_that_only_has_to_be_read_is_quiet(self):
        """Messages of the MIME and header suites, in which nothing can be looked up: loud on fewer than 2 %, each named."""
        if not os.path.isdir(os.path.join(SHARED, "suites")):
            self.skipTest("no suites at %s (INKAN_SHARED)" % SHARED)
        files = set()
        for name in READ_ONLY:
            folder = os.path.join(SHARED, "suites", name)
            with open(os.path.join(folder, "cases.jsonl"), encoding="utf-8") as f:
                files |= {os.path.join(folder, case["message"]) for case in map(json.loads, f) if case.get("message")}
        done = subprocess.run([INKAN, "verify", "--json", "--verify", "never", *sorted(files)], stdout=subprocess.PIPE, check=True, timeout=120)
        verdicts = {os.path.relpath(v["file"], os.path.join(SHARED, "suites")): v["verdict"] for v in map(json.loads, done.stdout.splitlines())}
        show("read alone", collections.Counter(v["level"] for v in verdicts.values()))
        loud = {name for name, v in verdicts.items() if v["level"] in LOUD}
        self.assertEqual(loud, BROKEN)
        self.assertLess(len(loud), len(verdicts) * 0.02)


if __name__ == "__main__":
    unittest.main(verbosity=1)
