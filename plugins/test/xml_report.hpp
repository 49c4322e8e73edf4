// What the XML formats share. Only for .cpp files of this folder.
#ifndef SLUICE_PLUGINS_TEST_XML_REPORT_HPP
#define SLUICE_PLUGINS_TEST_XML_REPORT_HPP

#include <cstdint>
#include <functional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "plugins/test/report.hpp"

namespace sluice::reports {

// Parses text and hands the root element to read if its name is one of `roots` ("a|b"); otherwise,
// and for broken XML, the content has an error. `what` names the format in messages.
ReportContent read_xml(std::string_view text, const char* what, std::string_view roots,
                       const std::function<void(const pugi::xml_node&, ReportContent&)>& read);

// Calls visit for every element below node, at most 200 levels deep, in document order.
void for_each_element(const pugi::xml_node& node,
                      const std::function<void(const pugi::xml_node&)>& visit, int depth = 0);

std::string attribute(const pugi::xml_node& node, const char* name);
// Seconds as a decimal number; "1,234.5" too. 0 if it is none, negative or absurd.
std::int64_t seconds_to_ns(std::string text);
// The message attribute and the text of an element, one below the other.
std::string message_of(const pugi::xml_node& node);

}  // namespace sluice::reports

#endif
