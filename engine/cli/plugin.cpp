#include "engine/cli/plugin.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/cli/plugin_template.hpp"
#include "engine/cli/terminal.hpp"
#include "engine/core/names.hpp"
#include "engine/definition/configuration.hpp"
#include "engine/hosts/installation.hpp"
#include "engine/hosts/plugin_catalog.hpp"
#include "engine/store/data_directory.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

constexpr int kNoGood = 1, kBadInput = 2;
constexpr int kDeadline_ms = 5000;

PluginCatalog installed_plugins() {
  const auto data = default_data_directory();
  CatalogRequest request;
  request.host_program = action_host_program();
  request.directories = plugin_directories(".", data ? data.value().string() : "");
  if (data) request.cache_file = DataDirectory{data.value()}.plugin_catalog();
  request.deadline_ms = kDeadline_ms;
  return read_plugin_catalog(request);
}

void print_problems(std::ostream& err, const std::vector<Error>& problems) {
  for (const auto& problem : problems) err << "sluice: plugin left out: " << problem.text() << '\n';
}

std::string range(std::uint32_t least, std::uint32_t most) {
  return least == most ? std::to_string(least)
                       : std::to_string(least) + ".." + std::to_string(most);
}

nlohmann::ordered_json to_json(const ActionTypeDescription& type) {
  const auto schema = nlohmann::ordered_json::parse(type.configuration_schema, nullptr, false);
  return {
      {"uses", type.uses},
      {"category", to_text(type.id.category)},
      {"owner", type.id.owner},
      {"provider", type.id.provider},
      {"version", type.id.version},
      {"summary", type.summary},
      {"inputArtifacts", {{"minimum", type.min_inputs}, {"maximum", type.max_inputs}}},
      {"outputArtifacts", {{"minimum", type.min_outputs}, {"maximum", type.max_outputs}}},
      {"outputVariables", type.output_variables},
      {"idempotent", type.idempotent},
      {"defaultTimeoutMs", type.default_timeout_ms},
      {"configurationSchema", schema.is_discarded() ? nullptr : schema},
      {"plugin",
       {{"file", type.plugin_path}, {"name", type.plugin_name}, {"version", type.plugin_version}}}};
}

int list(bool json, const CliEnvironment& environment) {
  auto& out = *environment.out;
  auto catalog = installed_plugins();
  auto& types = catalog.types;
  std::sort(types.begin(), types.end(), [](const auto& a, const auto& b) {
    return std::tie(a.uses, a.id.version) < std::tie(b.uses, b.id.version);
  });
  if (json) {
    auto array = nlohmann::ordered_json::array();
    for (const auto& type : types) array.push_back(to_json(type));
    out << array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    int name_width = 0, owner_width = 0;
    for (const auto& type : types) {
      name_width = std::max(name_width, columns_of(type.uses + '@' + type.id.version));
      owner_width = std::max(owner_width, columns_of(type.id.owner));
    }
    for (const auto& type : types)
      out << fit(pad(type.uses + '@' + type.id.version, name_width) + "  " +
                     pad(type.id.owner, owner_width) + "  " + type.summary,
                 environment.width)
          << '\n';
    if (types.empty())
      out << "No plugins. They are looked for in ../lib/sluice/plugins beside this program, in "
             "$SLUICE_PLUGIN_PATH, in ./.sluice/plugins and in the data directory's plugins.\n";
  }
  print_problems(*environment.err, catalog.problems);
  return catalog.problems.empty() ? 0 : kNoGood;
}

void print_settings(std::ostream& out, const ActionTypeDescription& type) {
  const auto schema = definition::parse_configuration_schema(type.configuration_schema);
  if (schema.settings.empty()) {
    out << (schema.open ? "  configuration: any keys\n" : "  configuration: none\n");
    return;
  }
  out << "  configuration:\n";
  for (const auto& setting : schema.settings) {
    out << "    " << setting.key << "  " << setting.type;
    if (setting.required) out << ", required";
    if (setting.secret) out << ", secret";
    if (setting.default_value) out << ", default " << *setting.default_value;
    for (std::size_t i = 0; i < setting.choices.size(); ++i)
      out << (i == 0 ? ", one of " : " | ") << setting.choices[i];
    for (std::size_t i = 0; i < setting.aliases.size(); ++i)
      out << (i == 0 ? ", also " : ", ") << setting.aliases[i];
    out << '\n';
    if (!setting.description.empty()) out << "        " << setting.description << '\n';
  }
}

void print_type(std::ostream& out, const ActionTypeDescription& type) {
  out << '\n'
      << type.uses << '@' << type.id.version << "  (" << to_text(type.id.category) << ", "
      << type.id.provider << ")\n";
  if (!type.summary.empty()) out << "  " << type.summary << '\n';
  out << "  input artifacts: " << range(type.min_inputs, type.max_inputs)
      << ", output artifacts: " << range(type.min_outputs, type.max_outputs) << '\n';
  out << "  output variables:";
  for (const auto& name : type.output_variables) out << ' ' << name;
  out << (type.output_variables.empty() ? " any\n" : "\n");
  if (type.default_timeout_ms > 0)
    out << "  default timeout: " << duration_text(type.default_timeout_ms) << '\n';
  if (type.idempotent) out << "  runs again by itself after a lost worker\n";
  print_settings(out, type);
}

int inspect(const std::string& file, bool json, const CliEnvironment& environment) {
  auto& out = *environment.out;
  const auto catalog = read_plugin_catalog({action_host_program(), {}, {file}, "", kDeadline_ms});
  if (!catalog.problems.empty()) {
    for (const auto& problem : catalog.problems)
      *environment.err << "sluice plugin inspect: " << problem.text() << '\n';
    return fs::exists(file) ? kNoGood : kBadInput;
  }
  if (json) {
    auto array = nlohmann::ordered_json::array();
    for (const auto& type : catalog.types) array.push_back(to_json(type));
    out << array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    return 0;
  }
  const auto& first = catalog.types.front();
  out << first.plugin_name << ' ' << first.plugin_version << "  " << first.plugin_path << '\n';
  for (const auto& type : catalog.types) print_type(out, type);
  return 0;
}

int create(const std::string& name, const std::string& language,
           const CliEnvironment& environment) {
  auto written = write_plugin_template(name, language);
  if (!written) {
    *environment.err << "sluice plugin new: " << written.error().text() << '\n';
    return kBadInput;
  }
  *environment.out << "Wrote " << name << "/. Next:\n"
                   << "  cmake -S " << name << " -B " << name << "/build && cmake --build " << name
                   << "/build && ctest --test-dir " << name << "/build\n"
                   << "  sluice action run --plugin " << name << "/build/" << name
                   << ".so -c name=you\n";
  return 0;
}

}  // namespace

std::function<Result<std::vector<ActionTypeDescription>>()> plugin_catalogue(std::ostream& err) {
  return [&err]() -> Result<std::vector<ActionTypeDescription>> {
    auto catalog = installed_plugins();
    print_problems(err, catalog.problems);
    return std::move(catalog.types);
  };
}

void add_plugin_command(CLI::App& app, const CliEnvironment& environment, int& exit_code) {
  auto* const plugin = app.add_subcommand("plugin", "List, inspect and begin action plugins");
  plugin->require_subcommand(1);
  struct Options {
    bool json = false;
    std::string file, name, language = "c++";
  };
  auto options = std::make_shared<Options>();
  auto* const all = plugin->add_subcommand("list", "The action types that are installed");
  all->add_flag("--json", options->json, "As JSON");
  all->callback(
      [options, &environment, &exit_code] { exit_code = list(options->json, environment); });

  auto* const one = plugin->add_subcommand("inspect", "What one plugin file offers");
  one->add_option("FILE", options->file, "The shared library")->required();
  one->add_flag("--json", options->json, "As JSON");
  one->callback([options, &environment, &exit_code] {
    exit_code = inspect(options->file, options->json, environment);
  });

  auto* const fresh = plugin->add_subcommand("new", "Begin a plugin: a folder that builds");
  fresh->add_option("NAME", options->name, "Its name, and the folder's")->required();
  fresh->add_option("--lang", options->language, "c++ or c")
      ->check(CLI::IsMember({"c++", "c"}))
      ->capture_default_str();
  fresh->callback([options, &environment, &exit_code] {
    exit_code = create(options->name, options->language, environment);
  });
}

}  // namespace sluice
