// How the engine behaves with much in it: executions that wait, executions in flight when it is
// killed, a long history, many pipelines. Faked hosts, SqliteStore with FULL sync.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>

#include "engine/cli/execution_view.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/bench/scale_house.hpp"
#include "tests/bench/store_limits.hpp"

namespace sluice::bench {
namespace {

namespace fs = std::filesystem;

struct Scale {
  int waiting, waiting_pipelines;
  int in_flight, in_flight_pipelines;
  int start_up, start_up_pipelines;
  std::vector<int> pipelines;  // the points of the curves
  std::vector<int> past;
  int runs;        // of one point
  int history_of;  // pipelines
  int rounds;      // of what is timed singly
};

const Scale kFull = {
    10'000, 200, 1'000, 20, 100'000, 2'000, {1, 100, 10'000}, {0, 100'000, 1'000'000},
    20'000, 100, 20};
const Scale kQuick = {40, 2, 20, 2, 60, 2, {1, 5}, {0, 100}, 50, 4, 2};

template <class F>
double ms_of(F f) {
  const double start = now_s();
  f();
  return 1e3 * (now_s() - start);
}

// A directory that is gone afterwards.
struct Place {
  fs::path path;
  explicit Place(const char* name)
      : path(fs::temp_directory_path() /
             ("sluice-scale-" + std::to_string(::getpid()) + "-" + name)) {
    fs::create_directories(path);
  }
  ~Place() { fs::remove_all(path); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
};

void line(const char* what, double value, const char* unit, const char* aim) {
  std::printf("  %-58s %10.2f %-10s %s\n", what, value, unit, aim);
  std::fflush(stdout);
}

// A process that is killed once `work` is done.
void killed(const std::function<void()>& work) {
  int ready[2];
  if (pipe(ready) != 0) std::exit(1);
  const pid_t child = fork();
  if (child == 0) {
    work();
    if (write(ready[1], "r", 1) != 1) _exit(1);
    for (;;) pause();
  }
  close(ready[1]);
  char word = 0;
  const bool done = read(ready[0], &word, 1) == 1;
  close(ready[0]);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  if (!done) std::exit(1);
}

void measure_waiting(const Scale& scale) {
  const Place place("waiting");
  ScaleHouse house(place.path);
  const auto names = house.make("waiting", scale.waiting_pipelines, true);
  // What fills up once, such as the store's page cache, is full before.
  const int step = scale.waiting_pipelines * kMostOfPipeline / 2;
  for (int done = 0; done < 2 * scale.waiting; done += step) {
    house.wait_at_approvals(names, step);
    house.signal_all(names);
  }
  const double before = allocated_bytes();
  house.wait_at_approvals(names, scale.waiting);
  const double each = (allocated_bytes() - before) / scale.waiting;
  line("memory of one execution that waits at an approval", each, "bytes", "aim: under 1,024");

  int task = 0;
  std::thread loop([&] {
    task = gettid();
    static_cast<void>(house.engine().run());
  });
  // What is measured is a stretch of time in which nothing is due.
  const auto let_pass = [](double s) { poll(nullptr, 0, static_cast<int>(s * 1e3)); };
  let_pass(0.2);
  const long switches = voluntary_switches(task);
  const double cpu = used_cpu_s();
  let_pass(scale.rounds > 2 ? 2 : 0.1);
  line("wake-ups of the engine in 2 s while all wait",
       static_cast<double>(voluntary_switches(task) - switches), "", "aim: none");
  line("CPU in these 2 s", 1e3 * (used_cpu_s() - cpu), "ms", "");
  house.engine().stop();
  loop.join();
}

void measure_recovery(const Scale& scale) {
  const Place place("recovery");
  killed([&] {
    ScaleHouse house(place.path);
    const auto names = house.make("killed", scale.in_flight_pipelines, true);
    house.wait_at_approvals(names, scale.in_flight);
  });
  std::unique_ptr<ScaleHouse> house;
  const double serving = ms_of([&] { house = std::make_unique<ScaleHouse>(place.path); });
  line("kill -9 with 1,000 in flight: until it serves again", serving, "ms", "aim: under 50");
  const auto names = house->make("killed", scale.in_flight_pipelines, true);
  line("until all of them have ended, from their signals", ms_of([&] { house->signal_all(names); }),
       "ms", "aim: under 500");
}

void measure_start_up(const Scale& scale) {
  const Place place("start-up");
  killed([&] {
    ScaleHouse house(place.path);
    const auto names = house.make("waiting", scale.start_up_pipelines, true);
    house.wait_at_approvals(names, scale.start_up);
  });
  std::vector<double> took, cpu;
  for (int i = 0; i < 3; ++i) {
    std::unique_ptr<ScaleHouse> house;
    const double start = used_cpu_s();
    took.push_back(ms_of([&] { house = std::make_unique<ScaleHouse>(place.path); }));
    cpu.push_back(1e3 * (used_cpu_s() - start));
  }
  line("start-up with 100,000 executions that wait", median(took), "ms", "aim: under 500");
  line("  CPU of it", median(cpu), "ms", "");
}

double cost_us(ScaleHouse& house, const std::vector<std::string>& names, int runs) {
  house.run(names, runs / 4, kMostOfPipeline);
  std::vector<double> cost;
  for (int round = 0; round < 3; ++round) {
    const double start = used_cpu_s();
    house.run(names, runs, kMostOfPipeline);
    cost.push_back(1e6 * (used_cpu_s() - start) / runs / kFactsOfRun);
  }
  return median(cost);
}

void measure_pipelines(const Scale& scale) {
  for (const int pipelines : scale.pipelines) {
    const Place place("pipelines");
    ScaleHouse house(place.path);
    const auto names = house.make("curve", pipelines, false);
    char what[80];
    std::snprintf(what, sizeof what, "CPU of a transition, %d pipelines, in turn", pipelines);
    line(what, cost_us(house, names, scale.runs), "us", "aim: flat");
  }
}

void measure_reads(Store& store, const Scale& scale) {
  std::vector<double> lists, of_pipeline, shows, by_id;
  for (int round = 0; round < scale.rounds; ++round) {
    const std::string name = "past-" + std::to_string(round % scale.history_of);
    lists.push_back(ms_of([&] { static_cast<void>(store.executions({})); }));
    of_pipeline.push_back(ms_of([&] { static_cast<void>(store.executions({name, {}, {}, 100})); }));
    const auto last = store.executions({name, {}, {}, 1});
    if (!last || last->empty()) give_up({ErrorKind::kNotFound, name, "has no executions"});
    const ExecutionNumber number =
        1 + last->front().number * static_cast<ExecutionNumber>(round) / 40;
    ExecutionRow row;
    shows.push_back(ms_of([&] {
      row = *store.execution(name, number);
      const auto declaration = store.declaration(row.pipeline, row.version);
      ExecutionView view = view_of(name, **declaration);
      const auto facts = store.execution_facts(name, number);
      if (!facts) give_up(facts.error());
      for (const StoredFact& stored : *facts) fold(view, stored.fact, stored.at);
    }));
    by_id.push_back(
        ms_of([&] { static_cast<void>(store.find_execution(to_text(row.id).substr(0, 13))); }));
  }
  line("  executions, the newest 100 of all", median(lists), "ms", "aim: under 10");
  line("  executions, the newest 100 of a pipeline", median(of_pipeline), "ms", "aim: under 10");
  line("  show: one execution of any age", median(shows), "ms", "aim: under 10");
  line("  finding one by the beginning of its id", median(by_id), "ms", "aim: under 10");
}

// The real program on this history, exec to exit.
void measure_commands(const fs::path& directory, int rounds) {
  for (const std::string command : {"executions", "show past-0#7", "show past-1"}) {
    std::vector<double> took;
    const std::string call = std::string(SLUICE_PROGRAM " ") + command + " --data " +
                             directory.string() + " > /dev/null";
    for (int round = 0; round < rounds; ++round)
      took.push_back(ms_of([&] {
        if (std::system(call.c_str()) != 0) std::exit(1);
      }));
    line(("  sluice " + command + ", through a shell").c_str(), median(took), "ms",
         "aim: under 10");
  }
}

void measure_history(const Scale& scale) {
  const Place place("history");
  ScaleHouse house(place.path);
  const auto names = house.make("curve", 100, false);
  HistoryWriter history(house.store(), scale.history_of);
  int written = 0;
  for (const int past : scale.past) {
    const double took = ms_of([&] { history.write(past - written); });
    written = past;
    std::printf("  with %d executions in history (%.1f s to write)\n", past, took / 1e3);
    line("  CPU of a transition, 100 pipelines", cost_us(house, names, scale.runs), "us",
         "aim: flat");
    if (past != 0) measure_reads(house.store(), scale);
  }
  measure_commands(place.path, scale.rounds);
}

void run(const Scale& scale, const std::string& only) {
  std::printf("engine at scale, faked hosts, SqliteStore FULL\n");
  const std::pair<const char*, void (*)(const Scale&)> sections[] = {
      {"waiting", measure_waiting},   {"recovery", measure_recovery},
      {"start-up", measure_start_up}, {"pipelines", measure_pipelines},
      {"history", measure_history},
  };
  for (const auto& [name, measure] : sections)
    if (only.empty() || only == name) measure(scale);
}

}  // namespace
}  // namespace sluice::bench

// engine_scale [--quick] [SECTION]
int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  const char* only = argc > 1 + quick ? argv[1 + quick] : "";
  sluice::bench::run(quick ? sluice::bench::kQuick : sluice::bench::kFull, only);
  return 0;
}
