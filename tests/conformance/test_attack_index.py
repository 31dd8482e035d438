#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every case of the security list has a test that carries its number, or a line in `attacks` that says where it is checked
and why not here. A test carries a number in its name (c72_text_added_behind_the_limit) or in the comment directly above
it ("attacks A34, C72"). Rooms that are built later add their range to RANGES.

    test_attack_index.py --list      the index: number, file, test"""
import glob, os, re, sys, unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RANGES = {"A": (1, 38), "B": (39, 67), "C": (68, 92), "D": (93, 108), "E": (109, 125), "F": (126, 144), "G": (145, 161), "H": (162, 176), "K": (203, 210), "L": (211, 213)}
NUMBER = re.compile(r"\b([A-N])([1-9]\d{0,2})\b")
IN_NAME = re.compile(r"(?:^|_)([a-n])0?([1-9]\d{0,2})(?=_)")
TESTS = (("tests/unit/test_*.c", re.compile(r"^static void (\w+)\(void \*\*state\) \{")),
         ("tests/service/test_*.py", re.compile(r"^    def (test_\w+)\(")),
         ("tests/conformance/test_*.py", re.compile(r"^    def (test_\w+)\(")),
         ("tests/browser/*.mjs", re.compile(r"^\s*(?:test|scenario)\((['`].*?['`]),")))
COMMENT = re.compile(r"^\s*(?:/\*|\*|//|#| \*)")


def comment_above(lines, at):
    """The comment lines that end right above, as one text; only what follows the word "attacks" is meant."""
    above = []
    while at > 0 and COMMENT.match(lines[at - 1]):
        at -= 1
        above.insert(0, lines[at])
    found = re.search(r"[Aa]ttacks? ((?:[\s*#/]*[A-N]\d+(?:,| and| to)?)+)", "".join(above))
    return found.group(1) if found else ""


def numbers_of(text):
    """"B57 to B59, C72" → B57 B58 B59 C72"""
    for first, low, last, high in re.findall(r"([A-N])(\d+)(?:\s+to\s+([A-N])(\d+))?", text):
        for n in range(int(low), int(high or low) + 1):
            yield first + str(n)


def read_index():
    index = {}
    for pattern, head in TESTS:
        for path in sorted(glob.glob(os.path.join(TOP, pattern))):
            with open(path, encoding="utf-8") as file:
                lines = file.readlines()
            for at, line in enumerate(lines):
                found = head.match(line)
                if not found:
                    continue
                name = found.group(1)
                if path.endswith(".c") and not any("cmocka_unit_test(%s)" % name in l or "cmocka_unit_test_setup(%s," % name in l for l in lines):
                    continue  # written and never run
                numbers = {letter.upper() + n for letter, n in IN_NAME.findall(name)} | set(numbers_of(comment_above(lines, at)))
                for number in numbers:
                    index.setdefault(number, []).append("%s %s" % (os.path.relpath(path, TOP), name))
    return index


def read_lines():
    with open(os.path.join(TOP, "tests/conformance/attacks"), encoding="utf-8") as file:
        rows = [line.split(":", 1) for line in file if line.strip() and not line.startswith("#")]
    return {number.strip(): reason.strip() for number, reason in rows}


def wanted():
    return [letter + str(n) for letter, (first, last) in RANGES.items() for n in range(first, last + 1)]


class Index(unittest.TestCase):
    def setUp(self):
        self.index, self.lines = read_index(), read_lines()

    def test_every_case_has_a_test_or_a_line(self):
        self.assertEqual([n for n in wanted() if n not in self.index and n not in self.lines], [])

    def test_a_line_gives_a_reason_and_stands_for_no_test(self):
        for number, reason in self.lines.items():
            self.assertRegex(number, NUMBER)
            self.assertGreater(len(reason.split()), 4, number)
            self.assertNotIn(number, self.index)

    def test_letters_and_numbers_belong_together(self):
        """A test that carries a number of another letter's range names a case that is not there."""
        letters = {letter: range(first, last + 1) for letter, (first, last) in RANGES.items()}
        for number in self.index:
            letter, n = number[0], int(number[1:])
            others = [other for other, numbers in letters.items() if n in numbers and other != letter]
            self.assertEqual(others, [], "%s in %s" % (number, self.index[number]))

    def test_what_is_not_there_is_missed(self):
        self.assertNotIn("A0", wanted())
        self.assertEqual(len(wanted()), 187)
        self.assertEqual(list(numbers_of("B57 to B59, C72")), ["B57", "B58", "B59", "C72"])
        self.assertEqual(comment_above(["/* Text (attacks C1,\n", " * C2). */\n", "x\n"], 2).split(), ["C1,", "*", "C2"])


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        index, lines = read_index(), read_lines()
        for number in sorted(set(index) | set(lines), key=lambda n: (int(n[1:]), n[0])):
            for test in index.get(number, ["— " + lines.get(number, "")]):
                print("%-5s %s" % (number, test))
        sys.exit()
    unittest.main()
