#include "engine/triggers/trigger_service.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "engine/triggers/file_watch.hpp"
#include "engine/triggers/git_directory.hpp"
#include "engine/triggers/memory_file.hpp"
#include "engine/triggers/question.hpp"
#include "engine/triggers/watched.hpp"
#include "engine/triggers/webhook_secret.hpp"
#include "plugins/source/location.hpp"

namespace sluice::triggers {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kRetry_ms = 5'000;

struct Acknowledgement {
  std::string pipeline, token, why;
  Started started = Started::kYes;
};
// Outlives the service: an engine may answer late.
struct Acknowledgements {
  std::mutex mutex;
  std::vector<Acknowledgement> arrived;
  std::function<void()> wake;
};

}  // namespace

class TriggerService::Room {
 public:
  explicit Room(TriggerParts parts) : parts_(std::move(parts)) {
    acknowledgements_->wake = [this] {
      const std::lock_guard hold(mutex_);
      woken_ = true;
      changed_.notify_all();
    };
    if (parts_.watch_files)
      files_.emplace([this](const auto& directory) { refs_changed(directory); });
  }

  Result<void> set(const PipelineDeclaration& pipeline, std::uint64_t events) {
    std::error_code error;
    std::filesystem::create_directories(parts_.directory, error);
    auto watched = make_watched(pipeline, parts_);
    const std::lock_guard hold(mutex_);
    if (const auto known = all_.find(pipeline.name); known != all_.end()) {
      watched.memory = known->second.memory;
      watched.in_hand = known->second.in_hand;
    } else {
      auto memory = load_memory(watched.file);
      if (!memory) return memory.error();
      watched.memory = std::move(*memory);
    }
    auto& memory = watched.memory;
    if (!memory.events_begun || watched.events.empty()) memory.events = events;
    memory.events_begun = !watched.events.empty();
    std::erase_if(memory.schedules, [&](const auto& known) {
      return std::none_of(watched.times.begin(), watched.times.end(),
                          [&](const auto& time) { return time.key == known.first; });
    });
    const bool any = !watched.git.empty() || !watched.times.empty() || !watched.events.empty() ||
                     !watched.webhooks.empty() || !memory.pending.empty();
    for (const auto& time : watched.times) memory.schedules.emplace(time.key, parts_.now_ms());
    if (any)
      if (auto saved = save_memory(watched.file, memory); !saved) return saved;
    watched.generation = ++generation_;
    all_[pipeline.name] = std::move(watched);
    wake();
    return {};
  }

  void remove(const std::string& pipeline) {
    const std::lock_guard hold(mutex_);
    const auto found = all_.find(pipeline);
    if (found == all_.end()) return;
    std::error_code error;
    std::filesystem::remove(found->second.file, error);
    all_.erase(found);
    wake();  // its files are not watched any longer
  }

  void run() {
    const std::lock_guard hold(mutex_);
    if (!threads_.empty() || stopping_) return;
    threads_.emplace_back([this] { serve([this] { return turn(); }, woken_); });
    for (const bool local : {true, false})
      threads_.emplace_back(
          [this, local] { serve([this, local] { return look(local); }, side(local).wanted); });
  }

  void stop() {
    {
      const std::lock_guard hold(mutex_);
      stopping_ = true;
      changed_.notify_all();
    }
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    files_.reset();
    const std::lock_guard hold(acknowledgements_->mutex);
    acknowledgements_->wake = [] {};
  }

  std::size_t look_now(const std::string& repository, const std::string& pipeline) {
    const auto url = source::locate(repository, parts_.base_directory).url;
    const auto directory = git_directory(url);
    return look_where([&](const Watched& watched, const GitWatch& watch) {
      if (!pipeline.empty() && watched.pipeline != pipeline) return false;
      return watch.url == repository || watch.url == url ||
             (!directory.empty() && watch.directory == directory);
    });
  }

  std::vector<TriggerState> list(const std::string& pipeline) const {
    const std::lock_guard hold(mutex_);
    std::vector<TriggerState> states;
    for (const auto& [name, watched] : all_) {
      if (!pipeline.empty() && name != pipeline) continue;
      auto some = states_of(watched, parts_.now_ms());
      std::move(some.begin(), some.end(), std::back_inserter(states));
    }
    return states;
  }

  void event(std::uint64_t sequence, std::string_view json, std::string_view cause_detail) {
    const std::lock_guard hold(mutex_);
    for (auto& [name, watched] : all_) {
      auto& memory = watched.memory;
      if (watched.events.empty() || sequence <= memory.events) continue;
      memory.events = sequence;
      for (const auto& watch : watched.events) {
        pattern::Reader reader(*watch.matcher);
        const auto names = reader.match(json);
        if (!names || (*names).empty()) continue;
        const int depth = chain_depth(cause_detail) + 1;
        if (depth > kMostChained) {
          parts_.log("pipeline " + name + " is not started by " + watch.name + ": " +
                     std::to_string(kMostChained) +
                     " pipelines have started one another already; do they run in a circle?");
          continue;
        }
        decide_start(memory,
                     {"CloudWatchEvent", event_detail(std::to_string(sequence), watch.name, depth)},
                     {});
        keep(watched);
        wake();
      }
    }
  }

  [[nodiscard]] std::uint64_t events_seen() const {
    const std::lock_guard hold(mutex_);
    auto least = std::numeric_limits<std::uint64_t>::max();
    for (const auto& [name, watched] : all_)
      if (!watched.events.empty()) least = std::min(least, watched.memory.events);
    return least;
  }

  WebhookAnswer webhook(const std::string& pipeline, const std::string& name,
                        const WebhookCall& call) {
    const auto trigger = find_webhook(pipeline, name);
    if (!trigger) return {404, "there is no such webhook"};
    auto answer = answer_to(pipeline, *trigger, call);
    const std::lock_guard hold(mutex_);
    if (const auto found = all_.find(pipeline); found != all_.end())
      found->second.call_troubles[name] =
          answer.status < 400 ? "" : std::to_string(answer.status) + ": " + answer.text;
    return answer;
  }

  std::int64_t turn() {
    std::vector<std::pair<std::string, PendingStart>> starts;
    std::int64_t next_ms = kNever;
    std::vector<Acknowledgement> arrived;
    {
      const std::lock_guard hold(mutex_);
      woken_ = false;
    }
    {
      // Not under the other lock: an acknowledgement arrives under this one and takes that one.
      const std::lock_guard hold(acknowledgements_->mutex);
      arrived.swap(acknowledgements_->arrived);
    }
    {
      const std::lock_guard hold(mutex_);
      acknowledge(arrived);
      const auto now_ms = parts_.now_ms();
      for (auto& [name, watched] : all_) {
        next_ms = std::min(next_ms, look_at_times(watched, now_ms));
        for (const auto& start : watched.memory.pending) {
          if (watched.in_hand.contains(start.token)) continue;
          if (watched.retry_ms > now_ms) {
            next_ms = std::min(next_ms, watched.retry_ms);
            continue;
          }
          watched.in_hand.insert(start.token);
          starts.emplace_back(name, start);
        }
      }
    }
    for (const auto& [pipeline, start] : starts) hand_over(pipeline, start);
    return next_ms;
  }

  std::int64_t look() { return std::min(look(true), look(false)); }

 private:
  // One turn of a thread that looks.
  std::int64_t look(bool local) {
    std::vector<Question> questions;
    {
      const std::lock_guard hold(mutex_);
      side(local).wanted = false;
      const auto now_ms = parts_.now_ms();
      for (auto& [name, watched] : all_)
        for (auto& watch : watched.git)
          if (watch.local == local && watch.next_ms <= now_ms)
            questions.push_back(question(watched, watch));
    }
    for (const auto& each : questions) {
      if (stopping_) break;
      const bool by_files = local && watch_files(each);
      answer(each, examine(each, side(local).mirrors, [this] { return stopping_.load(); }),
             by_files);
    }
    if (local) forget_files();
    std::int64_t next_ms = kNever;
    const std::lock_guard hold(mutex_);
    for (const auto& [name, watched] : all_)
      for (const auto& watch : watched.git)
        if (watch.local == local) next_ms = std::min(next_ms, watch.next_ms);
    return next_ms;
  }

  // Those that look on this machine, and elsewhere.
  struct Side {
    bool wanted = false;  // under the lock
    std::mutex mirrors;   // while git works in one; taken without the lock
  };
  Side& side(bool local) const { return sides_[local ? 0 : 1]; }

  // Under the lock.
  void wake() {
    woken_ = sides_[0].wanted = sides_[1].wanted = true;
    changed_.notify_all();
  }

  // What a call does to its trigger.
  WebhookAnswer answer_to(const std::string& pipeline, const TriggerDeclaration& trigger,
                          const WebhookCall& call) {
    if (stopping_) return {503, "the server is stopping; try again"};
    const auto secret = webhook_secret(trigger.webhook);
    if (!secret) {
      parts_.log("webhook " + pipeline + "/" + trigger.webhook.name + ": " + secret.error().text());
      return {500, "the webhook's secret is not there; the server's log says more"};
    }
    if (!is_signed(trigger.webhook.form, *secret, call))
      return {401, "the signature is missing or wrong"};
    const auto news = read_webhook(trigger.webhook.form, call);
    if (!news) return {400, news.error().message};
    if (const auto* ignored = std::get_if<Ignored>(&news->what)) return {200, ignored->why};
    const bool git = !trigger.source_action.empty();
    // What was pushed is seen by looking, so that no push is started twice.
    if (git && !std::holds_alternative<PullRequest>(news->what)) return look_at(pipeline, trigger);
    return start_by_webhook(pipeline, trigger, *news);
  }

  // Under no lock. The number of watches that are looked at now.
  template <class Means>
  std::size_t look_where(const Means& means) {
    const std::lock_guard hold(mutex_);
    std::size_t count = 0;
    for (auto& [name, watched] : all_)
      for (auto& watch : watched.git)
        if (means(watched, watch)) {
          watch.next_ms = 0;
          ++count;
        }
    if (count > 0) wake();
    return count;
  }

  // The watch's thread.
  void refs_changed(const std::string& directory) {
    look_where([&](const Watched&, const GitWatch& watch) { return watch.directory == directory; });
  }

  // Before a repository is looked at: what changes from here on is told. False: it has to be
  // polled.
  bool watch_files(const Question& question) {
    const auto directory = files_ ? git_directory(question.url) : "";
    if (directory.empty() || !tells_changes(directory)) return false;
    {
      const std::lock_guard hold(mutex_);
      const auto found = all_.find(question.pipeline);
      if (found == all_.end()) return false;
      for (auto& watch : found->second.git)
        if (watch.url == question.url) watch.directory = directory;
    }
    const auto added = files_->add(directory);
    if (!added && !std::exchange(told_no_files_, true))
      parts_.log(added.error().text() + "; such repositories are polled");
    return static_cast<bool>(added);
  }

  void forget_files() {
    if (!files_) return;
    std::set<std::string> wanted;
    {
      const std::lock_guard hold(mutex_);
      for (const auto& [name, watched] : all_)
        for (const auto& watch : watched.git)
          if (!watch.directory.empty()) wanted.insert(watch.directory);
    }
    files_->keep_only(wanted);
  }

  // Sleeps until `step` says or somebody wakes it.
  template <class Step>
  void serve(Step step, bool& wanted) {
    for (;;) {
      const auto next_ms = step();
      std::unique_lock hold(mutex_);
      const auto ready = [&] { return stopping_ || wanted; };
      if (next_ms == kNever) {
        changed_.wait(hold, ready);
      } else {
        const auto wait_ms = std::clamp<std::int64_t>(next_ms - parts_.now_ms(), 0, 3'600'000);
        changed_.wait_for(hold, std::chrono::milliseconds(wait_ms), ready);
      }
      if (stopping_) return;
    }
  }

  // False: what was decided is not durable, and nothing may be started by it.
  bool keep(const Watched& watched) {
    const auto saved = save_memory(watched.file, watched.memory);
    if (!saved) parts_.log("triggers of " + watched.pipeline + ": " + saved.error().text());
    return static_cast<bool>(saved);
  }

  std::int64_t look_at_times(Watched& watched, std::int64_t now_ms) {
    std::int64_t next_ms = kNever;
    const auto before = watched.memory;
    bool starts = false;
    for (const auto& time : watched.times) {
      const auto turn = look_at_schedule(watched.memory, time.key, time.schedule, now_ms);
      if (turn.next_ms) next_ms = std::min(next_ms, *turn.next_ms);
      if (!turn.starts) continue;
      starts = true;
      decide_start(watched.memory, {"CloudWatchEvent", time.arn}, {});
    }
    if (starts && !keep(watched)) {
      watched.memory = before;
      next_ms = now_ms + kRetry_ms;
    }
    return next_ms;
  }

  void hand_over(const std::string& pipeline, const PendingStart& pending) {
    StartExecution start;
    start.trigger = pending.trigger;
    start.source_revisions = pending.source_revisions;
    start.client_token = pending.token;
    parts_.start(pipeline, std::move(start),
                 [acknowledgements = acknowledgements_, pipeline, token = pending.token](
                     Started started, const std::string& why) {
                   const std::lock_guard hold(acknowledgements->mutex);
                   acknowledgements->arrived.push_back({pipeline, token, why, started});
                   acknowledgements->wake();
                 });
  }

  void acknowledge(const std::vector<Acknowledgement>& arrived) {
    for (const auto& each : arrived) {
      const auto found = all_.find(each.pipeline);
      if (found == all_.end()) continue;
      auto& watched = found->second;
      watched.in_hand.erase(each.token);
      if (each.started == Started::kLater) {
        watched.retry_ms = parts_.now_ms() + kRetry_ms;
        continue;
      }
      watched.start_trouble = each.started == Started::kRefused ? "not started: " + each.why : "";
      if (each.started == Started::kRefused)
        parts_.log("pipeline " + each.pipeline + " was not started: " + each.why);
      std::erase_if(watched.memory.pending,
                    [&](const auto& start) { return start.token == each.token; });
      keep(watched);
    }
  }

  // Whoever has news of it while it is asked makes it be asked again.
  Question question(const Watched& watched, GitWatch& watch) const {
    watch.next_ms = kNever;
    Question question{watched.pipeline,  watch.key,          watch.url,     watch.own_branch,
                      mirror(watch.url), watched.generation, watch.trigger, std::nullopt};
    const auto known = watched.memory.repositories.find(watch.key);
    if (known != watched.memory.repositories.end()) question.before = known->second;
    return question;
  }

  [[nodiscard]] std::string mirror(const std::string& url) const {
    return parts_.directory + "/mirrors/" + std::to_string(std::hash<std::string>()(url)) + ".git";
  }

  void answer(const Question& question, const Result<Finding>& finding, bool by_files) {
    const std::lock_guard hold(mutex_);
    const auto found = all_.find(question.pipeline);
    if (found == all_.end() || found->second.generation != question.generation) return;
    auto& watched = found->second;
    for (auto& watch : watched.git) {
      if (watch.key != question.key) continue;
      const bool taken = finding && take(watched, question, *finding);
      watch.trouble = finding ? "" : finding.error().text();
      if (!finding && !stopping_)
        parts_.log("pipeline " + question.pipeline + ": " + watch.trouble);
      if (finding) watch.seen_branch = finding->own_branch;
      watch.by_files = by_files;
      watch.failures = taken ? 0 : std::min(watch.failures + 1, 16);
      watch.next_ms = std::min(watch.next_ms, next_look(watch, parts_.now_ms(), random_));
    }
  }

  bool take(Watched& watched, const Question& question, const Finding& finding) {
    if (question.before == finding.refs) return true;
    const auto before = watched.memory;
    watched.memory.repositories[question.key] = finding.refs;
    const auto& action = question.trigger.source_action;
    for (const auto& push : finding.wanted) {
      decide_start(watched.memory, {"PollForSourceChanges", action},
                   {{action, "COMMIT_ID", push.commit}});
    }
    if (keep(watched)) {
      wake_starts();
      return true;
    }
    watched.memory = before;
    return false;
  }

  void wake_starts() {
    woken_ = true;
    changed_.notify_all();
  }

  std::optional<TriggerDeclaration> find_webhook(const std::string& pipeline,
                                                 const std::string& name) const {
    const std::lock_guard hold(mutex_);
    const auto found = all_.find(pipeline);
    if (found == all_.end()) return std::nullopt;
    for (const auto& trigger : found->second.webhooks)
      if (trigger.webhook.name == name) return trigger;
    return std::nullopt;
  }

  WebhookAnswer look_at(const std::string& pipeline, const TriggerDeclaration& trigger) {
    const std::lock_guard hold(mutex_);
    const auto found = all_.find(pipeline);
    if (found == all_.end()) return {404, "there is no such webhook"};
    for (auto& watch : found->second.git)
      if (watch.trigger.source_action == trigger.source_action) watch.next_ms = 0;
    wake();
    return {202, "looking"};
  }

  WebhookAnswer start_by_webhook(const std::string& pipeline, const TriggerDeclaration& trigger,
                                 const WebhookNews& news) {
    std::vector<SourceRevision> revisions;
    const auto* pull = std::get_if<PullRequest>(&news.what);
    if (pull != nullptr) {
      const auto wanted = wants(pipeline, trigger, *pull);
      if (!wanted) return {503, wanted.error().message};
      if (!*wanted) return {200, "no filter wants this pull request"};
      revisions.push_back({trigger.source_action, "COMMIT_ID", pull->commit});
    }
    const std::lock_guard hold(mutex_);
    const auto found = all_.find(pipeline);
    if (found == all_.end()) return {404, "there is no such webhook"};
    if (stopping_) return {503, "the server is stopping; try again"};
    auto& watched = found->second;
    const auto before = watched.memory;
    if (!first_delivery(watched.memory, news.delivery)) return {200, "this delivery is known"};
    decide_start(watched.memory,
                 {pull != nullptr ? "WebhookV2" : "Webhook",
                  "arn:aws:codepipeline:" + parts_.region + ":" + parts_.account +
                      ":webhook:" + trigger.webhook.name},
                 std::move(revisions));
    if (!keep(watched)) {
      watched.memory = before;
      return {503, "the start cannot be written down; try again"};
    }
    wake();
    return {202, "starting"};
  }

  Result<bool> wants(const std::string& pipeline, const TriggerDeclaration& trigger,
                     const PullRequest& pull) const {
    std::string url;
    bool local = false;
    {
      const std::lock_guard hold(mutex_);
      const auto found = all_.find(pipeline);
      if (found == all_.end()) return false;
      for (const auto& watch : found->second.git) {
        if (watch.trigger.source_action != trigger.source_action) continue;
        url = watch.url;
        local = watch.local;
      }
    }
    const Repository repository(url, mirror(url), [this] { return stopping_.load(); });
    return wants_pull_request(trigger, pull, repository, side(local).mirrors);
  }

  const TriggerParts parts_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Watched> all_;
  std::uint64_t generation_ = 0;
  bool woken_ = false;
  mutable std::array<Side, 2> sides_;
  std::atomic<bool> stopping_{false};  // changes under the lock
  std::optional<FileWatch> files_;     // of the thread that looks here
  bool told_no_files_ = false;         // as well
  std::minstd_rand random_{std::random_device{}()};
  std::shared_ptr<Acknowledgements> acknowledgements_ = std::make_shared<Acknowledgements>();
  std::vector<std::thread> threads_;
};

TriggerService::TriggerService(TriggerParts parts)
    : room_(std::make_unique<Room>(std::move(parts))) {}
TriggerService::~TriggerService() {
  stop();
}
Result<void> TriggerService::set(const PipelineDeclaration& pipeline, std::uint64_t events) {
  return room_->set(pipeline, events);
}
void TriggerService::remove(const std::string& pipeline) {
  room_->remove(pipeline);
}
void TriggerService::run() {
  room_->run();
}
void TriggerService::stop() {
  room_->stop();
}
std::size_t TriggerService::look_now(const std::string& repository, const std::string& pipeline) {
  return room_->look_now(repository, pipeline);
}
std::vector<TriggerState> TriggerService::list(const std::string& pipeline) const {
  return room_->list(pipeline);
}
void TriggerService::event(std::uint64_t sequence, std::string_view event_json,
                           std::string_view cause_detail) {
  room_->event(sequence, event_json, cause_detail);
}
std::uint64_t TriggerService::events_seen() const {
  return room_->events_seen();
}
WebhookAnswer TriggerService::webhook(const std::string& pipeline, const std::string& name,
                                      const WebhookCall& call) {
  return room_->webhook(pipeline, name, call);
}
std::int64_t TriggerService::turn() {
  return room_->turn();
}
std::int64_t TriggerService::look() {
  return room_->look();
}

}  // namespace sluice::triggers
