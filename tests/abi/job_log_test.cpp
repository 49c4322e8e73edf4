// A job's log, however its bytes arrive.
#include "engine/hosts/job_log.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

namespace sluice {
namespace {

constexpr std::size_t kNoBound = 1u << 30;

Masker hiding(const std::string& secret) {
  Masker masker;
  masker.add(secret);
  return masker;
}

std::string in_pieces(JobLog& log, const std::string& text,
                      const std::vector<std::size_t>& pieces) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; at < text.size(); at += pieces[i++ % pieces.size()])
    out += log.append(std::string_view(text).substr(at, pieces[i % pieces.size()]));
  return out + log.finish();
}

}  // namespace

TEST_CASE("a log is whole lines of UTF-8 without secrets, and its last line may be unfinished") {
  struct Row {
    std::string text, expected, last_line;
  };
  const Row table[] = {
      {"", "", ""},
      {"one\ntwo", "one\ntwo\n", "two"},
      {"one\r\n\n", "one\n\n", "one"},
      {"a \xff b\n", "a \xef\xbf\xbd b\n", "a \xef\xbf\xbd b"},
      {"login hunter2\nhunt\ner2\n", "login ***\nhunt\ner2\n", "er2"},
      {"hunter", "hunter\n", "hunter"},
  };
  for (const Row& row : table) {
    for (const std::size_t size : {1u, 2u, 3u, 100u}) {
      CAPTURE(row.text, size);
      Masker masker = hiding("hunter2");
      JobLog log(masker, kNoBound);
      CHECK(in_pieces(log, row.text, {size}) == row.expected);
      CHECK(log.last_line() == row.last_line);
    }
  }
}

TEST_CASE("a secret that is learned while a line is under way is masked in it") {
  Masker masker;
  JobLog log(masker, kNoBound);
  CHECK(log.append("hunter2\nlogin hunter2 ") == "hunter2\n");
  masker.add("hunter2");
  CHECK(log.append("now\n") == "login *** now\n");
}

TEST_CASE("no cut of a line that is too long goes through a secret") {
  const std::string secret = "a-secret-of-some-length";
  for (std::size_t before = 64 * 1024 - 30; before < 64 * 1024 + 5; ++before) {
    CAPTURE(before);
    Masker masker = hiding(secret);
    JobLog log(masker, kNoBound);
    std::string out = in_pieces(log, std::string(before, 'x') + secret + "!\n", {10000});
    out.erase(std::remove(out.begin(), out.end(), '\n'), out.end());
    CHECK(out == std::string(before, 'x') + "***!");
  }
}

TEST_CASE("a secret that is longer than a line may be is masked") {
  const std::string secret(100 * 1024, 's');
  Masker masker = hiding(secret);
  JobLog log(masker, kNoBound);
  CHECK(in_pieces(log, "a\n" + secret + "\nb\n", {4096}) == "a\n***\nb\n");
}

TEST_CASE("beyond its bound a log says so once and keeps no more") {
  Masker masker;
  JobLog log(masker, 10);
  CHECK(log.append("12345\n67890\n") ==
        "12345\n[the log has reached 10 bytes; what follows is not kept]\n");
  CHECK(log.append("more\n") == "");
  CHECK(log.finish() == "");
}

TEST_CASE("the same log comes out, whatever the pieces") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string text(random() % 200, ' ');
    for (char& c : text) c = "ab\n\r\xc3\xa4"[random() % 6];
    std::vector<std::size_t> pieces(7);
    for (std::size_t& piece : pieces) piece = 1 + random() % 9;
    Masker masker = hiding("aab\nbab\xc3\xa4");
    JobLog whole(masker, kNoBound);
    const std::string expected = in_pieces(whole, text, {text.size() + 1});
    JobLog log(masker, kNoBound);
    CAPTURE(text, pieces);
    REQUIRE(in_pieces(log, text, pieces) == expected);
  }
}

}  // namespace sluice
