// NUNITXML, NUNIT3XML, TESTNGXML and VISUALSTUDIOTRX.
#include <cstdio>
#include <map>

#include "plugins/test/xml_report.hpp"

namespace sluice::reports {
namespace {

using pugi::xml_node;

struct Word {
  std::string_view word;
  CaseStatus status;
};

template <std::size_t N>
CaseStatus status_of(std::string_view word, const Word (&words)[N]) {
  for (const auto& row : words)
    if (row.word == word) return row.status;
  return CaseStatus::kUnknown;
}

constexpr Word kNunitWords[] = {
    {"Success", CaseStatus::kSucceeded}, {"Failure", CaseStatus::kFailed},
    {"Error", CaseStatus::kError},       {"NotRunnable", CaseStatus::kError},
    {"Cancelled", CaseStatus::kError},   {"Ignored", CaseStatus::kSkipped},
    {"Skipped", CaseStatus::kSkipped},   {"Inconclusive", CaseStatus::kUnknown}};
constexpr Word kNunit3Words[] = {{"Passed", CaseStatus::kSucceeded},
                                 {"Warning", CaseStatus::kSucceeded},
                                 {"Failed", CaseStatus::kFailed},
                                 {"Skipped", CaseStatus::kSkipped}};
constexpr Word kTestngWords[] = {{"PASS", CaseStatus::kSucceeded},
                                 {"FAIL", CaseStatus::kFailed},
                                 {"SKIP", CaseStatus::kSkipped}};
constexpr Word kTrxWords[] = {
    {"Passed", CaseStatus::kSucceeded},    {"Completed", CaseStatus::kSucceeded},
    {"Warning", CaseStatus::kSucceeded},   {"PassedButRunAborted", CaseStatus::kSucceeded},
    {"Failed", CaseStatus::kFailed},       {"Error", CaseStatus::kError},
    {"Timeout", CaseStatus::kError},       {"Aborted", CaseStatus::kError},
    {"NotExecuted", CaseStatus::kSkipped}, {"NotRunnable", CaseStatus::kSkipped}};

std::string text_below(const xml_node& node, const char* child, const char* grandchild) {
  return node.child(child).child(grandchild).text().get();
}

TestCase nunit_case(const xml_node& node) {
  TestCase test;
  test.name = attribute(node, "name");
  test.suite = attribute(node.parent().parent(), "name");
  test.duration_ns = seconds_to_ns(attribute(node, "time"));
  test.status = status_of(attribute(node, "result"), kNunitWords);
  test.message = text_below(node, "failure", "message");
  if (test.message.empty()) test.message = text_below(node, "reason", "message");
  return test;
}

TestCase nunit3_case(const xml_node& node) {
  TestCase test;
  test.name = attribute(node, "name");
  test.prefix = attribute(node, "classname");
  test.suite = attribute(node.parent(), "name");
  test.duration_ns = seconds_to_ns(attribute(node, "duration"));
  test.status = status_of(attribute(node, "result"), kNunit3Words);
  const std::string label = attribute(node, "label");
  if (test.status == CaseStatus::kFailed && (label == "Error" || label == "Invalid"))
    test.status = CaseStatus::kError;
  test.message = text_below(node, "failure", "message");
  if (test.message.empty()) test.message = text_below(node, "reason", "message");
  return test;
}

TestCase testng_case(const xml_node& node) {
  TestCase test;
  test.name = attribute(node, "name");
  test.prefix = attribute(node.parent(), "name");
  test.suite = attribute(node.parent().parent(), "name");
  test.duration_ns = seconds_to_ns(attribute(node, "duration-ms")) / 1000;
  test.status = status_of(attribute(node, "status"), kTestngWords);
  const xml_node exception = node.child("exception");
  test.message = exception.child("message").text().get();
  if (test.message.empty()) test.message = attribute(exception, "class");
  const auto first = test.message.find_first_not_of(" \t\r\n");
  test.message.erase(0, std::min(first, test.message.size()));
  test.message.erase(test.message.find_last_not_of(" \t\r\n") + 1);
  return test;
}

// "00:01:02.5"
std::int64_t clock_to_ns(const std::string& text) {
  int hours = 0, minutes = 0;
  double seconds = 0;
  if (std::sscanf(text.c_str(), "%2d:%2d:%lf", &hours, &minutes, &seconds) != 3) return 0;
  return seconds_to_ns(std::to_string(hours * 3600.0 + minutes * 60.0 + seconds));
}

TestCase trx_case(const xml_node& node, const std::map<std::string, std::string>& classes) {
  TestCase test;
  test.name = attribute(node, "testName");
  if (const auto found = classes.find(attribute(node, "testId")); found != classes.end())
    test.prefix = found->second;
  test.duration_ns = clock_to_ns(attribute(node, "duration"));
  test.status = status_of(attribute(node, "outcome"), kTrxWords);
  test.message = text_below(node.child("Output"), "ErrorInfo", "Message");
  return test;
}

// All elements of one name as test cases.
template <class Read>
ReportContent read_cases(std::string_view text, const char* what, const char* root,
                         const char* element, Read read) {
  return read_xml(text, what, root, [&](const xml_node& top, ReportContent& content) {
    for_each_element(top, [&](const xml_node& node) {
      if (std::string_view(node.name()) == element) content.cases.push_back(read(node));
    });
  });
}

}  // namespace

ReportContent parse_nunit(std::string_view text) {
  return read_cases(text, "NUnit 2 XML", "test-results", "test-case", nunit_case);
}

ReportContent parse_nunit3(std::string_view text) {
  return read_cases(text, "NUnit 3 XML", "test-run", "test-case", nunit3_case);
}

ReportContent parse_testng(std::string_view text) {
  auto content =
      read_cases(text, "TestNG XML", "testng-results", "test-method", [](const xml_node& node) {
        TestCase test = testng_case(node);
        // Set-up and tear-down count only if they failed.
        if (attribute(node, "is-config") == "true" && !test.failed()) test.name.clear();
        return test;
      });
  std::erase_if(content.cases, [](const TestCase& test) { return test.name.empty(); });
  return content;
}

ReportContent parse_trx(std::string_view text) {
  return read_xml(
      text, "Visual Studio TRX", "TestRun", [](const xml_node& root, ReportContent& content) {
        std::map<std::string, std::string> classes;
        for (const auto& test : root.child("TestDefinitions").children("UnitTest"))
          classes[attribute(test, "id")] = attribute(test.child("TestMethod"), "className");
        for_each_element(root.child("Results"), [&](const xml_node& node) {
          if (std::string_view(node.name()) == "UnitTestResult")
            content.cases.push_back(trx_case(node, classes));
        });
      });
}

}  // namespace sluice::reports
