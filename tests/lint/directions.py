#!/usr/bin/python3
"""Which room may know which: read off the #include lines of core/, fcgi/ and tests/fuzz.

A wrong direction is named with file and line. The table is the one of the README ("Reading the code")."""
import glob, os, re, sys

LOOKS_AT = {
    "base": {"base"},
    "net": {"base", "net"},
    "mail": {"base", "mail"},
    "store": {"base", "store"},
    "worker": {"base", "mail", "sign", "brand", "worker"},
    "auth": {"base", "net", "mail", "auth"},
    "sign": {"base", "net", "mail", "sign"},
    "brand": {"base", "net", "mail", "brand"},
    "route": {"base", "net", "mail", "route"},
    "repute": {"base", "net", "mail", "repute"},
    "trust": {"base", "net", "mail", "auth", "sign", "brand", "route", "repute", "trust"},
    "account": {"base", "net", "mail", "account"},
}
EVERY = set(LOOKS_AT)
LOOKS_AT["fcgi"] = EVERY | {"fcgi"}

# One owner per library: the header pattern, and the files that may include it.
OWNERS = [
    (r"unbound\.h", r"core/net/resolver"),
    (r"curl/", r"core/net/https"),
    (r"gmime/", r"core/mail/(mime|compose)"),
    (r"gumbo\.h", r"core/mail/html"),
    (r"libpsl\.h", r"core/(auth/orgdomain|mail/address|mail/domain|repute/)"),
    (r"idn2\.h", r"core/mail/(address|domain)"),
    (r"libxml/", r"core/brand/svg_"),
    (r"(librsvg/|cairo\.h)", r"core/brand/svg_"),
    (r"unicode/", r"core/repute/"),
    (r"libetpan/", r"core/account/|tests/fuzz/fuzz_imap"),
    (r"sqlite3\.h", r"core/store/sqlite"),
    (r"jansson\.h", r"fcgi/"),
    (r"fcgiapp\.h", r"fcgi/(serve|request|reply)"),
    (r"fcgi_stdio\.h", r"(?!)"),
    (r"rnp/", r"core/sign/openpgp_rnp"),
    (r"seccomp\.h", r"core/worker/child"),
    (r"zlib\.h", r"core/base/inflate"),
    (r"openssl/(x509|asn1|ct)", r"core/(brand/mark|sign/|account/)"),
]
# Rooms that are handed sockets, clock, files and random numbers instead of reaching for them.
PURE = {"mail", "auth", "sign", "brand", "trust"}
REACHES = re.compile(r"\b(clock_now|clock_monotonic_ms|time|gettimeofday|socket|connect|fopen|open|getrandom|RAND_bytes|"
                     r"g_get_real_time|g_get_monotonic_time|g_file_get_contents|getenv|g_getenv)\s*\(")

wrong = []
for path in sorted(glob.glob("core/*/*.[ch]") + glob.glob("fcgi/*.[ch]")):
    room = path.split("/")[1] if path.startswith("core/") else "fcgi"
    if room not in LOOKS_AT:
        wrong.append("%s: no such room in the plan" % path)
        continue
    first_own = None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        quoted = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if quoted:
            target = quoted.group(1)
            first_own = first_own or target
            if "/" not in target:
                if not os.path.exists(os.path.join("core", target)) and not target.endswith(".inc"):
                    wrong.append('%s:%d: "%s" does not name its room' % (path, number, target))
                continue
            other = target.split("/")[0]
            if other not in LOOKS_AT[room]:
                wrong.append("%s:%d: %s/ must not look into %s/" % (path, number, room, other))
        system = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        if system:
            for pattern, files in OWNERS:
                if re.match(pattern, system.group(1)) and not re.match(files, path):
                    wrong.append("%s:%d: <%s> has another owner" % (path, number, system.group(1)))
            owner = any(re.match(pattern, system.group(1)) and re.match(files, path) for pattern, files in OWNERS)
            if path.endswith(".h") and not owner and re.match(r"(openssl|gmime|unbound|libetpan|sqlite3|gumbo|fcgiapp|libpsl)", system.group(1)):
                wrong.append("%s:%d: a type of <%s> would leak" % (path, number, system.group(1)))
        if room in PURE and not line.lstrip().startswith(("*", "/*")) and REACHES.search(line):
            wrong.append("%s:%d: %s/ reaches for clock, file, socket or chance: hand it in" % (path, number, room))
    own = re.sub(r"^core/", "", path)[:-2] + ".h"
    if path.endswith(".c") and first_own and first_own != own and os.path.exists(os.path.join("core" if path.startswith("core") else ".", own)):
        wrong.append("%s: its own header comes first, not %s" % (path, first_own))
print("\n".join(wrong) if wrong else "every include points the right way")
sys.exit(1 if wrong else 0)
