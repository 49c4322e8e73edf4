#include "engine/cli/pattern_bench.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include "engine/cli/pattern_files.hpp"
#include "events/pattern/json_text.hpp"

namespace sluice {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of this thread. On a machine shared with others this is the steadier figure.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::optional<std::string> add_members(const std::vector<RawMember>& members,
                                       pattern::Matcher& matcher) {
  for (const auto& member : members) {
    const bool is_text = member.raw.front() == '"';
    const auto text = is_text ? json_text_of(member.raw) : std::nullopt;
    if (is_text && !text) return member.name + ": bad escape in the pattern's text";
    const auto rule = pattern::compile(is_text ? std::string_view(*text) : member.raw);
    if (!rule) return "rule " + pattern::quoted(member.name) + ": " + rule.refusal().message();
    if (const auto refusal = matcher.add(member.name, *rule)) return refusal->message();
  }
  return std::nullopt;
}

// One pass of one thread over its share of the events.
struct Share {
  std::size_t matches = 0;
  double cpu = 0;  // seconds
  std::optional<std::string> wrong;
};

Share match_all(const std::vector<NumberedLine>& events, std::size_t first, std::size_t last,
                pattern::Reader& reader) {
  Share share;
  const double start = cpu_seconds();
  for (std::size_t i = first; i < last; ++i) {
    const auto names = reader.match(events[i].text);
    if (!names) {
      share.wrong = std::to_string(events[i].number) + ": " + names.refusal().message();
      return share;
    }
    share.matches += (*names).size();
  }
  share.cpu = cpu_seconds() - start;
  return share;
}

struct Figures {
  std::size_t rules = 0;
  std::size_t events = 0;
  std::size_t matches = 0;
  double events_per_second = 0;      // by the clock
  double events_per_cpu_second = 0;  // of one thread, the best pass
  double rules_per_second = 0;
  std::size_t resident = 0;
  std::size_t rules_resident = 0;  // how much adding the rules grew the process
};

std::optional<std::string> run_passes(const BenchOptions& options,
                                      const std::vector<NumberedLine>& events,
                                      const pattern::Matcher& matcher, Figures& figures) {
  const auto threads = static_cast<std::size_t>(options.threads);
  std::vector<std::unique_ptr<pattern::Reader>> readers;
  for (std::size_t i = 0; i < threads; ++i) {
    readers.push_back(std::make_unique<pattern::Reader>(matcher));
  }
  std::vector<double> seconds;
  double least_cpu = 1e9;
  for (int pass = 0; pass < options.repeat; ++pass) {
    std::vector<Share> shares(threads);
    const auto start = Clock::now();
    const auto work = [&](std::size_t i) {
      shares[i] = match_all(events, events.size() * i / threads, events.size() * (i + 1) / threads,
                            *readers[i]);
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work, i);
    work(0);
    for (auto& thread : others) thread.join();
    seconds.push_back(seconds_since(start));
    figures.matches = 0;
    double cpu = 0;
    for (const auto& share : shares) {
      if (share.wrong) return share.wrong;
      figures.matches += share.matches;
      cpu += share.cpu;
    }
    least_cpu = std::min(least_cpu, std::max(cpu, 1e-9));
  }
  std::sort(seconds.begin(), seconds.end());
  figures.events_per_second =
      static_cast<double>(events.size()) / std::max(seconds[seconds.size() / 2], 1e-9);
  figures.events_per_cpu_second = static_cast<double>(events.size()) / least_cpu;
  return std::nullopt;
}

void print(const Figures& figures, const BenchOptions& options) {
  const double bytes_per_rule = static_cast<double>(figures.rules_resident) /
                                static_cast<double>(std::max<std::size_t>(figures.rules, 1));
  std::cout << std::fixed << std::setprecision(0);
  if (options.json) {
    std::cout << "{\"rules\":" << figures.rules << ",\"events\":" << figures.events
              << ",\"threads\":" << options.threads
              << ",\"events_per_second\":" << figures.events_per_second
              << ",\"events_per_cpu_second\":" << figures.events_per_cpu_second
              << ",\"matches\":" << figures.matches
              << ",\"rules_added_per_second\":" << figures.rules_per_second
              << ",\"resident_bytes\":" << figures.resident
              << ",\"rules_resident_bytes\":" << figures.rules_resident
              << ",\"bytes_per_rule\":" << bytes_per_rule << "}\n";
    return;
  }
  std::cout << "events/s   " << figures.events_per_second << "  (" << figures.events
            << " events, parsing included, " << options.threads << " thread"
            << (options.threads == 1 ? "" : "s") << ", median of " << options.repeat << ")\n"
            << "events/cpu " << figures.events_per_cpu_second
            << "  (per second of CPU time of a thread, best pass)\n"
            << "matches    " << figures.matches << '\n'
            << "rules/s    " << figures.rules_per_second << "  (" << figures.rules
            << " compiled and added)\n"
            << "resident   " << figures.resident / 1024 << " KiB, of which rules "
            << figures.rules_resident / 1024 << " KiB (" << bytes_per_rule << " bytes a rule)\n";
}

}  // namespace

std::optional<std::string> add_rules(std::string_view rules_json, pattern::Matcher& matcher) {
  const auto members = split_object(rules_json);
  if (!members) return "expected one JSON object: rule name to pattern";
  return add_members(*members, matcher);
}

int run_pattern_bench(const BenchOptions& options) {
  const auto fail = [](const std::string& where, const std::string& what) {
    std::cerr << where << ": " << what << '\n';
    return 2;
  };
  const auto rules_text = read_file(options.rules_file);
  if (!rules_text) return fail(options.rules_file, "cannot be read");
  const auto members = split_object(*rules_text);
  if (!members) return fail(options.rules_file, "expected one JSON object: rule name to pattern");
  const auto events_text = read_file(options.events_file);
  if (!events_text) return fail(options.events_file, "cannot be read");
  const auto events = lines_of(*events_text);

  Figures figures;
  figures.events = events.size();
  const std::size_t before = resident_bytes();
  pattern::Matcher matcher;
  const auto start = Clock::now();
  if (const auto wrong = add_members(*members, matcher)) return fail(options.rules_file, *wrong);
  figures.rules = matcher.stats().rules;
  figures.rules_per_second =
      static_cast<double>(members->size()) / std::max(seconds_since(start), 1e-9);
  const std::size_t after = resident_bytes();
  figures.rules_resident = after > before ? after - before : 0;
  if (const auto wrong = run_passes(options, events, matcher, figures)) {
    return fail(options.events_file, *wrong);
  }
  figures.resident = resident_bytes();
  print(figures, options);
  return 0;
}

}  // namespace sluice
