// A bus with invented events, for tests/e2e/bus_test.py: a log that survives the process as a
// number in DIRECTORY/count. Usage: bus_server DIRECTORY. Each line on standard input is how many
// events to add; they are in the log before they are published. DIRECTORY/hole: the first and last
// sequence that retention has removed.
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "events/bus/publisher.hpp"
#include "tests/support/invented_events.hpp"

namespace {

std::uint64_t stored(const std::string& path) {
  std::uint64_t count = 0;
  std::ifstream(path) >> count;
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string directory = argv[1];
  const std::string path = directory + "/count";
  std::filesystem::create_directories(directory + "/bus");
  std::atomic<std::uint64_t> last{stored(path)};
  std::uint64_t first_gone = 0, last_gone = 0;
  std::ifstream(directory + "/hole") >> first_gone >> last_gone;
  sluice::EventSource source;
  source.read = [&](std::uint64_t after, std::uint32_t limit, std::uint64_t& upto) {
    if (last_gone != 0 && after + 1 >= first_gone && after < last_gone) after = last_gone;
    const bool before_hole = last_gone != 0 && after < first_gone;
    return sluice::Result<std::vector<sluice::Event>>(sluice::test::invented_events(
        after, limit, before_hole ? first_gone - 1 : last.load(), upto));
  };
  source.removed = [&](std::uint64_t after, std::uint64_t upto) {
    const std::uint64_t from = std::max(after + 1, first_gone), to = std::min(upto, last_gone);
    return last_gone == 0 || to < from ? 0 : to - from + 1;
  };
  source.before = [&](std::int64_t unix_ms) {
    const std::int64_t first = sluice::test::invented_event(1).time_ms;
    return unix_ms <= first ? 0 : std::min(last.load(), std::uint64_t(unix_ms - first));
  };
  // Begins a little before the end, as an engine does whose cursor was not synced.
  const std::uint64_t cursor = last > 10 ? last - 10 : 0;
  auto publisher =
      sluice::Publisher::start(sluice::bus_addresses(directory), source, source, cursor);
  if (!publisher) {
    std::cerr << publisher.error().text() << '\n';
    return 1;
  }
  std::cout << "ready" << std::endl;
  for (std::uint64_t more = 0; std::cin >> more;) {
    std::ofstream(path + ".new") << last + more;
    std::filesystem::rename(path + ".new", path);
    last += more;
    (*publisher)->wake();
  }
}
