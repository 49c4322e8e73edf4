#include "engine/store/block.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "engine/store/codec.hpp"

namespace sluice {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kHead = 1 + sizeof(std::uint32_t);  // format, checksum

Error corrupt(const std::string& why) {
  return {
      ErrorKind::kCorrupt, "",
      "A stored block of facts is damaged: " + why + ". Restore the data directory from a copy."};
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

// Where an encoded fact says which execution it is about: its first member, or its key's.
enum class Place : std::uint8_t { kNowhere, kFirst, kInKey };

template <class F>
constexpr Place place_in() {
  if constexpr (requires(F f) { f.execution; }) {
    return Place::kFirst;
  } else if constexpr (requires(F f) { f.key; }) {
    return Place::kInKey;
  } else {
    return Place::kNowhere;
  }
}
template <std::size_t... I>
constexpr auto places(std::index_sequence<I...> /*alternatives*/) {
  return std::array{place_in<std::variant_alternative_t<I, Fact>>()...};
}
constexpr auto kPlaces = places(std::make_index_sequence<std::variant_size_v<Fact>>{});

}  // namespace

void BlockWriter::begin_segment(std::int64_t pipeline, Instant at) {
  end_segment();
  pipeline_ = pipeline;
  at_ = at;
}

void BlockWriter::add(const Fact& fact) {
  segment_.value(fact);
  ++segment_count_;
  ++count_;
}

void BlockWriter::add(std::string_view encoded) {
  segment_.put_raw(encoded.data(), encoded.size());
  ++segment_count_;
  ++count_;
}

void BlockWriter::end_segment() {
  if (segment_count_ == 0) return;
  bytes_.value(pipeline_);
  bytes_.value(at_);
  bytes_.put(segment_count_);
  bytes_.put(segment_.size());
  bytes_.put_raw(segment_.bytes().data(), segment_.size());
  segment_.clear();
  segment_count_ = 0;
}

std::string_view BlockWriter::finish() {
  end_segment();
  const std::uint32_t sum = checksum(bytes_.bytes().substr(kHead));
  bytes_.overwrite(1, &sum, sizeof sum);
  return bytes_.bytes();
}

void BlockWriter::clear() {
  bytes_.clear();
  segment_.clear();
  count_ = segment_count_ = 0;
  const std::array<char, kHead> head = {kFormat};
  bytes_.put_raw(head.data(), head.size());
}

std::string with_block_head(std::string_view segments) {
  const std::uint32_t sum = checksum(segments);
  std::string block(kHead, kFormat);
  std::memcpy(&block[1], &sum, sizeof sum);
  return block.append(segments);
}

Result<std::vector<Segment>> read_block(std::string_view bytes) {
  if (bytes.size() < kHead) return corrupt("it is cut off");
  if (bytes[0] != kFormat) {
    return Error{ErrorKind::kUnsupported, "",
                 "A stored block of facts has a format that this version does not know. Use the "
                 "version that wrote it, or a newer one."};
  }
  std::uint32_t sum = 0;
  std::memcpy(&sum, bytes.data() + 1, sizeof sum);
  bytes.remove_prefix(kHead);
  if (sum != checksum(bytes)) return corrupt("its checksum is wrong");
  Decoder in(bytes);
  std::vector<Segment> segments;
  while (!in.at_end()) {
    Segment segment;
    std::uint64_t size = 0;
    if (!in.value(segment.pipeline) || !in.value(segment.at) || !in.value(segment.count) ||
        !in.get(size) || !in.get_view(segment.facts, size)) {
      return corrupt("a segment cannot be read");
    }
    segments.push_back(segment);
  }
  return segments;
}

ExecutionNumber FactReader::execution() const {
  Decoder ahead = in_;
  std::uint64_t kind = 0, length = 0, number = 0;
  if (!ahead.get(kind) || kind >= kPlaces.size() || !ahead.get(length)) return 0;
  const Place place = kPlaces[kind];
  if (place == Place::kNowhere || (place == Place::kInKey && !ahead.get(length))) return 0;
  return ahead.get(number) ? static_cast<ExecutionNumber>(number) : 0;
}

Result<Fact> FactReader::take() {
  Fact fact;
  if (!in_.value(fact)) return decoding_error(in_, "fact");
  return fact;
}

Result<std::string_view> FactReader::skip() {
  std::uint64_t kind = 0, length = 0;
  std::string_view unused;
  const std::string_view rest = in_.rest();
  if (in_.get(kind) && in_.get(length) && in_.get_view(unused, length))
    return rest.substr(0, rest.size() - in_.rest().size());
  return decoding_error(in_, "fact");
}

}  // namespace sluice
