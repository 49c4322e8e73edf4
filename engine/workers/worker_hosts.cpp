#include "engine/workers/worker_hosts.hpp"

#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/hosts/event_loop.hpp"
#include "engine/workers/engine_ledger.hpp"
#include "engine/workers/worker_process.hpp"

namespace sluice {

using namespace workers;

namespace {

constexpr std::size_t kFullPayload = 256 * 1024;  // then the next payload is begun
constexpr std::int64_t kFirstDelayMs = 50;        // doubled from one failure to the next
constexpr std::int64_t kGoodLifeMs = 1000;        // a worker that lived so long is no failure
constexpr std::int64_t kReconnectMs = 100;        // to a worker that has broken the connection
constexpr std::int64_t kRecordAgainMs = 250;      // after a disk that took no record

}  // namespace

struct WorkerHosts::Loop {
  const WorkerHostsOptions options;
  const SettlingSink sink;
  EventLoop loop;
  EngineLedger ledger;

  std::optional<WorkerProcess> process;
  EventLoop::Token process_token = 0;
  std::unique_ptr<EngineChannel> channel;
  EventLoop::Token channel_token = 0, loss_token = 0;
  std::optional<EventLoop::Timer> answer_limit, look_again, record_again;
  bool hello_said = false, stopping = false;
  std::int64_t since_ms = 0, worker_pid = 0;
  int failures = 0;  // in a row

  std::mutex mutex;
  std::vector<std::uint64_t> settled;  // tickets that the engine has given back
  Standing standing;
  std::thread thread;

  Loop(WorkerHostsOptions with, SettlingSink into, std::optional<Uuid> recorded)
      : options(std::move(with)), sink(std::move(into)), ledger(recorded, options.most_waiting) {}

  void say(const std::string& line) const {
    if (options.say) options.say(line);
  }

  void run() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    look();
    after_round();
    loop.run([this] { return stopping; }, [this] { after_round(); });
    if (channel) {
      std::string payload;
      if (append(payload, ToWorker(Goodbye{"the engine ends"}))) channel->send(payload);
    }
    close_channel();
  }

  // The channel gives no sign that something has come before it has been asked once, and sending
  // may take the sign away, hence the order and the loop.
  void after_round() {
    if (!process && !channel && !look_again && ledger.needs_worker()) look();
    do {
      while (receive()) {
      }
      deliver();
      record();
    } while (send());
    const std::lock_guard lock(mutex);
    standing = {ledger.in_session(), worker_pid, ledger.waiting(), ledger.sent()};
  }

  // Finding and watching the worker.

  void look() {
    if (options.command.empty()) return connect();
    auto found = WorkerProcess::find(options.leases);
    if (!found) return try_later(found.error().text());
    if (*found) return attach(std::move(**found));
    auto started = WorkerProcess::start(options.command, options.files.log());
    if (!started) return try_later(started.error().text());
    attach(std::move(*started));
  }

  void try_later(const std::string& why) {
    const std::int64_t delay_ms =
        std::min(options.most_delay_ms, kFirstDelayMs << std::min(failures++, 20));
    say("no worker: " + why + "; the next attempt is in " + std::to_string(delay_ms) + " ms");
    look_at(steady_ms() + delay_ms);
  }

  void look_at(std::int64_t when_ms) {
    if (look_again) loop.cancel(*look_again);
    look_again = loop.at(when_ms, [this] {
      look_again.reset();
      if (process) return connect();
      if (ledger.needs_worker()) look();
    });
  }

  void attach(WorkerProcess worker) {
    process.emplace(std::move(worker));
    worker_pid = process->pid();
    since_ms = steady_ms();
    process_token = loop.add(process->pidfd(), EPOLLIN, [this](std::uint32_t) { process_ended(); });
    connect();
  }

  void process_ended() {
    while (receive()) {  // what it has said before its end counts
    }
    loop.remove(process_token, process->pidfd());
    const std::string why = process->reap();
    const bool good = ledger.in_session() || steady_ms() - since_ms >= kGoodLifeMs;
    say("the worker, process " + std::to_string(worker_pid) + ", has ended" +
        (why.empty() ? "" : ": " + why + " (see " + options.files.log().string() + ")"));
    process.reset();
    worker_pid = 0;
    close_channel();
    if (good)
      failures = 0;
    else
      look_at(steady_ms() +
              std::min(options.most_delay_ms, kFirstDelayMs << std::min(failures++, 20)));
  }

  // Connecting.

  void connect() {
    auto connected = EngineChannel::connect(options.place);
    if (!connected) return try_later(connected.error().text());
    channel = std::move(*connected);
    channel_token = loop.add(channel->descriptor(), EPOLLIN, [](std::uint32_t) {});
    loss_token = loop.add(channel->loss_descriptor(), EPOLLIN, [this](std::uint32_t) {
      if (channel && channel->lost()) reconnect("the connection to the worker has broken");
    });
    say_hello();
  }

  void close_channel() {
    if (answer_limit) loop.cancel(*answer_limit);
    answer_limit.reset();
    if (!channel) return;
    loop.remove(channel_token, channel->descriptor());
    loop.remove(loss_token, channel->loss_descriptor());
    channel.reset();
    hello_said = false;
    ledger.session_over();
  }

  void reconnect(const std::string& why) {
    say(why);
    close_channel();
    look_at(steady_ms() + kReconnectMs);
  }

  // Not before everything that an earlier engine left has been named.
  void say_hello() {
    if (!channel || hello_said || !ledger.all_resumed()) return;
    hello_said = true;
    std::string payload;
    if (append(payload, ToWorker(Hello{kProtocol, options.engine, getpid(), options.program})))
      channel->send(payload);
    answer_limit = loop.at(steady_ms() + options.start_timeout_ms, [this] {
      answer_limit.reset();
      const bool ours = process && process->is_ours();
      say("the worker, process " + std::to_string(worker_pid) + ", does not answer" +
          (ours ? " and is killed" : ""));
      if (ours) process->kill();
    });
  }

  // Messages.

  bool receive() {
    if (!channel) return false;
    const auto payload = channel->receive();
    if (!payload) return false;
    auto decoded = decode_from_worker(*payload);
    for (FromWorker& message : decoded.messages) {
      std::visit([this](auto& alternative) { on(alternative); }, message);
      if (!channel) return false;
    }
    if (!decoded.why.empty()) reconnect("the worker sent something unreadable: " + decoded.why);
    return channel != nullptr;
  }

  void on(Welcome& welcome) {
    if (answer_limit) loop.cancel(*answer_limit);
    answer_limit.reset();
    worker_pid = welcome.pid;
    failures = 0;
    ledger.welcome(welcome);
    if (welcome.program != options.program) {
      say("the worker is of version " + welcome.program + " and is replaced when it is idle");
      ledger.renew();
    }
  }

  void on(Refused& refused) {
    if (answer_limit) loop.cancel(*answer_limit);
    answer_limit.reset();
    switch (refused.kind) {
      case RefusalKind::kHeld:  // it answers again when the other engine is gone
        return say("the worker waits for the end of process " + std::to_string(refused.holder));
      case RefusalKind::kVersion:
        return say(refused.message + "; nothing runs until it has ended: `kill " +
                   std::to_string(worker_pid) + "` ends it when its actions have");
      case RefusalKind::kMalformed:
        return reconnect("the worker refuses: " + refused.message);
    }
  }

  void on(Report& report) { ledger.receive(std::move(report)); }
  void on(Draining& /*draining*/) { ledger.worker_drains(); }

  void deliver() {
    for (auto& delivery : ledger.take_deliveries())
      sink(delivery.pipeline, input_of(std::move(delivery.outcome)),
           [this, ticket = delivery.ticket] { settle(ticket); });
  }

  // Any thread.
  void settle(std::uint64_t ticket) {
    bool first = false;
    {
      const std::lock_guard lock(mutex);
      first = settled.empty();
      settled.push_back(ticket);
    }
    if (first) loop.post([this] { take_settled(); });
  }

  void take_settled() {
    std::vector<std::uint64_t> tickets;
    {
      const std::lock_guard lock(mutex);
      tickets.swap(settled);
    }
    for (const std::uint64_t ticket : tickets) ledger.settled(ticket);
  }

  void record() {
    const auto instance = ledger.to_record();
    if (!instance || record_again) return;
    if (auto recorded = options.files.record_instance(*instance)) {
      ledger.recorded(*instance);
    } else {
      say(recorded.error().text() + "; no action is started before it can");
      record_again = loop.at(steady_ms() + kRecordAgainMs, [this] { record_again.reset(); });
    }
  }

  bool send() {
    if (!channel) return false;
    const std::vector<ToWorker> messages = ledger.take_messages();
    std::string payload;
    for (const ToWorker& message : messages) {
      if (!append(payload, message))
        if (const auto* const start = std::get_if<Start>(&message))
          ledger.too_large(name_of(start->job));
      if (payload.size() < kFullPayload) continue;
      channel->send(payload);
      payload.clear();
    }
    if (!payload.empty()) channel->send(payload);
    return !messages.empty();
  }
};

Result<std::unique_ptr<WorkerHosts>> WorkerHosts::open(WorkerHostsOptions options,
                                                       SettlingSink sink) {
  const auto recorded = options.files.recorded_instance();
  if (!recorded) return recorded.error();
  auto loop = std::make_unique<Loop>(std::move(options), std::move(sink), *recorded);
  Loop* const raw = loop.get();
  loop->thread = std::thread([raw] { raw->run(); });
  return std::unique_ptr<WorkerHosts>(new WorkerHosts(std::move(loop)));
}

WorkerHosts::WorkerHosts(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

WorkerHosts::~WorkerHosts() {
  loop_->loop.post([loop = loop_.get()] { loop->stopping = true; });
  loop_->thread.join();
}

void WorkerHosts::start(Job job) {
  loop_->loop.post(
      [loop = loop_.get(), job = std::move(job)]() mutable { loop->ledger.start(std::move(job)); });
}

void WorkerHosts::resume(Job job) {
  loop_->loop.post([loop = loop_.get(), job = std::move(job)]() mutable {
    loop->ledger.resume(std::move(job));
  });
}

void WorkerHosts::resumed() {
  loop_->loop.post([loop = loop_.get()] {
    loop->ledger.resumed();
    loop->say_hello();
  });
}

void WorkerHosts::cancel(const std::string& pipeline, const ActionKey& key) {
  loop_->loop.post([loop = loop_.get(), pipeline, key] { loop->ledger.cancel(pipeline, key); });
}

void WorkerHosts::renew() {
  loop_->loop.post([loop = loop_.get()] { loop->ledger.renew(); });
}

WorkerHosts::Standing WorkerHosts::standing() const {
  const std::lock_guard lock(loop_->mutex);
  return loop_->standing;
}

}  // namespace sluice
