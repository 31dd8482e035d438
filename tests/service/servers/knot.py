# SPDX-License-Identifier: MIT
"""A private authoritative DNS server (Knot) on loopback: zones from text, signed by itself where asked, and the trust
anchor that proves it. Zones know each other: a signed zone gets its DS into the configured zone above it, an
unsigned one is an insecure delegation, a "bogus" one has a DS that no key of it matches.

    with Knot(directory, port, {".": (text, "signed"), "bogus.example.": (text, "bogus")}) as knot: ...

`text` holds absolute records without the apex's SOA and NS ("name.example. 300 IN TXT ..."). Needs knot and
knot-dnssecutils; as root or not, any port."""
import os, secrets, shutil, socket, struct, subprocess, time

from servers.child import start

STATES = ("signed", "unsigned", "bogus")

CONFIG = """
server:
    rundir: "."
    pidfile: "knot.pid"
    listen: "127.0.0.1@%(port)d"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2
control:
    listen: "/proc/self/cwd/knot.sock"  # in this directory, however long its path: socket paths end at 107 octets
log:
  - target: stderr
    any: info
database:
    storage: "."
policy:
  - id: ecdsa
    algorithm: ecdsap256sha256
    single-type-signing: on
    ksk-lifetime: 0
    cds-cdnskey-publish: none
    signing-threads: 1
template:
  - id: default
    storage: "."
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    semantic-checks: off
zone:
"""
APEX = """%(zone)s 300 IN SOA ns.root-servers.example. nobody.example. 1 3600 600 86400 60
%(zone)s 300 IN NS ns.root-servers.example.
"""


class Knot:
    def __init__(self, directory, port, zones):
        self.directory, self.port = os.path.abspath(directory), port
        self.zones = {name.rstrip(".") + ".": zone for name, zone in zones.items()}
        for name, (_, state) in self.zones.items():
            if state not in STATES:
                raise ValueError("%s: %s is none of %s" % (name, state, ", ".join(STATES)))
        self.log = os.path.join(self.directory, "knot.log")
        self.trust_anchor_file = os.path.join(self.directory, "anchor.txt")
        self.process = None

    # --- what lies in the directory ----------------------------------------------------------------

    def parent(self, name):
        """The nearest configured zone above, or None."""
        while name != ".":
            name = name.split(".", 1)[1] or "."
            if name in self.zones:
                return name
        return None

    def signs(self, name):
        return self.zones[name][1] != "unsigned"

    def file_of(self, name):
        return (name.rstrip(".") or "root") + ".zone"

    def keymgr(self, zone, *words):
        done = subprocess.run(["keymgr", "-c", "knot.conf", zone] + list(words), cwd=self.directory, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise RuntimeError("keymgr %s %s: %s" % (zone, " ".join(words), done.stdout))
        return done.stdout

    def delegation(self, name):
        """What the zone above says of `name`: the keys' SHA-256 DS, for a bogus zone one of no key at all."""
        rows = ["%s 300 IN NS ns.root-servers.example." % name]
        if self.zones[name][1] == "bogus":
            rows.append("%s 300 IN DS 12345 13 2 %s" % (name, secrets.token_hex(32)))
        elif self.signs(name):
            rows += self.ds[name]
        return "\n".join(rows) + "\n"

    def write(self):
        os.makedirs(self.directory, mode=0o755, exist_ok=True)
        for old in ("keys", "journal", "timers", "knot.sock"):
            path = os.path.join(self.directory, old)
            shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
        with open(os.path.join(self.directory, "knot.conf"), "w") as f:
            f.write(CONFIG % {"port": self.port})
            for name in self.zones:
                f.write('  - domain: "%s"\n    file: "%s"\n' % (name, self.file_of(name)))
                if self.signs(name):
                    f.write("    dnssec-signing: on\n    dnssec-policy: ecdsa\n")
        self.ds = {}
        for name in filter(self.signs, self.zones):
            self.keymgr(name, "generate", "algorithm=ecdsap256sha256", "ksk=yes", "zsk=yes")
            # "NAME DS TAG ALGORITHM DIGEST-TYPE DIGEST", one line a digest type; 2 is SHA-256
            words = [line.split() for line in self.keymgr(name, "ds").splitlines()]
            self.ds[name] = ["%s 300 IN DS %s" % (name, " ".join(w[-4:])) for w in words if w[-2] == "2"]
        for name, (text, _) in self.zones.items():
            children = [z for z in self.zones if z != name and self.parent(z) == name]
            with open(os.path.join(self.directory, self.file_of(name)), "w", encoding="latin-1") as f:
                f.write(APEX % {"zone": name} + text + "".join(map(self.delegation, children)))
        with open(self.trust_anchor_file, "w") as f:
            for name in filter(self.signs, self.zones):
                if self.parent(name) is None:
                    f.write("\n".join(self.ds[name]) + "\n")

    # --- the process -------------------------------------------------------------------------------

    def start(self):
        """Returns when every zone is answered, signed ones with signatures. RuntimeError with the log's tail if not."""
        self.write()
        program = shutil.which("knotd") or shutil.which("knotd", path="/usr/sbin:/sbin")
        if not program:
            raise RuntimeError("knotd is not installed (package knot)")
        for attempts_left in range(9, -1, -1):
            with open(self.log, "wb") as log:
                self.process = start([program, "-c", "knot.conf"], cwd=self.directory, stdin=subprocess.DEVNULL,
                                     stdout=log, stderr=log)
            deadline = time.monotonic() + 120  # bounds a hang
            while self.process.poll() is None and time.monotonic() < deadline:
                if all(self.ready(name) for name in self.zones):
                    return self
                time.sleep(0.02)
            self.stop()
            with open(self.log, errors="replace") as log:
                said = log.readlines()
            # A resolver asks from random ports, of any range: one of its questions may have come from this one a moment ago.
            if not attempts_left or not any("cannot bind address" in line for line in said):
                raise RuntimeError("Knot did not start:\n" + "".join(said[-15:]))
            time.sleep(0.5)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def ready(self, name):
        """SOA of the zone, asked with DO: NOERROR, authoritative, and an RRSIG beside it in a signed zone."""
        labels = b"".join(bytes([len(l)]) + l.encode() for l in name.split(".") if l) + b"\0"
        query = struct.pack("!HHHHHH", 1, 0, 1, 0, 0, 1) + labels + struct.pack("!HH", 6, 1)
        query += b"\0" + struct.pack("!HHIH", 41, 1232, 0x8000, 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            try:
                s.sendto(query, ("127.0.0.1", self.port))
                reply = s.recv(4096)
            except OSError:
                return False
        flags, _, answers = struct.unpack("!HHH", reply[2:8])
        return flags & 0x040f == 0x0400 and answers == (2 if self.signs(name) else 1)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
