#include "sdk/host/describe.hpp"

#include <cstdio>

namespace sluice::host {
namespace {

// Length of the valid UTF-8 sequence at the start of text, 0 if it is none.
std::size_t sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) >= 0xa0) ||
      (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) >= 0x90))
    return 0;
  return length;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = sequence(text);
    const char c = text[0];
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

std::string to_json(const wire::Description& description) {
  std::string out =
      "{\"name\":" + quoted(description.name) + ",\"version\":" + quoted(description.version) +
      ",\"description\":" + quoted(description.description) +
      ",\"abiMinorNeeded\":" + std::to_string(description.abi_minor_needed) + ",\"actions\":[";
  const char* comma = "";
  for (const auto& action : description.actions) {
    out += comma;
    out += "{\"category\":" + std::to_string(action.category) +
           ",\"provider\":" + quoted(action.provider) + ",\"version\":" + quoted(action.version) +
           ",\"uses\":" + quoted(action.uses) + ",\"summary\":" + quoted(action.summary) +
           ",\"configurationSchema\":" + quoted(action.configuration_schema) +
           ",\"inputArtifacts\":[" + std::to_string(action.min_inputs) + ',' +
           std::to_string(action.max_inputs) + "],\"outputArtifacts\":[" +
           std::to_string(action.min_outputs) + ',' + std::to_string(action.max_outputs) +
           "],\"outputVariables\":[";
    const char* inner = "";
    for (const auto& name : action.output_variables) {
      out += inner + quoted(name);
      inner = ",";
    }
    out += "],\"flags\":" + std::to_string(action.flags) +
           ",\"defaultTimeoutMs\":" + std::to_string(action.default_timeout_ms) + '}';
    comma = ",";
  }
  return out + "]}\n";
}

}  // namespace sluice::host
