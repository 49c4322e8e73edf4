#include "engine/store/codec.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/store/binary.hpp"

namespace sluice {
namespace {

constexpr char kBlockFormat = 1;
constexpr std::size_t kBlockHead = 1 + sizeof(std::uint32_t);  // format, checksum

template <class T>
std::string encode_any(const T& value) {
  Encoder out;
  out.value(value);
  return std::string(out.bytes());
}

Error fault_of(const Decoder& in, const char* what) {
  if (in.fault() == Decoder::Fault::kUnknownName) {
    return {ErrorKind::kUnsupported, "",
            std::string("A stored ") + what +
                " holds something that this version does not know. Use the version that wrote it, "
                "or a newer one."};
  }
  return {ErrorKind::kCorrupt, "",
          std::string("A stored ") + what + " cannot be read (at byte " +
              std::to_string(in.offset()) + "). Restore the data directory from a copy."};
}

template <class T>
Result<T> decode_any(std::string_view bytes, const char* what) {
  Decoder in(bytes);
  T value{};
  if (!in.value(value)) return fault_of(in, what);
  if (!in.at_end()) {
    return Error{ErrorKind::kCorrupt, "",
                 std::string("A stored ") + what +
                     " has bytes behind its end. Restore the data directory from a copy."};
  }
  return value;
}

// Guards against a disk that returns other bytes than it was given, not against intent.
std::uint32_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0x9e3779b97f4a7c15ULL ^ bytes.size();
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min<std::size_t>(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), size);
    hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
    hash ^= hash >> 32;
    bytes.remove_prefix(size);
  }
  return static_cast<std::uint32_t>(hash);
}

}  // namespace

std::string encode(const Fact& fact) {
  return encode_any(fact);
}
std::string encode(const PipelineDeclaration& declaration) {
  return encode_any(declaration);
}
std::string encode(const Pipeline& pipeline) {
  return encode_any(pipeline);
}

Result<Fact> decode_fact(std::string_view bytes) {
  return decode_any<Fact>(bytes, "fact");
}
Result<PipelineDeclaration> decode_declaration(std::string_view bytes) {
  return decode_any<PipelineDeclaration>(bytes, "declaration");
}
Result<Pipeline> decode_pipeline(std::string_view bytes) {
  return decode_any<Pipeline>(bytes, "pipeline state");
}

BlockWriter::BlockWriter() : bytes_(std::make_unique<Encoder>()) {
  clear();
}
BlockWriter::~BlockWriter() = default;

void BlockWriter::clear() {
  bytes_->clear();
  const std::array<char, kBlockHead> head = {kBlockFormat};
  bytes_->put_raw(head.data(), head.size());
  count_ = 0;
}

void BlockWriter::add(const Fact& fact) {
  bytes_->value(fact);
  ++count_;
}

std::size_t BlockWriter::size() const {
  return bytes_->size();
}

std::string_view BlockWriter::finish() {
  const std::uint32_t sum = checksum(bytes_->bytes().substr(kBlockHead));
  bytes_->overwrite(1, &sum, sizeof sum);
  return bytes_->bytes();
}

Result<Facts> decode_block(std::string_view bytes) {
  if (bytes.size() < kBlockHead) {
    return Error{ErrorKind::kCorrupt, "",
                 "A stored block of facts is cut off. Restore the data directory from a copy."};
  }
  if (bytes[0] != kBlockFormat) {
    return Error{ErrorKind::kUnsupported, "",
                 "A stored block of facts has a format that this version does not know. Use the "
                 "version that wrote it, or a newer one."};
  }
  std::uint32_t sum = 0;
  std::memcpy(&sum, bytes.data() + 1, sizeof sum);
  bytes.remove_prefix(kBlockHead);
  if (sum != checksum(bytes)) {
    return Error{ErrorKind::kCorrupt, "",
                 "A stored block of facts is damaged: its checksum is wrong. Restore the data "
                 "directory from a copy."};
  }
  Decoder in(bytes);
  Facts facts;
  while (!in.at_end()) {
    if (!in.value(facts.emplace_back())) return fault_of(in, "fact");
  }
  return facts;
}

}  // namespace sluice
