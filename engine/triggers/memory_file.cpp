#include "engine/triggers/memory_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace sluice::triggers {
namespace {

Error cannot(const std::string& path) {
  return {ErrorKind::kUnavailable, path, std::string("cannot be written: ") + std::strerror(errno)};
}

bool write_whole(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto wrote = write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return fsync(file) == 0;
}

Result<std::string> random_name() {
  std::array<unsigned char, 12> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return Error{ErrorKind::kUnavailable, "getrandom", std::strerror(errno)};
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name = "trigger-";
  for (const auto byte : bytes) {
    name += kDigits[byte >> 4U];
    name += kDigits[byte & 15U];
  }
  return name;
}

}  // namespace

Result<Memory> load_memory(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    if (std::filesystem::exists(path))
      return Error{ErrorKind::kUnavailable, path, "cannot be read; look at its permissions"};
    const auto id = random_name();
    if (!id) return id.error();
    Memory memory;
    memory.id = *id;
    return memory;
  }
  auto memory = memory_from_json(std::string(std::istreambuf_iterator<char>(in), {}));
  if (memory) return memory;
  return Error{ErrorKind::kCorrupt, path,
               "is no memory of triggers (" + memory.error().message +
                   "); remove it to begin anew: pushes until then start nothing"};
}

Result<void> save_memory(const std::string& path, const Memory& memory) {
  const auto unborn = path + ".new";
  const int file = open(unborn.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return cannot(unborn);
  const bool written = write_whole(file, to_json(memory));
  const auto failed = written ? Result<void>() : Result<void>(cannot(unborn));
  close(file);
  if (!failed) return failed;
  if (rename(unborn.c_str(), path.c_str()) != 0) return cannot(path);
  const auto parent = std::filesystem::path(path).parent_path().string();
  const int folder = open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool kept = folder >= 0 && fsync(folder) == 0;
  if (folder >= 0) close(folder);
  if (!kept) return cannot(parent);
  return {};
}

}  // namespace sluice::triggers
