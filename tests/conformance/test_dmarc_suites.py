#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""DMARC records, record discovery, alignment and public suffixes against public suites, read from
${INKAN_SHARED:-../shared}/suites when they are there. Whole evaluations are run through the command line elsewhere.

Suites that align by the public suffix list are given the record that says the same to a tree walk: one at each
registrable name. Closing line: "N passed, N failed, N skipped"."""
import json, os, subprocess, sys

SHARED = os.environ.get("INKAN_SHARED", "../shared")
DRIVER = os.path.join(os.environ.get("INKAN_BUILD", "build"), "tests/conformance/drive_dmarc")


class Skip(Exception):
    pass


class Program:
    def __init__(self):
        self.process = subprocess.Popen([DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def say(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()

    def ask(self, *words):
        self.say(*words)
        return self.process.stdout.readline().strip()


def hexed(text):
    return text.encode("latin-1").hex()


def orgdomain(program, case):
    domain = case["domain"].lower()
    if not domain.isascii():
        raise Skip("names reach the list as A-labels")
    got = program.ask("suffix", domain)
    return (None if got == "-" else got), case["expected"]["org_domain"]


def record(program, case):
    if "record" in case:
        return program.ask("record", hexed(case["record"])) == "parsed", case["expected"]["valid"]
    program.say("reset")
    for name, types in case["dns"].items():
        if isinstance(types["TXT"], str):
            program.say("error", name)
            continue
        for strings in types["TXT"]:
            program.say("zone", name, hexed("".join(strings)))
    result, domain, _ = program.ask("check", case["domain"], "-").split()
    found = None if result == "temperror" else domain != "-"
    wanted = case["expected"]["found"]
    if found and wanted and "org_record" in case["expected"]:
        return domain != case["domain"], case["expected"]["org_record"]
    return found, wanted


def alignment(program, case):
    options, author = case.get("options"), case["header_from"]
    strict = options.get("strict", False) if isinstance(options, dict) else bool(options)
    domains = [d["domain"] if isinstance(d, dict) else d for d in case["domains"]]
    program.say("reset")
    for name in {program.ask("suffix", n.lower().rstrip(".") or ".") for n in [author] + domains} - {"-"}:
        program.say("zone", "_dmarc." + name, hexed("v=DMARC1; p=none" + ("; adkim=s" if strict else "")))
    answers = [program.ask("check", author or ".", d or "-").split()[2] for d in domains]
    return "yes" in answers, case["expected"]["aligned"]


CHECKS = {"orgdomain": orgdomain, "dmarc-record": record, "alignment": alignment}


def main():
    counts, program = {"passed": 0, "failed": 0, "skipped": 0}, Program()
    for suite in ("orgdomain-psl", "dmarc-mailauth", "dmarc-opendmarc"):
        path = os.path.join(SHARED, "suites", suite, "cases.jsonl")
        if not os.path.exists(path):
            print("not there: %s" % path)
            continue
        for line in open(path, encoding="utf-8"):
            case = json.loads(line)
            check = CHECKS.get(case["check"])
            if not check or case["tier"] == "X":
                continue
            try:
                got, wanted = check(program, case)
                state = "passed" if got == wanted else "failed" if case["tier"] == "A" else "skipped"
                words = "" if got == wanted else "%s, the suite says %s; tier %s" % (got, wanted, case["tier"])
            except Skip as skip:
                state, words = "skipped", str(skip)
            counts[state] += 1
            if words:
                print("%s %s: %s" % (state, case["id"], words))
    program.process.stdin.close()
    program.process.wait()
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
