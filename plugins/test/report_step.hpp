// The reports section of a buildspec: finds the report files, reads them, tells what they say.
#ifndef SLUICE_PLUGINS_TEST_REPORT_STEP_HPP
#define SLUICE_PLUGINS_TEST_REPORT_STEP_HPP

#include <sluice/action.hpp>
#include <string>

#include "plugins/build/build.hpp"

namespace sluice::reports {

// Sets the detail `reports`: one object a group with name, type, status SUCCEEDED, FAILED or
// INCOMPLETE, summaries, and the cases (500 at most, failed ones first). Logs a line a report.
// Returns "" if all is well, otherwise what is not: the first failed tests by name, a report that
// cannot be read, a pattern without files.
std::string read_reports(Run& run, const build::ReportRequest& request);

// build/buildspec: reports are shown and change nothing (facts/build_deploy.md A9).
Outcome run_build_action(Run& run);
// test/buildspec: what read_reports returns fails the action.
Outcome run_test_action(Run& run);

}  // namespace sluice::reports

#endif
