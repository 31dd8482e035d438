# SPDX-License-Identifier: MIT
"""A private Dovecot on loopback: IMAPS only, its own certificate authority made on the spot, users from a file, Maildir.

    with Dovecot(directory, port, users={"alice": "secret"}) as dovecot:
        dovecot.append("alice", "INBOX", b"From: ...")     # before or while it runs
        ... connect to localhost, 127.0.0.1 or imap.example, port dovecot.port, trusting dovecot.ca_file

Everything lies in `directory`; no configuration of the system is read, no init and no syslog is needed. Needs
dovecot-imapd and openssl. As root the mail processes run as nobody, locked into the directory's mail folder (so the
directories above need not be open to others); otherwise, or with `uid`, everything runs as that one user."""
import grp, os, pwd, shutil, signal, socket, ssl, subprocess, tempfile, time

from servers.child import start

FOLDERS = ("Drafts", "Sent", "Junk", "Trash", "Archive")
NAMES = ("localhost", "imap.example")
MAIL_USER = "nobody"
SOCKET_PATH = 70  # of a longer directory the sockets lie in one under /tmp until stop(): their paths end at 107 octets

CONFIG = """
base_dir = %(base)s
state_dir = %(directory)s/state
instance_name = inkan-test
log_path = %(directory)s/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_min_protocol = TLSv1.2
ssl_cert = <%(directory)s/server.pem
ssl_key = <%(directory)s/server.key
default_internal_user = %(user)s
default_internal_group = %(group)s
default_login_user = %(login)s
auth_mechanisms = plain login oauthbearer xoauth2
auth_failure_delay = 0
mail_location = maildir:%(home)s
mail_max_userip_connections = 200
first_valid_uid = 1
mail_max_keyword_length = 100
mailbox_idle_check_interval = 2 secs
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %(directory)s/users
}
userdb {
  driver = static
  args = uid=%(mail_user)s gid=%(mail_group)s home=%(home)s%(chroot)s
}
service imap-login {
  %(nochroot)s
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = %(port)d
    ssl = yes
  }
}
service anvil {
  %(nochroot)s
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  %(nochroot)s
}
service imap {
  process_limit = 200
}
namespace inbox {
  inbox = yes
  separator = /
%(folders)s
}
%(more)s
"""
FOLDER = """  mailbox %s {
    auto = subscribe
    special_use = \\%s
  }
"""
PUBLIC = """
namespace public {
  type = public
  separator = /
  prefix = Public/
  location = maildir:%s/public
  list = yes
  subscriptions = no
}
"""


def openssl(*words):
    done = subprocess.run(("openssl",) + words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError("openssl %s: %s" % (" ".join(words), done.stdout))


def make_authority(directory, name="ca"):
    """ca.pem and ca.key: a root that signs what make_certificate makes."""
    path = os.path.join(directory, name)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-keyout", path + ".key", "-out", path + ".pem", "-subj", "/CN=Inkan test root %s" % name,
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    return path + ".pem"


def make_certificate(directory, name="server", names=NAMES, addresses=("127.0.0.1",), ca="ca", days=("-days", "30")):
    """NAME.pem and NAME.key for these names and addresses, signed by CA.pem of the same directory."""
    path, signer = os.path.join(directory, name), os.path.join(directory, ca)
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path + ".key",
            "-out", path + ".csr", "-subj", "/CN=%s" % (names[0] if names else addresses[0]))
    alt = ",".join(["DNS:" + n for n in names] + ["IP:" + a for a in addresses])
    with open(path + ".ext", "w") as f:
        f.write("basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=%s\n" % alt)
    openssl("x509", "-req", "-in", path + ".csr", "-CA", signer + ".pem", "-CAkey", signer + ".key",
            "-CAcreateserial", "-out", path + ".pem", "-extfile", path + ".ext", *days)
    return path + ".pem"


def is_alive(pid):
    """Neither gone nor a zombie, which holds no socket."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Dovecot:
    def __init__(self, directory, port, users, uid=None, public=False):
        """users: name to password. uid: the unprivileged user that all of it runs as. public: also a namespace Public/
        with mailbox Public/News, which is nobody's own."""
        self.directory, self.port, self.users, self.public = os.path.abspath(directory), port, dict(users), public
        self.uid = uid if uid is not None else os.getuid()
        self.log = os.path.join(self.directory, "dovecot.log")
        self.ca_file = os.path.join(self.directory, "ca.pem")
        self.mail = os.path.join(self.directory, "mail")
        self.sockets = self.process = None
        self.special_use = True  # False, set before start(): INBOX alone, and no mailbox has a role (RFC 6154)
        self.rawlog = False  # set before start(): every command that a client sends can be read by commands()
        self.capability = None  # set before start(): all that the server says it can do, in place of what it can
        os.makedirs(self.mail, mode=0o755, exist_ok=True)

    # --- mail --------------------------------------------------------------------------------------

    def home(self, user):
        return os.path.join(self.mail, user)

    def adopt_maildir(self, user, path):
        """Copies a Maildir++ folder tree with its file times (INTERNALDATE); before start()."""
        shutil.copytree(path, self.home(user), dirs_exist_ok=True)

    def append(self, user, folder, message, flags="", when=None):
        """Puts octets into a Maildir folder; a connection that has it selected may see them only 5 seconds later."""
        base = self.home(user) if folder == "INBOX" else os.path.join(self.home(user), "." + folder.replace("/", "."))
        for sub in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(base, sub), exist_ok=True)
        self.count = getattr(self, "count", 0) + 1
        when = int(time.time()) if when is None else when
        name = "%d.%06d.test" % (when, self.count)
        tmp = os.path.join(base, "tmp", name)
        with open(tmp, "wb") as f:
            f.write(message)
        os.utime(tmp, (when, when))
        self.give_away(base)
        os.rename(tmp, os.path.join(base, "cur", name + ":2," + flags))

    def commands(self, user, since=0.0):
        """What clients of this user have sent since they signed in, and not before that time, oldest first over all connections,
        without the tags. A command may be written down after it was answered: who counts waits for as many as there must be."""
        folder, sent = os.path.join(self.home(user), "rawlog"), []
        for name in sorted(n for n in os.listdir(folder) if n.endswith(".in")):
            with open(os.path.join(folder, name), "rb") as f:
                # "SECONDS.MICROSECONDS TAG COMMAND ..."
                words = [l.split(b" ", 2) for l in f if l.count(b" ") > 1 and l.endswith(b"\n")]
            sent += [(float(when), name, i, command.decode("utf-8", "replace").strip()) for i, (when, _, command) in enumerate(words)]
        return [command for when, _, _, command in sorted(sent) if when >= since]

    def give_away(self, top):
        """To the user that mail processes run as, where we may."""
        if os.getuid() != 0:
            return
        owner = pwd.getpwnam(MAIL_USER) if self.uid == 0 else pwd.getpwuid(self.uid)
        for path, _, files in os.walk(top):
            for each in [path] + [os.path.join(path, f) for f in files]:
                os.chown(each, owner.pw_uid, owner.pw_gid)

    # --- what lies in the directory ----------------------------------------------------------------

    def write(self):
        for old in ("base", "state"):
            shutil.rmtree(os.path.join(self.directory, old), ignore_errors=True)
        if not os.path.exists(self.ca_file):
            make_authority(self.directory)
            make_certificate(self.directory)
        for user in self.users:
            os.makedirs(os.path.join(self.home(user), "rawlog" if self.rawlog else ""), exist_ok=True)
        if self.public:
            self.append("public", "News", b"Subject: for all\r\n\r\nHello\r\n")
        base = os.path.join(self.directory, "base")
        if len(self.directory) > SOCKET_PATH:
            self.sockets = base = tempfile.mkdtemp(prefix="inkan-")
            os.chmod(base, 0o755)
            self.give_away(base)
        me = pwd.getpwuid(self.uid)
        root = self.uid == 0
        mail_user = pwd.getpwnam(MAIL_USER) if root else me
        home = "/%u" if root else self.mail + "/%u"
        with open(os.path.join(self.directory, "users"), "w") as f:
            f.write("".join("%s:{PLAIN}%s\n" % pair for pair in self.users.items()))
        with open(os.path.join(self.directory, "dovecot.conf"), "w") as f:
            f.write(CONFIG % {
                "base": base, "directory": self.directory, "port": self.port, "home": home, "user": me.pw_name,
                "group": grp.getgrgid(me.pw_gid).gr_name, "login": "dovenull" if root else me.pw_name,
                "mail_user": mail_user.pw_name, "mail_group": grp.getgrgid(mail_user.pw_gid).gr_name,
                "chroot": " chroot=" + self.mail if root else "", "nochroot": "" if root else "chroot =",
                "folders": "".join(FOLDER % (name, name) for name in FOLDERS if self.special_use),
                "more": ("imap_capability = %s\n" % self.capability if self.capability else "") + ("rawlog_dir = %s/rawlog\n" % home if self.rawlog else "") + (PUBLIC % ("" if root else self.mail) if self.public else "") +
                        ("valid_chroot_dirs = %s\n" % self.mail if root else "")})
        self.give_away(self.directory if not root else self.mail)

    # --- the process -------------------------------------------------------------------------------

    def start(self):
        """Returns when IMAP greets over TLS. RuntimeError with the log's tail if it does not."""
        self.write()
        program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/sbin")
        if not program:
            raise RuntimeError("dovecot is not installed (package dovecot-imapd)")
        words = {} if self.uid == os.getuid() else {"user": self.uid, "group": pwd.getpwuid(self.uid).pw_gid,
                                                    "extra_groups": []}
        with open(os.path.join(self.directory, "stdout.log"), "wb") as out:
            self.process = start([program, "-F", "-c", os.path.join(self.directory, "dovecot.conf")],
                                 cwd="/", stdin=subprocess.DEVNULL, stdout=out, stderr=out, **words)
        deadline = time.monotonic() + 120  # bounds a hang
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("Dovecot did not start:\n" + self.tail())
            time.sleep(0.03)
        return self

    def tail(self):
        lines = []
        for name in ("stdout.log", "dovecot.log"):
            try:
                with open(os.path.join(self.directory, name), errors="replace") as f:
                    lines += f.readlines()[-15:]
            except OSError:
                pass
        return "".join(lines)

    def ready(self):
        context = ssl.create_default_context(cafile=self.ca_file)
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as s:
                with context.wrap_socket(s, server_hostname="localhost") as tls:
                    tls.settimeout(5)
                    return tls.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)
            self.sockets = None

    def kill(self):
        """As a crash: the master and every process below it, at once; when it returns, nobody listens any more."""
        self.process.send_signal(signal.SIGSTOP)  # or it starts another one while we look
        pids = [self.process.pid]
        for pid in pids:
            try:
                with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
                    pids += map(int, f.read().split())
            except OSError:
                pass
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        deadline = time.monotonic() + 120  # bounds a hang
        while any(map(is_alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.005)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
