#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the service says of itself: whose headers are believed for an account, what is checked, and its numbers."""
import os, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from api_stage import USER, ApiCase, until
from test_events import Stream


class About(ApiCase):
    def test_about(self):
        client = self.stage.client()
        about = client.get("/about").json
        self.assertEqual(about["version"], client.get("/health").json["version"])
        self.assertEqual((about["account"]["username"], about["verify"]), (USER, "missing"))
        belief = about["belief"]
        self.assertEqual((belief["profile"], belief["authservIds"], belief["strips"], belief["border"]), ("generic", ["mx.mail.example"], True, []))
        self.assertTrue(about["checks"]["dkim"] and about["checks"]["dnssec"])
        self.assertEqual((about["lists"], about["checks"]["reputation"]), ([], False))
        self.problem(self.stage.client(None).get("/about"), 401, "not-signed-in")

    def test_other_rules(self):
        self.stage.restart(**{"trust": {"verify": "never"},
                              "trust localhost": {"profile": "google", "border": "mx.example, 192.0.2.0/24", "own-domains": "mail.example", "strips": "no"}})
        self.addCleanup(self.stage.restart)
        about = self.stage.client().get("/about").json
        belief = about["belief"]
        self.assertEqual((about["verify"], about["checks"]["dkim"], about["checks"]["dnssec"]), ("never", False, False))
        self.assertEqual((belief["profile"], belief["strips"], belief["ownDomains"]), ("google", False, ["mail.example"]))
        self.assertIn("mx.google.com", belief["authservIds"])
        self.assertTrue(any("mx.example" in entry for entry in belief["border"]), belief)
        self.assertTrue(any("192.0.2.0/24" in entry for entry in belief["border"]), belief)

    def test_lists_that_are_asked(self):
        lists = {"block-lists": "bl.example", "domain-lists": "dbl.example"}
        self.stage.restart(reputation=lists)
        self.addCleanup(self.stage.restart)
        about = self.stage.client().get("/about").json
        self.assertEqual(about["lists"], [{"list": "bl.example", "kind": "block"}, {"list": "dbl.example", "kind": "domain"}])
        self.assertTrue(about["checks"]["reputation"])
        self.stage.restart(reputation=lists, trust={"verify": "never"})
        self.assertEqual(self.stage.client().get("/about").json["lists"], [], "none is asked")

    def test_numbers_of_streams(self):
        client = self.stage.client()
        number = lambda name: int(next(line.split()[1] for line in client.get("/metrics").body.decode().splitlines() if line.startswith("inkan_%s " % name)))
        self.assertEqual((number("event_streams"), number("event_watchers")), (0, 0))
        streams = [Stream(client), Stream(client)]
        until(lambda: (number("event_streams"), number("event_watchers")) == (2, 1), "two streams of one account")
        for stream in streams:
            stream.close()
        until(lambda: (number("event_streams"), number("event_watchers")) == (0, 0), "no stream any more")


if __name__ == "__main__":
    unittest.main(verbosity=2)
