# SPDX-License-Identifier: MIT
"""A private nginx in front of a private inkan: conf/nginx.conf as shipped, with paths and ports of a test filled in."""
import os, shutil, signal, socket, subprocess, time

from servers.child import start

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

MAIN = """daemon off;
master_process on;
worker_processes 2;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log notice;
{user}
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; application/json json; application/manifest+json webmanifest; image/png png; }}
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
    include {dir}/site.conf;
}}
"""


def site(port, fcgi_socket, web_root, tls):
    """The shipped file with each line that an operator adapts replaced; a line that is gone is an error here."""
    with open(os.path.join(TOP, "conf/nginx.conf"), encoding="utf-8") as f:
        text = f.read()

    def replace(old, new):
        nonlocal text
        if old not in text:
            raise RuntimeError("conf/nginx.conf has no %r any more" % old)
        text = text.replace(old, new)

    start = text.index("server {\n    listen 80;")
    end = text.index("server {\n    listen 443")
    text = text[:start] + text[end:]
    replace("    listen [::]:443 ssl http2;\n", "")
    replace("listen 443 ssl http2;", "listen 127.0.0.1:%d%s;" % (port, " ssl http2" if tls else ""))
    replace("unix:/run/inkan/inkan.sock", "unix:%s" % fcgi_socket)
    replace("server_name mail.example.org;", "server_name localhost 127.0.0.1;")
    replace("root /usr/local/share/inkan/web;", "root %s;" % web_root)
    if tls:
        replace("/etc/ssl/certs/mail.example.org.pem", tls[0])
        replace("/etc/ssl/private/mail.example.org.key", tls[1])
    else:
        for name in ("ssl_certificate ", "ssl_certificate_key ", "ssl_protocols ", "add_header Strict-Transport-Security"):
            at = text.index("    " + name)
            text = text[:at] + text[text.index("\n", at) + 1:]
    return text


class Nginx:
    """Nginx(directory, port, socket, web_root, tls=(certificate, key)).start(); .process runs in the foreground."""

    def __init__(self, directory, port, fcgi_socket, web_root=None, tls=None):
        self.directory, self.port, self.socket, self.tls = os.path.abspath(directory), port, os.path.abspath(fcgi_socket), tls
        self.web_root = os.path.abspath(web_root or os.path.join(TOP, "web"))
        self.url = "%s://127.0.0.1:%d" % ("https" if tls else "http", port)
        self.log = os.path.join(self.directory, "nginx.log")
        self.process = None

    def start(self):
        os.makedirs(self.directory, mode=0o755, exist_ok=True)
        if os.path.exists(os.path.join(self.directory, "nginx.pid")):
            os.unlink(os.path.join(self.directory, "nginx.pid"))
        # Started by root the workers stay root: files of a test may lie where nobody else may look.
        user = "user root root;" if os.getuid() == 0 else ""
        for name, text in (("nginx.conf", MAIN.format(dir=self.directory, user=user)),
                           ("site.conf", site(self.port, self.socket, self.web_root, self.tls))):
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as f:
                f.write(text)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [program, "-p", self.directory, "-c", os.path.join(self.directory, "nginx.conf"), "-e", self.log]
        with open(os.path.join(self.directory, "nginx.out"), "ab") as out:
            self.process = start(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.wait_ready()
        return self

    def wait_ready(self):
        deadline = time.monotonic() + 120  # bounds a hang
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                with open(self.log, errors="replace") as f:
                    raise RuntimeError("nginx ended with status %s: %s" % (self.process.returncode, f.read()[-2000:]))
            try:
                # Written once the sockets are bound: another program on the port is not taken for ours.
                if os.path.getsize(os.path.join(self.directory, "nginx.pid")):
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError("nginx does not listen on port %d" % self.port)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
