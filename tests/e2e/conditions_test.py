#!/usr/bin/python3
"""Stage conditions on a real server and in `sluice run`. Usage: conditions_test.py BUILD_DIR [unittest arguments]"""

import json
import pathlib
import unittest

from server_case import ServerCase

PIPELINE = """name: shop
variables: [{{name: Branch, defaultValue: main}}]
stages:
  - name: Source
    actions:
      - {{name: Tree, uses: source/directory, configuration: {{directory: ./src}}, outputArtifacts: [app]}}
  - name: Deploy
{conditions}
    actions:
      - {{name: Ship, uses: compute/commands, inputArtifacts: [app], commands: ["{ship}"]}}
"""

def condition(hook, result, *rules):
    lines = "".join(f"            - {rule}\n" for rule in rules)
    return f"    {hook}:\n      conditions:\n        - result: {result}\n          rules:\n{lines}"

def commands(name, command):
    return f'{{name: {name}, uses: rule/commands, commands: ["{command}"]}}'

BRANCH = '{name: Branch, uses: rule/variable-check, configuration: {Variable: "#{variables.Branch}", Value: main, Operator: EQ}}'

class ConditionsTest(ServerCase):
    def write(self, *conditions, ship="true"):
        text = PIPELINE.format(conditions="".join(conditions).rstrip("\n"), ship=ship)
        (self.home / "pipeline.yml").write_text(text)

    def apply(self, *conditions, ship="true"):
        """Creates the pipeline, which starts its first execution, as the cloud service does."""
        self.write(*conditions, ship=ship)
        self.sluice("apply", "pipeline.yml", "--yes", expect=0)

    def ended(self):
        return bool(self.rows()) and self.rows()[0]["status"] not in ("InProgress", "Stopping")

    def flag(self, name):
        return self.home / name

    def shown(self, execution="shop"):
        return json.loads(self.sluice("show", execution, "--json", expect=0).stdout)

    def deploy(self, execution="shop"):
        return self.shown(execution)["stages"][1]

    def rows(self):
        return json.loads(self.sluice("executions", "shop", "--json", expect=0).stdout)

    def test_a_condition_before_a_stage_holds_it_until_a_retry_or_an_override(self):
        self.serve()
        window = commands("Open", f"test -e {self.flag('open')}")
        self.apply(condition("beforeEntry", "FAIL", BRANCH, window))
        self.wait_for(self.ended, "the first execution")
        stage = self.deploy()
        self.assertEqual(stage["status"], "Failed")
        self.assertEqual(stage["conditions"][0]["status"], "Failed")
        self.assertEqual(stage["conditions"][0]["result"], "FAIL")
        self.assertEqual(stage["actions"][0]["status"], "NotStarted")
        self.assertIn("beforeEntry", self.shown()["statusSummary"])
        self.assertIn("Open", self.shown()["statusSummary"])

        self.flag("open").touch()
        self.sluice("retry", "shop", "Deploy", expect=0)
        self.wait_for(lambda: self.rows()[0]["status"] == "Succeeded", "the retry")

        self.flag("open").unlink()
        self.sluice("start", "shop", "--watch", expect=1)
        self.sluice("override", "shop", "Deploy", expect=0)
        self.wait_for(lambda: self.rows()[0]["status"] == "Succeeded", "the override")
        self.assertEqual(self.deploy()["conditions"][0]["status"], "Overridden")
        again = self.sluice("override", "shop", "Deploy")
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("ConditionNotOverridableException", again.stderr)

    def test_a_stage_is_skipped_and_the_logs_of_its_rules_are_there(self):
        self.serve()
        self.apply(condition("beforeEntry", "SKIP", BRANCH), condition("onSuccess", "FAIL", commands("Look", "echo seen")))
        self.wait_for(self.ended, "the first execution")
        self.sluice("start", "shop", "-v", "Branch=feature", "--watch", expect=0)
        self.assertEqual(self.deploy()["status"], "Skipped")
        self.sluice("start", "shop", "--watch", expect=0)
        self.assertEqual(self.deploy()["status"], "Succeeded")
        self.assertIn("seen", self.sluice("logs", "shop", "Deploy/onSuccess.Look", expect=0).stdout)
        _, body = self.call("CodePipeline_20150709.ListRuleExecutions", {"pipelineName": "shop"})
        details = body["ruleExecutionDetails"]
        self.assertEqual([d["ruleName"] for d in details], ["Look", "Branch", "Branch", "Look", "Branch"])
        self.assertEqual([d["status"] for d in details], ["Succeeded", "Succeeded", "Failed", "Succeeded", "Succeeded"])
        self.assertEqual(details[2]["input"]["resolvedConfiguration"]["Variable"], "feature")

    def test_what_looks_bad_afterwards_is_rolled_back(self):
        self.serve()
        healthy = commands("Healthy", f"test ! -e {self.flag('sick')}")
        self.apply(condition("onSuccess", "ROLLBACK", healthy))
        self.wait_for(self.ended, "the first execution")
        self.flag("sick").touch()
        self.sluice("start", "shop", "--watch", expect=1)
        self.wait_for(lambda: len(self.rows()) == 3 and self.rows()[0]["status"] == "Failed", "the rollback")
        self.assertEqual(self.rows()[0]["trigger"]["triggerType"], "AutomatedRollback")
        self.assertEqual([row["status"] for row in self.rows()], ["Failed", "Failed", "Succeeded"])

    def test_a_rule_outlives_the_server_that_asked_it(self):
        server = self.serve()
        wait = commands("Wait", f"while ! test -e {self.flag('go')}; do sleep 0.1; done; echo went")
        self.apply(condition("beforeEntry", "FAIL", wait))
        self.wait_for(lambda: self.rows() and self.deploy().get("conditions", [{}])[0].get("rules", [{}])[0].get("status") == "InProgress", "the rule")
        server.kill()
        server.wait()
        self.serve()
        self.flag("go").touch()
        self.wait_for(lambda: self.rows()[0]["status"] == "Succeeded", "the execution")
        self.assertEqual(self.sluice("logs", "shop", "Deploy/beforeEntry.Wait", expect=0).stdout.splitlines().count("went"), 1)

    def test_the_page_about_conditions_shows_a_file_that_is_valid_and_does_what_it_says(self):
        page = (pathlib.Path(__file__).resolve().parents[2] / "docs/conditions.md").read_text()
        (self.home / "shop.yml").write_text(page.split("```yaml\n")[1].split("```")[0])
        self.sluice("validate", "shop.yml", expect=0)
        held = self.sluice("simulate", "shop.yml", "--fail", "Deploy/onSuccess/Healthy", expect=None)
        self.assertIn("condition 1 Deploy.onSuccess FAILED, ROLLBACK", held.stdout)
        left_out = self.sluice("simulate", "shop.yml", "--fail", "Deploy/beforeEntry/Wanted", expect=None)
        self.assertIn("stage 1 Deploy SKIPPED", left_out.stdout)

    def test_a_run_without_a_server_evaluates_conditions_and_follows_its_rollback(self):
        alarm = commands("Alarm", "echo it rings")
        self.write(condition("beforeEntry", "FAIL", BRANCH), condition("onFailure", "ROLLBACK", alarm), ship=f"test ! -e {self.flag('sick')}")
        self.sluice("run", "pipeline.yml", expect=0)
        held = self.sluice("run", "pipeline.yml", "-v", "Branch=feature", expect=1)
        self.assertIn("Branch", held.stdout)
        self.flag("sick").touch()
        failed = self.sluice("run", "pipeline.yml", expect=1)
        self.assertIn("Rolling back", failed.stdout)
        self.assertEqual(self.rows()[0]["trigger"]["triggerType"], "AutomatedRollback")
        self.assertNotEqual(self.rows()[0]["status"], "InProgress")
        self.assertIn("it rings", self.sluice("logs", "shop#3", "Deploy/onFailure.Alarm", expect=0).stdout)

if __name__ == "__main__":
    unittest.main(verbosity=2)
