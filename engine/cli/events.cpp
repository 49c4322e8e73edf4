#include "engine/cli/events.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/cli/open_store.hpp"
#include "engine/cli/terminal.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/event_reader.hpp"
#include "events/bus/watcher.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kPage = 512;
constexpr std::int64_t kLookAgainMs =
    1000;  // the store is the truth; the bus only wakes us earlier

struct EventsOptions {
  std::string data, pipeline, since;
  std::vector<std::string> states, topics;
  bool json = false, no_follow = false;
};

volatile std::sig_atomic_t interrupted = 0;
void on_interrupt(int) {
  interrupted = 1;
}

// Topics are KIND.STATE after the first segment:
// "codepipeline.action.FAILED.webshop.Build.Compile".
std::string state_of(const Event& event) {
  const std::size_t kind = event.topic.find('.');
  const std::size_t state = event.topic.find('.', kind + 1);
  return event.topic.substr(state + 1, event.topic.find('.', state + 1) - state - 1);
}

std::string names_of(const Event& event) {
  std::size_t at = 0;
  for (int dots = 0; dots < 3 && at != std::string::npos; ++dots)
    at = event.topic.find('.', at + (dots ? 1 : 0));
  return at == std::string::npos ? "" : event.topic.substr(at + 1);
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

Paint paint_of_state(const std::string& state) {
  if (state == "FAILED") return Paint::kRed;
  if (state == "SUCCEEDED") return Paint::kGreen;
  if (state == "STARTED" || state == "RESUMED") return Paint::kBlue;
  return Paint::kYellow;
}

void print(const Event& event, const EventsOptions& options, const Terminal& terminal) {
  if (options.json) {
    std::printf("%s\n", to_json(event).c_str());
  } else {
    const std::string state = state_of(event);
    const std::size_t dot = event.topic.find('.');
    const std::string kind = event.topic.substr(dot + 1, event.topic.find('.', dot + 1) - dot - 1);
    std::printf("%s  %s %s %s\n", terminal.paint(local_time(event.time_ms), Paint::kDim).c_str(),
                pad(kind, 10).c_str(),
                terminal.paint(pad(state, 10), paint_of_state(state)).c_str(),
                names_of(event).c_str());
  }
}

// "start", a sequence, "now", or how long ago, as "10m".
std::optional<Sequence> parse_since(const std::string& text, const EventReader& reader,
                                    const Store& store) {
  if (text.empty() || text == "now") {
    const auto last = store.last_sequence();
    return last ? *last : 0;
  }
  if (text == "start") return 0;
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

int follow(const EventsOptions& options) {
  BusWatcher watcher(
      bus_addresses(std::filesystem::absolute(options.data).lexically_normal().string()));
  std::error_code ignored;
  const bool was_there =
      std::filesystem::exists(std::filesystem::path(options.data) / "sluice.db", ignored);
  auto store = open_existing_store(options.data);
  // A subscriber may come first: whatever the first run does is news.
  while (!store && store.error().kind == ErrorKind::kNotFound && !options.no_follow &&
         !interrupted) {
    watcher.wait(kLookAgainMs / 5);
    store = open_existing_store(options.data);
  }
  if (!store) return interrupted ? 130 : complain(store.error());
  EventReader reader(**store, {});
  auto after = was_there ? parse_since(options.since, reader, **store) : std::optional<Sequence>(0);
  if (!after)
    return complain({ErrorKind::kBadInput, "--since",
                     "\"" + options.since +
                         "\" is none of: start, now, a sequence number, or a time ago such as 90s, "
                         "10m, 2h, 1d"});
  const Terminal terminal = Terminal::current();
  while (!interrupted) {
    Sequence upto = *after;
    auto events = reader.read(*after, kPage, upto);
    if (!events) return complain(events.error());
    for (const Event& event : *events)
      if (wanted(event, options)) print(event, options, terminal);
    std::fflush(stdout);
    if (std::ferror(stdout)) return 0;  // nobody reads any more
    if (upto != *after) {
      after = upto;
      continue;
    }
    if (options.no_follow) return 0;
    watcher.wait(kLookAgainMs);
  }
  return 130;
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
                      "start, now (default), a sequence number, or a time ago such as 10m");
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
