# SPDX-License-Identifier: MIT
"""Ports of loopback for servers that a test starts a moment later, stops and starts again.

What bind() gives for port 0 is a port that the kernel may give away again at once: to a client's connection, to a resolver's
question, to another test. These lie where the kernel chooses none, are free for TCP and for UDP, and stay this process's own."""
import errno, random, socket

LEAST, MOST = 10240, 65000
held = {}  # port: the socket that says so to other processes of this network, until this one ends
chance = random.SystemRandom()  # whatever seed a test has set


def chosen_by_nobody():
    """Ports that bind() and connect() never choose by themselves; all of them where that leaves too few."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        low, high = map(int, f.read().split())
    ports = [port for port in range(LEAST, MOST) if not low <= port <= high]
    return ports if len(ports) >= 1000 else range(LEAST, MOST)


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError as why:
                if why.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
                return False
    return True


def hold(port):
    """A name in the abstract namespace of Unix sockets: one process has it, and it goes with that."""
    s = socket.socket(socket.AF_UNIX)
    try:
        s.bind("\0inkan-test-port-%d" % port)
        return s
    except OSError:
        s.close()
        return None


def free_port():
    ports = chosen_by_nobody()
    while True:
        port = chance.choice(ports)
        mark = hold(port)
        if mark and is_free(port):
            held[port] = mark
            return port
        if mark:
            mark.close()
