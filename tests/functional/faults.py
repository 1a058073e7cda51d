"""Every step at which crash_test.py kills the service or its child, many times each, and the long forms of tests in which things are
killed, busy, or hostile for a while: script/faults."""
import argparse
import concurrent.futures
import fnmatch
import os
import subprocess
import sys
import time
import unittest

import clock_test
import crash_test
import delivery_kills_test
import flood_test
import full_disk_test
import iconik_kills_test
import long_kills_test
import node_kills
import owner_kills_test
import scan_test
import scarce_test
import soak
import store_bytes_test
import store_kills_test
from service import PROGRAMS


FORMS = ["orders", "model", "cuts", "owners", "nodes", "frozen", "long", "clocks", "scarce", "full", "soak", "scan", "objects", "busy", "told", "assets", "flood", "deliveries", "signatures"]


class InOneProcess(unittest.TestCase):
    """What fault_tests plays, all of it (docs/proof.md)."""
    MORE = {}

    def play(self, tests: str, program: str = "fault_tests") -> None:
        self.assertEqual(subprocess.run([PROGRAMS / program, f"--gtest_filter={tests}"], env=os.environ | self.MORE).returncode, 0)

    def test_orders(self) -> None:
        self.play("*TwoOwners*:*TwoNodes*:*Mutants*")

    def test_model(self) -> None:
        self.play("*Sequences*")

    def test_cuts(self) -> None:
        self.play("*Cuts*")

    def test_signatures(self) -> None:
        self.play("Signer.*Flipped", "delivery_tests")


def steps(only: str) -> list:
    names = unittest.TestLoader().getTestCaseNames(crash_test.Crash)
    return [name for name in names if fnmatch.fnmatch(name, f"*{only}*")]


def once(test: unittest.TestCase) -> tuple:
    """(what was wrong or "", seconds) of one test: a kill, a restart and a look at what is left, or the flood."""
    start = time.monotonic()
    result = unittest.TestResult()
    unittest.TestSuite([test]).run(result)  # with what its class needs
    wrong = [text for _, text in result.errors + result.failures + result.skipped]
    return "\n".join(wrong), time.monotonic() - start


def long_forms(wanted: argparse.Namespace) -> list:
    """(name, what it is, the test) of the functional tests that are run with more than in script/test."""
    InOneProcess.MORE = {"NOTIFY_FAULTS_ALL": "1", "NOTIFY_FAULTS_STEPS": str(wanted.steps), "NOTIFY_FAULTS_CUTS": "1000000",
                         "NOTIFY_SIGNATURES": str(wanted.signatures)}
    if wanted.seed is not None:
        InOneProcess.MORE["NOTIFY_FAULTS_SEED"] = str(wanted.seed)
    owner_kills_test.OwnerKills.KILLS, owner_kills_test.OwnerKills.SEED = wanted.kills, wanted.seed
    node_kills.NodeKills.KILLS, node_kills.NodeKills.FREEZES, node_kills.NodeKills.SEED = wanted.nodes, wanted.frozen, wanted.seed
    long_kills_test.LongKills.KILLS, long_kills_test.LongKills.SEED = wanted.long, wanted.seed
    delivery_kills_test.DeliveryKills.KILLS = wanted.deliveries
    full_disk_test.FullDisk.TIMES, soak.Soak.HOURS, soak.Soak.SEED = wanted.full, wanted.hours, wanted.seed
    scan_test.Scan.KEYS, scan_test.Scan.KILLS = wanted.scan, 20
    store_kills_test.StoreKills.ITEMS, store_kills_test.StoreKills.KILLS = wanted.objects, 20
    flood_test.EACH = wanted.flood
    store_bytes_test.StoreBytes.BUSY_SECONDS = wanted.busy
    iconik = iconik_kills_test.IconikKills.sized(told=wanted.told, assets=wanted.assets, kills=20, seed=wanted.seed)
    forms = [
        ("orders", 1, "two owners in every order", InOneProcess("test_orders")),
        ("model", wanted.steps, f"{wanted.steps} steps beside the model, on each database", InOneProcess("test_model")),
        ("cuts", 1, "a cut after each byte of a transaction", InOneProcess("test_cuts")),
        ("owners", wanted.kills, f"{wanted.kills} kills of owners on SQLite", owner_kills_test.OwnerKills("test_on_sqlite")),
        ("owners", wanted.kills, f"{wanted.kills} kills of owners on PostgreSQL", owner_kills_test.OwnerKills("test_on_postgresql")),
        ("nodes", wanted.nodes, f"{wanted.nodes} kills of nodes and children", node_kills.NodeKills("test_nodes_and_children_that_are_killed")),
        ("frozen", wanted.frozen, f"{wanted.frozen} nodes frozen beyond their lease", node_kills.NodeKills("test_nodes_that_stand_still")),
        ("long", wanted.long, f"a film of {wanted.long} checkpoints, on nodes that die at each",
         long_kills_test.LongKills("test_a_film_whose_nodes_die_comes_to_the_result_of_one_that_was_left_alone")),
        ("clocks", 1, "nodes whose clocks are two hours off", clock_test.Clocks(clock_test.TEST)),
        *(("scarce", 1, name.removeprefix("test_"), scarce_test.Scarce(name))
          for name in unittest.TestLoader().getTestCaseNames(scarce_test.Scarce)
          if not ("memory" in name and scarce_test.has_sanitizers())),
        ("full", wanted.full, f"a disk that is full {wanted.full} times",
         full_disk_test.FullDisk("test_a_disk_that_is_full_again_and_again_loses_nothing")),
        ("soak", wanted.hours, f"{wanted.hours} h under load",
         soak.Soak("test_memory_descriptors_and_threads_do_not_grow_and_all_ends_once")),
        ("scan", wanted.scan, f"scan of {wanted.scan} keys", scan_test.Scan("test_a_scan_that_is_killed_again_and_again_takes_in_every_key_once")),
        ("objects", wanted.objects, f"{wanted.objects} objects of a store",
         store_kills_test.StoreKills("test_every_object_ends_once_and_is_published_and_nothing_is_left_open")),
        ("busy", wanted.busy, f"a store that is busy for {wanted.busy} s",
         store_bytes_test.StoreBytes("test_a_store_that_is_often_busy_is_asked_at_most_twice_as_often")),
        ("told", wanted.told, f"{wanted.told} messages of assets", iconik(iconik_kills_test.TEST_OF_MESSAGES)),
        ("assets", wanted.assets, f"timelines of {wanted.assets} assets", iconik(iconik_kills_test.TEST_OF_TIMELINES)),
        ("deliveries", wanted.deliveries, f"{wanted.deliveries} kills while a receiver is told",
         delivery_kills_test.DeliveryKills("test_no_event_is_lost_and_one_that_comes_twice_is_the_same")),
        ("signatures", wanted.signatures, f"{wanted.signatures} messages and as many with one bit flipped, for the packages of npm and PyPI",
         InOneProcess("test_signatures")),
        ("flood", wanted.flood, f"flood of {wanted.flood}", flood_test.Flood("test_good_items_complete_amid_as_many_bad_ones")),
    ]
    return [(told, test) for name, many, told, test in forms if many > 0 and name in (wanted.form or FORMS)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="how often each step is taken (50)")
    parser.add_argument("--flood", type=int, default=500, help="how many hostile files land amid as many good ones (500); 0 for none")
    parser.add_argument("--scan", type=int, default=100_000, help="how many keys a scan has that is killed 20 times (100000); 0 for none")
    parser.add_argument("--objects", type=int, default=1000, help="how many objects of a store are worked off under 20 kills (1000); 0 for none")
    parser.add_argument("--busy", type=int, default=300, help="for how many seconds a store answers 30 of 100 requests with 503 (300); 0 for none")
    parser.add_argument("--told", type=int, default=10_000,
                        help="of how many assets of Iconik messages tell, each up to five times, under 20 kills (10000); 0 for none")
    parser.add_argument("--assets", type=int, default=1000, help="how many timelines in Iconik are written under 20 kills (1000); 0 for none")
    parser.add_argument("--deliveries", type=int, default=200, help="how often the service is killed while it tells a receiver (200); 0 for none")
    parser.add_argument("--signatures", type=int, default=10_000,
                        help="how many signed messages the packages of npm and PyPI judge, and with one bit flipped (10000); 0 for none")
    parser.add_argument("--steps", type=int, default=100_000, help="how many steps are compared with the model on each database (100000); 0 for none")
    parser.add_argument("--kills", type=int, default=3000, help="how many owners are killed on each database (3000); 0 for none")
    parser.add_argument("--nodes", type=int, default=200, help="how many kills three nodes with their children take (200); 0 for none")
    parser.add_argument("--frozen", type=int, default=5, help="how often a node stands still beyond its lease (5); 0 for none")
    parser.add_argument("--long", type=int, default=50, help="how often two nodes die at the checkpoints of one long film (50); 0 for none")
    parser.add_argument("--full", type=int, default=20, help="how often the disk is full and freed again (20); 0 for never")
    parser.add_argument("--hours", type=float, default=0, help="how long the soak lasts (0: none); with --form soak")
    parser.add_argument("--seed", type=int, help="of what is left to chance")
    parser.add_argument("--form", action="append", choices=FORMS, help="this one alone, without the steps; may be given again")
    parser.add_argument("--only", default="", help="the steps whose names contain this, and nothing else; * stands for anything")
    parser.add_argument("--jobs", type=int, default=1, help="how many services at a time (1)")
    wanted = parser.parse_args()
    chosen = [] if wanted.form else steps(wanted.only)
    if not (chosen or wanted.form) or wanted.times < 1 or wanted.jobs < 1:
        parser.error(f"nothing to do; the steps are:\n" + "\n".join(steps("")))
    rows, failed = [], 0
    with concurrent.futures.ThreadPoolExecutor(wanted.jobs) as pool:
        for number, name in enumerate(chosen, 1):
            seconds, good = 0.0, 0
            for done, (wrong, took) in enumerate(pool.map(once, [crash_test.Crash(name) for _ in range(wanted.times)]), 1):
                seconds, good = seconds + took, good + (not wrong)
                print(f"\r{number}/{len(chosen)} {name}: {done}/{wanted.times}", end="", file=sys.stderr, flush=True)
                if wrong:
                    print(f"\n{name}, time {done}:\n{wrong}", file=sys.stderr, flush=True)
            print(file=sys.stderr)
            rows.append((name.removeprefix("test_"), good, wanted.times, seconds / wanted.times))
            failed += wanted.times - good
    for told, test in [] if wanted.only else long_forms(wanted):
        wrong, took = once(test)
        print(wrong, file=sys.stderr)
        rows.append((told, not wrong, 1, took))
        failed += bool(wrong)
    width = max(len(row[0]) for row in rows)
    print(f"{'step':<{width}}   good of  s each")
    for name, good, times, each in rows:
        print(f"{name:<{width}}  {good:>5} {times:>3}  {each:>6.1f}{'' if good == times else '  FAILED'}")
    print(f"{sum(row[1] for row in rows)} passed, {failed} failed: after each kill every item ended, none twice, no temporary file was left")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
