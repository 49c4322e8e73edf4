// A job from its arrival to its report.
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string_view>
#include <vector>

#include "engine/hosts/dispatch.hpp"

namespace sluice {
namespace {

constexpr std::size_t kLogPiece =
    256 * 1024;  // read from one job before the others have their turn
constexpr std::size_t kLogRest = 1024 * 1024;  // read at most after a job has ended

std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string duration_text(std::int64_t ms) {
  if (ms % 60000 == 0 && ms > 0) return std::to_string(ms / 60000) + "m";
  if (ms >= 10000) return std::to_string((ms + 500) / 1000) + "s";
  return std::to_string(ms) + "ms";
}

std::string type_text(const ActionTypeId& type) {
  static constexpr const char* kCategories[] = {"",       "Source",   "Build",   "Test", "Deploy",
                                                "Invoke", "Approval", "Compute", "Rule"};
  return std::string(kCategories[static_cast<std::size_t>(type.category)]) + '/' + type.owner +
         '/' + type.provider + '@' + type.version;
}

}  // namespace

void Dispatch::accept(Job job) {
  if (stopping_) return;
  const auto type = types_.find(job.type);
  if (type == types_.end()) {
    const std::string message =
        "no plugin offers " + type_text(job.type) + ": `sluice plugin list` shows what there is";
    sink_(job.pipeline,
          make_failure(job, FailureKind::kConfiguration, "ActionTypeNotFound", message));
    return;
  }
  const Number number = next_++;
  auto owned = std::make_unique<Call>();
  Call& call = *owned;
  calls_.emplace(number, std::move(owned));
  call.number = number;
  call.job = std::move(job);
  call.type = &type->second;
  call.masker = secrets_of(call.job);
  if (!call.type->prepared) {
    call.type->prepared = true;
    call.type->defaults = defaults_of(call.type->description->configuration_schema);
  }
  if (waiting_ >= options_.max_waiting) {
    fail(call, FailureKind::kTransient, "TooManyJobs",
         std::to_string(waiting_) + " jobs are waiting for a process already");
    return;
  }
  if (call.job.deadline.ms != 0) {
    call.allowed_ms = std::max<std::int64_t>(0, call.job.deadline.ms - wall_ms());
    call.deadline =
        loop_.at(steady_ms() + call.allowed_ms, [this, number] { deadline_passed(number); });
  }
  if (call.job.inputs.empty() && call.job.outputs.empty())
    prepared(number, RunDirectories{});
  else
    prepare(call);
}

void Dispatch::prepare(Call& call) {
  call.directory = workspace_.root() + "/j" + std::to_string(call.number);
  io_->post([this, number = call.number, job = &call.job, directory = call.directory] {
    auto where = prepare_artifacts(*job, options_.artifacts, directory);
    loop_.post(
        [this, number, where = std::move(where)]() mutable { prepared(number, std::move(where)); });
  });
}

void Dispatch::prepared(Number number, Result<RunDirectories> where) {
  Call& call = *calls_.at(number);
  if (call.unwanted) {
    end_call(call, ReportFailure{});
  } else if (call.timed_out) {
    fail_timed_out(call, "its input artifacts were still being unpacked");
  } else if (!where) {
    fail(call, FailureKind::kTransient, "ArtifactUnavailable",
         "input artifact: " + where.error().text());
  } else {
    call.where = std::move(*where);
    call.where.state = state_directory(call);
    call.step = Step::kWaiting;
    call.waiting_since_ms = steady_ms();
    call.type->plugin->waiting.push_back(number);
    ++waiting_;
    place(*call.type->plugin);
    if (waiting_ > 0) watch_waiting();
  }
}

const std::string& Dispatch::state_directory(Call& call) {
  if (options_.state_of) return call.where.state = options_.state_of(call.job);
  Type& type = *call.type;
  if (type.state.empty()) {
    const auto& uses = type.description->uses;
    type.state = options_.state_directory + '/';
    for (const char c : uses) type.state += c == '/' ? '-' : c;
    type.state += '@' + type.description->id.version;
    std::error_code error;
    std::filesystem::create_directories(type.state, error);
  }
  return type.state;
}

// False if it could not be sent; then it has been reported.
bool Dispatch::send(Call& call, Host& host) {
  wire::Run run = make_run(call.number, call.job, call.where, call.type->defaults);
  int write_end = -1;
  if (!give_pipe(call, host, run, write_end)) {
    fail(call, FailureKind::kTransient, "TooManyFiles",
         std::string("no pipe for the log: ") + std::strerror(errno));
    return false;
  }
  if (!host.process.queue(std::move(run), write_end)) {
    // The host has not got the pipe, if it is a new one.
    if (write_end >= 0) {
      close_pipe(host.pipes.back());
      host.pipes.pop_back();
    } else {
      call.pipe->call = 0;
    }
    call.pipe = nullptr;
    fail(call, FailureKind::kConfiguration, "ConfigurationError",
         "the action's configuration and commands are larger than 4 MiB");
    return false;
  }
  call.log.emplace(call.masker, options_.max_log_bytes);
  call.step = Step::kSent;
  call.host = host.number;
  if (std::exchange(call.told_waiting, false))
    say(call, "began after " + duration_text(steady_ms() - call.waiting_since_ms) +
                  " of waiting for a host process");
  if (host.process.runs.empty())
    host.since_ms = steady_ms();
  else
    watch_for_stuck();
  host.process.runs.push_back(call.number);
  mark_dirty(host);
  return true;
}

// A pipe of the host that no run has, or a new one, whose write end travels with the message.
bool Dispatch::give_pipe(Call& call, Host& host, wire::Run& run, int& write_end) {
  for (std::size_t i = 0; i < host.pipes.size(); ++i) {
    Pipe& pipe = host.pipes[i];
    if (pipe.call != 0 || pipe.read < 0) continue;
    pipe.call = call.number;
    call.pipe = &pipe;
    run.log = static_cast<std::uint32_t>(i);
    return true;
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  write_end = ends[1];
  run.log = static_cast<std::uint32_t>(host.pipes.size());
  Pipe& pipe = host.pipes.emplace_back();
  pipe.read = ends[0];
  pipe.call = call.number;
  call.pipe = &pipe;
  // The pipe lives as long as the host, and is removed from the loop before.
  pipe.token = loop_.add(pipe.read, EPOLLIN, [this, &pipe](std::uint32_t) {
    if (pipe.call != 0)
      read_log(*calls_.at(pipe.call), kLogPiece);
    else
      close_pipe(pipe);  // somebody writes who should be gone, or the host is gone
  });
  return true;
}

void Dispatch::close_pipe(Pipe& pipe) {
  if (pipe.read < 0) return;
  loop_.remove(pipe.token, pipe.read);
  close(pipe.read);
  pipe.read = -1;
}

void Dispatch::read_log(Call& call, std::size_t most_bytes) {
  static thread_local std::vector<char> buffer(64 * 1024);
  for (std::size_t total = 0; call.pipe && call.pipe->read >= 0;) {
    if (total >= most_bytes) {
      // Its run is over, and the writing goes on: the next run shall not have this pipe.
      if (most_bytes == kLogRest) close_pipe(*call.pipe);
      return;
    }
    const ssize_t size = read(call.pipe->read, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {  // the writers are gone
      close_pipe(*call.pipe);
      return;
    }
    total += static_cast<std::size_t>(size);
    const bool more = most_bytes != kLogRest && learn_secrets(*hosts_.at(call.host));
    show_log(call, {buffer.data(), static_cast<std::size_t>(size)});
    if (more) return;
  }
}

void Dispatch::show_log(Call& call, std::string_view bytes) {
  const std::string lines = call.log->append(bytes);
  if (lines.empty()) return;
  if (options_.log) options_.log->append(call.job, lines);
  if (options_.observer && !call.unwanted) options_.observer(call.job, call.log->last_line());
}

// Takes what is in the pipe now, and gives the pipe back.
void Dispatch::close_log(Call& call) {
  if (!call.log) return;
  read_log(call, kLogRest);
  call.pipe->call = 0;
  call.pipe = nullptr;
  if (const std::string rest = call.log->finish(); !rest.empty() && options_.log)
    options_.log->append(call.job, rest);
  call.log.reset();
}

// The host has answered.
void Dispatch::finish(Call& call, wire::Finished finished) {
  close_log(call);
  if (call.timed_out) {
    fail_timed_out(call, "it ended when it was asked to");
  } else if (!call.unwanted && !call.job.outputs.empty() && has_succeeded(finished)) {
    call.step = Step::kPacking;
    io_->post([this, number = call.number, job = &call.job, where = &call.where,
               finished = std::move(finished)]() mutable {
      auto outputs = pack_artifacts(*job, options_.artifacts, *where);
      loop_.post(
          [this, number, finished = std::move(finished), outputs = std::move(outputs)]() mutable {
            packed(number, std::move(finished), std::move(outputs));
          });
    });
  } else {
    end_call(call, make_report(call.job, std::move(finished), {}, call.masker));
  }
}

void Dispatch::packed(Number number, wire::Finished finished,
                      Result<std::vector<ArtifactRef>> outputs) {
  Call& call = *calls_.at(number);
  if (outputs)
    end_call(call, make_report(call.job, std::move(finished), std::move(*outputs), call.masker));
  else
    fail(call, FailureKind::kTransient, "ArtifactNotStored",
         "output artifact: " + outputs.error().text());
}

void Dispatch::end_call(Call& call, Input report) {
  close_log(call);
  if (call.deadline) loop_.cancel(*call.deadline);
  if (call.force) loop_.cancel(*call.force);
  if (!call.directory.empty()) io_->post([directory = call.directory] { remove_tree(directory); });
  if (options_.log) options_.log->end(call.job);
  if (!call.unwanted) sink_(call.job.pipeline, std::move(report));
  const Number number = call.number;
  calls_.erase(number);
}

void Dispatch::fail(Call& call, FailureKind kind, std::string code, std::string message) {
  end_call(call, make_failure(call.job, kind, std::move(code), call.masker.mask(message)));
}

void Dispatch::fail_timed_out(Call& call, const std::string& how) {
  fail(call, FailureKind::kTimedOut, "TimedOut",
       "the action had " + duration_text(call.allowed_ms) + " and took longer; " + how);
}

void Dispatch::deadline_passed(Number number) {
  const auto found = calls_.find(number);
  if (found == calls_.end() || found->second->unwanted) return;
  found->second->deadline.reset();
  found->second->timed_out = true;
  stop_call(*found->second);
}

// Its end is wanted, because of `unwanted` or `timed_out`.
void Dispatch::stop_call(Call& call) {
  if (call.step == Step::kPreparing || call.step == Step::kPacking) return;  // ends soon by itself
  if (call.step == Step::kWaiting) {
    auto& waiting = call.type->plugin->waiting;
    waiting_ -= std::erase(waiting, call.number);
    if (call.timed_out)
      fail_timed_out(call, "it was still waiting for a free process");
    else
      end_call(call, ReportFailure{});
    return;
  }
  if (call.ending) return;
  call.ending = true;
  Host& host = *hosts_.at(call.host);
  (void)host.process.queue(wire::Withdraw{call.number});
  (void)host.process.queue(wire::Cancel{call.number});
  mark_dirty(host);
  call.force = loop_.at(steady_ms() + options_.cancel_grace_ms,
                        [this, number = call.number] { force(number); });
}

// It has been asked to end and goes on.
void Dispatch::force(Number number) {
  const auto found = calls_.find(number);
  if (found == calls_.end() || found->second->step != Step::kSent) return;
  Call& call = *found->second;
  call.force.reset();
  Host& host = *hosts_.at(call.host);
  if (host.life != Life::kReady) return;
  if (host.process.runs.front() != number) {  // another one is in its way
    call.force =
        loop_.at(steady_ms() + options_.cancel_grace_ms, [this, number] { force(number); });
    return;
  }
  kill(-host.process.pid(), SIGTERM);
  call.force = loop_.at(steady_ms() + options_.terminate_grace_ms, [this, number] {
    const auto again = calls_.find(number);
    if (again == calls_.end() || again->second->step != Step::kSent) return;
    again->second->force.reset();
    Host& stubborn = *hosts_.at(again->second->host);
    if (stubborn.life != Life::kEnding)
      end_host(stubborn, "it did not end when it was asked to and had to be killed", 0, true);
  });
}

}  // namespace sluice
