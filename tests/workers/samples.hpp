// Jobs and names for the tests of workers.
#pragma once

#include <string>

#include "engine/workers/messages.hpp"

namespace sluice::testing {

inline Job job(const std::string& pipeline, ExecutionNumber execution) {
  Job job;
  job.pipeline = pipeline;
  job.key = {execution, 1, 2, 1, 1};
  job.id = {execution, 77};
  job.execution_id = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
  job.stage = "Build";
  job.action = "Compile";
  job.type = {Category::kBuild, "Sluice", "Buildspec", "1"};
  return job;
}

// One with something in every member.
inline Job full_job() {
  Job full = job("webshop", 7);
  full.configuration = {{"A", "1"}, {"B", std::string("two\0\xff", 5)}};
  full.secret_keys = {"B"};
  full.commands = {"make", "make test"};
  full.output_variables = {"Version"};
  full.environment = {{"KEY", "value", true}};
  ArtifactRef input;
  input.name = "app";
  input.digest = "abc";
  input.revision = "r1";
  full.inputs = {input};
  full.outputs = {{"bin", {"out/*"}}};
  full.continuation = "token";
  full.signal = "{}";
  full.source_revision = "main";
  full.has_continuation = true;
  full.deadline = {1'700'000'000'000};
  full.base_directory = "/srv";
  full.region = "eu-central-1";
  full.account = "123456789012";
  return full;
}

}  // namespace sluice::testing
