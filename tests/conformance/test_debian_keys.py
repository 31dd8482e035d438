#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The list of Debian's predictable keys (CVE-2008-0166, attack C83): some process ids of every kind of machine and size that it claims
to hold are made again, and are in it; a size it does not claim is not. The octets are in order, none twice."""
import os, random, sys, unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import debian_keys

# Published with their process ids: the first octets of the modulus' SHA-256.
PUBLISHED = {("le64-rnd", 1): "bccc90c810fb", ("le32-new", 1): "4f8932c862fb", ("be32-old", 1): "4f8200c6a912"}


class DebianKeys(unittest.TestCase):
    def test_published_keys_come_out(self):
        for (variant, pid), fingerprint in PUBLISHED.items():
            self.assertEqual([(pid, fingerprint, True)], list(debian_keys.keys(1024, variant, pid, pid)), variant)

    def test_a_sample_of_each_is_listed(self):
        seed = random.SystemRandom().randrange(1 << 32)
        draw = random.Random(seed)
        for bits, variant in debian_keys.VARIANTS:
            for pid in (0, debian_keys.PIDS - 1, draw.randrange(debian_keys.PIDS)):
                for _, fingerprint, listed in debian_keys.keys(bits, variant, pid, pid):
                    self.assertTrue(listed, "seed %d: %d bits, %s, process %d: %s" % (seed, bits, variant, pid, fingerprint))

    def test_another_key_is_not_listed(self):
        for _, _, listed in debian_keys.keys(768, "le64-rnd", 1, 20):
            self.assertFalse(listed)

    def test_the_list_is_in_order(self):
        size = debian_keys.FINGERPRINT
        with open(debian_keys.LIST, "rb") as file:
            octets = file.read()
        entries = [octets[at:at + size] for at in range(0, len(octets), size)]
        self.assertEqual(entries, sorted(set(entries)))
        self.assertEqual(len(octets), size * debian_keys.PIDS * len(debian_keys.VARIANTS))


if __name__ == "__main__":
    unittest.main()
