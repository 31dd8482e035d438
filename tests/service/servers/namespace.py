# SPDX-License-Identifier: MIT
"""A network of our own: a Linux network namespace where the loopback device also has public addresses, so that
203.0.113.5:443 is a public host as far as any program inside can tell. What is refused there is refused by the
program's own rules; nothing about them is switched off for a test.

    namespace.enter()            this thread, and every process it starts, is inside from now on
    with namespace.Inside(): …   for a while, then back outside

Needs root (or CAP_SYS_ADMIN) and the program `ip`; without them Unavailable says why."""
import ctypes, os, shutil, subprocess

CLONE_NEWNET = 0x40000000
PUBLIC = ("203.0.113.5", "203.0.113.6")
PUBLIC6 = ("2001:db8::5",)
# Hosts of an operator that no stranger's URL may reach; they exist here, so that reaching them would be seen.
PRIVATE = ("10.0.0.1", "169.254.169.254", "192.168.1.1")


class Unavailable(Exception):
    pass


def ip(*words):
    done = subprocess.run(["ip"] + list(words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Unavailable("ip %s: %s" % (" ".join(words), done.stdout.strip()))


def enter():
    if not shutil.which("ip"):
        raise Unavailable("the program ip (package iproute2) is not installed")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        raise Unavailable("no network namespace can be made here: %s" % os.strerror(ctypes.get_errno()))
    ip("link", "set", "lo", "up")
    for address in PUBLIC + PRIVATE:
        ip("addr", "add", address + "/32", "dev", "lo")
    for address in PUBLIC6:
        try:
            ip("-6", "addr", "add", address + "/128", "dev", "lo", "nodad")
        except Unavailable:  # a kernel without IPv6: the IPv4 cases remain
            pass


class Inside:
    """The first `with` makes the namespace, later ones go back into it. For one thread: others stay where they are."""

    def __init__(self):
        self.outside, self.inside = os.open("/proc/self/ns/net", os.O_RDONLY), None

    def set(self, fd):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(fd, CLONE_NEWNET):
            raise Unavailable("setns: %s" % os.strerror(ctypes.get_errno()))

    def __enter__(self):
        if self.inside is not None:
            self.set(self.inside)
            return self
        try:
            enter()
        except Unavailable:
            self.set(self.outside)
            raise
        self.inside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        return self

    def __exit__(self, *_):
        self.set(self.outside)
