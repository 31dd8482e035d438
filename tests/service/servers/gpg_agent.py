# SPDX-License-Identifier: MIT
"""gpg's agent for a home of a test's own, running before gpg asks for it: gpg itself gives one up that is not there within
five seconds, as on a busy machine."""
import subprocess, time


def launch(home):
    deadline = time.monotonic() + 120  # bounds a hang
    while subprocess.run(["gpgconf", "--homedir", home, "--launch", "gpg-agent"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError("gpg-agent does not start in %s" % home)
        time.sleep(0.2)


def kill(home):
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
