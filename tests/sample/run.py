#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""make run: one supervisor that owns everything it starts.

DNS (Knot, a signed private root), IMAP (Dovecot, own certificate authority), the service, and nginx in front, all on
loopback and unprivileged ports, all files under build/run. Ctrl-C or SIGTERM stops every process it started and no
other. With --imap imaps://HOST[:PORT] it leaves out Dovecot and Knot and uses that server and the system's resolver.

When ready it prints one line  READY url=... user=... password=...  and keeps running."""
import argparse, contextlib, ctypes, fcntl, hashlib, os, secrets, shutil, signal, socket, sys, threading, time, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests/service")]
from servers import ports

PR_SET_CHILD_SUBREAPER = 36


def say(text):
    print(text, flush=True)


class Step:
    """A line that shows that something lives and how long it took."""
    number, total = 0, 5

    def __init__(self, what):
        Step.number += 1
        self.text, self.done = "[%d/%d] %s" % (Step.number, Step.total, what), threading.Event()

    def __enter__(self):
        self.started = time.monotonic()
        print(self.text + " ", end="", flush=True)
        threading.Thread(target=self.beat, daemon=True).start()

    def beat(self):
        while not self.done.wait(1):
            print(".", end="", flush=True)

    def __exit__(self, kind, *rest):
        self.done.set()
        print(" %s (%.1f s)" % ("failed" if kind else "ok", time.monotonic() - self.started), flush=True)


def free_port(wanted=0):
    """`wanted` if nobody has it, else another."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", wanted))
        except OSError:
            wanted = 0
    return wanted or ports.free_port()


class Stop(Exception):
    pass


def on_signal(number, frame):
    raise Stop(signal.Signals(number).name)


def children():
    """Everything below us, also what a server left behind when its parent died: we are its reaper."""
    below, parents = [os.getpid()], {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as f:
                parents[int(pid)] = int(f.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    for pid in below:
        below += [child for child, parent in parents.items() if parent == pid]
    return below[1:]


def stop_everything(servers):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for server in reversed(servers):
        try:
            server.stop()
        except Exception as e:  # the others still have to go
            say("while stopping: %s" % e)
    for wanted, wait in ((signal.SIGTERM, 3), (signal.SIGKILL, 2)):
        deadline = time.monotonic() + wait
        while children() and time.monotonic() < deadline:
            for pid in children():
                try:
                    os.kill(pid, wanted)
                except ProcessLookupError:
                    pass
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                pass
            time.sleep(0.05)


def sample_servers(run, servers, network):
    """DNS and IMAP with the sample mailbox. Returns what the service's configuration needs to know of them."""
    import mailbox as sample
    from servers.dovecot import Dovecot
    from servers.knot import Knot
    password = "inkan-" + secrets.token_hex(4)
    with Step("keys, mails and signatures"):
        writer = sample.Writer(os.path.join(run, "sample"), int(time.time()))
        count = writer.write_maildir(os.path.join(run, "sample/Maildir"))
    with Step("DNS with DNSSEC (Knot)"):
        knot = Knot(os.path.join(run, "knot"), free_port(), sample_zones(writer.records(), sample.BOGUS))
        servers.append(knot)
        knot.start()
    with Step("IMAP with %d mails (Dovecot)" % count):
        dovecot = Dovecot(os.path.join(run, "dovecot"), free_port(), users={sample.OWNER: password})
        servers.append(dovecot)
        dovecot.adopt_maildir(sample.OWNER, os.path.join(run, "sample/Maildir"))
        dovecot.start()
    brand = brand_servers(run, servers, network, writer.openpgp.published) if network else {"require": "off"}
    settings = {
        "brand": brand,
        "imap": {"host": "localhost", "port": dovecot.port, "ca-file": dovecot.ca_file},
        "dns": {"server": "127.0.0.1@%d" % knot.port, "trust-anchor": knot.trust_anchor_file},
        "trust": {"providers": "freemail.example", "known-names": known_names(run)},
        "smime": {"ca-file": writer.certificates.anchors},
        "openpgp": {"keyring": writer.openpgp.keyring, "wkd": "arrival" if network else "off"},
        "trust localhost": {"authserv-ids": sample.OWN_SERVER, "border": sample.OWN_SERVER, "own-domains": "mail.example",
                            "forwarder": "alumni.example, 198.51.100.50/32, relay.alumni.example"},
    }
    return settings, sample.OWNER, password


def known_names(run):
    """What the sample's operator knows that others pass for."""
    path = os.path.join(run, "sample/known-names.txt")
    with open(path, "w") as f:
        f.write("Hoshino Bank: hoshino-bank.example\n")
    return path


def directory_name(local):
    """The name of a key in a Web Key Directory: SHA-1 in z-base-32."""
    number = int.from_bytes(hashlib.sha1(local.lower().encode()).digest(), "big")
    return "".join("ybndrfg8ejkmcpqxot1uwisza345h769"[number >> 5 * i & 31] for i in range(31, -1, -1))


def brand_servers(run, servers, network, keys):
    """The brands' own web server with logos and mark certificates, beside it the directories of `keys` (address: octets), and what the
    service must know to reach and believe it."""
    import mailbox as sample
    import marks
    from servers.public_web import PublicWeb
    authority = marks.MarkAuthority(int(time.time()))
    with Step("logos and mark certificates (nginx at %s)" % sample.BRAND_HOST):
        web = PublicWeb(os.path.join(run, "brands"), set(sample.BRANDS) | {"marks.example"} | {"openpgpkey." + domain for domain in sample.PUBLISHERS}, {sample.BRAND_HOST: ""})
        servers.append(web)
        web.start()
        for domain, (svg, chain) in marks.sample_brands(authority).items():
            web.put(domain + "/logo.svg", svg)
            if chain:
                web.put(domain + "/mark.pem", chain)
        web.put(sample.DRAFT[1] + "/draft.svg", marks.DRAFT)
        for local, domain in (address.split("@") for address in keys):
            web.put("openpgpkey.%s/.well-known/openpgpkey/%s/hu/%s" % (domain, domain, directory_name(local)), keys["%s@%s" % (local, domain)])
        web.put("marks.example/issuing.crl", authority.crl())
        web.put("marks.example/root.crl", authority.root_crl())
        roots = os.path.join(run, "brands/roots.pem")
        with open(roots, "wb") as f:
            f.write(authority.root_pem)
    return {"mark-roots": roots, "https-ca": web.ca_file, "allow": sample.SELF_ASSERTED}


def own_network():
    """A network namespace in which the sample's servers live, so that its brands have a public address; None where none
    can be made: then there are no logos, and nothing else is missing."""
    from servers import namespace
    network = namespace.Inside()
    try:
        with network:
            return network
    except namespace.Unavailable as why:
        say("No logos in the sample: %s" % why)
        return None


def sample_zones(records, bogus):
    """A signed private root, example. and the reverse zone below it, and one zone whose signatures do not verify."""
    rows = {zone: [] for zone in (".", "example.", "in-addr.arpa.", bogus + ".")}
    for name, kind, value in records:
        if kind == "TXT":
            value = " ".join('"%s"' % value[i:i + 250] for i in range(0, len(value), 250))
        zone = max((z for z in rows if ("." + name).endswith("." + z.lstrip("."))), key=len)
        rows[zone].append("%s 300 IN %s %s\n" % (name, kind, value))
    return {zone: ("".join(lines), "bogus" if zone == bogus + "." else "signed") for zone, lines in rows.items()}


def own_server(url, ca_file):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "imaps" or not parts.hostname:
        sys.exit("IMAP=%s: an address such as imaps://mail.example.net is needed (IMAP over TLS, port 993 unless given)" % url)
    if ca_file and not os.path.isfile(ca_file):
        sys.exit("CA=%s: no such file" % ca_file)
    return {"imap": {"host": parts.hostname, "port": parts.port or 993, **({"ca-file": os.path.abspath(ca_file)} if ca_file else {})}}


def write_config(path, sections):
    with open(path, "w") as f:
        for section, keys in sections.items():
            f.write("[%s]\n%s\n" % (section, "".join("%s = %s\n" % kv for kv in keys.items())))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--build", default="build")
    p.add_argument("--imap")
    p.add_argument("--ca", help="certificate authority of that server, where it is not one the system knows")
    p.add_argument("--port", type=int, help="of nginx; 0 = any, default 8080 or any if that is taken")
    p.add_argument("--tls", action="store_true", help="https with a certificate of the sample's own (for tests of the cookie)")
    a = p.parse_args()
    a.ca = a.ca and os.path.abspath(a.ca)
    os.chdir(TOP)
    run = os.path.abspath(os.path.join(a.build, "run"))
    os.makedirs(run, mode=0o755, exist_ok=True)
    lock = open(os.path.join(run, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("%s is in use by another 'make run': stop that one first, or build elsewhere (make run B=other)" % run)
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    servers, status = [], 1
    try:
        status = serve(a, run, servers)
    except (Stop, KeyboardInterrupt) as stop:
        say("\n%s: stopping" % (stop or "Ctrl-C"))
        status = 0
    finally:
        stop_everything(servers)
        say("stopped; nothing left running")
    return status


def serve(a, run, servers):
    from servers.inkan import Inkan
    from servers.nginx import Nginx
    network = None
    if a.imap:
        Step.total, settings, user, password, state = 2, own_server(a.imap, a.ca), "YOUR-ADDRESS", "YOUR-PASSWORD", "own"
    else:
        state = "sample"
        for old in ("sample", "knot", "dovecot", "brands", "inkan-sample"):  # fresh keys and fresh mails at each start
            shutil.rmtree(os.path.join(run, old), ignore_errors=True)
        network = own_network()
        Step.total = 6 if network else 5
        with network or contextlib.nullcontext():
            settings, user, password = sample_servers(run, servers, network)
    port = free_port(8080 if a.port is None else a.port)
    if a.port and port != a.port:
        sys.exit("port %d is taken" % a.port)
    url = "%s://127.0.0.1:%d" % ("https" if a.tls else "http", port)
    with Step("the service"):
        inkan = Inkan(os.path.join(run, "inkan-" + state), os.path.join(a.build, "inkan"))
        servers.append(inkan)
        settings["web"] = {"origin": url}
        with network or contextlib.nullcontext():
            inkan.start(settings)
    with Step("nginx"):
        tls = [os.path.join(run, "dovecot/server." + kind) for kind in ("pem", "key")] if a.tls else None
        nginx = Nginx(os.path.join(run, "nginx"), port, inkan.socket, os.path.join(TOP, "web"), tls)
        servers.append(nginx)
        nginx.start()
    say("")
    say("  Open %s in a browser%s." % (url, " and sign in with your own mail account" if a.imap else ""))
    if not a.imap:
        say("  Sign in as %s with the password %s: a mailbox with honest mail and forgeries of it." % (user, password))
        say("  Your own server:  make run IMAP=imaps://mail.example.net")
    say("  Ctrl-C stops everything. Logs and state: %s" % run)
    say("")
    say("READY url=%s user=%s password=%s" % (url, user, password))
    while True:
        time.sleep(0.5)
        for server in servers:
            if server.process.poll() is not None:
                say("%s ended with status %s; its log: %s" % (type(server).__name__, server.process.returncode, server.log))
                return 1


if __name__ == "__main__":
    sys.exit(main())
