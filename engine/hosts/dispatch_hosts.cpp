// A host process from its start to its end.
#include <signal.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include "engine/hosts/dispatch.hpp"
#include "sdk/wire/exit_status.hpp"

namespace sluice {
namespace {

constexpr int kEndPatience_ms =
    2000;  // for a host that has said that it ends, or whose socket ended
constexpr unsigned kIoThreads = 4;
constexpr unsigned kFreeCrashes = 3;  // in a row, before a plugin's hosts are started with a delay
constexpr std::int64_t kMaxDelay_ms = 30000;

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string random_text() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::random_device random;
  std::string text;
  for (int i = 0; i < 16; ++i) text += kDigits[random() % 16];
  return text;
}

std::string signal_text(int signal) {
  const char* const name = sigdescr_np(signal);
  return "signal " + std::to_string(signal) + (name ? std::string(" (") + name + ")" : "");
}

}  // namespace

Dispatch::Dispatch(HostPoolOptions options, ReportSink sink, Workspace workspace)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      cores_(std::max(1u, std::thread::hardware_concurrency())),
      idle_hosts_(options_.idle_hosts > 0 ? options_.idle_hosts : 2 * cores_),
      workspace_(std::move(workspace)),
      io_(std::make_unique<IoThreads>(kIoThreads)) {
  for (const auto& description : options_.types) {
    Plugin& plugin = plugins_[description.plugin_path];
    plugin.path = description.plugin_path;
    Type& type = types_[description.id];
    type.description = &description;
    type.plugin = &plugin;
  }
  loop_.post([this] {
    start_next_ahead();
    io_->post([directory = options_.work_directory] { Workspace::remove_stale(directory); });
  });
  thread_ = std::thread([this] {
    loop_.run([this] { return stopping_ && calls_.empty() && hosts_.empty(); },
              [this] { flush(); });
  });
}

void Dispatch::stop() {
  loop_.post([this] {
    if (std::exchange(stopping_, true)) return;
    std::vector<Number> calls, idle;
    for (const auto& [number, call] : calls_) calls.push_back(number);
    for (const Number number : calls) {
      Call& call = *calls_.at(number);
      call.unwanted = true;
      stop_call(call);
    }
    for (const auto& [number, host] : hosts_)
      if (host->life != Life::kEnding && host->process.runs.empty()) idle.push_back(number);
    for (const Number number : idle) retire(*hosts_.at(number));
  });
}

Dispatch::~Dispatch() {
  stop();
  thread_.join();
  io_.reset();
}

void Dispatch::start(Job job) {
  loop_.post([this, job = std::move(job)]() mutable { accept(std::move(job)); });
}

void Dispatch::cancel(const std::string& pipeline, const ActionKey& key) {
  loop_.post([this, pipeline, key] {
    for (const auto& [number, call] : calls_) {
      if (call->job.key != key || call->job.pipeline != pipeline || call->unwanted) continue;
      call->unwanted = true;
      stop_call(*call);
      return;
    }
  });
}

// One after the other: starting a process holds up this thread, and the first one counts most. As
// many as may rest here afterwards.
void Dispatch::start_next_ahead() {
  while (ahead_ < options_.start_ahead.size() && !stopping_ && hosts_.size() < idle_hosts_) {
    const auto type = types_.find(options_.start_ahead[ahead_++]);
    if (type == types_.end() || !type->second.plugin->hosts.empty()) continue;
    launch(*type->second.plugin);
    return;
  }
}

// A process that cannot be started fails the job that waits for it, if there is one.
bool Dispatch::launch(Plugin& plugin) {
  const Number number = next_++;
  auto directory = workspace_.make("h" + std::to_string(number));
  HostLaunch launch{options_.host_program, plugin.path, directory ? *directory : "", random_text(),
                    options_.limits};
  auto process = directory ? HostProcess::launch(launch) : directory.error();
  if (!process) {
    back_off(plugin);
    if (plugin.waiting.empty()) return false;
    Call& call = *calls_.at(plugin.waiting.front());
    plugin.waiting.pop_front();
    --waiting_;
    fail(call, FailureKind::kTransient, "HostNotStarted", process.error().text());
    return false;
  }
  auto owned = std::make_unique<Host>(std::move(*process));
  Host& host = *owned;
  hosts_.emplace(number, std::move(owned));
  host.number = number;
  host.plugin = &plugin;
  host.directory = std::move(launch.directory);
  host.cookie = std::move(launch.cookie);
  plugin.hosts.push_back(number);
  ++plugin.starting;
  ++starting_;
  const auto ready = [this, number](std::uint32_t events) { on_socket(number, events); };
  host.socket_token = loop_.add(host.process.socket(), EPOLLIN, ready);
  host.pid_token = loop_.add(host.process.pidfd(), EPOLLIN,
                             [this, number](std::uint32_t) { on_socket(number, EPOLLHUP); });
  host.start_limit = loop_.at(steady_ms() + options_.start_timeout_ms, [this, number] {
    Host& late = *hosts_.at(number);
    late.start_limit.reset();
    end_host(late, "it was not ready after " + std::to_string(options_.start_timeout_ms) + " ms", 0,
             true);
  });
  return true;
}

void Dispatch::on_socket(Number number, std::uint32_t events) {
  const auto found = hosts_.find(number);
  if (found == hosts_.end() || found->second->life == Life::kEnding) return;
  Host& host = *found->second;
  bool alive = host.process.receive([&](wire::ToEngine&& message) {
    if (host.life != Life::kEnding) on_message(host, std::move(message));
  });
  tell_progress(host);
  if (host.life == Life::kEnding) return;
  if (!host.process.garbage().empty()) {
    end_host(host,
             "it wrote something to its protocol descriptor that is no message (" +
                 host.process.garbage() + ")",
             0, true);
    return;
  }
  if (host.talkative) {
    end_host(host, "it hid more secrets than a run may", 0, true);
    return;
  }
  if ((events & EPOLLHUP) != 0) alive = false;  // the process may have left its socket to a child
  if (!alive) {
    end_host(host, "", kEndPatience_ms, true);
  } else if ((events & EPOLLOUT) != 0) {
    mark_dirty(host);
  }
}

void Dispatch::on_message(Host& host, wire::ToEngine&& message) {
  if (auto* const finished = std::get_if<wire::Finished>(&message)) {
    on_finished(host, std::move(*finished));
  } else if (auto* const progress = std::get_if<wire::Progress>(&message)) {
    host.progress = std::move(*progress);
  } else if (const auto* const withdrawn = std::get_if<wire::Withdrawn>(&message)) {
    on_withdrawn(host, withdrawn->run);
  } else if (const auto* const refused = std::get_if<wire::Refused>(&message)) {
    host.refused = refused->message;
  } else if (const auto* const secret = std::get_if<wire::Secret>(&message)) {
    on_secret(host, *secret);
  } else if (host.life == Life::kStarting) {
    on_ready(host);
  }
}

void Dispatch::on_secret(Host& host, const wire::Secret& secret) {
  const auto found = calls_.find(secret.run);
  if (found == calls_.end() || found->second->host != host.number) return;
  Call& call = *found->second;
  if (call.secrets.take(secret.value))
    call.masker.add(secret.value);
  else
    host.talkative = true;
}

// A run tells a secret before it writes a line that shows it, but the log has a pipe of its own:
// what has been read from there may only be shown after a look into the socket. A host that has
// answered, or whose end has begun, has been looked at. True: there is more in the socket than
// secrets, which comes as an event of its own.
bool Dispatch::learn_secrets(Host& host) {
  if (host.process.socket() < 0) return false;
  const auto use = [this, &host](const wire::Secret& secret) { on_secret(host, secret); };
  if (!host.process.receive_secrets(use) && !host.talkative) return false;
  loop_.post([this, number = host.number] { on_socket(number, 0); });
  return true;
}

// The last word of several, and none about a run whose end has come with it.
void Dispatch::tell_progress(Host& host) {
  if (!host.progress) return;
  const wire::Progress progress = *std::exchange(host.progress, std::nullopt);
  const auto found = calls_.find(progress.run);
  if (found == calls_.end() || found->second->host != host.number || found->second->unwanted ||
      found->second->step != Step::kSent)
    return;
  const Call& call = *found->second;
  sink_(call.job.pipeline, ReportProgress{call.job.key,
                                          progress.percent,
                                          {valid_utf8(progress.external_id),
                                           shown_text(progress.external_url, call.masker),
                                           shown_text(progress.summary, call.masker), ""}});
}

void Dispatch::on_ready(Host& host) {
  host.life = Life::kReady;
  --host.plugin->starting;
  --starting_;
  if (host.start_limit) loop_.cancel(*host.start_limit);
  host.start_limit.reset();
  became_idle(host);
  start_next_ahead();
}

void Dispatch::on_finished(Host& host, wire::Finished finished) {
  auto& runs = host.process.runs;
  if (runs.empty() || runs.front() != finished.run) {
    end_host(host, "it answered a run that it did not have", 0, true);
    return;
  }
  runs.pop_front();
  ++host.served;
  host.since_ms = steady_ms();
  Plugin& plugin = *host.plugin;
  plugin.crashes = 0;
  const auto took = static_cast<double>(finished.run_us);
  plugin.usual_us = plugin.usual_us < 0 ? took : 0.8 * plugin.usual_us + 0.2 * took;
  if (!finished.trash.empty() && finished.trash.starts_with(host.directory + "/trash-"))
    io_->post([trash = finished.trash] { remove_tree(trash); });
  const bool retiring = finished.retiring;
  if (retiring) {
    end_host(host, "", kEndPatience_ms, false);
    return_to_waiting(host);
  }
  Call& call = *calls_.at(finished.run);
  finish(call, std::move(finished));
  if (retiring)
    place(plugin);
  else if (runs.empty())
    became_idle(host);
}

void Dispatch::on_withdrawn(Host& host, Number run) {
  auto& runs = host.process.runs;
  const auto found = std::find(runs.begin(), runs.end(), run);
  if (found == runs.end()) return;
  runs.erase(found);
  Call& call = *calls_.at(run);
  close_log(call);
  call.step = Step::kWaiting;
  call.host = 0;
  call.type->plugin->waiting.push_front(run);
  ++waiting_;
  if (runs.size() <= 1) host.withdrawing = false;
  if (call.ending) {
    call.ending = false;
    stop_call(call);
  } else {
    place(*host.plugin);
  }
  if (runs.empty() && host.life == Life::kReady) became_idle(host);
}

void Dispatch::mark_dirty(Host& host) {
  if (host.dirty) return;
  host.dirty = true;
  dirty_.push_back(host.number);
}

void Dispatch::flush() {
  const auto dirty = std::move(dirty_);
  dirty_.clear();
  for (const Number number : dirty) {
    const auto found = hosts_.find(number);
    if (found == hosts_.end() || found->second->life == Life::kEnding) continue;
    Host& host = *found->second;
    host.dirty = false;
    if (!host.process.flush()) continue;  // its end comes as an event
    if (host.process.has_output() == host.blocked) continue;
    host.blocked = host.process.has_output();
    loop_.change(host.socket_token, host.process.socket(),
                 host.blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }
}

// For a host without runs: the end of its socket tells it to go.
void Dispatch::retire(Host& host) {
  end_host(host, "", kEndPatience_ms, false);
}

void Dispatch::end_host(Host& host, std::string why, int patience_ms, bool sweep) {
  if (host.life == Life::kEnding) return;
  Plugin& plugin = *host.plugin;
  if (host.life == Life::kStarting) {
    --plugin.starting;
    --starting_;
  }
  host.never_ready = host.life == Life::kStarting;
  host.life = Life::kEnding;
  if (host.start_limit) loop_.cancel(*host.start_limit);
  host.start_limit.reset();
  host.why = std::move(why);
  (void)learn_secrets(host);  // the rest of its log will be read
  std::erase(plugin.hosts, host.number);
  idle_ -= std::erase(plugin.idle, host.number);
  loop_.remove(host.socket_token, host.process.socket());
  loop_.remove(host.pid_token, host.process.pidfd());
  host.process.close_socket();
  io_->post([this, number = host.number, pid = host.process.pid(),
             pidfd = host.process.release_pidfd(), cookie = host.cookie, directory = host.directory,
             patience_ms, sweep] {
    const ProcessEnd end = end_process(pid, pidfd, cookie, patience_ms, sweep);
    remove_tree(directory);
    loop_.post([this, number, end] { host_ended(number, end); });
  });
}

void Dispatch::host_ended(Number number, ProcessEnd end) {
  const auto owned = std::move(hosts_.at(number));
  hosts_.erase(number);
  Host& host = *owned;
  Plugin& plugin = *host.plugin;
  if (host.never_ready && !stopping_) {
    start_failed(host, end);
  } else if (!host.process.runs.empty()) {
    Call& call = *calls_.at(host.process.runs.front());
    host.process.runs.pop_front();
    if (!call.unwanted && !call.timed_out) back_off(plugin);
    blame(call, host, end);
  }
  return_to_waiting(host);
  for (Pipe& pipe : host.pipes) close_pipe(pipe);
  if (stopping_) return;
  place(plugin);
  place_all();
}

// The runs behind the one that was going on had not begun.
void Dispatch::return_to_waiting(Host& host) {
  for (auto run = host.process.runs.rbegin(); run != host.process.runs.rend(); ++run) {
    Call& call = *calls_.at(*run);
    close_log(call);
    call.step = Step::kWaiting;
    call.host = 0;
    host.plugin->waiting.push_front(*run);
    ++waiting_;
    if (call.ending || stopping_) {
      call.ending = false;
      stop_call(call);
    }
  }
  host.process.runs.clear();
}

// The process ended under this call.
void Dispatch::blame(Call& call, const Host& host, ProcessEnd end) {
  const std::string plugin = "the plugin " + file_name(host.plugin->path);
  close_log(call);
  if (call.timed_out) {
    fail_timed_out(call, host.why.empty() ? "its process has ended" : host.why);
  } else if (!host.why.empty()) {
    fail(call, FailureKind::kMisbehaved, "PluginMisbehaved", plugin + " misbehaved: " + host.why);
  } else if (end.signalled && end.number == SIGKILL) {
    fail(call, FailureKind::kCrashed, "PluginCrashed",
         plugin + " was killed with signal 9: by somebody else, or because memory ran out");
  } else if (end.signalled) {
    fail(call, FailureKind::kCrashed, "PluginCrashed",
         plugin + " crashed with " + signal_text(end.number) +
             "; its log ends with the backtrace, if there was one to be had");
  } else if (end.number == wire::kLostDescriptors) {
    fail(call, FailureKind::kMisbehaved, "PluginMisbehaved",
         plugin + " misbehaved: it closed descriptors that belong to its host");
  } else {
    fail(call, FailureKind::kMisbehaved, "PluginMisbehaved",
         plugin + " misbehaved: it ended its process with exit(" + std::to_string(end.number) +
             ") instead of returning from run");
  }
}

// The process ended before it could take a run.
void Dispatch::start_failed(Host& host, ProcessEnd end) {
  Plugin& plugin = *host.plugin;
  back_off(plugin);
  std::string message = plugin.path + ": ";
  FailureKind kind = FailureKind::kCrashed;
  std::size_t victims = 1;
  if (!host.refused.empty()) {
    kind = FailureKind::kConfiguration;
    message += host.refused;
    victims = plugin.waiting.size();
  } else if (!host.why.empty()) {
    message += host.why;
  } else if (end.signalled) {
    message += "crashed with " + signal_text(end.number) + " while it was loaded";
  } else {
    message += "ended with exit status " + std::to_string(end.number) + " while it was loaded";
  }
  for (; victims > 0 && !plugin.waiting.empty(); --victims) {
    Call& call = *calls_.at(plugin.waiting.front());
    plugin.waiting.pop_front();
    --waiting_;
    fail(call, kind, kind == FailureKind::kCrashed ? "PluginCrashed" : "PluginRefused", message);
  }
}

void Dispatch::back_off(Plugin& plugin) {
  if (++plugin.crashes <= kFreeCrashes || plugin.again) return;
  const unsigned doublings = std::min(plugin.crashes - kFreeCrashes - 1, 16u);
  const std::int64_t delay = std::min<std::int64_t>(100ll << doublings, kMaxDelay_ms);
  plugin.not_before_ms = steady_ms() + delay;
  plugin.again = loop_.at(plugin.not_before_ms, [this, &plugin] {
    plugin.again.reset();
    place(plugin);
  });
}

}  // namespace sluice
