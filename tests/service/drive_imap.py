# SPDX-License-Identifier: MIT
"""Talks to tests/service/drive_imap.c: one verb a line, one JSON answer a line."""
import json, os, subprocess

BUILD = os.environ.get("B", "build")


def escape(word):
    """As g_strcompress reads it."""
    octets = word if isinstance(word, bytes) else str(word).encode()
    return b"".join(b"\\%03o" % c if c < 32 or c > 126 or c == 92 else bytes([c]) for c in octets)


class Drive:
    def __init__(self, host, port, ca_file=""):
        program = os.path.join(BUILD, "tests/service/drive_imap")
        self.process = subprocess.Popen([program, host, str(port), ca_file], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def __call__(self, *words):
        """The answer as a dictionary; AssertionError if the program died."""
        self.process.stdin.write(b"\t".join(map(escape, words)) + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "drive_imap ended with status %s" % self.process.wait(120)
        return json.loads(line)

    def close(self):
        """Its exit status; leaks and sanitizer findings show here."""
        self.process.stdin.close()
        status = self.process.wait(120)
        self.process.stdout.close()
        return status
