// AppSpec text -> model: every parse-* case of facts/build_deploy.md D2, by id, and what the parsed
// values are.
#include <catch2/catch.hpp>

#include "plugins/deploy/appspec/parser.hpp"
#include "plugins/deploy/appspec/permission_values.hpp"

namespace sluice::appspec {
namespace {

const std::string kHead = "version: 0.0\nos: linux\n";

std::string word_of(const std::string& text) {
  const auto spec = parse_appspec(text, "appspec.yml");
  return spec ? "" : spec.fault().word;
}

AppSpec parsed(const std::string& text) {
  auto spec = parse_appspec(text, "appspec.yml");
  if (!spec) FAIL(spec.fault().text());
  return *spec;
}

std::string hook(const std::string& script) {
  return kHead + "hooks:\n  AfterInstall:\n    - " + script + "\n";
}
std::string permission(const std::string& members) {
  return kHead + "permissions:\n  - {object: /srv, " + members + "}\n";
}
std::string acls(const std::string& entries) {
  return permission("acls: [" + entries + "]");
}
std::string range(const std::string& text) {
  return permission("context: {type: usr_t, range: '" + text + "'}");
}

struct ParseCase {
  const char* sentence;
  std::string text;
  std::string word;  // "" when it is accepted
};

void check(const std::vector<ParseCase>& cases) {
  for (const auto& item : cases) {
    INFO(item.sentence << "\n" << item.text);
    CHECK(word_of(item.text) == item.word);
  }
}

TEST_CASE("the head of an AppSpec is read as agent 1.8.1 reads it") {
  check({
      {"parse-001 empty document", "", "EMPTY_APPSPEC"},
      {"parse-002 blanks and a newline", "   \n", "EMPTY_APPSPEC"},
      {"a document of comments alone is empty", "# nothing\n", "EMPTY_APPSPEC"},
      {"parse-003 version left out", "os: linux\n", "INVALID_VERSION"},
      {"parse-004 version is a word", "version: zero\nos: linux\n", "INVALID_VERSION"},
      {"parse-005 another number", "version: 0.1\nos: linux\n", "INVALID_VERSION"},
      {"parse-006 quoted version", "version: \"0.0\"\nos: linux\n", "INVALID_VERSION"},
      {"parse-007 integer zero", "version: 0\nos: linux\n", ""},
      {"version may not be a list", "version: [0.0]\nos: linux\n", "INVALID_VERSION"},
      {"parse-008 os left out", "version: 0.0\n", "UNSUPPORTED_OS"},
      {"parse-009 unknown os", "version: 0.0\nos: solaris\n", "UNSUPPORTED_OS"},
      {"parse-010 os is case sensitive", "version: 0.0\nos: Linux\n", "UNSUPPORTED_OS"},
      {"parse-011 windows on linux", "version: 0.0\nos: windows\n", "UNSUPPORTED_OS"},
      {"parse-012 smallest document", kHead, ""},
      {"parse-013 unknown behaviour", kHead + "file_exists_behavior: MERGE\n",
       "INVALID_FILE_EXISTS_BEHAVIOR"},
      {"parse-014 behaviour in lower case", kHead + "file_exists_behavior: overwrite\n",
       "INVALID_FILE_EXISTS_BEHAVIOR"},
      {"parse-019 unknown keys are ignored", kHead + "Resources: []\nx: {y: 1}\n", ""},
      {"parse-020 JSON text", R"({"version": 0.0, "os": "linux", "files": []})", ""},
      {"parse-021 syntax error", kHead + "files: [\n", "YAML_SYNTAX"},
      {"a tab as indentation is a syntax error", kHead + "hooks:\n\tX: 1\n", "YAML_SYNTAX"},
      {"bytes that are not UTF-8", kHead + "x: \xff\n", "YAML_SYNTAX"},
      {"parse-022 a list at the top", "- version: 0.0\n", "TYPE_ERROR"},
      {"plain text at the top", "hello\n", "TYPE_ERROR"},
      {"an unclosed depth of lists", std::string(20000, '['), "YAML_SYNTAX"},
      {"more than 1 MiB", kHead + "# " + std::string(kMaxAppSpecBytes, 'x'), "APPSPEC_TOO_LARGE"},
  });
  CHECK(parsed(kHead).os == "linux");
  CHECK(parsed(kHead).file_exists_behavior.empty());
  for (const char* word : {"DISALLOW", "OVERWRITE", "RETAIN"})  // parse-015 to parse-017
    CHECK(parsed(kHead + "file_exists_behavior: " + word + "\n").file_exists_behavior == word);
}

TEST_CASE("parse-018: file_exists_behavior inside an entry of files has no effect but a warning") {
  const auto spec =
      parsed(kHead + "files:\n  - {source: a, destination: /b, file_exists_behavior: OVERWRITE}\n");
  CHECK(spec.file_exists_behavior.empty());
  REQUIRE(spec.warnings.size() == 1);
  CHECK_THAT(spec.warnings[0], Catch::StartsWith("appspec.yml:4:"));
}

TEST_CASE("hooks are read as agent 1.8.1 reads them") {
  check({
      {"parse-035 no location", hook("{timeout: 3}"), "HOOK_NO_LOCATION"},
      {"parse-036 location of blanks", hook("{location: '  '}"), "HOOK_NO_LOCATION"},
      {"a location that is null", hook("{location: }"), "HOOK_NO_LOCATION"},
      {"parse-037 timeout is a word", hook("{location: a, timeout: soon}"), "HOOK_BAD_TIMEOUT"},
      {"parse-038 timeout zero", hook("{location: a, timeout: 0}"), "HOOK_BAD_TIMEOUT"},
      {"parse-039 timeout negative", hook("{location: a, timeout: -5}"), "HOOK_BAD_TIMEOUT"},
      {"timeout as a list", hook("{location: a, timeout: [3]}"), "HOOK_BAD_TIMEOUT"},
      {"parse-044 hooks null", kHead + "hooks:\n", ""},
      {"parse-045 event is a mapping", kHead + "hooks:\n  AfterInstall:\n    location: a\n",
       "TYPE_ERROR"},
      {"parse-046 event is text", kHead + "hooks:\n  AfterInstall: a.sh\n", "TYPE_ERROR"},
      {"parse-047 hooks as a list", kHead + "hooks:\n  - AfterInstall: a\n", "TYPE_ERROR"},
      {"a script that is text", hook("a.sh"), "TYPE_ERROR"},
  });

  const auto full = parsed(hook("{location: s/a.sh, timeout: 30, runas: web}"));  // parse-030
  REQUIRE(full.hooks.at("AfterInstall").size() == 1);
  CHECK(full.hooks.at("AfterInstall")[0].location == "s/a.sh");
  CHECK(full.hooks.at("AfterInstall")[0].timeout_s == 30);
  CHECK(full.hooks.at("AfterInstall")[0].runas == "web");
  CHECK_FALSE(full.hooks.at("AfterInstall")[0].sudo);
  CHECK(parsed(hook("{location: a, sudo: true}")).hooks.at("AfterInstall")[0].sudo);  // parse-031
  const auto two = parsed(hook("{location: b}\n    - {location: a}"));                // parse-032
  CHECK(two.hooks.at("AfterInstall")[0].location == "b");
  CHECK(two.hooks.at("AfterInstall")[1].location == "a");
  CHECK(parsed(kHead + "hooks:\n  AfterInstall:\n").hooks.empty());            // parse-034
  const auto trimmed = parsed(hook("{location: '  a.sh ', runas: ' web '}"));  // parse-043
  CHECK(trimmed.hooks.at("AfterInstall")[0].location == "a.sh");
  CHECK(trimmed.hooks.at("AfterInstall")[0].runas == "web");
}

TEST_CASE("timeouts become whole seconds") {
  const std::vector<std::pair<std::string, long>> cases = {
      {"", 3600},                 // parse-033
      {", timeout: \"30\"", 30},  // parse-040
      {", timeout: 1.9", 1},      // parse-041
      {", timeout: 45s", 45},     // parse-042
      {", timeout: ", 3600},
  };
  for (const auto& [text, seconds] : cases) {
    INFO(text);
    CHECK(parsed(hook("{location: a" + text + "}")).hooks.at("AfterInstall")[0].timeout_s ==
          seconds);
  }
}

TEST_CASE("files are read as agent 1.8.1 reads them") {
  const auto files = [](const std::string& entry) { return kHead + "files:\n  - " + entry + "\n"; };
  check({
      {"parse-052 no destination", files("{source: a}"), "FILE_NO_DESTINATION"},
      {"parse-053 no source", files("{destination: /b}"), "FILE_NO_SOURCE"},
      {"parse-054 files null", kHead + "files:\n", ""},
      {"parse-055 extra keys", files("{source: a, destination: /b, note: c}"), ""},
      {"parse-056 empty source", files("{source: '', destination: /b}"), ""},
      {"files as text", kHead + "files: a\n", "TYPE_ERROR"},
      {"an entry that is text", files("a"), "TYPE_ERROR"},
  });
  const auto spec = parsed(files("{source: a, destination: /x}\n  - {source: b, destination: /y}"));
  REQUIRE(spec.files.size() == 2);  // parse-050, parse-051
  CHECK(spec.files[0].source == "a");
  CHECK(spec.files[1].destination == "/y");
}

TEST_CASE("permissions are read as agent 1.8.1 reads them") {
  check({
      {"parse-060 no object", kHead + "permissions:\n  - {mode: '644'}\n", "PERM_NO_OBJECT"},
      {"parse-061 blank object", kHead + "permissions:\n  - {object: '  '}\n", "PERM_NO_OBJECT"},
      {"parse-065 unknown type", permission("type: [link]"), "PERM_BAD_TYPE"},
      {"parse-066 type as a scalar", permission("type: file"), "TYPE_ERROR"},
      {"parse-067 except as a scalar", permission("except: a"), "TYPE_ERROR"},
      {"parse-070 five digits", permission("mode: '07777'"), "MODE_LENGTH"},
      {"parse-072 a letter", permission("mode: '6a4'"), "MODE_CHAR"},
      {"parse-073 symbolic", permission("mode: u+rwx"), "MODE_CHAR"},
      {"parse-074 digit 8", permission("mode: '684'"), "MODE_CHAR"},
      {"parse-080 unquoted 0755", permission("mode: 0755"), "MODE_CHAR"},
      {"parse-110 context without type", permission("context: {name: u}"), "CONTEXT_NO_TYPE"},
      {"parse-111 the documented key user is not read", permission("context: {user: u, type: t}"),
       ""},
      {"a context that is text", permission("context: usr_t"), "TYPE_ERROR"},
  });
  const auto defaults = parsed(permission("mode: '644'")).permissions.at(0);  // parse-062
  CHECK(defaults.pattern == "**");
  CHECK(defaults.except.empty());
  CHECK((defaults.files && defaults.directories));
  CHECK_FALSE((defaults.owner || defaults.group || defaults.acls || defaults.context));
  const auto full = parsed(permission("pattern: '*.sh', except: [a, b], type: [file], owner: o, "
                                      "group: g, mode: '0750', acls: ['u:bob:rw'], context: "
                                      "{name: n, type: t, range: s0}"))
                        .permissions.at(0);  // parse-063, parse-064, parse-068, parse-112
  CHECK(full.pattern == "*.sh");
  CHECK(full.except == std::vector<std::string>{"a", "b"});
  CHECK((full.files && !full.directories));
  CHECK((full.owner == "o" && full.group == "g" && full.mode == "0750"));
  CHECK(full.context->user == "n");
  CHECK(parsed(permission("context: {user: u, type: t}")).permissions[0].context->user.empty());
}

TEST_CASE("modes are octal text, whatever YAML makes of them") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"'64'", "064"},                         // parse-071
      {"'4755'", "4755"},                      // parse-075
      {"'7777'", "7777"},                      // parse-076
      {"'0'", "000"},                          // parse-077
      {"0", "000"},       {"'0644'", "0644"},  // parse-078
      {"644", "644"},     {"0644", "420"},     // parse-079
      {"'7'", "007"},                          // parse-081
  };
  for (const auto& [text, mode] : cases) {
    INFO(text);
    CHECK(parsed(permission("mode: " + text)).permissions[0].mode == mode);
  }
  CHECK(parsed(permission("mode: 0644")).warnings.size() == 1);
  CHECK(parsed(permission("mode: '0644'")).warnings.empty());
  const auto refused = parse_appspec(permission("mode: 0755"), "appspec.yml");
  CHECK_THAT(refused.fault().message, Catch::Contains("mode: \"0755\""));
}

TEST_CASE("ACL entries follow the agent's grammar") {
  check({
      {"parse-090 one field", acls("'rw'"), "ACL_MALFORMED"},
      {"parse-091 five fields", acls("'d:u:bob:x:rw'"), "ACL_MALFORMED"},
      {"parse-092 four fields, first not default", acls("'u:g:bob:rw'"), "ACL_MALFORMED"},
      {"parse-093 unknown class", acls("'x:bob:rw'"), "ACL_MALFORMED"},
      {"parse-094 default twice", acls("'d:default:rw'"), "ACL_MALFORMED"},
      {"default twice with a name", acls("'default:d:bob:rw'"), "ACL_MALFORMED"},
      {"parse-095 mask with a name", acls("'m:bob:rw'"), "ACL_MALFORMED"},
      {"parse-096 other with a name", acls("'o:bob:rw'"), "ACL_MALFORMED"},
      {"parse-097 a wrong letter", acls("'u:bob:rwz'"), "ACL_BAD_CHAR"},
      {"a digit above 7", acls("'u:bob:8'"), "ACL_BAD_CHAR"},
      {"two digits", acls("'u:bob:77'"), "ACL_BAD_CHAR"},
      {"parse-098 four fields", acls("'d:u:bob:rw', 'default:group:g:7', 'd:m::rwx', 'd:o::r'"),
       ""},
      {"parse-099 three fields", acls("'user:user:rw', 'g:default:r', 'd:bob:rw', 'm::rw'"), ""},
      {"parse-100 two fields", acls("'bob:rw', 'm:rw', 'mask:7'"), ""},
      {"parse-101 base user", acls("'u::7'"), "ACL_BASE_ENTRY"},
      {"parse-102 base group", acls("'g::7'"), "ACL_BASE_ENTRY"},
      {"parse-103 base other", acls("'o:7'"), "ACL_BASE_ENTRY"},
      {"parse-104 dashes", acls("'u:bob:r-x', 'u:eve:---'"), ""},
      {"parse-105 empty list", acls(""), ""},
      {"acls as a scalar", permission("acls: 'u:bob:rw'"), "TYPE_ERROR"},
  });
  const std::vector<std::pair<std::string, std::string>> meanings = {
      {"bob:rw", "user:bob:rw-"},
      {"m:rw", "mask::rw-"},
      {"d::rwx", "default:user::rwx"},
      {"d:bob:5", "default:user:bob:r-x"},
      {"default:group:staff:xr", "default:group:staff:r-x"},
      {"user:user:2", "user:user:-w-"},
  };
  for (const auto& [text, meaning] : meanings) {
    INFO(text);
    const auto ace = parse_ace(text);
    REQUIRE(ace);
    CHECK(ace_text(*ace) == meaning);
  }
}

TEST_CASE("SELinux ranges follow the agent's grammar") {
  check({
      {"parse-113 high below low", range("s3-s1"), "RANGE_INVALID"},
      {"parse-114 dash without high", range("s0-"), "RANGE_INVALID"},
      {"parse-116 no sensitivity", range(":c0"), "RANGE_INVALID"},
      {"parse-117 sensitivity without number", range("s"), "RANGE_INVALID"},
      {"parse-118 negative", range("s-1"), "RANGE_INVALID"},
      {"parse-119 letters", range("s1a"), "RANGE_INVALID"},
      {"parse-120 wrong letter", range("t0"), "RANGE_INVALID"},
      {"parse-121 categories backwards", range("s0:c5.c2"), "RANGE_INVALID"},
      {"parse-122 category range without end", range("s0:c1."), "RANGE_INVALID"},
      {"parse-124 colon without categories", range("s0:"), "RANGE_INVALID"},
      {"parse-125 category without number", range("s0:c"), "RANGE_INVALID"},
      {"parse-126 above 1023", range("s0:c1024"), "RANGE_INVALID"},
      {"parse-128 a category twice", range("s0:c1,c1"), "RANGE_INVALID"},
      {"a category again in a range", range("s0:c0.c3,c2"), "RANGE_INVALID"},
      {"parse-130 wrong category letter", range("s0:d1"), "RANGE_INVALID"},
  });
  const std::vector<std::pair<std::string, std::string>> meanings = {
      {"s0", "s0"},                          // parse-115
      {"s0-s3:c7,c1,c0", "s0-s3:c0.c1,c7"},  // parse-123
      {"s0:c1023", "s0:c1023"},              // parse-127
      {"s0:c1,c2,c3", "s0:c1.c3"},           // parse-129
      {"s0:c4.c6,c7,c1", "s0:c1,c4.c7"},
  };
  for (const auto& [text, meaning] : meanings) {
    INFO(text);
    const auto range = parse_security_range(text);
    REQUIRE(range);
    CHECK(*range == meaning);
  }
}

TEST_CASE("a fault says where it is") {
  const auto spec = parse_appspec(kHead + "permissions:\n  - object: /a\n    mode: 9\n", "my.yml");
  CHECK(spec.fault().where == "my.yml:5:11");
  const auto syntax = parse_appspec("version: 0.0\nos: [linux\n", "my.yml");
  CHECK_THAT(syntax.fault().where, Catch::StartsWith("my.yml:"));
  CHECK(parse_appspec("a: 1\nb: \xc3\n", "my.yml").fault().where == "my.yml:2");
}

TEST_CASE("aliases that multiply are bounded") {
  std::string text = kHead + "x: &many\n";
  for (int i = 0; i < 2000; ++i) text += "  - {location: a}\n";
  text += "hooks:\n";
  for (int i = 0; i < 100; ++i) text += "  Event" + std::to_string(i) + ": *many\n";
  CHECK(word_of(text) == "APPSPEC_TOO_LARGE");
}

}  // namespace
}  // namespace sluice::appspec
