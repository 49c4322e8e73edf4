// Commands that need no shell at all: `make check`, `./run-tests --fast`. Starting one directly
// saves the start of a shell, a tenth of a millisecond; make does the same.
#ifndef SLUICE_PLUGINS_BUILD_PLAIN_COMMAND_HPP
#define SLUICE_PLUGINS_BUILD_PLAIN_COMMAND_HPP

#include <string>
#include <string_view>
#include <vector>

namespace sluice::build {

// The words of a command in which a shell would see words alone, and whose first one is no builtin
// or keyword of a shell; otherwise nothing. `true` and `false` are programs too and do the same
// there.
std::vector<std::string> plain_words(std::string_view command);

}  // namespace sluice::build

#endif
