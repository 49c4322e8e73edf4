#include "engine/server/configuration.hpp"

#include <charconv>
#include <fstream>
#include <iterator>

#include "engine/definition/node.hpp"
#include "engine/definition/shape_formats.hpp"
#include "engine/definition/shapes.hpp"
#include "engine/server/listen_address.hpp"

namespace sluice::server {
namespace {

using definition::Code;
using definition::Diagnostics;
using definition::Field;
using definition::Node;
using definition::Shape;
using enum definition::FieldType;

constexpr std::size_t kLargestFile = 256 * 1024;

constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
constexpr std::string_view kFormats[] = {"text", "json"};

constexpr Field kAllowFields[] = {
    {.key = "users",
     .type = kTextList,
     .min = 1,
     .max = 100,
     .item_min = 1,
     .item_max = 64,
     .description = "Names or numbers of users."},
    {.key = "groups",
     .type = kTextList,
     .min = 1,
     .max = 100,
     .item_min = 1,
     .item_max = 64,
     .description = "Names or numbers of groups."},
};
constexpr Shape kAllowShape{"allow", kAllowFields};

constexpr Field kLogFields[] = {
    {.key = "level", .type = kChoice, .choices = kLevels, .description = "From which level on."},
    {.key = "format",
     .type = kChoice,
     .choices = kFormats,
     .description = "Lines of text, or of JSON."},
    {.key = "file", .min = 1, .max = 4096, .description = "Appended to; standard error if absent."},
};
constexpr Shape kLogShape{"log", kLogFields};

constexpr Field kHostsFields[] = {
    {.key = "most",
     .type = kInteger,
     .min = 1,
     .max = 4096,
     .description = "Action processes at once."},
};
constexpr Shape kHostsShape{"hosts", kHostsFields};

constexpr definition::Format kListenFormat{
    R"(^([0-9.]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$)",
    [](std::string_view text) { return listen_address(text).has_value(); },
    "write an address and a port: 127.0.0.1:8091 or [::1]:8091"};
constexpr Field kWebhooksFields[] = {
    {.key = "listen",
     .required = true,
     .min = 1,
     .max = 64,
     .format = &kListenFormat,
     .description = "Address and port that receive webhooks, and nothing else."},
    {.key = "mostBodyBytes",
     .type = kInteger,
     .min = 1024,
     .max = 25u << 20,
     .description = "Of a webhook's body."},
};
constexpr Shape kWebhooksShape{"webhooks", kWebhooksFields};

constexpr Field kTriggersFields[] = {
    {.key = "watchFiles",
     .type = kBoolean,
     .description = "Notice pushes to local repositories when their files change."},
};
constexpr Shape kTriggersShape{"triggers", kTriggersFields};

bool is_size(std::string_view text) {
  return size_bytes(text) != 0;
}
constexpr definition::Format kSizeFormat{
    "[0-9]+(KiB|MiB|GiB|TiB)", is_size, "a size is a number and its unit, such as 500MiB or 10GiB"};

constexpr Field kAgeField{.key = "age",
                          .type = kDuration,
                          .max = 36'500,
                          .description = "What is older is removed, such as 30d."};
constexpr Field kSizeField{.key = "size",
                           .min = 1,
                           .max = 30,
                           .format = &kSizeFormat,
                           .description = "Of all together; the oldest are removed first."};
constexpr Field kExecutionsFields[] = {
    kAgeField,
    {.key = "most",
     .type = kInteger,
     .min = 1,
     .max = 100'000'000,
     .description = "Of each pipeline; older ones are removed."},
};
constexpr Shape kExecutionsShape{"executions", kExecutionsFields};
constexpr Field kFilesFields[] = {kAgeField, kSizeField};
constexpr Shape kLogsShape{"logs", kFilesFields};
constexpr Shape kArtifactsShape{"artifacts", kFilesFields};

constexpr Field kRetentionFields[] = {
    {.key = "executions",
     .type = kObject,
     .shape = &kExecutionsShape,
     .description = "History: executions, with their events and logs."},
    {.key = "rollbackTargets",
     .type = kInteger,
     .min = 1,
     .max = 1000,
     .description = "Newest successes of each stage that stay whatever their age."},
    {.key = "logs", .type = kObject, .shape = &kLogsShape, .description = "Logs of actions."},
    {.key = "artifacts",
     .type = kObject,
     .shape = &kArtifactsShape,
     .description = "What actions left for later ones."},
    {.key = "every", .type = kDuration, .description = "How often what is too old is looked for."},
};
constexpr Shape kRetentionShape{"retention", kRetentionFields};

constexpr Field kServerFields[] = {
    {.key = "dataDirectory", .min = 1, .max = 4096, .description = "Where everything is kept."},
    {.key = "socket", .min = 1, .max = 4096, .description = "Where the commands find the server."},
    {.key = "region", .min = 1, .max = 30, .description = "Of ARNs and events."},
    {.key = "account", .min = 12, .max = 12, .description = "Of ARNs and events: twelve digits."},
    {.key = "baseDirectory",
     .min = 1,
     .max = 4096,
     .description = "Where relative paths of pipelines start."},
    {.key = "allow",
     .type = kObject,
     .shape = &kAllowShape,
     .description = "Who may use the socket."},
    {.key = "log", .type = kObject, .shape = &kLogShape, .description = "The server's own log."},
    {.key = "hosts",
     .type = kObject,
     .shape = &kHostsShape,
     .description = "The processes that actions run in."},
    {.key = "webhooks",
     .type = kObject,
     .shape = &kWebhooksShape,
     .description = "A port for webhooks."},
    {.key = "triggers",
     .type = kObject,
     .shape = &kTriggersShape,
     .description = "How pushes are noticed."},
    {.key = "drain",
     .type = kDuration,
     .description = "How long running actions may take after SIGTERM."},
    {.key = "retention",
     .type = kObject,
     .shape = &kRetentionShape,
     .description = "How long history, logs and artifacts are kept."},
};
constexpr Shape kServerShape{"server", kServerFields};

// Reads what check_shape() has found well formed.
class Reader {
 public:
  Reader(const Node& root, std::filesystem::path folder)
      : root_(root), folder_(std::move(folder)) {}

  Configuration read() const {
    Configuration c;
    path("dataDirectory", c.data_directory);
    path("socket", c.socket);
    path("baseDirectory", c.base_directory);
    text(root_.find("region"), c.region);
    text(root_.find("account"), c.account);
    if (const Node* drain = root_.find("drain")) c.drain_ms = definition::duration_ms(drain->text);
    if (const Node* allow = root_.find("allow")) {
      list(allow->find("users"), c.users);
      list(allow->find("groups"), c.groups);
    }
    if (const Node* log = root_.find("log")) {
      text(log->find("level"), c.log_level);
      text(log->find("format"), c.log_format);
      if (const Node* file = log->find("file")) c.log_file = absolute(file->text);
    }
    if (const Node* hosts = root_.find("hosts")) {
      number(hosts->find("most"), c.most_hosts);
    }
    if (const Node* webhooks = root_.find("webhooks")) {
      text(webhooks->find("listen"), c.webhooks_listen);
      number(webhooks->find("mostBodyBytes"), c.webhooks_most_body_bytes);
    }
    if (const Node* triggers = root_.find("triggers"))
      if (const Node* watch = triggers->find("watchFiles")) c.watch_files = watch->text == "true";
    if (const Node* retention = root_.find("retention")) read_retention(*retention, c.retention);
    return c;
  }

 private:
  static void text(const Node* node, std::string& out) {
    if (node) out = node->text;
  }
  static void number(const Node* node, std::uint32_t& out) {
    if (node) out = static_cast<std::uint32_t>(std::stoul(node->text));
  }
  static void duration(const Node* node, std::int64_t& out) {
    if (node) out = definition::duration_ms(node->text);
  }
  static void size(const Node* node, std::uint64_t& out) {
    if (node) out = size_bytes(node->text);
  }
  static void read_retention(const Node& node, retention::Rules& rules) {
    if (const Node* executions = node.find("executions")) {
      duration(executions->find("age"), rules.executions_age_ms);
      number(executions->find("most"), rules.executions_most);
    }
    number(node.find("rollbackTargets"), rules.rollback_targets);
    if (const Node* logs = node.find("logs")) {
      duration(logs->find("age"), rules.logs_age_ms);
      size(logs->find("size"), rules.logs_bytes);
    }
    if (const Node* artifacts = node.find("artifacts")) {
      duration(artifacts->find("age"), rules.artifacts_age_ms);
      size(artifacts->find("size"), rules.artifacts_bytes);
    }
    duration(node.find("every"), rules.every_ms);
  }
  static void list(const Node* node, std::vector<std::string>& out) {
    if (!node) return;
    for (const Node* item : node->items) out.push_back(item->text);
  }
  void path(const char* key, std::string& out) const {
    if (const Node* node = root_.find(key)) out = absolute(node->text);
  }
  [[nodiscard]] std::string absolute(const std::string& path) const {
    return (folder_ / path).lexically_normal().string();
  }

  const Node& root_;
  std::filesystem::path folder_;
};

}  // namespace

std::uint64_t size_bytes(std::string_view text) {
  constexpr std::string_view kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  constexpr std::uint64_t kMostUnits = 1'000'000;
  std::uint64_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
  if (read.ec != std::errc() || count > kMostUnits) return 0;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  for (const std::string_view unit : kUnits) {
    count *= 1024;
    if (text == unit) return count;
  }
  return 0;
}

ParsedConfiguration parse_configuration(std::string_view text, const std::filesystem::path& file) {
  ParsedConfiguration parsed;
  parsed.text = std::string(text);
  Diagnostics diagnostics;
  const std::string name = file.string();
  // An empty file, or one of comments alone, leaves everything at its default.
  const auto document = definition::read_document(text, name, diagnostics);
  if (document) {
    const Node& root = *document->root();
    if (root.is_map()) {
      definition::check_shape(root, kServerShape, diagnostics);
      const auto folder = std::filesystem::absolute(file).parent_path();
      if (!diagnostics.failed()) parsed.configuration = Reader(root, folder).read();
    } else {
      diagnostics.error(root.at, Code::kWrongType,
                        "a server's configuration is a map, such as `log: {level: debug}`");
    }
  }
  if (diagnostics.failed()) parsed.configuration.reset();
  parsed.diagnostics = diagnostics.finish(text, name);
  return parsed;
}

ParsedConfiguration load_configuration(const std::filesystem::path& file) {
  const auto refuse = [&](Code code, const std::string& why) {
    Diagnostics diagnostics;
    diagnostics.error({}, code, why);
    return ParsedConfiguration{std::nullopt, diagnostics.finish("", file.string()), ""};
  };
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(file, trouble))
    return refuse(Code::kUnreadable, trouble ? "cannot read the file: " + trouble.message()
                                             : std::string("this is no file"));
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return refuse(Code::kUnreadable, "cannot open the file");
  std::string text(kLargestFile + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kLargestFile)
    return refuse(Code::kTooLarge, "a server's configuration has at most 256 KiB");
  return parse_configuration(text, file);
}

std::vector<std::string> needs_restart(const Configuration& before, const Configuration& after) {
  std::vector<std::string> keys;
  const auto compare = [&](const char* key, const auto& a, const auto& b) {
    if (!(a == b)) keys.emplace_back(key);
  };
  compare("dataDirectory", before.data_directory, after.data_directory);
  compare("socket", before.socket, after.socket);
  compare("region", before.region, after.region);
  compare("account", before.account, after.account);
  compare("baseDirectory", before.base_directory, after.base_directory);
  compare("allow.users", before.users, after.users);
  compare("allow.groups", before.groups, after.groups);
  compare("hosts.most", before.most_hosts, after.most_hosts);
  compare("webhooks.listen", before.webhooks_listen, after.webhooks_listen);
  compare("webhooks.mostBodyBytes", before.webhooks_most_body_bytes,
          after.webhooks_most_body_bytes);
  compare("triggers.watchFiles", before.watch_files, after.watch_files);
  return keys;
}

}  // namespace sluice::server
