# SPDX-License-Identifier: MIT
"""Public web servers inside a namespace: nginx on 443 of several addresses with certificates of an own authority, and
one that answers in ways nginx never would (slowly, endlessly, not in HTTP).

    web = PublicWeb(directory, names={"logo.example", …}, hosts={"203.0.113.5": "location / …"}).start()
    web.put("logo.example/a.svg", octets); web.requests() → [(host, path, status, If-None-Match)]"""
import os, shutil, signal, socket, ssl, subprocess, threading, time

from servers.child import start

MAIN = """daemon off;
master_process on;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log notice;
{user}
events {{ worker_connections 512; }}
http {{
    default_type application/octet-stream;
    types {{ image/svg+xml svg; application/pem-certificate-chain pem; application/pkix-crl crl; }}
    log_format told escape=json '{{"address":"$server_addr","host":"$host","path":"$request_uri","status":$status,"condition":"$http_if_none_match","agent":"$http_user_agent","cookie":"$http_cookie","referer":"$http_referer","language":"$http_accept_language"}}';
    access_log {dir}/access.log told;
    client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
    ssl_certificate {dir}/web.pem; ssl_certificate_key {dir}/web.key;
{servers}
}}
"""
SERVER = """    server {{
        listen {address}:443 ssl;
        server_name _;
        root {dir}/files/$host;
        etag on;
        add_header Set-Cookie "seen=1";
{locations}
    }}
"""


def openssl(*words, cwd):
    subprocess.run(["openssl"] + list(words), cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(directory, names, name="web"):
    """An authority (ca.pem) once, and a certificate of it for all names."""
    if not os.path.exists(os.path.join(directory, "ca.pem")):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
                "-subj", "/CN=Test Web Authority", cwd=directory)
    with open(os.path.join(directory, name + ".ext"), "w") as f:
        f.write("subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n" % ",".join("DNS:" + n for n in sorted(names)))
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=web", cwd=directory)
    openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20", "-extfile", name + ".ext",
            "-out", name + ".pem", cwd=directory)


class PublicWeb:
    def __init__(self, directory, names, hosts):
        self.directory, self.names, self.hosts = os.path.abspath(directory), names, hosts
        self.ca_file = os.path.join(self.directory, "ca.pem")
        self.log = os.path.join(self.directory, "nginx.log")
        self.process = None
        self.mark = 0

    def put(self, path, octets):
        """`path`: HOST/NAME. A new time, so that the ETag changes with the octets."""
        path = os.path.join(self.directory, "files", path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(octets)

    def remove(self, path):
        os.unlink(os.path.join(self.directory, "files", path))

    def start(self):
        os.makedirs(os.path.join(self.directory, "files"), exist_ok=True)
        make_certificates(self.directory, self.names)
        user = "user root root;" if os.getuid() == 0 else ""
        servers = "".join(SERVER.format(address=a, dir=self.directory, locations=text) for a, text in self.hosts.items())
        with open(os.path.join(self.directory, "nginx.conf"), "w") as f:
            f.write(MAIN.format(dir=self.directory, user=user, servers=servers))
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with open(os.path.join(self.directory, "nginx.out"), "ab") as out:
            self.process = start([program, "-p", self.directory, "-c", os.path.join(self.directory, "nginx.conf"), "-e", self.log],
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        deadline = time.monotonic() + 120  # bounds a hang
        for address in self.hosts:
            while True:
                try:
                    socket.create_connection((address.strip("[]"), 443), 1).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > deadline:
                        with open(self.log, errors="replace") as f:
                            raise RuntimeError("the public web server did not start: %s" % f.read()[-2000:])
                    time.sleep(0.02)
        return self

    def settle(self):
        """nginx writes its line after the answer: its one worker has written all earlier ones once a mark of ours is there."""
        self.mark += 1
        mark = "/mark-%d" % self.mark
        with ssl._create_unverified_context().wrap_socket(socket.create_connection((next(iter(self.hosts)).strip("[]"), 443), 20)) as tls:
            tls.sendall(("GET %s HTTP/1.0\r\nHost: mark.invalid\r\n\r\n" % mark).encode())
            while tls.recv(4096):
                pass
        deadline = time.monotonic() + 120  # bounds a hang
        while not any(r["path"] == mark for r in self.lines()):
            if time.monotonic() > deadline:
                raise RuntimeError("the public web server's log does not show %s" % mark)
            time.sleep(0.005)

    def lines(self):
        import json
        path = os.path.join(self.directory, "access.log")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def requests(self):
        self.settle()
        return [r for r in self.lines() if r["host"] != "mark.invalid"]

    def forget(self):
        self.settle()
        open(os.path.join(self.directory, "access.log"), "w").close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class RudeWeb:
    """TLS on `address`:443; answer(path, write) writes octets as it likes. Lists the paths asked for."""

    def __init__(self, address, certificate, key, answer):
        self.answer, self.asked, self.closing = answer, [], False
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, 443))
        self.socket.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while not self.closing:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as tls:
                tls.settimeout(30)
                head = b""
                while b"\r\n\r\n" not in head:
                    more = tls.recv(4096)
                    if not more:
                        return
                    head += more
                path = head.split(b" ")[1].decode("latin-1")
                self.asked.append(path)
                self.answer(path, tls.sendall)
        except OSError:
            pass

    def stop(self):
        self.closing = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
