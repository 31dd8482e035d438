# SPDX-License-Identifier: MIT
"""Starts a server that does not outlive whoever started it, however that one ends: the kernel sends it SIGTERM."""
import ctypes, os, signal, subprocess

PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def start(command, **words):
    """subprocess.Popen, with that. Call it from a thread that lives as long as the process: to the kernel the thread is the parent."""
    parent = os.getpid()

    def bind():
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died meanwhile
            os._exit(1)

    return subprocess.Popen(command, preexec_fn=bind, **words)
