// A block: the facts in one row of the database, of one commit, in order of sequence. It is a row
// of segments, each of one pipeline and one instant, under a checksum. A reader passes over
// segments of other pipelines and facts of other executions without decoding them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/fact.hpp"
#include "engine/core/result.hpp"
#include "engine/store/binary.hpp"

namespace sluice {

class BlockWriter {
 public:
  BlockWriter() { clear(); }

  // The facts that are added from here on are of this pipeline and instant.
  void begin_segment(std::int64_t pipeline, Instant at);
  void add(const Fact& fact);
  // A fact as FactReader::skip() passed over it.
  void add(std::string_view encoded);
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size() + segment_.size(); }
  // Valid until the next call of anything else.
  [[nodiscard]] std::string_view finish();
  // Empty again; the next fact needs a segment.
  void clear();

 private:
  void end_segment();

  Encoder bytes_, segment_;
  std::int64_t pipeline_ = 0;
  Instant at_;
  std::uint32_t count_ = 0, segment_count_ = 0;
};

struct Segment {
  std::int64_t pipeline = 0;
  Instant at;
  std::uint32_t count = 0;  // of facts
  std::string_view facts;   // for FactReader; borrowed from the block
};
// Format and checksum before segments that were encoded elsewhere: for tests.
[[nodiscard]] std::string with_block_head(std::string_view segments);
// kCorrupt, kUnsupported.
Result<std::vector<Segment>> read_block(std::string_view bytes);

// Goes through the facts of a segment.
class FactReader {
 public:
  explicit FactReader(std::string_view facts) : in_(facts) {}
  [[nodiscard]] bool at_end() const { return in_.at_end(); }
  // The execution that the next fact is about, 0 for none or if it cannot be read: take() says why.
  [[nodiscard]] ExecutionNumber execution() const;
  Result<Fact> take();
  // What was passed over, encoded; borrowed from the segment.
  Result<std::string_view> skip();

 private:
  Decoder in_;
};

}  // namespace sluice
