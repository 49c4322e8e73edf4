// Actions that break every rule that an action can break. Over the C interface, because the C++
// comfort prevents some of it.
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sluice/plugin.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

const char* setting(const sluice_host* host, sluice_run* run, const char* key) {
  const char* const value = host->configuration(run, key);
  return value ? value : "";
}

[[gnu::noinline]] void write_to_nowhere() {
  *reinterpret_cast<volatile int*>(8) = 1;
}
sluice_outcome crash(const sluice_host*, sluice_run*) {
  std::puts("about to crash");
  write_to_nowhere();
  return SLUICE_SUCCEEDED;
}
sluice_outcome crash_in_thread(const sluice_host*, sluice_run*) {
  std::thread(write_to_nowhere).join();
  return SLUICE_SUCCEEDED;
}
sluice_outcome abort_in_thread(const sluice_host*, sluice_run*) {
  std::thread([] { throw std::runtime_error("nobody catches this"); }).join();
  return SLUICE_SUCCEEDED;
}
[[gnu::noinline]] int deeper(int depth) {
  volatile char space[4096];
  space[0] = static_cast<char>(depth);
  return deeper(depth + 1) + space[0];
}
sluice_outcome stack_overflow(const sluice_host*, sluice_run*) {
  return deeper(0) == 0 ? SLUICE_SUCCEEDED : SLUICE_FAILED;
}
sluice_outcome loop(const sluice_host*, sluice_run*) {
  volatile bool forever = true;
  while (forever) {
  }
  return SLUICE_FAILED;
}
sluice_outcome ignore_term(const sluice_host*, sluice_run*) {
  signal(SIGTERM, SIG_IGN);
  for (;;) pause();
}
sluice_outcome stop_itself(const sluice_host*, sluice_run*) {
  raise(SIGSTOP);
  for (;;) pause();
}
sluice_outcome kill_group(const sluice_host*, sluice_run*) {
  kill(0, SIGKILL);
  for (;;) pause();
}
sluice_outcome call_exit(const sluice_host* host, sluice_run* run) {
  std::exit(std::atoi(setting(host, run, "status")));
}
sluice_outcome call_quick_exit(const sluice_host*, sluice_run*) {
  _exit(0);
}
sluice_outcome throw_error(const sluice_host*, sluice_run*) {
  throw std::runtime_error("thrown through C");
}
sluice_outcome throw_number(const sluice_host*, sluice_run*) {
  throw 42;
}
sluice_outcome end_main_thread(const sluice_host*, sluice_run*) {
  pthread_exit(nullptr);
}
sluice_outcome close_all(const sluice_host*, sluice_run*) {
  for (int i = 0; i < 1024; ++i) close(i);
  return SLUICE_SUCCEEDED;
}
sluice_outcome close_all_and_stay(const sluice_host*, sluice_run*) {
  for (int i = 0; i < 1024; ++i) close(i);
  for (;;) pause();
}

// The protocol's descriptor is the only socket.
int protocol_descriptor() {
  for (int i = 3; i < 64; ++i) {
    struct stat status;
    if (fstat(i, &status) == 0 && S_ISSOCK(status.st_mode)) return i;
  }
  return -1;
}
sluice_outcome garbage(const sluice_host* host, sluice_run* run) {
  const std::string text = setting(host, run, "text");
  const std::string bytes =
      text.empty() ? std::string(5000, '\xff') : std::string("\x05\0\0\0", 4) + text;
  if (write(protocol_descriptor(), bytes.data(), bytes.size()) < 0) return SLUICE_FAILED;
  for (;;) pause();
}
sluice_outcome flood(const sluice_host* host, sluice_run* run) {
  const long megabytes = std::atol(setting(host, run, "megabytes"));
  const std::string line(999, 'x');
  for (long i = 0; i < megabytes * 1000; ++i) std::puts(line.c_str());
  return SLUICE_SUCCEEDED;
}
sluice_outcome endless_line(const sluice_host*, sluice_run*) {
  const std::string piece(100000, 'y');
  for (int i = 0; i < 50; ++i) std::fputs(piece.c_str(), stdout);
  return SLUICE_SUCCEEDED;
}
sluice_outcome output_after_return(const sluice_host* host, sluice_run* run) {
  std::thread([host, run] {
    for (;;) {
      host->log(run, SLUICE_LOG_INFO, "a word after the end");
      std::puts("another");
      poll(nullptr, 0, 1);
    }
  }).detach();
  return SLUICE_SUCCEEDED;
}

// A process in a session of its own that sleeps for ten minutes, known by the file `mark`.
void start_daemon(const char* keep_output) {
  if (fork() != 0) return;
  setsid();
  if (fork() != 0) _exit(0);
  if (!*keep_output) {
    const int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; ++i) dup2(null, i);
  }
  execl("/bin/sleep", "sleep", "600", static_cast<char*>(nullptr));
  _exit(1);
}
sluice_outcome daemonise(const sluice_host* host, sluice_run* run) {
  start_daemon(setting(host, run, "keep_output"));
  poll(nullptr, 0, 20);
  return SLUICE_SUCCEEDED;
}
sluice_outcome daemonise_and_crash(const sluice_host*, sluice_run*) {
  start_daemon("");
  poll(nullptr, 0, 20);
  kill(getpid(), SIGKILL);
  return SLUICE_SUCCEEDED;
}
sluice_outcome daemonise_and_hang(const sluice_host*, sluice_run*) {
  start_daemon("");
  signal(SIGTERM, SIG_IGN);
  for (;;) pause();
}
sluice_outcome huge_variable(const sluice_host* host, sluice_run* run) {
  const std::string value(200000, 'v');
  host->set_output(run, "huge", value.c_str());
  return SLUICE_SUCCEEDED;
}
sluice_outcome bad_variable_name(const sluice_host* host, sluice_run* run) {
  return host->set_output(run, "no spaces", "value") == 0 ? SLUICE_FAILED : SLUICE_SUCCEEDED;
}
sluice_outcome many_details(const sluice_host* host, sluice_run* run) {
  const std::string value = '"' + std::string(300000, 'd') + '"';
  host->set_detail(run, "deep", std::string(100000, '[').append(100000, ']').c_str());
  for (int i = 0; i < 20; ++i)
    host->set_detail(run, ("detail" + std::to_string(i)).c_str(), value.c_str());
  host->set_detail(run, "broken", "{not json");
  return SLUICE_SUCCEEDED;
}
sluice_outcome wrong_outcome(const sluice_host*, sluice_run*) {
  return static_cast<sluice_outcome>(7);
}
sluice_outcome silent_failure(const sluice_host*, sluice_run*) {
  return SLUICE_FAILED;
}
sluice_outcome wrong_kind(const sluice_host* host, sluice_run* run) {
  host->fail(run, static_cast<sluice_failure_kind>(99), "Code", "message");
  return SLUICE_FAILED;
}
sluice_outcome continue_without_token(const sluice_host*, sluice_run*) {
  return SLUICE_CONTINUE;
}
sluice_outcome long_token(const sluice_host* host, sluice_run* run) {
  host->continue_later(run, std::string(3000, 't').c_str(), 0);
  return SLUICE_CONTINUE;
}
sluice_outcome null_everywhere(const sluice_host* host, sluice_run* run) {
  host->set_output(run, nullptr, nullptr);
  host->set_revision(run, nullptr, nullptr, nullptr, nullptr);
  host->set_detail(run, nullptr, nullptr);
  host->set_external(run, nullptr, nullptr, nullptr);
  host->log(run, static_cast<sluice_log_level>(12), nullptr);
  host->progress(run, 4000, nullptr);
  host->text(run, static_cast<sluice_text>(1000));
  host->list(run, static_cast<sluice_list>(1000));
  host->configuration(run, nullptr);
  host->extension(run, "no.such/1");
  host->fail(run, SLUICE_FAILURE_PERMANENT, nullptr, nullptr);
  return SLUICE_FAILED;
}
sluice_outcome remove_work_directory(const sluice_host* host, sluice_run* run) {
  return rmdir(host->text(run, SLUICE_TEXT_WORK_DIRECTORY)) == 0 ? SLUICE_SUCCEEDED : SLUICE_FAILED;
}
sluice_outcome leave_locked_files(const sluice_host*, sluice_run*) {
  mkdir("locked", 0700);
  close(open("locked/file", O_CREAT | O_WRONLY, 0600));
  chmod("locked", 0);
  umask(0777);
  if (chdir("/") != 0) return SLUICE_FAILED;
  return SLUICE_SUCCEEDED;
}
// Whether a run finds everything as if it were the first one.
sluice_outcome fresh(const sluice_host* host, sluice_run* run) {
  char here[4096];
  const mode_t mask = umask(022);
  DIR* const directory = opendir(".");
  int entries = 0;
  while (directory && readdir(directory)) ++entries;
  closedir(directory);
  const bool good = getcwd(here, sizeof here) &&
                    std::strcmp(here, host->text(run, SLUICE_TEXT_WORK_DIRECTORY)) == 0 &&
                    entries == 2 && mask != 0777;
  host->set_output(run, "pid", std::to_string(getpid()).c_str());
  return good ? SLUICE_SUCCEEDED : SLUICE_FAILED;
}

template <sluice_outcome (*Run)(const sluice_host*, sluice_run*)>
constexpr sluice_action_type type(const char* provider, std::uint32_t flags = 0) {
  return {sizeof(sluice_action_type),
          SLUICE_CATEGORY_INVOKE,
          provider,
          "1",
          nullptr,
          nullptr,
          nullptr,
          0,
          0,
          0,
          0,
          nullptr,
          flags,
          0,
          Run};
}

constexpr sluice_action_type kTypes[] = {
    type<crash>("crash"),
    type<crash_in_thread>("crash-in-thread"),
    type<abort_in_thread>("abort-in-thread"),
    type<stack_overflow>("stack-overflow"),
    type<loop>("loop"),
    type<ignore_term>("ignore-term"),
    type<stop_itself>("stop-itself"),
    type<kill_group>("kill-group"),
    type<call_exit>("exit"),
    type<call_quick_exit>("quick-exit"),
    type<throw_error>("throw"),
    type<throw_number>("throw-number"),
    type<end_main_thread>("end-main-thread"),
    type<close_all>("close-all"),
    type<close_all_and_stay>("close-all-and-stay"),
    type<garbage>("garbage"),
    type<flood>("flood"),
    type<endless_line>("endless-line"),
    type<output_after_return>("output-after-return"),
    type<daemonise>("daemonise"),
    type<daemonise>("daemonise-allowed", SLUICE_ACTION_LEAVES_PROCESSES),
    type<daemonise_and_crash>("daemonise-and-crash"),
    type<daemonise_and_hang>("daemonise-and-hang"),
    type<huge_variable>("huge-variable"),
    type<bad_variable_name>("bad-variable-name"),
    type<many_details>("many-details"),
    type<wrong_outcome>("wrong-outcome"),
    type<silent_failure>("silent-failure"),
    type<wrong_kind>("wrong-kind"),
    type<continue_without_token>("continue-without-token"),
    type<long_token>("long-token"),
    type<null_everywhere>("null-everywhere"),
    type<remove_work_directory>("remove-work-directory"),
    type<leave_locked_files>("leave-locked-files"),
    type<fresh>("fresh"),
};

template <std::size_t N>
struct List {
  const sluice_action_type* at[N + 1] = {};
  constexpr explicit List(const sluice_action_type (&types)[N]) {
    for (std::size_t i = 0; i < N; ++i) at[i] = &types[i];
  }
};
constexpr List kList(kTypes);

}  // namespace

extern "C" SLUICE_EXPORT constexpr sluice_plugin_entry sluice_plugin_entry_v1 = {
    sizeof(sluice_plugin_entry), 0, "misbehaving", "1", nullptr, kList.at};
