#include "plugins/deploy/appspec/instruction.hpp"

#include "plugins/deploy/appspec/permission_values.hpp"
#include "plugins/deploy/appspec/text_checks.hpp"

namespace sluice::appspec {
namespace {

std::string member(const std::string& key, const std::string& value) {
  return ",\"" + key + "\":" + json_quoted(value);
}

std::string object(const std::string& type, const std::string& members) {
  return "{\"type\":\"" + type + "\"" + members + "}";
}

struct JsonOf {
  std::string operator()(const MakeDirectory& step) const {
    return object("mkdir", member("directory", step.path));
  }
  std::string operator()(const CopyFile& step) const {
    return object("copy", member("source", step.source) + member("destination", step.destination));
  }
  std::string operator()(const ChangeMode& step) const {
    return object("chmod", member("mode", step.mode) + member("file", step.path));
  }
  std::string operator()(const ChangeAcl& step) const {
    std::vector<std::string> entries;
    for (const auto& ace : step.entries) entries.push_back(ace_text(ace));
    return object("setfacl", ",\"acl\":" + json_list(entries) + member("file", step.path));
  }
  std::string operator()(const ChangeSecurityLabel& step) const {
    std::string context = "\"type\":" + json_quoted(step.context.type);
    if (!step.context.user.empty()) context += member("user", step.context.user);
    if (!step.context.range.empty()) context += member("range", step.context.range);
    return object("semanage", ",\"context\":{" + context + "}" + member("file", step.path));
  }
  std::string operator()(const ChangeOwner& step) const {
    std::string members;
    if (step.owner) members += member("owner", *step.owner);
    if (step.group) members += member("group", *step.group);
    return object("chown", members + member("file", step.path));
  }
};

}  // namespace

std::string instructions_json(const std::vector<Instruction>& instructions) {
  std::string json = "{\"instructions\":[";
  for (const auto& step : instructions)
    json += (json.back() == '[' ? "\n" : ",\n") + std::visit(JsonOf{}, step);
  return json + "\n]}\n";
}

}  // namespace sluice::appspec
