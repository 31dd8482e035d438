#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the web servers answer without asking the service, under the shipped configurations: the same kind of document, with the same
headers, for requests that cannot be read, that are too large, and while the service is away."""
import http.client, json, os, socket, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import jsonschema
from api_client import SECURITY, Client, Reply, strict
from api_stage import Stage, free_port
from servers.apache import Apache


def ask(port, octets, source="127.0.0.1"):
    """The reply to octets that need not be HTTP."""
    with socket.create_connection(("127.0.0.1", port), 60, (source, 0)) as s:
        s.sendall(octets)
        answer = http.client.HTTPResponse(s, method="GET")
        answer.begin()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


class WebServers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(True)
        cls.addClassCleanup(cls.stage.stop)
        cls.stage.start()
        cls.apache = Apache(os.path.join(cls.stage.directory, "apache"), free_port(), cls.stage.inkan.socket).start()
        cls.addClassCleanup(cls.apache.stop)
        cls.schema = strict(Client(cls.stage.url).contract().document["components"]["schemas"]["Problem"])
        cls.ports = {"nginx": cls.stage.port, "apache": cls.apache.port}

    def problem(self, reply, status, code):
        self.assertEqual(reply.headers.get("content-type"), "application/problem+json", reply)
        jsonschema.Draft202012Validator(self.schema).validate(reply.json)
        self.assertEqual((reply.status, reply.code, reply.json["type"]), (status, code, "urn:inkan:problem:" + code))
        for name, value in dict(SECURITY, **{"cache-control": "no-store"}).items():
            self.assertEqual(reply.headers.get(name), value, (name, reply.headers))
        self.assertIn("default-src 'none'", reply.headers["content-security-policy"])
        return reply

    def test_requests_that_cannot_be_read(self):
        host = b"Host: 127.0.0.1\r\n\r\n"
        requests = {"NUL": b"GET /api/v1/session%00 HTTP/1.1\r\n" + host, "above the root": b"GET /../../etc/passwd HTTP/1.1\r\n" + host,
                    "no such escape": b"GET /api/v1/%zz HTTP/1.1\r\n" + host, "long": b"GET /api/v1/" + b"a" * 9000 + b" HTTP/1.1\r\n" + host,
                    "two lengths": b"POST /api/v1/session HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + host,
                    "no host": b"GET /api/v1/session HTTP/1.1\r\n\r\n", "long field": b"GET /api/v1/session HTTP/1.1\r\nX: " + b"a" * 40000 + b"\r\n" + host}
        for name, port in self.ports.items():
            for what, octets in requests.items():
                with self.subTest(server=name, request=what):
                    reply = ask(port, octets)
                    self.problem(reply, reply.status if name == "apache" and reply.status in (400, 404, 414, 431) else 400, "not-found" if reply.status == 404 else "bad-request")
                    self.assertNotIn(b"<", reply.body)

    def test_trace(self):
        for name, port in self.ports.items():
            reply = self.problem(ask(port, b"TRACE /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: secret=1\r\n\r\n"), 405, "method-not-allowed")
            self.assertEqual(reply.headers["allow"], "GET, HEAD" if name == "nginx" else "")  # RFC 9110 §10.2.1: may be empty
            self.assertNotIn(b"secret", reply.body)

    def test_too_large(self):
        """nginx says so by the length alone; behind Apache the body is read first."""
        length = 33 << 20
        head = b"POST /api/v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: message/rfc822\r\nContent-Length: %d\r\n\r\n" % length
        for name, port in self.ports.items():
            self.problem(ask(port, head if name == "nginx" else head + bytes(length)), 413, "body-too-large")

    def test_counts_are_nobody_elses(self):
        """/metrics is for this machine: for others there is nothing."""
        request = b"GET /api/v1/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        self.problem(ask(self.ports["nginx"], request, "127.0.0.9"), 404, "not-found")
        self.problem(ask(self.ports["nginx"], request.replace(b"api/v1/metrics", b"inkan-problem")), 404, "not-found")
        for name, port in self.ports.items():
            self.assertEqual(ask(port, request).status, 200)

    def test_the_service_is_away(self):
        self.stage.inkan.stop()
        try:
            for name, port in self.ports.items():
                reply = self.problem(ask(port, b"GET /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), 503, "service-away")
                self.assertEqual(reply.headers["retry-after"], str(reply.json["retryAfter"]))
        finally:
            self.stage.inkan.start(self.stage.settings)
            self.apache.admit()

    def test_what_the_service_says_goes_through_as_it_is(self):
        for name, port in self.ports.items():
            reply = self.problem(ask(port, b"GET /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Dest: empty\r\n\r\n"), 401, "not-signed-in")
            self.assertEqual(reply.headers["www-authenticate"], 'Bearer realm="inkan"')
            self.problem(ask(port, b"PUT /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"), 405, "method-not-allowed")
            reply = ask(port, b"GET /api/v1/messages/x/body.html HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Dest: iframe\r\n\r\n")
            self.assertEqual((reply.status, reply.headers["content-type"]), (401, "text/html; charset=utf-8"))


if __name__ == "__main__":
    unittest.main(verbosity=1)
