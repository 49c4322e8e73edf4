// An action that may run again after a lost worker, and writes down each time that it runs.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <sluice/action.hpp>

namespace {

sluice::Outcome append(sluice::Run& run) {
  const std::string path = run.configuration("file", "");
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return sluice::misconfigured(path + " cannot be opened");
  const auto write_down = [&](const std::string& word) {
    const std::string line = word + ' ' + run.execution_id() + " Again\n";
    return ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  };
  const bool begun = write_down("begin");
  ::poll(nullptr, 0, 40);
  const bool ended = write_down("end");
  ::close(file);
  return begun && ended ? sluice::succeeded() : sluice::failed(path + " cannot be written");
}

}  // namespace

SLUICE_PLUGIN("chaos", "1.0.0", "For the chaos test",
              SLUICE_ACTION(append, .category = SLUICE_CATEGORY_TEST, .provider = "Append",
                            .uses = "test/append", .summary = "Appends a line to a file",
                            .configuration_schema = R"json({"type": "object", "properties": {
                              "file": {"type": "string"}}})json",
                            .flags = SLUICE_ACTION_IDEMPOTENT))
