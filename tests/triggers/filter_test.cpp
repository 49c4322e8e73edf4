#include "engine/triggers/filter.hpp"

#include <catch2/catch.hpp>

namespace sluice::triggers {
namespace {

using Names = std::vector<std::string>;

TriggerFilter filter(std::vector<GitFilter> push, std::vector<GitFilter> pull_request = {}) {
  TriggerDeclaration trigger;
  trigger.push = std::move(push);
  trigger.pull_request = std::move(pull_request);
  auto compiled = TriggerFilter::compile(trigger, "main");
  REQUIRE(compiled);
  return std::move(*compiled);
}

GitFilter branches(Names includes, Names excludes = {}) {
  GitFilter filter;
  filter.branches = {std::move(includes), std::move(excludes)};
  return filter;
}
GitFilter tags(Names includes, Names excludes = {}) {
  GitFilter filter;
  filter.tags = {std::move(includes), std::move(excludes)};
  return filter;
}
GitFilter with_files(GitFilter filter, Names includes, Names excludes = {}) {
  filter.file_paths = {std::move(includes), std::move(excludes)};
  return filter;
}
GitFilter with_events(GitFilter filter, Names events) {
  filter.events = std::move(events);
  return filter;
}

Push branch(const std::string& name) {
  return {false, name, "", "c1"};
}
Push tag(const std::string& name) {
  return {true, name, "", "c1"};
}

}  // namespace

TEST_CASE("a trigger without filters wants pushes to the source action's branch") {
  const auto trigger = filter({});
  CHECK(trigger.wants(branch("main"), nullptr) == Verdict::kYes);
  CHECK(trigger.wants(branch("dev"), nullptr) == Verdict::kNo);
  CHECK(trigger.wants(tag("main"), nullptr) == Verdict::kNo);
  CHECK(trigger.wants(PullRequest{"OPEN", "dev", "main", "c", "1", ""}, nullptr) == Verdict::kNo);
}

TEST_CASE("branches: included and not excluded") {
  const auto trigger = filter({branches({"release/**", "main"}, {"release/old/**"})});
  CHECK(trigger.wants(branch("main"), nullptr) == Verdict::kYes);
  CHECK(trigger.wants(branch("release/1/x"), nullptr) == Verdict::kYes);
  CHECK(trigger.wants(branch("release/old/1"), nullptr) == Verdict::kNo);
  CHECK(trigger.wants(branch("dev"), nullptr) == Verdict::kNo);
  CHECK(trigger.wants(tag("main"), nullptr) == Verdict::kNo);
}

TEST_CASE("only excludes: everything else is included; the same pattern in both is excluded") {
  CHECK(filter({branches({}, {"dev"})}).wants(branch("main"), nullptr) == Verdict::kYes);
  CHECK(filter({branches({}, {"dev"})}).wants(branch("dev"), nullptr) == Verdict::kNo);
  CHECK(filter({branches({"dev"}, {"dev"})}).wants(branch("dev"), nullptr) == Verdict::kNo);
}

TEST_CASE("tags") {
  const auto trigger = filter({tags({"v*"}, {"v*-rc*"})});
  CHECK(trigger.wants(tag("v1.0"), nullptr) == Verdict::kYes);
  CHECK(trigger.wants(tag("v1.0-rc1"), nullptr) == Verdict::kNo);
  CHECK(trigger.wants(branch("v1.0"), nullptr) == Verdict::kNo);
}

TEST_CASE("files matter only where the branch fits, and one file that passes is enough") {
  const auto trigger = filter({with_files(branches({"main"}), {"src/**"}, {"**.md"})});
  CHECK(trigger.wants(branch("dev"), nullptr) == Verdict::kNo);
  CHECK(trigger.wants(branch("main"), nullptr) == Verdict::kNeedsFiles);
  const Names docs{"src/README.md", "docs/a"}, code{"src/README.md", "src/a.c"}, none;
  CHECK(trigger.wants(branch("main"), &docs) == Verdict::kNo);
  CHECK(trigger.wants(branch("main"), &code) == Verdict::kYes);
  CHECK(trigger.wants(branch("main"), &none) == Verdict::kNo);
}

TEST_CASE("every changed file is looked at, also beyond the cloud's hundred") {
  const auto trigger = filter({with_files(branches({"main"}), {"last"})});
  Names many(5000, "other");
  CHECK(trigger.wants(branch("main"), &many) == Verdict::kNo);
  many.push_back("last");
  CHECK(trigger.wants(branch("main"), &many) == Verdict::kYes);
}

TEST_CASE("filters of a list are alternatives, and files are asked for only if they decide") {
  const auto trigger =
      filter({with_files(branches({"**"}), {"src/**"}), branches({"main"}), tags({"v*"})});
  CHECK(trigger.wants(branch("main"), nullptr) == Verdict::kYes);
  CHECK(trigger.wants(branch("dev"), nullptr) == Verdict::kNeedsFiles);
  CHECK(trigger.wants(tag("v1"), nullptr) == Verdict::kYes);
}

TEST_CASE("pull requests: the event, the destination branch, the files") {
  const auto trigger = filter({}, {with_events(branches({"main"}), {"OPEN", "UPDATED"}),
                                   with_files(branches({"release/*"}), {"src/**"})});
  const auto opened = [](const char* event, const char* destination) {
    return PullRequest{event, "topic", destination, "c1", "7", "title"};
  };
  CHECK(trigger.wants(opened("OPEN", "main"), nullptr) == Verdict::kYes);
  CHECK(trigger.wants(opened("CLOSED", "main"), nullptr) == Verdict::kNo);
  CHECK(trigger.wants(opened("OPEN", "topic"), nullptr) == Verdict::kNo);  // the source's name
  CHECK(trigger.wants(opened("CLOSED", "release/1"), nullptr) == Verdict::kNeedsFiles);
  const Names code{"src/a"};
  CHECK(trigger.wants(opened("CLOSED", "release/1"), &code) == Verdict::kYes);
  // With filters for pull requests alone, pushes start nothing.
  CHECK(trigger.wants(branch("main"), nullptr) == Verdict::kNo);
}

TEST_CASE("a pattern that is none is refused and named") {
  TriggerDeclaration trigger;
  trigger.push = {branches({"main", "a["})};
  const auto compiled = TriggerFilter::compile(trigger, "main");
  REQUIRE_FALSE(compiled);
  CHECK(compiled.error().where == "a[");
}

}  // namespace sluice::triggers
