// Serves runs of one plugin, one at a time, on the thread that calls serve().
//
// The socket has one reader at a time: the main thread between runs, and during a run that takes
// longer than a moment a second thread, the watcher, so that cancellation and the end of the engine
// are noticed. A timer that each run arms and disarms wakes the watcher: a short run costs no
// thread switch, and an idle host has no wake-ups. One expiry may serve many short runs.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "sdk/host/plugin_library.hpp"
#include "sdk/host/run.hpp"
#include "sdk/wire/frame.hpp"
#include "sdk/wire/messages.hpp"

namespace sluice::host {

class Server {
 public:
  // socket: the protocol's descriptor. directory: the host's own, with nothing in it; runs work in
  // its subdirectory "run".
  Server(int socket, std::string directory);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Tells the engine what the library is or why it is refused, then serves until the socket ends.
  // Returns the exit status.
  [[nodiscard]] int serve(const PluginLibrary& plugin);

 private:
  struct Waiting {
    wire::Run run;
    int log = -1;
    bool cancelled = false;
  };
  enum class Input { kSome, kNone, kEnd };

  // The reader's: takes what the socket has. kEnd: the engine is gone or speaks nonsense.
  Input receive(bool wait);
  bool take(wire::ToHost message);
  void withdraw(std::uint64_t run);
  // Any thread.
  void send(const wire::ToEngine& message, bool at_once);
  // False: the engine is gone, or has given this host up.
  bool flush();
  void tell_progress(const wire::Progress& progress);
  void tell_secret(const wire::Secret& secret);

  // The main thread's.
  bool open_work_directory();
  bool next(Waiting& waiting);
  // Runs it and reports; false if this process must not be used again.
  bool run(const PluginLibrary& plugin, Waiting waiting);
  void enter(Waiting& waiting);
  void attach(int output);
  void call(const PluginLibrary& plugin);
  bool leave(const PluginLibrary& plugin);
  std::string clear_work_directory();
  void stop_watching();

  void watch();

  const int socket_;
  const std::string directory_;
  int work_ = -1, null_ = -1, timer_ = -1, stop_ = -1;
  unsigned trash_count_ = 0;
  struct stat untouched_ = {};  // the work directory, empty
  bool attached_ = false;       // the next run's log is in place already
  long usual_threads_ = 1;
  unsigned usual_umask_ = 022;
  sluice_run run_;

  wire::FrameReader frames_;
  std::vector<int> descriptors_;  // received, not yet claimed by a Run
  std::vector<int> logs_;         // log pipes, by number
  std::vector<char> buffer_;

  std::mutex mutex_;  // of what follows
  std::condition_variable watcher_rests_;
  std::deque<Waiting> queue_;
  bool running_ = false, watching_ = false;
  std::uint64_t current_ = 0;
  std::int64_t begin_us_ = 0;
  std::atomic<bool> armed_{false};

  std::mutex out_mutex_;
  std::string out_;
};

}  // namespace sluice::host
