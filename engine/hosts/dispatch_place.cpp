// Which host gets which waiting job, and when another host is started.
#include <algorithm>

#include "engine/hosts/dispatch.hpp"

namespace sluice {
namespace {

constexpr double kQuick_us = 1000;     // runs below this are queued ahead
constexpr std::int64_t kStuck_ms = 5;  // behind a run of more than this a queued job is taken back

}  // namespace

bool Dispatch::is_quick(const Plugin& plugin) const {
  return plugin.usual_us >= 0 && plugin.usual_us < kQuick_us;
}

void Dispatch::place(Plugin& plugin) {
  while (!plugin.waiting.empty() && place_one(plugin)) {
  }
}

void Dispatch::place_all() {
  if (waiting_ == 0) return;
  for (auto& [path, plugin] : plugins_) place(plugin);
}

// True if a waiting job found its host.
bool Dispatch::place_one(Plugin& plugin) {
  Host* host = nullptr;
  if (!plugin.idle.empty()) {
    host = hosts_.at(plugin.idle.back()).get();
    plugin.idle.pop_back();
    --idle_;
  } else {
    if (is_quick(plugin)) host = host_ahead(plugin);
    const std::size_t enough = is_quick(plugin) ? cores_ : options_.max_hosts;
    const bool useful = plugin.starting < plugin.waiting.size() && starting_ < 2 * cores_;
    if (useful && plugin.hosts.size() < enough && steady_ms() >= plugin.not_before_ms &&
        make_room(plugin))
      launch(plugin);
    if (!host || plugin.waiting.empty()) return false;
  }
  Call& call = *calls_.at(plugin.waiting.front());
  plugin.waiting.pop_front();
  --waiting_;
  if (!send(call, *host) && host->process.runs.empty() && host->life == Life::kReady)
    became_idle(*host);
  return true;
}

Dispatch::Host* Dispatch::host_ahead(Plugin& plugin) {
  Host* best = nullptr;
  for (const Number number : plugin.hosts) {
    Host& host = *hosts_.at(number);
    if (host.life != Life::kReady || host.withdrawing ||
        host.process.runs.size() >= options_.queue_ahead ||
        host.served + host.process.runs.size() >= options_.runs_per_host)
      continue;
    if (!best || host.process.runs.size() < best->process.runs.size()) best = &host;
  }
  return best;
}

// True if one more process may be started, perhaps after an idle one of another plugin has gone.
bool Dispatch::make_room(const Plugin& plugin) {
  if (hosts_.size() < options_.max_hosts) return true;
  for (auto& [path, other] : plugins_) {
    if (&other == &plugin || other.idle.empty()) continue;
    retire(*hosts_.at(other.idle.front()));
    return false;  // its end will place again
  }
  return false;
}

// A host that has answered all its runs.
void Dispatch::became_idle(Host& host) {
  host.withdrawing = false;
  if (stopping_ || host.served >= options_.runs_per_host) {
    retire(host);
    return;
  }
  Plugin& plugin = *host.plugin;
  plugin.idle.push_back(host.number);
  ++idle_;
  place(plugin);
  if (idle_ > idle_hosts_ && !plugin.idle.empty()) retire(*hosts_.at(plugin.idle.front()));
}

// Looks, as long as jobs are queued behind others, whether one of them is stuck.
void Dispatch::watch_for_stuck() {
  if (stuck_timer_) return;
  stuck_timer_ = loop_.at(steady_ms() + kStuck_ms, [this] {
    stuck_timer_.reset();
    bool ahead = false;
    for (auto& [number, host] : hosts_) {
      if (host->life != Life::kReady || host->process.runs.size() < 2) continue;
      ahead = true;
      if (host->withdrawing || steady_ms() - host->since_ms < kStuck_ms) continue;
      host->withdrawing = true;
      // From the back, so that those who come back keep their order.
      for (auto run = host->process.runs.rbegin(); run + 1 != host->process.runs.rend(); ++run)
        (void)host->process.queue(wire::Withdraw{*run});
      mark_dirty(*host);
    }
    if (ahead) watch_for_stuck();
  });
}

// As long as jobs wait that have not said so, looks again when the next of them is due.
void Dispatch::watch_waiting() {
  if (waiting_timer_) return;
  waiting_timer_ = loop_.at(steady_ms() + options_.tell_waiting_ms, [this] {
    waiting_timer_.reset();
    tell_waiting();
  });
}

void Dispatch::tell_waiting() {
  bool more = false;
  for (auto& [path, plugin] : plugins_) {
    for (const Number number : plugin.waiting) {
      Call& call = *calls_.at(number);
      if (call.told_waiting) continue;
      if (steady_ms() - call.waiting_since_ms < options_.tell_waiting_ms / 2) {
        more = true;
        continue;
      }
      call.told_waiting = true;
      say(call, "waits for a host process: " + std::to_string(hosts_.size()) + " of " +
                    std::to_string(options_.max_hosts) + " are there, and busy");
    }
  }
  if (more) watch_waiting();
}

void Dispatch::say(const Call& call, std::string summary) {
  if (call.unwanted) return;
  sink_(call.job.pipeline, ReportProgress{call.job.key, -1, {"", "", std::move(summary), ""}});
}

}  // namespace sluice
