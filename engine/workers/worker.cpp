#include "engine/workers/worker.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

namespace sluice {

using namespace workers;

namespace {

constexpr std::size_t kFullPayload = 256 * 1024;  // then the next payload is begun
constexpr std::int64_t kAcknowledgeMs = 2000;     // for an engine to settle what is left at the end

std::string count_text(std::size_t count, const char* what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

bool is_gone(int pidfd) {
  pollfd look = {pidfd, POLLIN, 0};
  return poll(&look, 1, 0) > 0;
}

}  // namespace

Result<std::unique_ptr<Worker>> Worker::open(WorkerOptions options) {
  auto lease = Lease::acquire(options.leases, "worker", "", 0);
  if (!lease) return lease.error();
  auto channel = WorkerChannel::bind(options.place);
  if (!channel) return channel.error();
  const auto make_hosts = options.make_hosts;
  std::unique_ptr<Worker> worker(
      new Worker(std::move(options), std::move(*lease), std::move(*channel)));
  Worker* const self = worker.get();
  auto hosts = make_hosts([self](const std::string& pipeline, Input report) {
    auto outcome = outcome_of(std::move(report));
    if (!outcome) return;
    self->loop_.post([self, pipeline, outcome = std::move(*outcome)]() mutable {
      self->ledger_.report(pipeline, std::move(outcome));
    });
  });
  if (!hosts) return hosts.error();
  worker->hosts_ = std::move(*hosts);
  return worker;
}

Worker::Worker(WorkerOptions options, Lease lease, std::unique_ptr<WorkerChannel> channel)
    : options_(std::move(options)),
      lease_(std::move(lease)),
      channel_(std::move(channel)),
      ledger_(options_.instance, options_.most_kept_bytes) {
  if (auto remains = options_.files.remains()) ledger_.inherit(std::move(*remains));
}

Worker::~Worker() {
  hosts_.reset();  // its reports go to the loop
  if (session_) close_session();
}

void Worker::say(const std::string& line) const {
  if (options_.say) options_.say(line);
}

Result<void> Worker::run() {
  (void)loop_.add(channel_->descriptor(), EPOLLIN, [](std::uint32_t) {});
  if (options_.signals >= 0)
    (void)loop_.add(options_.signals, EPOLLIN, [this](std::uint32_t) {
      signalfd_siginfo signal;
      if (read(options_.signals, &signal, sizeof signal) > 0)
        begin_drain(draining_, "asked to by a signal");
    });
  say("ready: instance " + to_text(options_.instance) +
      (ledger_.kept() == 0 ? std::string()
                           : ", with " + count_text(ledger_.kept(), "result") +
                                 " of the worker before it that no engine has taken"));
  after_round();
  loop_.run([this] { return ended_; }, [this] { after_round(); });
  return outcome_;
}

void Worker::drain(bool at_once) {
  loop_.post([this, at_once] { begin_drain(at_once, "asked to"); });
}

// Sending may take the channel's sign that something has come, hence the loop.
void Worker::after_round() {
  do {
    while (receive()) {
    }
  } while (send_reports());
  consider_end();
}

bool Worker::receive() {
  auto received = channel_->receive();
  if (!received) return false;
  auto decoded = decode_to_worker(received->payload);
  for (ToWorker& message : decoded.messages) on(received->peer, std::move(message));
  if (!decoded.why.empty()) {
    refuse(received->peer, RefusalKind::kMalformed, "a message cannot be read: " + decoded.why);
    if (session_ && session_->peer == received->peer)
      end_session("it sent something that is no message");
  }
  return true;
}

bool Worker::send_reports() {
  if (!session_) return false;
  const auto reports = ledger_.take_unsent();
  std::string payload;
  for (const Report* report : reports) {
    (void)append(payload, FromWorker(*report));  // smaller than any limit: plugin.h bounds it
    if (payload.size() < kFullPayload && report != reports.back()) continue;
    channel_->send(session_->peer, payload);
    payload.clear();
  }
  return !reports.empty();
}

void Worker::on(const std::string& peer, ToWorker message) {
  if (auto* const hello = std::get_if<Hello>(&message)) return on_hello(peer, std::move(*hello));
  // What an engine said before the present session began is over.
  if (!session_ || session_->peer != peer) return;
  if (auto* const start = std::get_if<Start>(&message))
    on_start(std::move(start->job));
  else if (const auto* const cancel = std::get_if<Cancel>(&message))
    on_cancel(cancel->job);
  else if (const auto* const settled = std::get_if<Settled>(&message))
    ledger_.settle(settled->numbers);
  else if (const auto* const drain = std::get_if<Drain>(&message))
    begin_drain(drain->at_once, "asked to by its engine");
  else if (const auto* const goodbye = std::get_if<Goodbye>(&message))
    end_session(goodbye->why);
}

void Worker::on_hello(const std::string& peer, Hello hello) {
  if (!skew_allowed(hello.protocol, kProtocol)) {
    refuse(peer, RefusalKind::kVersion,
           "this worker (sluice " + options_.program + ") speaks another protocol");
    return;
  }
  const bool other = session_ && session_->engine != hello.engine;
  if (other && (session_->pidfd < 0 || !is_gone(session_->pidfd))) {
    refuse(peer, RefusalKind::kHeld,
           "this worker works for the engine of process " + std::to_string(session_->pid));
    knock_ = Knock{peer, std::move(hello)};
    return;
  }
  welcome(peer, hello);
}

void Worker::welcome(const std::string& peer, const Hello& hello) {
  if (session_) close_session();
  knock_.reset();
  Session session{peer, hello.engine, hello.pid, -1, 0};
  if (hello.pid > 0) {
    session.pidfd = static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(hello.pid), 0));
    if (session.pidfd < 0) return;  // it is gone already
    session.token = loop_.add(session.pidfd, EPOLLIN,
                              [this](std::uint32_t) { end_session("its process has ended"); });
  }
  session_ = std::move(session);
  say("works for the engine of process " + std::to_string(hello.pid) + " (sluice " + hello.program +
      "); has " + count_text(ledger_.running_count(), "running job") + " and " +
      count_text(ledger_.kept(), "result"));
  send(Welcome{kProtocol, options_.instance, ledger_.ancestors(), getpid(), options_.program,
               options_.most_jobs, ledger_.jobs()});
  if (draining_) send(Draining{"the worker is ending"});
  ledger_.resend();
}

void Worker::refuse(const std::string& peer, RefusalKind kind, std::string message) {
  std::string payload;
  const std::int64_t holder = kind == RefusalKind::kHeld && session_ ? session_->pid : 0;
  if (append(payload, FromWorker(Refused{kProtocol, kind, holder, std::move(message)})))
    channel_->send(peer, payload);
}

void Worker::on_start(Job job) {
  if (draining_) return;  // the engine finds that it is not here, and gives it to the next one
  const auto taken = ledger_.take(name_of(job));
  if (taken == WorkerLedger::Taken::kKnown) return;
  if (taken == WorkerLedger::Taken::kReplaces) hosts_->cancel(job.pipeline, job.key);
  hosts_->start(std::move(job));
}

void Worker::on_cancel(const JobName& job) {
  if (ledger_.cancel(job)) hosts_->cancel(job.pipeline, job.key);
}

void Worker::close_session() {
  if (session_->pidfd >= 0) {
    loop_.remove(session_->token, session_->pidfd);
    close(session_->pidfd);
  }
  session_.reset();
}

void Worker::end_session(const std::string& why) {
  if (!session_) return;
  say("engine gone (" + why + "): " + count_text(ledger_.running_count(), "job") + " running, " +
      count_text(ledger_.kept(), "result") + " kept");
  close_session();
  if (!knock_) return;
  const Knock next = *std::exchange(knock_, std::nullopt);
  welcome(next.peer, next.hello);
}

void Worker::send(const FromWorker& message) {
  std::string payload;
  if (append(payload, message)) channel_->send(session_->peer, payload);
}

void Worker::begin_drain(bool at_once, const std::string& why) {
  if (!draining_) {
    say("ending, " + why + ": " + count_text(ledger_.running_count(), "job") + " still running");
    if (session_) send(Draining{why});
  }
  draining_ = true;
  if (idle_) loop_.cancel(*idle_);
  idle_.reset();
  if (at_once) ledger_.cut("the worker was stopped while the action ran");
  if (limit_) return;
  limit_ = loop_.at(steady_ms() + options_.drain_ms, [this] {
    ledger_.cut("the worker was stopped and the action did not end in time");
  });
}

// Whether it is done: nothing runs, and nothing is left or nobody is there to take it.
void Worker::consider_end() {
  const bool rests = ledger_.running_count() == 0;
  if (rests && draining_ && (ledger_.empty() || !session_)) {
    finish();
  } else if (rests && (draining_ || !session_)) {
    if (!idle_)
      idle_ = loop_.at(steady_ms() + (draining_ ? kAcknowledgeMs : options_.idle_exit_ms),
                       [this] { finish(); });
  } else if (idle_) {
    loop_.cancel(*idle_);
    idle_.reset();
  }
}

void Worker::finish() {
  if (ended_) return;
  ended_ = true;
  outcome_ = options_.files.leave(ledger_.remains());
  say(ledger_.kept() == 0
          ? std::string("ended")
          : "ended; " + count_text(ledger_.kept(), "result") + " left for the next worker");
}

}  // namespace sluice
