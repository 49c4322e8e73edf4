// What both halves of the parser use: typed reads of YAML nodes that note what is wrong and where.
#ifndef SLUICE_PLUGINS_BUILD_READING_HPP
#define SLUICE_PLUGINS_BUILD_READING_HPP

#include <initializer_list>
#include <string>
#include <string_view>

#include "plugins/build/parse.hpp"
#include "plugins/build/yaml_tree.hpp"

namespace sluice::build {

class Reading {
 public:
  explicit Reading(Parsed& parsed) : parsed_(parsed) {}

  void error(Place place, std::string message);
  void warning(Place place, std::string message);

  // Each of these notes an error and returns false (or leaves `into`) if the node is of another
  // kind. `what` names the node in messages: "phases.build.commands".
  bool is_map(const YamlNode& node, const std::string& what);
  void text(const YamlNode* node, const std::string& what, std::string& into);
  void flag(const YamlNode* node, const std::string& what, bool& into);
  void texts(const YamlNode* node, const std::string& what, Texts& into);
  void commands(const YamlNode* node, const std::string& what, Texts& into);
  void pairs(const YamlNode* node, const std::string& what, Pairs& into);

  // A warning for the keys of a map that are not known, as the cloud's agent gives it.
  void known_keys(const YamlNode& map, const std::string& section,
                  std::initializer_list<std::string_view> known);

 private:
  Parsed& parsed_;
};

// parse_sections.cpp
void read_artifacts(Reading& reading, const YamlNode& node, Artifacts& into);
void read_cache(Reading& reading, const YamlNode& node, Cache& into);
void read_reports(Reading& reading, const YamlNode& node, std::vector<ReportGroup>& into);

}  // namespace sluice::build

#endif
