#include "engine/hosts/plugin_probe.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <thread>

#include "engine/hosts/host_process.hpp"
#include "engine/hosts/process_end.hpp"

namespace sluice {
namespace {

struct Probe {
  std::size_t index = 0;
  HostProcess host;
  std::int64_t until_ms = 0;
  std::optional<wire::Description> description;
  std::string refused, cookie;
};

Error problem(const std::string& path, std::string message) {
  return {ErrorKind::kBadInput, path, std::move(message)};
}

Result<Probe> start(const std::string& program, const std::string& path, std::size_t index,
                    int deadline_ms) {
  const std::string cookie = "probe-" + std::to_string(getpid()) + '-' + std::to_string(index) +
                             '-' + std::to_string(steady_ms());
  auto host = HostProcess::launch({program, path, "/nonexistent", cookie, {"core=0"}});
  if (!host) return host.error();
  return Probe{index, std::move(*host), steady_ms() + deadline_ms, {}, {}, cookie};
}

// True when it has said what it has to say.
bool listen(Probe& probe) {
  const bool alive = probe.host.receive([&](wire::ToEngine&& message) {
    if (auto* const ready = std::get_if<wire::Ready>(&message))
      probe.description = std::move(ready->description);
    else if (auto* const refused = std::get_if<wire::Refused>(&message))
      probe.refused = std::move(refused->message);
  });
  return !alive || probe.description || !probe.refused.empty();
}

Result<wire::Description> conclude(Probe& probe, const std::string& path, bool late,
                                   int deadline_ms) {
  const bool good = probe.description.has_value();
  const pid_t pid = probe.host.pid();
  const int pidfd = probe.host.release_pidfd();
  probe.host.close_socket();
  const ProcessEnd end = end_process(pid, pidfd, probe.cookie, late ? 0 : 1000, !good);
  if (good) return std::move(*probe.description);
  if (!probe.refused.empty()) return problem(path, probe.refused);
  if (late)
    return problem(path, "was not loaded within " + std::to_string(deadline_ms) +
                             " ms: a plugin must do no work at load time");
  if (end.signalled)
    return problem(path, "crashed while it was loaded, with signal " + std::to_string(end.number) +
                             " (" + sigdescr_np(end.number) +
                             "): a plugin must do no work at load time");
  return problem(path, "ended its process with exit status " + std::to_string(end.number) +
                           " while it was loaded: a plugin must do no work at load time");
}

}  // namespace

std::vector<Result<wire::Description>> probe_plugins(const std::string& host_program,
                                                     const std::vector<std::string>& paths,
                                                     int deadline_ms) {
  std::vector<Result<wire::Description>> results(paths.size(), Error{});
  const std::size_t at_once = 2 * std::max(1u, std::thread::hardware_concurrency());
  std::vector<Probe> probes;
  std::size_t next = 0;
  while (next < paths.size() || !probes.empty()) {
    for (; next < paths.size() && probes.size() < at_once; ++next) {
      auto probe = start(host_program, paths[next], next, deadline_ms);
      if (probe)
        probes.push_back(std::move(*probe));
      else
        results[next] = probe.error();
    }
    std::vector<pollfd> sockets;
    std::int64_t until = steady_ms() + deadline_ms;
    for (const auto& probe : probes) {
      sockets.push_back({probe.host.socket(), POLLIN, 0});
      until = std::min(until, probe.until_ms);
    }
    poll(sockets.data(), sockets.size(),
         static_cast<int>(std::max<std::int64_t>(0, until - steady_ms())));
    std::vector<Probe> open;
    for (std::size_t i = 0; i < probes.size(); ++i) {
      Probe& probe = probes[i];
      const bool told = sockets[i].revents != 0 && listen(probe);
      const bool late = !told && steady_ms() >= probe.until_ms;
      if (told || late)
        results[probe.index] = conclude(probe, paths[probe.index], late, deadline_ms);
      else
        open.push_back(std::move(probe));
    }
    probes = std::move(open);
  }
  return results;
}

}  // namespace sluice
