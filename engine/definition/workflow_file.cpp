#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/definition/node.hpp"
#include "engine/definition/workflow.hpp"

namespace sluice {
namespace {

ParsedWorkflow unreadable(const std::string& file, definition::Code code, const std::string& why) {
  definition::Diagnostics diagnostics;
  diagnostics.error({}, code, why);
  return {std::nullopt, diagnostics.finish("", file), ""};
}

ParsedWorkflow too_large(const std::string& file, const std::string& size) {
  return unreadable(file, definition::Code::kTooLarge,
                    "the file has " + size + " bytes; a workflow file has at most " +
                        std::to_string(definition::kMaxTextBytes) + " (2 MiB)");
}

// At most one byte more than is allowed, so that the caller sees that it is too much.
bool read_all(int descriptor, std::string& text) {
  constexpr std::size_t kLimit = definition::kMaxTextBytes + 1;
  std::string chunk(std::size_t{64} << 10, '\0');
  while (text.size() < kLimit) {
    const auto count = ::read(descriptor, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) return true;
    text.append(chunk, 0, static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

ParsedWorkflow load_workflow_file(const std::filesystem::path& path,
                                  const std::vector<ActionTypeDescription>& catalogue,
                                  const WorkflowOptions& options) {
  const bool standard_input = path == "-";
  const auto name = standard_input ? std::string("stdin") : path.string();
  // Without O_NONBLOCK a FIFO that nobody writes to would hang here.
  const int descriptor =
      standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return unreadable(name, definition::Code::kUnreadable,
                      std::string("cannot open the file: ") + std::strerror(errno));
  }
  struct stat status {};
  const bool known = ::fstat(descriptor, &status) == 0;
  std::string text;
  ParsedWorkflow result;
  if (known && S_ISDIR(status.st_mode)) {
    result = unreadable(name, definition::Code::kUnreadable,
                        "this is a directory; name the workflow file in it");
  } else if (known && S_ISREG(status.st_mode) &&
             static_cast<std::size_t>(status.st_size) > definition::kMaxTextBytes) {
    result = too_large(name, std::to_string(status.st_size));
  } else if (!read_all(descriptor, text)) {
    result = unreadable(name, definition::Code::kUnreadable,
                        std::string("cannot read the file: ") + std::strerror(errno));
  } else if (text.size() > definition::kMaxTextBytes) {
    result = too_large(name, "more than " + std::to_string(definition::kMaxTextBytes));
  } else {
    result = parse_workflow(text, name, catalogue, options);
  }
  if (!standard_input) ::close(descriptor);
  return result;
}

}  // namespace sluice
