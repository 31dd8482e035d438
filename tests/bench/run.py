#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""make bench: `inkan verify` beside the floor of its cryptography, in one run, over 2,000 mails of mixed size.

Every round measures every row once, so that ratios are taken between neighbours in time; the table shows medians.
The messages of a second pass count: keys are parsed and answers cached, as in a process that has lived for a minute.
  floor                 every file read, every octet hashed once, one public-key operation a signature, keys ready
  floor + canonical     the same over the relaxed canonical body, made in the plain way
  auth/dkim alone       this project's DKIM room in one thread, zone in memory, no JSON
  inkan verify          the whole program: --jobs 1, a real DNS server on loopback, JSON written to a file;
                        second pass = the corpus named twice less the corpus named once
A row of another verifier is a class like Inkan below, added to rows()."""
import argparse, glob, json, os, socket, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "service", "servers"))
sys.path.insert(0, HERE)
import corpus
from knot import Knot

TARGET = 0.65  # of the floor, whole corpus


class Driver:
    """A program of ours that prints "WALL CPU COUNT" for each pass."""

    def __init__(self, name, *command):
        self.name, self.command = name, list(command)

    def later_pass(self, files, passes):
        done = subprocess.run(self.command + [str(passes)] + files, stdout=subprocess.PIPE, text=True, check=True)
        rows = [line.split() for line in done.stdout.split("\n")[1:-1]]
        return tuple(statistics.mean(float(row[i]) for row in rows) for i in (0, 1))


class Inkan:
    """The program as people run it; one process for each measurement."""

    def __init__(self, program, port, out):
        self.name, self.out = "inkan verify", out
        self.command = [program, "verify", "--json", "--offline", "--verify", "always", "--jobs", "1",
                        "--border", corpus.BORDER, "--resolver", "127.0.0.1@%d" % port, "--now", str(corpus.NOW)]

    def once(self, files):
        start = time.monotonic()
        with open(self.out, "wb") as out:
            process = subprocess.Popen(self.command + files, stdin=subprocess.DEVNULL, stdout=out)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit("inkan verify: exit %d" % process.returncode)
        return time.monotonic() - start, usage.ru_utime + usage.ru_stime

    def later_pass(self, files, passes):
        first, all_of_them = self.once(files), self.once(files * passes)
        return tuple((b - a) / (passes - 1) for a, b in zip(first, all_of_them))


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


def table(title, names, rounds, count):
    """rounds: [{name: (wall, cpu)}]"""
    print("\n%s, %d messages, %d rounds" % (title, count, len(rounds)))
    print("%-20s %28s   %8s %8s   %18s" % ("", "messages/s  (min - max)", "of floor", "by CPU", "of floor+canonical"))
    ratios = {}
    for name in names:
        speeds = sorted(count / r[name][0] for r in rounds)
        of = lambda other, i: statistics.median(r[other][i] / r[name][i] for r in rounds)
        ratios[name] = of("floor", 0)
        print("%-20s %10.0f (%7.0f - %7.0f)   %7.0f%% %7.0f%%   %17.0f%%" % (
            name, statistics.median(speeds), speeds[0], speeds[-1], 100 * ratios[name], 100 * of("floor", 1),
            100 * of("floor + canonical", 0)))
    return ratios


def rows(build, directory, port, out):
    floor, dkim = (os.path.join(build, "tests/bench", name) for name in ("drive_floor", "drive_dkim"))
    return [Driver("floor", floor, "floor", directory), Driver("floor + canonical", floor, "canon", directory),
            Driver("auth/dkim alone", dkim, directory, str(corpus.NOW)), Inkan(os.path.join(build, "inkan"), port, out)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build")
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--passes", type=int, default=2, help="corpus named so often less the corpus named once; more for a busy machine")
    p.add_argument("--scale", type=float, default=1.0, help="of the corpus; 1 = 2,000 mails")
    p.add_argument("--classes", action="store_true", help="each size by itself as well")
    a = p.parse_args()
    directory = os.path.abspath(os.path.join(a.build, "bench", "corpus"))
    print("corpus: %s (made once)" % directory, flush=True)
    corpus.generate(directory, a.scale)
    with open(os.path.join(directory, "expected.tsv")) as f:
        label = {int(line.split("\t")[0]): line.split("\t")[1] for line in f}
    files = sorted(glob.glob(os.path.join(directory, "mails", "*.eml")))
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with open(os.path.join(directory, "zone.txt")) as f:
        zones = {"example.": (f.read(), "unsigned")}
    with Knot(os.path.join(a.build, "bench", "knot"), port, zones):
        measured = rows(a.build, directory, port, os.path.join(a.build, "bench", "answers.json"))
        inkan = measured[-1]
        same, other = agreement(inkan, directory, files)
        print("results: %d of %d messages as generated%s" % (same, len(files), "; first other: " + other if other else ""))
        groups = [("all sizes", files)]
        if a.classes:
            groups += [(size, [f for f in files if label[int(os.path.basename(f)[:5])] == size] * (1 if count > 500 else 5))
                       for size, _, count in corpus.SIZES]
        for title, group in groups:
            rounds = []
            for i in range(a.rounds):
                print("\r%s: round %d of %d " % (title, i + 1, a.rounds), end="", file=sys.stderr, flush=True)
                rounds.append({row.name: row.later_pass(group, a.passes) for row in measured})
            print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
            ratios = table(title, [row.name for row in measured], rounds, len(group))
            if title == "all sizes":
                reached = ratios[inkan.name] >= TARGET
                print("target: %.0f%% of the floor: %s" % (100 * TARGET, "reached" if reached else "missed"))
        idle, peak = memory(inkan, files)
        largest = max(map(os.path.getsize, files)) / 2**20
        print("\nmemory of inkan verify: idle %.1f MB, peak %.1f MB, largest message %.1f MB; target idle + largest + 4 MB: %s" % (
            idle, peak, largest, "kept" if peak <= idle + largest + 4 else "exceeded by %.1f MB" % (peak - idle - largest - 4)))
    return 0 if same == len(files) else 1


if __name__ == "__main__":
    sys.exit(main())
