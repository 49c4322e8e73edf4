#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "plugins/invoke/answer.hpp"
#include "plugins/invoke/command_line.hpp"

namespace sluice::invoke {
namespace {

namespace fs = std::filesystem;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Sorted {
  std::vector<std::string> log;
  std::optional<Answer> answer;
  std::string problem;
};

// Byte by byte, the hardest way that output can arrive.
Sorted sort(const std::string& output) {
  Sorted sorted;
  OutputSorter sorter([&](const std::string& line) { sorted.log.push_back(line); });
  for (const char c : output) sorter.add(std::string_view(&c, 1));
  sorted.answer = sorter.finish(sorted.problem);
  return sorted;
}

}  // namespace

TEST_CASE("a plain object is a set of output variables") {
  std::string problem;
  const auto answer = parse_answer(
      R"({"url":"http://x","ok":true,"n":3,"none":null,"list":[1,"a"],"zero":"a\u0000b"})",
      problem);
  REQUIRE(answer);
  CHECK(answer->variables == Pairs{{"list", "[1,\"a\"]"},
                                   {"n", "3"},
                                   {"none", ""},
                                   {"ok", "true"},
                                   {"url", "http://x"},
                                   {"zero",
                                    "a\xEF\xBF\xBD"
                                    "b"}});
  CHECK_FALSE(answer->continuation_token);
}

TEST_CASE("members of the protocol are taken as such") {
  std::string problem;
  const auto answer = parse_answer(
      R"({"continuationToken":"t","delaySeconds":1.5,"externalExecutionId":"e-1",
          "externalUrl":"http://e/1","summary":"half way","percentComplete":50})",
      problem);
  REQUIRE(answer);
  CHECK(answer->continuation_token == "t");
  CHECK(answer->delay_ms == 1500);
  CHECK(answer->external_id == "e-1");
  CHECK(answer->external_url == "http://e/1");
  CHECK(answer->summary == "half way");
  CHECK(answer->percent == 50);
  CHECK(parse_answer(R"({"continuationToken":"t"})", problem)->delay_ms == 30'000);
  CHECK(parse_answer(R"({"continuationToken":"t","delaySeconds":-1})", problem)->delay_ms < 0);
  const auto failure = parse_answer(R"({"failure":{"message":"no"}})", problem);
  REQUIRE(failure);
  CHECK(*failure->failure == std::pair<std::string, std::string>{"JobFailed", "no"});
}

TEST_CASE("an answer that breaks the protocol is named, what is no object is for the log") {
  const std::pair<std::string, std::string> rows[] = {
      {R"({"outputVariables":{},"extra":1})", "'extra' stands beside"},
      {R"({"outputVariables":[]})", "outputVariables must be an object"},
      {R"({"continuationToken":1})", "continuationToken must be a string"},
      {R"({"continuationToken":"t","outputVariables":{"a":"b"}})", "cannot have both"},
      {R"({"continuationToken":"t","delaySeconds":"1"})", "delaySeconds must be a number"},
      {R"({"continuationToken":"t","delaySeconds":1e300})", "delaySeconds must be a number"},
      {R"({"failure":"no"})", "failure must be an object"},
      {R"({"failure":{"type":1}})", "failure must be an object"},
      {R"({"summary":"s","percentComplete":101})", "percentComplete"},
      {R"({"a":)" + std::string(100, '[') + std::string(100, ']') + "}", "64 levels"},
      {"{", ""},
      {"[1]", ""},
      {"3", ""},
      {"", ""},
      {"{'a': 1}", ""},
      {"{\"a\":\"\xFF\"}", ""},
  };
  for (const auto& [text, words] : rows) {
    INFO(text);
    std::string problem;
    CHECK_FALSE(parse_answer(text, problem));
    CHECK(problem.empty() == words.empty());
    CHECK(problem.find(words) != std::string::npos);
  }
}

TEST_CASE("stdout is sorted into lines for the log and one answer at its end") {
  struct Row {
    std::string output;
    std::vector<std::string> log;
    bool answer;
  };
  const Row rows[] = {
      {"", {}, false},
      {"\n \n", {}, false},
      {"{\"a\": \"b\"}", {}, true},
      {"\n{\n  \"a\": \"b\"\n}\n", {}, true},
      {"one\ntwo\r\n", {"one", "two"}, false},
      {"one\n{\"a\":\"b\"}\n\n", {"one"}, true},
      {"{\"not\": \"last\"}\none\n{\"a\":\"b\"}", {"{\"not\": \"last\"}", "one"}, true},
      {"{\"first\":1}\n{\"a\":\"b\"}", {"{\"first\":1}"}, true},
      {"one\n{\"a\":\"b\"}\ntwo", {"one", "{\"a\":\"b\"}", "two"}, false},
      {"{ this is text", {"{ this is text"}, false},
  };
  for (const auto& row : rows) {
    INFO(row.output);
    const auto sorted = sort(row.output);
    CHECK(sorted.log == row.log);
    CHECK(sorted.answer.has_value() == row.answer);
    CHECK(sorted.problem.empty());
    if (row.answer) CHECK(sorted.answer->variables == Pairs{{"a", "b"}});
  }
}

TEST_CASE("an answer that exceeds one mebibyte is for the log") {
  const auto sorted = sort("{\"a\":\n\"" + std::string(kLongestAnswer, 'x') + "\"\n}\n");
  CHECK_FALSE(sorted.answer);
  CHECK(sorted.log.size() >= 3);
  CHECK(sorted.log[0] == "{\"a\":");
}

TEST_CASE("a command is split into words without a shell") {
  const std::pair<std::string, std::vector<std::string>> rows[] = {
      {"verify", {"verify"}},
      {"  a  b\tc\n", {"a", "b", "c"}},
      {"a 'b c' \"d \\\" e\" f\\ g", {"a", "b c", "d \" e", "f g"}},
      {"a '' \"\"", {"a", "", ""}},
      {"a'b'\"c\"", {"abc"}},
      {R"(a "\n" '\n' $HOME *)", {"a", "\\n", "\\n", "$HOME", "*"}},
  };
  for (const auto& [text, words] : rows) {
    INFO(text);
    std::string problem;
    const auto split = split_words(text, problem);
    REQUIRE(split);
    CHECK(*split == words);
  }
  for (const char* wrong : {"", "  ", "'a", "a \"b", "a \\", "''"}) {
    INFO(wrong);
    std::string problem;
    CHECK_FALSE(split_words(wrong, problem));
    CHECK(problem.find("command: ") == 0);
  }
}

TEST_CASE("a program is looked for in the artifacts, then the base directory, then the PATH") {
  char root[] = "/tmp/exec_test.XXXXXX";
  REQUIRE(mkdtemp(root) != nullptr);
  const fs::path dir = root;
  const auto program = [&](const std::string& path, int mode = 0755) {
    fs::create_directories((dir / path).parent_path());
    std::ofstream(dir / path) << "#!/bin/sh\n";
    chmod((dir / path).c_str(), static_cast<mode_t>(mode));
  };
  for (const char* path : {"in1/both", "in2/both", "in2/bin/tool", "base/both", "base/own",
                           "path/own", "path/only", "above"})
    program(path);
  program("in1/plain", 0644);
  const std::vector<std::string> inputs = {dir / "in1", dir / "in2"};
  struct Row {
    std::string name, found, problem;
  };
  const Row rows[] = {
      {"both", "in1/both", ""},
      {"./both", "in1/both", ""},
      {"bin/tool", "in2/bin/tool", ""},
      {"own", "base/own", ""},
      {"only", "path/only", ""},
      {"../above", "above", ""},  // from the base directory, never out of an artifact
      {dir / "above", "above", ""},
      {"./only", "", "no program ./only in the input artifacts"},
      {"none", "", "or on the PATH"},
      {"plain", "", "chmod +x"},
      {"bin", "", "no program"},
      {"/nowhere/x", "", "there is no program /nowhere/x"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    std::string problem;
    const auto found = find_program(row.name, inputs, dir / "base",
                                    "/nowhere::" + (dir / "path").string(), problem);
    CHECK(found.value_or("") == (row.found.empty() ? "" : (dir / row.found).string()));
    CHECK(problem.find(row.problem) != std::string::npos);
  }
  fs::remove_all(dir);
}

}  // namespace sluice::invoke
