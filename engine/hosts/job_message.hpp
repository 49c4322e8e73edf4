// A Job as the message that a host gets, and a host's answer as the report that the engine gets.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/core/input.hpp"
#include "engine/core/result.hpp"
#include "engine/hosts/hosts.hpp"
#include "engine/hosts/job_log.hpp"
#include "sdk/wire/messages.hpp"

namespace sluice {

// Directories of one run, in the order of the job's inputs and outputs.
struct RunDirectories {
  std::vector<std::string> inputs, outputs;
  std::string state;
};

[[nodiscard]] wire::Run make_run(std::uint64_t run, const Job& job, const RunDirectories& where,
                                 const wire::Pairs& defaults);

// Keys and values that a configuration schema (plugin.h configuration_schema) fills in.
[[nodiscard]] wire::Pairs defaults_of(const std::string& configuration_schema);

// The secrets that the job says must not be seen.
[[nodiscard]] Masker secrets_of(const Job& job);

// ReportSuccess, ReportContinue or ReportFailure; outputs are the packed artifacts (digests,
// names), to which revisions are added. Whatever breaks a rule of plugin.h becomes a failure of
// kind kMisbehaved that names the rule.
[[nodiscard]] Input make_report(const Job& job, wire::Finished finished,
                                std::vector<ArtifactRef> outputs, const Masker& masker);

// Whether make_report would make a ReportSuccess of it: only then are outputs packed.
[[nodiscard]] bool has_succeeded(const wire::Finished& finished);

// A failure that the pool itself states.
[[nodiscard]] Input make_failure(const Job& job, FailureKind kind, std::string code,
                                 std::string message);

}  // namespace sluice
