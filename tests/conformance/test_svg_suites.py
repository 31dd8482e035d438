#!/usr/bin/python3
"""Our schema of SVG Tiny PS beside a published one (suites/bimi-schema/SVG_1.2_PS.rng), read from ${INKAN_SHARED:-../shared} when
it is there: every picture of the suites, every attribute of either schema on every element, and every element within every
other. Where they differ, the difference is named here with its reason, or the test fails.

Closing line: "N passed, N failed, N skipped"."""
import glob, json, os, re, subprocess, sys, tempfile
import xml.etree.ElementTree as ElementTree

SHARED = os.environ.get("INKAN_SHARED", "../shared")
INKAN = os.path.join(os.environ.get("INKAN_BUILD", "build"), "inkan")
OURS, THEIRS = "core/brand/svg_tiny_ps.rng", os.path.join(SHARED, "suites/bimi-schema/SVG_1.2_PS.rng")
RNG = "{http://relaxng.org/ns/structure/1.0}"
DOCUMENT = ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.2" '
            'baseProfile="tiny-ps"%s><title>t</title>%s</svg>')
XLINK = "SVG Tiny 1.2 §14.1: the reference of <use> is xlink:href; the published schema lost its namespace"
INHERIT = "SVG Tiny 1.2 §10.12: font-weight may be inherit, on the root as elsewhere"
LANGUAGE = "XML 1.0 §2.12: xml:lang is a language tag or empty; libxml2 lets any text pass where a schema calls the data optional"
PATTERN = "SVG Tiny 1.2 §7.10: alignment and \"meet\" are two words"

passed = failed = 0


def ok(good, name, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print("%-4s %s%s" % ("ok" if good else "FAIL", name, "" if good else ": " + detail), flush=True)


def finish():
    print("%d passed, %d failed, %d skipped" % (passed, failed, 0))
    sys.exit(1 if failed else 0)


if not os.path.exists(THEIRS):
    print("skip: no suites at %s\n0 passed, 0 failed, 1 skipped" % SHARED)
    sys.exit(0)


def validates(schema, files):
    """Of each file: does it follow the schema? What is not well-formed does not."""
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--relaxng", schema] + files, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    good = set(re.findall(r"^(.*) validates$", done.stdout, re.M))
    return [name in good for name in files]


def names(schema):
    """element → attribute → one value that it allows, through every <ref>."""
    root = ElementTree.parse(schema).getroot()
    defines = {d.get("name"): d for d in root.iter(RNG + "define")}
    found = {}

    def attributes(node, into):
        for child in node:
            if child.tag == RNG + "attribute":
                prefix = {"http://www.w3.org/XML/1998/namespace": "xml:", "http://www.w3.org/1999/xlink": "xlink:"}.get(
                    child.get("ns"), "")
                into[prefix + child.get("name")] = [v.text for v in child.iter(RNG + "value")]
            elif child.tag == RNG + "ref":
                attributes(defines[child.get("name")], into)
            elif child.tag != RNG + "element":
                attributes(child, into)

    for define in defines.values():
        for element in define.findall(RNG + "element"):
            attributes(element, found.setdefault(element.get("name"), {}))
    return found


def suite_pictures():
    files = sorted(glob.glob(os.path.join(SHARED, "suites/bimi-*/svg/*.svg")))
    disagree = []
    for name, follows in zip(files, validates(THEIRS, files)):
        done = subprocess.run([INKAN, "brand", "--json", "--svg", name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        valid = json.loads(done.stdout)["valid"]
        content = open(name, encoding="utf-8", errors="replace").read()
        local = set(re.findall(r'<use[^>]*xlink:href="(#?)', content)) == {"#"}
        if valid != follows and not (valid and local):  # XLINK
            disagree.append("%s: %s, the schema says %s" % (os.path.basename(name), valid, follows))
    ok(files and not disagree, "%d pictures of the suites are judged as the published schema does" % len(files),
       "; ".join(disagree))


def compare(title, documents, explained):
    """documents: key → text. A key for which the schemas differ must be explained, and every explanation needed."""
    with tempfile.TemporaryDirectory() as folder:
        keys = sorted(documents)
        files = [os.path.join(folder, "%d.svg" % i) for i in range(len(keys))]
        for name, key in zip(files, keys):
            with open(name, "w", encoding="utf-8") as file:
                file.write(documents[key])
        ours, theirs = validates(OURS, files), validates(THEIRS, files)
    differ = {key for key, a, b in zip(keys, ours, theirs) if a != b}
    agreed = [key for key, a, b in zip(keys, ours, theirs) if a and b]
    unexplained = sorted(differ - set(explained))
    ok(agreed and not unexplained, "%s: %d documents, %d valid in both schemas, %d differ as explained" % (
        title, len(keys), len(agreed), len(differ)), str(unexplained[:20]))
    ok(set(explained) <= differ, "%s: every explanation is needed" % title, str(sorted(set(explained) - differ)))
    for reason in sorted({explained[key] for key in differ & set(explained)}):
        print("     " + reason)


WRAP = {"stop": "<linearGradient>%s</linearGradient>", "desc": "%s", "metadata": "%s"}


def document_with(element, attribute):
    if element == "svg":
        return DOCUMENT % (" " + attribute, "")
    if element == "title":
        return (DOCUMENT % ("", "")).replace("<title>", "<title %s>" % attribute)
    return DOCUMENT % ("", WRAP.get(element, "%s") % ("<%s %s>t</%s>" if element in ("text", "textArea", "desc") else
                                                      "<%s %s></%s>") % (element, attribute, element))


def attributes_on_elements(ours, theirs):
    every = {}
    for table in (ours, theirs):
        for found in table.values():
            for name, values in found.items():
                every.setdefault(name, set()).update(values)
    for name in ("style", "onclick", "opacity", "filter", "src", "xlink:href", "begin", "target", "xml:id"):
        every.setdefault(name, set())
    documents = {}
    for element in ours:
        for name, values in every.items():
            for value in sorted(values) + ["", "a", "-1e9"]:
                if (element, name) not in (("svg", "version"), ("svg", "baseProfile")):
                    documents[element, name, value] = document_with(element, '%s="%s"' % (name, value))
    explained = {("use", "xlink:href", v): XLINK for v in ("", "a", "-1e9")}
    explained.update({(e, "xml:lang", "-1e9"): LANGUAGE for e in ours if e != "metadata"})
    explained["svg", "font-weight", "inherit"] = INHERIT
    compare("every attribute on every element", documents, explained)


def elements_in_elements(ours, theirs):
    children = sorted(set(ours) | set(theirs) | {"script", "image", "a", "svg", "symbol", "animate", "foreignObject", "tspan"})
    documents = {}
    for parent in ours:
        for child in children + ["#text"]:
            inner = "text" if child == "#text" else "<%s%s>" % (child, ">t</" + child if child in ("text", "textArea") else "/")
            if parent == "svg":
                documents[parent, child] = DOCUMENT % ("", inner)
            elif parent == "title":
                documents[parent, child] = (DOCUMENT % ("", "")).replace(">t<", ">%s<" % inner)
            else:
                documents[parent, child] = DOCUMENT % ("", WRAP.get(parent, "%s") % ("<%s>%s</%s>" % (parent, inner, parent)))
    compare("every element within every other", documents, {})


def aspect_ratios():
    words = ["none", "xMidYMid", "meet", "slice", "none meet", " xMidYMid  meet ", "xMidYMidmeet", "xMinYMin", ""]
    compare("preserveAspectRatio", {w: DOCUMENT % (' preserveAspectRatio="%s"' % w, "") for w in words},
            {"xMidYMidmeet": PATTERN})


suite_pictures()
ours, theirs = names(OURS), names(THEIRS)
ok(set(ours) == set(theirs) - {"font", "font-face", "glyph", "hkern"},
   "the same elements, but those of fonts, which no element of the profile may hold", str(set(ours) ^ set(theirs)))
attributes_on_elements(ours, theirs)
elements_in_elements(ours, theirs)
aspect_ratios()
finish()
