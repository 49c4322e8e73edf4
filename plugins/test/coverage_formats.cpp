// CLOVERXML, COBERTURAXML and JACOCOXML.
#include <cstdio>

#include "plugins/test/xml_report.hpp"

namespace sluice::reports {
namespace {
using pugi::xml_node;

constexpr std::int64_t kMostCounted = 1'000'000'000;

// A count, 0 if it is none or absurd.
std::int64_t count_of(const xml_node& node, const char* name) {
  const long long count = node.attribute(name).as_llong();
  return count < 0 || count > kMostCounted ? 0 : count;
}

std::int64_t missed(std::int64_t all, std::int64_t covered) {
  return all > covered ? all - covered : 0;
}

FileCoverage clover_file(const xml_node& node) {
  FileCoverage file;
  file.path = attribute(node, "path");
  if (file.path.empty()) file.path = attribute(node, "name");
  const xml_node metrics = node.child("metrics");
  file.lines_covered = count_of(metrics, "coveredstatements");
  file.lines_missed = missed(count_of(metrics, "statements"), file.lines_covered);
  file.branches_covered = count_of(metrics, "coveredconditionals");
  file.branches_missed = missed(count_of(metrics, "conditionals"), file.branches_covered);
  return file;
}

FileCoverage cobertura_class(const xml_node& node) {
  FileCoverage file;
  file.path = attribute(node, "filename");
  for (const auto& line : node.child("lines").children("line")) {
    ++(count_of(line, "hits") > 0 ? file.lines_covered : file.lines_missed);
    int covered = 0, all = 0;
    const std::string condition = attribute(line, "condition-coverage");  // "50% (1/2)"
    const std::size_t bracket = condition.find('(');
    if (bracket == std::string::npos ||
        std::sscanf(condition.c_str() + bracket, "(%9d/%9d)", &covered, &all) != 2 || covered < 0)
      continue;
    file.branches_covered += covered;
    file.branches_missed += missed(all, covered);
  }
  return file;
}

FileCoverage jacoco_file(const xml_node& node) {
  FileCoverage file;
  file.path = attribute(node.parent(), "name") + '/' + attribute(node, "name");
  for (const auto& counter : node.children("counter")) {
    const std::string type = attribute(counter, "type");
    if (type == "LINE") {
      file.lines_covered = count_of(counter, "covered");
      file.lines_missed = count_of(counter, "missed");
    } else if (type == "BRANCH") {
      file.branches_covered = count_of(counter, "covered");
      file.branches_missed = count_of(counter, "missed");
    }
  }
  return file;
}

template <class Read>
ReportContent read_files(std::string_view text, const char* what, const char* root,
                         const char* element, Read read) {
  return read_xml(text, what, root, [&](const xml_node& top, ReportContent& content) {
    for_each_element(top, [&](const xml_node& node) {
      if (std::string_view(node.name()) == element) content.coverage.push_back(read(node));
    });
  });
}

}  // namespace

ReportContent parse_clover(std::string_view text) {
  return read_files(text, "Clover XML", "coverage", "file", clover_file);
}

ReportContent parse_cobertura(std::string_view text) {
  return read_files(text, "Cobertura XML", "coverage", "class", cobertura_class);
}

ReportContent parse_jacoco(std::string_view text) {
  return read_files(text, "JaCoCo XML", "report", "sourcefile", jacoco_file);
}

}  // namespace sluice::reports
