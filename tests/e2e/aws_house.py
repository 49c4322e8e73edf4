"""A server with the cloud's own clients before it: boto3 and the AWS CLI of Debian, over socat, every reply checked."""

import ast
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import codepipeline_model
from server_case import LONGEST, SLUICE, ServerCase

AWS = "/usr/bin/aws"  # Debian's; another one may stand before it in PATH
REGION = "us-east-1"
NOBODY = "00000000-0000-4000-8000-000000000000"

# Errors that any operation may answer, beside those that its model names.
COMMON = {"ValidationException", "SerializationException", "ThrottlingException", "ServiceUnavailableException"}


def action_type(category, provider, owner="AWS"):
    return {"category": category, "owner": owner, "provider": provider, "version": "1"}


def rule(provider, commands=None, **configuration):
    return {"name": provider, "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"},
            **({"commands": commands} if commands else {}), **({"configuration": configuration} if configuration else {})}


def condition(result, *rules):
    return {"conditions": [{"result": result, "rules": list(rules)}]}


def declaration(name, commands=("cat a.txt",), stages=None, **more):
    """A pipeline in the cloud's own form: a source, work, an approval. stages: by index, what they have beside."""
    whole = plain(name, commands, **more)
    for index, beside in (stages or {}).items():
        whole["stages"][index].update(beside)
    return whole


def plain(name, commands, **more):
    return {"name": name, "roleArn": "arn:aws:iam::000000000000:role/ci",
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": [
                {"name": "Source", "actions": [
                    {"name": "Tree", "actionTypeId": action_type("Source", "Directory", "Sluice"), "configuration": {"path": "./src"},
                     "outputArtifacts": [{"name": "app"}]}]},
                {"name": "Work", "actions": [
                    {"name": "Say", "actionTypeId": action_type("Compute", "Commands"), "inputArtifacts": [{"name": "app"}],
                     "commands": list(commands)}]},
                {"name": "Release", "actions": [
                    {"name": "Gate", "actionTypeId": action_type("Approval", "Manual"), "runOrder": 1,
                     "configuration": {"CustomData": "ship it"}}]}],
            "pipelineType": "V2", **more}


class AwsHouse(ServerCase):
    """One server for all tests of a class."""

    def setUp(self):
        pass

    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="sluice-aws-"))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        (cls.home / "src").mkdir()
        (cls.home / "src/a.txt").write_text("hello\n")
        (cls.home / "sluice.yml").write_text(f"baseDirectory: {cls.home}\nregion: {REGION}\n")
        codepipeline_model.write_additions(cls.home / "models")
        cls.environment = {**os.environ, "SLUICE_DATA": str(cls.home / "data"), "NO_COLOR": "1", "AWS_DATA_PATH": str(cls.home / "models"),
                           "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}
        os.environ["AWS_DATA_PATH"] = cls.environment["AWS_DATA_PATH"]
        cls.begin()
        cls.join()
        cls.client = cls.make_client()
        cls.addClassCleanup(cls.client.close)

    @classmethod
    def begin(cls):
        cls.server = subprocess.Popen([SLUICE, "serve", "--config", "sluice.yml"], cwd=cls.home, env=cls.environment, text=True,
                                      stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        cls.addClassCleanup(cls.server.stderr.close)
        cls.addClassCleanup(cls.server.wait)
        cls.addClassCleanup(cls.server.terminate)
        first = cls.server.stderr.readline()
        assert "serving" in first, first

    @classmethod
    def join(cls):
        """A port of the loopback before the socket: the clients speak TCP only."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        cls.url = f"http://127.0.0.1:{port}"
        joint = subprocess.Popen(["socat", f"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr",
                                  f"UNIX-CONNECT:{cls.home}/data/sluice.sock"])
        cls.addClassCleanup(joint.wait)
        cls.addClassCleanup(joint.terminate)
        end = time.monotonic() + LONGEST
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                assert time.monotonic() < end, "socat does not listen"
                time.sleep(0.05)

    @classmethod
    def make_client(cls):
        import boto3  # after AWS_DATA_PATH is set
        from botocore import UNSIGNED
        from botocore.config import Config
        client = boto3.session.Session().client("codepipeline", endpoint_url=cls.url, region_name=REGION,
                                                config=Config(signature_version=UNSIGNED, retries={"max_attempts": 0}))
        cls.operations = client.meta.service_model
        cls.wrong = []
        cls.seen = set()
        client.meta.events.register("response-received.codepipeline", cls.look)
        return client

    @classmethod
    def look(cls, response_dict, event_name, **_):
        """What goes over the wire, before the client makes the best of it."""
        operation = cls.operations.operation_model(event_name.rsplit(".", 1)[1])
        status, headers, body = response_dict["status_code"], response_dict["headers"], response_dict["body"]
        cls.seen.add(operation.name)
        for header in ("x-amzn-RequestId", "Date", "Content-Length"):
            if header not in headers:
                cls.wrong.append(f"{operation.name}: no {header}")
        if headers.get("Content-Type") != "application/x-amz-json-1.1":
            cls.wrong.append(f"{operation.name}: Content-Type {headers.get('Content-Type')}")
        if status == 200:
            cls.wrong += codepipeline_model.check_body(body, operation)
            return
        error = json.loads(body)
        named = {shape.name for shape in operation.error_shapes} | codepipeline_model.ADDED_ERRORS_OF.get(operation.name, set()) | COMMON
        if set(error) != {"__type", "message"} or not error["message"]:
            cls.wrong.append(f"{operation.name}: an error has __type and message, this one {error}")
        if status == 400 and error["__type"] not in named:
            cls.wrong.append(f"{operation.name}: {error['__type']} is not among its errors")
        if headers.get("x-amzn-ErrorType") != error["__type"]:
            cls.wrong.append(f"{operation.name}: x-amzn-ErrorType {headers.get('x-amzn-ErrorType')}")

    def tearDown(self):
        wrong, type(self).wrong[:] = list(self.wrong), []
        self.assertEqual(wrong, [], "\n".join(wrong))

    def refusal(self, operation, **arguments):
        """The code of a refusal as botocore has it, "" if there was none."""
        from botocore.exceptions import ClientError
        try:
            getattr(self.client, operation)(**arguments)
            return ""
        except ClientError as error:
            return error.response["Error"]["Code"]

    def aws(self, *arguments, expect=0, error=None):
        """The CLI's reply; its words about each body it got are checked like the client's."""
        done = subprocess.run([AWS, "--endpoint-url", self.url, "--no-sign-request", "--debug", "--output", "json", "codepipeline",
                               *arguments], cwd=self.home, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=LONGEST)
        said = "\n".join(line for line in done.stderr.splitlines()[-3:] if "DEBUG" not in line)
        self.assertEqual(done.returncode, expect, said)
        if error:
            self.assertIn(f"({error})", done.stderr)
        lines = done.stderr.splitlines()
        name = "".join(part.title() for part in arguments[0].split("-"))
        for number, line in enumerate(lines):
            if expect == 0 and line.endswith("Response body:"):
                body = ast.literal_eval(lines[number + 1])
                self.wrong.extend(codepipeline_model.check_body(body, self.operations.operation_model(name)))
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def action(self, pipeline, name):
        state = self.client.get_pipeline_state(name=pipeline)
        return next(action.get("latestExecution", {}) for stage in state["stageStates"]
                    for action in stage["actionStates"] if action["actionName"] == name)

    def wait_for_gate(self, pipeline, but=None):
        return self.wait_for(lambda: (token := self.action(pipeline, "Gate").get("token")) != but and token, "the approval")

    def wait_for_status(self, pipeline, execution, status):
        def has():
            run = self.client.get_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=execution)
            return run["pipelineExecution"]["status"] == status
        self.wait_for(has, f"{execution} {status}")

    def answer(self, pipeline, token, status="Approved", summary="fine"):
        return self.client.put_approval_result(pipelineName=pipeline, stageName="Release", actionName="Gate", token=token,
                                               result={"summary": summary, "status": status})

    def create(self, name, *arguments, **more):
        """A pipeline that waits at its gate, and its execution."""
        tags = more.pop("tags", [])
        self.client.create_pipeline(pipeline=declaration(name, *arguments, **more), **({"tags": tags} if tags else {}))
        return self.client.list_pipeline_executions(pipelineName=name)["pipelineExecutionSummaries"][0]["pipelineExecutionId"]
