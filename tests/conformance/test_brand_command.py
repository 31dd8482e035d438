#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`inkan brand --certificate FILE --logo FILE`: is the picture that l= leads to the certified one? Every case of the public suite that
brings a picture (tools/run-suites hands over the certificate alone), and the same with our own mark authority where there is no suite."""
import gzip, json, os, subprocess, sys, tempfile, unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../sample"))
from marks import MarkAuthority, logo

INKAN = os.path.join(os.environ.get("INKAN_BUILD", "build"), "inkan")
SUITE = os.path.join(os.environ.get("INKAN_SHARED", "../shared"), "suites/bimi-vmc-derived")
NOW = 1790000000


def brand(*words):
    return subprocess.run([INKAN, "brand", "--json", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        authority = MarkAuthority(NOW, "Test Mark")
        cls.svg = logo("B", name="Brand")
        cls.words = ["--certificate", cls.file("mark.pem", authority.certificate("brand.example", cls.svg)), "--domain", "brand.example",
                     "--mark-roots", cls.file("roots.pem", authority.root_pem), "--now", str(NOW), "--offline"]

    @classmethod
    def file(cls, name, octets):
        path = os.path.join(cls.folder.name, name)
        with open(path, "wb") as f:
            f.write(octets)
        return path


class Compared(Case):
    def compared(self, octets):
        done = brand(*self.words, "--logo", self.file("picture", octets))
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_certified_picture_as_svg_and_as_svgz(self):
        for octets in (self.svg, gzip.compress(self.svg)):
            answer = self.compared(octets)
            self.assertEqual((answer["valid"], answer["reason"], answer["checks"]["logo-hash"]["result"]), (True, None, "pass"))

    def test_e117_another_picture_is_told_by_its_own_check(self):
        others = {"another brand's": logo("K", name="Other"), "one octet more": self.svg + b"\n", "nothing": b"", "gzip of another": gzip.compress(self.svg + b" "),
                  "cut gzip": gzip.compress(self.svg)[:-9], "gzip twice": gzip.compress(gzip.compress(self.svg)), "too large": b" " * 2000000}
        for name, octets in others.items():
            with self.subTest(name):
                answer = self.compared(octets)
                self.assertEqual((answer["valid"], answer["reason"]), (False, "other-picture"))
                self.assertEqual([c for c, said in answer["checks"].items() if said["result"] == "fail"], ["logo-hash"])

    def test_without_a_certificate_or_a_readable_file_it_is_said(self):
        alone = brand("brand.example", "--offline", "--logo", "x.svg")
        self.assertEqual((alone.returncode, b"--certificate" in alone.stderr), (2, True), alone.stderr)
        missing = brand(*self.words, "--logo", os.path.join(self.folder.name, "none"))
        self.assertEqual((missing.returncode, missing.stdout), (1, b""))
        self.assertTrue(missing.stderr)


@unittest.skipUnless(os.path.exists(SUITE), "the suite is not there")
class Said(Case):
    """What people read, in both languages: --explain, as on a terminal."""

    def explained(self, *words):
        done = subprocess.run([INKAN, "brand", "--explain", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode().splitlines()

    def test_a_certificate_says_whose_it_is_and_how_it_ends_in_the_readers_language(self):
        for lang, first, holds, not_so in (("en", "VMC (Registered Mark) for Example Brand, issued by Test Mark, Test Mark Issuing CA, 2026-08-22 to 2027-07-18", "It holds.", "It does not hold."),
                                           ("ja", "Example Brand の VMC（Registered Mark）。発行者は Test Mark, Test Mark Issuing CA、2026-08-22 から 2027-07-18 まで", "有効です。", "有効ではありません。")):
            lines = self.explained(*self.words, "--lang", lang)
            self.assertEqual((lines[0], lines[-1]), ("ok   certificate.whose: " + first, holds))
            lines = self.explained(*self.words[:-1], "--offline", "--lang", lang, "--logo", self.file("picture", logo("K")))
            self.assertEqual(lines[-1], not_so)
            strangers = self.explained(*self.words[:4], "--now", str(NOW), "--offline", "--lang", lang)
            self.assertEqual((strangers[0], strangers[-1]), ("?    certificate.whose: " + first, not_so))  # only what it says of itself

    def test_a_picture_is_explained_in_the_readers_language(self):
        draft = self.file("draft.svg", self.svg.replace(b' version="1.2"', b"").replace(b"</svg>", b"<style/></svg>"))
        for lang, no, wrong, yes in (("en", "This is not SVG Tiny PS.", "  wrong   line 1 <svg>: ", "This is SVG Tiny PS."),
                                     ("ja", "SVG Tiny PS ではありません。", "  要修正  1 行目 <svg>：", "SVG Tiny PS です。")):
            lines = self.explained("--svg", draft, "--lang", lang)
            self.assertEqual(lines[0], no)
            self.assertTrue(lines[1].startswith(wrong), lines)
            self.assertEqual(self.explained("--svg", self.file("good.svg", self.svg), "--lang", lang)[0], yes)


class Suite(unittest.TestCase):
    def test_every_case_that_brings_a_picture(self):
        with open(os.path.join(SUITE, "cases.jsonl"), encoding="utf-8") as f:
            cases = [case for case in map(json.loads, f) if case.get("svg")]
        self.assertIn("vmc-derived/svg-differs", [case["id"] for case in cases])
        for case in cases:
            with self.subTest(case["id"]), tempfile.NamedTemporaryFile() as roots:
                for path in case["roots"]:
                    with open(os.path.join(SUITE, path), "rb") as f:
                        roots.write(f.read())
                roots.flush()
                done = brand("--offline", "--certificate", os.path.join(SUITE, case["pem"]), "--domain", case["domain"], "--mark-roots", roots.name,
                             "--now", str(case["now"]), "--selector", case["selector"], "--logo", os.path.join(SUITE, case["svg"]))
                answer = json.loads(done.stdout)
                self.assertEqual(answer["valid"], case["expected"]["valid"], answer)
                if case["expected"].get("code") == "LOGO_MISMATCH":
                    self.assertEqual(answer["reason"], "other-picture")


if __name__ == "__main__":
    unittest.main(verbosity=2)
