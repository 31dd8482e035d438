#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Counts of all mailboxes by one command, all attachments of a message in one ZIP file, which PDFs are
previewed, and mailboxes that change elsewhere."""
import base64, imaplib, io, os, ssl, subprocess, sys, unittest, zipfile, zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import OTHER, OTHER_PASSWORD, PASSWORD, USER, ApiCase, Stage, mail, until
from test_api import Imap

NAMES = ("report.pdf", "REPORT.pdf", "../../etc/passwd", "日本.txt", "x\u202efdp.exe")


def attached(names):
    from email.message import EmailMessage
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Dan <dan@x.example>", USER, "Five: files/"
    message.set_content("See below.")
    for n, name in enumerate(names):
        message.add_attachment(b"octets %d \x00\xff" % n * 100, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes().replace(b"\n", b"\r\n")


class Uncounted(unittest.TestCase):
    def test_one_by_one_where_list_status_is_missing(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.dovecot.rawlog = True
        stage.dovecot.capability = "IMAP4rev1 SASL-IR LITERAL+ NAMESPACE UIDPLUS LIST-EXTENDED SPECIAL-USE"
        stage.dovecot.append(USER, "INBOX", mail("one"))
        stage.start()
        client = stage.client()
        boxes = {m["name"]: m for m in client.get("/mailboxes").json["mailboxes"]}
        sent = lambda: [c.split()[0] for c in stage.dovecot.commands(USER) if c.startswith(("LIST", "STATUS"))]
        until(lambda: len(sent()) > len(boxes), "the commands in the server's log")
        self.assertEqual(sent(), ["LIST"] + ["STATUS"] * len(boxes))
        self.assertEqual((boxes["INBOX"]["totalEmails"], boxes["INBOX"]["unreadEmails"]), (1, 1))
        self.assertEqual((boxes["Trash"]["totalEmails"], boxes["Trash"]["unreadEmails"]), (0, 0))


class Counts(unittest.TestCase):
    def test_one_command_for_all(self):
        stage = Stage(True)
        self.addCleanup(stage.stop)
        stage.dovecot.rawlog = True
        for n in range(5):
            stage.dovecot.append(USER, "INBOX", mail("m %d" % n), "S" if n < 2 else "")
        stage.dovecot.append(USER, 'Quo"te \\ x', mail("quoted"))
        stage.start()
        client = stage.client()
        with Imap(stage) as box:
            box.create("&ZeVnLIqe-")
        asked = lambda: [c for c in stage.dovecot.commands(USER) if c.startswith(("LIST", "STATUS"))]
        self.assertEqual(asked(), [])
        boxes = {m["name"]: m for m in client.get("/mailboxes").json["mailboxes"]}
        until(asked, "the command in the server's log")
        self.assertEqual(asked(), ['LIST "" "*" RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))'])
        count = lambda name: (boxes[name]["totalEmails"], boxes[name]["unreadEmails"])
        self.assertEqual(count("INBOX"), (5, 3))
        self.assertEqual(count('Quo"te \\ x'), (1, 1))
        self.assertEqual(count("日本語"), (0, 0))
        self.assertEqual(count("Trash"), (0, 0))
        row = client.messages("inbox").json["messages"][0]
        client.call("PATCH", "/messages/" + row["id"], {"keywords": {"$seen": True}})
        boxes = {m["name"]: m for m in client.get("/mailboxes").json["mailboxes"]}
        self.assertEqual(count("INBOX"), (5, 2))
        # Another program reads one. A server counts a mailbox that is open as this connection saw it last.
        client.messages("inbox")
        with Imap(stage) as box:
            box.select("INBOX")
            box.store("4", "+FLAGS", "\\Seen")
        boxes = {m["name"]: m for m in client.get("/mailboxes").json["mailboxes"]}
        self.assertEqual(count("INBOX"), (5, 1))


class Attachments(ApiCase):
    def test_zip(self):
        client = self.stage.client()
        self.stage.dovecot.append(USER, "INBOX", attached(NAMES))
        row = client.messages("inbox", limit=1).json["messages"][0]
        reply = client.get("/messages/%s/attachments.zip" % row["id"])
        self.assertEqual((reply.status, reply.headers["content-type"]), (200, "application/zip"))
        self.assertIn("attachment; filename=", reply.headers["content-disposition"])
        with zipfile.ZipFile(io.BytesIO(reply.body)) as z:
            self.assertIsNone(z.testzip())
            names = z.namelist()
            self.assertEqual([z.read(n) for n in names], [b"octets %d \x00\xff" % n * 100 for n in range(len(NAMES))])
        path = os.path.join(self.stage.directory, "all.zip")
        with open(path, "wb") as f:
            f.write(reply.body)
        told = subprocess.run(["unzip", "-t", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.assertEqual((told.returncode, "No errors detected" in told.stdout), (0, True), told.stdout)
        self.assertEqual(len({n.casefold() for n in names}), len(NAMES))
        for name in names:
            self.assertFalse(set(name) & set("/\\:\u202e") or name.startswith("."), name)
        self.problem(self.stage.client(OTHER, OTHER_PASSWORD).get("/messages/%s/attachments.zip" % row["id"]), 404, "not-found")

    def test_none(self):
        client = self.stage.client()
        self.stage.dovecot.append(USER, "INBOX", mail("nothing attached"))
        row = client.messages("inbox", limit=1).json["messages"][0]
        self.problem(client.get("/messages/%s/attachments.zip" % row["id"]), 422, "no-attachments")


def pdf(catalog=b"", behind=b""):
    """A page; `catalog` within its catalog, `behind` after its objects."""
    return (b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R%s>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n%strailer<</Root 1 0 R>>\n" % (catalog, behind))


def objects_packed(text):
    packed = zlib.compress(b"5 0 " + text)
    return b"9 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n" % (len(packed), packed)


class Previews(ApiCase):
    """A browser's reader runs what a PDF holds; so only one that is sure to hold nothing of that kind is previewed."""

    def test_pdf(self):
        alert = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
        cases = {"plain.pdf": (pdf(), None), "goes.pdf": (pdf(b"/OpenAction 5 0 R", objects_packed(b"<</S/GoTo/D[3 0 R/Fit]>>")), None),
                 "program.pdf": (pdf(b"/OpenAction" + alert), "preview-program"), "packed.pdf": (pdf(b"", objects_packed(alert)), "preview-program"),
                 "escaped.pdf": (pdf(b"/OpenAction<</S/J#61vaScript/J#53(x)>>"), "preview-program"),
                 "web.pdf": (pdf(b"/OpenAction<</S/URI/URI(https://example.org/)>>"), "preview-acts"),
                 "secret.pdf": (pdf(b"", b"trailer<</Encrypt 9 0 R>>"), "preview-encrypted"), "cut.pdf": (pdf()[:-20], "preview-damaged"),
                 "unusual.pdf": (pdf(b"", objects_packed(b"[]").replace(b"Flate", b"LZW")), "preview-unusual"),
                 "large.pdf": (pdf() + b" " * (15 << 20), "preview-too-large")}
        parts = "".join("--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s"
                        % (name, base64.encodebytes(octets).decode().replace("\n", "\r\n")) for name, (octets, _) in cases.items())
        client = self.stage.client()
        self.stage.dovecot.append(USER, "INBOX", mail("papers", extra="MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n", body="").rstrip()
                                  + b"\r\n\r\n" + parts.encode() + b"--b--\r\n")
        row = client.messages("inbox", limit=1).json["messages"][0]
        attachments = client.get("/messages/" + row["id"]).json["attachments"]
        self.assertEqual([part["name"] for part in attachments], list(cases))
        for part, (octets, code) in zip(attachments, cases.values()):
            path = "/messages/%s/parts/%s" % (row["id"], part["part"])
            with self.subTest(part["name"]):
                reply = client.get(path + "/preview")
                if code:
                    said = {lang: self.problem(client.get(path + "/preview?lang=" + lang), 422, code).json["detail"] for lang in ("en", "ja")}
                    self.assertNotEqual(said["en"], said["ja"])
                    self.assertNotIn(b"PDF-1", reply.body)
                else:
                    self.assertEqual((reply.status, reply.headers["content-type"], reply.body), (200, "application/pdf", octets))
                    self.assertIn("default-src 'none'", reply.headers["content-security-policy"])
                self.assertEqual(client.get(path).body, octets, "it can be saved in every case")


class Elsewhere(ApiCase):
    """Another program renames or rebuilds the mailbox that a pooled connection has open: Dovecot ends that connection.
    No answer speaks of that."""

    def gone(self, call):
        statuses = []
        until(lambda: statuses.append(call().status) or statuses[-1] == 404, "it is gone")
        self.assertEqual(set(statuses) - {200, 404}, set())

    def test_renamed_and_rebuilt(self):
        box = imaplib.IMAP4_SSL("localhost", self.stage.dovecot.port, ssl_context=ssl.create_default_context(cafile=self.stage.dovecot.ca_file))
        self.addCleanup(box.logout)
        box.login(USER, PASSWORD)
        box.create("Work")
        box.append("Work", None, None, mail("work"))
        client = self.stage.client()
        work = client.mailboxes()["Work"]
        message = client.messages(work).json["messages"][0]["id"]
        box.rename("Work", "Job")
        self.gone(lambda: client.messages(work))
        self.gone(lambda: client.get("/messages/" + message))
        job = client.mailboxes()["Job"]
        message = client.messages(job).json["messages"][0]["id"]
        box.delete("Job")
        box.create("Job")
        self.gone(lambda: client.get("/messages/" + message))


if __name__ == "__main__":
    unittest.main(verbosity=2)
