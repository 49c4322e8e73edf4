// A worker process with scripted hosts. Usage: worker_double DIRECTORY
#include <cstdio>

#include "engine/runtime/random_id.hpp"
#include "engine/workers/worker.hpp"
#include "tests/workers/scripted_hosts.hpp"

using namespace sluice;

int main(int count, char** values) {
  if (count != 2) return 2;
  WorkerOptions options;
  options.instance = random_id();
  options.place = {values[1], "socket"};
  options.files.directory = values[1];
  options.leases = values[1];
  options.program = "test";
  options.idle_exit_ms = 5000;
  options.make_hosts = [](ReportSink sink) -> Result<std::unique_ptr<Hosts>> {
    return std::unique_ptr<Hosts>(std::make_unique<testing::ScriptedHosts>(std::move(sink)));
  };
  options.say = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  auto worker = Worker::open(std::move(options));
  if (!worker) {
    std::fprintf(stderr, "%s\n", worker.error().text().c_str());
    return 1;
  }
  return (*worker)->run() ? 0 : 1;
}
