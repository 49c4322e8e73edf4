// What an engine may send to a worker, and what it has to call lost.
#include "engine/workers/engine_ledger.hpp"

#include <catch2/catch.hpp>

#include "tests/workers/samples.hpp"

using namespace sluice;
using namespace sluice::workers;
using sluice::testing::job;

namespace {

constexpr Uuid kX = {1, 1}, kY = {2, 2};

Welcome welcome(Uuid instance, std::vector<JobName> jobs = {}, std::vector<Uuid> ancestors = {}) {
  return {kProtocol, instance, std::move(ancestors), 1, "test", 100, std::move(jobs)};
}
JobName name(ExecutionNumber execution) {
  return name_of(job("p", execution));
}
Report success(std::uint64_t number, ExecutionNumber execution) {
  return {number, name(execution), ReportSuccess{name(execution).key, {}, {}, {}}};
}

// What is to be sent, as text: "start 1, cancel 2, settled 5 6".
std::string sent(EngineLedger& ledger) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : ", ") + word; };
  for (const ToWorker& message : ledger.take_messages()) {
    if (const auto* const start = std::get_if<Start>(&message))
      add("start " + std::to_string(start->job.key.execution));
    if (const auto* const cancel = std::get_if<Cancel>(&message))
      add("cancel " + std::to_string(cancel->job.key.execution));
    if (const auto* const settled = std::get_if<Settled>(&message)) {
      add("settled");
      for (const std::uint64_t number : settled->numbers) text += ' ' + std::to_string(number);
    }
    if (std::holds_alternative<Drain>(message)) add("drain");
  }
  return text;
}

std::string delivered(EngineLedger& ledger, bool settle = true) {
  std::string text;
  for (const auto& delivery : ledger.take_deliveries()) {
    const auto* const failure = std::get_if<ReportFailure>(&delivery.outcome);
    const auto* const good = std::get_if<ReportSuccess>(&delivery.outcome);
    text += (text.empty() ? "" : ", ") + (failure ? failure->failure.code + ' ' : std::string());
    if (failure) text += std::to_string(failure->key.execution);
    if (good) text += "success " + std::to_string(good->key.execution);
    if (!failure && !good) text += "progress";
    if (settle) ledger.settled(delivery.ticket);
  }
  return text;
}

// An engine whose worker is X, recorded, with nothing to do.
EngineLedger at_work() {
  EngineLedger ledger(kX, 1000);
  ledger.resumed();
  ledger.welcome(welcome(kX));
  return ledger;
}

}  // namespace

TEST_CASE("nothing is sent before the instance is recorded, and it is recorded only once") {
  EngineLedger ledger(std::nullopt, 1000);
  ledger.resumed();
  ledger.start(job("p", 1));
  CHECK_FALSE(ledger.to_record());
  ledger.welcome(welcome(kX));
  CHECK(sent(ledger).empty());
  CHECK(ledger.to_record() == kX);
  ledger.recorded(kX);
  CHECK_FALSE(ledger.to_record());
  CHECK(sent(ledger) == "start 1");
}

// What an engine that begins does with a job that was running when the last one ended.
TEST_CASE("a job of an earlier engine is taken up, started or lost by where it can have been") {
  struct Row {
    const char* what;
    std::optional<Uuid> recorded;
    Welcome welcome;
    std::string delivered, sent;
  };
  const Row rows[] = {
      {"no worker ever had anything", {}, welcome(kX), "", "start 1"},
      {"the worker lives and has it", kX, welcome(kX, {name(1)}), "", ""},
      {"the worker lives and never got it", kX, welcome(kX), "", "start 1"},
      {"another worker is there", kX, welcome(kY), "Lost 1", ""},
      {"the worker ended in good order and left its result", kX, welcome(kY, {name(1)}, {kX}), "",
       ""},
      {"the worker ended in good order and never got it", kX, welcome(kY, {}, {kX}), "", "start 1"},
      {"a worker before the recorded one ended in good order", kX, welcome(kY, {}, {Uuid{9, 9}}),
       "Lost 1", ""},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    EngineLedger ledger(row.recorded, 1000);
    ledger.resume(job("p", 1));
    ledger.resumed();
    ledger.welcome(row.welcome);
    CHECK(delivered(ledger) == row.delivered);
    if (const auto instance = ledger.to_record()) ledger.recorded(*instance);
    CHECK(sent(ledger) == row.sent);
  }
}

TEST_CASE("a loss is committed before the next worker is recorded and gets anything") {
  EngineLedger ledger(kX, 1000);
  ledger.resume(job("p", 1));
  ledger.resumed();
  ledger.start(job("p", 2));
  ledger.welcome(welcome(kY));
  const auto losses = ledger.take_deliveries();
  REQUIRE(losses.size() == 1);
  CHECK_FALSE(ledger.to_record());
  CHECK(sent(ledger).empty());
  ledger.settled(losses[0].ticket);
  CHECK(ledger.to_record() == kY);
  ledger.recorded(kY);
  CHECK(sent(ledger) == "start 2");
}

TEST_CASE("when its worker dies, what was sent is lost and what was not goes to the next") {
  EngineLedger ledger(kX, 1000);
  ledger.resumed();
  Welcome small = welcome(kX);
  small.most_jobs = 1;
  ledger.welcome(small);
  ledger.start(job("p", 1));
  ledger.start(job("p", 2));
  CHECK(sent(ledger) == "start 1");
  ledger.session_over();
  ledger.welcome(welcome(kY));
  CHECK(delivered(ledger) == "Lost 1");
  ledger.recorded(*ledger.to_record());
  CHECK(sent(ledger) == "start 2");
}

TEST_CASE("after a broken connection to the same worker only what did not arrive is sent again") {
  EngineLedger ledger = at_work();
  ledger.start(job("p", 1));
  ledger.start(job("p", 2));
  CHECK(sent(ledger) == "start 1, start 2");
  ledger.session_over();
  CHECK(sent(ledger).empty());
  ledger.welcome(welcome(kX, {name(1)}));
  CHECK(delivered(ledger).empty());
  CHECK(sent(ledger) == "start 2");
}

TEST_CASE(
    "a result is delivered once and acknowledged when it is settled, however often it comes") {
  EngineLedger ledger = at_work();
  ledger.start(job("p", 1));
  (void)sent(ledger);
  ledger.receive(success(5, 1));
  ledger.receive(success(5, 1));
  auto deliveries = ledger.take_deliveries();
  REQUIRE(deliveries.size() == 1);
  CHECK(sent(ledger).empty());
  ledger.settled(deliveries[0].ticket);
  ledger.settled(deliveries[0].ticket);
  CHECK(sent(ledger) == "settled 5");
  CHECK_FALSE(ledger.needs_worker());
  ledger.receive(success(5, 1));  // the acknowledgement was lost
  CHECK(delivered(ledger).empty());
  CHECK(sent(ledger) == "settled 5");
}

TEST_CASE("a result that the engine is about to commit survives the end of its worker") {
  EngineLedger ledger = at_work();
  ledger.start(job("p", 1));
  (void)sent(ledger);
  ledger.receive(success(5, 1));
  const auto deliveries = ledger.take_deliveries();
  ledger.session_over();
  ledger.welcome(welcome(kY));
  CHECK(delivered(ledger).empty());
  CHECK_FALSE(ledger.to_record());  // an engine after us would believe that it never had the job
  ledger.settled(deliveries[0].ticket);
  ledger.recorded(*ledger.to_record());
  CHECK(sent(ledger).empty());  // number 5 means something else to the next worker
  CHECK_FALSE(ledger.needs_worker());
}

TEST_CASE("what a worker has and nobody wants is cancelled, as is what ends to be wanted") {
  EngineLedger ledger(kX, 1000);
  ledger.resume(job("p", 1));
  ledger.resumed();
  ledger.welcome(welcome(kX, {name(1), name(2)}));
  CHECK(sent(ledger) == "cancel 2");
  ledger.receive(success(4, 2));
  CHECK(delivered(ledger).empty());
  CHECK(sent(ledger) == "settled 4");
  ledger.cancel("p", name(1).key);
  CHECK(sent(ledger) == "cancel 1");
  ledger.start(job("p", 3));
  ledger.cancel("p", name(3).key);
  CHECK(sent(ledger).empty());
}

TEST_CASE("a cancel while there is no worker is delivered by the next welcome") {
  EngineLedger ledger = at_work();
  ledger.start(job("p", 1));
  (void)sent(ledger);
  ledger.session_over();
  ledger.cancel("p", name(1).key);
  ledger.welcome(welcome(kX, {name(1)}));
  CHECK(sent(ledger) == "cancel 1");
}

TEST_CASE("a job that is started twice is sent once") {
  EngineLedger ledger = at_work();
  ledger.start(job("p", 1));
  ledger.start(job("p", 1));
  CHECK(sent(ledger) == "start 1");
  ledger.start(job("p", 1));
  CHECK(sent(ledger).empty());
}

TEST_CASE("a worker never has more than it said, with the unacknowledged ones") {
  EngineLedger ledger(kX, 1000);
  ledger.resumed();
  Welcome two = welcome(kX);
  two.most_jobs = 2;
  ledger.welcome(two);
  for (ExecutionNumber i = 1; i <= 4; ++i) ledger.start(job("p", i));
  CHECK(sent(ledger) == "start 1, start 2");
  ledger.receive(success(1, 1));
  CHECK(sent(ledger).empty());
  CHECK(delivered(ledger) == "success 1");
  CHECK(sent(ledger) == "settled 1, start 3");
}

TEST_CASE("beyond the bound a job is refused as transient") {
  EngineLedger ledger(kX, 2);
  for (ExecutionNumber i = 1; i <= 3; ++i) ledger.start(job("p", i));
  CHECK(delivered(ledger) == "TooManyJobs 3");
}

TEST_CASE("a worker that drains gets no more, and one that is to be renewed drains when idle") {
  EngineLedger ledger = at_work();
  ledger.start(job("p", 1));
  CHECK(sent(ledger) == "start 1");
  ledger.renew();
  CHECK(sent(ledger).empty());
  ledger.receive(success(1, 1));
  CHECK(delivered(ledger) == "success 1");
  CHECK(sent(ledger) == "settled 1, drain");
  ledger.start(job("p", 2));
  CHECK(sent(ledger).empty());
  ledger.session_over();
  ledger.welcome(welcome(kY, {}, {kX}));
  ledger.recorded(*ledger.to_record());
  CHECK(sent(ledger) == "start 2");
  ledger.worker_drains();
  ledger.start(job("p", 3));
  CHECK(sent(ledger).empty());
}

TEST_CASE("a result of a pipeline of the same name that is gone is not taken for the new one's") {
  EngineLedger ledger = at_work();
  ledger.start(job("p", 1));
  (void)sent(ledger);
  Report other = success(8, 1);
  other.job.id = {5, 5};
  ledger.receive(other);
  CHECK(delivered(ledger).empty());
  CHECK(sent(ledger) == "settled 8");
}
