#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A stack whose parts a browser test can break: real Knot, Dovecot, the service and nginx, and a mailbox of 30 mails.

Prints READY as `make run` does, then takes one word a line on standard input, does it, and answers DONE or FAILED:
    kill-dovecot  start-dovecot  other-certificate  dead-resolver  stop-service  start-service
    append SUBJECT  thread SUBJECT (a letter, an answer and an answer to that)  join SUBJECT (somebody else's, unsigned)  fill COUNT (unsigned letters, older than all)
    expunge SUBJECT (another client removes it)
    change-password PASSWORD  mend (the service anew, as it was configured at first)
    deliver BASE64  deliver-signed BASE64 (octets of a message, as they are; all at one time)
    ask-lists (the service anew: it asks the list dbl.example, which names signed.example)
    check WHEN (the service anew: its own checks are made always, or never)
    watch-names (the service anew, its DNS questions counted)  names (what it asked for since, as JSON)
Ends with its standard input."""
import base64, imaplib, json, os, signal, socket, ssl, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "service"))
from api_stage import PASSWORD, USER, Stage, free_port, mail
from servers.dovecot import make_authority
from servers.upstream import Upstream


class Breakable:
    def __init__(self):
        self.stage, self.now = Stage(), int(time.time())

    def start(self):
        for i in range(30):
            self.append("letter %02d" % i)
        text, state = self.stage.knot.zones["."]
        self.stage.knot.zones["."] = (text + "signed.example.dbl.example. 300 IN A 127.0.1.4\n", state)
        self.stage.start()
        return self

    def append(self, subject):
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail(subject), "signed.example"))

    def deliver(self, text):
        self.stage.dovecot.append(USER, "INBOX", base64.b64decode(text), when=self.now)

    def deliver_signed(self, text):
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(base64.b64decode(text), "signed.example"), when=self.now)

    def ask_knot(self, question, tcp):
        """Every question goes on to Knot; one that UDP would cut is told so, and comes again over TCP."""
        with socket.create_connection(("127.0.0.1", self.stage.knot.port), 5) as s:
            s.sendall(len(question.packet).to_bytes(2, "big") + question.packet)
            stream = s.makefile("rb")
            reply = stream.read(int.from_bytes(stream.read(2), "big"))
        return reply if tcp or len(reply) <= 1232 else question.reply(truncated=True)

    def watch_names(self):
        self.upstream = Upstream(self.ask_knot)
        self.upstream.__enter__()
        self.stage.restart(dns={"server": "127.0.0.1@%d" % self.upstream.port})

    def names(self):
        return json.dumps(sorted({name for name, _, _ in self.upstream.questions}))

    def thread(self, subject):
        ids = ["%d.%s@signed.example" % (n, abs(hash(subject))) for n in range(3)]
        for n, own in enumerate(ids):
            text = self.follow(mail("Re: " * bool(n) + subject, body="Letter %d of three." % (n + 1), extra=self.references(ids[:n])), own)
            self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(text, "signed.example"))

    def join(self, subject):
        known = ["2.%s@signed.example" % abs(hash(subject))]
        text = mail("Re: " + subject, "Carol <carol@unsigned.example>", "I am one of you.", self.references(known))
        self.stage.dovecot.append(USER, "INBOX", self.follow(text, "joined.%s@unsigned.example" % abs(hash(subject))))

    @staticmethod
    def references(ids):
        return "References: %s\n" % " ".join("<%s>" % i for i in ids) if ids else ""

    @staticmethod
    def follow(text, own):
        """The same letter with this Message-ID."""
        lines = text.decode().split("\r\n")
        return "\r\n".join("Message-ID: <%s>" % own if line.startswith("Message-ID:") else line for line in lines).encode()

    def fill(self, count):
        dovecot, now = self.stage.dovecot, int(time.time()) - 86400
        cur = os.path.join(dovecot.home(USER), "cur")
        for n in range(int(count)):
            with open(os.path.join(cur, "%d.f%06d.test:2,S" % (now - n, n)), "wb") as f:
                f.write(mail("filler %05d" % n, "Sender %d <someone@d%d.example>" % (n % 90, n % 90), "What stands in letter %d." % n))
        dovecot.give_away(cur)

    def expunge(self, subject):
        """Another client removes it for good."""
        with imaplib.IMAP4_SSL("127.0.0.1", self.stage.dovecot.port, ssl_context=ssl._create_unverified_context()) as box:
            box.login(USER, PASSWORD)
            box.select("INBOX")
            _, (found,) = box.uid("SEARCH", "SUBJECT", '"%s"' % subject)
            box.uid("STORE", found.decode().replace(" ", ","), "+FLAGS", "(\\Deleted)")
            box.expunge()

    def kill_dovecot(self):
        self.stage.dovecot.kill()

    def start_dovecot(self):
        if self.stage.dovecot.process.poll() is not None:
            self.stage.dovecot.start()

    def other_certificate(self):
        other = os.path.join(self.stage.directory, "other")
        os.makedirs(other, exist_ok=True)
        self.stage.restart(imap={"ca-file": make_authority(other)})

    def dead_resolver(self):
        self.stage.restart(dns={"server": "127.0.0.1@%d" % free_port(), "trust-anchor": ""})

    def ask_lists(self):
        self.stage.restart(reputation={"domain-lists": "dbl.example", "meanings": "dbl.example 127.0.1.4 names that were given away"})

    def check(self, when):
        self.stage.restart(trust={"verify": when})

    def mend(self):
        self.stage.restart()

    def change_password(self, password):
        self.stage.dovecot.users[USER] = password
        self.stage.dovecot.kill()  # signed-in connections too
        self.stage.dovecot.start()

    def stop_service(self):
        self.stage.inkan.stop()

    def start_service(self):
        self.stage.inkan.start()


def on_signal(number, frame):
    raise KeyboardInterrupt


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    breakable = Breakable()
    try:
        breakable.start()
        print("READY url=%s user=%s password=%s" % (breakable.stage.url, USER, PASSWORD), flush=True)
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            try:
                said = getattr(breakable, word.replace("-", "_"))(*([rest] if rest else []))
                print("DONE %s" % said if said else "DONE", flush=True)
            except Exception as error:
                print("FAILED %s: %s" % (word, error), flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        breakable.stage.stop()


if __name__ == "__main__":
    main()
