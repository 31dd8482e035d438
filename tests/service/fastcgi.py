# SPDX-License-Identifier: MIT
"""A FastCGI 1.0 client: just enough to be a web server, an impatient one, or a broken one."""
import socket, struct

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7


def record(kind, content=b"", request=1):
    return struct.pack("!BBHHBB", 1, kind, request, len(content), 0, 0) + content


def pair(name, value):
    def length(n):
        return bytes([n]) if n < 128 else struct.pack("!I", n | 0x80000000)
    name, value = name.encode(), value.encode("utf-8", "surrogateescape")
    return length(len(name)) + length(len(value)) + name + value


def params(method, uri, body=b"", headers=None, client="127.0.0.1"):
    """CGI parameters as a web server makes them; headers are {"X-Name": value}."""
    out = {"REQUEST_METHOD": method, "REQUEST_URI": uri, "REMOTE_ADDR": client, "CONTENT_LENGTH": str(len(body)) if body else ""}
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        out[key if key == "CONTENT_TYPE" else "HTTP_" + key] = value
    return out


def begin(keep=True, request=1):
    return record(BEGIN, struct.pack("!HB5x", 1, 1 if keep else 0), request)


def request_octets(method, uri, body=b"", headers=None, keep=True, client="127.0.0.1"):
    pairs = b"".join(pair(k, v) for k, v in params(method, uri, body, headers, client).items())
    out = begin(keep) + record(PARAMS, pairs) + record(PARAMS)
    for i in range(0, len(body), 32768):
        out += record(STDIN, body[i:i + 32768])
    return out + record(STDIN)


class Closed(Exception):
    pass


class Connection:
    def __init__(self, path, timeout=30):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(path)

    def close(self):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def exactly(self, n):
        out = b""
        while len(out) < n:
            more = self.socket.recv(n - len(out))
            if not more:
                raise Closed()
            out += more
        return out

    def reply(self):
        """(status, headers with lower-case names, body) of one request."""
        out = b""
        while True:
            version, kind, request, length, padding, _ = struct.unpack("!BBHHBB", self.exactly(8))
            content = self.exactly(length)
            self.exactly(padding)
            if kind == STDOUT:
                out += content
            elif kind == END:
                break
        if not out:
            return 0, {}, b""
        head, _, body = out.partition(b"\r\n\r\n")
        headers = {}
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return int(headers.pop("status").split()[0]), headers, body

    def ask(self, method, uri, body=b"", headers=None, keep=True):
        self.send(request_octets(method, uri, body, headers, keep))
        return self.reply()
