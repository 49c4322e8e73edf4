// Files and folders: copies that keep modes, atomic small files, removal.
#pragma once

#include <optional>
#include <string>

#include "plugins/deploy/appspec/fault.hpp"

namespace sluice::appspec {

// A Fault of word IO_ERROR from errno: "cannot copy /a to /b: No space left on device".
[[nodiscard]] Fault io_fault(const std::string& what, const std::string& path, int error);

// Copies content, mode and modification time of one file; an existing file is written over, links
// are followed. Fault: SOURCE_MISSING, IO_ERROR.
[[nodiscard]] Check copy_regular_file(const std::string& source, const std::string& destination);

// Makes the link anew with the same target. Fault: LINK_EXISTS, IO_ERROR.
[[nodiscard]] Check copy_link(const std::string& source, const std::string& destination);

// Copies what is in a directory into another, which is made; links stay links. Owner: this user.
[[nodiscard]] Check copy_tree(const std::string& source, const std::string& destination);

[[nodiscard]] std::optional<std::string> read_file(const std::string& path);

// Whole or not at all: written beside, synced, renamed.
[[nodiscard]] Check write_file(const std::string& path, const std::string& content);

[[nodiscard]] Check make_directories(const std::string& path);

}  // namespace sluice::appspec
