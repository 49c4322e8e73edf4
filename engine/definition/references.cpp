#include "engine/definition/references.hpp"

#include <algorithm>

namespace sluice::definition {
namespace {

bool is_name(std::string_view text, std::string_view also) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           also.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::vector<Reference> find_references(std::string_view text) {
  std::vector<Reference> found;
  for (auto start = text.find("#{"); start != std::string_view::npos;
       start = text.find("#{", start + 1)) {
    const auto end = text.find_first_of("{}", start + 2);
    if (end == std::string_view::npos || text[end] == '{' || end == start + 2) continue;
    const auto inner = text.substr(start + 2, end - start - 2);
    const auto period = inner.find('.');
    Reference reference;
    reference.text = std::string(text.substr(start, end - start + 1));
    if (period != std::string_view::npos && is_name(inner.substr(0, period), "@-_") &&
        is_name(inner.substr(period + 1), "@-_^[]*$")) {
      reference.valid = true;
      reference.name_space = std::string(inner.substr(0, period));
      reference.key = std::string(inner.substr(period + 1));
    }
    found.push_back(std::move(reference));
  }
  return found;
}

}  // namespace sluice::definition
