#include "engine/retention/collection.hpp"

#include <algorithm>

namespace sluice::retention {
namespace {

std::string size_text(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 10'240 && unit + 1 < std::size(kUnits)) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + " " + kUnits[unit];
}

}  // namespace

std::string to_text(const Report& report) {
  const auto& [removed, facts, in_flight, needed, unread, young] = report.executions;
  return std::string(report.dry_run ? "would remove " : "removed ") + std::to_string(removed) +
         " executions, logs of " + std::to_string(report.logs.removed) + " (" +
         size_text(report.logs.removed_bytes) + "), " + std::to_string(report.artifacts.removed) +
         " artifacts (" + size_text(report.artifacts.removed_bytes) + "); kept " +
         std::to_string(in_flight + needed + unread + young) + " executions, " +
         size_text(report.logs.kept_bytes) + " of logs, " + size_text(report.artifacts.kept_bytes) +
         " of artifacts";
}

Collection::Collection(const Surroundings& surroundings, Rules rules, bool dry_run)
    : with_(surroundings), rules_(rules), dry_run_(dry_run) {
  report_.dry_run = dry_run;
}

Report Collection::run() {
  began_ = with_.clock.now();
  if (look_at_all()) {
    if (rules_.of_executions()) collect_history();
    if ((rules_.of_executions() || rules_.of_logs()) && goes_on()) collect_logs();
    if (rules_.of_artifacts() && goes_on()) collect_artifacts();
  }
  if (broken_off_) report_.troubles.emplace_back("it was broken off; the next one goes on");
  report_.took_ms = with_.clock.now().ms - began_.ms;
  return report_;
}

bool Collection::goes_on() {
  if (!broken_off_ && !with_.pause()) broken_off_ = true;
  return !broken_off_;
}

void Collection::trouble(const Error& error) {
  report_.troubles.push_back(error.text());
}

bool Collection::look(const std::string& pipeline, bool save) {
  auto use = with_.look(pipeline, save);
  if (!use) {
    trouble({ErrorKind::kUnavailable, pipeline, "the engine does not answer; nothing is removed"});
    broken_off_ = true;
    return false;
  }
  places_[pipeline].use = std::move(*use);
  return true;
}

bool Collection::look_at_all() {
  const auto names = with_.store.pipelines();
  if (!names) {
    trouble(names.error());
    return false;
  }
  return std::all_of(names->begin(), names->end(),
                     [this](const std::string& name) { return look(name, false); });
}

}  // namespace sluice::retention
