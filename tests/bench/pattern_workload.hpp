// Events and rules for measuring the matcher: seeded, made here, nothing read from files. Pipeline
// state changes of about 850 bytes, lots of land as GeoJSON, and families of rules over them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

[[nodiscard]] std::vector<std::string> pipeline_events(std::size_t count, unsigned seed);
[[nodiscard]] std::vector<std::string> lot_events(std::size_t count, unsigned seed);

// `family`: exact, mixed, common, wild (pipeline events) or arrays (lots). The rules of a number
// are the first ones of any larger number.
[[nodiscard]] std::vector<std::string> rules(std::string_view family, std::size_t count,
                                             unsigned seed);

}  // namespace bench
