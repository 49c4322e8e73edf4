#include "plugins/build/build.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "plugins/build/artifacts.hpp"
#include "plugins/build/build_log.hpp"
#include "plugins/build/cache.hpp"
#include "plugins/build/details.hpp"
#include "plugins/build/environment.hpp"
#include "plugins/build/identity.hpp"
#include "plugins/build/parse.hpp"
#include "plugins/build/phases.hpp"
#include "plugins/build/secrets.hpp"
#include "plugins/build/settings.hpp"

namespace sluice::build {
namespace {
namespace fs = std::filesystem;

// A step's failure: code and message of its phase context. No code: no failure.
struct Trouble {
  std::string code, message;
};

class Build {
 public:
  Build(Run& run, Settings settings, const ReportStep& reports)
      : run_(run), settings_(std::move(settings)), reports_(reports) {}

  Outcome perform();

 private:
  // Runs one of the service's own phases and records it.
  template <class Step>
  void service_phase(const char* name, Step step);
  Trouble download_source();
  Trouble read_buildspec();
  Trouble resolve_variables(Environment& environment);
  Trouble set_secret(Environment& environment, const std::string& name, const Lookup& found,
                     const std::string& what);
  Trouble set_project_variables(Environment& environment);
  void restore_cache();
  Trouble upload_artifacts();
  Trouble upload(const ArtifactSet& set, const OutputArtifact& output);
  Trouble upload_by_name(const OutputArtifact& output);
  Trouble evaluate(std::string& text, const std::string& what);
  std::string process_reports();
  void export_variables();
  Outcome outcome() const;

  Run& run_;
  Settings settings_;
  const ReportStep& reports_;
  Identity identity_;
  Watch watch_;
  Buildspec spec_;
  std::optional<Session> session_;
  std::optional<BuildCache> cache_;
  std::vector<PhaseRecord> records_;
  Status status_ = Status::kSucceeded;
  Pairs exported_;
  std::string failed_tests_;  // what the report step says against the build
};

template <class Step>
void Build::service_phase(const char* name, Step step) {
  const auto start = std::chrono::steady_clock::now();
  PhaseRecord record;
  record.name = name;
  Trouble trouble = step();
  if (!trouble.code.empty()) {
    record.status = Status::kFailed;
    if (status_ == Status::kSucceeded) status_ = Status::kFailed;
  }
  record.code = std::move(trouble.code);
  record.message = std::move(trouble.message);
  record.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                           std::chrono::steady_clock::now() - start)
                           .count();
  records_.push_back(std::move(record));
}

Trouble Build::read_buildspec() {
  std::string text = settings_.buildspec, name = "buildspec";
  if (!settings_.inline_buildspec) {
    name = settings_.buildspec;
    const fs::path path = fs::path(settings_.source_directory) / settings_.buildspec;
    std::error_code error;
    if (!fs::is_regular_file(path, error))
      return {"YAML_FILE_ERROR", "YAML file does not exist: " + path.string()};
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream content;
    if (fs::file_size(path, error) > 0) content << stream.rdbuf();
    if (!stream) return {"YAML_FILE_ERROR", "YAML file cannot be read: " + path.string()};
    text = content.str();
    log_line("YAML location is " + path.string());
  }
  Parsed parsed = parse_buildspec(text);
  for (const auto& warning : parsed.warnings) log_line("Warning: " + to_text(warning, name));
  std::string message;
  for (const auto& error : parsed.errors)
    message += (message.empty() ? "" : "\n") + to_text(error, name);
  if (!parsed.ok()) return {"YAML_FILE_ERROR", message};
  spec_ = std::move(parsed.spec);
  return {};
}

Trouble Build::resolve_variables(Environment& environment) {
  environment.set(spec_.env.variables);
  for (const auto& [name, parameter] : spec_.env.parameter_store) {
    const Lookup found = look_up_parameter(settings_.parameter_store_file, parameter);
    if (auto trouble = set_secret(environment, name, found, "env.parameter-store." + name);
        !trouble.code.empty())
      return trouble;
  }
  for (const auto& [name, secret] : spec_.env.secrets_manager) {
    const Lookup found = look_up_secret(settings_.secrets_manager_file, secret);
    if (auto trouble = set_secret(environment, name, found, "env.secrets-manager." + name);
        !trouble.code.empty())
      return trouble;
  }
  return set_project_variables(environment);
}

// Values of both stores are hidden, as in the cloud (A3).
Trouble Build::set_secret(Environment& environment, const std::string& name, const Lookup& found,
                          const std::string& what) {
  if (!found.error.empty()) return {"CLIENT_ERROR", what + ": " + found.error};
  if (!run_.mask(found.value)) log_line("Warning: the value of " + name + " cannot be hidden");
  environment.set(name, found.value);
  return {};
}

// These win over the buildspec's (A3.1); the service's own win over all.
Trouble Build::set_project_variables(Environment& environment) {
  environment.set(run_.environment());
  for (const auto& variable : settings_.variables) {
    if (variable.type == ProjectVariable::Type::kPlaintext) {
      environment.set(variable.name, variable.value);
      continue;
    }
    const Lookup found = variable.type == ProjectVariable::Type::kParameterStore
                             ? look_up_parameter(settings_.parameter_store_file, variable.value)
                             : look_up_secret(settings_.secrets_manager_file, variable.value);
    if (auto trouble =
            set_secret(environment, variable.name, found, "environmentVariables " + variable.name);
        !trouble.code.empty())
      return trouble;
  }
  set_service_variables(run_, settings_, identity_, environment);
  return {};
}

Trouble Build::download_source() {
  log_line("CODEBUILD_SRC_DIR=" + settings_.source_directory);
  if (auto trouble = read_buildspec(); !trouble.code.empty()) return trouble;
  log_line("Processing environment variables");
  Shell::Options options;
  Environment environment;
  if (auto trouble = resolve_variables(environment); !trouble.code.empty()) return trouble;
  options.program = spec_.env.shell;
  options.environment = environment.list();
  options.directory = settings_.source_directory;
  session_.emplace(std::move(options), watch_, spec_.version);
  restore_cache();
  return {};
}

Trouble Build::evaluate(std::string& text, const std::string& what) {
  auto value = session_->shell().expand(text);
  if (!value) return {"CLIENT_ERROR", what + ": the shell cannot evaluate '" + text + "'"};
  text = std::move(*value);
  return {};
}

void Build::restore_cache() {
  if (!settings_.cache || spec_.cache.paths.empty()) return;
  Cache& cache = spec_.cache;
  cache.key = spell_out_hash_files(cache.key, settings_.source_directory);
  std::vector<std::string*> texts = {&cache.key};
  for (auto* list : {&cache.fallback_keys, &cache.paths})
    for (auto& text : *list) texts.push_back(&text);
  for (std::string* text : texts)
    if (const auto trouble = evaluate(*text, "cache"); !trouble.code.empty()) {
      log_line("Warning: " + trouble.message + "; nothing is cached");
      return;
    }
  const fs::path store = fs::path(run_.state_directory()) / "cache" / settings_.project;
  cache_.emplace(store, settings_.source_directory, cache);
  cache_->restore();
}

Trouble Build::upload(const ArtifactSet& set, const OutputArtifact& output) {
  ArtifactSet evaluated = set;
  if (auto trouble = evaluate(evaluated.base_directory, "artifacts.base-directory");
      !trouble.code.empty())
    return trouble;
  for (auto* list : {&evaluated.files, &evaluated.exclude_paths})
    for (auto& text : *list)
      if (auto trouble = evaluate(text, "artifacts"); !trouble.code.empty()) return trouble;
  auto message = collect_artifacts(evaluated, settings_.source_directory, output.directory);
  if (message.empty()) return {};
  return {"CLIENT_ERROR", std::move(message)};
}

Trouble Build::upload_by_name(const OutputArtifact& output) {
  for (const auto& [identifier, set] : spec_.artifacts.secondary)
    if (identifier == output.name) return upload(set, output);
  return {"CLIENT_ERROR",
          "no definition for artifact " + output.name +
              ": with several output artifacts, artifacts.secondary-artifacts needs an entry of "
              "that name"};
}

// One output artifact takes the primary definition, several take the secondary ones of their names.
Trouble Build::upload_artifacts() {
  failed_tests_ = process_reports();
  const auto outputs = run_.outputs();
  Trouble trouble;
  if (!outputs.empty() && !spec_.has_artifacts) {
    log_line("No artifacts section: the output artifacts stay empty");
  } else if (outputs.size() == 1 && !spec_.artifacts.primary.files.empty()) {
    trouble = upload(spec_.artifacts.primary, outputs.front());
  } else {
    for (const auto& output : outputs)
      if (trouble.code.empty()) trouble = upload_by_name(output);
  }
  if (cache_ && status_ == Status::kSucceeded) cache_->save();
  return trouble;
}

std::string Build::process_reports() {
  if (!reports_ || spec_.reports.empty()) return {};
  std::vector<ReportGroup> groups = spec_.reports;
  for (auto& group : groups) {
    std::vector<std::string*> texts = {&group.name, &group.base_directory};
    for (auto& file : group.files) texts.push_back(&file);
    for (std::string* text : texts)
      if (auto trouble = evaluate(*text, "reports"); !trouble.code.empty()) return trouble.message;
  }
  return reports_(run_, {groups, settings_.project, settings_.source_directory});
}

void Build::export_variables() {
  if (!session_ || spec_.env.exported.empty() || spec_.version == Version::k01) return;
  const auto values = session_->shell().values(spec_.env.exported);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = spec_.env.exported[i];
    const bool secret = std::any_of(
        settings_.variables.begin(), settings_.variables.end(), [&](const ProjectVariable& v) {
          return v.name == name && v.type != ProjectVariable::Type::kPlaintext;
        });
    if (secret)
      log_line("Warning: " + name + " is not exported: its value comes from a secret store");
    else if (!values[i])
      log_line("Warning: " + name + " is not exported: it was never set");
    else if (run_.set_output(name, *values[i]))
      exported_.emplace_back(name, *values[i]);
    else
      log_line("Warning: " + name + " is not exported: the engine refused its value");
  }
}

Outcome Build::outcome() const {
  if (status_ == Status::kSucceeded)
    return failed_tests_.empty() ? succeeded() : failed(failed_tests_);
  const auto cause = std::find_if(records_.begin(), records_.end(), [&](const PhaseRecord& record) {
    return record.status == status_;
  });
  std::string message = std::string("Build terminated with state: ") + name_of(status_) +
                        ". Phase: " + cause->name + ", Code: " + cause->code +
                        ", Message: " + cause->message;
  if (!failed_tests_.empty()) message = failed_tests_ + ". " + message;
  if (status_ == Status::kStopped) return failed(message, SLUICE_FAILURE_CANCELLED, "Stopped");
  return failed(message);
}

Outcome Build::perform() {
  identity_ = identify(run_, settings_);
  watch_.deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(settings_.timeout_ms);
  watch_.cancelled = [this] { return run_.cancelled(); };
  run_.set_external(identity_.id);
  for (const char* name : {"SUBMITTED", "QUEUED", "PROVISIONING"})
    service_phase(name, [] { return Trouble{}; });
  service_phase("DOWNLOAD_SOURCE", [this] { return download_source(); });
  log_phase_end(records_.back());
  if (status_ == Status::kSucceeded) {
    PhasesResult phases = run_phases(spec_, *session_);
    status_ = phases.status;
    std::move(phases.records.begin(), phases.records.end(), std::back_inserter(records_));
    const bool interrupted = status_ == Status::kTimedOut || status_ == Status::kStopped;
    if (!interrupted) export_variables();
    if (phases.upload) {
      service_phase("UPLOAD_ARTIFACTS", [this] { return upload_artifacts(); });
      log_phase_end(records_.back());
    }
  }
  service_phase("FINALIZING", [this] {
    if (session_) session_->shell().end();
    return Trouble{};
  });
  // The cloud gives COMPLETED no status of its own; a list of NAME:STATUS needs one.
  service_phase("COMPLETED", [] { return Trouble{}; });
  set_build_details(run_, identity_, status_, records_, exported_);
  return outcome();
}

}  // namespace

Outcome run_build(Run& run, const ReportStep& reports) {
  Settings settings;
  if (auto trouble = read_settings(run, settings); !trouble.empty())
    return misconfigured(std::move(trouble));
  return Build(run, std::move(settings), reports).perform();
}

}  // namespace sluice::build
