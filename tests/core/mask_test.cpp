#include "engine/core/mask.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

namespace sluice {
namespace {

Masker masker_of(const std::vector<std::string>& secrets) {
  Masker masker;
  for (const std::string& secret : secrets) masker.add(secret);
  return masker;
}

}  // namespace

TEST_CASE("secrets are masked wherever they stand") {
  struct Row {
    std::vector<std::string> secrets;
    std::string text, expected;
  };
  const Row table[] = {
      {{}, "nothing to hide", "nothing to hide"},
      {{"hunter2"}, "password=hunter2", "password=***"},
      {{"hunter2"}, "hunter2hunter2 and hunter", "****** and hunter"},
      {{"hunter2"}, "", ""},
      {{"aab"}, "aaab", "a***"},
      {{"aaa"}, "aaaa", "***"},
      {{"token", "token-long"}, "token-long token-lon", "*** ***-lon"},
      {{"token-long", "token"}, "token-longer", "***er"},
      {{"abcd", "bc"}, "abce bc", "abce bc"},  // "bc" is too short to be masked
      {{"abcd", "bce"}, "abce", "a***"},       // the longer one began first but did not come
      {{"abcd", "cde"}, "abcde", "***"},       // both are hidden
      {{"xab", "abcdefgh"}, "xabcdefgh!", "***!"},
      {{"abc", "bcd", "cde"}, "abcdefabc", "***f***"},
      {{"line one\nline two\r\nx"}, "line two, line one, x", "***, ***, x"},
      {{"{\n  \"key\": 1\n  }\n"}, "  }\n\t\"key\": 1", "  }\n\t***"},  // no blanks, and no brace
      {{"ab", "\n", ""}, "ab\n", "ab\n"},
      {{"p\xc3\xa4ss"}, "p\xc3\xa4ss", "***"},
      {{std::string("nu\0l", 4)}, std::string("nu\0l", 4), "***"},
  };
  for (const Row& row : table) {
    CAPTURE(row.text);
    CHECK(masker_of(row.secrets).mask(row.text) == row.expected);
  }
}

TEST_CASE("a secret that arrives in two pieces is masked, wherever it is cut") {
  const std::string text = "first hunter2, then token-long and token, hunte";
  auto masker = masker_of({"hunter2", "token", "token-long"});
  const std::string expected = masker.mask(text);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CAPTURE(cut);
    std::string shown = masker.feed(text.substr(0, cut));
    shown += masker.feed(text.substr(cut));
    shown += masker.finish();
    CHECK(shown == expected);
  }
}

TEST_CASE("what cannot be a secret is shown at once") {
  auto masker = masker_of({"hunter2"});
  CHECK(masker.feed("working... ") == "working... ");
  CHECK(masker.feed("hun") == "");
  CHECK(masker.feed("gry") == "hungry");
  CHECK(masker.feed("hunter") == "");
  CHECK(masker.finish() == "hunter");
  CHECK(masker.feed("2") == "2");
}

TEST_CASE("a secret that is learned in the middle of a stream is masked in what was held back") {
  auto masker = masker_of({"hunter2"});
  CHECK(masker.feed("say hunt") == "say ");
  masker.add("unt");
  CHECK(masker.feed("!") == "h***!");
  CHECK(masker.finish() == "");
}

namespace {

// The definition, with no thought of speed: every byte of every occurrence is hidden.
std::string masked_by_definition(const std::vector<std::string>& secrets, const std::string& text) {
  std::string out;
  std::size_t hidden_to = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t length = 0;
    for (const std::string& secret : secrets)
      if (text.compare(at, secret.size(), secret) == 0) length = std::max(length, secret.size());
    if (length > 0 && at >= hidden_to) out += "***";
    if (length > 0) hidden_to = std::max(hidden_to, at + length);
    if (at >= hidden_to) out += text[at];
  }
  return out;
}

}  // namespace

TEST_CASE("random texts in random pieces come out as the whole does, and as the definition says") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto text_of = [&](std::size_t size) {
    std::string text(size, ' ');
    for (char& c : text) c = static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> secrets(1 + random() % 4);
    for (std::string& secret : secrets) secret = text_of(3 + random() % 6);
    auto masker = masker_of(secrets);
    const std::string text = text_of(random() % 60);
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + random() % 5;
      shown += masker.feed(text.substr(at, size));
      at += size;
    }
    shown += masker.finish();
    CAPTURE(text, secrets);
    REQUIRE(shown == masker.mask(text));
    REQUIRE(shown == masked_by_definition(secrets, text));
    for (const std::string& secret : secrets) REQUIRE(shown.find(secret) == std::string::npos);
  }
}

}  // namespace sluice
