# SPDX-License-Identifier: MIT
"""An IMAP server over TLS that says what a test tells it to, for what no honest server would say.

    with ScriptedImap(certificate, {"SELECT": b"* 1 EXISTS\\r\\nTAG OK done\\r\\n"}) as server: ...

`answers`: command name ("UID FETCH" counts as one) to octets, in which TAG stands for the command's tag; None closes
the connection; a list is used up one answer a command, the last one stays; a function gets (server, connection, tag,
line) and returns one of these. "greeting" is said first; "plain": True leaves TLS out. What came in is in
server.lines; accepted connections are counted in server.connections."""
import socket, ssl, threading, time

from servers.ports import free_port

CAPABILITIES = b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=OAUTHBEARER LITERAL+ UIDPLUS MOVE\r\nTAG OK done\r\n"
HONEST = {
    "greeting": b"* OK ready\r\n",
    "CAPABILITY": CAPABILITIES,
    "AUTHENTICATE": b"TAG OK done\r\n",
    "LOGIN": b"TAG OK done\r\n",
    "SELECT": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 13] x\r\nTAG OK [READ-WRITE] done\r\n",
    "FETCH": b"* 1 FETCH (UID 10 FLAGS ())\r\n* 2 FETCH (UID 11 FLAGS ())\r\n* 3 FETCH (UID 12 FLAGS ())\r\nTAG OK done\r\n",
    "UID FETCH": b"* 1 FETCH (UID 10 FLAGS ())\r\n* 2 FETCH (UID 11 FLAGS ())\r\n* 3 FETCH (UID 12 FLAGS ())\r\nTAG OK done\r\n",
    "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
    "STATUS": b"* STATUS x (MESSAGES 1 UNSEEN 0 UIDNEXT 2 UIDVALIDITY 7)\r\nTAG OK done\r\n",
    "NOOP": b"TAG OK done\r\n",
    "UID SEARCH": b"* SEARCH 10 11\r\nTAG OK done\r\n",
    "UID STORE": b"TAG OK done\r\n",
    "UID COPY": b"TAG OK done\r\n",
    "UID MOVE": b"TAG OK done\r\n",
    "UID EXPUNGE": b"TAG OK done\r\n",
}


class ScriptedImap:
    def __init__(self, certificate, answers=None, versions=None):
        """certificate: PATH of a chain; its key lies beside it as .key. versions: (least, greatest) of TLS."""
        self.answers = {**HONEST, **(answers or {})}
        self.used = {}
        self.lines, self.connections, self.closing = [], 0, False
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if versions:
            self.context.set_ciphers("ALL:@SECLEVEL=0")
            self.context.minimum_version, self.context.maximum_version = versions
        self.context.load_cert_chain(certificate, certificate.replace(".pem", ".key"))
        self.socket = socket.create_server(("127.0.0.1", free_port()))  # after the end nobody listens there
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        except OSError:
            pass
        self.socket.close()

    def accept(self):
        while not self.closing:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            connection.settimeout(20)
            if not self.answers.get("plain"):
                connection = self.context.wrap_socket(connection, server_side=True)
            self.talk(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def talk(self, connection):
        if not self.say(connection, "greeting", b"", b""):
            return
        lines = connection.makefile("rb")
        for line in lines:
            self.lines.append(line)
            words = line.split()
            if len(words) < 2:
                continue
            name = words[1].upper()
            if name == b"UID" and len(words) > 2:
                name += b" " + words[2].upper()
            if not self.say(connection, name.decode("latin-1"), words[0], line):
                return

    def say(self, connection, name, tag, line):
        answer = self.answers.get(name, b"TAG BAD what?\r\n")
        if isinstance(answer, list):
            at = self.used.get(name, 0)
            self.used[name] = at + 1
            answer = answer[min(at, len(answer) - 1)]
        if callable(answer):
            answer = answer(self, connection, tag, line)
        if answer is None:
            return False
        connection.sendall(answer.replace(b"TAG", tag))
        return True


def silence(server, connection, tag, line):
    """Says nothing until the other side gives up."""
    while not server.closing:
        time.sleep(0.05)


def drip(octets, pause=0.05):
    """Octet by octet."""
    def answer(server, connection, tag, line):
        for i in range(len(octets)):
            connection.sendall(octets[i:i + 1])
            time.sleep(pause)
        return b""
    return answer


def endless(start, more):
    """`start` and then `more` as long as it is taken."""
    def answer(server, connection, tag, line):
        connection.sendall(start)
        while not server.closing:
            connection.sendall(more)
    return answer
