#include "engine/hosts/job_message.hpp"

#include <sluice/plugin.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace sluice {
namespace {

constexpr std::size_t kMaxVariableBytes = 122880;  // facts/codepipeline.md 3
constexpr int kMaxDepth = 64;                      // of details

std::vector<std::string> configuration_of(const Job& job, const wire::Pairs& defaults) {
  std::vector<std::string> flat;
  for (const auto& [key, value] : job.configuration) flat.insert(flat.end(), {key, value});
  for (const auto& [key, value] : defaults)
    if (!job.configuration.contains(key)) flat.insert(flat.end(), {key, value});
  return flat;
}

// In names and texts, not in the JSON text: there a secret may be escaped, or be digits.
nlohmann::json masked(const nlohmann::json& value, const Masker& masker) {
  if (value.is_string()) return masker.mask(value.get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  nlohmann::json out = value.is_array() ? nlohmann::json::array() : nlohmann::json::object();
  for (const auto& [key, item] : value.items()) {
    if (value.is_array())
      out.push_back(masked(item, masker));
    else
      out[masker.mask(key)] = masked(item, masker);
  }
  return out;
}

// What is no JSON, or nested too deeply for anybody, is kept as the text that it is.
nlohmann::json detail_of(const std::string& text) {
  bool deep = false;
  const auto look = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    deep = deep || depth > kMaxDepth;
    return !deep;
  };
  auto value = nlohmann::json::parse(text, look, false);
  return deep || value.is_discarded() ? nlohmann::json(text) : value;
}

Account account_of(const wire::Finished& finished, const Masker& masker) {
  Account account;
  account.external_id = valid_utf8(finished.external_id);
  account.external_url = shown_text(finished.external_url, masker);
  account.summary = shown_text(finished.summary, masker);
  if (finished.details.empty()) return account;
  auto details = nlohmann::json::object();
  for (const auto& [key, text] : finished.details)
    details[valid_utf8(key)] = masked(detail_of(text), masker);
  account.details = details.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return account;
}

// The rule that the answer breaks, or "".
std::string misbehaviour(const wire::Finished& finished) {
  if (!finished.misbehaviour.empty()) return finished.misbehaviour;
  const int outcome = finished.outcome;
  if (outcome != SLUICE_SUCCEEDED && outcome != SLUICE_FAILED && outcome != SLUICE_CONTINUE)
    return "run returned " + std::to_string(outcome) +
           ", which is no sluice_outcome (0 succeeded, 1 failed, 2 continue)";
  if (outcome == SLUICE_FAILED && (finished.failure_kind < 0 || finished.failure_kind > 4))
    return "fail() was called with kind " + std::to_string(finished.failure_kind) +
           ", which is no sluice_failure_kind";
  if (outcome == SLUICE_CONTINUE && !finished.continues)
    return "run returned SLUICE_CONTINUE without having called continue_later()";
  std::size_t bytes = 0;
  for (const auto& [key, value] : finished.variables) bytes += key.size() + value.size();
  if (bytes > kMaxVariableBytes)
    return "its output variables have " + std::to_string(bytes) + " bytes, 122880 are allowed";
  return "";
}

}  // namespace

wire::Run make_run(std::uint64_t number, const Job& job, const RunDirectories& where,
                   const wire::Pairs& defaults) {
  wire::Run run;
  run.run = number;
  run.category = static_cast<std::uint32_t>(job.type.category);
  run.owner = job.type.owner;
  run.provider = job.type.provider;
  run.version = job.type.version;

  run.texts.resize(SLUICE_TEXT_JOB);
  run.texts[SLUICE_TEXT_PIPELINE] = job.pipeline;
  run.texts[SLUICE_TEXT_EXECUTION_ID] = job.execution_id;
  run.texts[SLUICE_TEXT_STAGE] = job.stage;
  run.texts[SLUICE_TEXT_ACTION] = job.action;
  run.texts[SLUICE_TEXT_ACTION_EXECUTION] = to_text(job.id);
  run.texts[SLUICE_TEXT_REGION] = job.region;
  run.texts[SLUICE_TEXT_ACCOUNT] = job.account;
  run.texts[SLUICE_TEXT_STATE_DIRECTORY] = where.state;
  run.texts[SLUICE_TEXT_BASE_DIRECTORY] = job.base_directory;
  if (job.has_continuation) run.texts[SLUICE_TEXT_CONTINUATION] = job.continuation;
  if (!job.signal.empty()) run.texts[SLUICE_TEXT_SIGNAL] = job.signal;
  if (!job.source_revision.empty()) run.texts[SLUICE_TEXT_SOURCE_REVISION] = job.source_revision;

  run.lists.resize(SLUICE_LIST_OUTPUT_FILES + 1);
  run.lists[SLUICE_LIST_CONFIGURATION] = configuration_of(job, defaults);
  run.lists[SLUICE_LIST_COMMANDS] = job.commands;
  run.lists[SLUICE_LIST_OUTPUT_VARIABLES] = job.output_variables;
  for (const auto& variable : job.environment)
    for (const auto& text : {variable.name, variable.value})
      run.lists[SLUICE_LIST_ENVIRONMENT].push_back(text);
  for (std::size_t i = 0; i < job.inputs.size(); ++i)
    for (const auto& text : {job.inputs[i].name, where.inputs[i], job.inputs[i].revision})
      run.lists[SLUICE_LIST_INPUT_ARTIFACTS].push_back(text);
  for (std::size_t i = 0; i < job.outputs.size(); ++i) {
    for (const auto& text : {job.outputs[i].name, where.outputs[i]})
      run.lists[SLUICE_LIST_OUTPUT_ARTIFACTS].push_back(text);
    for (const auto& pattern : job.outputs[i].files)
      for (const auto& text : {job.outputs[i].name, pattern})
        run.lists[SLUICE_LIST_OUTPUT_FILES].push_back(text);
  }
  return run;
}

wire::Pairs defaults_of(const std::string& configuration_schema) {
  wire::Pairs defaults;
  const auto schema = nlohmann::json::parse(configuration_schema, nullptr, false);
  if (!schema.is_object()) return defaults;
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object()) return defaults;
  for (const auto& [key, property] : properties->items()) {
    if (!property.is_object() || !property.contains("default")) continue;
    const auto& value = property["default"];
    defaults.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return defaults;
}

Masker secrets_of(const Job& job) {
  Masker masker;
  for (const auto& key : job.secret_keys)
    if (const auto found = job.configuration.find(key); found != job.configuration.end())
      masker.add(found->second);
  for (const auto& variable : job.environment)
    if (variable.secret) masker.add(variable.value);
  return masker;
}

bool has_succeeded(const wire::Finished& finished) {
  return finished.outcome == SLUICE_SUCCEEDED && misbehaviour(finished).empty();
}

Input make_failure(const Job& job, FailureKind kind, std::string code, std::string message) {
  return ReportFailure{job.key, {}, {kind, std::move(code), std::move(message)}};
}

Input make_report(const Job& job, wire::Finished finished, std::vector<ArtifactRef> outputs,
                  const Masker& masker) {
  Account account = account_of(finished, masker);
  if (const std::string rule = misbehaviour(finished); !rule.empty())
    return ReportFailure{job.key,
                         std::move(account),
                         {FailureKind::kMisbehaved, "PluginMisbehaved",
                          shown_text("the plugin misbehaved: " + rule, masker)}};
  if (finished.outcome == SLUICE_CONTINUE)
    return ReportContinue{job.key, std::move(finished.token), finished.delay_ms,
                          std::move(account)};
  if (finished.outcome == SLUICE_FAILED) {
    Failure failure;
    failure.kind = finished.failure_kind == 0 ? FailureKind::kPermanent
                                              : static_cast<FailureKind>(finished.failure_kind);
    failure.code = finished.failure_code.empty() ? "JobFailed" : valid_utf8(finished.failure_code);
    failure.message = finished.failure_message.empty()
                          ? "the action failed without saying why; see its log"
                          : shown_text(finished.failure_message, masker);
    return ReportFailure{job.key, std::move(account), std::move(failure)};
  }
  Texts variables;
  for (auto& [key, value] : finished.variables)
    variables.emplace_back(std::move(key), shown_text(value, masker));
  for (const auto& revision : finished.revisions)
    for (auto& output : outputs) {
      if (output.name != revision.artifact) continue;
      output.revision = valid_utf8(revision.id);
      output.revision_summary = shown_text(revision.summary, masker);
      output.revision_url = shown_text(revision.url, masker);
    }
  return ReportSuccess{job.key, std::move(account), std::move(variables), std::move(outputs)};
}

}  // namespace sluice
