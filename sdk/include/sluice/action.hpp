// C++20 comfort over sluice/plugin.h: write a function, name it in SLUICE_PLUGIN.
//
//   #include <sluice/action.hpp>
//   static sluice::Outcome greet(sluice::Run& run) {
//     run.log("hello " + run.configuration("name", "world"));
//     run.set_output("greeting", "hello");
//     return sluice::succeeded();
//   }
//   SLUICE_PLUGIN("hello", "1.0.0", "Greets",
//                 SLUICE_ACTION(greet, .category = SLUICE_CATEGORY_INVOKE, .provider = "Greet",
//                 .version = "1"))
//
// All of Run is for the main thread but log, mask, progress and cancelled. An exception that leaves
// the function is reported as a PERMANENT failure with its text.
#ifndef SLUICE_ACTION_HPP
#define SLUICE_ACTION_HPP

#include <sluice/plugin.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

struct InputArtifact {
  std::string name, directory, revision;
};
struct OutputArtifact {
  std::string name, directory;
  std::vector<std::string> files;  // patterns of a compute action
};

// What an action function returns; made by the functions below.
struct [[nodiscard]] Outcome {
  sluice_outcome code = SLUICE_SUCCEEDED;
  sluice_failure_kind kind = SLUICE_FAILURE_PERMANENT;
  std::string failure_code, message, token;
  std::int64_t delay_ms = 0;
};
inline Outcome succeeded() {
  return {};
}
inline Outcome failed(std::string message, sluice_failure_kind kind = SLUICE_FAILURE_PERMANENT,
                      std::string code = "JobFailed") {
  return {SLUICE_FAILED, kind, std::move(code), std::move(message), {}, 0};
}
inline Outcome misconfigured(std::string message) {
  return failed(std::move(message), SLUICE_FAILURE_CONFIGURATION, "ConfigurationError");
}
// The action is called again with the token after delay_ms; a negative delay waits for a signal
// alone.
inline Outcome continue_later(std::string token, std::int64_t delay_ms) {
  return {SLUICE_CONTINUE, SLUICE_FAILURE_PERMANENT, {}, {}, std::move(token), delay_ms};
}

class Run {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  Run(const sluice_host* host, sluice_run* run)
      : host_(host),
        run_(run),
        secrets_(static_cast<const sluice_secrets*>(host->extension(run, SLUICE_SECRETS_ID))) {}

  std::optional<std::string> text(sluice_text which) const {
    return maybe(host_->text(run_, which));
  }
  std::string pipeline() const { return text(SLUICE_TEXT_PIPELINE).value_or(""); }
  std::string execution_id() const { return text(SLUICE_TEXT_EXECUTION_ID).value_or(""); }
  std::string stage() const { return text(SLUICE_TEXT_STAGE).value_or(""); }
  std::string action() const { return text(SLUICE_TEXT_ACTION).value_or(""); }
  std::string action_execution_id() const {
    return text(SLUICE_TEXT_ACTION_EXECUTION).value_or("");
  }
  std::string work_directory() const { return text(SLUICE_TEXT_WORK_DIRECTORY).value_or("."); }
  std::string state_directory() const { return text(SLUICE_TEXT_STATE_DIRECTORY).value_or("."); }
  std::string base_directory() const { return text(SLUICE_TEXT_BASE_DIRECTORY).value_or("."); }
  std::string job() const { return text(SLUICE_TEXT_JOB).value_or("{}"); }
  std::optional<std::string> continuation() const { return text(SLUICE_TEXT_CONTINUATION); }
  std::optional<std::string> signal() const { return text(SLUICE_TEXT_SIGNAL); }
  std::optional<std::string> source_revision() const { return text(SLUICE_TEXT_SOURCE_REVISION); }

  std::optional<std::string> configuration(const char* key) const {
    return maybe(host_->configuration(run_, key));
  }
  std::string configuration(const char* key, std::string otherwise) const {
    return configuration(key).value_or(std::move(otherwise));
  }
  // "true", "yes" and "1" are true.
  bool flag(const char* key, bool otherwise = false) const {
    const auto value = configuration(key);
    return value ? *value == "true" || *value == "True" || *value == "yes" || *value == "1"
                 : otherwise;
  }
  Pairs configuration_pairs() const { return pairs(SLUICE_LIST_CONFIGURATION); }
  Pairs environment() const { return pairs(SLUICE_LIST_ENVIRONMENT); }
  std::vector<std::string> commands() const { return list(SLUICE_LIST_COMMANDS); }
  std::vector<std::string> output_variables() const { return list(SLUICE_LIST_OUTPUT_VARIABLES); }
  std::vector<InputArtifact> inputs() const {
    std::vector<InputArtifact> inputs;
    for (auto at = host_->list(run_, SLUICE_LIST_INPUT_ARTIFACTS); at[0] && at[1] && at[2]; at += 3)
      inputs.push_back({at[0], at[1], at[2]});
    return inputs;
  }
  std::vector<OutputArtifact> outputs() const {
    std::vector<OutputArtifact> outputs;
    for (auto& [name, directory] : pairs(SLUICE_LIST_OUTPUT_ARTIFACTS))
      outputs.push_back({name, directory, {}});
    for (auto& [name, pattern] : pairs(SLUICE_LIST_OUTPUT_FILES))
      for (auto& output : outputs)
        if (output.name == name) output.files.push_back(pattern);
    return outputs;
  }

  bool set_output(const std::string& key, const std::string& value) {
    return host_->set_output(run_, key.c_str(), value.c_str()) == 0;
  }
  void set_revision(const std::string& artifact, const std::string& id,
                    const std::string& summary = {}, const std::string& url = {}) {
    host_->set_revision(run_, artifact.c_str(), id.c_str(), summary.c_str(), url.c_str());
  }
  void set_detail(const std::string& key, const std::string& json) {
    host_->set_detail(run_, key.c_str(), json.c_str());
  }
  void set_external(const std::string& id, const std::string& url = {},
                    const std::string& summary = {}) {
    host_->set_external(run_, id.c_str(), url.c_str(), summary.c_str());
  }
  void log(const std::string& line, sluice_log_level level = SLUICE_LOG_INFO) {
    host_->log(run_, level, line.c_str());
  }
  // Shown as *** from now on, wherever this run shows it (plugin.h, sluice_secrets). False if the
  // host cannot or will not hide it.
  bool mask(const std::string& value) {
    return secrets_ && secrets_->mask(run_, value.c_str()) == 0;
  }
  void progress(int percent, const std::string& summary = {}) {
    host_->progress(run_, percent, summary.empty() ? nullptr : summary.c_str());
  }
  bool cancelled() const { return host_->cancelled(run_) != 0; }
  const void* extension(const char* id) { return host_->extension(run_, id); }

 private:
  static std::optional<std::string> maybe(const char* text) {
    return text ? std::optional<std::string>(text) : std::nullopt;
  }
  std::vector<std::string> list(sluice_list which) const {
    std::vector<std::string> texts;
    for (auto at = host_->list(run_, which); *at; ++at) texts.emplace_back(*at);
    return texts;
  }
  Pairs pairs(sluice_list which) const {
    Pairs pairs;
    for (auto at = host_->list(run_, which); at[0] && at[1]; at += 2)
      pairs.emplace_back(at[0], at[1]);
    return pairs;
  }
  const sluice_host* host_;
  sluice_run* run_;
  const sluice_secrets* secrets_;
};

namespace detail {
// The C function behind a C++ one: no exception crosses it.
template <Outcome (*Function)(Run&)>
sluice_outcome run_action(const sluice_host* host, sluice_run* run) {
  try {
    Run comfort(host, run);
    const Outcome outcome = Function(comfort);
    if (outcome.code == SLUICE_FAILED)
      host->fail(run, outcome.kind, outcome.failure_code.c_str(), outcome.message.c_str());
    if (outcome.code == SLUICE_CONTINUE)
      host->continue_later(run, outcome.token.c_str(), outcome.delay_ms);
    return outcome.code;
  } catch (const std::exception& error) {
    host->fail(run, SLUICE_FAILURE_PERMANENT, "Exception", error.what());
  } catch (...) {
    host->fail(run, SLUICE_FAILURE_PERMANENT, "Exception",
               "an exception of unknown type left the action");
  }
  return SLUICE_FAILED;
}

// Members of sluice_action_type that an author names; the rest is filled in.
struct ActionType {
  sluice_category category = SLUICE_CATEGORY_INVOKE;
  const char* provider = nullptr;
  const char* version = "1";
  const char* uses = nullptr;
  const char* summary = nullptr;
  const char* configuration_schema = nullptr;
  std::uint32_t min_inputs = 0, max_inputs = 5, min_outputs = 0, max_outputs = 5;
  const char* const* output_variables = nullptr;
  std::uint32_t flags = 0;
  std::int64_t default_timeout_ms = 0;
};
template <Outcome (*Function)(Run&)>
constexpr sluice_action_type action_type(ActionType t) {
  return {sizeof(sluice_action_type),
          t.category,
          t.provider,
          t.version,
          t.uses,
          t.summary,
          t.configuration_schema,
          t.min_inputs,
          t.max_inputs,
          t.min_outputs,
          t.max_outputs,
          t.output_variables,
          t.flags,
          t.default_timeout_ms,
          &run_action<Function>};
}

template <std::size_t N>
struct TypeList {
  const sluice_action_type* at[N + 1] = {};
  constexpr explicit TypeList(const sluice_action_type (&types)[N]) {
    for (std::size_t i = 0; i < N; ++i) at[i] = &types[i];
  }
};
}  // namespace detail
}  // namespace sluice

// One action type: the function, then members of sluice::detail::ActionType as designated
// initialisers.
#define SLUICE_ACTION(function, ...) \
  ::sluice::detail::action_type<&function>(::sluice::detail::ActionType{__VA_ARGS__})

// The one exported symbol, from one or more SLUICE_ACTION.
#define SLUICE_PLUGIN(plugin_name, plugin_version, plugin_description, ...)         \
  namespace {                                                                       \
  constexpr sluice_action_type sluice_types[] = {__VA_ARGS__};                      \
  constexpr ::sluice::detail::TypeList sluice_type_list(sluice_types);              \
  }                                                                                 \
  extern "C" SLUICE_EXPORT constexpr sluice_plugin_entry sluice_plugin_entry_v1 = { \
      sizeof(sluice_plugin_entry), SLUICE_ABI_MINOR,   plugin_name, plugin_version, \
      plugin_description,          sluice_type_list.at};

#endif
