"""Runs the standard library's test_ssl and prints `OUTCOME NAME` for each test."""

import unittest

from test import support

support.verbose = False
support.use_resources = []  # as `python3 -m test` does: nothing beyond loopback


class Outcomes(unittest.TestResult):
    def say(self, outcome, test, why=""):
        print(outcome, test.id().removeprefix("test.test_ssl."), why, flush=True)

    def addSuccess(self, test):
        self.say("passed", test)

    def addSkip(self, test, reason):
        self.say("skipped", test)

    def addFailure(self, test, error):
        self.say("failed", test, repr(error[1]))

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.addFailure(test, error)


unittest.defaultTestLoader.loadTestsFromName("test.test_ssl").run(Outcomes())
print("complete", flush=True)
