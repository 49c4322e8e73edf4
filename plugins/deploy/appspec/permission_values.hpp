// The small grammars inside `permissions`: mode, ACL entries, SELinux ranges
// (facts/build_deploy.md B3, B4). Pure text to value; a Fault's `where` is left to the caller.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/deploy/appspec/fault.hpp"
#include "plugins/deploy/appspec/model.hpp"

namespace sluice::appspec {

// 1 to 4 octal digits, padded on the left to three. Faults: MODE_CHAR, MODE_LENGTH.
[[nodiscard]] Checked<std::string> parse_mode(const std::string& text);

// `[d|default:][u|user|g|group|m|mask|o|other:][name:]perms`; two parts `bob:rw` mean user bob.
// Faults: ACL_MALFORMED, ACL_BAD_CHAR, ACL_BASE_ENTRY (base entries are the mode's).
[[nodiscard]] Checked<Ace> parse_ace(const std::string& text);

// `sN[-sM][:categories]`, categories `cN`, `cN.cM` and commas, sorted and folded in the result.
// Fault: RANGE_INVALID.
[[nodiscard]] Checked<std::string> parse_security_range(const std::string& text);

// The text that setfacl takes for one entry: "default:user:bob:rw-".
[[nodiscard]] std::string ace_text(const Ace& ace);

// The whole ACL for an object whose permission bits are `mode`: base entries from the mode, a mask
// from the group bits when named entries stand without one, and the missing default base entries.
[[nodiscard]] std::vector<Ace> complete_acl(const std::vector<Ace>& wanted, unsigned mode);

}  // namespace sluice::appspec
