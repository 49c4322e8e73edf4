// JUNITXML, as pytest, Surefire, Jest, gtest, ctest and others write it: testcase elements anywhere
// below testsuite elements, which may be nested.
#include "plugins/test/xml_report.hpp"

namespace sluice::reports {
namespace {

TestCase read_case(const pugi::xml_node& node) {
  TestCase test;
  test.name = attribute(node, "name");
  test.prefix = attribute(node, "classname");
  test.suite = attribute(node.parent(), "name");
  test.duration_ns = seconds_to_ns(attribute(node, "time"));
  // An error outweighs a failure, both outweigh a skip.
  if (const auto error = node.child("error")) {
    test.status = CaseStatus::kError;
    test.message = message_of(error);
  } else if (const auto failure = node.child("failure")) {
    test.status = CaseStatus::kFailed;
    test.message = message_of(failure);
  } else if (const auto skipped = node.child("skipped")) {
    test.status = CaseStatus::kSkipped;
    test.message = message_of(skipped);
  }
  return test;
}

}  // namespace

ReportContent parse_junit(std::string_view text) {
  return read_xml(text, "JUnit XML", "testsuites|testsuite",
                  [](const pugi::xml_node& root, ReportContent& content) {
                    for_each_element(root, [&content](const pugi::xml_node& node) {
                      if (std::string_view(node.name()) == "testcase")
                        content.cases.push_back(read_case(node));
                    });
                  });
}

}  // namespace sluice::reports
