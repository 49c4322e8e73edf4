"""What the CodePipeline API has today beyond the model in Debian's botocore, and replies checked against both.

Debian 12's botocore (1.29) ends with the API of 2022, before pipelines of type V2: no execution modes, variables, triggers,
conditions, rules or rollback. ADDED names every shape, member and enum value that came since and that replies here have; nothing
else is let through. The clients read it as botocore's own "extras" of a model (AWS_DATA_PATH). Where a newer botocore has a shape
already, the same words change nothing.
"""

import json
import pathlib
import re

API = "codepipeline/2015-07-09"

# name: shape. A line is `Structure.member Shape`, `!` marks required ones.
ADDED_MEMBERS = """
PipelineDeclaration.executionMode ExecutionMode
PipelineDeclaration.pipelineType PipelineType
PipelineDeclaration.variables PipelineVariableDeclarationList
PipelineDeclaration.triggers PipelineTriggerDeclarationList
PipelineSummary.pipelineType PipelineType
PipelineSummary.executionMode ExecutionMode
PipelineVariableDeclaration.name! PipelineVariableName
PipelineVariableDeclaration.defaultValue PipelineVariableValue
PipelineVariableDeclaration.description PipelineVariableDescription
PipelineTriggerDeclaration.providerType! PipelineTriggerProviderType
PipelineTriggerDeclaration.gitConfiguration! GitConfiguration
GitConfiguration.sourceActionName! ActionName
GitConfiguration.push GitPushFilterList
GitPushFilter.branches GitBranchFilterCriteria
GitBranchFilterCriteria.includes GitBranchPatternList
GitBranchFilterCriteria.excludes GitBranchPatternList
StageDeclaration.beforeEntry BeforeEntryConditions
StageDeclaration.onSuccess SuccessConditions
StageDeclaration.onFailure FailureConditions
BeforeEntryConditions.conditions! ConditionList
SuccessConditions.conditions! ConditionList
FailureConditions.result Result
FailureConditions.retryConfiguration RetryConfiguration
FailureConditions.conditions ConditionList
RetryConfiguration.retryMode StageRetryMode
Condition.result Result
Condition.rules RuleDeclarationList
RuleDeclaration.name! RuleName
RuleDeclaration.ruleTypeId! RuleTypeId
RuleDeclaration.configuration RuleConfigurationMap
RuleDeclaration.commands CommandList
RuleDeclaration.inputArtifacts InputArtifactList
RuleDeclaration.roleArn RoleArn
RuleDeclaration.region AWSRegionName
RuleDeclaration.timeoutInMinutes ActionTimeout
RuleTypeId.category! RuleCategory
RuleTypeId.owner RuleOwner
RuleTypeId.provider! RuleProvider
RuleTypeId.version Version
ActionDeclaration.commands CommandList
ActionDeclaration.outputVariables OutputVariableList
ActionDeclaration.timeoutInMinutes ActionTimeout
ActionDeclaration.environmentVariables EnvironmentVariableList
EnvironmentVariable.name! EnvironmentVariableName
EnvironmentVariable.value! EnvironmentVariableValue
EnvironmentVariable.type EnvironmentVariableType
OutputArtifact.files FilePathList
StartPipelineExecutionInput.variables PipelineVariableList
StartPipelineExecutionInput.sourceRevisions SourceRevisionOverrideList
PipelineVariable.name! PipelineVariableName
PipelineVariable.value! PipelineVariableValue
SourceRevisionOverride.actionName! ActionName
SourceRevisionOverride.revisionType! SourceRevisionType
SourceRevisionOverride.revisionValue! Revision
PipelineExecution.variables ResolvedPipelineVariableList
PipelineExecution.trigger ExecutionTrigger
PipelineExecution.executionMode ExecutionMode
PipelineExecution.executionType ExecutionType
PipelineExecution.rollbackMetadata PipelineRollbackMetadata
ResolvedPipelineVariable.name String
ResolvedPipelineVariable.resolvedValue String
PipelineRollbackMetadata.rollbackTargetPipelineExecutionId PipelineExecutionId
PipelineExecutionSummary.statusSummary PipelineExecutionStatusSummary
PipelineExecutionSummary.executionMode ExecutionMode
PipelineExecutionSummary.executionType ExecutionType
PipelineExecutionSummary.rollbackMetadata PipelineRollbackMetadata
ListPipelineExecutionsInput.filter PipelineExecutionFilter
PipelineExecutionFilter.succeededInStage SucceededInStageFilter
SucceededInStageFilter.stageName StageName
ActionExecutionFilter.latestInPipelineExecution LatestInPipelineExecutionFilter
LatestInPipelineExecutionFilter.pipelineExecutionId! PipelineExecutionId
LatestInPipelineExecutionFilter.startTimeRange! StartTimeRange
ActionExecutionDetail.updatedBy LastUpdatedBy
ActionExecutionResult.errorDetails ErrorDetails
StageExecution.type ExecutionType
StageState.inboundExecutions StageExecutionList
StageState.beforeEntryConditionState StageConditionState
StageState.onSuccessConditionState StageConditionState
StageState.onFailureConditionState StageConditionState
StageState.retryStageMetadata RetryStageMetadata
RetryStageMetadata.autoStageRetryAttempt RetryAttempt
RetryStageMetadata.manualStageRetryAttempt RetryAttempt
RetryStageMetadata.latestRetryTrigger RetryTrigger
StageConditionState.latestExecution StageConditionsExecution
StageConditionState.conditionStates ConditionStateList
StageConditionsExecution.status ConditionExecutionStatus
StageConditionsExecution.summary ExecutionSummary
ConditionState.latestExecution ConditionExecution
ConditionState.ruleStates RuleStateList
ConditionExecution.status ConditionExecutionStatus
ConditionExecution.summary ExecutionSummary
ConditionExecution.lastStatusChange Timestamp
RuleState.ruleName RuleName
RuleState.latestExecution RuleExecution
RuleExecution.ruleExecutionId RuleExecutionId
RuleExecution.status RuleExecutionStatus
RuleExecution.summary ExecutionSummary
RuleExecution.lastStatusChange Timestamp
RuleExecution.token RuleExecutionToken
RuleExecution.lastUpdatedBy LastUpdatedBy
RuleExecution.externalExecutionId ExecutionId
RuleExecution.externalExecutionUrl Url
RuleExecution.errorDetails ErrorDetails
ListRuleExecutionsInput.pipelineName! PipelineName
ListRuleExecutionsInput.filter RuleExecutionFilter
ListRuleExecutionsInput.maxResults MaxResults
ListRuleExecutionsInput.nextToken NextToken
RuleExecutionFilter.pipelineExecutionId PipelineExecutionId
RuleExecutionFilter.latestInPipelineExecution LatestInPipelineExecutionFilter
ListRuleExecutionsOutput.ruleExecutionDetails RuleExecutionDetailList
ListRuleExecutionsOutput.nextToken NextToken
RuleExecutionDetail.pipelineExecutionId PipelineExecutionId
RuleExecutionDetail.ruleExecutionId RuleExecutionId
RuleExecutionDetail.pipelineVersion PipelineVersion
RuleExecutionDetail.stageName StageName
RuleExecutionDetail.ruleName RuleName
RuleExecutionDetail.startTime Timestamp
RuleExecutionDetail.lastUpdateTime Timestamp
RuleExecutionDetail.updatedBy LastUpdatedBy
RuleExecutionDetail.status RuleExecutionStatus
RuleExecutionDetail.input RuleExecutionInput
RuleExecutionDetail.output RuleExecutionOutput
RuleExecutionInput.ruleTypeId RuleTypeId
RuleExecutionInput.configuration RuleConfigurationMap
RuleExecutionInput.resolvedConfiguration ResolvedRuleConfigurationMap
RuleExecutionInput.roleArn RoleArn
RuleExecutionInput.region AWSRegionName
RuleExecutionInput.inputArtifacts ArtifactDetailList
RuleExecutionOutput.executionResult RuleExecutionResult
RuleExecutionResult.externalExecutionId ExternalExecutionId
RuleExecutionResult.externalExecutionSummary ExternalExecutionSummary
RuleExecutionResult.externalExecutionUrl Url
RuleExecutionResult.errorDetails ErrorDetails
ListRuleTypesInput.ruleOwnerFilter RuleOwner
ListRuleTypesInput.regionFilter AWSRegionName
ListRuleTypesOutput.ruleTypes! RuleTypeList
RuleType.id! RuleTypeId
RuleType.ruleConfigurationProperties RuleConfigurationPropertyList
RuleType.inputArtifactDetails! ArtifactDetails
RuleConfigurationProperty.name! RuleConfigurationKey
RuleConfigurationProperty.required! Boolean
RuleConfigurationProperty.key! Boolean
RuleConfigurationProperty.secret! Boolean
RuleConfigurationProperty.description Description
RuleConfigurationProperty.type ActionConfigurationPropertyType
RollbackStageInput.pipelineName! PipelineName
RollbackStageInput.stageName! StageName
RollbackStageInput.targetPipelineExecutionId! PipelineExecutionId
RollbackStageOutput.pipelineExecutionId! PipelineExecutionId
OverrideStageConditionInput.pipelineName! PipelineName
OverrideStageConditionInput.stageName! StageName
OverrideStageConditionInput.pipelineExecutionId! PipelineExecutionId
OverrideStageConditionInput.conditionType! ConditionType
"""

# Lists by their item, with the most items.
ADDED_LISTS = {
    "PipelineVariableDeclarationList": ("PipelineVariableDeclaration", 50), "PipelineVariableList": ("PipelineVariable", 50),
    "PipelineTriggerDeclarationList": ("PipelineTriggerDeclaration", 50), "GitPushFilterList": ("GitPushFilter", 3),
    "GitBranchPatternList": ("GitBranchNamePattern", 8), "ConditionList": ("Condition", 1), "RuleDeclarationList": ("RuleDeclaration", 5),
    "CommandList": ("Command", 50), "OutputVariableList": ("OutputVariable", 15), "FilePathList": ("FilePath", 10),
    "EnvironmentVariableList": ("EnvironmentVariable", 10), "SourceRevisionOverrideList": ("SourceRevisionOverride", 50),
    "ResolvedPipelineVariableList": ("ResolvedPipelineVariable", None), "StageExecutionList": ("StageExecution", None),
    "ConditionStateList": ("ConditionState", None), "RuleStateList": ("RuleState", None),
    "RuleExecutionDetailList": ("RuleExecutionDetail", None), "RuleTypeList": ("RuleType", None),
    "RuleConfigurationPropertyList": ("RuleConfigurationProperty", 10)}

ADDED_MAPS = {"RuleConfigurationMap": "RuleConfigurationValue", "ResolvedRuleConfigurationMap": "String"}

# Texts: least and most characters, pattern.
ADDED_TEXTS = {
    "PipelineVariableName": (1, 128, r"[A-Za-z0-9@\-_]+"), "PipelineVariableValue": (1, 1000, None), "PipelineVariableDescription": (0, 200, None),
    "GitBranchNamePattern": (1, 255, None), "RuleName": (1, 100, r"[A-Za-z0-9.@\-_]+"), "RuleProvider": (1, 35, "[0-9A-Za-z_-]+"),
    "RuleConfigurationKey": (1, 50, None), "RuleConfigurationValue": (1, 10000, None), "Command": (1, 1000, None),
    "OutputVariable": (1, 128, None), "FilePath": (1, 128, None), "EnvironmentVariableName": (1, 128, "[A-Za-z0-9_]+"),
    "EnvironmentVariableValue": (1, 2000, None), "RuleExecutionId": (1, 200, None), "RuleExecutionToken": (1, 200, r"[a-zA-Z0-9\-\.]+")}

ADDED_NUMBERS = {"ActionTimeout": (5, 86400), "RetryAttempt": (1, None),
                 # The Commands action takes ten; five is what a type of a customer's own may have.
                 "MaximumArtifactCount": (0, 10)}

ADDED_CHOICES = {
    "ExecutionMode": "QUEUED SUPERSEDED PARALLEL", "ExecutionType": "STANDARD ROLLBACK", "PipelineType": "V1 V2",
    "PipelineTriggerProviderType": "CodeStarSourceConnection", "Result": "ROLLBACK FAIL RETRY SKIP", "RuleCategory": "Rule",
    "RuleOwner": "AWS", "EnvironmentVariableType": "PLAINTEXT SECRETS_MANAGER", "ConditionType": "BEFORE_ENTRY ON_SUCCESS",
    "SourceRevisionType": "COMMIT_ID IMAGE_DIGEST S3_OBJECT_VERSION_ID S3_OBJECT_KEY", "StartTimeRange": "Latest All",
    "RetryTrigger": "AutomatedStageRetry ManualStageRetry", "RuleExecutionStatus": "InProgress Abandoned Succeeded Failed",
    "ConditionExecutionStatus": "InProgress Failed Errored Succeeded Cancelled Abandoned Overridden",
    # Enums of 2022 that have more values today.
    "StageRetryMode": "FAILED_ACTIONS ALL_ACTIONS",
    "StageExecutionStatus": "Cancelled InProgress Failed Stopped Stopping Succeeded Skipped",
    "TriggerType": "CreatePipeline StartPipelineExecution PollForSourceChanges Webhook CloudWatchEvent PutActionRevision WebhookV2 "
                   "ManualRollback AutomatedRollback",
    "ActionCategory": "Source Build Deploy Test Invoke Approval Compute",
    # Ours: the engine's own action types stand beside the cloud's under an owner of their own (docs/api.md).
    "ActionOwner": "AWS ThirdParty Custom Sluice"}

ADDED_ERRORS = ("ConcurrentPipelineExecutionsLimitExceededException", "PipelineExecutionOutdatedException",
                "UnableToRollbackStageException", "ConditionNotOverridableException")

# Errors that operations of 2022 may answer today.
ADDED_ERRORS_OF = {name: {"ConcurrentPipelineExecutionsLimitExceededException"}
                   for name in ("StartPipelineExecution", "RetryStageExecution", "PutActionRevision")}

ADDED_OPERATIONS = {"RollbackStage": "ConflictException PipelineNotFoundException PipelineExecutionNotFoundException "
                                     "PipelineExecutionOutdatedException StageNotFoundException UnableToRollbackStageException",
                    "OverrideStageCondition": "ConflictException PipelineNotFoundException StageNotFoundException "
                                              "ConditionNotOverridableException NotLatestPipelineExecutionException "
                                              "ConcurrentPipelineExecutionsLimitExceededException",
                    "ListRuleExecutions": "PipelineNotFoundException InvalidNextTokenException PipelineExecutionNotFoundException",
                    "ListRuleTypes": "InvalidNextTokenException"}


def additions():
    """The additions as one tree of botocore's model."""
    shapes = {}
    for line in ADDED_MEMBERS.split("\n"):
        if not line:
            continue
        place, shape = line.split()
        structure, member = place.rstrip("!").split(".")
        entry = shapes.setdefault(structure, {"type": "structure", "members": {}})
        entry["members"][member] = {"shape": shape}
        if place.endswith("!"):
            entry.setdefault("required", []).append(member)
    for name, (item, most) in ADDED_LISTS.items():
        shapes[name] = {"type": "list", "member": {"shape": item}, **({"max": most} if most else {})}
    for name, value in ADDED_MAPS.items():
        shapes[name] = {"type": "map", "key": {"shape": "String"}, "value": {"shape": value}}
    for name, (least, most, pattern) in ADDED_TEXTS.items():
        shapes[name] = {"type": "string", "min": least, "max": most, **({"pattern": pattern} if pattern else {})}
    for name, (least, most) in ADDED_NUMBERS.items():
        shapes[name] = {"type": "integer", "min": least, **({"max": most} if most else {})}
    for name, choices in ADDED_CHOICES.items():
        shapes[name] = {"type": "string", "enum": choices.split()}
    for name in ADDED_ERRORS:
        shapes[name] = {"type": "structure", "members": {"message": {"shape": "String"}}, "exception": True}
    operations = {}
    for name, errors in ADDED_OPERATIONS.items():
        operations[name] = {"name": name, "http": {"method": "POST", "requestUri": "/"}, "input": {"shape": name + "Input"},
                            "errors": [{"shape": error} for error in errors.split() + ["ValidationException"]]}
        if name + "Output" in shapes:
            operations[name]["output"] = {"shape": name + "Output"}
    # Ours: the list has at most ten where a customer describes a type of his own; the engine's types describe all that they take.
    shapes["ActionConfigurationPropertyList"] = {"type": "list", "member": {"shape": "ActionConfigurationProperty"}, "max": 50}
    return {"version": 1.0, "merge": {"shapes": shapes, "operations": operations}}


def write_additions(directory):
    """Where AWS_DATA_PATH may point to, for every client that is built on botocore."""
    place = pathlib.Path(directory) / API
    place.mkdir(parents=True)
    (place / "service-2.sdk-extras.json").write_text(json.dumps(additions()))


def check(value, shape, at="reply"):
    """What is wrong with a value of a reply: a list of texts, one for each unknown, missing or wrongly typed part."""
    wrong = []
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return [f"{at}: not an object"]
        wrong += [f"{at}.{name}: required and absent" for name in shape.required_members if name not in value]
        for name, part in value.items():
            if name not in shape.members:
                wrong.append(f"{at}.{name}: unknown to {shape.name}")
            else:
                wrong += check(part, shape.members[name], f"{at}.{name}")
    elif kind == "list":
        if not isinstance(value, list):
            return [f"{at}: not a list"]
        wrong += outside(len(value), shape, at)
        for number, part in enumerate(value):
            wrong += check(part, shape.member, f"{at}[{number}]")
    elif kind == "map":
        if not isinstance(value, dict):
            return [f"{at}: not a map"]
        wrong += outside(len(value), shape, at)
        for name, part in value.items():
            wrong += check(name, shape.key, f"{at} key {name}") + check(part, shape.value, f"{at}[{name}]")
    elif kind == "string":
        if not isinstance(value, str):
            return [f"{at}: not a text but {value!r}"]
        wrong += outside(len(value), shape, at)
        if shape.enum and value not in shape.enum:
            wrong.append(f"{at}: {value!r} is none of {shape.enum}")
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value):
            wrong.append(f"{at}: {value!r} does not match {pattern}")
    elif kind in ("integer", "long"):
        if type(value) is not int:
            return [f"{at}: not an integer but {value!r}"]
        wrong += outside(value, shape, at)
    elif kind == "boolean":
        if type(value) is not bool:
            return [f"{at}: not a boolean but {value!r}"]
    elif kind == "timestamp":
        # Epoch seconds; milliseconds would be a year beyond 57000.
        if type(value) not in (int, float) or not 1.5e9 < value < 1e10:
            return [f"{at}: no epoch seconds: {value!r}"]
    else:
        wrong.append(f"{at}: a {kind}, which no reply of this API has")
    return wrong


def outside(size, shape, at):
    limits = shape.metadata
    if size < (limits.get("min") or 0) or (limits.get("max") is not None and size > limits["max"]):
        return [f"{at}: {size} is outside of {limits.get('min', 0)}..{limits.get('max')} ({shape.name})"]
    return []


def check_body(body, operation):
    """A whole body, as bytes, against the output of an operation (botocore's OperationModel)."""
    if operation.output_shape is None:
        return [] if body == b"" else [f"{operation.name}: has no output, and the body is {body!r}"]
    try:
        return [f"{operation.name} {text}" for text in check(json.loads(body), operation.output_shape)]
    except ValueError as error:
        return [f"{operation.name}: {error}: {body!r}"]
