#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""make bench: the list of 1,000 messages of 200 brands with logos and without, side by side, by real servers in a network
of their own. Every round measures both: the first listing after a start (the verdicts are known, memory of this process is
empty) and later ones. Logos come out of the store; that none is fetched while listing is counted, not measured."""
import argparse, os, statistics, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(TOP, "tests/service"), os.path.join(TOP, "tests/sample")]
import marks
from api_stage import USER, until
from servers import namespace
import test_brand_service as brands

PAGE = 50


def listing(world, client):
    """Milliseconds and octets of each page, top to bottom; how many rows carry a logo."""
    inbox, before, pages, logos = client.mailboxes()["inbox"], None, [], 0
    headers = {"Authorization": "Bearer " + client.token}
    while True:
        path = "/mailboxes/%s/messages?limit=%d%s" % (inbox, PAGE, "&before=" + before if before else "")
        start = time.perf_counter()
        reply = client.raw("GET", path, headers=headers)
        pages.append(((time.perf_counter() - start) * 1000, len(reply.body)))
        logos += sum(1 for row in reply.json["messages"] if row["verdict"]["logo"])
        before = reply.json["next"]
        if not before:
            return pages, logos


def world_of(count, messages):
    domains = ["brand-%d.example" % i for i in range(count)]
    files = {}
    for i, domain in enumerate(domains):
        svg = marks.logo("BTKLSM"[i % 6], name=domain)
        files[domain + "/logo.svg"] = svg
        files[domain + "/mark.pem"] = brands.authority.certificate(domain, svg, organization="Brand %d" % i)
    world = brands.World({d: brands.record_of(d) for d in domains}, files)
    for n in range(messages):
        world.stage.dovecot.append(USER, "INBOX", brands.message(domains[n % count], n))
    return world


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--brands", type=int, default=200)
    p.add_argument("--messages", type=int, default=1000)
    a = p.parse_args()
    try:
        namespace.enter()
    except namespace.Unavailable as why:
        print("list with and without logos: not measured, %s" % why)
        return 0
    world = world_of(a.brands, a.messages)
    figures = {}
    try:
        client = world.client()
        until(lambda: listing(world, client)[1] == a.messages, "every row its logo", 300)
        for i in range(a.rounds):
            for name, settings, wanted in (("without logos", dict(world.brand, require="off"), 0), ("with logos", world.brand, a.messages)):
                world.stage.restart(brand=settings)
                world.web.forget()
                client = world.client()
                for when in ("first", "later", "later"):
                    pages, logos = listing(world, client)
                    assert logos == wanted, "%s: %d rows with a logo" % (name, logos)
                    figures.setdefault((name, when), []).extend(pages)
                assert not world.web.requests(), "something was fetched while listing"
    finally:
        world.stop()
    print("\nlist of %d messages of %d brands, pages of %d: median of a page" % (a.messages, a.brands, PAGE))
    print("%-16s %12s %12s %12s" % ("", "first, ms", "later, ms", "octets"))
    for name in ("without logos", "with logos"):
        first, later = (figures[name, when] for when in ("first", "later"))
        print("%-16s %12.1f %12.1f %12d" % (name, statistics.median(ms for ms, _ in first), statistics.median(ms for ms, _ in later), statistics.median(n for _, n in later)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
