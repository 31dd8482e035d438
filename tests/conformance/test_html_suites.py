#!/usr/bin/python3
"""The HTML cleaner, through the sandboxed worker, against public attack collections. The suites are read from
${INKAN_SHARED:-../shared}/suites when they are there. The oracle is Python's HTML parser and a list of its own of what a
document may hold: no script, no handler, no scheme but http, https and mailto, nothing that loads.

Closing line: "N passed, N failed, N skipped"."""
import base64, glob, html.parser, json, os, re, subprocess, sys

SHARED = os.environ.get("INKAN_SHARED", "../shared")
BUILD = os.environ.get("INKAN_BUILD", "build")
DRIVER = os.path.join(BUILD, "tests/conformance/drive_html")
WORKER = os.path.join(BUILD, "inkan-worker")

ELEMENTS = set("""html head meta style body a abbr address article aside b bdi big blockquote br caption center cite code
 col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav
 ol p pre q rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var
 wbr""".split())
ATTRIBUTES = set("""align alt bgcolor border cellpadding cellspacing clear color colspan dir face height hspace lang
 noshade nowrap reversed role rowspan rules size span start style title type valign value vspace width""".split())
HEAD = '<!DOCTYPE html><html><head><meta charset="utf-8"><style>'


class Strict(html.parser.HTMLParser):
    """Collects everything that is not on the lists."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.in_body = [], False

    def handle_starttag(self, tag, attributes):
        if tag == "body":
            self.in_body = True
            return
        if not self.in_body:
            return
        if tag not in ELEMENTS or tag in ("html", "head", "meta", "style", "body"):
            self.found.append("<%s>" % tag)
        for name, value in attributes:
            self.attribute(tag, name, value or "")

    def attribute(self, tag, name, value):
        if tag == "a" and name == "href":
            fine = re.match(r"(https?://|mailto:)[\x21-\x7e]*\Z", value)
        elif tag == "a" and name in ("rel", "target"):
            fine = value in ("noreferrer noopener", "_blank")
        elif tag == "img" and name == "src":
            fine = re.match(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*\Z", value)
        elif tag == "span" and name == "class":
            fine = value == "left-out"
        elif name == "style":
            plain = re.sub(r"'[^'\\]*'", "''", value)
            fine = not re.search(r"[\\@{}<>\"!*]|url|import|expression|position|var|attr|image", plain) and all(
                word in ("rgb", "rgba", "hsl", "hsla") for word in re.findall(r"([\w-]*)\(", plain))
        else:
            fine = name in ATTRIBUTES
        if not fine:
            self.found.append('<%s %s="%s">' % (tag, name, value[:80]))

    def handle_comment(self, data):
        self.found.append("comment")

    def handle_decl(self, declaration):
        if declaration != "DOCTYPE html" or self.in_body:
            self.found.append("<!%s>" % declaration)

    def handle_pi(self, data):
        self.found.append("<?")

    def unknown_decl(self, data):
        self.found.append("<![")


def objections(document):
    if not document:
        return []
    if not document.startswith(HEAD) or not document.endswith("</body></html>"):
        return ["the frame is not ours"]
    parser = Strict()
    parser.feed(document)
    parser.close()
    return parser.found


def clean(documents):
    lines = b"".join(base64.b64encode(d.encode("utf-8", "surrogatepass")) + b"\n" for d in documents)
    done = subprocess.run([DRIVER, WORKER], input=lines, stdout=subprocess.PIPE, timeout=300)
    answers = done.stdout.decode().splitlines()
    assert done.returncode == 0 and len(answers) == len(documents), "the driver died"
    return answers


def cases():
    for path in sorted(glob.glob(os.path.join(SHARED, "suites/html-*/cases.jsonl"))):
        folder = os.path.dirname(path)
        for line in open(path):
            case = json.loads(line)
            if "html" in case:
                yield case["id"], case["html"], case
            elif "html_file" in case:
                yield case["id"], open(os.path.join(folder, case["html_file"]), encoding="utf-8", errors="replace").read(), case


def main():
    found = list(cases())
    if not found:
        print("no suites at %s\n0 passed, 0 failed, 1 skipped" % SHARED)
        return 0
    passed = failed = 0
    again = []
    for (name, text, case), answer in zip(found, clean([text for _, text, _ in found])):
        words = answer.split(" ", 3)
        problems = ["worker: " + answer] if words[0] == "error" else []
        document = "" if problems else base64.b64decode(words[3]).decode("utf-8")
        problems += objections(document)
        for host in case.get("expected", {}).get("no_request_to", []):
            outside_links = re.sub(r' href="[^"]*"', "", re.sub(r">[^<]*<", "><", document))
            if host in outside_links:
                problems.append("%s is named outside a link's address and text" % host)
            if int(words[1]) == 0:
                problems.append("no remote content was counted")
        if document and not problems and "left-out" not in document and "data:" not in document:
            again.append((name, document))
        passed, failed = passed + (not problems), failed + bool(problems)
        for problem in problems[:3]:
            print("%s: %s" % (name, problem))
    for (name, document), answer in zip(again, clean([document for _, document in again])):
        same = base64.b64decode(answer.split(" ", 3)[3]).decode("utf-8") == document
        passed, failed = passed + same, failed + (not same)
        if not same:
            print("%s: not the same when cleaned again" % name)
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
