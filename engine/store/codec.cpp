#include "engine/store/codec.hpp"

#include "engine/store/binary.hpp"

namespace sluice {
namespace {

template <class T>
std::string encode_any(const T& value) {
  Encoder out;
  out.value(value);
  return std::string(out.bytes());
}

template <class T>
Result<T> decode_any(std::string_view bytes, const char* what) {
  Decoder in(bytes);
  T value{};
  if (!in.value(value)) return decoding_error(in, what);
  if (!in.at_end()) {
    return Error{ErrorKind::kCorrupt, "",
                 std::string("A stored ") + what +
                     " has bytes behind its end. Restore the data directory from a copy."};
  }
  return value;
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

std::string encode_details(const ExecutionDetails& details) {
  return details == ExecutionDetails{} ? std::string() : encode_any(details);
}
Result<ExecutionDetails> decode_details(std::string_view bytes) {
  if (bytes.empty()) return ExecutionDetails{};
  return decode_any<ExecutionDetails>(bytes, "execution");
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

Error decoding_error(const Decoder& in, const char* what) {
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

}  // namespace sluice
