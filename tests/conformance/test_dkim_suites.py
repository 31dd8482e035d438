#!/usr/bin/python3
"""auth/dkim against public DKIM suites: single steps (canonical forms, key records, signature syntax) and whole
messages with the keys from a table. The suites are read from ${INKAN_SHARED:-../shared}/suites when they are there.

Closing line: "N passed, N failed, N skipped". Tier A is required; EXCEPTIONS names what is decided otherwise."""
import glob, json, os, subprocess, sys, tempfile, time

SHARED = os.environ.get("INKAN_SHARED", "../shared")
DRIVER = os.path.join(os.environ.get("INKAN_BUILD", "build"), "tests/conformance/drive_dkim")

# case → the clause that decides against it
EXCEPTIONS = {
    "mox/sig/02": "RFC 8616 §5: i= may hold UTF-8; whether SMTPUTF8 was negotiated is not known after delivery",
}


def octets(text):
    """Case files hold octets as code points below 256; anything beyond is UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def drive(data, *words):
    done = subprocess.run([DRIVER, *words], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if done.returncode:
        raise AssertionError("exit %d: %s" % (done.returncode, done.stderr.decode("utf-8", "replace")[-2000:]))
    return done.stdout


def check_canon(case, folder):
    for what in ("body", "header"):
        if "input_" + what not in case:
            continue
        for how in ("simple", "relaxed"):
            wanted = case["expected"].get("%s_%s" % (how, what))
            if wanted is not None:
                got = drive(octets(case["input_" + what]), "canon", what, how)
                assert got == octets(wanted), "%s %s: wanted %r, got %r" % (how, what, octets(wanted), got)


def check_key(case, folder):
    got = drive(octets(case["record"]), "key").decode().split()[0]
    # "valid" of a suite that only parses: a revoked key is a well-formed record
    fine = got in ("valid", "key-revoked") if case["expected"]["valid"] else got != "valid"
    assert fine, "wanted %s, got %s" % (case["expected"], got)


def check_signature(case, folder):
    got = drive(octets(case["header"]), "signature").decode().strip()
    assert (got == "valid") == case["expected"]["valid"], "wanted %s, got %s" % (case["expected"], got)


def write_zone(case, folder, out):
    zone = case.get("dns") or {}
    if case.get("dns_file"):
        with open(os.path.join(folder, case["dns_file"])) as f:
            zone = json.load(f)
    for name, types in zone.items():
        records = types.get("TXT", types.get("*", []))
        if isinstance(records, str):
            out.write("%s\t!\n" % name)
            continue
        for record in records:
            out.write("%s\t%s\n" % (name, octets("".join(record)).hex()))
    out.flush()


def check_message(case, folder):
    with tempfile.NamedTemporaryFile("w", suffix=".zone") as zone, open(os.path.join(folder, case["message"]), "rb") as f:
        write_zone(case, folder, zone)
        lines = drive(f.read(), "verify", zone.name, str(case.get("now") or int(time.time()))).decode().split("\n")[:-1]
    results = [line.split(" ")[0] for line in lines]
    got = "pass" if "pass" in results else results[0] if results else "none"
    wanted = case["expected"]
    if case.get("weak") and "pass" in wanted["results"] and len(case.get("sigs") or []) <= 1:
        assert got != "pass", "RFC 8301 refuses %s: %s" % (case["weak"], lines)
        return
    fine = got in wanted["results"] or (got != "pass" and wanted.get("result") == "not-pass")
    assert fine, "wanted %s, got %s" % (wanted, lines)


CHECKS = {"dkim-canon": check_canon, "dkim-bodyhash": check_canon, "dkim-key": check_key,
          "dkim-sig-syntax": check_signature, "dkim": check_message}


def main():
    passed = failed = skipped = 0
    suites = sorted(glob.glob(os.path.join(SHARED, "suites/*/cases.jsonl")))
    if not suites:
        print("skipped: no suites in %s" % SHARED)
        skipped += 1
    for path in suites:
        folder = os.path.dirname(path)
        with open(path, encoding="utf-8") as f:
            for case in map(json.loads, f):
                check = CHECKS.get(case["check"])
                if not check or case.get("tier", "A") == "X":
                    continue
                if case["id"] in EXCEPTIONS:
                    print("skipped: %s (%s)" % (case["id"], EXCEPTIONS[case["id"]]))
                    skipped += 1
                    continue
                try:
                    check(case, folder)
                    passed += 1
                except (AssertionError, subprocess.TimeoutExpired) as e:
                    if case.get("tier", "A") == "A":
                        failed += 1
                    else:
                        skipped += 1
                    print("%s %s: %s" % ("FAIL" if case.get("tier", "A") == "A" else "skipped: tier B", case["id"], e))
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
