// Facts, declarations and pipeline states as bytes (binary.hpp says how). What an older version
// wrote can be read by every newer one. Decoding trusts nothing: kCorrupt for bytes that nobody
// wrote, kUnsupported for a fact or a name that only a newer version knows.
// Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/core/pipeline.hpp"
#include "engine/core/result.hpp"
#include "engine/store/store.hpp"

namespace sluice {

class Decoder;

std::string encode(const Fact& fact);
std::string encode(const PipelineDeclaration& declaration);
std::string encode(const Pipeline& pipeline);

// Of a row; nothing for none, and "" gives none.
std::string encode_details(const ExecutionDetails& details);
Result<ExecutionDetails> decode_details(std::string_view bytes);

Result<Fact> decode_fact(std::string_view bytes);
Result<PipelineDeclaration> decode_declaration(std::string_view bytes);
Result<Pipeline> decode_pipeline(std::string_view bytes);

// Why a decoder gave up; `what` is what it was to read. For engine/store itself.
[[nodiscard]] Error decoding_error(const Decoder& in, const char* what);

}  // namespace sluice
