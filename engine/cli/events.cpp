#include "engine/cli/events.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "engine/cli/event_stats.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/terminal.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/event_reader.hpp"
#include "events/bus/filters.hpp"
#include "events/bus/watcher.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kPage = 512;
constexpr std::int64_t kLookAgainMs =
    1000;  // the store is the truth; the bus only wakes us earlier

struct EventsOptions {
  std::string data, pipeline, since, pattern;
  std::vector<std::string> states, topics;
  bool json = false, no_follow = false, stats = false;
};

volatile std::sig_atomic_t interrupted = 0;
void on_interrupt(int) {
  interrupted = 1;
}

bool wanted(const Event& event, const EventsOptions& options) {
  if (!options.states.empty() && std::find(options.states.begin(), options.states.end(),
                                           state_of(event)) == options.states.end())
    return false;
  const std::string names = names_of(event);
  if (!options.pipeline.empty() && names != options.pipeline &&
      !names.starts_with(options.pipeline + "."))
    return false;
  return options.topics.empty() ||
         std::any_of(options.topics.begin(), options.topics.end(),
                     [&](const std::string& topic) { return event.topic.starts_with(topic); });
}

void print(const Event& event, const EventsOptions& options, const Terminal& terminal) {
  if (options.json) {
    std::printf("%s\n", to_json(event).c_str());
  } else {
    const std::string state = state_of(event);
    std::printf("%s  %s %s %s\n", terminal.paint(local_time(event.time_ms), Paint::kDim).c_str(),
                pad(kind_of(event), 10).c_str(),
                terminal.paint(pad(state, 10), paint_of_state(state)).c_str(),
                names_of(event).c_str());
  }
}

// "2026-01-02T03:04:05Z", or the day alone.
std::optional<std::int64_t> parse_time(const std::string& text) {
  std::tm utc{};
  for (const char* form : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"}) {
    const char* end = strptime(text.c_str(), form, &utc);
    if (end && *end == '\0') return std::int64_t{timegm(&utc)} * 1000;
    utc = {};
  }
  return std::nullopt;
}

// "start", a sequence, "now", a time, or how long ago, as "10m".
std::optional<Sequence> parse_since(const std::string& text, const EventReader& reader,
                                    const Store& store) {
  if (text.empty() || text == "now") {
    const auto last = store.last_sequence();
    return last ? *last : 0;
  }
  if (text == "start") return 0;
  if (const auto time = parse_time(text)) return reader.before(*time);
  std::size_t end = 0;
  unsigned long long number = 0;
  try {
    number = std::stoull(text, &end);
  } catch (const std::exception&) {
    return std::nullopt;
  }
  const std::string unit = text.substr(end);
  const std::int64_t unit_ms = unit == "s"   ? 1000
                               : unit == "m" ? 60'000
                               : unit == "h" ? 3'600'000
                               : unit == "d" ? 86'400'000
                                             : 0;
  if (unit.empty()) return number;
  if (unit_ms == 0) return std::nullopt;
  return reader.before(SystemClock().now().ms - static_cast<std::int64_t>(number) * unit_ms);
}

// Text that begins with a brace is the pattern itself.
Result<std::string> pattern_text(const std::string& given) {
  if (given.find('{') != std::string::npos) return given;
  std::ifstream file(given);
  if (!file) return Error{ErrorKind::kBadInput, "--pattern", "cannot read the file " + given};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Where what was asked for goes.
class Output {
 public:
  explicit Output(const EventsOptions& options) : options_(options) {}

  void take(const std::vector<Event>& events) {
    for (const Event& event : events) {
      if (!wanted(event, options_) || (filter_ && !filter_->wants(event))) continue;
      if (options_.stats)
        stats_.count(event);
      else
        print(event, options_, terminal_);
    }
    if (options_.stats && terminal_.interactive && !options_.no_follow)
      std::printf("\033[H\033[J%s", stats_.table(terminal_).c_str());
    std::fflush(stdout);
  }
  void finish() {
    if (options_.stats && !(terminal_.interactive && !options_.no_follow))
      std::printf("%s", stats_.table(terminal_).c_str());
  }
  Result<void> filter(const std::string& pattern) {
    auto text = pattern_text(pattern);
    if (!text) return text.error();
    filter_.emplace(*text);
    if (filter_->refused().empty()) return {};
    return Error{ErrorKind::kBadInput, "--pattern", filter_->refused()};
  }

 private:
  const EventsOptions& options_;
  const Terminal terminal_ = Terminal::current();
  std::optional<LogFilter> filter_;
  EventStats stats_;
};

// Who asked for a place in the sequence is told that retention has taken something behind it.
void tell_removed(const Store& store, const EventsOptions& options, Sequence after) {
  const auto last = store.last_sequence();
  const auto removed = last ? store.removed_between(after, *last) : last;
  if (!removed || *removed == 0) return;
  const auto next = store.facts_after(after, 1);
  std::fprintf(stderr,
               "sluice: %llu facts after %llu were removed by retention; the next one that is kept "
               "is %llu (--since %s)\n",
               static_cast<unsigned long long>(*removed), static_cast<unsigned long long>(after),
               static_cast<unsigned long long>(next && !next->empty() ? next->front().sequence : 0),
               options.since.c_str());
}

int follow(const EventsOptions& options) {
  Output output(options);
  if (!options.pattern.empty())
    if (const auto filtered = output.filter(options.pattern); !filtered)
      return complain(filtered.error());
  auto watcher = BusWatcher::connect(
      bus_addresses(std::filesystem::absolute(options.data).lexically_normal().string()));
  if (!watcher) return complain(watcher.error());
  std::error_code ignored;
  const bool was_there =
      std::filesystem::exists(std::filesystem::path(options.data) / "sluice.db", ignored);
  auto store = open_existing_store(options.data);
  // A subscriber may come first: whatever the first run does is news.
  while (!store && store.error().kind == ErrorKind::kNotFound && !options.no_follow &&
         !interrupted) {
    (*watcher)->wait(kLookAgainMs / 5);
    store = open_existing_store(options.data);
  }
  if (!store) return interrupted ? 130 : complain(store.error());
  EventReader reader(**store, {});
  auto after = was_there ? parse_since(options.since, reader, **store) : std::optional<Sequence>(0);
  if (!after)
    return complain({ErrorKind::kBadInput, "--since",
                     "\"" + options.since +
                         "\" is none of: start, now, a sequence number, a time such as "
                         "2026-01-02T03:04:05Z, or a time ago such as 90s, 10m, 2h, 1d"});
  if (!options.since.empty() && options.since != "start") tell_removed(**store, options, *after);
  while (!interrupted) {
    Sequence upto = *after;
    auto events = reader.read(*after, kPage, upto);
    if (!events) return complain(events.error());
    if (!events->empty()) output.take(*events);
    if (std::ferror(stdout)) return 0;  // nobody reads any more
    if (upto != *after) {
      after = upto;
      continue;
    }
    if (options.no_follow) break;
    (*watcher)->wait(kLookAgainMs);
  }
  output.finish();
  return interrupted ? 130 : 0;
}

}  // namespace

void add_events_command(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("events", "Follow state-change events, in EventBridge's form");
  auto options = std::make_shared<EventsOptions>();
  add_data_option(*command, options->data);
  command->add_option("--state", options->states, "Only these states, such as FAILED");
  command->add_option("--pipeline", options->pipeline, "Only of this pipeline");
  command->add_option("--topic", options->topics,
                      "Only topics that begin so, such as codepipeline.action.FAILED.");
  command->add_option("--since", options->since,
                      "start, now (default), a sequence number, 2026-01-02T03:04:05Z, or a time "
                      "ago such as 10m");
  command->add_option("--pattern", options->pattern,
                      "Only what this event pattern wants: JSON text, or a file that holds it");
  command->add_flag("--stats", options->stats,
                    "Instead of the events, how many of what came, and how often");
  command->add_flag("--no-follow", options->no_follow, "Print what is there, then end");
  command->add_flag("--json", options->json, "One JSON envelope a line");
  command->callback([options, &exit_code] {
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    if (options->no_follow && options->since.empty()) options->since = "start";
    exit_code = follow(*options);
  });
}

}  // namespace sluice
