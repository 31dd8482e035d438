# SPDX-License-Identifier: MIT
"""The programs of others that make signed mail for these tests: which versions they are, and what is changed in what they made."""
import subprocess

HOW = {"openssl": ["version"], "gpg": ["--version"], "gpgsm": ["--version"], "rnp": ["--version"], "sq": ["--version"]}


def tell_versions(*programs):
    """One line that `make test` repeats."""
    first = lambda p: subprocess.run([p, *HOW[p]], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode().split("\n")[0].split(" (Library")[0]
    print("made by: " + ", ".join(first(p) for p in programs), flush=True)


def changed(message, covered, places=6):
    """The message with one octet of what is covered changed, once at the first, the last, and evenly between."""
    start = message.index(covered)
    for at in sorted({start + i * (len(covered) - 1) // (places - 1) for i in range(places)}):
        yield message[:at] + bytes([message[at] ^ 1]) + message[at + 1:]
