// The hook that tells a server at once that somebody pushed to a repository of this machine: a
// `reference-transaction` hook (githooks(5)), which git runs for every change of refs: pushes to
// bare repositories and others, commits, merges, fetches. Asks git; blocks, with deadlines.
#pragma once

#include <string>

#include "engine/core/result.hpp"

namespace sluice {

struct GitHook {
  std::string path;     // of the hook's file
  bool shared = false;  // outside the repository (core.hooksPath): other repositories may have it
};

// What the hook calls: this program and its data directory, both absolute; pipeline "" for all.
struct HookCall {
  std::string program, data, pipeline;
};

// The hook's text. It does nothing but start the call beside git, so that a push neither fails nor
// waits whatever becomes of the call.
[[nodiscard]] std::string hook_text(const HookCall& call);

// Writes the hook, or writes it anew if it is ours. kConflict: a hook of somebody else's is there;
// the message says what to add to it.
[[nodiscard]] Result<GitHook> install_git_hook(const std::string& repository, const HookCall& call);

// kNotFound: there is none. kConflict: it is somebody else's.
[[nodiscard]] Result<GitHook> remove_git_hook(const std::string& repository);

}  // namespace sluice
