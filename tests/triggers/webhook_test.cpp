#include "engine/triggers/webhook.hpp"

#include <catch2/catch.hpp>

namespace sluice::triggers {
namespace {

const std::string kOld(40, 'a'), kNew(40, 'b'), kNone(40, '0');

WebhookCall call(const std::string& body, std::map<std::string, std::string> headers = {}) {
  return {std::move(headers), body};
}

WebhookNews read(const std::string& form, const WebhookCall& webhook) {
  const auto news = read_webhook(form, webhook);
  INFO(webhook.body << (news ? "" : ": " + news.error().text()));
  REQUIRE(news);
  return *news;
}

std::string push_body(const std::string& ref, const std::string& before, const std::string& after) {
  return R"({"ref":")" + ref + R"(","before":")" + before + R"(","after":")" + after +
         R"(","repository":{"full_name":"octo/app"}})";
}

}  // namespace

TEST_CASE("a signature is HMAC-SHA256 of the body as it came") {
  // GitHub's own example of its documentation.
  const std::string secret = "It's a Secret to Everybody", body = "Hello, World!";
  const std::string good = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  CHECK(is_signed("GITHUB", secret, call(body, {{"x-hub-signature-256", "sha256=" + good}})));
  CHECK(is_signed("GITEA", secret, call(body, {{"x-gitea-signature", good}})));
  CHECK(is_signed("HMAC", secret, call(body, {{"x-signature-256", good}})));
  CHECK(is_signed("HMAC", secret, call(body, {{"x-signature-256", "sha256=" + good}})));

  struct Row {
    const char *what, *form, *header;
    std::string value, body, secret;
  };
  const Row rows[] = {
      {"no prefix", "GITHUB", "x-hub-signature-256", good, body, secret},
      {"another header", "GITHUB", "x-signature-256", "sha256=" + good, body, secret},
      {"the old algorithm's header", "GITHUB", "x-hub-signature", "sha256=" + good, body, secret},
      {"another body", "GITEA", "x-gitea-signature", good, body + " ", secret},
      {"another secret", "GITEA", "x-gitea-signature", good, body, secret + "x"},
      {"no secret", "GITEA", "x-gitea-signature", good, body, ""},
      {"a piece", "HMAC", "x-signature-256", good.substr(0, 63), body, secret},
      {"nothing", "HMAC", "x-signature-256", "", body, secret},
      {"one digit wrong", "HMAC", "x-signature-256", "8" + good.substr(1), body, secret},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK_FALSE(is_signed(row.form, row.secret, call(row.body, {{row.header, row.value}})));
  }
}

TEST_CASE("pushes of branches and tags") {
  const auto github =
      read("GITHUB", call(push_body("refs/heads/feature/x", kOld, kNew),
                          {{"x-github-event", "push"}, {"x-github-delivery", "d1"}}));
  CHECK(github.repository == "octo/app");
  CHECK(github.delivery == "d1");
  CHECK(std::get<Push>(github.what) == Push{false, "feature/x", kOld, kNew});

  const auto first = read("GITEA", call(push_body("refs/tags/v1", kNone, kNew),
                                        {{"x-gitea-event", "push"}, {"x-gitea-delivery", "d2"}}));
  CHECK(first.delivery == "d2");
  CHECK(std::get<Push>(first.what) == Push{true, "v1", "", kNew});

  const auto plain = read("HMAC", call(R"({"ref":"refs/heads/main","after":")" + kNew + "\"}"));
  CHECK(std::get<Push>(plain.what) == Push{false, "main", "", kNew});
}

TEST_CASE("pull requests") {
  const auto body = [](const std::string& action) {
    return R"({"action":")" + action +
           R"(","number":7,"pull_request":{"title":"T","head":{"ref":"topic","sha":")" + kNew +
           R"("},"base":{"ref":"main"}}})";
  };
  const auto pull = [&](const char* action) {
    return read("GITHUB", call(body(action), {{"x-github-event", "pull_request"}}));
  };
  CHECK(std::get<PullRequest>(pull("opened").what) ==
        PullRequest{"OPEN", "topic", "main", kNew, "7", "T"});
  CHECK(std::get<PullRequest>(pull("synchronize").what).event == "UPDATED");
  CHECK(std::get<PullRequest>(pull("closed").what).event == "CLOSED");
  CHECK(std::holds_alternative<Ignored>(pull("labeled").what));
  CHECK(
      std::get<PullRequest>(
          read("GITEA", call(body("synchronized"), {{"x-gitea-event", "pull_request_sync"}})).what)
          .event == "UPDATED");
}

TEST_CASE("what starts nothing says why") {
  const auto deleted =
      read("GITHUB", call(push_body("refs/heads/old", kOld, kNone), {{"x-github-event", "push"}}));
  CHECK(std::get<Ignored>(deleted.what).why == "'old' was deleted");
  const auto ping = read("GITHUB", call("{}", {{"x-github-event", "ping"}}));
  CHECK_THAT(std::get<Ignored>(ping.what).why, Catch::Contains("'ping'"));
  CHECK(std::holds_alternative<Call>(read("HMAC", call(R"({"text":"go"})")).what));
}

TEST_CASE("calls that cannot be read are refused") {
  struct Row {
    const char* event;
    std::string body;
    const char* says;
  };
  const Row rows[] = {
      {"push", "payload=%7B%7D", "application/json"},
      {"push", "[]", "no JSON object"},
      {"push", "{}", "no `ref`"},
      {"push", R"({"ref":7})", "no `ref`"},
      {"push", push_body("refs/notes/x", kOld, kNew), "no `ref`"},
      {"push", push_body("refs/heads/x", kOld, ""), "no commit in `after`"},
      {"push", push_body("refs/heads/x", kOld, "--upload-pack=x"), "no commit in `after`"},
      {"push", push_body("refs/heads/x", "HEAD~1", kNew), "no commit in `before`"},
      {"pull_request", R"({"action":"opened"})", "pull_request.base.ref"},
  };
  for (const auto& row : rows) {
    INFO(row.body);
    const auto news = read_webhook("GITHUB", call(row.body, {{"x-github-event", row.event}}));
    REQUIRE_FALSE(news);
    CHECK_THAT(news.error().message, Catch::Contains(row.says));
  }
}

}  // namespace sluice::triggers
