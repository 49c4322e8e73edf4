#include "engine/triggers/webhook.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <nlohmann/json.hpp>

namespace sluice::triggers {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDigest = 32;

std::string header(const WebhookCall& call, const char* name) {
  const auto found = call.headers.find(name);
  return found == call.headers.end() ? "" : found->second;
}

std::string hex_hmac(std::string_view secret, std::string_view body) {
  std::array<unsigned char, kDigest> digest{};
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(),
           &length) == nullptr ||
      length != kDigest)
    return "";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto byte : digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

// The member at a path, or null.
const Json* member(const Json& json, std::initializer_list<const char*> path) {
  const Json* at = &json;
  for (const char* key : path) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(key);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

std::string text(const Json& json, std::initializer_list<const char*> path) {
  const auto* found = member(json, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

// A commit id; all zeros mean "none".
std::string commit_id(const std::string& text) {
  return text.find_first_not_of('0') == std::string::npos ? "" : text;
}

bool is_commit(const std::string& id) {
  return (id.size() == 40 || id.size() == 64) &&
         id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Error lacks(const char* what) {
  return {ErrorKind::kBadInput, "webhook", std::string("the call has no ") + what};
}

Result<WebhookNews> read_push(const Json& json, WebhookNews news) {
  constexpr std::string_view kBranch = "refs/heads/", kTag = "refs/tags/";
  const auto ref = text(json, {"ref"});
  Push push;
  if (ref.starts_with(kBranch)) {
    push.name = ref.substr(kBranch.size());
  } else if (ref.starts_with(kTag)) {
    push.tag = true;
    push.name = ref.substr(kTag.size());
  }
  if (push.name.empty()) return lacks("`ref` of a branch or a tag");
  push.before = commit_id(text(json, {"before"}));
  const auto after = text(json, {"after"});
  push.commit = commit_id(after);
  if (push.commit.empty() && !after.empty()) {
    news.what = Ignored{"'" + push.name + "' was deleted"};
    return news;
  }
  if (!is_commit(push.commit)) return lacks("commit in `after`");
  if (!push.before.empty() && !is_commit(push.before)) return lacks("commit in `before`");
  news.what = std::move(push);
  return news;
}

Result<WebhookNews> read_pull_request(const Json& json, WebhookNews news) {
  const auto action = text(json, {"action"});
  PullRequest pull;
  if (action == "opened" || action == "reopened") pull.event = "OPEN";
  if (action == "synchronize" || action == "synchronized") pull.event = "UPDATED";
  if (action == "closed") pull.event = "CLOSED";
  if (pull.event.empty()) {
    news.what = Ignored{"nothing is about the action '" + action + "' of pull requests"};
    return news;
  }
  pull.source = text(json, {"pull_request", "head", "ref"});
  pull.destination = text(json, {"pull_request", "base", "ref"});
  pull.commit = text(json, {"pull_request", "head", "sha"});
  pull.title = text(json, {"pull_request", "title"});
  if (const auto* number = member(json, {"number"}); number != nullptr && number->is_number())
    pull.number = number->dump();
  if (pull.destination.empty()) return lacks("`pull_request.base.ref`");
  if (!is_commit(pull.commit)) return lacks("commit in `pull_request.head.sha`");
  news.what = std::move(pull);
  return news;
}

}  // namespace

bool is_signed(std::string_view form, std::string_view secret, const WebhookCall& call) {
  if (secret.empty()) return false;
  constexpr std::string_view kPrefix = "sha256=";
  std::string given;
  if (form == "GITHUB") {
    given = header(call, "x-hub-signature-256");
    if (!given.starts_with(kPrefix)) return false;
  } else {
    given = header(call, form == "GITEA" ? "x-gitea-signature" : "x-signature-256");
  }
  if (given.starts_with(kPrefix)) given.erase(0, kPrefix.size());
  const auto wanted = hex_hmac(secret, call.body);
  return !wanted.empty() && given.size() == wanted.size() &&
         CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

Result<WebhookNews> read_webhook(std::string_view form, const WebhookCall& call) {
  const auto json = Json::parse(call.body, nullptr, false);
  if (!json.is_object()) {
    return Error{ErrorKind::kBadInput, "webhook",
                 "the body is no JSON object; choose the content type application/json"};
  }
  WebhookNews news;
  news.repository = text(json, {"repository", "full_name"});
  const bool plain = form != "GITHUB" && form != "GITEA";
  const char* const prefix = form == "GITEA" ? "x-gitea-" : "x-github-";
  news.delivery =
      plain ? header(call, "x-delivery") : header(call, (std::string(prefix) + "delivery").c_str());
  if (plain) {
    if (json.contains("ref")) return read_push(json, std::move(news));
    news.what = Call{};
    return news;
  }
  const auto event = header(call, (std::string(prefix) + "event").c_str());
  if (event == "push") return read_push(json, std::move(news));
  if (event == "pull_request" || event == "pull_request_sync")
    return read_pull_request(json, std::move(news));
  news.what = Ignored{"nothing is about the event '" + event + "'"};
  return news;
}

}  // namespace sluice::triggers
