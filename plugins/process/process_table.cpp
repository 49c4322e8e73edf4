#include "plugins/process/process_table.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

namespace sluice::process {
namespace {

namespace fs = std::filesystem;

void for_each_process(const std::function<bool(pid_t)>& visit) {
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool number =
        std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (number && !visit(static_cast<pid_t>(std::atol(name.c_str())))) return;
  }
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool holds(pid_t pid, const std::string& target) {
  std::error_code error;
  const fs::path folder = "/proc/" + std::to_string(pid) + "/fd";
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(at->path(), unreadable) == target) return true;
  }
  return false;
}

}  // namespace

bool group_is_alive(pid_t group) {
  bool alive = false;
  for_each_process([&](pid_t pid) {
    const std::string stat = first_line("/proc/" + std::to_string(pid) + "/stat");
    const auto after_name = stat.rfind(')');
    if (after_name == std::string::npos) return true;
    std::istringstream rest(stat.substr(after_name + 1));
    char state = 0;
    long parent = 0;
    long its_group = 0;
    rest >> state >> parent >> its_group;
    alive = its_group == group && state != 'Z' && state != 'X';
    return !alive;
  });
  return alive;
}

std::string processes_holding(int descriptor) {
  struct stat pipe {};
  if (::fstat(descriptor, &pipe) != 0) return {};
  const std::string target = "pipe:[" + std::to_string(pipe.st_ino) + "]";
  std::string holders;
  for_each_process([&](pid_t pid) {
    if (pid == ::getpid() || !holds(pid, target)) return true;
    holders += (holders.empty() ? "" : ", ") +
               first_line("/proc/" + std::to_string(pid) + "/comm") + " (pid " +
               std::to_string(pid) + ")";
    return true;
  });
  return holders;
}

}  // namespace sluice::process
