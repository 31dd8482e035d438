#!/usr/bin/python3
"""What every source file keeps: a licence line, no banned function, no machine's path, no tab, human size."""
import glob, re, sys

BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|strtok_r|atoi|atol|alloca|system|popen|fork|vfork|tmpnam|mktemp|"
                    r"localtime|gmtime|asctime|ctime|rand|srand|signal|select|g_regex_\w+|regcomp)\s*\(")
# setup that runs before threads exist; each with its reason
ALLOWED = {("fcgi/serve.c", "signal"): "SIGPIPE is ignored once, before threads",
           ("core/worker/child_sandbox.c", "fork"): "the sandbox's own proof that it cannot"}
LIMIT_FILE = 500

wrong = []
sources = sorted(glob.glob("core/*/*.[ch]") + glob.glob("core/*/*.def") + glob.glob("fcgi/*.[ch]") + glob.glob("tests/*/*.[ch]"))
for path in sources:
    text = open(path, encoding="utf-8").read()
    lines = text.split("\n")
    if "SPDX-License-Identifier: MIT" not in lines[0]:
        wrong.append("%s:1: no SPDX line" % path)
    if not path.startswith("tests/") and len(lines) > LIMIT_FILE:
        wrong.append("%s: %d lines: where should the wall be?" % (path, len(lines)))
    plain = re.sub(r'"(\\.|[^"\\\n])*"', '""', text)
    plain = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), plain, flags=re.S)
    for number, line in enumerate(plain.split("\n"), 1):
        found = BANNED.search(line)
        if found and (path, found.group(1)) not in ALLOWED and not path.startswith("tests/"):
            wrong.append("%s:%d: %s is banned" % (path, number, found.group(1)))
        if "\t" in line:
            wrong.append("%s:%d: a tab" % (path, number))
    if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text):
        wrong.append("%s: unfinished business in a comment" % path)
print("\n".join(wrong) if wrong else "%d files, nothing to say" % len(sources))
sys.exit(1 if wrong else 0)
