// Frames on a byte stream: four bytes of length, little-endian, then the payload.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::wire {

// The largest payload. Output variables are bounded by 122,880 bytes, details by 1 MiB.
inline constexpr std::size_t kMaxFrame = 4u << 20;

// Appends a header and the payload; the payload is at most kMaxFrame bytes.
void append_frame(std::string& out, std::string_view payload);

// Takes bytes as they come and gives whole payloads. Not for several threads.
class FrameReader {
 public:
  void append(std::string_view bytes);
  // The next payload, valid until the next call of append(); nullopt if it is not complete yet, or
  // if the stream is no stream of frames (see malformed()).
  [[nodiscard]] std::optional<std::string_view> next();
  // A length beyond kMaxFrame has been seen; nothing more can be read from this stream.
  [[nodiscard]] bool malformed() const { return malformed_; }
  // Bytes of an incomplete frame are waiting.
  [[nodiscard]] bool partial() const { return begin_ < buffer_.size(); }

 private:
  std::string buffer_;
  std::size_t begin_ = 0;
  bool malformed_ = false;
};

}  // namespace sluice::wire
