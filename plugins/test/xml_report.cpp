#include "plugins/test/xml_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace sluice::reports {
namespace {
constexpr int kDeepest = 200;
constexpr double kLongestSeconds = 1e8;

std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const auto column =
      before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return std::to_string(line) + ':' + std::to_string(column);
}

bool is_one_of(std::string_view name, std::string_view choices) {
  while (!choices.empty()) {
    const std::size_t bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == name) return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}
}  // namespace

ReportContent read_xml(std::string_view text, const char* what, std::string_view roots,
                       const std::function<void(const pugi::xml_node&, ReportContent&)>& read) {
  ReportContent content;
  pugi::xml_document document;
  const auto result = document.load_buffer(text.data(), text.size());
  const pugi::xml_node root = document.document_element();
  if (!result)
    content.error =
        place_of(text, static_cast<std::size_t>(result.offset)) + ": " + result.description();
  else if (!is_one_of(root.name(), roots))
    content.error = std::string("1:1: the root element of a ") + what + " report is " +
                    std::string(roots) + ", not '" + root.name() + "'";
  else
    read(root, content);
  return content;
}

void for_each_element(const pugi::xml_node& node,
                      const std::function<void(const pugi::xml_node&)>& visit, int depth) {
  if (depth > kDeepest) return;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    visit(child);
    for_each_element(child, visit, depth + 1);
  }
}

std::string attribute(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).value();
}

std::int64_t seconds_to_ns(std::string text) {
  std::erase(text, ',');
  const double seconds = std::strtod(text.c_str(), nullptr);
  if (!(seconds > 0 && seconds < kLongestSeconds)) return 0;
  return std::llround(seconds * 1e9);
}

std::string message_of(const pugi::xml_node& node) {
  std::string message = attribute(node, "message"), text;
  for (const pugi::xml_node& child : node.children())
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
      text += child.value();
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return message;
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  if (message.empty() || text.starts_with(message)) return text;
  return message + '\n' + text;
}

}  // namespace sluice::reports
