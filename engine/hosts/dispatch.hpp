// The pool's thread. Three things are kept here, each in a file of its own:
//   plugins and where their waiting jobs go         dispatch_place.cpp
//   calls: a job from its arrival to its report     dispatch_calls.cpp
//   hosts: a process from its start to its end      dispatch_hosts.cpp
// Everything but start(), cancel() and stop() runs on the loop's thread.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/hosts/event_loop.hpp"
#include "engine/hosts/host_pool.hpp"
#include "engine/hosts/host_process.hpp"
#include "engine/hosts/io_threads.hpp"
#include "engine/hosts/job_log.hpp"
#include "engine/hosts/process_end.hpp"
#include "sdk/wire/secret_budget.hpp"

namespace sluice {

class Dispatch {
 public:
  Dispatch(HostPoolOptions options, ReportSink sink, Workspace workspace);
  ~Dispatch();
  // Any thread; nothing is started or reported any more. The destructor waits for what goes on.
  void stop();
  void start(Job job);
  void cancel(const std::string& pipeline, const ActionKey& key);

 private:
  using Number = std::uint64_t;

  struct Plugin {
    std::string path;
    std::deque<Number> waiting;  // calls
    std::vector<Number> hosts;   // started and not ending
    std::vector<Number> idle;    // of them
    unsigned starting = 0;       // of them
    double usual_us = -1;        // how long its runs take; below 0: not known
    unsigned crashes = 0;        // in a row
    std::int64_t not_before_ms = 0;
    std::optional<EventLoop::Timer> again;
  };
  struct Type {
    const ActionTypeDescription* description = nullptr;
    Plugin* plugin = nullptr;
    wire::Pairs defaults;
    std::string state;  // its state directory, once made
    bool prepared = false;
  };
  // A log pipe of a host: one run after the other has it.
  struct Pipe {
    int read = -1;  // below 0: no more to be used
    EventLoop::Token token = 0;
    Number call = 0;
  };
  enum class Step { kPreparing, kWaiting, kSent, kPacking };
  struct Call {
    Number number = 0;
    Job job;
    Type* type = nullptr;
    Step step = Step::kPreparing;
    Number host = 0;  // while kSent
    bool unwanted = false, timed_out = false, ending = false;
    std::string directory;  // of its artifacts, or ""
    RunDirectories where;
    Masker masker;
    wire::SecretBudget secrets;  // of those that the run has told
    std::optional<JobLog> log;
    Pipe* pipe = nullptr;  // of its host, while kSent
    std::optional<EventLoop::Timer> deadline, force;
    std::int64_t allowed_ms = 0;
    std::int64_t waiting_since_ms = 0;  // while kWaiting, and told once it has been said
    bool told_waiting = false;
  };
  enum class Life { kStarting, kReady, kEnding };
  struct Host {
    explicit Host(HostProcess from) : process(std::move(from)) {}
    HostProcess process;
    Number number = 0;
    Plugin* plugin = nullptr;
    Life life = Life::kStarting;
    std::string directory, cookie;
    EventLoop::Token socket_token = 0, pid_token = 0;
    std::optional<EventLoop::Timer> start_limit;
    unsigned served = 0;
    std::int64_t since_ms = 0;  // when its oldest run began, as far as we know
    bool dirty = false, blocked = false, withdrawing = false, never_ready = false;
    bool talkative = false;                  // it has told more secrets than it may
    std::string refused, why;                // what it said of itself, what we say of it
    std::optional<wire::Progress> progress;  // of the messages in hand: not told yet
    std::deque<Pipe> pipes;                  // in the order in which the host got them
  };

  // dispatch_place.cpp
  void place(Plugin& plugin);
  void place_all();
  bool place_one(Plugin& plugin);
  Host* host_ahead(Plugin& plugin);
  bool make_room(const Plugin& plugin);
  void became_idle(Host& host);
  void watch_for_stuck();
  void watch_waiting();
  void tell_waiting();
  void say(const Call& call, std::string summary);
  [[nodiscard]] bool is_quick(const Plugin& plugin) const;

  // dispatch_calls.cpp
  void accept(Job job);
  void prepare(Call& call);
  void prepared(Number number, Result<RunDirectories> where);
  bool send(Call& call, Host& host);
  bool give_pipe(Call& call, Host& host, wire::Run& run, int& write_end);
  void close_pipe(Pipe& pipe);
  void read_log(Call& call, std::size_t most_bytes);
  void show_log(Call& call, std::string_view bytes);
  void close_log(Call& call);
  void finish(Call& call, wire::Finished finished);
  void packed(Number number, wire::Finished finished, Result<std::vector<ArtifactRef>> outputs);
  void end_call(Call& call, Input report);
  void fail(Call& call, FailureKind kind, std::string code, std::string message);
  void stop_call(Call& call);
  void deadline_passed(Number number);
  void force(Number number);
  void fail_timed_out(Call& call, const std::string& how);
  const std::string& state_directory(Call& call);

  // dispatch_hosts.cpp
  void start_next_ahead();
  bool launch(Plugin& plugin);
  void on_socket(Number number, std::uint32_t events);
  void on_message(Host& host, wire::ToEngine&& message);
  void on_ready(Host& host);
  void tell_progress(Host& host);
  bool learn_secrets(Host& host);
  void on_secret(Host& host, const wire::Secret& secret);
  void on_finished(Host& host, wire::Finished finished);
  void on_withdrawn(Host& host, Number run);
  void mark_dirty(Host& host);
  void flush();
  void retire(Host& host);
  // why: what we found wrong with it, or "". It gets patience_ms to end by itself.
  void end_host(Host& host, std::string why, int patience_ms, bool sweep);
  void host_ended(Number number, ProcessEnd end);
  void blame(Call& call, const Host& host, ProcessEnd end);
  void start_failed(Host& host, ProcessEnd end);
  void back_off(Plugin& plugin);
  void return_to_waiting(Host& host);

  const HostPoolOptions options_;
  const ReportSink sink_;
  const unsigned cores_, idle_hosts_;
  std::map<std::string, Plugin> plugins_;  // by path
  std::map<ActionTypeId, Type> types_;
  std::unordered_map<Number, std::unique_ptr<Call>> calls_;
  std::unordered_map<Number, std::unique_ptr<Host>> hosts_;
  std::vector<Number> dirty_;
  Number next_ = 1;
  std::size_t waiting_ = 0, idle_ = 0, starting_ = 0;
  std::size_t ahead_ = 0;  // of options_.start_ahead: looked at
  std::optional<EventLoop::Timer> stuck_timer_, waiting_timer_;
  bool stopping_ = false;

  Workspace workspace_;
  EventLoop loop_;
  std::unique_ptr<IoThreads> io_;
  std::thread thread_;
};

}  // namespace sluice
