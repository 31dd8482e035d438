#!/usr/bin/python3
"""mail/mime against public collections of messages: every one gives a tree; where the collection says what the tree is,
ours is compared with it. The suites are read from ${INKAN_SHARED:-../shared}/suites when they are there.

Closing line: "N passed, N failed, N skipped"."""
import glob, json, os, re, subprocess, sys
import xml.etree.ElementTree as ElementTree

SHARED = os.environ.get("INKAN_SHARED", "../shared")
DRIVER = os.path.join(os.environ.get("INKAN_BUILD", "build"), "tests/conformance/drive_mime")

# case → the clause that decides against it
ENCODED = "RFC 2046 §5.2.1: message/rfc822 is 7bit, 8bit or binary; an encoded one stays closed"
EXCEPTIONS = {
    "mime4j/mimetools-testmsgs/multi-2gifs-base64": ENCODED,
    "mime4j/testmsgs/bad-newlines-multiple-parts-base64": ENCODED,
    "mime4j/testmsgs/base64encoded-rfc822message-nested": ENCODED,
    "mime4j/testmsgs/base64encoded-rfc822message": ENCODED,
    "mime4j/testmsgs/weird-boundary": "RFC 2046 §5.1.1: a boundary does not end in a space",
    "mime4j/testmsgs/very-long-boundary": "the same, and 700 octets long",
    "mime4j/testmsgs/very-very-long-boundary": "RFC 2046 §5.1.1: 70 octets; we take 998, this is 7,000",
    "dovecot/bodystructure/08": "a multipart without a body has no parts; the server makes one up",
}


def cases():
    for path in sorted(glob.glob(os.path.join(SHARED, "suites/mime-*/cases.jsonl"))):
        folder = os.path.dirname(path)
        for line in open(path):
            case = json.loads(line)
            if "message" in case:
                yield case, folder


def shape(tree):
    """Types only: ["multipart/mixed", [...children]] or a type."""
    if "children" not in tree:
        return tree["type"]
    return [tree["type"]] + [shape(child) for child in tree["children"]]


def lisp(text):
    """An IMAP BODYSTRUCTURE as nested lists."""
    tokens = re.findall(r'\(|\)|"(?:[^"\\]|\\.)*"|[^\s()]+', text)
    stack = [[]]
    for token in tokens:
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token.strip('"'))
    return stack[0]


def imap_shape(structure):
    """RFC 9051 §7.5.2: a multipart begins with its parts; message/rfc822 holds a structure at place 8."""
    if isinstance(structure[0], list):
        parts = [part for part in structure if isinstance(part, list)]
        n = next(i for i, item in enumerate(structure) if not isinstance(item, list))
        return ["multipart/" + structure[n].lower()] + [imap_shape(part) for part in parts[:n]]
    kind = (structure[0] + "/" + structure[1]).lower()
    if kind in ("message/rfc822", "message/global"):
        return [kind, imap_shape(structure[8])]
    return kind


def content_type(header):
    for field in header.findall("field"):
        text = "".join(field.itertext()).strip()
        if text.lower().startswith("content-type:"):
            found = re.match(r"\s*([^\s;/]+)\s*/\s*([^\s;(]+)", text.split(":", 1)[1])
            return (found.group(1) + "/" + found.group(2)).lower() if found else None
    return None


def xml_shape(entity, fallback="text/plain"):
    """mime4j's events as XML: message > header, body | multipart > part …"""
    kind = content_type(entity.find("header")) if entity.find("header") is not None else None
    kind = kind or fallback
    inner = entity.find("multipart")
    if inner is not None:
        below = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        return [kind] + [xml_shape(part, below) for part in inner.findall("body-part")]
    message = entity.find("message")
    if message is not None:
        return [kind, xml_shape(message)]
    return kind


def expected_shape(case, folder):
    expected = case.get("expected", {})
    if "bodystructure" in expected:
        return imap_shape(lisp(expected["bodystructure"]))
    if "structure_xml" in expected:
        path = os.path.join(folder, expected["structure_xml"])
        try:
            return xml_shape(ElementTree.parse(path).getroot())
        except (ElementTree.ParseError, OSError):
            return None
    return None


def main():
    found = list(cases())
    if not found:
        print("no suites at %s\n0 passed, 0 failed, 1 skipped" % SHARED)
        return 0
    passed = failed = skipped = compared = ambiguous = 0
    for case, folder in found:
        path = os.path.join(folder, case["message"])
        done = subprocess.run([DRIVER, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
        answer = json.loads(done.stdout) if done.returncode == 0 else None
        if not answer:
            print("%s: exit %d %s" % (case["id"], done.returncode, done.stderr.decode("utf-8", "replace")[-500:]))
            failed += 1
            continue
        ambiguous += not answer["agreed"]
        wanted = expected_shape(case, folder)
        if wanted is not None:
            compared += 1
        if wanted is None or wanted == shape(answer["tree"]):
            passed += 1
        elif case["id"] in EXCEPTIONS or case.get("tier") != "A":
            skipped += 1
        else:
            failed += 1
            print("%s: wanted %s, got %s" % (case["id"], wanted, shape(answer["tree"])))
    print("%d trees compared, %d messages ambiguous to other readers" % (compared, ambiguous))
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed else 0


sys.exit(main())
