#include <catch2/catch.hpp>
#include <set>

#include "engine/core/ids.hpp"
#include "engine/core/names.hpp"
#include "engine/core/timeout.hpp"

using namespace sluice;

TEST_CASE("an id is printed as a lower-case UUID and read back") {
  const Uuid id{0x0123456789abcdefU, 0xfedcba9876543210U};
  CHECK(to_text(id) == "01234567-89ab-cdef-fedc-ba9876543210");
  CHECK(parse_uuid(to_text(id)) == id);
  CHECK(to_text(Uuid{}) == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("what is no UUID reads as the empty one") {
  for (const char* text :
       {"", "0123", "01234567-89AB-cdef-fedc-ba9876543210", "01234567089ab-cdef-fedc-ba9876543210",
        "01234567-89ab-cdef-fedc-ba98765432100", "g1234567-89ab-cdef-fedc-ba9876543210"}) {
    INFO(text);
    CHECK(parse_uuid(text).empty());
  }
}

TEST_CASE("derived ids depend on every argument, repeat, and say that they are derived") {
  std::set<Uuid> ids;
  for (std::uint64_t base = 0; base < 10; ++base) {
    for (std::uint64_t purpose = 0; purpose < 10; ++purpose) {
      for (std::uint64_t number = 0; number < 10; ++number) {
        const Uuid id = derive({base, 7}, purpose, number);
        CHECK(id == derive({base, 7}, purpose, number));
        CHECK(to_text(id)[14] == '8');
        ids.insert(id);
      }
    }
  }
  CHECK(ids.size() == 1000);
}

TEST_CASE("enumerations have the API's spelling and are read back from it only") {
  CHECK(to_text(ExecutionStatus::kSuperseded) == "Superseded");
  CHECK(to_text(StageStatus::kSkipped) == "Skipped");
  CHECK(to_text(ActionStatus::kWaiting) == "InProgress");
  CHECK(to_text(ConditionStatus::kOverridden) == "Overridden");
  CHECK(to_text(Hook::kOnSuccess) == "ON_SUCCESS");
  CHECK(to_text(RetryMode::kAllActions) == "ALL_ACTIONS");
  Category category = Category::kBuild;
  CHECK(parse("Approval", category));
  CHECK(category == Category::kApproval);
  CHECK_FALSE(parse("approval", category));
  CHECK_FALSE(parse("", category));
  ExecutionMode mode = ExecutionMode::kQueued;
  CHECK_FALSE(parse("QUEUE", mode));
  CHECK(mode == ExecutionMode::kQueued);
  CHECK(failure_type(FailureKind::kConfiguration) == "ConfigurationError");
  CHECK(failure_type(FailureKind::kCrashed) == "JobFailed");
  CHECK(fact_name(fact_index<PipelineRemoved>) == "PipelineRemoved");
}

TEST_CASE("an action that declares no timeout has that of its kind") {
  constexpr std::int64_t kHour = 3'600'000;
  struct Line {
    ActionTypeId type;
    std::int64_t declared, expected;
  };
  for (const Line& line : {Line{{Category::kApproval, "AWS", "Manual", "1"}, 0, 7 * 24 * kHour},
                           Line{{Category::kApproval, "AWS", "Manual", "1"}, 300'000, 300'000},
                           Line{{Category::kTest, "Sluice", "Buildspec", "1"}, 0, 8 * kHour},
                           Line{{Category::kBuild, "AWS", "CodeBuild", "1"}, 0, 36 * kHour},
                           Line{{Category::kCompute, "AWS", "Commands", "1"}, 0, 55 * 60'000},
                           Line{{Category::kDeploy, "AWS", "CodeDeploy", "1"}, 0, 120 * kHour},
                           Line{{Category::kBuild, "Custom", "Mine", "1"}, 0, 24 * kHour},
                           Line{{Category::kSource, "Sluice", "Git", "1"}, 0, kHour}}) {
    ActionDeclaration action;
    action.type = line.type;
    action.timeout_ms = line.declared;
    INFO(line.type.provider);
    CHECK(timeout_ms(action) == line.expected);
  }
}
