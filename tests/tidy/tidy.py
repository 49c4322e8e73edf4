#!/usr/bin/env python3
"""Style as a test: layering of includes, banned words, sizes, dead files, tests in no target, sleeps, machine paths.

Usage: tidy.py ROOT. Prints one line per finding and closes with `N passed, N failed` (files).
"""

import pathlib
import re
import subprocess
import sys

# Who may include whom (docs/architecture.md): room -> rooms of ours whose headers it may include.
LAYERS = {
    "sdk/include": [],
    "sdk/wire": ["sdk/wire"],
    "sdk/host": ["sdk/wire", "sdk/host"],
    "events/event": ["events/event"],
    "events/pattern": ["events/pattern"],
    "events/bus": ["events/event", "events/pattern/pattern.hpp", "events/bus", "engine/core"],
    "events/schedule": ["events/schedule"],
    "engine/core": ["engine/core", "events/event"],
    "engine/definition": ["engine/definition", "engine/core", "engine/triggers/glob.hpp", "events/pattern", "events/schedule"],
    "engine/simulation": ["engine/simulation", "engine/core", "engine/definition"],
    "engine/triggers": ["engine/triggers", "engine/core", "events/pattern", "events/schedule", "plugins/process", "plugins/source/refs.hpp", "plugins/source/location.hpp"],
    "engine/store": ["engine/store", "engine/core"],
    "engine/artifacts": ["engine/artifacts", "engine/core"],
    "engine/hosts": ["engine/hosts", "engine/core", "engine/artifacts", "sdk/wire", "sdk/host/exit_status.hpp"],
    "engine/workers": ["engine/workers", "engine/core", "engine/hosts", "engine/store/lease.hpp", "engine/store/reflect.hpp"],
    "engine/runtime": ["engine/runtime", "engine/core", "engine/store/store.hpp", "engine/hosts/hosts.hpp", "events/event"],
    "engine/api": ["engine/api", "engine/runtime", "engine/retention/report.hpp", "engine/core", "engine/definition", "engine/store/store.hpp", "engine/artifacts", "events/event", "engine/triggers/webhook.hpp", "engine/triggers/trigger_state.hpp"],
    "engine/retention": ["engine/retention", "engine/runtime", "engine/core", "engine/store/store.hpp", "engine/artifacts"],
    "engine/server": ["engine/server", "engine/retention/rules.hpp", "engine/core", "engine/definition"],
    "plugins": ["plugins", "events/schedule"],
}
# Third-party headers that live in one room (or a few) only.
ONE_HOME = {
    "yaml-cpp/": ["engine/definition", "plugins"],
    "sqlite3.h": ["engine/store", "tests"],
    "zmq": ["events/bus", "engine/workers", "sdk/include/sluice/events.hpp", "tests"],
    "boost/dll": ["sdk/host"],
    "archive.h": ["engine/artifacts", "plugins"],
    "date/": ["events/schedule"],
    "pcre2.h": ["plugins/rule"],
    "simdjson": ["events/pattern", "events/bus/frames.cpp", "tests"],
}
# Words that the core may not even name: it is pure (docs/architecture.md).
IMPURE = re.compile(r"#include <(chrono|thread|mutex|random|fstream|filesystem|iostream|atomic|condition_variable)>|\bthrow\b|std::rand\b")
BANNED_TYPES = re.compile(r"\b(?:class|struct)\s+\w*(Manager|Helper|Handler|Util|Utils|Context|Impl)\b")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|not implemented|unimplemented|\bfor now\b|\bplaceholder\b", re.I)
SLEEP = re.compile(r"sleep_for|usleep\(|[^_\w]sleep\(\d")
MACHINE_PATH = re.compile(r"/(work|farm)/|/root/")
FUNCTION_START = re.compile(r"^(\s*)(?!:|//|.*\) : |namespace|struct|class|enum|union|extern|if|for|while|switch|else|do|\}).*\)[^;{}]*\{$")
MOST_FILE_LINES, MOST_FUNCTION_LINES, MOST_PUBLIC_HEADER_LINES = 600, 70, 250


def room_of(path):
    return next((room for room in sorted(LAYERS, key=len, reverse=True) if path.startswith(room + "/")), None)


def includes_of(text):
    return re.findall(r'^#include ["<]([^">]+)[">]', text, re.M)


def layering(path, text):
    room = room_of(path)
    for included in includes_of(text):
        ours = re.match(r"(engine|events|sdk|plugins)/", included)
        if room and ours and not any(included.startswith(allowed) for allowed in LAYERS[room]):
            yield f"{room} may not include {included}"
        for header, homes in ONE_HOME.items():
            if included.startswith(header) and not any(path.startswith(home) for home in homes) and not path.startswith("examples"):
                yield f"{included} belongs to {homes[0]} alone"
    if path.startswith("engine/core/") and "assert" not in path:
        for found in IMPURE.finditer(re.sub(r"//.*", "", text)):
            yield f"the core is pure: {found.group(0)}"


def words(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if BANNED_TYPES.search(line):
            yield f"line {number}: a type's name says what it is, without {BANNED_TYPES.search(line).group(1)}"
        if UNFINISHED.search(line):
            yield f"line {number}: unfinished: {line.strip()[:60]}"
        if path.startswith("tests/") and not re.search("/(e2e|zoo)/", path) and SLEEP.search(line):
            yield f"line {number}: a sleep in a test outside e2e"
        if MACHINE_PATH.search(line):
            yield f"line {number}: a path of one machine"


def sizes(path, text):
    lines = text.splitlines()
    if len(lines) > MOST_FILE_LINES:
        yield f"{len(lines)} lines; split it ({MOST_FILE_LINES} at most)"
    if path.startswith("sdk/include/") and len(lines) > MOST_PUBLIC_HEADER_LINES:
        yield f"a public header of {len(lines)} lines ({MOST_PUBLIC_HEADER_LINES} at most)"
    if not path.endswith((".cpp", ".hpp")) or path.startswith("tests/"):
        return
    start = None
    for number, line in enumerate(lines, 1):
        continues = number > 1 and lines[number - 2].endswith(",")  # an initialiser list, not a beginning
        if start is None and not continues and (match := FUNCTION_START.match(line)):
            start, indent = number, match.group(1)
        elif start is not None and re.match(rf"{indent}\}}", line):
            if number - start > MOST_FUNCTION_LINES:
                yield f"line {start}: a function of {number - start} lines ({MOST_FUNCTION_LINES} at most)"
            start = None


def dead(path, text, everything):
    name = pathlib.PurePosixPath(path).name
    if path.endswith(".cpp") and not path.startswith("examples/") and not re.search(rf"\b{re.escape(pathlib.PurePosixPath(path).stem)}\b", everything["cmake"]):
        yield "in no CMakeLists.txt"
    if path.endswith((".hpp", ".h")) and not path.startswith("sdk/include/"):
        if f'"{path}"' not in everything["sources"] and f'/{name}"' not in everything["sources"] and f'"{name}"' not in everything["sources"]:
            yield "included by nobody"


def main():
    root = pathlib.Path(sys.argv[1])
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    files = [f for f in listed.stdout.split("\n") if f and (root / f).is_file()]
    code = [f for f in files if f.endswith((".cpp", ".hpp", ".h", ".c", ".py", ".sh")) and not f.startswith("tests/tidy/")]
    texts = {f: (root / f).read_text(errors="replace") for f in code}
    everything = {
        "cmake": "\n".join((root / f).read_text() for f in files if f.endswith(("CMakeLists.txt", ".cmake"))),
        "sources": "\n".join(text for f, text in texts.items() if f.endswith((".cpp", ".hpp", ".h", ".c"))),
    }
    failed = 0
    for path, text in sorted(texts.items()):
        findings = [*layering(path, text), *words(path, text), *sizes(path, text), *dead(path, text, everything)]
        for finding in findings:
            print(f"{path}: {finding}")
        failed += bool(findings)
    print(f"{len(texts) - failed} passed, {failed} failed")
    return 1 if failed or not texts else 0


if __name__ == "__main__":
    sys.exit(main())
