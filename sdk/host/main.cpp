// sluice-action-host: the process in which a plugin's code runs.
//
//   sluice-action-host --describe PLUGIN
//       prints the plugin's description as JSON; exit status 1 and a message if it is refused
//   sluice-action-host --serve PLUGIN --socket N --directory DIR [--limit NAME=NUMBER]...
//       serves runs over the socket (sdk/wire/messages.hpp) until it ends; started by the engine
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "sdk/host/crash.hpp"
#include "sdk/host/describe.hpp"
#include "sdk/host/leftovers.hpp"
#include "sdk/host/plugin_library.hpp"
#include "sdk/host/server.hpp"
#include "sdk/wire/exit_status.hpp"

namespace {

struct Arguments {
  enum class Mode { kNone, kDescribe, kServe } mode = Mode::kNone;
  std::string plugin, directory;
  int socket = -1;
  bool good = true;
};

bool set_limit(std::string_view text) {
  static constexpr struct {
    std::string_view name;
    __rlimit_resource which;
  } kLimits[] = {{"core", RLIMIT_CORE},   {"as", RLIMIT_AS},         {"cpu", RLIMIT_CPU},
                 {"fsize", RLIMIT_FSIZE}, {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC}};
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  for (const auto& limit : kLimits) {
    if (limit.name != text.substr(0, equals)) continue;
    rlimit value = {};
    if (getrlimit(limit.which, &value) != 0) return false;
    const rlim_t wanted = std::strtoull(text.data() + equals + 1, nullptr, 10);
    value.rlim_cur = wanted < value.rlim_max ? wanted : value.rlim_max;
    value.rlim_max = value.rlim_cur;
    return setrlimit(limit.which, &value) == 0;
  }
  return false;
}

Arguments parse(int count, char** values) {
  Arguments arguments;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = values[i];
    const char* const value = values[i + 1];
    if (name == "--describe" || name == "--serve") {
      arguments.mode = name == "--serve" ? Arguments::Mode::kServe : Arguments::Mode::kDescribe;
      arguments.plugin = value;
    } else if (name == "--socket") {
      arguments.socket = std::atoi(value);
    } else if (name == "--directory") {
      arguments.directory = value;
    } else if (name == "--limit") {
      arguments.good = set_limit(value) && arguments.good;
    } else {
      arguments.good = false;
    }
  }
  const bool serve = arguments.mode == Arguments::Mode::kServe;
  if (count % 2 == 0 || arguments.mode == Arguments::Mode::kNone ||
      (serve && (arguments.socket < 3 || arguments.directory.empty())))
    arguments.good = false;
  return arguments;
}

int describe(const std::string& path) {
  // What the library prints while it is loaded is not the description.
  const int out = fcntl(1, F_DUPFD_CLOEXEC, 3);
  dup2(2, 1);
  const auto plugin = sluice::host::load_plugin(path);
  if (!plugin.problem.empty()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(), plugin.problem.c_str());
    return 1;
  }
  const std::string json = sluice::host::to_json(plugin.description);
  std::string_view rest = json;
  while (!rest.empty()) {
    const ssize_t written = write(out, rest.data(), rest.size());
    if (written <= 0) return 1;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int serve(const Arguments& arguments) {
  fcntl(arguments.socket, F_SETFD, FD_CLOEXEC);
  sluice::host::become_subreaper();
  sluice::host::install_crash_report();
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  // Leaked on purpose: its threads and descriptors live until the process ends.
  auto* const server = new sluice::host::Server(arguments.socket, arguments.directory);
  return server->serve(sluice::host::load_plugin(arguments.plugin));
}

}  // namespace

int main(int count, char** values) {
  const Arguments arguments = parse(count, values);
  if (!arguments.good) {
    std::fputs(
        "usage: sluice-action-host --describe PLUGIN\n"
        "       (--serve is for the engine; to run one action: sluice action run)\n",
        stderr);
    return sluice::wire::kBadUsage;
  }
  // _exit: a plugin's destructors are not ours to run.
  _exit(arguments.mode == Arguments::Mode::kDescribe ? describe(arguments.plugin)
                                                     : serve(arguments));
}
