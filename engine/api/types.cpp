// The catalogues: action types and stage rules.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/api/room.hpp"
#include "engine/api/shown.hpp"
#include "engine/core/names.hpp"
#include "engine/definition/action_types.hpp"
#include "engine/definition/configuration.hpp"

namespace sluice::api {
namespace {

// "Sluice" is ours, beside the cloud's three.
constexpr std::string_view kOwners[] = {"AWS", "ThirdParty", "Custom", "Sluice"};
constexpr std::string_view kRuleOwners[] = {"AWS"};
constexpr Member kActionTypes[] = {{.name = "actionOwnerFilter", .choices = kOwners},
                                   {.name = "nextToken", .min = 1, .max = 2048},
                                   {.name = "regionFilter", .min = 4, .max = 30}};
constexpr Member kRuleTypes[] = {{.name = "ruleOwnerFilter", .choices = kRuleOwners},
                                 {.name = "regionFilter", .min = 4, .max = 30}};
constexpr std::size_t kPage = 100;
constexpr std::size_t kMostDescription = 160;

const char* property_type(const std::string& type) {
  if (type == "boolean") return "Boolean";
  return type == "integer" || type == "number" ? "Number" : "String";
}

Json properties_json(const ActionTypeDescription& type) {
  Json json = Json::array();
  for (const auto& setting :
       definition::parse_configuration_schema(type.configuration_schema).settings) {
    Json property{{"name", setting.key},
                  {"required", setting.required},
                  {"key", true},
                  {"secret", setting.secret},
                  {"type", property_type(setting.type)}};
    if (!setting.description.empty())
      property["description"] = setting.description.substr(0, kMostDescription);
    json.push_back(std::move(property));
  }
  return json;
}

Json artifacts_json(std::uint32_t least, std::uint32_t most) {
  return {{"minimumCount", least}, {"maximumCount", most}};
}

void list_actions(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const std::string owner = text_of(in, "actionOwnerFilter");
  std::size_t from = 0;
  if (const std::string token = text_of(in, "nextToken"); !token.empty()) {
    const auto position = page_position("types", token);
    if (!position)
      return answer.refuse("InvalidNextTokenException", "The nextToken is not one of this list.");
    from = *position;
  }
  Json reply{{"actionTypes", Json::array()}};
  std::size_t at = 0;
  for (const ActionTypeDescription& type : ground.parts.catalogue) {
    if (type.id.category == Category::kRule || (!owner.empty() && type.id.owner != owner)) continue;
    if (at++ < from) continue;
    if (reply["actionTypes"].size() == kPage) {
      reply["nextToken"] = page_token("types", at - 1);
      break;
    }
    reply["actionTypes"].push_back(
        {{"id", type_id_json(type.id)},
         {"actionConfigurationProperties", properties_json(type)},
         {"inputArtifactDetails", artifacts_json(type.min_inputs, type.max_inputs)},
         {"outputArtifactDetails", artifacts_json(type.min_outputs, type.max_outputs)}});
  }
  answer.send(reply);
}

void list_rules(const Ground& ground, const Json&, const Caller&, Answer answer) {
  Json reply{{"ruleTypes", Json::array()}};
  const definition::ActionTypes types(ground.parts.catalogue);
  for (const ActionTypeDescription* type : types.all()) {
    if (type->id.category != Category::kRule) continue;
    Json properties = properties_json(*type);
    reply["ruleTypes"].push_back(
        {{"id", type_id_json(type->id)},
         {"ruleConfigurationProperties", std::move(properties)},
         {"inputArtifactDetails", artifacts_json(type->min_inputs, type->max_inputs)}});
  }
  answer.send(reply);
}

constexpr OperationRow kRows[] = {{"ListActionTypes", list_actions, kActionTypes},
                                  {"ListRuleTypes", list_rules, kRuleTypes}};

}  // namespace

std::span<const OperationRow> type_operations() {
  return kRows;
}

}  // namespace sluice::api
