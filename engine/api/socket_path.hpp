// A UNIX socket's name may have 107 bytes, a path may have more. Whoever binds or connects does it
// through this: a long path is reached through a descriptor of its directory.
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/result.hpp"

namespace sluice::api {

class SocketPath {
 public:
  // kNotFound: the directory is not there.
  static Result<SocketPath> of(const std::filesystem::path& path);
  ~SocketPath();
  SocketPath(SocketPath&& from) noexcept;
  SocketPath& operator=(SocketPath&&) = delete;

  // Good for bind() and connect() while this lives.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  SocketPath(int directory, std::string text) : directory_(directory), text_(std::move(text)) {}
  int directory_ = -1;
  std::string text_;
};

}  // namespace sluice::api
