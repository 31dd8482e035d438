# SPDX-License-Identifier: MIT
"""A private Apache in front of a private inkan: the VirtualHost of conf/apache.conf as shipped, with paths and ports of
a test filled in, over plain HTTP."""
import os, re, shutil, signal, socket, subprocess, time

from servers.child import start

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
MODULES = "mpm_event authn_core authz_core authz_host proxy proxy_fcgi headers dir mime".split()

MAIN = """ServerName localhost
ServerRoot "{dir}"
PidFile "{dir}/apache.pid"
ErrorLog "{dir}/apache.log"
Listen 127.0.0.1:{port}
{modules}
{user}
TypesConfig /dev/null
StartServers 1
ServerLimit 2
ThreadsPerChild 25
MaxRequestWorkers 50
Mutex file:{dir} default
DefaultRuntimeDir "{dir}"
"""


class Apache:
    def __init__(self, directory, port, fcgi_socket):
        self.directory, self.port, self.socket = os.path.abspath(directory), port, os.path.abspath(fcgi_socket)
        self.url, self.process = "http://127.0.0.1:%d" % port, None

    def site(self):
        with open(os.path.join(TOP, "conf/apache.conf"), encoding="utf-8") as f:
            text = f.read()
        text = text[text.index("<VirtualHost *:443>"):]
        for old, new in (("*:443", "127.0.0.1:%d" % self.port), ("unix:/run/inkan/inkan.sock", "unix:" + self.socket),
                         ("/usr/local/share/inkan/web", os.path.join(TOP, "web"))):
            if old not in text:
                raise RuntimeError("conf/apache.conf has no %r any more" % old)
            text = text.replace(old, new)
        return re.sub(r"(?m)^ *(SSL|Protocols|Header always set Strict).*\n", "", text)

    def admit(self):
        """Its processes are not root: they need a way to the socket, after each start of the service."""
        if os.getuid() == 0:
            shutil.chown(self.socket, "www-data", "www-data")
            for above in (os.path.dirname(self.socket), os.path.dirname(os.path.dirname(self.socket)), self.directory):
                os.chmod(above, 0o755)

    def start(self):
        os.makedirs(self.directory, mode=0o755, exist_ok=True)
        modules = "".join("LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n" % (m, m) for m in MODULES)
        user = "User www-data\nGroup www-data" if os.getuid() == 0 else ""
        self.admit()
        path = os.path.join(self.directory, "apache.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(MAIN.format(dir=self.directory, port=self.port, modules=modules, user=user) + self.site())
        program = shutil.which("apache2") or "/usr/sbin/apache2"
        words = [program, "-DFOREGROUND", "-d", self.directory, "-f", path]
        with open(os.path.join(self.directory, "apache.out"), "ab") as out:
            self.process = start(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        deadline = time.monotonic() + 120  # bounds a hang
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    with open(os.path.join(self.directory, "apache.out"), errors="replace") as f:
                        raise RuntimeError("Apache did not start: " + f.read())
                time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(120)
