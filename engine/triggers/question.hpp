// One look at a repository: what it has now, and which pushes since the last look a trigger wants.
// Private to the service, which asks without its lock.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/declaration.hpp"
#include "engine/core/result.hpp"
#include "engine/triggers/memory.hpp"
#include "engine/triggers/repository.hpp"

namespace sluice::triggers {

struct Question {
  std::string pipeline, key, url, own_branch, mirror;
  std::uint64_t generation = 0;
  TriggerDeclaration trigger;
  std::optional<Refs> before;  // none: first look
};
struct Finding {
  Refs refs;
  std::string own_branch;  // the action's, or the one that HEAD names
  std::vector<Push> wanted;
};

// Blocks, until `cancelled` says that nobody waits any more. mirrors: held while git works in a
// mirror, which several threads may want.
[[nodiscard]] Result<Finding> examine(const Question& question, std::mutex& mirrors,
                                      const std::function<bool()>& cancelled);

// Whether a trigger's filters want a pull request; asks for its files only if they have a say.
[[nodiscard]] Result<bool> wants_pull_request(const TriggerDeclaration& trigger,
                                              const PullRequest& pull, const Repository& repository,
                                              std::mutex& mirrors);

}  // namespace sluice::triggers
