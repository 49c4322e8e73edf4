#include "engine/cli/serve.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "engine/cli/open_store.hpp"
#include "engine/cli/server_session.hpp"
#include "engine/definition/diagnostic_text.hpp"
#include "engine/server/notify.hpp"

namespace sluice {
namespace {

using server::LogLevel;

struct Options {
  std::string data, configuration;
  bool data_given = false, check = false;
};

// The configuration of the file, or the defaults without one. Mistakes are printed.
std::optional<server::Configuration> read_configuration(const Options& options,
                                                        const CliEnvironment& environment) {
  server::Configuration configuration;
  if (!options.configuration.empty()) {
    auto parsed = server::load_configuration(options.configuration);
    if (!parsed.diagnostics.empty())
      std::fprintf(stderr, "%s",
                   definition::render(parsed.diagnostics, parsed.text,
                                      {environment.color, environment.width})
                       .c_str());
    if (!parsed.configuration) return std::nullopt;
    configuration = std::move(*parsed.configuration);
  }
  if (options.data_given || configuration.data_directory.empty())
    configuration.data_directory = options.data;
  return configuration;
}

// The process as the service manager and the operator see it.
class Service {
 public:
  Service(const Options& options, const CliEnvironment& environment,
          server::Configuration configuration, server::ServerLog& log, int signal_fd)
      : options_(options),
        environment_(environment),
        configuration_(std::move(configuration)),
        log_(log),
        signal_fd_(signal_fd) {}

  int run(ServerSession& session) {
    log_.write(LogLevel::kInfo, "serving",
               {{"data", configuration_.data_directory},
                {"socket", session.socket()},
                {"webhooks", session.webhook_address()}});
    server::notify_manager("READY=1\nSTATUS=serving");
    while (true) {
      pollfd waits[] = {{signal_fd_, POLLIN, 0}, {session.ended_fd(), POLLIN, 0}};
      if (poll(waits, 2, -1) < 0) continue;
      if (waits[1].revents & POLLIN) {
        const auto outcome = session.outcome();
        log_.write(LogLevel::kError, "the store cannot be read any more",
                   {{"why", outcome ? "" : outcome.error().text()}});
        return 1;
      }
      if (next_signal() == SIGHUP)
        reload(session);
      else
        return stop(session);
    }
  }

 private:
  int next_signal() const {
    signalfd_siginfo info{};
    return read(signal_fd_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo)
                                                               : 0;
  }
  bool signalled() const {
    pollfd wait{signal_fd_, POLLIN, 0};
    return poll(&wait, 1, 0) > 0 && next_signal() != SIGHUP;
  }

  int stop(ServerSession& session) {
    log_.write(LogLevel::kInfo, "stopping: running actions are let finish",
               {{"at most", std::to_string(configuration_.drain_ms / 1000) + "s"}});
    server::notify_manager("STOPPING=1\nSTATUS=running actions are let finish");
    session.drain(configuration_.drain_ms, [this] { return signalled(); });
    log_.write(LogLevel::kInfo, "stopped");
    return 0;
  }

  void reload(ServerSession& session) {
    server::notify_manager("RELOADING=1");
    const auto read = read_configuration(options_, environment_);
    if (!read) {
      log_.write(LogLevel::kError, "the configuration has mistakes and is not taken over",
                 {{"file", options_.configuration}});
    } else if (const auto opened = log_.reopen(*read); !opened) {
      log_.write(LogLevel::kError, "the log cannot be opened anew",
                 {{"why", opened.error().text()}});
    } else {
      for (const std::string& key : server::needs_restart(configuration_, *read))
        log_.write(LogLevel::kWarning, "changed, but needs a restart", {{"key", key}});
      configuration_.drain_ms = read->drain_ms;
      session.retain(read->retention);
      log_.write(LogLevel::kInfo, "reloaded", {{"file", options_.configuration}});
    }
    server::notify_manager("READY=1");
  }

  const Options& options_;
  const CliEnvironment& environment_;
  server::Configuration configuration_;
  server::ServerLog& log_;
  int signal_fd_;
};

int serve(const Options& options, const CliEnvironment& environment, const std::string& version) {
  auto configuration = read_configuration(options, environment);
  if (!configuration) return 2;
  if (options.check) {
    std::printf("%s: valid\n",
                options.configuration.empty() ? "defaults" : options.configuration.c_str());
    return 0;
  }
  auto catalogue = environment.catalogue();
  if (!catalogue) return complain(catalogue.error());
  auto data = open_data_directory(configuration->data_directory);
  if (!data) return complain(data.error());
  auto log = server::ServerLog::open(*configuration);
  if (!log) return complain(log.error());

  // Before any thread starts: signals are this thread's.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);

  auto session =
      ServerSession::open({*data, *configuration, std::move(*catalogue), version}, **log);
  if (!session) return complain(session.error());
  const int status = Service(options, environment, *configuration, **log, signal_fd).run(**session);
  session->reset();
  close(signal_fd);
  return status;
}

}  // namespace

void add_serve_command(CLI::App& app, const CliEnvironment& environment, const std::string& version,
                       int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "serve", "Serve pipelines: the engine as a daemon, for start, approve, status and the rest");
  add_data_option(*command, options->data);
  command->add_option("--config", options->configuration,
                      "Configuration file, sluice.yml (docs/server.md)");
  command->add_flag("--check", options->check, "Check the configuration and end");
  command->callback([command, options, &environment, version, &exit_code] {
    options->data_given = command->count("--data") > 0;
    exit_code = serve(*options, environment, version);
  });
  command->footer(
      "SIGTERM lets running actions finish and ends, a second one ends at once; SIGHUP reads the\n"
      "configuration and opens the log file anew.");
}

}  // namespace sluice
