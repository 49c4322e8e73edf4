#!/usr/bin/python3
"""What is loaded before a program's first line runs. Usage: startup_test.py BUILD_DIR

Each library costs `sluice run` a fifth of a millisecond or more, and some bring a dozen others
(docs/decisions/0030, 0031). One that is needed for a single purpose belongs into a library of our own that is
loaded for that purpose, as ZeroMQ in sluice-bus.so.
"""

import pathlib
import re
import subprocess
import sys
import unittest

BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
ALWAYS = {"libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libc.so.6", "ld-linux-x86-64.so.2"}


def needed(path):
    table = subprocess.run(["readelf", "--dynamic", BUILD / path], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"NEEDED.*\[(.*)\]", table)) - ALWAYS


class StartupTest(unittest.TestCase):
    def test_sluice_loads_no_more_than_it_needs_to_run_a_pipeline(self):
        small = {"libsimdjson.so.14", "libdate-tz.so.3"}  # they bring nothing else; Debian has no archives of them
        self.assertLessEqual(needed("bin/sluice"), small)

    def test_a_host_loads_nothing_beside_libc(self):
        self.assertEqual(needed("libexec/sluice/sluice-action-host"), set())

    def test_the_bus_is_where_zeromq_is(self):
        self.assertIn("libzmq.so.5", needed("libexec/sluice/sluice-bus.so"))


unittest.main()
