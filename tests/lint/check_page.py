#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the page must never do, read off its files: no markup from strings, no code from strings, no handler or style in an
element, nothing from elsewhere; and a policy, the same under both web servers, that forbids it to the browser too."""
import glob, re, sys

SCRIPT = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|setHTML|document\.write|DOMParser|\beval\(|new Function|\.style\b|cssText|"
                    r"setAttribute\('(?:style|on\w+|srcdoc)'|javascript:|createPolicy|set(?:Timeout|Interval)\(\s*['\"`]")
MARKUP = re.compile(r"<[^>]*\s(?:on\w+|style|srcdoc)\s*=|<style|<script(?![^>]*\ssrc=)|javascript:", re.I)
ELSEWHERE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9.-]+\.[a-z]{2,}", re.I)
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'", "base-uri": "'none'", "form-action": "'none'",
          "frame-ancestors": "'none'", "require-trusted-types-for": "'script'", "trusted-types": "'none'"}

wrong = []
files = sorted(glob.glob("web/js/*.js") + glob.glob("web/css/*.css") + ["web/index.html", "web/manifest.webmanifest"])
for path in files:
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        code = re.sub(r"^\s*//.*", "", line)
        rule = MARKUP if path.endswith(".html") else SCRIPT if path.endswith(".js") else None
        if rule and rule.search(code):
            wrong.append("%s:%d: %s" % (path, number, rule.search(code).group()))
        if ELSEWHERE.search(code) or re.search(r"@import|url\(\s*['\"]?(?!data:)", code):
            wrong.append("%s:%d: something from elsewhere" % (path, number))
ERRORS = "default-src 'none'; frame-ancestors 'none'"  # of what the web server answers by itself: nothing is loaded
for path in ("conf/nginx.conf", "conf/apache.conf"):
    found = [policy for policy in re.findall(r'Content-Security-Policy "([^"]+)"', open(path, encoding="utf-8").read()) if policy != ERRORS]
    page = [dict(part.strip().partition(" ")[::2] for part in policy.split(";")) for policy in found]
    if len(page) != 1 or any(page[0].get(name) != value for name, value in POLICY.items()) or "unsafe" in found[0] or "*" in found[0]:
        wrong.append("%s: the page's policy is not what it has to be" % path)
print("\n".join(wrong) if wrong else "%d files, nothing to say" % len(files))
sys.exit(1 if wrong else 0)
