#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What opendkim, dkimpy, Mail::DKIM and rspamd sign, `inkan verify` passes, in every canonicalisation and with every kind of key
they offer, and they pass each other's (what we verify, they verify). Every octet that is covered and no white space, changed in
turn, never passes (of long messages a share of them: INTEROP=all for all, 750,000, in minutes). With other octets changed, one at a time, the answer is that of the others, or the difference is named.

Closing line: "N passed, N failed, N skipped"."""
import json, os, random, re, subprocess, sys, tempfile

try:
    import authres, dkim  # dkimpy seals with authres
    subprocess.run(["perl", "-MMail::DKIM", "-e1"], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["rspamd", "--version"], check=True, stdout=subprocess.DEVNULL)
except (ImportError, OSError, subprocess.CalledProcessError) as missing:
    print("skipped: %s\n0 passed, 0 failed, 1 skipped" % missing)
    sys.exit(0)

from interop_signers import DOMAIN, Dkimpy, MailDkim, OpenDkim, RspamdPeer, make_keys
from servers.ports import free_port
from servers.rspamd import Rspamd
from test_verify import INKAN, Zone

BATCH = 2000  # files a run of inkan
LONG, SHARE = 1000, 250  # of a message with more covered octets than LONG, SHARE of them are changed
UNCOVERED = 4  # octets of each message, changed one at a time, that all judges are asked about
WHITE = b" \t\r\n"
NAMES = {"dkim": b"dkim-signature", "arc": b"arc-message-signature", "domainKeys": b"domainkey-signature"}


# --- ours --------------------------------------------------------------------------------------------

class Ours:
    def __init__(self, folder, zone):
        self.folder, self.zone = folder, zone

    def says(self, kind, messages):
        """-> whether each passed. Files are written anew for every run."""
        answers = []
        for start in range(0, len(messages), BATCH):
            paths = []
            for number, octets in enumerate(messages[start:start + BATCH]):
                paths.append("%s/%d" % (self.folder, number))
                with open(paths[-1], "wb") as f:
                    f.write(octets)
            done = subprocess.run([INKAN, "verify", "--json", "--offline", "--verify", "always", "--jobs", "2", "--resolver", self.zone.address] + paths,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
            lines = done.stdout.splitlines()
            if len(lines) != len(paths):
                raise RuntimeError(done.stderr)
            answers += [b'"result":"pass"' in line and self.passed(kind, json.loads(line)["evidence"][kind]) for line in lines]
        return answers

    @staticmethod
    def passed(kind, evidence):
        return [s["result"] for s in evidence] == ["pass"] if kind == "dkim" else evidence["result"] == "pass"


# --- what is covered ---------------------------------------------------------------------------------

def split_fields(octets):
    """-> [(start, end, lower name)] of the fields, and where the body begins."""
    at, fields = 0, []
    while octets[at:at + 2] != b"\r\n":
        end = at
        while True:
            end = octets.index(b"\r\n", end) + 2
            if octets[end:end + 1] not in (b" ", b"\t"):
                break
        fields.append((at, end, octets[at:octets.index(b":", at)].strip().lower()))
        at = end
    return fields, at + 2


def tag(field, name):
    found = re.search(rb"[;:\s]%s\s*=([^;]*)" % name, field)
    return found and re.sub(rb"\s", b"", found.group(1))


def signed_fields(octets, fields, kind):
    """The fields that the (newest) signature covers, itself included, as indices."""
    own = next(i for i, f in enumerate(fields) if f[2] == NAMES[kind])
    text = octets[fields[own][0]:fields[own][1]]
    names = (tag(text, b"h") or b"").lower().split(b":")
    if kind == "domainKeys":  # RFC 4870 §3.2.3: below the signature; h= names every copy
        return [i for i in range(own + 1, len(fields)) if names == [b""] or fields[i][2] in names]
    chosen = [own]
    for name in names:
        chosen += [i for i in range(len(fields) - 1, -1, -1) if fields[i][2] == name and i not in chosen][:1]
    if kind == "arc":  # the seals hash every set
        chosen += [i for i, f in enumerate(fields) if f[2].startswith(b"arc-") and i not in chosen]
    return chosen


def loose_end(octets, fields, kind):
    """Where the last digit of base64 lies whose spare bits decode to nothing: positions that a change may leave as they were."""
    name = {"arc": b"arc-seal"}.get(kind, NAMES[kind])
    start, end, _ = next(f for f in fields if f[2] == name)
    value = start + [m.start() for m in re.finditer(rb"[;\s]b=", octets[start:end])][-1] + 3
    stop = octets.find(b";", value, end)
    digits = [i for i in range(value, stop if stop > 0 else end) if octets[i] not in WHITE]
    pads = sum(octets[i] == ord("=") for i in digits)
    return set(digits[-pads - 1:]) if pads else set()


def covered(octets, kind):
    """Positions of the octets whose change no canonicalisation undoes and some hash sees."""
    fields, body = split_fields(octets)
    spans = [fields[i][:2] for i in signed_fields(octets, fields, kind)] + [(body, len(octets))]
    if kind == "domainKeys":  # the signature is not hashed: of its own field b= alone
        start, end, _ = next(f for f in fields if f[2] == NAMES[kind])
        at = start + re.search(rb"[;\s]b=", octets[start:end]).end()
        stop = octets.find(b";", at, end)
        spans.append((at, stop if stop > 0 else end))
    loose = loose_end(octets, fields, kind)
    return sorted(i for start, end in spans for i in range(start, end) if octets[i] not in WHITE and i not in loose)


def change(octets, at):
    return octets[:at] + (b"Q" if octets[at] not in b"qQ" else b"X") + octets[at + 1:]


# --- differences -------------------------------------------------------------------------------------

def has_line_without_colon(octets):
    """A header line that is no field and no continuation."""
    header = octets[:octets.index(b"\r\n\r\n") if b"\r\n\r\n" in octets else None]
    return any(line[:1] not in (b" ", b"\t") and not re.match(rb"[!-9;-~]+[ \t]*:", line) for line in header.split(b"\r\n"))


def difference(judge, kind, octets, at, we):
    """Why a judge may see a message otherwise than we do, with octet `at` of it changed (None: none is), or None."""
    changed = octets if at is None else change(octets, at)
    unended = {"opendkim": rb"c=\w+/relaxed", "Mail::DKIM": rb"c=\w+/simple"}.get(judge)
    if we and unended and re.search(unended, octets) and not changed.endswith(b"\r\n"):
        return "%s ends no body of that form that lacks its last CRLF; RFC 6376 §3.4.3 and §3.4.4 do" % judge
    if at is None:
        return None
    if not we and octets[at] == ord("=") and octets[at + 1] in b"=\r;":
        return "%s reads on behind the padding of base64; the base64string of RFC 6376 §2.10 ends there" % judge
    if octets[at] in b"\r\n":
        return "%s reads lines that a bare CR or LF ends in its own way; RFC 5322 §2.3 allows none, RFC 6376 §3.4 and §5.3 hash CRLF" % judge
    if we and judge in ("dkimpy", "opendkim") and has_line_without_colon(changed):
        return "%s refuses a message with a malformed header line; RFC 6376 §5.4 hashes the fields that h= names, and those are whole" % judge
    return None


# --- the run -----------------------------------------------------------------------------------------

class Run:
    def __init__(self, ours, judges):
        self.ours, self.judges = ours, judges
        self.passed, self.failed, self.explained = 0, 0, {}

    def note(self, good, what):
        self.passed += good
        self.failed += not good
        if not good:
            print("FAIL " + what)

    def signer(self, peer):
        messages, counts = list(peer.messages()), []
        for step in (self.originals, self.every_covered_octet, self.other_octets):
            before = self.passed
            step(messages)
            counts.append(self.passed - before)
        print("%s: %d messages; %d answers about them, %d changes that do not pass, %d answers about other changes" % (peer.name, len(messages), *counts), flush=True)

    def originals(self, messages):
        """We pass all of them, and so does every judge that knows the mechanism and the key."""
        for kind in NAMES:
            mine = [(title, octets) for title, octets, k in messages if k == kind]
            for (title, octets), we in zip(mine, self.ours.says(kind, [octets for _, octets in mine])):
                self.note(we, "%s: not passed" % title)
                for judge in self.asked(kind, octets):
                    they = judge.says(kind, octets)
                    if not they and (why := difference(judge.name, kind, octets, None, we)):
                        self.explain(why)
                    else:
                        self.note(they, "%s: %s does not pass it" % (title, judge.name))

    def asked(self, kind, octets):
        selector = re.search(rb"[;\s]s=\s*(\w+)", octets).group(1).decode()
        return [judge for judge in self.judges if judge.judges(kind, selector)]

    def explain(self, why):
        self.explained[why] = self.explained.get(why, 0) + 1

    @staticmethod
    def turns(number, octets, kind):
        """Which octets to change; the messages of a signer, which differ little, begin at different ones."""
        at = covered(octets, kind)
        step = 1 if len(at) <= LONG or os.environ.get("INTEROP") == "all" else len(at) // SHARE
        return at[number % step::step]

    def every_covered_octet(self, messages):
        for kind in NAMES:
            work = [(title, octets, at) for number, (title, octets, k) in enumerate(messages) if k == kind for at in self.turns(number, octets, kind)]
            for start in range(0, len(work), BATCH):
                part = work[start:start + BATCH]
                for (title, octets, at), we in zip(part, self.ours.says(kind, [change(octets, at) for _, octets, at in part])):
                    self.note(not we, "%s: octet %d changed, in %r, and passes" % (title, at, octets[max(0, at - 30):at + 10]))

    def other_octets(self, messages):
        for kind in NAMES:
            work = []
            for title, octets, k in messages:
                rest = sorted(set(range(len(octets))) - set(covered(octets, k))) if k == kind else []
                work += [(title, octets, at) for at in random.sample(rest, min(len(rest), UNCOVERED))]
            for (title, octets, at), we in zip(work, self.ours.says(kind, [change(octets, at) for _, octets, at in work])):
                for judge in self.asked(kind, octets):
                    they = judge.says(kind, change(octets, at))
                    if they != we and (why := difference(judge.name, kind, octets, at, we)):
                        self.explain(why)
                    else:
                        self.note(they == we, "%s: octet %d changed, in %r: ours %s, %s %s" % (
                            title, at, octets[max(0, at - 30):at + 10], we, judge.name, they))


def main():
    random.seed(int(os.environ.get("SEED", "6376")))
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:  # 200,000 files, each read once
        keys = make_keys(folder)
        zone = Zone({"%s._domainkey.%s" % (k.selector, DOMAIN): k.record for k in keys})
        dns_port = zone.address.split("@")[1]
        with Rspamd(os.path.join(folder, "rspamd"), free_port(), int(dns_port)) as server:
            peers = [OpenDkim(folder, keys), Dkimpy(folder, keys), MailDkim(folder, keys, dns_port), RspamdPeer(keys, server)]
            run = Run(Ours(folder, zone), peers)
            for peer in peers:
                run.signer(peer)
            for peer in peers:
                peer.stop()
        zone.stop()
    for why, count in run.explained.items():
        print("%d differences: %s" % (count, why))
    print("%d passed, %d failed, 0 skipped" % (run.passed, run.failed))
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
