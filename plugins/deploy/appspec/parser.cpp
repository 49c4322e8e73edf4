#include "plugins/deploy/appspec/parser.hpp"

#include <algorithm>

#include "plugins/deploy/appspec/permission_values.hpp"
#include "plugins/deploy/appspec/text_checks.hpp"
#include "plugins/deploy/appspec/yaml_reader.hpp"

namespace sluice::appspec {
namespace {

// Aliases let a small file name one list many times: the sum is bounded, not only the text.
constexpr std::size_t kMaxEntries = 100'000;

std::string trimmed(const std::string& text) {
  static constexpr const char* kBlanks = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

class Parser {
 public:
  explicit Parser(const std::string& file) : read_(file) {}

  Checked<AppSpec> parse(const YAML::Node& root) {
    if (auto map = read_.require_map(root, "an AppSpec file"); !map) return map.fault();
    if (auto header = parse_header(root); !header) return header.fault();
    if (const auto hooks = YamlReader::find(root, "hooks"))
      if (auto done = parse_hooks(*hooks); !done) return done.fault();
    if (const auto files = YamlReader::find(root, "files"))
      if (auto done = parse_files(*files); !done) return done.fault();
    if (const auto permissions = YamlReader::find(root, "permissions"))
      if (auto done = parse_permissions(*permissions); !done) return done.fault();
    return std::move(spec_);
  }

 private:
  Check parse_header(const YAML::Node& root) {
    const auto version = YamlReader::find(root, "version");
    if (!version) return read_.fault(root, "INVALID_VERSION", "add the line `version: 0.0`");
    const Scalar number = version->IsScalar() ? YamlReader::scalar(*version) : Scalar{};
    const bool numeric = number.kind == ScalarKind::kInteger || number.kind == ScalarKind::kFloat;
    if (!numeric || number.number != 0)
      return read_.fault(*version, "INVALID_VERSION",
                         "version must be the number 0.0, without quotes");
    const auto os = YamlReader::find(root, "os");
    if (!os || !os->IsScalar() || YamlReader::scalar(*os).text != "linux")
      return read_.fault(os ? *os : root, "UNSUPPORTED_OS",
                         "os must be `linux` on this host, in lower case");
    spec_.os = "linux";
    const auto behavior = YamlReader::find(root, "file_exists_behavior");
    if (!behavior) return Done{};
    auto word = read_.text(*behavior, "file_exists_behavior");
    if (!word || (*word != "DISALLOW" && *word != "OVERWRITE" && *word != "RETAIN"))
      return read_.fault(*behavior, "INVALID_FILE_EXISTS_BEHAVIOR",
                         "file_exists_behavior must be DISALLOW, OVERWRITE or RETAIN, in upper "
                         "case");
    spec_.file_exists_behavior = *word;
    return Done{};
  }

  Check parse_hooks(const YAML::Node& hooks) {
    if (auto map = read_.require_map(hooks, "hooks"); !map) return map;
    for (const auto& entry : hooks) {
      auto event = read_.text(entry.first, "a lifecycle event name");
      if (!event) return event.fault();
      spec_.hooks.erase(*event);
      if (entry.second.IsNull() ||
          (entry.second.IsScalar() && YamlReader::scalar(entry.second).kind == ScalarKind::kNull))
        continue;
      if (auto list = read_.require_list(entry.second, "hooks." + *event); !list) return list;
      auto& scripts = spec_.hooks[*event];
      for (const auto& item : entry.second) {
        if (auto room = take_entry(item); !room) return room;
        auto script = parse_script(item, *event);
        if (!script) return script.fault();
        scripts.push_back(*script);
      }
    }
    return Done{};
  }

  Checked<Script> parse_script(const YAML::Node& node, const std::string& event) {
    if (auto map = read_.require_map(node, "each script of " + event); !map) return map.fault();
    Script script;
    if (const auto location = YamlReader::find(node, "location")) {
      auto text = read_.text(*location, "location");
      if (!text) return text.fault();
      script.location = trimmed(*text);
    }
    if (script.location.empty())
      return read_.fault(node, "HOOK_NO_LOCATION",
                         "a script of " + event + " needs a location, its path in the revision");
    if (const auto runas = YamlReader::find(node, "runas")) {
      auto text = read_.text(*runas, "runas");
      if (!text) return text.fault();
      if (!trimmed(*text).empty()) script.runas = trimmed(*text);
    }
    if (const auto sudo = YamlReader::find(node, "sudo"))
      script.sudo = sudo->IsScalar() && YamlReader::scalar(*sudo).text != "false";
    if (const auto timeout = YamlReader::find(node, "timeout")) {
      const Scalar value = timeout->IsScalar() ? YamlReader::scalar(*timeout) : Scalar{};
      const long long seconds = leading_integer(value.text);
      if (seconds <= 0)
        return read_.fault(*timeout, "HOOK_BAD_TIMEOUT",
                           "timeout of " + script.location +
                               " must be a number of seconds above "
                               "0");
      script.timeout_s = static_cast<long>(seconds);
    }
    return script;
  }

  Check parse_files(const YAML::Node& files) {
    if (auto list = read_.require_list(files, "files"); !list) return list;
    for (const auto& item : files) {
      if (auto room = take_entry(item); !room) return room;
      if (auto map = read_.require_map(item, "each entry of files"); !map) return map;
      const auto source = YamlReader::find(item, "source");
      if (!source) return read_.fault(item, "FILE_NO_SOURCE", "an entry of files needs a source");
      const auto destination = YamlReader::find(item, "destination");
      if (!destination)
        return read_.fault(item, "FILE_NO_DESTINATION", "an entry of files needs a destination");
      auto from = read_.text(*source, "source");
      if (!from) return from.fault();
      auto to = read_.text(*destination, "destination");
      if (!to) return to.fault();
      if (const auto inner = YamlReader::find(item, "file_exists_behavior"))
        warn(*inner,
             "file_exists_behavior inside an entry of files has no effect; it belongs at "
             "the top level of the AppSpec");
      spec_.files.push_back({*from, *to});
    }
    return Done{};
  }

  Check parse_permissions(const YAML::Node& permissions) {
    if (auto list = read_.require_list(permissions, "permissions"); !list) return list;
    for (const auto& item : permissions) {
      if (auto room = take_entry(item); !room) return room;
      auto permission = parse_permission(item);
      if (!permission) return permission.fault();
      spec_.permissions.push_back(*permission);
    }
    return Done{};
  }

  Checked<Permission> parse_permission(const YAML::Node& node) {
    if (auto map = read_.require_map(node, "each entry of permissions"); !map) return map.fault();
    Permission permission;
    if (const auto object = YamlReader::find(node, "object")) {
      auto text = read_.text(*object, "object");
      if (!text) return text.fault();
      permission.object = trimmed(*text);
    }
    if (permission.object.empty())
      return read_.fault(node, "PERM_NO_OBJECT",
                         "an entry of permissions needs an object, the path it is for");
    if (auto done = parse_selection(node, permission); !done) return done.fault();
    for (const auto& [key, slot] :
         {std::pair("owner", &permission.owner), std::pair("group", &permission.group)}) {
      if (const auto name = YamlReader::find(node, key)) {
        auto text = read_.text(*name, key);
        if (!text) return text.fault();
        *slot = *text;
      }
    }
    if (const auto mode = YamlReader::find(node, "mode"))
      if (auto done = parse_mode_of(*mode, permission); !done) return done.fault();
    if (const auto acls = YamlReader::find(node, "acls"))
      if (auto done = parse_acls(*acls, permission); !done) return done.fault();
    if (const auto context = YamlReader::find(node, "context"))
      if (auto done = parse_security_context(*context, permission); !done) return done.fault();
    return permission;
  }

  Check parse_selection(const YAML::Node& node, Permission& permission) {
    if (const auto pattern = YamlReader::find(node, "pattern")) {
      auto text = read_.text(*pattern, "pattern");
      if (!text) return text.fault();
      permission.pattern = *text;
    }
    if (const auto except = YamlReader::find(node, "except")) {
      auto patterns = read_.texts(*except, "except");
      if (!patterns) return patterns.fault();
      permission.except = *patterns;
    }
    const auto type = YamlReader::find(node, "type");
    if (!type) return Done{};
    auto words = read_.texts(*type, "type");
    if (!words) return words.fault();
    permission.files = permission.directories = false;
    for (const auto& word : *words) {
      if (word != "file" && word != "directory")
        return read_.fault(*type, "PERM_BAD_TYPE",
                           "'" + word + "' is no type; use file, directory or both");
      (word == "file" ? permission.files : permission.directories) = true;
    }
    return Done{};
  }

  // The octal trap of YAML 1.1: an unquoted 0644 is the number 420, and 420 is the mode applied.
  Check parse_mode_of(const YAML::Node& node, Permission& permission) {
    if (auto text = read_.text(node, "mode"); !text) return text.fault();
    const Scalar value = YamlReader::scalar(node);
    const bool trap = value.octal && value.text != node.Scalar();
    const std::string hint =
        "YAML reads the unquoted " + node.Scalar() + " as an octal number, which is " + value.text +
        " in decimal, and that is taken as the mode; write mode: \"" + node.Scalar() + "\"";
    auto mode = parse_mode(value.text);
    if (!mode) {
      Fault fault = read_.at(node, mode.fault());
      if (trap) fault.message += " (" + hint + ")";
      return fault;
    }
    if (trap) warn(node, hint);
    permission.mode = *mode;
    return Done{};
  }

  Check parse_acls(const YAML::Node& node, Permission& permission) {
    auto entries = read_.texts(node, "acls");
    if (!entries) return entries.fault();
    permission.acls.emplace();
    for (const auto& entry : *entries) {
      auto ace = parse_ace(entry);
      if (!ace) return read_.at(node, ace.fault());
      permission.acls->push_back(*ace);
    }
    return Done{};
  }

  Check parse_security_context(const YAML::Node& node, Permission& permission) {
    if (auto map = read_.require_map(node, "context"); !map) return map;
    SecurityLabel context;
    for (const auto& [key, slot] :
         {std::pair("name", &context.user), std::pair("type", &context.type),
          std::pair("range", &context.range)}) {
      if (const auto value = YamlReader::find(node, key)) {
        auto text = read_.text(*value, key);
        if (!text) return text.fault();
        *slot = *text;
      }
    }
    if (context.type.empty())
      return read_.fault(node, "CONTEXT_NO_TYPE", "context needs a type, such as usr_t");
    if (const auto user = YamlReader::find(node, "user"))
      warn(*user, "the key user of context is not read; the SELinux user is the key name");
    if (!context.range.empty()) {
      auto range = parse_security_range(context.range);
      if (!range) return read_.at(node, range.fault());
      context.range = *range;
    }
    permission.context = context;
    return Done{};
  }

  Check take_entry(const YAML::Node& node) {
    if (++entries_ <= kMaxEntries) return Done{};
    return read_.fault(node, "APPSPEC_TOO_LARGE",
                       "the AppSpec names more than " + std::to_string(kMaxEntries) +
                           " scripts, files and permissions");
  }

  void warn(const YAML::Node& node, const std::string& message) {
    spec_.warnings.push_back(read_.place(node) + ": " + message);
  }

  YamlReader read_;
  AppSpec spec_;
  std::size_t entries_ = 0;
};

}  // namespace

Checked<AppSpec> parse_appspec(const std::string& text, const std::string& file) {
  if (text.size() > kMaxAppSpecBytes)
    return Fault{"APPSPEC_TOO_LARGE", "an AppSpec file may have 1 MiB at most", file};
  const Fault empty{"EMPTY_APPSPEC", "the AppSpec file is empty; it needs version, os and files",
                    file};
  if (trimmed(text).empty()) return empty;
  if (const auto line = first_line_without_utf8(text))
    return Fault{"YAML_SYNTAX", "the text is not valid UTF-8; save the file as UTF-8",
                 file + ":" + std::to_string(*line)};
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsDefined() || root.IsNull()) return empty;
    return Parser(file).parse(root);
  } catch (const YAML::Exception& error) {
    std::string where = file;
    if (!error.mark.is_null())
      where +=
          ":" + std::to_string(error.mark.line + 1) + ":" + std::to_string(error.mark.column + 1);
    return Fault{"YAML_SYNTAX", "the file is not valid YAML: " + error.msg, where};
  }
}

}  // namespace sluice::appspec
