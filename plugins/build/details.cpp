#include "plugins/build/details.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace sluice::build {
namespace {
using nlohmann::json;

// Bytes that are not UTF-8 (a command may hold any) become U+FFFD.
std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}
}  // namespace

void set_build_details(Run& run, const Identity& identity, Status status,
                       const std::vector<PhaseRecord>& phases, const Pairs& exported) {
  json names = json::array(), contexts = json::array(), details = json::array();
  for (const auto& phase : phases) {
    names.push_back(phase.name + ':' + name_of(phase.status));
    const json context = {{"statusCode", phase.code}, {"message", phase.message}};
    if (!phase.code.empty())
      contexts.push_back(
          {{"phaseType", phase.name}, {"statusCode", phase.code}, {"message", phase.message}});
    json detail = {{"phaseType", phase.name},
                   {"phaseStatus", name_of(phase.status)},
                   {"durationInSeconds", phase.duration_ms / 1000},
                   {"durationInMilliseconds", phase.duration_ms}};
    detail["contexts"] = phase.code.empty() ? json::array() : json::array({context});
    details.push_back(std::move(detail));
  }
  json variables = json::array();
  for (const auto& [name, value] : exported)
    variables.push_back({{"name", name}, {"value", value}});
  run.set_detail("phases", dump(names));
  run.set_detail("phaseContexts", dump(contexts));
  run.set_detail("phaseDetails", dump(details));
  run.set_detail("buildStatus", dump(name_of(status)));
  run.set_detail("buildId", dump(identity.id));
  run.set_detail("buildNumber", std::to_string(identity.number));
  run.set_detail("exportedEnvironmentVariables", dump(variables));
}

}  // namespace sluice::build
