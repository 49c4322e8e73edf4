#include "plugins/test/report.hpp"

namespace sluice::reports {
namespace {

struct Format {
  std::string_view name;
  ReportContent (*parse)(std::string_view text);
  bool coverage;
};
constexpr Format kFormats[] = {
    {"JUNITXML", parse_junit, false},      {"NUNITXML", parse_nunit, false},
    {"NUNIT3XML", parse_nunit3, false},    {"TESTNGXML", parse_testng, false},
    {"VISUALSTUDIOTRX", parse_trx, false}, {"CUCUMBERJSON", parse_cucumber, false},
    {"CLOVERXML", parse_clover, true},     {"COBERTURAXML", parse_cobertura, true},
    {"JACOCOXML", parse_jacoco, true},     {"SIMPLECOV", parse_simplecov, true},
};

const Format* find_format(std::string_view name) {
  for (const auto& format : kFormats)
    if (format.name == name) return &format;
  return nullptr;
}

}  // namespace

const char* name_of(CaseStatus status) {
  constexpr const char* kNames[] = {"SUCCEEDED", "FAILED", "ERROR", "SKIPPED", "UNKNOWN"};
  return kNames[static_cast<std::size_t>(status)];
}

bool is_coverage_format(std::string_view format) {
  const Format* found = find_format(format);
  return found && found->coverage;
}

ReportContent parse_report(std::string_view format, std::string_view text) {
  const Format* found = find_format(format);
  if (found) return found->parse(text);
  ReportContent content;
  content.error = "unknown report format " + std::string(format);
  return content;
}

}  // namespace sluice::reports
