#include "plugins/test/report_step.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "plugins/build/build_log.hpp"
#include "plugins/build/glob.hpp"
#include "plugins/test/report.hpp"

namespace sluice::reports {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostCases = 500, kLongestName = 1000, kLongestMessage = 5000;  // A9
constexpr std::size_t kMostMessageBytes = 256 * 1024;  // of one report in the details
constexpr std::uintmax_t kLargestFile = 64 << 20;
constexpr std::size_t kMostNamed = 5;  // failed tests in the action's message
constexpr std::size_t kLongestReason = 200;

struct Report {
  std::string name;
  bool coverage = false;
  std::vector<TestCase> cases;
  std::vector<FileCoverage> files;
  std::string trouble;  // not empty: INCOMPLETE
};

std::size_t failed_count(const Report& report) {
  return static_cast<std::size_t>(
      std::count_if(report.cases.begin(), report.cases.end(),
                    [](const TestCase& test) { return test.failed(); }));
}

const char* status_of(const Report& report) {
  if (!report.trouble.empty()) return "INCOMPLETE";
  return failed_count(report) > 0 ? "FAILED" : "SUCCEEDED";
}

void read_file(const fs::path& path, const std::string& shown, const std::string& format,
               Report& report) {
  std::error_code error;
  if (fs::file_size(path, error) > kLargestFile || error) {
    report.trouble = shown + ": the file is larger than 64 MiB or cannot be read";
    return;
  }
  std::ostringstream text;
  if (fs::file_size(path, error) > 0) text << std::ifstream(path, std::ios::binary).rdbuf();
  ReportContent content = parse_report(format, text.str());
  if (!content.error.empty()) {
    if (report.trouble.empty()) report.trouble = shown + ':' + content.error;
    return;
  }
  for (auto& test : content.cases) test.file = shown;
  std::move(content.cases.begin(), content.cases.end(), std::back_inserter(report.cases));
  std::move(content.coverage.begin(), content.coverage.end(), std::back_inserter(report.files));
}

Report read_group(const build::ReportGroup& group, const build::ReportRequest& request) {
  Report report;
  report.name = group.name.starts_with("arn:") ? group.name : request.project + '-' + group.name;
  report.coverage = is_coverage_format(group.format);
  const std::string wanted = group.base_directory.empty() ? "." : group.base_directory;
  std::size_t files = 0;
  for (const auto& base : build::matching_directories(request.source_directory, wanted))
    for (const auto& pattern : group.files)
      for (const auto& file : build::matching_files(base, pattern)) {
        ++files;
        read_file(base / file, file, group.format, report);
      }
  if (files == 0) {
    report.trouble = "no report files match";
    for (const auto& pattern : group.files) report.trouble += ' ' + pattern;
    if (wanted != ".") report.trouble += " in " + wanted;
  }
  return report;
}

double percentage(std::int64_t covered, std::int64_t missed) {
  return covered + missed == 0
             ? 100.0
             : 100.0 * static_cast<double>(covered) / static_cast<double>(covered + missed);
}

json summary_of_coverage(const Report& report) {
  FileCoverage sum;
  for (const auto& file : report.files) {
    sum.lines_covered += file.lines_covered;
    sum.lines_missed += file.lines_missed;
    sum.branches_covered += file.branches_covered;
    sum.branches_missed += file.branches_missed;
  }
  return {{"lineCoveragePercentage", percentage(sum.lines_covered, sum.lines_missed)},
          {"linesCovered", sum.lines_covered},
          {"linesMissed", sum.lines_missed},
          {"branchCoveragePercentage", percentage(sum.branches_covered, sum.branches_missed)},
          {"branchesCovered", sum.branches_covered},
          {"branchesMissed", sum.branches_missed}};
}

json summary_of_tests(const Report& report) {
  json counts = json::object();
  std::int64_t duration_ns = 0;
  for (const auto status : {CaseStatus::kSucceeded, CaseStatus::kFailed, CaseStatus::kError,
                            CaseStatus::kSkipped, CaseStatus::kUnknown})
    counts[name_of(status)] = 0;
  for (const auto& test : report.cases) {
    counts[name_of(test.status)] = counts[name_of(test.status)].get<std::int64_t>() + 1;
    duration_ns += test.duration_ns;
  }
  return {{"total", report.cases.size()},
          {"statusCounts", std::move(counts)},
          {"durationInNanoSeconds", duration_ns}};
}

json cases_of(const Report& report) {
  std::vector<const TestCase*> order;
  for (const bool failed : {true, false})
    for (const auto& test : report.cases)
      if (test.failed() == failed && order.size() < kMostCases) order.push_back(&test);
  json cases = json::array();
  std::size_t bytes = 0;
  for (const TestCase* test : order) {
    std::string message = test->message.substr(0, kLongestMessage);
    if (bytes + message.size() > kMostMessageBytes) message = message.substr(0, kLongestReason);
    bytes += message.size();
    cases.push_back({{"prefix", test->prefix.substr(0, kLongestName)},
                     {"name", test->name.substr(0, kLongestName)},
                     {"status", name_of(test->status)},
                     {"durationInNanoSeconds", test->duration_ns},
                     {"message", std::move(message)},
                     {"testSuiteName", test->suite.substr(0, kLongestName)},
                     {"testRawDataPath", test->file}});
  }
  return cases;
}

json to_json(const Report& report) {
  json object = {{"name", report.name},
                 {"type", report.coverage ? "CODE_COVERAGE" : "TEST"},
                 {"status", status_of(report)}};
  if (report.coverage) {
    object["codeCoverageSummary"] = summary_of_coverage(report);
  } else {
    object["testSummary"] = summary_of_tests(report);
    object["testCases"] = cases_of(report);
    object["truncated"] = report.cases.size() > kMostCases;
  }
  if (!report.trouble.empty()) object["message"] = report.trouble;
  return object;
}

std::string full_name(const TestCase& test) {
  return test.prefix.empty() ? test.name : test.prefix + '.' + test.name;
}

std::string first_line(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  return line.size() > kLongestReason ? line.substr(0, kLongestReason) + "..." : line;
}

// What is wrong with a report, or "".
std::string verdict(const Report& report) {
  if (!report.trouble.empty()) return "report " + report.name + ": " + report.trouble;
  const std::size_t failed = failed_count(report);
  if (failed == 0) return {};
  std::string text = std::to_string(failed) + " of " + std::to_string(report.cases.size()) +
                     " tests failed in report " + report.name + ": ";
  std::size_t named = 0;
  for (const auto& test : report.cases) {
    if (!test.failed()) continue;
    if (named == kMostNamed) return text + "; and " + std::to_string(failed - named) + " more";
    text += (named++ ? "; " : "") + full_name(test);
    if (const auto reason = first_line(test.message); !reason.empty()) text += " (" + reason + ')';
  }
  return text;
}

void log_report(const Report& report) {
  std::string line = "Report " + report.name + ": " + status_of(report);
  if (!report.trouble.empty())
    line += ", " + report.trouble;
  else if (report.coverage)
    line += ", " + std::to_string(report.files.size()) + " file(s) covered";
  else
    line += ", " + std::to_string(report.cases.size()) + " test(s), " +
            std::to_string(failed_count(report)) + " failed";
  build::log_line(line);
  for (const auto& test : report.cases)
    if (test.failed()) build::log_line("  " + full_name(test) + ": " + first_line(test.message));
}

}  // namespace

std::string read_reports(Run& run, const build::ReportRequest& request) {
  json list = json::array();
  std::string verdicts;
  for (const auto& group : request.groups) {
    const Report report = read_group(group, request);
    log_report(report);
    list.push_back(to_json(report));
    if (const auto text = verdict(report); !text.empty())
      verdicts += (verdicts.empty() ? "" : ". ") + text;
  }
  run.set_detail("reports", list.dump(-1, ' ', false, json::error_handler_t::replace));
  return verdicts;
}

Outcome run_build_action(Run& run) {
  return build::run_build(run, [](Run& inner, const build::ReportRequest& request) {
    read_reports(inner, request);
    return std::string();
  });
}

Outcome run_test_action(Run& run) {
  return build::run_build(run, read_reports);
}

}  // namespace sluice::reports
