#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""make bench: `inkan verify` beside the floor of its cryptography and beside the verifiers of others, in one run, over 2,000
mails of mixed size.

Every round measures every row once, so that ratios are taken between neighbours in time; the table shows medians.
The messages of later passes count: keys are parsed and answers cached, as in a process that has lived for a minute.
  floor                 every file read, every octet hashed once, one public-key operation a signature, keys ready; OpenSSL
                        for all of it, while the program asks libsodium for Ed25519, in about half the time
  floor + canonical     the same over the relaxed canonical body, made in the plain way
  auth/dkim alone       this project's DKIM room in one thread, zone in memory, no JSON
  inkan verify          the whole program, DKIM + ARC + SPF + DMARC: --jobs 1, a real DNS server on loopback, JSON written to
                        a file; after the first pass it waits at a named pipe, and what comes behind that is measured
  inkan verify x 2      the same with --jobs 2
  two processes         two of --jobs 1 side by side, which share nothing: what a second processor is worth on this machine
  opendkim              its library, keys in memory; DKIM only
  dkimpy                DKIM, ARC, and SPF by pyspf; zone in memory
  Mail::DKIM            DKIM without Ed25519, ARC, and SPF by Mail::SPF; answers kept
  mailauth              DKIM, ARC, SPF, DMARC; zone in memory
  rspamd                DKIM, ARC, SPF, DMARC over HTTP, and what it does besides (MIME, text); by CPU: its worker's
Peers take part in the first rounds only (--peer-rounds): they are slow."""
import argparse, glob, json, os, socket, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "service"))
sys.path.insert(0, HERE)
import corpus, smime_corpus
from servers.knot import Knot
from servers.rspamd import Rspamd

FLOOR, CANONICAL, PROCESSES = "floor", "floor + canonical", "two processes"
TARGETS = {"all sizes": (0.75, 0.80)}  # of the floor, of floor + canonical
CLASS_TARGETS = (0.60, 0.65)
AUTHRES_TARGET, THREADS_TARGET, SMIME_TARGET = 0.60, 1.8, 0.50
PEER_PASSES = 2  # they are slow enough for one to be measured
REPEATED = 5  # a class of few mails is named so often; peers see it once


class Driver:
    """A program that prints "WALL CPU COUNT" for each pass."""

    def __init__(self, name, *command, peer=False):
        self.name, self.command, self.peer = name, list(command), peer

    def later_pass(self, files, passes):
        done = subprocess.run(self.command + [str(passes)] + files, stdout=subprocess.PIPE, text=True, check=True)
        rows = [line.split() for line in done.stdout.split("\n")[1:-1]]
        return tuple(statistics.mean(float(row[i]) for row in rows) for i in (0, 1))


class RspamdPeer:
    """A server of its own: the time of its client, the CPU of its worker."""
    name, peer = "rspamd", True

    def __init__(self, directory, port, dns_port, mails):
        self.sessions = corpus.read_sessions(mails)
        self.server = Rspamd(directory, port, dns_port, ("arc", "spf", "dmarc"))

    def cpu(self):
        with open("/proc/%d/task/%d/children" % (2 * (self.server.process.pid,))) as f:
            children = f.read().split()
        ticks = 0
        for pid in children:
            with open("/proc/%s/stat" % pid) as f:
                ticks += sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def once(self, files):
        start, start_cpu = time.monotonic(), self.cpu()
        for path in files:
            address, helo, mail_from = self.sessions[os.path.basename(path)]
            with open(path, "rb") as f:
                self.server.post(f.read(), {"IP": address, "Helo": helo, "From": mail_from})
        return time.monotonic() - start, self.cpu() - start_cpu

    def later_pass(self, files, passes):
        for _ in range(passes):
            figures = self.once(files)
        return figures


class Inkan:
    """The program as people run it; one process for each measurement."""

    peer = False

    def __init__(self, program, port, out, jobs=1):
        self.name, self.out, self.jobs = "inkan verify" + (" x %d" % jobs if jobs > 1 else ""), out, jobs
        self.command = [program, "verify", "--json", "--offline", "--verify", "always", "--jobs", str(jobs),
                        "--border", corpus.BORDER, "--resolver", "127.0.0.1@%d" % port, "--now", str(corpus.NOW)]

    def start(self, files):
        with open(self.out, "wb") as out:
            return subprocess.Popen(self.command + files, stdin=subprocess.DEVNULL, stdout=out)

    def finish(self, process):
        """-> seconds of CPU"""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit("inkan verify: exit %d" % process.returncode)
        return usage.ru_utime + usage.ru_stime

    def once(self, files):
        self.finish(self.start(files))

    def start_gated(self, files, passes):
        """Each thread stops at a pipe of its own after the first pass: keys are parsed then, and answers cached."""
        gate = Gate(self.out + ".gate", self.jobs)
        return self.start(files + gate.paths + files * (passes - 1)), gate

    def later_pass(self, files, passes):
        return later_pass([self], files, passes)


class TwoProcesses:
    """Twice the files in the time of the slower one: half of both for the files once."""

    name, peer = PROCESSES, False

    def __init__(self, *inkans):
        self.inkans = inkans

    def later_pass(self, files, passes):
        return later_pass(self.inkans, files, passes)


class Gate:
    """Named pipes that hold whoever reads them until they are opened; what comes out is a message of one line."""

    def __init__(self, path, n):
        self.paths = ["%s.%d" % (path, i) for i in range(n)]
        for path in self.paths:
            if os.path.exists(path):
                os.unlink(path)
            os.mkfifo(path)

    def reached(self, process):
        """Waits until somebody stands at each pipe."""
        self.writers = []
        for path in self.paths:
            while True:
                try:
                    self.writers.append(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                    break
                except OSError:  # ENXIO: nobody reads yet
                    if process.poll() is not None:
                        sys.exit("inkan verify: ended before its pipe, exit %d" % process.returncode)
                    time.sleep(0.002)

    def open(self):
        for path, writer in zip(self.paths, self.writers):
            os.write(writer, b"From: a@example.org\r\n\r\n")
            os.close(writer)
            os.unlink(path)


def cpu_so_far(process):
    """Seconds, of every thread that lives."""
    ns = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % process.pid):
        with open(path) as f:
            ns += int(f.read().split()[0])
    return ns / 1e9


def later_pass(inkans, files, passes):
    """-> (wall, CPU) of the files once, all keys and answers known, shared out among `inkans`."""
    running = [inkan.start_gated(files, passes) for inkan in inkans]
    for process, gate in running:
        gate.reached(process)
    before = sum(cpu_so_far(process) for process, _ in running)
    start = time.monotonic()
    for _, gate in running:
        gate.open()
    cpu = sum([inkan.finish(process) for inkan, (process, _) in zip(inkans, running)]) - before
    share = len(running) * (passes - 1)
    return (time.monotonic() - start) / share, cpu / share


# --- memory ------------------------------------------------------------------------------------------

def status_kb(pid, field):
    with open("/proc/%d/status" % pid) as f:
        return next((int(line.split()[1]) for line in f if line.startswith(field + ":")), 0)


def memory(inkan, files):
    """-> MB of RSS (idle after one small message, peak over the corpus)."""
    small = min(files, key=os.path.getsize)
    process = subprocess.Popen(inkan.command + [small, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    time.sleep(1)  # it has answered for the first and waits for the second
    idle = status_kb(process.pid, "VmRSS")
    process.communicate(b"From: a@example.org\r\n\r\n")
    peak = 0
    process = subprocess.Popen(inkan.command + files, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            peak = max(peak, status_kb(process.pid, "VmHWM"))  # never falls: the last look counts
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.005)
    return idle / 1024, peak / 1024


# --- results -----------------------------------------------------------------------------------------

def agreement(inkan, directory, files):
    """How many messages got the result that each signature must have. -> (same, first that differs)"""
    inkan.once(files)
    with open(os.path.join(directory, "expected.tsv")) as f:
        expected = {int(cells[0]): cells for cells in (line.rstrip("\n").split("\t") for line in f)}
    same, other = 0, None
    with open(inkan.out, "rb") as f:
        for line in f:
            answer = json.loads(line)
            number = int(os.path.basename(answer["file"])[:5])
            evidence = answer["evidence"]
            got = [",".join(s["result"] or "null" for s in evidence["dkim"]) or "none"]
            got += [str(evidence[key]["result"]).lower() for key in ("arc", "spf", "dmarc")]
            same += got == expected[number][3:7]
            if got != expected[number][3:7]:
                other = other or "%s (%s): wanted %s, got %s" % (answer["file"], expected[number][2], expected[number][3:7], got)
    return same, other


def measure(rows, group, repeated, i, a):
    """One round. -> {name: (wall, cpu)} of as many messages as `group` holds"""
    figures = {}
    for row in rows:
        if row.peer and i >= a.peer_rounds:
            continue
        files = group[:len(group) // repeated] if row.peer else group
        scale = len(group) / len(files)
        figures[row.name] = tuple(scale * each for each in row.later_pass(files, PEER_PASSES if row.peer else a.passes))
    return figures


def ratio(rounds, name, other, i=0):
    """How fast `name` is beside `other`, of rounds that have both; 0: wall, 1: CPU."""
    return statistics.median(r[other][i] / max(r[name][i], 1e-9) for r in rounds if name in r)


def table(title, names, rounds, count):
    print("\n%s, %d messages, %d rounds" % (title, count, len(rounds)))
    print("%-20s %28s   %8s %8s   %18s %8s" % ("", "messages/s  (min - max)", "of floor", "by CPU", "of floor+canonical", "by CPU"))
    for name in names:
        speeds = sorted(count / r[name][0] for r in rounds if name in r)
        if speeds:
            print("%-20s %10.0f (%7.0f - %7.0f)   %7.0f%% %7.0f%%   %17.0f%% %7.0f%%" % (
                name, statistics.median(speeds), speeds[0], speeds[-1], *(100 * ratio(rounds, name, other, i) for other in (FLOOR, CANONICAL) for i in (0, 1))))
    for what, target in zip((FLOOR, CANONICAL), TARGETS.get(title, CLASS_TARGETS)):
        reached, by_cpu = ratio(rounds, "inkan verify", what), ratio(rounds, "inkan verify", what, 1)
        print("target: %.0f%% of %s: %s (%.0f%%, by CPU %.0f%%)" % (100 * target, what, "reached" if reached >= target else "missed", 100 * reached, 100 * by_cpu))
    threads = ratio(rounds, "inkan verify x 2", "inkan verify")
    print("target: two threads %.1f x one: %s (%.2f; two processes: %.2f)" % (
        THREADS_TARGET, "reached" if threads >= THREADS_TARGET else "missed", threads, ratio(rounds, PROCESSES, "inkan verify")))


def authres_table(build, directory, rounds):
    path, count = corpus.write_authres(directory), 5000
    driver = os.path.join(build, "tests/bench/drive_authres")
    figures = []
    for _ in range(rounds):
        figures.append({mode: Driver(mode, driver, mode).later_pass([path], 20) for mode in ("floor", "parse")})
    print("\nAuthentication-Results, %d fields, %d rounds" % (count, rounds))
    for mode, name in (("floor", "one pass over quotes and comments"), ("parse", "auth/authres")):
        print("%-34s %10.0f fields/s" % (name, count / statistics.median(f[mode][0] for f in figures)))
    reached = ratio(figures, "parse", "floor")
    print("target: %.0f%% of the one pass: %s (%.0f%%, by CPU %.0f%%)" % (
        100 * AUTHRES_TARGET, "reached" if reached >= AUTHRES_TARGET else "missed", 100 * reached, 100 * ratio(figures, "parse", "floor", 1)))


def smime_table(build, directory, rounds):
    """The floor: every octet hashed, and three operations with ready keys: the signer's, its certificate's, the intermediate's."""
    files = smime_corpus.generate(directory)
    program = lambda name: os.path.join(build, "tests/bench", name)
    drivers = (Driver(FLOOR, program("drive_floor"), FLOOR, directory), Driver("verify", program("drive_smime"), directory, str(corpus.NOW)))
    figures = [{driver.name: driver.later_pass(files, 4) for driver in drivers} for _ in range(rounds)]
    print("\nS/MIME, %d mails of 2 KB of text, %d rounds" % (len(files), rounds))
    for name, label in ((FLOOR, "hash and three operations"), ("verify", "trust/evaluate_sign, chains kept")):
        print("%-34s %10.0f messages/s" % (label, len(files) / statistics.median(f[name][0] for f in figures)))
    reached = ratio(figures, "verify", FLOOR)
    print("target: %.0f%% of the floor: %s (%.0f%%, by CPU %.0f%%)" % (
        100 * SMIME_TARGET, "reached" if reached >= SMIME_TARGET else "missed", 100 * reached, 100 * ratio(figures, "verify", FLOOR, 1)))


def derive_table(build, directory, files, rounds):
    """Microseconds of a verdict from evidence, and of fifty records: read from the store, and read and decoded."""
    driver = os.path.join(build, "tests/bench/drive_verdict")
    done = [subprocess.run([driver, directory, os.path.join(build, "bench", "verdicts.sqlite"), str(corpus.NOW)] + files, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
            for _ in range(rounds)]
    print("\nVerdicts, %d rounds" % rounds)
    for i, (label, target) in enumerate((("derived from evidence", 20), ("50 records read", 1000), ("50 records read and decoded", None))):
        micros = statistics.median(float(row[i]) for row in done)
        print("%-34s %10.1f us%s" % (label, micros, "   target: %d us: %s" % (target, "reached" if micros <= target else "missed") if target else ""))


def rows(build, directory, port, out, node):
    program = lambda name: os.path.join(build, "tests/bench", name)
    inkan = os.path.join(build, "inkan")
    script = lambda name: os.path.join(HERE, name)
    return [Driver(FLOOR, program("drive_floor"), "floor", directory), Driver(CANONICAL, program("drive_floor"), "canon", directory),
            Driver("auth/dkim alone", program("drive_dkim"), directory, str(corpus.NOW)), Inkan(inkan, port, out), Inkan(inkan, port, out, 2),
            TwoProcesses(Inkan(inkan, port, out), Inkan(inkan, port, out + ".second")),
            Driver("opendkim", program("drive_opendkim"), directory, peer=True),
            Driver("dkimpy", sys.executable, "-W", "ignore", script("peer_dkimpy.py"), directory, peer=True),
            Driver("Mail::DKIM", "perl", script("peer_mail_dkim.pl"), directory, str(port), peer=True)] + (
            [Driver("mailauth", node, script("peer_mailauth.mjs"), directory, peer=True)] if os.path.exists(node) else [])


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build")
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--peer-rounds", type=int, default=2, help="rounds in which the verifiers of others take part; 0: none")
    p.add_argument("--passes", type=int, default=4, help="corpus named so often; the first is not measured")
    p.add_argument("--scale", type=float, default=1.0, help="of the corpus; 1 = 2,000 mails")
    p.add_argument("--classes", action=argparse.BooleanOptionalAction, default=True, help="each size by itself as well")
    a = p.parse_args()
    directory = os.path.abspath(os.path.join(a.build, "bench", "corpus"))
    print("corpus: %s (made once)" % directory, flush=True)
    corpus.generate(directory, a.scale)
    with open(os.path.join(directory, "expected.tsv")) as f:
        label = {int(line.split("\t")[0]): line.split("\t")[1] for line in f}
    files = sorted(glob.glob(os.path.join(directory, "mails", "*.eml")))
    port = free_port()
    with open(os.path.join(directory, "zone.txt")) as f:
        zones = {"example.": (f.read(), "unsigned")}
    rspamd = RspamdPeer(os.path.join(os.path.dirname(directory), "rspamd"), free_port(), port, directory)
    with Knot(os.path.join(a.build, "bench", "knot"), port, zones), rspamd.server:
        measured = rows(a.build, directory, port, os.path.join(a.build, "bench", "answers.json"),
                        os.path.join(HERE, "node_modules", ".bin", "node")) + [rspamd]
        inkan = next(row for row in measured if row.name == "inkan verify")
        same, other = agreement(inkan, directory, files)
        print("results of DKIM, ARC, SPF and DMARC: %d of %d messages as generated%s" % (same, len(files), "; first other: " + other if other else ""))
        groups = [("all sizes", files, 1)]
        if a.classes:
            groups += [(size, [f for f in files if label[int(os.path.basename(f)[:5])] == size] * (1 if count > 500 else REPEATED), 1 if count > 500 else REPEATED)
                       for size, _, count in corpus.SIZES]
        for title, group, repeated in groups:
            rounds = []
            for i in range(a.rounds):
                print("\r%s: round %d of %d " % (title, i + 1, a.rounds), end="", file=sys.stderr, flush=True)
                rounds.append(measure(measured, group, repeated, i, a))
            print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
            table(title, [row.name for row in measured], rounds, len(group))
        authres_table(a.build, directory, a.rounds)
        smime_table(a.build, os.path.join(a.build, "bench", "smime"), a.rounds)
        derive_table(a.build, directory, files[:50], a.rounds)
        idle, peak = memory(inkan, files)
        largest = max(map(os.path.getsize, files)) / 2**20
        print("\nmemory of inkan verify: idle %.1f MB, peak %.1f MB, largest message %.1f MB; target idle + largest + 4 MB: %s" % (
            idle, peak, largest, "kept" if peak <= idle + largest + 4 else "exceeded by %.1f MB" % (peak - idle - largest - 4)))
    return 0 if same == len(files) else 1


if __name__ == "__main__":
    sys.exit(main())
