#include "sdk/host/run.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace {

constexpr std::size_t kMaxVariableBytes = 122880;  // facts/codepipeline.md 3
constexpr std::size_t kMaxDetailBytes = 1u << 20;  // our own bound
constexpr std::size_t kMaxToken = 2048, kMaxSummary = 2048, kMaxExternalId = 1500;  // facts 5.2
constexpr std::size_t kMaxMessage = 5000;
constexpr std::int64_t kProgressInterval_ms = 50;

std::string bounded(const char* text, std::size_t most) {
  return text ? std::string(text, strnlen(text, most)) : std::string();
}

std::int64_t now_ms() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// In one write, so that lines of several threads do not mix.
void write_line(std::string_view prefix, std::string_view text) {
  std::string line(prefix);
  line += text;
  line += '\n';
  std::fflush(stdout);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = write(2, rest.data(), rest.size());
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

const char* text(sluice_run* run, sluice_text which) {
  const auto index = static_cast<std::size_t>(which);
  if (which == SLUICE_TEXT_JOB) {
    if (run->job_json.empty()) run->job_json = sluice::host::job_json(run->job);
    return run->job_json.c_str();
  }
  if (index >= run->job.texts.size() || !run->job.texts[index]) return nullptr;
  return run->job.texts[index]->c_str();
}

const char* const* list(sluice_run* run, sluice_list which) {
  static const char* const kEmpty[] = {nullptr};
  const auto index = static_cast<std::size_t>(which);
  if (index >= run->lists.size() || index >= run->job.lists.size()) return kEmpty;
  auto& pointers = run->lists[index];
  if (pointers.empty()) {
    for (const auto& item : run->job.lists[index]) pointers.push_back(item.c_str());
    pointers.push_back(nullptr);
  }
  return pointers.data();
}

const char* configuration(sluice_run* run, const char* key) {
  const auto& pairs = run->job.lists[SLUICE_LIST_CONFIGURATION];
  for (std::size_t i = 0; key && i + 1 < pairs.size(); i += 2)
    if (pairs[i] == key) return pairs[i + 1].c_str();
  return nullptr;
}

// facts/codepipeline.md 3: [A-Za-z0-9@\-_]+
bool is_variable_name(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '@' ||
           c == '-' || c == '_';
  });
}

// Sets key in pairs, counting bytes; false if there would be more than `most` of them.
bool put(sluice::wire::Pairs& pairs, std::size_t& bytes, std::size_t most, std::string_view key,
         const char* value) {
  const auto found =
      std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  const std::size_t before = found == pairs.end() ? 0 : found->first.size() + found->second.size();
  const std::size_t size = key.size() + std::strlen(value);
  if (bytes - before + size > most) return false;
  bytes = bytes - before + size;
  if (found == pairs.end())
    pairs.emplace_back(key, value);
  else
    found->second = value;
  return true;
}

int set_output(sluice_run* run, const char* key, const char* value) {
  if (!key || !value || !is_variable_name(key)) {
    write_line("error: ", "output variable '" + bounded(key, 200) +
                              "' refused: a name is made of A-Z a-z 0-9 @ - _ and has a value");
    return -1;
  }
  if (put(run->result.variables, run->variable_bytes, kMaxVariableBytes, key, value)) return 0;
  run->variables_refused = true;
  write_line("error: ", "output variable '" + bounded(key, 200) +
                            "' refused: all output variables of an action may have 122880 bytes");
  return -1;
}

void set_revision(sluice_run* run, const char* artifact, const char* id, const char* summary,
                  const char* url) {
  auto& revisions = run->result.revisions;
  const std::string name = bounded(artifact, 100);
  std::erase_if(revisions, [&](const auto& revision) { return revision.artifact == name; });
  if (revisions.size() >= 16) return;  // an action has five output artifacts at most
  revisions.push_back({name, bounded(id, kMaxExternalId), bounded(summary, kMaxSummary),
                       bounded(url, kMaxSummary)});
}

void set_detail(sluice_run* run, const char* key, const char* json) {
  if (!key || !json) return;
  if (!put(run->result.details, run->detail_bytes, kMaxDetailBytes, key, json))
    write_line("warning: ",
               "detail '" + bounded(key, 200) + "' left out: details may have 1 MiB in all");
}

void set_external(sluice_run* run, const char* id, const char* url, const char* summary) {
  run->result.external_id = bounded(id, kMaxExternalId);
  run->result.external_url = bounded(url, kMaxSummary);
  run->result.summary = bounded(summary, kMaxSummary);
  const std::lock_guard lock(run->progress_mutex);
  run->progress.external_id = run->result.external_id;
  run->progress.external_url = run->result.external_url;
  run->progress.summary = run->result.summary;
  run->on_progress(run->progress);
}

void fail(sluice_run* run, sluice_failure_kind kind, const char* code, const char* message) {
  run->result.failure_kind = static_cast<std::int32_t>(kind);
  run->result.failure_code = bounded(code, 200);
  run->result.failure_message = bounded(message, kMaxMessage);
}

void continue_later(sluice_run* run, const char* token, int64_t delay_ms) {
  run->result.continues = true;
  if (token && std::strlen(token) > kMaxToken)
    run->result.misbehaviour = "the continuation token is longer than 2048 bytes";
  run->result.token = bounded(token, kMaxToken);
  run->result.delay_ms = delay_ms;
}

void log(sluice_run*, sluice_log_level level, const char* text) {
  const std::string_view prefix = level == SLUICE_LOG_WARNING ? "warning: "
                                  : level == SLUICE_LOG_ERROR ? "error: "
                                  : level == SLUICE_LOG_DEBUG ? "debug: "
                                                              : "";
  write_line(prefix, text ? text : "");
}

// The first and the last word matter; in between, one message in 50 ms is enough for any viewer.
void progress(sluice_run* run, int32_t percent, const char* summary) {
  const std::lock_guard lock(run->progress_mutex);
  if (percent >= 0) run->progress.percent = std::min<int32_t>(percent, 100);
  if (summary) run->progress.summary = bounded(summary, kMaxSummary);
  const std::int64_t now = now_ms();
  if (now - run->progress_sent_ms < kProgressInterval_ms && percent < 100) return;
  run->progress_sent_ms = now;
  run->on_progress(run->progress);
}

int cancelled(sluice_run* run) {
  return run->cancelled.load(std::memory_order_acquire) ? 1 : 0;
}

int mask(sluice_run* run, const char* value) {
  if (!value) return -1;
  const std::lock_guard lock(run->secrets_mutex);
  if (run->secrets.take(value)) {
    run->on_secret({run->job.run, value});
    return 0;
  }
  write_line("error: ", "a secret is not hidden: a run may hide 256 KiB in 2,000 lines");
  return -1;
}

const void* extension(sluice_run*, const char* id) {
  static constexpr sluice_secrets kSecrets = {sizeof(sluice_secrets), mask};
  return id && std::string_view(id) == SLUICE_SECRETS_ID ? &kSecrets : nullptr;
}

}  // namespace

void sluice_run::begin(sluice::wire::Run run) {
  job = std::move(run);
  job.texts.resize(SLUICE_TEXT_JOB + 1);
  job.lists.resize(lists.size());
  result = {};
  result.run = job.run;
  job_json.clear();
  for (auto& pointers : lists) pointers.clear();
  variable_bytes = detail_bytes = 0;
  variables_refused = false;
  {
    const std::lock_guard lock(secrets_mutex);
    secrets = {};
  }
  const std::lock_guard lock(progress_mutex);
  progress = {};
  progress.run = job.run;
  progress_sent_ms = 0;
}

namespace sluice::host {

const sluice_host& host_table() {
  static constexpr sluice_host kTable = {sizeof(sluice_host),
                                         SLUICE_ABI_MINOR,
                                         text,
                                         list,
                                         configuration,
                                         set_output,
                                         set_revision,
                                         set_detail,
                                         set_external,
                                         fail,
                                         continue_later,
                                         log,
                                         progress,
                                         cancelled,
                                         extension};
  return kTable;
}

}  // namespace sluice::host
