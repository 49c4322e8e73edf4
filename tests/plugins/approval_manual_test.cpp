#include <catch2/catch.hpp>

#include "plugins/approval/manual.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::approval {
namespace {

sluice_outcome answer(testing::FakeHost& host, const std::string& signal) {
  host.set_text(SLUICE_TEXT_CONTINUATION, "waiting");
  host.set_text(SLUICE_TEXT_SIGNAL, signal);
  return host.run<manual_approval>();
}

bool logged(const testing::FakeHost& host, const std::string& words) {
  return host.log().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("an approval says what is to be approved, and waits for a signal without end") {
  testing::FakeHost host;
  host.configure("customData", "1a2b3c to staging");
  host.configure("externalEntityLink", "https://example.org/review/7");
  REQUIRE(host.run<manual_approval>() == SLUICE_CONTINUE);
  CHECK(host.continuation->token == "waiting");
  CHECK(host.continuation->delay_ms < 0);
  CHECK(host.external->url == "https://example.org/review/7");
  CHECK(host.external->summary == "1a2b3c to staging");
  CHECK(logged(host, "Waiting for approval: 1a2b3c to staging"));
  CHECK(logged(host, "https://example.org/review/7"));
}

TEST_CASE("an approval needs no configuration") {
  testing::FakeHost host;
  CHECK(host.run<manual_approval>() == SLUICE_CONTINUE);
}

TEST_CASE("Approved succeeds, Rejected fails with the summary, anything else goes on waiting") {
  struct Row {
    std::string signal;
    sluice_outcome outcome;
    std::string words;
  };
  const Row rows[] = {
      {R"({"status":"Approved","summary":"looks good"})", SLUICE_SUCCEEDED, "looks good"},
      {R"({"status":"Approved"})", SLUICE_SUCCEEDED, "Approved"},
      {R"({"status":"Rejected","summary":"not on Friday"})", SLUICE_FAILED, "not on Friday"},
      {R"({"status":"approved"})", SLUICE_CONTINUE, "still waiting"},
      {R"({"status":1})", SLUICE_CONTINUE, "still waiting"},
      {R"(["Approved"])", SLUICE_CONTINUE, "still waiting"},
      {"Approved", SLUICE_CONTINUE, "still waiting"},
      {"", SLUICE_CONTINUE, "still waiting"},
      {R"({"status":"Approved","summary":")" + std::string(513, 'x') + "\"}", SLUICE_CONTINUE,
       "512"},
  };
  for (const auto& row : rows) {
    INFO(row.signal);
    testing::FakeHost host;
    CHECK(answer(host, row.signal) == row.outcome);
    CHECK(logged(host, row.words));
    if (row.outcome == SLUICE_FAILED) {
      CHECK(host.failure->message == "the approval was rejected: not on Friday");
      CHECK(host.failure->code == "Rejected");
    }
  }
}

TEST_CASE("where a summary is required, an answer without one goes on waiting") {
  testing::FakeHost host;
  host.configure("isSummaryRequired", "true");
  CHECK(answer(host, R"({"status":"Approved","summary":""})") == SLUICE_CONTINUE);
  CHECK(answer(host, R"({"status":"Approved","summary":"ok"})") == SLUICE_SUCCEEDED);
}

TEST_CASE("a call without a signal, after the first, goes on waiting") {
  testing::FakeHost host;
  host.set_text(SLUICE_TEXT_CONTINUATION, "waiting");
  CHECK(host.run<manual_approval>() == SLUICE_CONTINUE);
}

TEST_CASE("a link that is no URL and a topic that is no ARN are refused") {
  const std::tuple<std::string, std::string> rows[] = {
      {"externalEntityLink", "review 7"},    {"externalEntityLink", "example.org/review"},
      {"externalEntityLink", "https://a b"}, {"externalEntityLink", ":"},
      {"notificationArn", "topic"},
  };
  for (const auto& [key, value] : rows) {
    INFO(key << "=" << value);
    testing::FakeHost host;
    host.configure(key, value);
    REQUIRE(host.run<manual_approval>() == SLUICE_FAILED);
    CHECK(host.failure->kind == SLUICE_FAILURE_CONFIGURATION);
    CHECK(host.failure->message.find(key) == 0);
  }
}

}  // namespace sluice::approval
