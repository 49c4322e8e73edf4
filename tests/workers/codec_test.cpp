// Engine and worker understand each other, also when one of them is newer, and nothing that is no
// message does harm.
#include <catch2/catch.hpp>
#include <random>

#include "engine/workers/messages.hpp"
#include "tests/workers/samples.hpp"

using namespace sluice;
using namespace sluice::workers;
using sluice::testing::full_job;

namespace {

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string unhex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  return bytes;
}

template <class Message>
std::string payload_of(const Message& message) {
  std::string payload;
  REQUIRE(append(payload, message));
  return payload;
}

template <class T>
T through(const ToWorker& message) {
  auto decoded = decode_to_worker(payload_of(message));
  INFO(decoded.why);
  REQUIRE(decoded.messages.size() == 1);
  return std::get<T>(decoded.messages[0]);
}
template <class T>
T through(const FromWorker& message) {
  auto decoded = decode_from_worker(payload_of(message));
  INFO(decoded.why);
  REQUIRE(decoded.messages.size() == 1);
  return std::get<T>(decoded.messages[0]);
}

Report report(std::uint64_t number, Outcome outcome) {
  return {number, {"webshop", {7, 1, 2, 1, 1}, {7, 77}}, std::move(outcome)};
}

const Account kAccount = {"id", "https://x", "summary", "{\"a\":1}"};

}  // namespace

TEST_CASE("a job arrives with everything in it") {
  const Job sent = full_job();
  const Job got = through<Start>(ToWorker(Start{sent})).job;
  CHECK(name_of(got) == name_of(sent));
  CHECK(got.execution_id == sent.execution_id);
  CHECK(got.stage == sent.stage);
  CHECK(got.action == sent.action);
  CHECK(got.type == sent.type);
  CHECK(got.configuration == sent.configuration);
  CHECK(got.secret_keys == sent.secret_keys);
  CHECK(got.commands == sent.commands);
  CHECK(got.output_variables == sent.output_variables);
  CHECK(got.environment == sent.environment);
  CHECK(got.inputs == sent.inputs);
  CHECK(got.outputs == sent.outputs);
  CHECK(got.continuation == sent.continuation);
  CHECK(got.signal == sent.signal);
  CHECK(got.source_revision == sent.source_revision);
  CHECK(got.has_continuation);
  CHECK(got.deadline == sent.deadline);
  CHECK(got.base_directory == sent.base_directory);
  CHECK(got.region == sent.region);
  CHECK(got.account == sent.account);
}

TEST_CASE("each outcome arrives as it was") {
  const ActionKey key{7, 1, 2, 1, 1};
  const auto back = [&](Outcome outcome) {
    return through<Report>(FromWorker(report(9, std::move(outcome))));
  };
  const Report success =
      back(ReportSuccess{key, kAccount, {{"V", "1"}}, {{"bin", "d", "r", "s", "u"}}});
  CHECK(success.number == 9);
  const auto& good = std::get<ReportSuccess>(success.outcome);
  CHECK(good.key == key);
  CHECK(good.account == kAccount);
  CHECK(good.variables == Texts{{"V", "1"}});
  CHECK(good.outputs.front().revision_url == "u");
  const auto progress = std::get<ReportProgress>(back(ReportProgress{key, 40, kAccount}).outcome);
  CHECK(progress.percent == 40);
  const auto more = std::get<ReportContinue>(back(ReportContinue{key, "t", -1, {}}).outcome);
  CHECK(more.token == "t");
  CHECK(more.delay_ms == -1);
  const Failure failure{FailureKind::kTimedOut, "TimedOut", "too long"};
  CHECK(std::get<ReportFailure>(back(ReportFailure{key, {}, failure}).outcome).failure == failure);
}

TEST_CASE("several messages of one payload arrive in order, and a bad one ends it") {
  std::string payload;
  REQUIRE(append(payload, ToWorker(Settled{{1, 2, std::uint64_t{1} << 40}})));
  REQUIRE(append(payload, ToWorker(Cancel{{"p", {1, 0, 0, 1, 1}, {1, 2}}})));
  auto decoded = decode_to_worker(payload);
  REQUIRE(decoded.messages.size() == 2);
  CHECK(std::get<Settled>(decoded.messages[0]).numbers.back() == std::uint64_t{1} << 40);
  CHECK(std::get<Cancel>(decoded.messages[1]).job.pipeline == "p");
  CHECK(decoded.why.empty());
  decoded = decode_to_worker(payload + '\xc1');
  CHECK(decoded.messages.size() == 2);
  CHECK_FALSE(decoded.why.empty());
}

// What a program of 1.0 has said stays understood, to the byte. A line is added with a version, and
// none is changed.
TEST_CASE("messages of earlier versions can be read") {
  const Hello hello{{1, 0}, {1, 2}, 4711, "0.1.0"};
  const std::string hello_1_0 =
      "92009492"
      "0100"
      "c41000000000000000010000000000000002"
      "cd1267"
      "a5302e312e30";
  CHECK(hex(payload_of(ToWorker(hello))) == hello_1_0);
  const auto decoded = decode_to_worker(unhex(hello_1_0));
  REQUIRE(decoded.messages.size() == 1);
  CHECK(std::get<Hello>(decoded.messages[0]).pid == 4711);

  const Report told = report(9, ReportFailure{{7, 1, 2, 1, 1}, {}, {FailureKind::kLost, "L", ""}});
  const std::string report_1_0 =
      "92029309"
      "93a777656273686f70"
      "950701020101"
      "c4100000000000000007000000000000004d"
      "920393950701020101"
      "94a0a0a0a0"
      "9307a14ca0";
  CHECK(hex(payload_of(FromWorker(told))) == report_1_0);
}

TEST_CASE("a shorter struct takes defaults for the rest, a longer one is read as far as known") {
  // Settled without its list, and with a member that nobody knows yet.
  const auto older = decode_to_worker(unhex("920390"));
  REQUIRE(older.messages.size() == 1);
  CHECK(std::get<Settled>(older.messages[0]).numbers.empty());
  const auto newer =
      decode_to_worker(unhex("92039291"
                             "05"
                             "a3616263"));
  INFO(newer.why);
  REQUIRE(newer.messages.size() == 1);
  CHECK(std::get<Settled>(newer.messages[0]).numbers == std::vector<std::uint64_t>{5});
}

TEST_CASE("which versions speak with each other") {
  struct Row {
    ProtocolVersion one, other;
    bool allowed;
  };
  const Row rows[] = {
      {{1, 0}, {1, 0}, true},  {{1, 0}, {1, 1}, true},  {{1, 1}, {1, 0}, true},
      {{1, 0}, {1, 2}, false}, {{1, 2}, {1, 0}, false}, {{1, 0}, {2, 0}, false},
      {{2, 0}, {1, 0}, false}, {{2, 5}, {2, 6}, true},
  };
  for (const Row& row : rows) {
    INFO(row.one.major << '.' << row.one.minor << " and " << row.other.major << '.'
                       << row.other.minor);
    CHECK(skew_allowed(row.one, row.other) == row.allowed);
  }
}

TEST_CASE("what is too large is refused and leaves the payload as it was") {
  Job big = full_job();
  big.commands = {std::string(kMaxMessage, 'x')};
  std::string payload = "before";
  CHECK_FALSE(append(payload, ToWorker(Start{big})));
  CHECK(payload == "before");
}

TEST_CASE("remains come back, and what is no remains does not") {
  const Remains remains{{{1, 2}, {3, 4}}, {report(3, ReportSuccess{{7, 1, 2, 1, 1}, {}, {}, {}})}};
  const auto back = decode_remains(encode(remains));
  REQUIRE(back);
  CHECK(back->instances == remains.instances);
  REQUIRE(back->reports.size() == 1);
  CHECK(back->reports[0].job == remains.reports[0].job);
  CHECK_FALSE(decode_remains(""));
  CHECK_FALSE(decode_remains("nothing of ours"));
  CHECK_FALSE(decode_remains(encode(remains) + "x"));
}

TEST_CASE("a damaged payload gives messages or a reason") {
  const std::string good = payload_of(ToWorker(Start{full_job()}));
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20000; ++round) {
    std::string bad = good;
    for (unsigned flips = 1 + random() % 3; flips > 0; --flips)
      bad[random() % bad.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bad.resize(random() % bad.size());
    const auto decoded = decode_to_worker(bad);
    if (decoded.messages.empty() && !bad.empty()) REQUIRE_FALSE(decoded.why.empty());
  }
}
