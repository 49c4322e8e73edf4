// `<group>-cleanup`: what the last deployment of a group put on the host, one path a line, and its
// removal before the next (facts/build_deploy.md B7.4).
#pragma once

#include <string>

#include "plugins/deploy/appspec/fault.hpp"

namespace sluice::appspec {

// Written while an installation goes on, so that a crash leaves a list of what is there so far.
class CleanupList {
 public:
  CleanupList() = default;
  CleanupList(const CleanupList&) = delete;
  CleanupList& operator=(const CleanupList&) = delete;
  ~CleanupList();

  // Starts an empty list.
  [[nodiscard]] Check open(const std::string& path);
  // Each line is in the file when the call returns.
  [[nodiscard]] Check add_path(const std::string& path);
  [[nodiscard]] Check add_security_context(const std::string& path);
  // Brings the list to the disk; the end of an installation.
  [[nodiscard]] Check close();

 private:
  [[nodiscard]] Check add_line(const std::string& line);

  std::string path_;
  int file_ = -1;
};

// Removes what the list names, last line first: links and files go, directories only when empty,
// SELinux rules are deleted, what is gone already is skipped, a last line without its end (a torn
// write) is dropped. Then removes the list. No list: nothing to do. Fault: IO_ERROR; the list
// stays.
[[nodiscard]] Check remove_previous(const std::string& list);

}  // namespace sluice::appspec
