#include "events/pattern/refusal.hpp"

namespace sluice::pattern {

std::string Refusal::message() const {
  std::string out = reason;
  if (!path.empty()) out += " at \"" + path + "\"";
  out += " (byte " + std::to_string(offset) + ")";
  if (!value.empty()) out += ": " + value;
  if (!allowed.empty()) out += "; allowed: " + allowed;
  return out;
}

}  // namespace sluice::pattern
