#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "engine/artifacts/log_store.hpp"

namespace sluice {
namespace {

std::string time_text(Instant at) {
  const time_t seconds = at.ms / 1000;
  tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                static_cast<int>(at.ms % 1000));
  return text.data();
}

bool ends_with_newline(int file, std::uint64_t size) {
  char last = '\n';
  if (size != 0) static_cast<void>(::pread(file, &last, 1, static_cast<off_t>(size - 1)) == 1);
  return last == '\n';
}

// Back to where a character begins, so that a cut leaves no half of one.
std::size_t whole_characters(std::string_view text, std::size_t size) {
  std::size_t cut = size;
  while (cut > 0 && size - cut < 4 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return cut;
}

}  // namespace

LogWriter::LogWriter(int file, std::uint64_t size, std::string path, LogLimits limits)
    : file_(file),
      size_(size),
      path_(std::move(path)),
      limits_(limits),
      full_(size >= limits.file_bytes) {}

// A writer that was killed may have left half a line.
void LogWriter::end_half_line() {
  if (ends_with_newline(file_, size_)) return;
  pending_ = "\n";
  ++size_;
}

LogWriter::LogWriter(LogWriter&& from) noexcept
    : file_(std::exchange(from.file_, -1)),
      size_(from.size_),
      path_(std::move(from.path_)),
      limits_(from.limits_),
      full_(from.full_),
      line_began_(from.line_began_),
      line_bytes_(from.line_bytes_),
      line_(std::move(from.line_)),
      last_line_(std::move(from.last_line_)),
      pending_(std::move(from.pending_)) {}

LogWriter::~LogWriter() {
  if (file_ >= 0) ::close(file_);
}

Result<void> LogWriter::write(std::string_view bytes, Instant now) {
  take(bytes, now);
  return flush();
}

Result<void> LogWriter::finish(Instant now) {
  if (line_bytes_ != 0) end_line(now);
  return flush();
}

void LogWriter::take(std::string_view bytes, Instant now) {
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    if (line_bytes_ == 0) line_began_ = now;
    const std::size_t room =
        limits_.line_bytes + 1 - std::min(line_.size(), limits_.line_bytes + 1);
    line_.append(bytes.substr(0, std::min(end, room)));
    line_bytes_ += end;
    if (end == bytes.size()) return;
    end_line(now);
    bytes.remove_prefix(end + 1);
  }
}

void LogWriter::end_line(Instant now) {
  if (line_.ends_with('\r')) line_.pop_back();
  if (line_.size() > limits_.line_bytes) {
    line_.resize(whole_characters(line_, limits_.line_bytes));
    line_ += "... [line of " + std::to_string(line_bytes_) + " bytes, cut here]";
  }
  if (!full_) {
    const std::size_t before = pending_.size();
    const std::string began = time_text(line_bytes_ == 0 ? now : line_began_);
    pending_.append(began).append(" ").append(line_).append("\n");
    const std::size_t added = pending_.size() - before;
    if (size_ + added > limits_.file_bytes) {
      pending_.resize(before);
      pending_.append(began)
          .append(" [log cut here: longer than ")
          .append(std::to_string(limits_.file_bytes))
          .append(" bytes]\n");
      full_ = true;
    }
    size_ += pending_.size() - before;
  }
  if (line_.find_first_not_of(" \t\r") != std::string::npos) last_line_ = line_;
  line_.clear();
  line_bytes_ = 0;
}

Result<void> LogWriter::flush() {
  while (!pending_.empty()) {
    const ssize_t written = ::write(file_, pending_.data(), pending_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const Error error{ErrorKind::kUnavailable, path_,
                        std::string("cannot be written: ") + std::strerror(errno) + "."};
      // What waits for a disk with room is bounded.
      if (pending_.size() > limits_.line_bytes * 16) {
        size_ -= pending_.size();
        pending_.clear();
      }
      return error;
    }
    pending_.erase(0, static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace sluice
