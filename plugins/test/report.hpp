// What a test or coverage report says, whatever its format (facts/build_deploy.md A9).
#ifndef SLUICE_PLUGINS_TEST_REPORT_HPP
#define SLUICE_PLUGINS_TEST_REPORT_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

enum class CaseStatus { kSucceeded, kFailed, kError, kSkipped, kUnknown };
const char* name_of(CaseStatus status);  // "SUCCEEDED"

struct TestCase {
  std::string prefix, name, suite, message;  // prefix: class, feature or namespace
  CaseStatus status = CaseStatus::kSucceeded;
  std::int64_t duration_ns = 0;
  std::string file;  // the report file it stood in
  bool failed() const { return status == CaseStatus::kFailed || status == CaseStatus::kError; }
};

struct FileCoverage {
  std::string path;
  std::int64_t lines_covered = 0, lines_missed = 0, branches_covered = 0, branches_missed = 0;
};

// One report file as it was read. error: it is not such a report; the rest is then empty.
struct ReportContent {
  std::vector<TestCase> cases;
  std::vector<FileCoverage> coverage;
  std::string error;  // begins with "line:column: " where the text is broken
};

bool is_coverage_format(std::string_view format);

// format is one of facts A9, in capitals. Never throws.
ReportContent parse_report(std::string_view format, std::string_view text);

// One a format; each tells by the root element whether text is of it.
ReportContent parse_junit(std::string_view text);
ReportContent parse_nunit(std::string_view text);
ReportContent parse_nunit3(std::string_view text);
ReportContent parse_testng(std::string_view text);
ReportContent parse_trx(std::string_view text);
ReportContent parse_cucumber(std::string_view text);
ReportContent parse_clover(std::string_view text);
ReportContent parse_cobertura(std::string_view text);
ReportContent parse_jacoco(std::string_view text);
ReportContent parse_simplecov(std::string_view text);

}  // namespace sluice::reports

#endif
