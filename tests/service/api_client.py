# SPDX-License-Identifier: MIT
"""A client of the HTTP API for tests: every reply is held against the service's own OpenAPI document and against the
security headers that every reply must carry. A reply that the document does not describe is an error of the test."""
import http.client, json, re, ssl, urllib.parse

import jsonschema

SECURITY = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin"}


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["code"]

    def __repr__(self):
        return "%s %r" % (self.status, self.body[:300])


def strict(schema):
    """The same schema, but a field that is not documented is an error."""
    if isinstance(schema, dict):
        out = {k: strict(v) for k, v in schema.items()}
        assert out.get("type") != "object" or "properties" in out or "additionalProperties" in out, "an open object: %r" % schema
        if "properties" in out and "additionalProperties" not in out:
            out["additionalProperties"] = False
        return out
    return [strict(s) for s in schema] if isinstance(schema, list) else schema


class Contract:
    """The OpenAPI document, asked once per service."""

    def __init__(self, document):
        self.document = document
        self.schemas = strict(document["components"]["schemas"])

    def operation(self, method, path):
        for pattern, item in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", pattern), path):
                return item.get("get" if method == "HEAD" else method.lower())
        return None

    def resolve(self, thing):
        while "$ref" in thing:
            at = self.document
            for step in thing["$ref"].lstrip("#/").split("/"):
                at = at[step]
            thing = at
        return thing

    def check(self, method, path, reply):
        operation = self.operation(method, path)
        if operation is None:
            assert reply.status in (400, 404, 405), "undocumented: %s %s %r" % (method, path, reply)
            return self.check_body({"$ref": "#/components/schemas/Problem"}, reply)
        documented = operation["responses"].get(str(reply.status))
        assert documented, "%s %s: status %d is not documented" % (method, path, reply.status)
        content = self.resolve(documented).get("content")
        if not content:
            assert not reply.body, "%s %s: a body where none is documented" % (method, path)
            return
        kind = reply.headers["content-type"].split(";")[0]
        media = content.get(kind) or content.get("*/*")
        assert media is not None, "%s %s: type %s is not documented" % (method, path, kind)
        if method != "HEAD" and "json" in kind:
            self.check_body(media["schema"], reply)

    def check_body(self, schema, reply):
        whole = dict(strict(schema), components={"schemas": self.schemas})
        jsonschema.Draft202012Validator(whole).validate(reply.json)
        if reply.headers["content-type"] == "application/problem+json":
            assert reply.json["status"] == reply.status and reply.json["type"] == "urn:inkan:problem:" + reply.json["code"]


class Client:
    """One browser or app. token: bearer; cookie: kept as a browser would if `browser` is set."""

    contracts = {}

    def __init__(self, url, browser=False, ca_file=None, address=None):
        parts = urllib.parse.urlsplit(url)
        self.url, self.host, self.port, self.browser = url, parts.hostname, parts.port, browser
        self.tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        self.token = self.cookie = None
        self.source = (address, 0) if address else None  # where the web server sees the client: any address of 127/8

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection(self.host, self.port, timeout=60, context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=60, source_address=self.source)

    def raw(self, method, path, body=None, headers=None):
        connection = self.connect()
        try:
            connection.request(method, "/api/v1" + path, body, headers or {})
            answer = connection.getresponse()
            kept = {}
            for name, value in answer.getheaders():
                kept[name.lower()] = kept[name.lower()] + ", " + value if name.lower() in kept else value
            return Reply(answer.status, kept, answer.read())
        finally:
            connection.close()

    def contract(self):
        if self.url not in Client.contracts:
            reply = self.raw("GET", "/openapi.json")
            assert reply.status == 200, reply
            Client.contracts[self.url] = Contract(reply.json)
        return Client.contracts[self.url]

    def call(self, method, path, body=None, headers=None, kind="application/json"):
        headers = dict(headers or {})
        if self.token and "Authorization" not in headers:
            headers["Authorization"] = "Bearer " + self.token
        if self.browser:
            headers.setdefault("X-Requested-With", "inkan")
            headers.setdefault("Sec-Fetch-Site", "same-origin")
            if method not in ("GET", "HEAD"):
                headers.setdefault("Origin", self.url)
            if self.cookie:
                headers.setdefault("Cookie", self.cookie)
        if body is not None:
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers.setdefault("Content-Type", kind)
        reply = self.raw(method, path, body, headers)
        if self.browser and "set-cookie" in reply.headers:
            self.cookie = reply.headers["set-cookie"].split(";")[0]
        for name, value in SECURITY.items():
            assert reply.headers.get(name) == value, "%s %s: %s is %r" % (method, path, name, reply.headers.get(name))
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store" or path == "/openapi.json" and reply.status in (200, 304)
        self.contract().check(method, urllib.parse.urlsplit(path).path, reply)
        return reply

    def get(self, path, **headers):
        return self.call("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def sign_in(self, username, password):
        reply = self.call("POST", "/session", {"username": username, "password": password})
        if reply.status == 201 and not self.browser:
            self.token = reply.json["token"]
        return reply

    def mailboxes(self):
        return {m["role"] or m["name"]: m["id"] for m in self.get("/mailboxes").json["mailboxes"]}

    def messages(self, mailbox, **query):
        return self.get("/mailboxes/%s/messages?%s" % (mailbox, urllib.parse.urlencode(query)))

    def every_row(self, mailbox):
        """All of a mailbox, page by page, newest first."""
        rows, query = [], {"limit": 100}
        while True:
            page = self.messages(mailbox, **query).json
            rows += page["messages"]
            if not page["next"]:
                return rows
            query["before"] = page["next"]
