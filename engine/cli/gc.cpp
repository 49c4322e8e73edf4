// `sluice gc`: a collection now, or what one would do.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/cli/open_store.hpp"
#include "engine/cli/server_call.hpp"
#include "engine/cli/server_commands.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kLongestMs = 3'600'000;

struct Options {
  std::string data;
  bool dry_run = false, json = false;
};

std::uint64_t count(const Json& of, const char* key) {
  return of.value(key, std::uint64_t{0});
}

std::string size_text(std::uint64_t bytes) {
  char text[32];
  if (bytes < 1024 * 1024)
    std::snprintf(text, sizeof text, "%.1f KiB", static_cast<double>(bytes) / 1024);
  else
    std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1024 * 1024));
  return text;
}

void print(const Json& report) {
  const Json executions = report.value("executions", Json::object());
  const Json logs = report.value("logs", Json::object());
  const Json artifacts = report.value("artifacts", Json::object());
  const char* removed = report.value("dryRun", false) ? "would be removed" : "removed";
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "executions  %llu %s; kept: %llu young, %llu needed, %llu in flight, %llu not yet read\n",
      number(count(executions, "removed")), removed, number(count(executions, "young")),
      number(count(executions, "needed")), number(count(executions, "inFlight")),
      number(count(executions, "unread")));
  std::printf("logs        of %llu executions (%s) %s; kept: %s\n", number(count(logs, "removed")),
              size_text(count(logs, "removedBytes")).c_str(), removed,
              size_text(count(logs, "keptBytes")).c_str());
  std::printf("artifacts   %llu (%s) %s; kept: %s, %llu needed, %llu in history, %llu young\n",
              number(count(artifacts, "removed")),
              size_text(count(artifacts, "removedBytes")).c_str(), removed,
              size_text(count(artifacts, "keptBytes")).c_str(), number(count(artifacts, "needed")),
              number(count(artifacts, "inHistory")), number(count(artifacts, "young")));
  for (const Json& kept : report.value("kept", Json::array()))
    std::printf("kept        %s#%llu: %s\n", kept.value("pipelineName", "").c_str(),
                number(count(kept, "executionNumber")), kept.value("why", "").c_str());
  for (const Json& trouble : report.value("troubles", Json::array()))
    std::fprintf(stderr, "sluice: %s\n", trouble.get<std::string>().c_str());
}

int collect(const Options& options) {
  const auto reply = ServerConnection(options.data)
                         .call(std::string(kSluiceTarget) + "CollectGarbage",
                               {{"dryRun", options.dry_run}}, kLongestMs);
  if (!reply) return reply.complain();
  if (options.json)
    std::printf("%s\n", reply->dump().c_str());
  else
    print(*reply);
  return reply->value("troubles", Json::array()).empty() ? 0 : 1;
}

}  // namespace

void add_gc_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "gc", "Remove history, logs and artifacts that sluice.yml no longer keeps, now");
  add_data_option(*command, options->data);
  command->add_flag("--dry-run,-n", options->dry_run,
                    "Say what would be removed, and remove nothing");
  command->add_flag("--json", options->json, "The report as JSON");
  command->callback([options, &exit_code] { exit_code = collect(*options); });
}

}  // namespace sluice
