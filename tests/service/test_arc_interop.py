#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ARC chains of dkimpy and Mail::DKIM and DomainKeys signatures of Mail::DKIM, through `inkan verify`: every one passes, and with
one octet changed each gets the answer that its own library gives, or the difference is named.

Closing line: "N passed, N failed, N skipped"."""
import json, os, random, subprocess, sys, tempfile

try:
    import authres, dkim  # dkimpy seals with authres
    subprocess.run(["perl", "-MMail::DKIM", "-e1"], check=True, stderr=subprocess.DEVNULL)
except (ImportError, OSError, subprocess.CalledProcessError) as missing:
    print("skipped: %s\n0 passed, 0 failed, 1 skipped" % missing)
    sys.exit(0)

from test_verify import INKAN, Zone, make_key

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = b"Authentication-Results: signer.example; arc=%s;\r\n\tspf=pass smtp.mailfrom=signer.example; dmarc=pass header.from=signer.example\r\n"
HEADER = (b"FROM:  Joe <joe@signer.example>\r\nTo: a@b.example,\r\n\t c@d.example \r\nSubject: =?utf-8?q?x?= \t y\r\n"
          b"Date: Fri, 21 Nov 2025 20:00:00 +0100\r\nMessage-ID: <1@signer.example>\r\nX-Empty:\r\n")
BODIES = [b"", b"\r\n\r\n", b"one line\r\n", b"trailing \t \r\n\r\nspace  \t here\r\n\r\n\r\n",
          "Grüße, 皆様\r\n.\r\n\tindented\r\n".encode(), b"x" * 2000 + b"\r\n" + b" \r\n" * 20, b"a\r\n\r\nb\r\n", b"-- \r\n"]
PER_MESSAGE = 3  # octets changed, one at a time


class Peer:
    """mail_dkim.pl, one line in, one line out."""

    def __init__(self, key, port):
        self.process = subprocess.Popen(["perl", os.path.join(HERE, "mail_dkim.pl"), key, port], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


def write(path, octets):
    with open(path, "wb") as f:
        f.write(octets)
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Bench:
    def __init__(self, folder):
        self.pem, record = make_key()
        self.zone = Zone({"rsa._domainkey.signer.example": record})
        self.dns = lambda name, timeout=5: self.zone.records.get(name.decode().rstrip("."))
        self.folder, self.written = folder, 0
        self.peer = Peer(write(os.path.join(folder, "key.pem"), self.pem), self.zone.address.split("@")[1])

    def path(self, octets):
        self.written += 1
        return write(os.path.join(self.folder, "%05d.eml" % self.written), octets)

    # --- signers: a list of (name, octets) ---

    def dkimpy_chains(self):
        for number, body in enumerate(BODIES):
            for length in (1, 2, 3, 5):
                for names in (None, [b"from", b"to", b"subject", b"x-empty", b"from"]):
                    sets = b""
                    for instance in range(length):
                        text = RESULTS % (b"pass" if instance else b"none") + HEADER + b"\r\n" + body
                        sets = b"".join(dkim.arc_sign(sets + text, b"rsa", b"signer.example", self.pem, b"signer.example", include_headers=names)) + sets
                    yield "dkimpy body %d, %d sets%s" % (number, length, ", own h=" if names else ""), sets + text

    def mail_dkim_chains(self):
        for number, body in enumerate(BODIES):
            for length in (1, 2, 3, 5, 8, 2, 3):
                path = self.path(HEADER + b"\r\n" + body)
                for instance in range(length):
                    write(path, RESULTS % (b"pass" if instance else b"none") + read(path))
                    answer = self.peer.ask("arc", "pass" if instance else "none", path)
                    assert answer == "sealed", answer
                yield "Mail::DKIM body %d, %d sets" % (number, length), read(path)

    def mail_dkim_domainkeys(self):
        for number, body in enumerate(BODIES):
            for method in ("simple", "nofws"):
                for headers in ("0", "1"):
                    for extra in (b"", b"Sender: joe@signer.example\r\nX-Empty: twice\r\n"):
                        path = self.path(HEADER + extra + b"\r\n" + body)
                        answer = self.peer.ask("dk", method, headers, path)
                        assert answer == "signed", answer
                        yield "DomainKeys %s body %d%s%s" % (method, number, " h=" if headers == "1" else "", " Sender" if extra else ""), read(path)

    # --- judges ---

    def ours(self, all_octets, key):
        paths = [self.path(octets) for octets in all_octets]
        done = subprocess.run([INKAN, "verify", "--json", "--offline", "--verify", "always", "--resolver", self.zone.address] + paths,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(rows) == len(paths), done.stderr
        return [row["evidence"][key]["result"] == "pass" for row in rows]

    def dkimpy_says(self, octets):
        try:
            return dkim.arc_verify(octets, dnsfunc=self.dns)[0] == b"pass"
        except Exception:  # dkimpy lets parser errors of hostile input out
            return False

    def mail_dkim_says(self, verb):
        return lambda octets: self.peer.ask(verb, self.path(octets)) == "pass"


def difference(message, at, we):
    """Why a judge may see a message with octet `at` changed otherwise than we do, or None."""
    if not we and message[at:at + 1] == b"=" and message[at + 1:at + 2] in b"=\r;":
        return "Mail::DKIM reads on behind the padding of base64; RFC 6376 §2.10 ends there"
    if we and message[at:at + 1] in b":\r\n\t ":
        return "dkimpy refuses a message with any malformed header line; h= names what is covered (RFC 6376 §5.4)"
    return None


def run(bench, name, messages, key, judge, totals):
    messages = list(messages)
    changed, what = [], []
    for title, octets in messages:
        changed.append(octets)
        what.append((title, None, None))
        for at in random.sample(range(len(octets)), PER_MESSAGE):
            changed.append(octets[:at] + (b"Q" if octets[at:at + 1] != b"Q" else b"8") + octets[at + 1:])
            what.append((title, at, octets))
    for (title, at, octets), message, we in zip(what, changed, bench.ours(changed, key)):
        they = judge(message)
        good = we and they if at is None else we == they
        why = None if good or at is None else difference(octets, at, we)
        if why:
            totals["explained"][why] = totals["explained"].get(why, 0) + 1
            continue
        totals["passed" if good else "failed"] += 1
        if not good:
            print("FAIL %s%s: ours %s, theirs %s" % (title, "" if at is None else ", octet %d in %r" % (at, octets[max(0, at - 30):at + 10]), we, they))
    print("%s: %d messages, %d with one octet changed" % (name, len(messages), len(changed) - len(messages)))


def main():
    random.seed(int(os.environ.get("SEED", "8617")))
    totals = {"passed": 0, "failed": 0, "explained": {}}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        run(bench, "dkimpy ARC", bench.dkimpy_chains(), "arc", bench.dkimpy_says, totals)
        run(bench, "Mail::DKIM ARC", bench.mail_dkim_chains(), "arc", bench.mail_dkim_says("check-arc"), totals)
        run(bench, "Mail::DKIM DomainKeys", bench.mail_dkim_domainkeys(), "domainKeys", bench.mail_dkim_says("check-dk"), totals)
        bench.peer.stop()
        bench.zone.stop()
    for why, count in totals["explained"].items():
        print("%d differences: %s" % (count, why))
    print("%d passed, %d failed, 0 skipped" % (totals["passed"], totals["failed"]))
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
