"""Runs all tests and writes a JUnit XML report: python3 -m tests.run reports/junit.xml"""

import pathlib
import sys
import time
import traceback
import unittest
import xml.etree.ElementTree as xml


class Recorder(unittest.TextTestResult):
    """Keeps, of every test, how long it took and how it ended."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.cases = []

    def startTest(self, test):
        self.began, self.outcome = time.monotonic(), None
        super().startTest(test)

    def addError(self, test, error):
        super().addError(test, error)
        self.outcome = ("error", error)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.outcome = ("failure", error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            self.outcome = ("failure" if issubclass(error[0], test.failureException) else "error", error)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.outcome = ("skipped", reason)

    def stopTest(self, test):
        super().stopTest(test)
        self.cases.append((test, time.monotonic() - self.began, self.outcome))


def as_junit(cases):
    kinds = [outcome[0] for _, _, outcome in cases if outcome]
    suite = xml.Element("testsuite", name="webshop", tests=str(len(cases)), failures=str(kinds.count("failure")),
                        errors=str(kinds.count("error")), skipped=str(kinds.count("skipped")),
                        time=f"{sum(seconds for _, seconds, _ in cases):.3f}")
    for test, seconds, outcome in cases:
        names = test.id().split(".")
        case = xml.SubElement(suite, "testcase", classname=".".join(names[:-1]), name=names[-1], time=f"{seconds:.3f}")
        if outcome and outcome[0] == "skipped":
            xml.SubElement(case, "skipped", message=outcome[1])
        elif outcome:
            kind, (type_, value, trace) = outcome
            details = xml.SubElement(case, kind, type=type_.__name__, message=str(value))
            details.text = "".join(traceback.format_exception(type_, value, trace))
    return xml.ElementTree(suite)


def main():
    report = pathlib.Path(sys.argv[1])
    suite = unittest.defaultTestLoader.discover("tests", top_level_dir=".")
    result = unittest.TextTestRunner(resultclass=Recorder, stream=sys.stdout).run(suite)
    report.parent.mkdir(parents=True, exist_ok=True)
    as_junit(result.cases).write(report, encoding="utf-8", xml_declaration=True)
    return 0 if result.wasSuccessful() and result.cases else 1


if __name__ == "__main__":
    sys.exit(main())
