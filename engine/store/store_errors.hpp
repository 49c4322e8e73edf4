// What both stores say when something is not there, in the same words.
#pragma once

#include <string>

#include "engine/core/ids.hpp"
#include "engine/core/result.hpp"

namespace sluice::store_errors {

inline Error no_declaration(const std::string& pipeline, std::uint32_t version) {
  return {ErrorKind::kNotFound, pipeline,
          "has no version " + std::to_string(version) + ". See its history for those it has."};
}
inline Error no_execution(const std::string& pipeline, ExecutionNumber number) {
  return {ErrorKind::kNotFound, pipeline, "has no execution " + std::to_string(number) + "."};
}
inline Error prefix_too_short(const std::string& prefix) {
  return {ErrorKind::kBadInput, prefix,
          "is too short for the beginning of an execution id: give 4 characters at least."};
}
inline Error no_execution_begins(const std::string& prefix) {
  return {ErrorKind::kNotFound, prefix, "No execution id begins so. List the executions."};
}
inline Error several_begin(const std::string& prefix) {
  return {ErrorKind::kConflict, prefix, "Several execution ids begin so. Give more characters."};
}

}  // namespace sluice::store_errors
