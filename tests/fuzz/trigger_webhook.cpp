// Any bytes as a webhook of each form and event: refused with a reason, or news whose commits are
// ids.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/triggers/webhook.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::triggers;
  const std::string body(reinterpret_cast<const char*>(data), size);
  for (const char* form : {"GITHUB", "GITEA", "HMAC"}) {
    for (const char* event : {"push", "pull_request"}) {
      const WebhookCall call{{{"x-github-event", event}, {"x-gitea-event", event}}, body};
      const auto news = read_webhook(form, call);
      if (!news && news.error().message.empty()) std::abort();
      if (!news) continue;
      if (const auto* push = std::get_if<Push>(&news->what);
          push != nullptr && (push->name.empty() || push->commit.size() < 40))
        std::abort();
    }
  }
  return 0;
}
