// The run behind plugin.h's opaque sluice_run, and the table of functions that a plugin calls.
#pragma once

#include <sluice/plugin.h>

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "sdk/wire/messages.hpp"
#include "sdk/wire/secret_budget.hpp"

// One at a time; the object itself lives as long as the process, so that a thread that a plugin
// left behind may still call log() with its pointer.
struct sluice_run {
  // Before `run`. The messages' texts and lists are made complete: every index exists.
  void begin(sluice::wire::Run run);

  sluice::wire::Run job;
  sluice::wire::Finished result;
  std::atomic<bool> cancelled{false};
  // Sends a progress message; called on any thread, one call at a time.
  std::function<void(const sluice::wire::Progress&)> on_progress;
  // Hands a secret to the engine before it returns; called on any thread, one call at a time.
  std::function<void(const sluice::wire::Secret&)> on_secret;

  // What text() and list() hand out, made when first asked for.
  std::string job_json;
  std::array<std::vector<const char*>, 8> lists;
  std::size_t variable_bytes = 0, detail_bytes = 0;
  bool variables_refused = false;

  std::mutex progress_mutex;
  sluice::wire::Progress progress;
  std::int64_t progress_sent_ms = 0;

  std::mutex secrets_mutex;
  sluice::wire::SecretBudget secrets;
};

namespace sluice::host {

[[nodiscard]] const sluice_host& host_table();

// SLUICE_TEXT_JOB (docs/plugin-guide.md): facts/codepipeline.md 5.2 JobData, with directories as
// locations.
[[nodiscard]] std::string job_json(const wire::Run& job);

}  // namespace sluice::host
