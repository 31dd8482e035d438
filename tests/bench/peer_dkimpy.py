#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""dkimpy and pyspf over the corpus, the zone in memory: every DKIM signature, ARC, SPF. No DMARC, no JSON.

usage: peer_dkimpy.py CORPUS PASSES FILE...        a line for each pass: seconds, seconds of CPU, signatures that passed"""
import os, sys, time

import dkim, spf

import corpus


def main():
    directory, passes, files = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    zone, sessions = corpus.read_zone(directory), corpus.read_sessions(directory)

    def find_key(name, timeout=5):
        texts = zone.get((name.decode().rstrip(".").lower(), "TXT"))
        return texts[0].encode() if texts else None

    def look_up(name, kind, tcpfallback=True, timeout=30):
        values = zone.get((name.rstrip(".").lower(), kind), [])
        shape = {"TXT": lambda v: (v.encode(),), "MX": lambda v: (int(v.split()[0]), v.split()[1].rstrip("."))}.get(kind, lambda v: v)
        return [((name, kind), shape(value)) for value in values]

    spf.DNSLookup = look_up
    for _ in range(passes):
        start, start_cpu, passed = time.monotonic(), time.process_time(), 0
        for path in files:
            with open(path, "rb") as f:
                octets = f.read()
            verifier = dkim.DKIM(octets)
            for i in range(sum(name.lower() == b"dkim-signature" for name, _ in verifier.headers)):
                try:
                    passed += verifier.verify(i, dnsfunc=find_key)
                except dkim.DKIMException:
                    pass
            dkim.ARC(octets).verify(dnsfunc=find_key)
            address, helo, mail_from = sessions[os.path.basename(path)]
            spf.check2(address, mail_from, helo)
        print("%.6f %.6f %d" % (time.monotonic() - start, time.process_time() - start_cpu, passed), flush=True)


if __name__ == "__main__":
    main()
