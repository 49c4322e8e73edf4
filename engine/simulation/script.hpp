// What happens in a simulation: sentences such as "fail Build.Compile@1" or "approve Release after
// 3h", the same as options of `sluice simulate` and as items of a script file
// (docs/simulate.md). Without any, every action succeeds after a minute and every approval is given
// after a minute.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/input.hpp"
#include "engine/core/pipeline.hpp"
#include "engine/core/result.hpp"

namespace sluice::simulation {

// "Build.Compile", "2:Build.Compile@1", "Release" (every action of it), "Release/onSuccess" (the
// rules of its condition), "Release/beforeEntry/Window".
struct Target {
  ExecutionNumber execution = 0;  // 0: any
  std::string stage;
  Hook hook = Hook::kNone;    // kNone: actions
  std::string name;           // of the action or rule; "": all
  std::uint16_t attempt = 0;  // 0: any
};

enum class Ending : std::uint8_t { kSuccess, kFailure, kLoss };
// How calls go. For each property the last that fits wins.
struct Conduct {
  Target target;
  bool sets_ending = false, sets_duration = false;
  Ending ending = Ending::kSuccess;
  std::int64_t duration_ms = 0;
  std::string message;
};

// How approvals are answered. If any fits an approval, all that fit are given, else the default.
struct Answer {
  Target target;
  bool ignored = false;  // nobody answers
  bool approved = true;
  std::int64_t after_ms = 0;  // after it was asked for
  std::string by, text;
};

// Something that a caller does.
struct Move {
  struct Start {
    Texts variables;
    bool push = false;
  };
  struct Stop {
    ExecutionNumber execution = 0;
    bool abandon = false;
    std::string reason;
  };
  struct Retry {
    ExecutionNumber execution = 0;
    std::string stage;
    RetryMode mode = RetryMode::kFailedActions;
  };
  struct Rollback {
    std::string stage;
    ExecutionNumber target = 0;
  };
  struct Override {
    ExecutionNumber execution = 0;
    std::string stage;
    Hook hook = Hook::kBeforeEntry;
  };
  struct Update {
    DeclarationPtr declaration;
  };
  std::int64_t at_ms = 0;  // after the beginning
  std::variant<Start, Stop, Retry, Rollback, Override, Update, ChangeTransition, RemovePipeline>
      what;
};

struct Script {
  std::int64_t duration_ms = 60'000;
  std::vector<Conduct> conducts;
  std::vector<Answer> answers;
  std::vector<Move> moves;  // in the order written; those at one time happen in this order
  // Versions that the script knows, the first one first: names are checked against them.
  std::vector<DeclarationPtr> versions;
};

// Reads the workflow file that an update names.
using LoadDeclaration = std::function<Result<PipelineDeclaration>(const std::string& file)>;

// Adds one sentence to a script whose first version is there. Updates should be added before what
// names something that they bring. kBadInput: Error::where is the word that is wrong, or "".
Result<void> add_sentence(Script& script, const std::string& sentence, const LoadDeclaration& load);

// The verbs, for messages and for telling options from files.
[[nodiscard]] const std::vector<std::string>& verbs();

// "0s", "90s", "1h30m", "2d", "1m30s".
[[nodiscard]] std::string time_text(std::int64_t ms);

}  // namespace sluice::simulation
