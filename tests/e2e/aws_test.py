#!/usr/bin/python3
"""The cloud's own clients on `sluice serve`. Usage: aws_test.py BUILD_DIR [unittest arguments]"""

import json
import sys
import unittest

from aws_house import NOBODY, AwsHouse, action_type, condition, declaration, rule
from aws_refusals import refusals

ARN = "arn:aws:codepipeline:us-east-1:000000000000:"


class BotoTest(AwsHouse):
    def test_a_pipeline_goes_from_its_creation_to_its_end(self):
        made = self.client.create_pipeline(pipeline=declaration("shop", variables=[{"name": "WHO", "defaultValue": "me"}]),
                                           tags=[{"key": "team", "value": "web"}])
        self.assertEqual(made["pipeline"]["version"], 1)
        self.assertEqual(made["pipeline"]["executionMode"], "SUPERSEDED")
        self.assertEqual(made["tags"], [{"key": "team", "value": "web"}])
        self.assertEqual([one["name"] for one in self.client.list_pipelines()["pipelines"]].count("shop"), 1)
        token = self.wait_for_gate("shop")
        (run,) = self.client.list_pipeline_executions(pipelineName="shop")["pipelineExecutionSummaries"]
        self.assertEqual(run["trigger"]["triggerType"], "CreatePipeline")
        execution = run["pipelineExecutionId"]
        shown = self.client.get_pipeline_execution(pipelineName="shop", pipelineExecutionId=execution)["pipelineExecution"]
        self.assertEqual(shown["variables"], [{"name": "WHO", "resolvedValue": "me"}])
        self.answer("shop", token)
        self.wait_for_status("shop", execution, "Succeeded")
        actions = self.client.list_action_executions(pipelineName="shop", filter={"pipelineExecutionId": execution})
        self.assertEqual([one["actionName"] for one in actions["actionExecutionDetails"]], ["Gate", "Say", "Tree"])
        latest = {"latestInPipelineExecution": {"pipelineExecutionId": execution, "startTimeRange": "Latest"}}
        self.assertEqual(len(self.client.list_action_executions(pipelineName="shop", filter=latest)["actionExecutionDetails"]), 3)
        succeeded = {"succeededInStage": {"stageName": "Release"}}
        self.assertEqual(len(self.client.list_pipeline_executions(pipelineName="shop", filter=succeeded)["pipelineExecutionSummaries"]), 1)
        self.assertEqual(self.client.list_rule_executions(pipelineName="shop")["ruleExecutionDetails"], [])

    def test_what_get_gives_update_takes(self):
        self.create("round")
        got = self.client.get_pipeline(name="round")
        self.assertEqual(got["metadata"]["pipelineArn"], ARN + "round")
        updated = self.client.update_pipeline(pipeline=got["pipeline"])["pipeline"]
        self.assertEqual(updated, {**got["pipeline"], "version": 2})
        self.assertEqual(self.client.get_pipeline(name="round", version=1)["pipeline"]["version"], 1)
        # The number that a client sends means nothing: the next one is the service's to give.
        self.assertEqual(self.client.update_pipeline(pipeline={**updated, "version": 1})["pipeline"]["version"], 3)

    def test_a_token_that_comes_twice_starts_one_execution(self):
        self.create("twice", variables=[{"name": "WHO", "defaultValue": "me"}])
        start = {"name": "twice", "clientRequestToken": "tok-1", "variables": [{"name": "WHO", "value": "you"}]}
        first = self.client.start_pipeline_execution(**start)["pipelineExecutionId"]
        self.assertEqual(self.client.start_pipeline_execution(**start)["pipelineExecutionId"], first)
        other = {"name": "twice", "clientRequestToken": "tok-1"}
        self.assertEqual(self.client.start_pipeline_execution(**other)["pipelineExecutionId"], first, "whatever else it says")
        self.assertEqual(len(self.client.list_pipeline_executions(pipelineName="twice")["pipelineExecutionSummaries"]), 2)
        # A deletion and a transition that come twice are the same as once.
        for _ in range(2):
            self.client.disable_stage_transition(pipelineName="twice", stageName="Work", transitionType="Inbound", reason="freeze")
        for _ in range(2):
            self.client.enable_stage_transition(pipelineName="twice", stageName="Work", transitionType="Inbound")
        for _ in range(2):
            self.client.delete_pipeline(name="twice")

    def test_a_stage_is_stopped_retried_rejected_and_rolled_back(self):
        good = self.create("again")
        token = self.wait_for_gate("again")
        self.answer("again", token)
        self.wait_for_status("again", good, "Succeeded")
        bad = self.client.start_pipeline_execution(name="again")["pipelineExecutionId"]
        token = self.wait_for_gate("again")
        self.answer("again", token, "Rejected", "no")
        self.wait_for_status("again", bad, "Failed")
        self.assertEqual(self.action("again", "Gate")["errorDetails"]["message"] != "", True)
        retry = {"pipelineName": "again", "stageName": "Release", "pipelineExecutionId": bad, "retryMode": "FAILED_ACTIONS"}
        self.assertEqual(self.client.retry_stage_execution(**retry)["pipelineExecutionId"], bad)
        self.wait_for_gate("again", but=token)
        stage = self.client.get_pipeline_state(name="again")["stageStates"][2]
        self.assertEqual(stage["retryStageMetadata"], {"manualStageRetryAttempt": 1, "latestRetryTrigger": "ManualStageRetry"})
        self.client.stop_pipeline_execution(pipelineName="again", pipelineExecutionId=bad, abandon=True, reason="enough")
        self.wait_for_status("again", bad, "Stopped")
        run = self.client.list_pipeline_executions(pipelineName="again")["pipelineExecutionSummaries"][0]
        self.assertEqual(run["stopTrigger"], {"reason": "enough"})
        back = self.client.rollback_stage(pipelineName="again", stageName="Release", targetPipelineExecutionId=good)["pipelineExecutionId"]
        self.answer("again", self.wait_for_gate("again"))
        self.wait_for_status("again", back, "Succeeded")
        shown = self.client.get_pipeline_execution(pipelineName="again", pipelineExecutionId=back)["pipelineExecution"]
        self.assertEqual(shown["executionType"], "ROLLBACK")
        self.assertEqual(shown["rollbackMetadata"], {"rollbackTargetPipelineExecutionId": good})
        self.assertEqual(shown["trigger"]["triggerType"], "ManualRollback")

    def test_a_condition_is_kept_shown_listed_and_overridden(self):
        gate = condition("FAIL", rule("Commands", [f"test -e {self.home}/open"]))
        behind = condition("FAIL", rule("VariableCheck", Variable="a", Value="a", Operator="EQ"))
        execution = self.create("gated", stages={1: {"beforeEntry": gate, "onSuccess": behind}})
        kept = self.client.get_pipeline(name="gated")["pipeline"]["stages"][1]
        self.assertEqual(kept["beforeEntry"]["conditions"][0]["rules"][0]["commands"], [f"test -e {self.home}/open"])
        self.wait_for_status("gated", execution, "Failed")
        state = self.client.get_pipeline_state(name="gated")["stageStates"][1]
        self.assertEqual(state["latestExecution"]["status"], "Failed")
        shown = state["beforeEntryConditionState"]
        self.assertEqual(shown["latestExecution"]["status"], "Failed")
        self.assertEqual(shown["conditionStates"][0]["ruleStates"][0]["latestExecution"]["status"], "Failed")
        detail = self.client.list_rule_executions(pipelineName="gated")["ruleExecutionDetails"][0]
        self.assertEqual((detail["stageName"], detail["ruleName"], detail["status"]), ("Work", "Commands", "Failed"))
        self.assertIn("errorDetails", detail["output"]["executionResult"])
        override = {"pipelineName": "gated", "stageName": "Work", "pipelineExecutionId": execution, "conditionType": "BEFORE_ENTRY"}
        self.client.override_stage_condition(**override)
        token = self.wait_for_gate("gated")
        state = self.client.get_pipeline_state(name="gated")["stageStates"][1]
        self.assertEqual(state["beforeEntryConditionState"]["latestExecution"]["status"], "Overridden")
        self.assertEqual(state["onSuccessConditionState"]["latestExecution"]["status"], "Succeeded")
        self.answer("gated", token)
        self.wait_for_status("gated", execution, "Succeeded")
        self.assertEqual(self.refusal("override_stage_condition", **override), "ConditionNotOverridableException")
        rows = [row for page in self.client.get_paginator("list_action_executions").paginate(pipelineName="gated")
                for row in page["actionExecutionDetails"]]
        self.assertEqual([row["actionName"] for row in rows], ["Gate", "Say", "Tree"], "rules are not among the actions")

    def test_an_action_that_fails_says_why(self):
        failed = self.create("fails", ("exit 7",))
        self.wait_for_status("fails", failed, "Failed")
        state = self.client.get_pipeline_state(name="fails")["stageStates"][1]
        self.assertEqual(state["latestExecution"]["status"], "Failed")
        self.assertEqual(state["actionStates"][0]["latestExecution"]["errorDetails"]["code"], "JobFailed")
        detail = self.client.list_action_executions(pipelineName="fails")["actionExecutionDetails"][0]
        self.assertEqual(detail["output"]["executionResult"]["errorDetails"]["code"], "JobFailed")

    def test_parallel_executions_are_approved_by_the_id_in_their_history(self):
        execution = self.create("wide", executionMode="PARALLEL")

        def token():
            rows = self.client.list_action_executions(pipelineName="wide", filter={"pipelineExecutionId": execution})
            gates = [row for row in rows["actionExecutionDetails"] if row["actionName"] == "Gate"]
            return gates and gates[0]["output"]["executionResult"].get("externalExecutionId")

        self.answer("wide", self.wait_for(token, "the approval"))
        self.wait_for_status("wide", execution, "Succeeded")

    def test_a_revision_starts_an_execution_once(self):
        self.create("pushed")
        revision = {"revisionId": "4711", "revisionChangeId": "1", "created": 1767225600.25}
        put = {"pipelineName": "pushed", "stageName": "Source", "actionName": "Tree", "actionRevision": revision}
        first = self.client.put_action_revision(**put)
        self.assertIs(first["newRevision"], True)
        self.assertEqual(self.client.put_action_revision(**put)["pipelineExecutionId"], first["pipelineExecutionId"])
        self.assertIs(self.client.put_action_revision(**put)["newRevision"], False)

    def test_lists_are_paged(self):
        self.create("paged", executionMode="QUEUED")  # in SUPERSEDED mode starts may collapse before their first action
        self.client.disable_stage_transition(pipelineName="paged", stageName="Work", transitionType="Inbound", reason="freeze")
        for _ in range(6):
            self.client.start_pipeline_execution(name="paged")
        self.wait_for(lambda: len(self.client.list_action_executions(pipelineName="paged")["actionExecutionDetails"]) > 2, "actions to list")
        for operation, key in (("list_pipeline_executions", "pipelineExecutionSummaries"),
                               ("list_action_executions", "actionExecutionDetails")):
            whole = getattr(self.client, operation)(pipelineName="paged")[key]
            pages = list(self.client.get_paginator(operation).paginate(pipelineName="paged", PaginationConfig={"PageSize": 2}))
            self.assertGreater(len(pages), 1)
            rows = [row for page in pages for row in page[key]]
            ids = [row.get("actionExecutionId", row["pipelineExecutionId"]) for row in rows]
            self.assertEqual(len(ids), len(set(ids)))
            self.assertGreaterEqual(len(rows), len(whole))
        names = [row["name"] for page in self.client.get_paginator("list_pipelines").paginate(PaginationConfig={"PageSize": 1})
                 for row in page["pipelines"]]
        self.assertEqual(names, sorted(set(names)))
        self.assertTrue(list(self.client.get_paginator("list_action_types").paginate()))

    def test_the_catalogues_are_lists_of_types(self):
        types = self.client.list_action_types()["actionTypes"]
        self.assertIn("Commands", [one["id"]["provider"] for one in types])
        self.assertEqual(self.client.list_action_types(actionOwnerFilter="Custom")["actionTypes"], [])
        self.client.list_rule_types()

    def test_tags_are_kept_with_the_pipeline_and_go_with_it(self):
        self.create("tagged", tags=[{"key": "team", "value": "web"}, {"key": "stage", "value": ""}])
        arn = ARN + "tagged"
        self.client.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "shop"}, {"key": "cost", "value": "7"}])
        self.client.untag_resource(resourceArn=arn, tagKeys=["stage", "unknown"])
        self.assertEqual(self.client.list_tags_for_resource(resourceArn=arn)["tags"],
                         [{"key": "cost", "value": "7"}, {"key": "team", "value": "shop"}])
        self.client.update_pipeline(pipeline=declaration("tagged", ("true",)))
        self.assertEqual(len(self.client.list_tags_for_resource(resourceArn=arn)["tags"]), 2)
        pages = self.client.get_paginator("list_tags_for_resource").paginate(resourceArn=arn)
        self.assertEqual(sum(len(page["tags"]) for page in pages), 2)
        self.client.delete_pipeline(name="tagged")
        self.create("tagged")
        self.assertEqual(self.client.list_tags_for_resource(resourceArn=arn)["tags"], [])

    def test_every_operation_refuses_with_the_names_of_the_api(self):
        for operation, arguments, error in refusals(self):
            with self.subTest(operation=operation, error=error, arguments=arguments):
                self.assertEqual(self.refusal(operation, **arguments), error)

    def test_operations_that_are_not_here_are_answered_once(self):
        code = self.refusal("poll_for_jobs", actionTypeId=action_type("Build", "Mine", "Custom"))
        self.assertEqual(code, "UnknownOperationException")

    @classmethod
    def tearDownClass(cls):
        """Everything that docs/api.md names was driven."""
        missing = {"CreatePipeline", "GetPipeline", "UpdatePipeline", "DeletePipeline", "ListPipelines", "GetPipelineState",
                   "StartPipelineExecution", "StopPipelineExecution", "GetPipelineExecution", "ListPipelineExecutions",
                   "ListActionExecutions", "ListRuleExecutions", "RetryStageExecution", "RollbackStage", "OverrideStageCondition",
                   "EnableStageTransition", "DisableStageTransition", "PutApprovalResult", "PutActionRevision", "ListActionTypes",
                   "ListRuleTypes", "TagResource", "UntagResource", "ListTagsForResource"} - cls.seen
        assert len(sys.argv) > 1 or not missing, f"not driven: {missing}"


class CommandLineTest(AwsHouse):
    def test_the_commands_take_a_pipeline_from_its_declaration_to_its_deletion(self):
        (self.home / "create.json").write_text(json.dumps(
            {"pipeline": declaration("cli", variables=[{"name": "WHO", "defaultValue": "me"}]), "tags": [{"key": "team", "value": "web"}]}))
        made = self.aws("create-pipeline", "--cli-input-json", "file://create.json")
        self.assertEqual(made["pipeline"]["version"], 1)
        self.aws("create-pipeline", "--cli-input-json", "file://create.json", expect=254, error="PipelineNameInUseException")
        self.assertIn("cli", [one["name"] for one in self.aws("list-pipelines")["pipelines"]])
        got = self.aws("get-pipeline", "--name", "cli")
        self.assertEqual(got["metadata"]["pipelineArn"], ARN + "cli")
        self.answer("cli", self.wait_for_gate("cli"))
        first = self.aws("list-pipeline-executions", "--pipeline-name", "cli")["pipelineExecutionSummaries"][0]["pipelineExecutionId"]
        self.wait_for_status("cli", first, "Succeeded")
        started = self.aws("start-pipeline-execution", "--name", "cli", "--variables", "name=WHO,value=you", "--source-revisions",
                           "actionName=Tree,revisionType=COMMIT_ID,revisionValue=1", "--client-request-token", "once")
        execution = started["pipelineExecutionId"]
        again = self.aws("start-pipeline-execution", "--name", "cli", "--client-request-token", "once")
        self.assertEqual(again["pipelineExecutionId"], execution)
        self.wait_for(lambda: self.client.get_pipeline_execution(pipelineName="cli", pipelineExecutionId=execution)
                      ["pipelineExecution"]["status"] != "InProgress" or self.action("cli", "Gate").get("token"), "the second gate")
        gate = self.aws("get-pipeline-state", "--name", "cli")["stageStates"][2]["actionStates"][0]["latestExecution"]
        rows = self.aws("list-action-executions", "--pipeline-name", "cli", "--page-size", "2")["actionExecutionDetails"]
        self.assertEqual(len(rows), 6, "the CLI pages silently")
        approval = ("put-approval-result", "--pipeline-name", "cli", "--stage-name", "Release", "--action-name", "Gate", "--token")
        self.aws(*approval, NOBODY, "--result", "summary=no,status=Rejected", expect=254, error="InvalidApprovalTokenException")
        self.assertIn("approvedAt", self.aws(*approval, gate["token"], "--result", "summary=no,status=Rejected"))
        self.wait_for_status("cli", execution, "Failed")
        retried = self.aws("retry-stage-execution", "--pipeline-name", "cli", "--stage-name", "Release", "--pipeline-execution-id",
                           execution, "--retry-mode", "ALL_ACTIONS")
        self.assertEqual(retried["pipelineExecutionId"], execution)
        stop = ("stop-pipeline-execution", "--pipeline-name", "cli", "--pipeline-execution-id", execution)
        self.assertEqual(self.aws(*stop, "--abandon", "--reason", "enough")["pipelineExecutionId"], execution)
        self.wait_for_status("cli", execution, "Stopped")
        self.aws(*stop, expect=254, error="PipelineExecutionNotStoppableException")
        back = self.aws("rollback-stage", "--pipeline-name", "cli", "--stage-name", "Release", "--target-pipeline-execution-id", first)
        self.assertNotEqual(back["pipelineExecutionId"], first)
        transition = ("--pipeline-name", "cli", "--stage-name", "Work", "--transition-type", "Inbound")
        self.aws("disable-stage-transition", *transition, "--reason", "freeze")
        inbound = self.aws("get-pipeline-state", "--name", "cli")["stageStates"][1]["inboundTransitionState"]
        self.assertEqual((inbound["enabled"], inbound["disabledReason"]), (False, "freeze"))
        self.aws("enable-stage-transition", *transition)
        (self.home / "update.json").write_text(json.dumps({"pipeline": got["pipeline"]}))
        self.assertEqual(self.aws("update-pipeline", "--cli-input-json", "file://update.json")["pipeline"]["version"], 2)
        self.assertEqual(self.aws("list-tags-for-resource", "--resource-arn", ARN + "cli")["tags"], [{"key": "team", "value": "web"}])
        self.aws("delete-pipeline", "--name", "cli")
        self.aws("get-pipeline", "--name", "cli", expect=254, error="PipelineNotFoundException")


if __name__ == "__main__":
    unittest.main(verbosity=2)
