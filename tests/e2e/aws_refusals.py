"""Each refusal of the API with a case that gives it: operation, arguments, error."""

import copy

from aws_house import NOBODY, condition, declaration, rule

ARN = "arn:aws:codepipeline:us-east-1:000000000000:"


def with_stage(pipeline, number, **changes):
    whole = declaration(pipeline)
    whole["stages"][number].update(changes)
    return {"pipeline": whole}


def with_action(pipeline, stage, **changes):
    whole = declaration(pipeline)
    whole["stages"][stage]["actions"][0].update(changes)
    return {"pipeline": whole}


def declarations():
    """Of CreatePipeline and UpdatePipeline alike."""
    source = declaration("x")["stages"][0]["actions"][0]
    late = copy.deepcopy(source)
    late.update(name="Late", outputArtifacts=[{"name": "late"}])
    v1 = {**declaration("bad"), "pipelineType": "V1", "executionMode": "QUEUED"}
    return [
        ({"pipeline": {**declaration("bad"), "stages": declaration("bad")["stages"][:1]}}, "InvalidStructureException"),
        (with_stage("bad", 1, name="Release"), "InvalidStructureException"),
        (with_stage("bad", 2, actions=[late]), "InvalidStructureException"),
        (with_stage("bad", 1, actions=[]), "InvalidStageDeclarationException"),
        (with_action("bad", 1, inputArtifacts=[{"name": "nothing"}]), "InvalidStructureException"),
        (with_action("bad", 1, actionTypeId={"category": "Build", "owner": "Custom", "provider": "Mine", "version": "1"}),
         "InvalidActionDeclarationException"),
        (with_action("bad", 2, configuration={"Unknown": "x"}), "InvalidActionDeclarationException"),
        (with_action("bad", 1, commands=["echo #{nothing.KEY}"]), "InvalidActionDeclarationException"),
        (with_action("bad", 1, commands=["echo #{variables.KEY}"]), "InvalidStructureException"),
        (with_action("bad", 1, runOrder=1000), "ValidationException"),
        (with_action("bad", 1, name="a b"), "ValidationException"),
        ({"pipeline": v1}, "InvalidStructureException")]


def places(pipeline, missing):
    """For operations on one stage: pipeline and stage that are not there."""
    return [({**pipeline, "pipelineName": "nothing"}, "PipelineNotFoundException"),
            ({**pipeline, "stageName": "Nothing"}, "StageNotFoundException"),
            ({**pipeline, "stageName": "a b"}, "ValidationException"), *missing]


def refusals(house):
    """The table; `house` makes what the cases need."""
    running = house.create("full")
    token = house.wait_for_gate("full")
    other = house.create("other")
    other_token = house.wait_for_gate("other")
    house.answer("other", other_token)
    house.wait_for_status("other", other, "Succeeded")
    house.create("old")
    house.answer("old", house.wait_for_gate("old"), "Rejected")
    old = house.client.list_pipeline_executions(pipelineName="old")["pipelineExecutionSummaries"][0]["pipelineExecutionId"]
    house.wait_for_status("old", old, "Failed")
    newer = house.client.start_pipeline_execution(name="old")["pipelineExecutionId"]
    house.answer("old", house.wait_for_gate("old"))
    house.wait_for_status("old", newer, "Succeeded")
    house.create("updated")
    outdated_token = house.wait_for_gate("updated")
    updated = house.client.list_pipeline_executions(pipelineName="updated")["pipelineExecutionSummaries"][0]["pipelineExecutionId"]
    house.client.update_pipeline(pipeline=declaration("updated", ("true",)))
    queued = house.create("queued", executionMode="QUEUED")
    house.wait_for_gate("queued")
    house.client.tag_resource(resourceArn=ARN + "full", tags=[{"key": f"k{n}", "value": "v"} for n in range(50)])
    go = house.home / "go"
    stopping = house.create("stopping", (f"until [ -e {go} ]; do sleep 0.1; done",))
    house.wait_for(lambda: house.action("stopping", "Say").get("status") == "InProgress", "the long action")
    house.client.stop_pipeline_execution(pipelineName="stopping", pipelineExecutionId=stopping)

    skips = house.create("skips", stages={1: {"beforeEntry": condition("SKIP", rule("LambdaInvoke", FunctionName="sleep 3"))}})
    refused = {1: {"beforeEntry": condition("FAIL", rule("VariableCheck", Variable="a", Value="b", Operator="EQ"))}}
    overtaken = house.create("held", stages=refused)
    house.wait_for_status("held", overtaken, "Failed")
    house.wait_for_status("held", house.client.start_pipeline_execution(name="held")["pipelineExecutionId"], "Failed")

    stage = {"pipelineName": "full", "stageName": "Release"}
    gate = {**stage, "actionName": "Gate", "token": token, "result": {"summary": "x", "status": "Approved"}}
    retry = {**stage, "pipelineExecutionId": running, "retryMode": "FAILED_ACTIONS"}
    back = {**stage, "targetPipelineExecutionId": NOBODY}
    override = {**stage, "pipelineExecutionId": running, "conditionType": "BEFORE_ENTRY"}
    transition = {**stage, "transitionType": "Inbound"}
    revision = {"pipelineName": "full", "stageName": "Source", "actionName": "Tree",
                "actionRevision": {"revisionId": "1", "revisionChangeId": "1", "created": 1767225600}}
    of_full = {"pipelineName": "full"}
    tagged = {"resourceArn": ARN + "full"}
    table = {
        "create_pipeline": [({"pipeline": declaration("full")}, "PipelineNameInUseException"),
                            ({"pipeline": declaration("bad"), "tags": [{"key": f"k{n}", "value": ""} for n in range(51)]},
                             "TooManyTagsException"),
                            ({"pipeline": declaration("bad"), "tags": [{"key": "aws:x", "value": ""}]}, "InvalidTagsException"),
                            ({"pipeline": declaration("bad"), "tags": [{"key": "x", "value": "1"}, {"key": "x", "value": "2"}]},
                             "InvalidTagsException"), *declarations()],
        "update_pipeline": [({"pipeline": declaration("nothing")}, "InvalidStructureException"),
                            *((case, error) for case, error in declarations())],
        "get_pipeline": [({"name": "nothing"}, "PipelineNotFoundException"), ({"name": "a b"}, "ValidationException"),
                         ({"name": "full", "version": 9}, "PipelineVersionNotFoundException")],
        "delete_pipeline": [({"name": "nothing"}, ""), ({"name": "a b"}, "ValidationException")],
        "list_pipelines": [({"nextToken": "x"}, "InvalidNextTokenException"), ({"maxResults": 1001}, "ValidationException")],
        "get_pipeline_state": [({"name": "nothing"}, "PipelineNotFoundException")],
        "start_pipeline_execution": [
            ({"name": "nothing"}, "PipelineNotFoundException"),
            ({"name": "full", "variables": [{"name": "NO", "value": "x"}]}, "ValidationException"),
            ({"name": "full", "clientRequestToken": "a b"}, "ValidationException"),
            ({"name": "full", "sourceRevisions": [{"actionName": "No", "revisionType": "COMMIT_ID", "revisionValue": "1"}]},
             "ValidationException"),
            ({"name": "full", "sourceRevisions": [{"actionName": "Tree", "revisionType": "COMMIT_ID", "revisionValue": "1"}] * 2},
             "ValidationException")],
        "stop_pipeline_execution": [
            ({"pipelineName": "nothing", "pipelineExecutionId": running}, "PipelineNotFoundException"),
            ({**of_full, "pipelineExecutionId": NOBODY}, "PipelineExecutionNotStoppableException"),
            ({"pipelineName": "other", "pipelineExecutionId": other}, "PipelineExecutionNotStoppableException"),
            ({"pipelineName": "stopping", "pipelineExecutionId": stopping}, "DuplicatedStopRequestException"),
            ({**of_full, "pipelineExecutionId": "x"}, "ValidationException")],
        "retry_stage_execution": places(retry, [
            (retry, "StageNotRetryableException"),
            ({**retry, "pipelineName": "other", "pipelineExecutionId": other}, "StageNotRetryableException"),
            ({**retry, "pipelineName": "updated", "pipelineExecutionId": updated}, "StageNotRetryableException"),
            ({**retry, "pipelineExecutionId": NOBODY}, "NotLatestPipelineExecutionException"),
            ({**retry, "pipelineName": "old", "pipelineExecutionId": old}, "NotLatestPipelineExecutionException")]),
        "rollback_stage": places(back, [
            (back, "PipelineExecutionNotFoundException"),
            ({**back, "targetPipelineExecutionId": running}, "UnableToRollbackStageException"),
            ({**back, "pipelineName": "updated", "targetPipelineExecutionId": updated}, "PipelineExecutionOutdatedException"),
            ({**back, "pipelineName": "other", "stageName": "Source", "targetPipelineExecutionId": other},
             "UnableToRollbackStageException")]),
        "override_stage_condition": places(override, [
            (override, "ConditionNotOverridableException"),
            ({**override, "pipelineName": "other", "pipelineExecutionId": other}, "ConditionNotOverridableException"),
            ({**override, "pipelineExecutionId": NOBODY}, "NotLatestPipelineExecutionException"),
            ({**override, "conditionType": "ON_FAILURE"}, "ValidationException"),
            ({"pipelineName": "skips", "stageName": "Work", "pipelineExecutionId": skips, "conditionType": "BEFORE_ENTRY"},
             "ConditionNotOverridableException"),
            ({"pipelineName": "held", "stageName": "Work", "pipelineExecutionId": overtaken, "conditionType": "BEFORE_ENTRY"},
             "NotLatestPipelineExecutionException")]),
        "list_rule_executions": [({"pipelineName": "nothing"}, "PipelineNotFoundException"),
                                 ({**of_full, "nextToken": "x"}, "InvalidNextTokenException"),
                                 ({**of_full, "filter": {"pipelineExecutionId": NOBODY}}, "PipelineExecutionNotFoundException")],
        "enable_stage_transition": places(transition, []),
        "disable_stage_transition": places({**transition, "reason": "x"}, [
            ({**transition, "reason": "no\nline"}, "ValidationException"),
            ({**transition, "reason": "x", "transitionType": "Sideways"}, "ValidationException")]),
        "get_pipeline_execution": [({"pipelineName": "nothing", "pipelineExecutionId": running}, "PipelineNotFoundException"),
                                   ({**of_full, "pipelineExecutionId": NOBODY}, "PipelineExecutionNotFoundException"),
                                   ({**of_full, "pipelineExecutionId": other}, "PipelineExecutionNotFoundException")],
        "list_pipeline_executions": [({"pipelineName": "nothing"}, "PipelineNotFoundException"),
                                     ({**of_full, "nextToken": "x"}, "InvalidNextTokenException"),
                                     ({**of_full, "maxResults": 101}, "ValidationException")],
        "list_action_executions": [({"pipelineName": "nothing"}, "PipelineNotFoundException"),
                                   ({**of_full, "nextToken": "actions-9"}, "InvalidNextTokenException"),
                                   ({**of_full, "filter": {"pipelineExecutionId": NOBODY}}, "PipelineExecutionNotFoundException")],
        "put_approval_result": places(gate, [
            ({**gate, "actionName": "Nothing"}, "ActionNotFoundException"),
            ({**gate, "token": NOBODY}, "InvalidApprovalTokenException"),
            ({**gate, "pipelineName": "updated", "token": outdated_token}, "InvalidApprovalTokenException"),
            ({**gate, "pipelineName": "other", "token": other_token}, "ApprovalAlreadyCompletedException"),
            ({**gate, "result": {"summary": "x", "status": "Maybe"}}, "ValidationException")]),
        "put_action_revision": places(revision, [({**revision, "actionName": "Nothing"}, "ActionNotFoundException")]),
        "list_action_types": [({"nextToken": "x"}, "InvalidNextTokenException"),
                              ({"actionOwnerFilter": "Nobody"}, "ValidationException")],
        "list_rule_types": [({"ruleOwnerFilter": "Nobody"}, "ValidationException")],
        "tag_resource": [({**tagged, "tags": [{"key": "new", "value": ""}]}, "TooManyTagsException"),
                         ({**tagged, "tags": [{"key": "aws:x", "value": ""}]}, "InvalidTagsException"),
                         ({**tagged, "tags": [{"key": "x" * 129, "value": ""}]}, "ValidationException"),
                         ({"resourceArn": ARN + "nothing", "tags": []}, "ResourceNotFoundException"),
                         ({"resourceArn": ARN + "full/Work", "tags": []}, "InvalidArnException"),
                         ({"resourceArn": "full", "tags": []}, "ValidationException")],
        "untag_resource": [({"resourceArn": ARN + "nothing", "tagKeys": []}, "ResourceNotFoundException"),
                           ({"resourceArn": "arn:aws:codepipeline:elsewhere:000000000000:full", "tagKeys": []}, "InvalidArnException"),
                           ({**tagged, "tagKeys": ["aws:x"]}, "InvalidTagsException")],
        "list_tags_for_resource": [({"resourceArn": ARN + "nothing"}, "ResourceNotFoundException"),
                                   ({"resourceArn": ARN + "webhook:x"}, "ResourceNotFoundException"),
                                   ({**tagged, "nextToken": "x"}, "InvalidNextTokenException"),
                                   ({"resourceArn": ARN + "full/Work/Say"}, "InvalidArnException")]}
    for operation, cases in table.items():
        for arguments, error in cases:
            yield operation, arguments, error
    go.touch()
    # As many executions as QUEUED mode takes.
    for _ in range(49):
        house.client.start_pipeline_execution(name="queued")
    yield "start_pipeline_execution", {"name": "queued"}, "ConcurrentPipelineExecutionsLimitExceededException"
    yield "put_action_revision", {**revision, "pipelineName": "queued"}, "ConcurrentPipelineExecutionsLimitExceededException"
    house.client.stop_pipeline_execution(pipelineName="queued", pipelineExecutionId=queued, abandon=True)
