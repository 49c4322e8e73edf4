#include "engine/cli/schema.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "engine/cli/environment.hpp"
#include "engine/definition/workflow_schema.hpp"

namespace sluice {
namespace {

constexpr int kWritten = 0;
constexpr int kUnusable = 2;

// Through a file beside it, so that an editor never reads half a schema.
bool write_file(const std::string& path, const std::string& text) {
  const auto beside = path + ".new";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(beside, path, failed);
  if (file && !failed) return true;
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  return false;
}

int write_schema(const CliEnvironment& environment, const std::string& output) {
  const auto catalogue = environment.catalogue();
  if (!catalogue) {
    *environment.err << "sluice schema: " << catalogue.error().text() << '\n';
    return kUnusable;
  }
  const auto schema = workflow_schema(catalogue.value());
  if (output.empty()) {
    *environment.out << schema;
    return kWritten;
  }
  errno = 0;
  if (write_file(output, schema)) return kWritten;
  *environment.err << "sluice schema: cannot write " << output << ": "
                   << std::strerror(errno == 0 ? EIO : errno) << '\n';
  return kUnusable;
}

}  // namespace

void add_schema_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* sub = app.add_subcommand("schema", "Print the JSON Schema of workflow files, for editors");
  auto output = std::make_shared<std::string>();
  sub->add_option("-o,--output", *output, "Write to this file instead of standard output");
  sub->callback(
      [&environment, output, &exit_code] { exit_code = write_schema(environment, *output); });
}

}  // namespace sluice
