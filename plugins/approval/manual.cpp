#include "plugins/approval/manual.hpp"

#include <cctype>
#include <nlohmann/json.hpp>
#include <string>

namespace sluice::approval {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kLongestSummary = 512;  // facts/codepipeline.md 2.13

Outcome wait() {
  return continue_later("waiting", -1);
}

// RFC 3986: a scheme, a colon, and no blanks.
bool is_link(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) return false;
  for (const unsigned char c : text)
    if (c <= ' ' || c == 0x7F) return false;
  for (const unsigned char c : text.substr(0, colon))
    if (!std::isalnum(c) && c != '+' && c != '-' && c != '.') return false;
  return std::isalpha(static_cast<unsigned char>(text[0])) != 0;
}

std::string member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Outcome ask(Run& run) {
  const auto custom_data = run.configuration("customData", "");
  const auto link = run.configuration("externalEntityLink", "");
  const auto arn = run.configuration("notificationArn", "");
  if (!link.empty() && !is_link(link))
    return misconfigured("externalEntityLink: '" + link +
                         "' is not a URL; write it whole, such as https://example.org/review/7");
  if (!arn.empty() && !arn.starts_with("arn:"))
    return misconfigured("notificationArn: '" + arn +
                         "' is not an ARN; it begins with arn:, such as arn:aws:sns:...");
  run.log("Waiting for approval" + (custom_data.empty() ? "" : ": " + custom_data));
  if (!link.empty()) run.log("To review: " + link);
  if (run.flag("isSummaryRequired")) run.log("The answer needs a summary");
  run.set_external("", link, custom_data);
  return wait();
}

Outcome take_answer(Run& run, const std::string& signal) {
  const Json answer = Json::parse(signal, nullptr, false);
  const std::string status = answer.is_object() ? member(answer, "status") : "";
  const std::string summary = answer.is_object() ? member(answer, "summary") : "";
  if (status != "Approved" && status != "Rejected") {
    run.log("This is no answer to an approval, still waiting: " + signal, SLUICE_LOG_WARNING);
    return wait();
  }
  if (summary.size() > kLongestSummary || (summary.empty() && run.flag("isSummaryRequired"))) {
    run.log(summary.empty()
                ? "The answer has no summary, which isSummaryRequired asks for; still waiting"
                : "The summary of the answer exceeds 512 bytes; still waiting",
            SLUICE_LOG_WARNING);
    return wait();
  }
  const std::string reason = summary.empty() ? "" : ": " + summary;
  run.log(status + reason);
  run.set_external("", run.configuration("externalEntityLink", ""), summary);
  if (status == "Rejected")
    return failed("the approval was rejected" + reason, SLUICE_FAILURE_PERMANENT, "Rejected");
  return succeeded();
}

}  // namespace

Outcome manual_approval(Run& run) {
  if (const auto signal = run.signal()) return take_answer(run, *signal);
  return run.continuation() ? wait() : ask(run);
}

}  // namespace sluice::approval
