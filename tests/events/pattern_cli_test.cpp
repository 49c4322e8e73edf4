// `sluice pattern` end to end: exit codes and what it prints.
#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

struct Ran {
  int exit_code = -1;
  std::string output;  // both streams
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "pattern-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

 private:
  std::filesystem::path path_;
};

Ran run(const std::string& arguments) {
  const std::string command =
      std::string(SLUICE_PATTERN_PROGRAM) + " pattern " + arguments + " 2>&1";
  std::FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Ran ran;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    ran.output.append(buffer.data(), n);
  }
  ran.exit_code = WEXITSTATUS(pclose(pipe));
  return ran;
}

bool has(const Ran& ran, const std::string& text) {
  return ran.output.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("pattern test exits 0 on a match, 1 on none, 2 on anything invalid") {
  const Folder folder;
  const auto pattern = folder.file("p.json", R"({"detail":{"state":["FAILED"]}})");
  const auto failed = folder.file("failed.json", R"({"detail":{"state":"FAILED"}})");
  const auto passed = folder.file("passed.json", R"({"detail":{"state":"SUCCEEDED"}})");
  const auto broken = folder.file("broken.json", R"({"detail":)");
  CHECK(run("test --pattern " + pattern + " --event " + failed).exit_code == 0);
  CHECK(run("test --pattern " + pattern + " --event " + passed).exit_code == 1);
  const Ran bad_event = run("test --pattern " + pattern + " --event " + broken);
  CHECK(bad_event.exit_code == 2);
  CHECK(has(bad_event, "broken.json: the text ends too early (byte 10)"));
  CHECK(run("test --pattern " + broken + " --event " + failed).exit_code == 2);
  CHECK(run("test --pattern /nowhere --event " + failed).exit_code == 2);
  const Ran explained = run("test --explain --pattern " + pattern + " --event " + passed);
  CHECK(explained.exit_code == 1);
  CHECK(has(explained, "FAILED detail.state: \"SUCCEEDED\" meets none of \"FAILED\""));
}

TEST_CASE("pattern check prints each mismatch and closes with the count") {
  const Folder folder;
  const auto good = folder.file(
      "good.jsonl", R"({"pattern":{"a":["x"]},"event":{"a":"x"},"match":true})"
                    "\n\n"
                    R"({"pattern":"{\"a\":[3.0e2]}","event":"{\"a\":300}","match":true})"
                    "\n"
                    R"({"pattern":{"a":"x"},"valid":false})"
                    "\n");
  const Ran all_good = run("check " + good);
  CHECK(all_good.exit_code == 0);
  CHECK(all_good.output == "3 passed, 0 failed\n");
  const auto wrong =
      folder.file("wrong.jsonl", R"({"pattern":{"a":["x"]},"event":{"a":"y"},"match":true})"
                                 "\n"
                                 R"({"pattern":{"a":["x"]},"valid":false})"
                                 "\n"
                                 R"({"pattern":{"a":"x"},"valid":true})"
                                 "\n"
                                 R"({"pattern":{"a":["x"]},"event":{"a":"x"},"match":true})");
  const Ran all_wrong = run("check " + wrong);
  CHECK(all_wrong.exit_code == 1);
  CHECK(has(all_wrong, "wrong.jsonl:1: expected match true, got false"));
  CHECK(has(all_wrong, "wrong.jsonl:2: expected valid false"));
  CHECK(has(all_wrong, "wrong.jsonl:3: expected valid true, got:"));
  CHECK(all_wrong.output.ends_with("1 passed, 3 failed\n"));
  CHECK(run("check " + folder.file("x.jsonl", R"({"pattern":{"a":["x"]}})")).exit_code == 2);
}

TEST_CASE("pattern match prints the sorted names of the matching rules, an event a line") {
  const Folder folder;
  const auto rules = folder.file(
      "rules.json",
      R"({"b":{"a":["x"]}, "a\"q":{"a":[{"prefix":"x"}]}, "text":"{\"a\":[\"x\",\"y\"]}"})");
  const auto events =
      folder.file("events.jsonl", "{\"a\":\"x\"}\n{\"a\":\"y\"}\n\n{\"a\":\"z\"}\n");
  const Ran ran = run("match --rules " + rules + " --events " + events);
  CHECK(ran.exit_code == 0);
  CHECK(ran.output == "[\"a\\\"q\",\"b\",\"text\"]\n[\"text\"]\n[]\n");
  const auto broken = folder.file("broken.jsonl", "{\"a\":\"x\"}\n{\"a\":}\n");
  const Ran bad = run("match --rules " + rules + " --events " + broken);
  CHECK(bad.exit_code == 2);
  CHECK(has(bad, "broken.jsonl:2: not a JSON value"));
  const auto bad_rules = folder.file("bad.json", R"({"one":{"a":"x"}})");
  const Ran refused = run("match --rules " + bad_rules + " --events " + events);
  CHECK(refused.exit_code == 2);
  CHECK(has(refused, "rule \"one\""));
}

TEST_CASE("pattern bench prints its figures as text and as JSON") {
  const Folder folder;
  const auto rules = folder.file("rules.json", R"({"b":{"a":["x"]},"c":{"a":["y"]}})");
  const auto events = folder.file("events.jsonl", "{\"a\":\"x\"}\n{\"a\":\"y\"}\n{\"a\":\"x\"}\n");
  const Ran text = run("bench --threads 2 --rules " + rules + " --events " + events);
  CHECK(text.exit_code == 0);
  CHECK(has(text, "matches    3\n"));
  const Ran json = run("bench --json --rules " + rules + " --events " + events);
  CHECK(json.exit_code == 0);
  CHECK(has(json, "{\"rules\":2,\"events\":3,\"threads\":1,\"events_per_second\":"));
  CHECK(has(json, "\"matches\":3,"));
  CHECK(run("bench --rules /nowhere --events " + events).exit_code == 2);
}
