# SPDX-License-Identifier: MIT
"""A private inkan service: its configuration, socket and store lie in one directory."""
import os, signal, socket, subprocess, time

from servers.child import start


class Inkan:
    """Inkan(directory, binary).start({"imap": {"host": ..}, ..}) writes inkan.conf, adds socket and store, waits until it answers."""

    def __init__(self, directory, binary="build/inkan"):
        self.directory, self.binary = os.path.abspath(directory), os.path.abspath(binary)
        self.socket = os.path.join(self.directory, "inkan.sock")
        self.config = os.path.join(self.directory, "inkan.conf")
        self.store = os.path.join(self.directory, "inkan.db")
        self.log = os.path.join(self.directory, "inkan.log")
        self.process, self.settings = None, {}

    def write_config(self, settings):
        sections = {name: dict(keys) for name, keys in settings.items()}
        sections.setdefault("server", {}).setdefault("socket", self.socket)
        sections.setdefault("store", {}).setdefault("path", self.store)
        sections.setdefault("web", {}).setdefault("origin", "http://127.0.0.1")
        with open(self.config, "w", encoding="utf-8") as f:
            for name, keys in sections.items():
                f.write("[%s]\n%s\n" % (name, "".join("%s = %s\n" % item for item in keys.items())))

    def start(self, settings=None):
        """Again without settings: a restart with the same ones."""
        os.makedirs(self.directory, mode=0o755, exist_ok=True)
        if settings is not None:
            self.settings = settings
        self.write_config(self.settings)
        command = [self.binary, "serve", "--socket", self.socket, "--config", self.config]
        with open(self.log, "ab") as out:
            self.process = start(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.wait_ready()
        return self

    def wait_ready(self):
        deadline = time.monotonic() + 120  # bounds a hang
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("inkan ended with status %s: %s" % (self.process.returncode, self.tail()))
            with socket.socket(socket.AF_UNIX) as s:
                try:
                    s.connect(self.socket)
                    return
                except OSError:
                    time.sleep(0.02)
        raise RuntimeError("inkan does not listen: %s" % self.tail())

    def tail(self, octets=3000):
        with open(self.log, errors="replace") as f:
            return f.read()[-octets:]

    def rss_kb(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            return int([line for line in f if line.startswith("VmRSS")][0].split()[1])

    def stop(self, timeout=120):
        """SIGTERM; returns the exit status."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode if self.process else None
