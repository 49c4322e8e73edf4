#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "plugins/test/report.hpp"
#include "plugins/test/report_step.hpp"
#include "tests/support/fake_host.hpp"

namespace {
using namespace sluice::reports;
using sluice::testing::FakeHost;
using sluice::testing::write_file;

// "prefix.name STATUS message" per case.
std::vector<std::string> summary(const ReportContent& content) {
  std::vector<std::string> lines;
  for (const auto& test : content.cases)
    lines.push_back(test.prefix + '.' + test.name + ' ' + name_of(test.status) +
                    (test.message.empty() ? "" : " " + test.message));
  return lines;
}

const std::string kJunit = R"(<?xml version="1.0" encoding="utf-8"?>
<testsuites>
  <testsuite name="unit" tests="5">
    <testcase classname="cart" name="adds" time="1.5"/>
    <testcase classname="cart" name="removes" time="0.25">
      <failure message="expected 1, got 2" type="AssertionError">expected 1, got 2
at cart.py:7</failure>
    </testcase>
    <testcase classname="cart" name="crashes"><error message="boom"><![CDATA[trace]]></error></testcase>
    <testsuite name="inner">
      <testcase classname="cart" name="later"><skipped message="not yet"/></testcase>
      <testcase name="plain"><system-out>text</system-out></testcase>
    </testsuite>
  </testsuite>
</testsuites>)";

TEST_CASE("JUnit XML: status, message, suite and duration of every case, nested suites too") {
  const auto content = parse_report("JUNITXML", kJunit);
  REQUIRE(content.error == "");
  CHECK(summary(content) ==
        std::vector<std::string>{
            "cart.adds SUCCEEDED", "cart.removes FAILED expected 1, got 2\nat cart.py:7",
            "cart.crashes ERROR boom\ntrace", "cart.later SKIPPED not yet", ".plain SUCCEEDED"});
  CHECK(content.cases[0].duration_ns == 1'500'000'000);
  CHECK(content.cases[0].suite == "unit");
  CHECK(content.cases[3].suite == "inner");
}

TEST_CASE("the other test formats") {
  struct Row {
    const char* format;
    const char* text;
    std::vector<std::string> cases;
    std::int64_t duration_ns;  // of the first
  };
  const Row rows[] = {
      {"JUNITXML",
       "<testsuite name='s'><testcase name='a' time='1,000.5'/></testsuite>",
       {".a SUCCEEDED"},
       1'000'500'000'000},
      {"NUNITXML",
       "<test-results><test-suite name='S'><results><test-case name='a' result='Success' "
       "time='0.5'/><test-case name='b' result='Failure'><failure><message>no</message></failure>"
       "</test-case><test-case name='c' result='Ignored'><reason><message>why</message></reason>"
       "</test-case><test-case name='d' result='Error'/></results></test-suite></test-results>",
       {".a SUCCEEDED", ".b FAILED no", ".c SKIPPED why", ".d ERROR"},
       500'000'000},
      {"NUNIT3XML",
       "<test-run><test-suite name='S'><test-case name='a' classname='C' result='Passed' "
       "duration='0.5'/><test-case name='b' result='Failed' label='Error'><failure><message>no"
       "</message></failure></test-case><test-case name='c' result='Inconclusive'/></test-suite>"
       "</test-run>",
       {"C.a SUCCEEDED", ".b ERROR no", ".c UNKNOWN"},
       500'000'000},
      {"TESTNGXML",
       "<testng-results><suite name='s'><test name='t'><class name='C'><test-method name='setUp' "
       "is-config='true' status='PASS'/><test-method name='a' status='PASS' duration-ms='7'/>"
       "<test-method name='b' status='FAIL'><exception class='E'><message>\n <![CDATA[no]]>\n"
       "</message></exception></test-method><test-method name='c' status='SKIP'/></class></test>"
       "</suite></testng-results>",
       {"C.a SUCCEEDED", "C.b FAILED no", "C.c SKIPPED"},
       7'000'000},
      {"VISUALSTUDIOTRX",
       "<TestRun><Results><UnitTestResult testId='1' testName='a' outcome='Passed' "
       "duration='00:01:00.5'/><UnitTestResult testName='b' outcome='Failed'><Output><ErrorInfo>"
       "<Message>no</Message></ErrorInfo></Output></UnitTestResult><UnitTestResult testName='c' "
       "outcome='NotExecuted'/></Results><TestDefinitions><UnitTest id='1'><TestMethod "
       "className='C'/></UnitTest></TestDefinitions></TestRun>",
       {"C.a SUCCEEDED", ".b FAILED no", ".c SKIPPED"},
       60'500'000'000},
      {"CUCUMBERJSON",
       R"([{"name":"F","elements":[{"type":"background","name":"bg"},
           {"type":"scenario","name":"a","steps":[{"result":{"status":"passed","duration":5}}]},
           {"type":"scenario","name":"b","steps":[{"result":{"status":"failed","error_message":"no"}},
             {"result":{"status":"skipped"}}]},
           {"type":"scenario","name":"c","steps":[{"name":"st","result":{"status":"undefined"}}]},
           {"type":"scenario","name":"d","steps":[{"result":{"status":"pending"}}]}]}])",
       {"F.a SUCCEEDED", "F.b FAILED no", "F.c UNKNOWN undefined step: st", "F.d SKIPPED"},
       5},
  };
  for (const auto& row : rows) {
    INFO(row.format);
    const auto content = parse_report(row.format, row.text);
    CHECK(content.error == "");
    CHECK(summary(content) == row.cases);
    REQUIRE_FALSE(content.cases.empty());
    CHECK(content.cases[0].duration_ns == row.duration_ns);
  }
}

TEST_CASE("the coverage formats") {
  const std::pair<const char*, const char*> rows[] = {
      {"CLOVERXML",
       "<coverage><project><file path='f'><metrics statements='4' coveredstatements='3' "
       "conditionals='2' coveredconditionals='1'/></file></project></coverage>"},
      {"COBERTURAXML",
       "<coverage><packages><package><classes><class filename='f'><methods><method><lines><line "
       "number='1' hits='1'/></lines></method></methods><lines><line number='1' hits='1'/><line "
       "number='2' hits='2'/><line number='3' hits='9' branch='true' condition-coverage='50% "
       "(1/2)'/><line number='4' hits='0'/></lines></class></classes></package></packages>"
       "</coverage>"},
      {"SIMPLECOV",
       R"({"RSpec":{"coverage":{"f":{"lines":[null,1,2,3,0],"branches":{"[:if,0]":{"[:then,1]":1,"[:else,2]":0}}}}}})"},
  };
  for (const auto& [format, text] : rows) {
    INFO(format);
    const auto content = parse_report(format, text);
    CHECK(content.error == "");
    REQUIRE(content.coverage.size() == 1);
    const auto& file = content.coverage[0];
    CHECK(file.path == "f");
    CHECK(file.lines_covered == 3);
    CHECK(file.lines_missed == 1);
    CHECK(file.branches_covered == 1);
    CHECK(file.branches_missed == 1);
  }
  const auto jacoco = parse_report(
      "JACOCOXML",
      "<!DOCTYPE report PUBLIC \"x\" \"report.dtd\"><report><package name='p'><class "
      "name='C'><counter "
      "type='LINE' missed='9' covered='9'/></class><sourcefile name='C.java'><counter type='LINE' "
      "missed='1' covered='3'/><counter type='BRANCH' missed='1' covered='1'/></sourcefile>"
      "</package></report>");
  REQUIRE(jacoco.coverage.size() == 1);
  CHECK(jacoco.coverage[0].path == "p/C.java");
  CHECK(jacoco.coverage[0].lines_covered == 3);
  CHECK(jacoco.coverage[0].lines_missed == 1);
}

TEST_CASE("what is no report of its format says so") {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"JUNITXML", "", "1:1: "},
      {"JUNITXML", "<testsuite>\n  <testcase name='a'>\n</testsuite>", "3:"},
      {"JUNITXML", "<html/>",
       "1:1: the root element of a JUnit XML report is testsuites|testsuite, not 'html'"},
      {"NUNITXML", "<testsuite/>", "1:1: the root element of a NUnit 2 XML report"},
      {"CUCUMBERJSON", "{", "1:1: this is not JSON"},
      {"CUCUMBERJSON", "{}", "1:1: a Cucumber JSON report is a list"},
      {"SIMPLECOV", "[]", "1:1: a SimpleCov result set is an object"},
      {"SIMPLECOV", R"({"a":1})", "1:1: each test suite needs"},
      {"HTML", "", "unknown report format HTML"},
  };
  for (const auto& [format, text, error] : rows) {
    INFO(format << " " << text);
    CHECK_THAT(parse_report(format, text).error, Catch::StartsWith(error));
  }
}

// Runs a buildspec whose build writes `report` to r.xml and ends with `status`.
sluice_outcome run_with(FakeHost& host, const std::string& report, int status,
                        sluice_outcome (*action)(const sluice_host*, sluice_run*)) {
  const auto source = host.input("src");
  write_file(source / "given.xml", report);
  write_file(source / "buildspec.yml",
             "version: 0.2\nphases: {build: {commands: [cp given.xml r.xml, exit " +
                 std::to_string(status) +
                 "]}}\nreports: {unit: {files: [\"r.*\"], file-format: junitxml}}\n");
  host.configure("projectName", "shop");
  return host.run(action);
}
constexpr auto kTest = &sluice::detail::run_action<run_test_action>;
constexpr auto kBuild = &sluice::detail::run_action<run_build_action>;

TEST_CASE("failed tests fail a test action, which names the first of them") {
  FakeHost host;
  REQUIRE(run_with(host, kJunit, 0, kTest) == SLUICE_FAILED);
  CHECK(host.failure->code == "JobFailed");
  CHECK(host.failure->message ==
        "2 of 5 tests failed in report shop-unit: cart.removes (expected 1, got 2); cart.crashes "
        "(boom)");
  CHECK_THAT(host.details.at("reports"),
             Catch::Contains(R"("name":"shop-unit")") && Catch::Contains(R"("status":"FAILED")") &&
                 Catch::Contains(R"("total":5)") && Catch::Contains(R"("FAILED":1)") &&
                 Catch::Contains(R"("ERROR":1)") && Catch::Contains(R"("SKIPPED":1)") &&
                 Catch::Contains(R"("SUCCEEDED":2)"));
  CHECK(host.details.at("buildStatus") == "\"SUCCEEDED\"");
  CHECK_THAT(host.log(), Catch::Contains("cart.removes: expected 1, got 2\n"));
}

TEST_CASE("the tests are named even where their command failed the build") {
  FakeHost host;
  REQUIRE(run_with(host, kJunit, 1, kTest) == SLUICE_FAILED);
  CHECK_THAT(host.failure->message,
             Catch::StartsWith("2 of 5 tests failed in report shop-unit: cart.removes") &&
                 Catch::Contains("Phase: BUILD, Code: COMMAND_EXECUTION_ERROR"));
}

TEST_CASE("the same report changes nothing for a build action, which shows it") {
  FakeHost host;
  CHECK(run_with(host, kJunit, 0, kBuild) == SLUICE_SUCCEEDED);
  CHECK_THAT(host.details.at("reports"), Catch::Contains(R"("status":"FAILED")"));
}

TEST_CASE("tests that all pass succeed") {
  FakeHost host;
  CHECK(run_with(host, "<testsuite><testcase name='a'/></testsuite>", 0, kTest) ==
        SLUICE_SUCCEEDED);
  CHECK_THAT(host.details.at("reports"), Catch::Contains(R"("status":"SUCCEEDED")"));
}

TEST_CASE("a report that cannot be read fails a test action and says where") {
  FakeHost host;
  CHECK(run_with(host, "<testsuite>\n<oops\n", 0, kTest) == SLUICE_FAILED);
  CHECK_THAT(host.failure->message, Catch::StartsWith("report shop-unit: r.xml:"));
  CHECK_THAT(host.details.at("reports"), Catch::Contains(R"("status":"INCOMPLETE")"));
}

TEST_CASE("a report that is not there fails a test action") {
  FakeHost host;
  write_file(host.input("src") / "buildspec.yml",
             "version: 0.2\nphases: {build: {commands: [true]}}\nreports: {unit: {files: [\"no*\", "
             "gone]}}\n");
  CHECK(host.run(kTest) == SLUICE_FAILED);
  CHECK_THAT(host.failure->message, Catch::Contains("no report files match no* gone"));
}

TEST_CASE("of many cases 500 are kept, failed ones first, and five are named") {
  std::string text = "<testsuite>";
  for (int i = 0; i < 600; ++i) text += "<testcase name='ok" + std::to_string(i) + "'/>";
  for (int i = 0; i < 7; ++i)
    text += "<testcase name='bad" + std::to_string(i) + "'><failure/></testcase>";
  FakeHost host;
  CHECK(run_with(host, text + "</testsuite>", 0, kTest) == SLUICE_FAILED);
  CHECK(host.failure->message ==
        "7 of 607 tests failed in report shop-unit: bad0; bad1; bad2; bad3; bad4; and 2 more");
  const auto& reports = host.details.at("reports");
  CHECK_THAT(reports, Catch::Contains(R"("truncated":true)") && Catch::Contains("\"bad6\"") &&
                          Catch::Contains("\"ok492\"") && !Catch::Contains("\"ok493\""));
}
}  // namespace
