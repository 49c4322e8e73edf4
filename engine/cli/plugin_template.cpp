#include "engine/cli/plugin_template.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace sluice {
namespace fs = std::filesystem;
namespace {

// @NAME@ is the plugin's name, @PROVIDER@ the same with a capital letter, @SUFFIX@ cpp or c.
constexpr const char* kBuildFile = R"(cmake_minimum_required(VERSION 3.20)
project(@NAME@ LANGUAGES @LANGUAGE@)
include(CTest)
find_package(sluice-sdk REQUIRED)

sluice_add_plugin(@NAME@ @NAME@.@SUFFIX@)

if(SLUICE_PROGRAM)
  add_test(NAME @NAME@_runs COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test.sh $<TARGET_FILE:@NAME@>)
  set_tests_properties(@NAME@_runs PROPERTIES ENVIRONMENT SLUICE=${SLUICE_PROGRAM})
endif()
)";

constexpr const char* kCppSource = R"(#include <sluice/action.hpp>

static sluice::Outcome greet(sluice::Run& run) {
  const std::string greeting = "hello " + run.configuration("name", "world");
  run.log(greeting);
  run.set_output("greeting", greeting);
  return sluice::succeeded();
}

SLUICE_PLUGIN("@NAME@", "1.0.0", "Greets somebody",
              SLUICE_ACTION(greet, .category = SLUICE_CATEGORY_INVOKE, .provider = "@PROVIDER@",
                            .summary = "Greets somebody",
                            .configuration_schema = R"json({"type": "object", "properties": {
                              "name": {"type": "string", "default": "world",
                                       "description": "whom to greet"}}})json"))
)";

constexpr const char* kCSource = R"(#include <sluice/plugin.h>
#include <stdio.h>

static sluice_outcome greet(const sluice_host* host, sluice_run* run) {
  char greeting[200];
  const char* name = host->configuration(run, "name");
  snprintf(greeting, sizeof greeting, "hello %s", name ? name : "world");
  host->log(run, SLUICE_LOG_INFO, greeting);
  return host->set_output(run, "greeting", greeting) == 0 ? SLUICE_SUCCEEDED : SLUICE_FAILED;
}

static const sluice_action_type greet_type = {
    .struct_size = sizeof(sluice_action_type),
    .category = SLUICE_CATEGORY_INVOKE,
    .provider = "@PROVIDER@",
    .version = "1",
    .summary = "Greets somebody",
    .configuration_schema =
        "{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\","
        " \"default\": \"world\", \"description\": \"whom to greet\"}}}",
    .run = greet,
};
static const sluice_action_type* const types[] = {&greet_type, 0};

const sluice_plugin_entry sluice_plugin_entry_v1 = {
    .struct_size = sizeof(sluice_plugin_entry),
    .abi_minor_needed = SLUICE_ABI_MINOR,
    .name = "@NAME@",
    .version = "1.0.0",
    .description = "Greets somebody",
    .actions = types,
};
)";

constexpr const char* kTest = R"sh(#!/bin/sh
# Runs the plugin, given as $1, and looks at what it did.
set -eu
result=$("$SLUICE" action run --plugin "$1" -c name=you --json)
case $result in
  *'"greeting": "hello you"'*) ;;
  *) echo "unexpected: $result" >&2; exit 1 ;;
esac
)sh";

constexpr const char* kReadme = R"(# @NAME@

An action plugin for sluice.

    cmake -S . -B build && cmake --build build && ctest --test-dir build

If CMake does not find sluice-sdk, name where sluice is installed: `-DCMAKE_PREFIX_PATH=PREFIX`.

Try it alone, then use it: `sluice action run --plugin build/@NAME@.so -c name=you`.

    mkdir -p .sluice/plugins && cp build/@NAME@.so .sluice/plugins/     # beside your pipeline.yml

    - {name: Greet, uses: invoke/@LOWER@, configuration: {name: you}}

What an action may do stands in `sluice/plugin.h`.
)";

std::string replaced(std::string text, const std::string& mark, const std::string& by) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size()))
    text.replace(at, mark.size(), by);
  return text;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A CMake target, a file name and a provider at once.
bool is_plugin_name(const std::string& name) {
  return !name.empty() && name.size() <= 35 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

}  // namespace

Result<void> write_plugin_template(const std::string& name, const std::string& language) {
  if (!is_plugin_name(name))
    return Error{ErrorKind::kBadInput, name,
                 "is no plugin name: a letter, then up to 34 of A-Z a-z 0-9 - _"};
  std::error_code error;
  if (!fs::create_directory(name, error))
    return Error{ErrorKind::kBadInput, name,
                 error ? error.message() : "is there already: choose another name, or remove it"};
  std::string provider = name, lower = name;
  if (provider[0] >= 'a') provider[0] = static_cast<char>(provider[0] - 'a' + 'A');
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const bool c = language == "c";
  const auto fill = [&](std::string text) {
    text = replaced(replaced(std::move(text), "@NAME@", name), "@PROVIDER@", provider);
    text = replaced(replaced(std::move(text), "@LOWER@", lower), "@SUFFIX@", c ? "c" : "cpp");
    return replaced(std::move(text), "@LANGUAGE@", c ? "C" : "CXX");
  };
  const fs::path folder = name;
  const std::pair<fs::path, const char*> files[] = {
      {folder / "CMakeLists.txt", kBuildFile},
      {folder / (name + (c ? ".c" : ".cpp")), c ? kCSource : kCppSource},
      {folder / "test.sh", kTest},
      {folder / "README.md", kReadme}};
  for (const auto& [path, text] : files) {
    std::ofstream file(path, std::ios::binary);
    file << fill(text);
    if (!file.flush()) return Error{ErrorKind::kUnavailable, path, "cannot be written"};
  }
  fs::permissions(folder / "test.sh", fs::perms(0755), error);
  return {};
}

}  // namespace sluice
