#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every bound that the OpenAPI document states of a request, tried on the running service: what lies just inside is taken, what lies
just outside is refused, a query parameter by its name. The document is walked, so that a bound stated later is tried too."""
import os, sys, unittest, urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import PASSWORD, USER, ApiCase, mail, until

CHARACTERS = "xé請😀"  # one to four octets each: lengths are counted in characters
OTHER_TYPE = {"string": 5, "object": [], "array": {}, "boolean": "yes"}


def text_edges(schema):
    most, least = schema.get("maxLength"), schema.get("minLength", 0)
    inside = [c * n for c in CHARACTERS for n in (least, most) if n]
    return inside, [c * (most + 1) for c in CHARACTERS if most] + ([CHARACTERS[0] * (least - 1)] if least else [])


def number_edges(schema):
    least, most = schema["minimum"], schema["maximum"]
    return [str(least), str(most)], [str(least - 1), str(most + 1), "", "x", "%d.0" % least, "-%d" % least, "+%d" % least, "0x1", " %d" % least, str(2 ** 64 + least)]


def word_edges(schema):
    words = schema["enum"]
    return words, ["", " "] + [w + "x" for w in words] + [w.upper() for w in words if w.upper() not in words]


def edges(schema):
    """(just inside, just outside) of a query parameter; None where nothing is stated."""
    if "enum" in schema:
        return word_edges(schema)
    if schema.get("type") == "integer":
        return number_edges(schema)
    return text_edges(schema) if "maxLength" in schema or "minLength" in schema else None


def broken_object(schema, value):
    """The same object, broken in one way after the other."""
    for name in schema.get("required", []):
        yield {k: v for k, v in value.items() if k != name}
    for name, of in schema.get("properties", {}).items():
        for bad in broken(of, value[name]) if name in value else ():
            yield dict(value, **{name: bad})
    first = next(iter(value), None)
    if "minProperties" in schema:
        yield {}
    if "maxProperties" in schema:
        yield {"%s%d" % (first, i): value[first] for i in range(schema["maxProperties"] + 1)}
    if "propertyNames" in schema:
        for name in ("", "a b", "x" * 256, "a(", "a)", "a{", "a]", "a%", "a*", 'a"', "a\\", "é", "a\x7f"):
            yield {name: True}
    for bad in broken(schema["additionalProperties"], value[first]) if "additionalProperties" in schema else ():
        yield {first: bad}


def broken(schema, value):
    if "const" in schema:
        yield from (not schema["const"], "true", 1, None)
    if "enum" in schema:
        yield from ([w + "x" for w in schema["enum"]] + [w.upper() for w in schema["enum"]] + ["", 1, None])
    if "type" in schema:
        yield from (OTHER_TYPE[schema["type"]], None)
    if schema.get("type") == "object":
        yield from broken_object(schema, value)
    if "minItems" in schema:
        yield []
    if "maxItems" in schema:
        yield value * (schema["maxItems"] + 1)
        yield from ([bad] for bad in broken(schema["items"], value[0]))


def whole(schema, value):
    """The same object at its largest, and with each word that may stand in it. Of keywords Dovecot takes 50 characters, not 255."""
    yield value
    for name, of in schema["properties"].items():
        if "maxItems" in of:
            yield dict(value, **{name: value[name] * of["maxItems"]})
        if of.get("maxProperties", 1) > 1:
            yield dict(value, **{name: {"k%d" % i: False for i in range(of["maxProperties"])}})
        if "propertyNames" in of:
            yield dict(value, **{name: {"x" * 50: True, "!#$&'+-./:;<=>?@[^_`|}~": False}})
        yield from (dict(value, **{name: word}) for word in of.get("enum", []))


class Bounds(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.stage.client()
        cls.contract = cls.client.contract()
        cls.boxes = cls.client.mailboxes()

    @classmethod
    def fresh(cls):
        """The id of the newest message; another one is made where that is gone."""
        newest = lambda: cls.client.messages("inbox", limit=1).json["messages"]
        if not newest():
            cls.stage.dovecot.append(USER, "INBOX", mail("bounds"))
        return until(newest, "a message")[0]["id"]

    def filled(self, path):
        """A path of the document that names something."""
        samples = {"part": "1", "domain": "signed.example", "sha256": "0" * 64, "address": "x@signed.example", "fingerprint": "0" * 40,
                   "email": "x@signed.example", "kind": "sender", "subject": "x@signed.example", "sheet": "s", "mac": "m", "source": "s"}
        samples["id"] = "inbox" if path.startswith("/mailboxes/") else self.fresh()
        for name, value in samples.items():
            path = path.replace("{%s}" % name, value)
        return path

    def operations(self):
        for path, item in self.contract.document["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    def query(self, method, path, name, value):
        return self.client.call(method, "%s?%s" % (self.filled(path), urllib.parse.urlencode({name: value})))

    def test_query_parameters(self):
        tried = set()
        for method, path, operation in self.operations():
            for parameter in map(self.contract.resolve, operation.get("parameters", [])):
                bounds = edges(self.contract.resolve(parameter["schema"])) if parameter["in"] == "query" else None
                if not bounds:
                    continue
                name = parameter["name"]
                tried.add(name)
                for value in bounds[0]:
                    with self.subTest(method=method, path=path, name=name, inside=value):
                        reply = self.query(method, path, name, value)
                        self.assertIn(reply.status, (200, 404) if name == "scale" else (200,), reply)
                for value in bounds[1]:
                    with self.subTest(method=method, path=path, name=name, outside=value):
                        reply = self.problem(self.query(method, path, name, value), 400, "bad-parameter")
                        self.assertEqual(reply.json["parameter"], name)
        self.assertLessEqual({"limit", "q", "unverified", "permanent", "refresh", "links", "images", "scale"}, tried)

    def test_picture_names(self):
        """What is no name of a picture names nothing."""
        for name in ("0" * 63, "0" * 65, "g" + "0" * 63, "A" + "0" * 63, "0" * 64 + "%20"):
            for kind in ("svg", "png"):
                self.problem(self.client.get("/logos/%s.%s" % (name, kind)), 404, "not-found")

    def sample(self):
        return {"ids": [self.fresh()], "keywords": {"$flagged": True}, "mailboxIds": {self.boxes["inbox"]: True}, "moveToRole": "inbox",
                "delete": "trash", "username": USER, "password": PASSWORD, "domain": "pictures.example", "consent": True, "kind": "sender",
                "subject": "carol@signed.example"}

    def variants(self, operation):
        """(schema, an object that fits it), of what a JSON body may be; no access token would be taken here."""
        schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        for one in schema.get("oneOf", [schema] if schema else []):
            if "bearer" not in one["properties"]:
                yield one, {name: value for name, value in self.sample().items() if name in one["properties"]}

    def test_bodies(self):
        tried = 0
        for method, path, operation in self.operations():
            possible = ("/unsubscribe", "/known")  # of this message there is nothing to say: 422, and never 400
            for schema, value in self.variants(operation):
                for body in list(whole(schema, value)):
                    body = dict(body, **({"ids": [self.fresh()] * len(body["ids"])} if "ids" in body else {}))
                    with self.subTest(method=method, path=path, inside=body):
                        reply = self.client.call(method, self.filled(path), body)
                        self.assertIn(reply.status, (200, 201, 422) if path.endswith(possible) else (200, 201), reply)
                        self.assertTrue(all(result["ok"] for result in reply.json.get("results", [])), reply)
                for body in broken_object(schema, value):
                    tried += 1
                    with self.subTest(method=method, path=path, outside=body):
                        reply = self.client.call(method, self.filled(path), body)
                        self.assertIn((reply.status, reply.code), ((400, "bad-json"), (422, "unprocessable")), reply)
        self.assertGreater(tried, 100)


if __name__ == "__main__":
    unittest.main(verbosity=1)
