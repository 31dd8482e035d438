#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A stack whose parts a browser test can break: real Knot, Dovecot, the service and nginx, and a mailbox of 30 mails.

Prints READY as `make run` does, then takes one word a line on standard input, does it, and answers DONE or FAILED:
    kill-dovecot  start-dovecot  other-certificate  dead-resolver  stop-service  start-service
    append SUBJECT  change-password PASSWORD  mend (the service anew, as it was configured at first)
Ends with its standard input."""
import os, signal, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "service"))
from api_stage import PASSWORD, USER, Stage, free_port, mail
from servers.dovecot import make_authority


class Breakable:
    def __init__(self):
        self.stage = Stage()

    def start(self):
        for i in range(30):
            self.append("letter %02d" % i)
        self.stage.start()
        return self

    def append(self, subject):
        self.stage.dovecot.append(USER, "INBOX", self.stage.key.sign(mail(subject), "signed.example"))

    def kill_dovecot(self):
        self.stage.dovecot.kill()

    def start_dovecot(self):
        self.stage.dovecot.start()

    def other_certificate(self):
        other = os.path.join(self.stage.directory, "other")
        os.makedirs(other, exist_ok=True)
        self.stage.restart(imap={"ca-file": make_authority(other)})

    def dead_resolver(self):
        self.stage.restart(dns={"server": "127.0.0.1@%d" % free_port(), "trust-anchor": ""})

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
                getattr(breakable, word.replace("-", "_"))(*([rest] if rest else []))
                print("DONE", flush=True)
            except Exception as error:
                print("FAILED %s: %s" % (word, error), flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        breakable.stage.stop()


if __name__ == "__main__":
    main()
