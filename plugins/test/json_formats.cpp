// CUCUMBERJSON and SIMPLECOV.
#include <nlohmann/json.hpp>
#include <string>

#include "plugins/test/report.hpp"

namespace sluice::reports {
namespace {
using nlohmann::json;

// The member of that name if it is of the wanted kind, otherwise an empty value of it.
std::string text_member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

json list_member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : json::array();
}

ReportContent refuse(const json& document, std::string why) {
  ReportContent content;
  content.error = document.is_discarded() ? "1:1: this is not JSON" : "1:1: " + std::move(why);
  return content;
}

// A scenario is what its worst step is.
void add_step(const json& step, TestCase& test) {
  const auto found = step.find("result");
  if (found == step.end() || !found->is_object()) return;
  const json& result = *found;
  const std::string status = text_member(result, "status");
  if (const auto duration = result.find("duration");
      duration != result.end() && duration->is_number_integer() && duration->get<double>() < 1e17)
    test.duration_ns += duration->get<std::int64_t>();
  if (status == "failed" || status == "ambiguous") {
    if (!test.failed()) test.message = text_member(result, "error_message");
    test.status = CaseStatus::kFailed;
  } else if (status == "undefined" && !test.failed()) {
    test.status = CaseStatus::kUnknown;
    test.message = "undefined step: " + text_member(step, "name");
  } else if ((status == "pending" || status == "skipped") &&
             test.status == CaseStatus::kSucceeded) {
    test.status = CaseStatus::kSkipped;
  }
}

std::int64_t count_lines(const json& lines, bool covered) {
  std::int64_t count = 0;
  for (const auto& line : lines)
    if (line.is_number_integer() && (line.get<std::int64_t>() > 0) == covered) ++count;
  return count;
}

void count_branches(const json& branches, FileCoverage& file) {
  for (const auto& condition : branches)
    if (condition.is_object())
      for (const auto& hits : condition)
        if (hits.is_number_integer())
          ++(hits.get<std::int64_t>() > 0 ? file.branches_covered : file.branches_missed);
}

FileCoverage read_file_coverage(const std::string& path, const json& value) {
  FileCoverage file;
  file.path = path;
  const json lines = value.is_array()    ? value
                     : value.is_object() ? list_member(value, "lines")
                                         : json::array();
  file.lines_covered = count_lines(lines, true);
  file.lines_missed = count_lines(lines, false);
  if (value.is_object() && value.contains("branches") && value["branches"].is_object())
    count_branches(value["branches"], file);
  return file;
}

}  // namespace

ReportContent parse_cucumber(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_array()) return refuse(document, "a Cucumber JSON report is a list of features");
  ReportContent content;
  for (const auto& feature : document) {
    if (!feature.is_object()) return refuse(document, "a feature has to be an object");
    for (const auto& element : list_member(feature, "elements")) {
      if (!element.is_object() || text_member(element, "type") == "background") continue;
      TestCase test;
      test.prefix = test.suite = text_member(feature, "name");
      test.name = text_member(element, "name");
      for (const auto* list : {"before", "steps", "after"})
        for (const auto& step : list_member(element, list))
          if (step.is_object()) add_step(step, test);
      content.cases.push_back(std::move(test));
    }
  }
  return content;
}

ReportContent parse_simplecov(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object())
    return refuse(document, "a SimpleCov result set is an object of test suites");
  ReportContent content;
  for (const auto& suite : document) {
    if (!suite.is_object() || !suite.contains("coverage") || !suite["coverage"].is_object())
      return refuse(document, "each test suite needs an object named coverage");
    for (const auto& [path, value] : suite["coverage"].items())
      content.coverage.push_back(read_file_coverage(path, value));
  }
  return content;
}

}  // namespace sluice::reports
