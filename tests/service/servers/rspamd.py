# SPDX-License-Identifier: MIT
"""A private rspamd on loopback with nothing but DKIM and ARC (and whatever `modules` names): one worker, its own folder,
no Redis, no network but the DNS server it is given.

    with Rspamd(directory, port, dns_port) as rspamd:
        answer = rspamd.post(octets, {"IP": "192.0.2.1"})      # the JSON of /checkv2

Signing is asked for by HTTP fields of the request, key and all. Needs the package rspamd."""
import http.client, json, os, signal, socket, subprocess, time

from servers.child import start

PLUGINS = "/usr/share/rspamd/plugins"
CONFIG = """
options {
  pidfile = "%(dir)s/rspamd.pid";
  filters = "dkim";
  local_addrs = ["127.0.0.1"];
  max_message = 52428800;
  tld = "%(dir)s/suffixes";
  disable_hyperscan = true;
  control_socket = "%(dir)s/control.sock mode=0600";
  stats_file = "%(dir)s/stats.ucl";
  history_file = "%(dir)s/history";
  hs_cache_dir = "%(dir)s/";
  dns { nameserver = ["127.0.0.1:%(dns)d:1"]; timeout = 2s; sockets = 4; retransmits = 3; }
}
logging { type = "file"; filename = "%(dir)s/rspamd.log"; level = "warning"; }
worker "normal" { bind_socket = "127.0.0.1:%(port)d"; count = 1; task_timeout = 60s; }
actions { reject = 150; add_header = 60; greylist = 40; }
lua = "%(dir)s/start.lua";
dkim { dkim_cache_size = 2k; dkim_cache_expire = 1d; trusted_only = false; skip_multi = false; check_local = true; check_authed = true; max_sigs = 10; }
dkim_signing { use_http_headers = true; check_pubkey = false; }
arc { use_http_headers = true; http_sign_header = "PerformArcSign"; check_local = true; check_authed = true; sign_inbound = false; }
spf { spf_cache_size = 2k; spf_cache_expire = 1d; check_local = true; check_authed = true; }
dmarc { check_local = true; check_authed = true; }
modules {
%(modules)s
}
"""
START = 'require "global_functions" ()\nconfig = config or {}\n'
SUFFIXES = "example\ncom\nnet\norg\n"  # reading the whole list takes seconds


class Rspamd:
    def __init__(self, directory, port, dns_port, modules=("arc", "dkim_signing")):
        self.directory, self.port, self.dns_port, self.modules = os.path.abspath(directory), port, dns_port, modules
        self.process = None

    def start(self):
        os.makedirs(self.directory, exist_ok=True)
        modules = "".join('  path = "%s/%s.lua";\n' % (PLUGINS, name) for name in self.modules)
        for name, text in (("start.lua", START), ("suffixes", SUFFIXES), ("rspamd.conf", CONFIG % {
                "dir": self.directory, "port": self.port, "dns": self.dns_port, "modules": modules})):
            with open(os.path.join(self.directory, name), "w") as f:
                f.write(text)
        words = ["rspamd", "-f", "-c", os.path.join(self.directory, "rspamd.conf")]
        if os.getuid() == 0:
            words += ["-u", "root", "-g", "root", "--insecure"]
        words += ["--var=%s=%s" % (name, self.directory) for name in ("DBDIR", "RUNDIR", "LOGDIR")]
        with open(os.path.join(self.directory, "stderr"), "wb") as f:
            self.process = start(words, stdin=subprocess.DEVNULL, stdout=f, stderr=f)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        self.stop()
        with open(os.path.join(self.directory, "stderr")) as f:
            raise RuntimeError("rspamd did not start: %s" % f.read()[-2000:])

    def post(self, octets, fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/checkv2", octets, fields)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()
