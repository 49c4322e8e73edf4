// What is no workflow file at all: one clear error each, in bounded memory and time.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/definition/node.hpp"
#include "tests/definition/sample_catalogue.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;

struct BadText {
  const char* what;
  std::string text;
  std::string place;  // "line:column code"
};

std::string repeat(const std::string& text, std::size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

// Each level holds ten aliases of the one below it: ten to the ninth values.
std::string billion_laughs(const std::string& leaf) {
  std::string text = "a0: &a0 " + leaf + "\n";
  for (int i = 1; i < 10; ++i) {
    const auto below = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below +
            repeat(", " + below, 9) + "]\n";
  }
  return text;
}

std::vector<BadText> bad_texts() {
  using namespace std::string_literals;
  return {
      {"an empty file", "", "1:1 empty"},
      {"blanks alone", " \n\t\n  ", "1:1 empty"},
      {"a comment alone", "# nothing\n", "1:1 empty"},
      {"null", "null\n", "1:1 empty"},
      {"a list", "- a\n- b\n", "1:1 wrong-type"},
      {"a text", "pipeline\n", "1:1 wrong-type"},
      {"a pipeline that is no map", "metadata: {}\npipeline: [a]\n", "2:1 wrong-type"},
      {"invalid UTF-8", "name: p\nstages: \xC3\x28\n", "2:9 not-utf8"},
      {"a surrogate in UTF-8", "name: \xED\xA0\x80\n", "1:7 not-utf8"},
      {"an overlong slash", "name: \xC0\xAF\n", "1:7 not-utf8"},
      {"a truncated character", "name: p\xE2\x82", "1:8 not-utf8"},
      {"UTF-16", "\xFF\xFEn\0a\0"s, "1:1 not-utf8"},
      {"a NUL byte", "name: p\nst\0ages: []\n"s, "2:3 bad-character"},
      {"an escaped NUL", "name: \"p\\0\"\n", "1:7 bad-character"},
      {"an escape character", "name: \x1B[31m\n", "1:7 bad-character"},
      {"the end-of-transmission byte", "name: p\n\x04stages: []\n", "2:1 bad-character"},
      {"a tab as indentation", "name: p\nstages:\n\t- name: S\n", "3:2 syntax"},
      {"an unclosed list", "name: p\nstages: [a, b\n", "3:1 syntax"},
      {"an unclosed quote", "name: \"p\n", "1:7 syntax"},
      {"an unknown alias", "name: *p\n", "1:7 syntax"},
      {"an alias inside its anchor", "name: &p [*p]\n", "1:11 syntax"},
      {"two documents", "name: p\n---\nname: q\n", "2:1 several-documents"},
      {"a tag of another tool", "name: !Sub p\nstages: []\n", "1:7 unsupported-yaml"},
      {"a merge key", "a: &a {b: c}\nd: {<<: *a}\n", "2:5 unsupported-yaml"},
      {"a list as a key", "? [a]\n: b\n", "1:3 unsupported-yaml"},
      {"a key twice", "name: p\nname: q\nstages: []\n", "2:1 duplicate-key"},
      {"a key twice in JSON", "{\"name\": \"p\",\n \"name\": \"q\", \"stages\": []}",
       "2:2 duplicate-key"},
      {"nested beyond reason", repeat("[", 100) + repeat("]", 100), "1:65 too-deep"},
      {"nested beyond the parser's stack", repeat("[", 100'000), "1:1001 too-deep"},
      {"the same in maps", repeat("{a: ", 100'000), "1:4001 too-deep"},
      {"the same in blocks", repeat("- ", 100'000), "1:129 too-deep"},
      {"too many values", "[" + repeat("a,", 300'000) + "a]", "1:500000 too-many-values"},
      {"aliases that explode", billion_laughs("x"), "6:5 too-many-values"},
      {"long texts that explode", billion_laughs(std::string(50'000, 'x')), "2:5 too-many-values"},
      {"3 MiB", "name: " + std::string(3 << 20, 'p') + "\n", "1:1 too-large"},
  };
}

TEST_CASE("what is no workflow file is one error with its place") {
  for (const auto& bad : bad_texts()) {
    const auto parsed = parse(bad.text);
    INFO(bad.what << ": " << report(parsed));
    CHECK_FALSE(parsed.declaration);
    REQUIRE_FALSE(parsed.diagnostics.empty());
    CHECK(places(parsed).front() == bad.place);
    CHECK(parsed.diagnostics.front().message.size() > 10);
  }
}

TEST_CASE("JSON files are told JSON's mistakes") {
  const std::vector<BadText> cases = {
      {"a missing comma", "{\"name\": \"p\"\n \"stages\": []}", "2:2 syntax"},
      {"a comma too many", "{\"name\": \"p\",}", "1:14 syntax"},
      {"no end", "{\"name\": ", "1:10 syntax"},
      {"text after the end", "{\"name\": \"p\"} x", "1:15 syntax"},
      {"half a surrogate pair", "{\"name\": \"\\ud83d\"}", "1:17 syntax"},
      {"an escaped NUL", "{\"name\": \"\\u0000\"}", "1:17 syntax"},
      {"a number with a leading zero", "{\"version\": 01}", "1:13 syntax"},
      {"a bare word", "{\"name\": pipeline}", "1:10 syntax"},
      {"too deep", repeat("{\"a\":", 1000), "1:321 too-deep"},
  };
  for (const auto& bad : cases) {
    const auto parsed = parse(bad.text, "pipeline.json");
    INFO(bad.what << ": " << report(parsed));
    REQUIRE(parsed.diagnostics.size() == 1);
    CHECK(places(parsed).front() == bad.place);
  }
}

TEST_CASE("hostile text costs bounded time") {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t kSize = definition::kMaxTextBytes / 8;
  const auto fill = [&](const std::string& unit) { return repeat(unit, kSize / unit.size()); };
  const std::vector<std::string> texts = {
      fill("a: b\n"),
      fill("- "),
      fill("? "),
      fill("&a "),
      fill("*a "),
      fill("'"),
      fill("\""),
      fill("{"),
      fill("[]"),
      fill("a:"),
      fill("#"),
      fill("!"),
      fill("%a\n"),
      fill("|\n"),
      fill("---\n"),
      fill("a\n"),
      fill("- a\n"),
      fill("x: &a y\n"),
      fill("k: |\n  text\n"),
      fill("\n"),
      fill(" "),
      "[" + fill("\"\","),
      "{" + fill("\"a\":1,"),
      "a: \"" + fill("\\u0041"),
      "a: >\n" + fill(" b\n"),
  };
  for (const auto& text : texts) {
    const auto start = Clock::now();
    const auto parsed = parse(text);
    const std::chrono::duration<double> took = Clock::now() - start;
    INFO(text.substr(0, 16) << " took " << took.count() << " s: " << report(parsed).substr(0, 200));
    CHECK_FALSE(parsed.declaration);
    CHECK(parsed.diagnostics.size() <= definition::Diagnostics::kMaxReported + 1);
    // No measure of speed: what is quadratic takes minutes here.
    CHECK(took.count() < 20);
  }
}

TEST_CASE("many mistakes are reported at once, in order, up to a limit") {
  std::string text = "name: p\nstages:\n";
  for (int i = 0; i < 5000; ++i) text += "- {nam: S" + std::to_string(i) + "}\n";
  const auto parsed = parse(text);
  REQUIRE(parsed.diagnostics.size() == definition::Diagnostics::kMaxReported + 1);
  CHECK(std::is_sorted(parsed.diagnostics.begin(), parsed.diagnostics.end(),
                       [](const auto& a, const auto& b) { return a.line < b.line; }));
  CHECK(parsed.diagnostics.back().message.find("more are not shown") != std::string::npos);
}

TEST_CASE("columns count characters") {
  const auto parsed = parse("{name: p, stages: [], \"größe ☃ 🚀\": 1, typo: 2}");
  CHECK(places(parsed) ==
        std::vector<std::string>{"1:19 stage-count", "1:23 unknown-key", "1:39 unknown-key"});
}

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "workflow-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string first_place(const fs::path& path) {
  const auto parsed = load_workflow_file(path, sample_catalogue());
  INFO(report(parsed));
  CHECK_FALSE(parsed.declaration);
  REQUIRE(parsed.diagnostics.size() == 1);
  CHECK(parsed.diagnostics[0].file == path.string());
  return parsed.diagnostics[0].code;
}

TEST_CASE("files that cannot be read are diagnostics like any other") {
  const Scratch scratch;
  CHECK(first_place(scratch / "absent.yml") == "unreadable");
  CHECK(first_place(scratch / ".") == "unreadable");
  std::ofstream(scratch / "empty.yml");
  CHECK(first_place(scratch / "empty.yml") == "empty");
  ::mkfifo((scratch / "fifo").c_str(), 0600);
  CHECK(first_place(scratch / "fifo") == "empty");
  CHECK(first_place("/dev/zero") == "too-large");
  std::ofstream(scratch / "file");
  CHECK(first_place(scratch / "file/pipeline.yml") == "unreadable");
  if (::geteuid() != 0) {
    std::ofstream(scratch / "secret.yml") << "name: p\n";
    fs::permissions(scratch / "secret.yml", fs::perms::none);
    CHECK(first_place(scratch / "secret.yml") == "unreadable");
  }
}

TEST_CASE("a file of 50 MB is refused without being read") {
  const Scratch scratch;
  std::ofstream(scratch / "huge.yml") << "name: p\n";
  fs::resize_file(scratch / "huge.yml", 50'000'000);
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  CHECK(first_place(scratch / "huge.yml") == "too-large");
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 1024);
}

}  // namespace
}  // namespace sluice::test
