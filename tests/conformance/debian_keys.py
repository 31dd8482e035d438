#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes core/auth/dkim_debian.bin, the list of RSA keys of CVE-2008-0166, anew: `make debian-keys`. Every process id on every kind of
machine, two hours on two cores. test_debian_keys.py makes a few of them at every test and looks for them in the list."""
import concurrent.futures, os, subprocess, sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DRIVER = os.path.join(os.environ.get("INKAN_BUILD", os.path.join(TOP, "build")), "tests/conformance/drive_debian_keys")
LIST = os.path.join(TOP, "core/auth/dkim_debian.bin")
FINGERPRINT = 6  # octets
PIDS = 32768
# What is listed. openssl leaves a ~/.rnd behind, so that of a user's keys only the first is made without; those of 2048 bits take too long
# to be made for a first key too. Keys of the later OpenSSL without ~/.rnd on PowerPC and SPARC are not understood: none of the ways tried
# makes the ones that were published.
VARIANTS = [(1024, v) for v in ("le32-rnd", "le64-rnd", "le32-old", "le64-old", "le32-new", "le64-new", "be32-rnd", "be32-old")] + \
           [(2048, v) for v in ("le32-rnd", "le64-rnd")]


def keys(bits, variant, first, last):
    """(process id, fingerprint as 12 hexadecimal digits, is it listed) for each."""
    out = subprocess.run([DRIVER, str(bits), variant, str(first), str(last)], check=True, stdout=subprocess.PIPE, cwd=TOP).stdout.decode()
    for line in out.splitlines():
        pid, fingerprint, state = line.split()
        yield int(pid), fingerprint, state == "listed"


def main():
    slices = [(bits, variant, first, first + 255) for bits, variant in VARIANTS for first in range(0, PIDS, 256)]
    found = set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for n, some in enumerate(pool.map(lambda s: [f for _, f, _ in keys(*s)], slices), 1):
            found.update(some)
            print("\r%d of %d" % (n * 256, len(slices) * 256), end="", file=sys.stderr, flush=True)
    with open(LIST, "wb") as file:
        file.writelines(bytes.fromhex(fingerprint) for fingerprint in sorted(found))
    print("\n%s: %d keys" % (LIST, len(found)))


if __name__ == "__main__":
    main()
