// Webhooks: who calls, and what the call says. Pure: the transport hands in
// headers and body, and starts what comes out (docs/triggers.md).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "engine/core/result.hpp"
#include "engine/triggers/filter.hpp"

namespace sluice::triggers {

struct WebhookCall {
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // as it came, byte for byte
};

// What a webhook is answered with.
struct WebhookAnswer {
  int status = 202;  // 202 taken, 200 nothing to do, 400, 401, 404, 500, 503
  std::string text;
};

// Whether the call was signed with the secret: HMAC-SHA256 of the body, in hexadecimal, in
// X-Hub-Signature-256 ("sha256=...", GITHUB), X-Gitea-Signature (GITEA) or X-Signature-256 (HMAC;
// with or without "sha256="). Compared in constant time. An empty secret signs nothing.
[[nodiscard]] bool is_signed(std::string_view form, std::string_view secret,
                             const WebhookCall& call);

// What a call means. A push of a deleted name, a ping and events that nothing here is about are
// Ignored, which says why.
struct Ignored {
  std::string why;
};
// A call of form HMAC that names no push: it starts its pipeline as it is.
struct Call {};

struct WebhookNews {
  std::string repository;  // "owner/name", or "" if the call names none
  std::string delivery;    // what the sender calls this delivery: the same if it is sent again
  std::variant<Push, PullRequest, Call, Ignored> what;
};

// Reads a verified call: GitHub's and Gitea's push and pull_request events, and of form HMAC the
// same members if there are any ({"ref": "refs/heads/main", "before": ID, "after": ID}). Refuses
// what is no JSON object, and an event without the members that it needs.
[[nodiscard]] Result<WebhookNews> read_webhook(std::string_view form, const WebhookCall& call);

}  // namespace sluice::triggers
