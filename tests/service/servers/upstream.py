# SPDX-License-Identifier: MIT
"""A hostile DNS server: UDP and TCP on one loopback port, answering as a function of the question decides.

    with Upstream(answer) as upstream: ...

`answer(question, tcp)` returns the reply's octets, None for silence, or a list of replies (UDP only). `questions` lists
(name, type, tcp) of everything that arrived."""
import socket, struct, threading

TYPES = {1: "A", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 43: "DS", 48: "DNSKEY", 52: "TLSA"}


class Question:
    """One parsed query, with the replies that most answers need."""

    def __init__(self, packet):
        self.packet, at, labels = packet, 12, []
        self.id, self.flags = struct.unpack("!HH", packet[:4])
        while packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
            at += 1 + packet[at]
        self.name, self.end = ".".join(labels).lower(), at + 5
        self.type = TYPES.get(struct.unpack("!H", packet[at + 1:at + 3])[0], "?")

    def reply(self, rcode=0, records=(), truncated=False, ident=None, name=None):
        """records: (type number, ttl, rdata) of the question's name."""
        flags = 0x8480 | (self.flags & 0x0100) | rcode | (0x0200 if truncated else 0)
        out = struct.pack("!HHHHHH", self.id if ident is None else ident, flags, 1, len(records), 0, 0)
        out += (self.packet[12:self.end] if name is None else name)
        for number, ttl, rdata in records:
            out += b"\xc0\x0c" + struct.pack("!HHIH", number, 1, ttl, len(rdata)) + rdata
        return out

    def txt(self, text, ttl=300):
        raw = text.encode("latin-1")
        rdata = b"".join(bytes([len(raw[i:i + 255])]) + raw[i:i + 255] for i in range(0, len(raw), 255))
        return self.reply(records=[(16, ttl, rdata)])


class Upstream:
    def __init__(self, answer, port=0):
        self.answer, self.questions, self.lock, self.closing = answer, [], threading.Lock(), False
        while True:
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.udp.bind(("127.0.0.1", port))
            self.port = self.udp.getsockname()[1]
            self.tcp = socket.socket()
            self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                self.tcp.bind(("127.0.0.1", self.port))
                break
            except OSError:
                self.udp.close()
                self.tcp.close()
                if port:
                    raise
        self.tcp.listen()

    def ask(self, packet, tcp):
        question = Question(packet)
        with self.lock:
            self.questions.append((question.name, question.type, tcp))
        return self.answer(question, tcp)

    def one_datagram(self, packet, address):
        replies = self.ask(packet, False)
        for reply in [replies] if isinstance(replies, bytes) else replies or []:
            try:
                self.udp.sendto(reply, address)
            except OSError:
                return

    def serve_udp(self):
        while not self.closing:
            try:
                packet, address = self.udp.recvfrom(4096)
            except OSError:
                return
            if packet:  # an empty one is how closing the socket reads here
                threading.Thread(target=self.one_datagram, args=(packet, address), daemon=True).start()

    def one_connection(self, connection):
        with connection:
            connection.settimeout(20)
            try:
                while True:
                    head = connection.recv(2, socket.MSG_WAITALL)
                    if len(head) < 2:
                        return
                    reply = self.ask(connection.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL), True)
                    if reply:
                        connection.sendall(struct.pack("!H", len(reply)) + reply)
            except OSError:
                return

    def serve_tcp(self):
        while not self.closing:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self.one_connection, args=(connection,), daemon=True).start()

    def __enter__(self):
        for serve in (self.serve_udp, self.serve_tcp):
            threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing = True
        for s in (self.udp, self.tcp):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
