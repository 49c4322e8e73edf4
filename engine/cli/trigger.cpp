// What starts a server's pipelines: `sluice trigger`.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/cli/git_hook.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/server_call.hpp"
#include "engine/cli/server_commands.hpp"
#include "engine/cli/terminal.hpp"

namespace sluice {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr unsigned kLongestNotice_s = 10;

struct Options {
  std::string data, pipeline, repository;
  bool json = false;
};

std::string target(const char* operation) {
  return std::string(kSluiceTarget) + operation;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string next_text(const Json& trigger) {
  if (!trigger.contains("nextTime")) return "";
  const auto at_ms = static_cast<std::int64_t>(trigger.value("nextTime", 0.0) * 1000);
  return at_ms == 0 ? ", looks now" : ", next " + local_time(at_ms);
}

void print_trigger(const Json& trigger, const std::string& address, int width,
                   const Terminal& terminal) {
  std::printf("%s  %s  %s\n", pad(trigger.value("pipelineName", ""), width).c_str(),
              pad(lower(trigger.value("type", "")), 8).c_str(),
              trigger.value("watches", "").c_str());
  const auto more = [&](const std::string& text, Paint paint = Paint::kDim) {
    std::printf("%*s%s\n", width + 12, "", terminal.paint(text, paint).c_str());
  };
  if (trigger.value("type", "") != "WEBHOOK")
    more("noticed by " + lower(trigger.value("noticedBy", "")) + next_text(trigger));
  if (trigger.contains("revision"))
    more(trigger.value("branch", "") + " at " + trigger.value("revision", "").substr(0, 12));
  const std::string path = trigger.value("webhookPath", "");
  if (trigger.value("type", "") == "WEBHOOK")
    more("POST " +
         (address.empty() ? path + " (on the local socket alone)" : "http://" + address + path));
  if (trigger.contains("error")) more(trigger.value("error", ""), Paint::kRed);
}

int list(const Options& options) {
  Json input = Json::object();
  if (!options.pipeline.empty()) input["pipelineName"] = options.pipeline;
  const auto reply = ServerConnection(options.data).call(target("ListTriggers"), input);
  if (!reply) return reply.complain();
  if (options.json) {
    std::printf("%s\n", reply->dump().c_str());
    return 0;
  }
  const Json triggers = reply->value("triggers", Json::array());
  if (triggers.empty()) std::printf("No triggers; executions are started by hand.\n");
  int width = 0;
  for (const Json& each : triggers)
    width = std::max(width, columns_of(each.value("pipelineName", "")));
  for (const Json& each : triggers)
    print_trigger(each, reply->value("webhookAddress", ""), width, Terminal::current());
  return 0;
}

ServerReply tell(const Options& options, const std::string& repository) {
  Json input = {{"repository", repository}};
  if (!options.pipeline.empty()) input["pipelineName"] = options.pipeline;
  return ServerConnection(options.data)
      .call(target("NotifyRepository"), input, std::int64_t{kLongestNotice_s} * 1000);
}

// What a hook calls. Whatever happens, it is over soon.
int notify(const Options& options) {
  alarm(kLongestNotice_s);
  const auto reply = tell(options, fs::absolute(options.repository).lexically_normal().string());
  if (!reply) return reply.complain();
  const int triggers = reply->value("triggers", 0);
  std::printf("%d %s.\n", triggers, triggers == 1 ? "trigger looks at it" : "triggers look at it");
  return 0;
}

int install(const Options& options) {
  std::error_code trouble;
  const auto program = fs::read_symlink("/proc/self/exe", trouble);
  if (trouble) return complain(Error{ErrorKind::kUnavailable, "/proc/self/exe", trouble.message()});
  const auto hook =
      install_git_hook(options.repository,
                       {program.string(), fs::absolute(options.data).string(), options.pipeline});
  if (!hook) return complain(hook.error());
  std::printf("%s is written.\n", hook->path.c_str());
  if (hook->shared)
    std::printf(
        "It is not in the repository itself (core.hooksPath): git runs it for every "
        "repository whose hooks are there.\n");
  const auto reply = tell(options, fs::absolute(options.repository).lexically_normal().string());
  if (!reply) {
    std::printf("No server can be told now; the hook tells whichever serves %s.\n",
                options.data.c_str());
  } else if (reply->value("triggers", 0) == 0) {
    std::printf("No pipeline has a trigger for this repository yet.\n");
  }
  return 0;
}

int remove(const Options& options) {
  const auto hook = remove_git_hook(options.repository);
  if (!hook) return complain(hook.error());
  std::printf("%s is removed.\n", hook->path.c_str());
  return 0;
}

}  // namespace

void add_trigger_command(CLI::App& app, int& exit_code) {
  auto* all = app.add_subcommand("trigger", "What starts pipelines: list it, install hooks");
  all->require_subcommand(1);
  const auto command = [&](const char* name, const char* text, const auto& run) {
    auto options = std::make_shared<Options>();
    auto* added = all->add_subcommand(name, text);
    add_data_option(*added, options->data);
    added->callback([options, run, &exit_code] { exit_code = run(*options); });
    return std::pair(added, options);
  };
  const auto of_repository = [](CLI::App* added, Options& options) {
    added->add_option("repository", options.repository, "Directory of a local git repository")
        ->required();
  };
  const auto for_pipeline = [](CLI::App* added, Options& options) {
    added->add_option("--pipeline", options.pipeline, "Only this pipeline's triggers");
  };
  const auto listing = command("list", "What each trigger watches, and when it looks next", list);
  listing.first->add_option("pipeline", listing.second->pipeline, "Pipeline; all if absent");
  listing.first->add_flag("--json", listing.second->json, "As JSON");
  const auto telling =
      command("notify", "Tell the server that a repository has changed; hooks call it", notify);
  of_repository(telling.first, *telling.second);
  for_pipeline(telling.first, *telling.second);
  const auto installing = command(
      "install-hook", "Write a git hook that tells the server of each push at once", install);
  of_repository(installing.first, *installing.second);
  for_pipeline(installing.first, *installing.second);
  const auto removing = command("remove-hook", "Remove that hook", remove);
  of_repository(removing.first, *removing.second);
}

}  // namespace sluice
