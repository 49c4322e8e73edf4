// What a worker keeps, sends again and forgets.
#include "engine/workers/worker_ledger.hpp"

#include <catch2/catch.hpp>

#include "tests/workers/samples.hpp"

using namespace sluice;
using namespace sluice::workers;

namespace {

constexpr Uuid kInstance = {1, 1};
using Taken = WorkerLedger::Taken;

JobName name(ExecutionNumber execution) {
  return name_of(sluice::testing::job("p", execution));
}
Outcome success(ExecutionNumber execution) {
  return ReportSuccess{name(execution).key, {}, {}, {}};
}
Outcome progress(ExecutionNumber execution, int percent) {
  return ReportProgress{name(execution).key, percent, {}};
}
std::vector<std::uint64_t> numbers(const std::vector<const Report*>& reports) {
  std::vector<std::uint64_t> all;
  for (const Report* report : reports) all.push_back(report->number);
  return all;
}

}  // namespace

TEST_CASE("a job that comes twice is taken once, before and after its end") {
  WorkerLedger ledger(kInstance, 1 << 20);
  CHECK(ledger.take(name(1)) == Taken::kNew);
  CHECK(ledger.take(name(1)) == Taken::kKnown);
  ledger.report("p", success(1));
  CHECK(ledger.take(name(1)) == Taken::kKnown);
  CHECK(ledger.kept() == 1);
  CHECK(ledger.running_count() == 0);
}

TEST_CASE("a result is kept and sent once a session until its number is settled") {
  WorkerLedger ledger(kInstance, 1 << 20);
  (void)ledger.take(name(1));
  ledger.report("p", success(1));
  const auto sent = numbers(ledger.take_unsent());
  REQUIRE(sent.size() == 1);
  CHECK(ledger.take_unsent().empty());
  ledger.resend();
  CHECK(numbers(ledger.take_unsent()) == sent);
  ledger.settle({999});
  CHECK(ledger.kept() == 1);
  ledger.settle(sent);
  ledger.settle(sent);
  CHECK(ledger.empty());
  ledger.resend();
  CHECK(ledger.take_unsent().empty());
}

TEST_CASE("of a job's words on progress one is under way at a time, and the last one counts") {
  WorkerLedger ledger(kInstance, 1 << 20);
  (void)ledger.take(name(1));
  for (const int percent : {10, 20, 30}) ledger.report("p", progress(1, percent));
  auto sent = ledger.take_unsent();
  REQUIRE(sent.size() == 1);
  CHECK(std::get<ReportProgress>(sent[0]->outcome).percent == 10);
  ledger.settle({sent[0]->number});
  sent = ledger.take_unsent();
  REQUIRE(sent.size() == 1);
  CHECK(std::get<ReportProgress>(sent[0]->outcome).percent == 30);
  const std::uint64_t late = sent[0]->number;
  ledger.report("p", success(1));
  ledger.settle({late});
  CHECK(ledger.kept() == 1);
  CHECK(ledger.take_unsent().size() == 1);
}

TEST_CASE("what is cancelled is forgotten, running or ended, and says nothing any more") {
  WorkerLedger ledger(kInstance, 1 << 20);
  (void)ledger.take(name(1));
  (void)ledger.take(name(2));
  ledger.report("p", success(2));
  CHECK(ledger.cancel(name(1)));
  CHECK_FALSE(ledger.cancel(name(2)));
  CHECK_FALSE(ledger.cancel(name(3)));
  CHECK(ledger.empty());
  ledger.report("p", success(1));
  CHECK(ledger.take_unsent().empty());
}

TEST_CASE("a job of a new pipeline takes the place of one of the same name") {
  WorkerLedger ledger(kInstance, 1 << 20);
  (void)ledger.take(name(1));
  JobName other = name(1);
  other.id = {5, 5};
  CHECK_FALSE(ledger.cancel(other));
  CHECK(ledger.take(other) == Taken::kReplaces);
  CHECK(ledger.jobs() == std::vector<JobName>{other});
  ledger.report("p", success(1));
  JobName third = name(1);
  third.id = {6, 6};
  CHECK(ledger.take(third) == Taken::kNew);
  CHECK(ledger.kept() == 0);
}

TEST_CASE("beyond the bound results are kept without their details") {
  WorkerLedger ledger(kInstance, 100);
  for (const ExecutionNumber execution : {1, 2}) {
    (void)ledger.take(name(execution));
    Account account;
    account.details = '"' + std::string(80, 'x') + '"';
    ledger.report("p", ReportSuccess{name(execution).key, account, {}, {}});
  }
  const auto sent = ledger.take_unsent();
  REQUIRE(sent.size() == 2);
  CHECK(std::get<ReportSuccess>(sent[0]->outcome).account.details.size() == 82);
  CHECK(std::get<ReportSuccess>(sent[1]->outcome).account.details.find("leftOut") == 2);
}

TEST_CASE("what one worker leaves the next one has, under numbers of its own") {
  WorkerLedger first(kInstance, 1 << 20);
  (void)first.take(name(1));
  (void)first.take(name(2));
  first.report("p", success(1));
  first.report("p", progress(2, 50));
  first.cut("stopped");
  CHECK(first.running_count() == 0);

  WorkerLedger next({2, 2}, 1 << 20);
  next.inherit(*decode_remains(encode(first.remains())));
  CHECK(next.ancestors() == std::vector<Uuid>{kInstance});
  CHECK(next.jobs() == std::vector<JobName>{name(1), name(2)});
  CHECK(next.take(name(2)) == Taken::kKnown);
  const auto sent = next.take_unsent();
  REQUIRE(sent.size() == 2);
  CHECK(std::get<ReportFailure>(sent[1]->outcome).failure.kind == FailureKind::kLost);
  CHECK(next.remains().instances == std::vector<Uuid>{kInstance, {2, 2}});
}
