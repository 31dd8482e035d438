# SPDX-License-Identifier: MIT
"""The stage of the API tests: real Knot, Dovecot, inkan and nginx on free loopback ports in one temporary folder, and
messages signed by dkimpy with a key that the zone publishes."""
import base64, os, shutil, sys, tempfile, time, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from api_client import Client
from servers.dovecot import Dovecot
from servers.inkan import Inkan
from servers.knot import Knot
from servers.nginx import Nginx
from servers.ports import free_port

BUILD = os.environ.get("INKAN_BUILD", "build")
USER, PASSWORD = "alice@mail.example", "correct horse"
OTHER, OTHER_PASSWORD = "bob@mail.example", "battery staple"


def binary(sanitized=False):
    paths = [os.path.join(BUILD, "san/inkan")] if sanitized else []
    return next(p for p in paths + [os.path.join(BUILD, "inkan")] if os.path.exists(p))


class Key:
    """An RSA key, as dkimpy signs with it and as DNS publishes it."""

    def __init__(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
        der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.record = "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()

    def sign(self, message, domain, fields=None):
        """fields: h=, where it is not dkimpy's choice (every field that RFC 6376 §5.4.1 names, List-Id among them)."""
        return dkim.sign(message, b"s1", domain.encode(), self.pem, canonicalize=(b"relaxed", b"relaxed"), include_headers=fields) + message


def mail(subject="hello", sender="Carol <carol@signed.example>", body="Hello.", extra=""):
    text = "%sFrom: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <%s@example>\n\n%s\n" % (
        extra, sender, USER, subject, time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()), abs(hash((subject, body))), body)
    return text.replace("\n", "\r\n").encode()


class Stage:
    """start() brings everything up; settings of the service can be changed before or between."""

    def __init__(self, sanitized=False):
        self.directory = tempfile.mkdtemp(prefix="inkan-api-")
        self.key = Key()
        self.port = free_port()
        self.dovecot = Dovecot(os.path.join(self.directory, "dovecot"), free_port(), users={USER: PASSWORD, OTHER: OTHER_PASSWORD})
        quoted = " ".join('"%s"' % self.key.record[i:i + 200] for i in range(0, len(self.key.record), 200))
        zone = 's1._domainkey.signed.example. 300 IN TXT %s\n_dmarc.signed.example. 300 IN TXT "v=DMARC1; p=reject"\n' % quoted
        zone += "s1._domainkey.lists.example. 300 IN TXT %s\n" % quoted
        self.knot = Knot(os.path.join(self.directory, "knot"), free_port(), {".": (zone, "signed")})
        self.inkan = Inkan(os.path.join(self.directory, "inkan"), binary(sanitized))
        self.nginx = Nginx(os.path.join(self.directory, "nginx"), self.port, self.inkan.socket)
        self.url = self.nginx.url
        self.settings = {}

    def start(self):
        self.dovecot.start()
        self.knot.start()
        self.settings = {
            "imap": {"host": "localhost", "port": self.dovecot.port, "ca-file": self.dovecot.ca_file, "timeout": 60},
            "dns": {"server": "127.0.0.1@%d" % self.knot.port, "trust-anchor": self.knot.trust_anchor_file},
            "trust localhost": {"authserv-ids": "mx.mail.example", "strips": "yes"},
            "web": {"origin": self.url}}
        self.inkan.start(self.settings)
        self.nginx.start()
        return self

    def restart(self, **changes):
        """Stops the service and starts it with sections changed: web={"session-hours": 1}."""
        status = self.inkan.stop()
        settings = {name: dict(keys) for name, keys in self.settings.items()}
        for section, keys in changes.items():
            settings.setdefault(section, {}).update(keys)
        self.inkan.start(settings)
        return status

    def sent_by(self, call, least=lambda: 1):
        """The commands that Alice's mail server was sent from this call on, a body for the verifier aside; so many at the least, for
        one may be written down after it was answered. Where a session's walk through sent mail is over, nobody else sends any."""
        start = time.time()
        sent = lambda: [c for c in self.dovecot.commands(USER, start) if "BODY.PEEK[]" not in c]
        call()
        until(lambda: len(sent()) >= least(), "the commands in the server's log")
        return sent()

    def stop(self):
        for server in (self.nginx, self.inkan, self.knot, self.dovecot):
            server.stop()
        if self.inkan.process and self.inkan.process.returncode != 0:
            sys.stderr.write(self.inkan.tail())
        shutil.rmtree(self.directory, ignore_errors=True)
        assert self.inkan.process is None or self.inkan.process.returncode == 0, "inkan's exit status"

    def client(self, user=USER, password=PASSWORD, **options):
        client = Client(self.url, **options)
        if user:
            reply = client.sign_in(user, password)
            assert reply.status == 201, reply
        return client


def until(wanted, what, seconds=120):
    """Repeats `wanted()` until it is true, and returns that; the figure bounds a hang, it measures nothing."""
    deadline = time.monotonic() + seconds
    while True:
        value = wanted()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("never: %s" % what)
        time.sleep(0.05)


def walked(client, seconds=120):
    """Sent mail and inbox were read, which a session does once by itself."""
    until(lambda: client.get("/correspondents").json["indexed"], "sent mail and inbox were read", seconds)


class ApiCase(unittest.TestCase):
    """Tests that share one stage."""
    sanitized = True

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(cls.sanitized)
        cls.addClassCleanup(cls.stage.stop)
        cls.stage.start()

    def problem(self, reply, status, code):
        self.assertEqual((reply.status, reply.code), (status, code), reply)
        self.assertEqual(reply.headers["content-type"], "application/problem+json")
        self.assertTrue(reply.json["detail"])
        return reply
