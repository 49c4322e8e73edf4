// Facts, declarations and pipeline states as bytes (binary.hpp says how). What an older version
// wrote can be read by every newer one. Decoding trusts nothing: kCorrupt for bytes that nobody
// wrote, kUnsupported for a fact or a name that only a newer version knows.
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/pipeline.hpp"
#include "engine/core/result.hpp"

namespace sluice {

class Encoder;

std::string encode(const Fact& fact);
std::string encode(const PipelineDeclaration& declaration);
std::string encode(const Pipeline& pipeline);

Result<Fact> decode_fact(std::string_view bytes);
Result<PipelineDeclaration> decode_declaration(std::string_view bytes);
Result<Pipeline> decode_pipeline(std::string_view bytes);

// A block: the facts of one row of the store, under a checksum.
class BlockWriter {
 public:
  BlockWriter();
  ~BlockWriter();
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  void add(const Fact& fact);
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::size_t size() const;  // bytes
  // Valid until the next add() or clear().
  [[nodiscard]] std::string_view finish();
  void clear();

 private:
  std::unique_ptr<Encoder> bytes_;
  std::uint32_t count_ = 0;
};
Result<Facts> decode_block(std::string_view bytes);

}  // namespace sluice
