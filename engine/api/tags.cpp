// TagResource, UntagResource, ListTagsForResource. Only pipelines have tags here: there are no
// custom action types and no webhooks of the cloud's kind.
#include "engine/api/tags.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace sluice::api {
namespace {

constexpr std::size_t kMostTags = 50, kAccountDigits = 12;
constexpr std::string_view kReserved = "aws:";

struct Arn {
  std::string_view region, account, name;
};

// arn:aws:codepipeline:REGION:ACCOUNT:NAME, whatever its name is.
std::optional<Arn> parse_arn(std::string_view text) {
  std::string_view parts[5];
  for (std::string_view& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const bool digits =
      std::all_of(parts[4].begin(), parts[4].end(), [](char c) { return c >= '0' && c <= '9'; });
  if (parts[0] != "arn" || !parts[1].starts_with("aws") || parts[2] != "codepipeline" ||
      parts[3].empty() || parts[4].size() != kAccountDigits || !digits || text.empty())
    return std::nullopt;
  return Arn{parts[3], parts[4], text};
}

constexpr Charset kArn{"arn:aws(-[\\w]+)*:codepipeline:.+:[0-9]{12}:.+",
                       [](std::string_view text) { return parse_arn(text).has_value(); }};
constexpr Member kResource{.name = "resourceArn", .required = true, .charset = &kArn};
constexpr Member kTagging[] = {
    kResource, {.name = "tags", .type = MemberType::kList, .required = true, .members = kTag}};
constexpr Member kUntagging[] = {kResource,
                                 {.name = "tagKeys", .type = MemberType::kList, .required = true}};
constexpr Member kListing[] = {kResource, {.name = "nextToken", .min = 1, .max = 2048}};

// The pipeline that a request names; answers and returns "" if it is none of ours.
std::string pipeline_of(const Ground& ground, const Json& in, const Answer& answer) {
  const std::string text = text_of(in, "resourceArn");
  const auto arn = parse_arn(text);
  const Realm& realm = ground.parts.realm;
  if (!arn || arn->region != realm.region || arn->account != realm.account) {
    answer.refuse("InvalidArnException", "The ARN " + text +
                                             " is not of this server: its pipelines are " +
                                             pipeline_arn(realm, "NAME") + ".");
  } else if (arn->name.find('/') != std::string_view::npos) {
    answer.refuse("InvalidArnException",
                  "The ARN " + text + " is a stage's or an action's: only pipelines have tags.");
  } else if (!ground.parts.store.adoption(std::string(arn->name), 0)) {
    answer.refuse("ResourceNotFoundException", "There is no pipeline with the ARN " + text + ".");
  } else {
    return std::string(arn->name);
  }
  return "";
}

using Change = std::function<NewTags(Texts tags)>;

// On the engine's thread, which writes the store: two changes at a time lose nothing.
void change_tags(const Ground& ground, const Json& in, const Change& change, const Answer& answer) {
  const std::string name = pipeline_of(ground, in, answer);
  if (name.empty()) return;
  const bool taken = ground.parts.engine.ask(name, [&ground, name, change,
                                                    answer](const Pipeline* state) {
    if (state == nullptr)
      return answer.refuse("ResourceNotFoundException", "There is no pipeline named " + name + ".");
    auto before = ground.parts.store.tags(name);
    if (!before) return answer.fault(before.error());
    const NewTags after = change(*before);
    if (!after.tags) return answer.refuse(after.refusal);
    if (*after.tags != *before)
      if (const auto kept = ground.parts.store.set_tags(name, *after.tags); !kept)
        return answer.fault(kept.error());
    answer.send(Json::object());
  });
  if (!taken) answer.refuse_load();
}

void tag(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  change_tags(
      ground, in, [in](Texts tags) { return with_tags(std::move(tags), in); }, answer);
}

void untag(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const auto keys = in.at("tagKeys").get<std::set<std::string>>();
  for (const std::string& key : keys)
    if (key.starts_with(kReserved))
      return answer.refuse("InvalidTagsException", "No tag has a key that begins with aws:.");
  change_tags(
      ground, in,
      [keys](Texts tags) {
        std::erase_if(tags, [&](const auto& tag) { return keys.contains(tag.first); });
        return NewTags{std::move(tags), {}};
      },
      answer);
}

// All of them at once: fifty are the most.
void list(const Ground& ground, const Json& in, const Caller&, Answer answer) {
  const std::string name = pipeline_of(ground, in, answer);
  if (name.empty()) return;
  if (!text_of(in, "nextToken").empty())
    return answer.refuse("InvalidNextTokenException", "The nextToken is not one of this list.");
  const auto tags = ground.parts.store.tags(name);
  if (!tags) return answer.fault(tags.error());
  answer.send({{"tags", tags_json(*tags)}});
}

constexpr OperationRow kRows[] = {{"TagResource", tag, kTagging},
                                  {"UntagResource", untag, kUntagging},
                                  {"ListTagsForResource", list, kListing}};

}  // namespace

NewTags with_tags(Texts tags, const Json& in) {
  std::set<std::string> given;
  for (const Json& tag : in.value("tags", Json::array())) {
    const std::string key = text_of(tag, "key");
    if (key.starts_with(kReserved))
      return {std::nullopt,
              {"InvalidTagsException", "The tag " + key + " begins with aws:, which is reserved."}};
    if (!given.insert(key).second)
      return {std::nullopt, {"InvalidTagsException", "The tag " + key + " is given twice."}};
    std::erase_if(tags, [&](const auto& old) { return old.first == key; });
    tags.emplace_back(key, text_of(tag, "value"));
  }
  if (tags.size() > kMostTags)
    return {std::nullopt,
            {"TooManyTagsException", "A pipeline has at most " + std::to_string(kMostTags) +
                                         " tags; this would make it " +
                                         std::to_string(tags.size()) + "."}};
  std::sort(tags.begin(), tags.end());
  return {std::move(tags), {}};
}

Json tags_json(const Texts& tags) {
  Json json = Json::array();
  for (const auto& [key, value] : tags) json.push_back({{"key", key}, {"value", value}});
  return json;
}

std::span<const OperationRow> tag_operations() {
  return kRows;
}

}  // namespace sluice::api
