#include "sdk/wire/frame.hpp"

#include <cstdint>

namespace sluice::wire {
namespace {
constexpr std::size_t kHeader = 4;
}

void append_frame(std::string& out, std::string_view payload) {
  for (std::size_t i = 0; i < kHeader; ++i)
    out.push_back(static_cast<char>(payload.size() >> (8 * i) & 0xff));
  out.append(payload);
}

void FrameReader::append(std::string_view bytes) {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  } else if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  buffer_.append(bytes);
}

std::optional<std::string_view> FrameReader::next() {
  const std::size_t left = buffer_.size() - begin_;
  if (malformed_ || left < kHeader) return std::nullopt;
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < kHeader; ++i)
    size |= static_cast<std::uint32_t>(static_cast<unsigned char>(buffer_[begin_ + i])) << (8 * i);
  if (size > kMaxFrame) {
    malformed_ = true;
    return std::nullopt;
  }
  if (left < kHeader + size) return std::nullopt;
  const std::string_view payload(buffer_.data() + begin_ + kHeader, size);
  begin_ += kHeader + size;
  return payload;
}

}  // namespace sluice::wire
