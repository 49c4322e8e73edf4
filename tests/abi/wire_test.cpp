// Engine and host understand each other, and nothing that is no message does harm.
#include <catch2/catch.hpp>
#include <random>

#include "sdk/wire/frame.hpp"
#include "sdk/wire/messages.hpp"
#include "sdk/wire/secret_budget.hpp"

namespace {
using namespace sluice::wire;

Run sample_run() {
  Run run;
  run.run = 1ull << 60;
  run.category = 5;
  run.owner = "Custom";
  run.provider = "tell";
  run.version = "1";
  run.texts = {std::nullopt, "webshop", std::nullopt, std::string("with\0zero", 9)};
  run.lists = {{}, {"key", "value"}, {}, {"\xff\xfe"}};
  return run;
}

Finished sample_finished() {
  Finished finished;
  finished.run = 7;
  finished.outcome = -3;
  finished.failure_kind = 2;
  finished.failure_code = "Code";
  finished.failure_message = "message";
  finished.misbehaviour = "m";
  finished.variables = {{"a", "b"}, {"c", std::string(100000, 'd')}};
  finished.revisions = {{"out", "r1", "summary", "url"}};
  finished.details = {{"phases", "[]"}};
  finished.external_id = "e";
  finished.continues = true;
  finished.token = "t";
  finished.delay_ms = -1;
  finished.run_us = 12;
  finished.trash = "/trash";
  finished.retiring = true;
  return finished;
}

template <class Message>
std::string payload_of(const Message& message) {
  std::string frame;
  REQUIRE(append(frame, message));
  FrameReader reader;
  reader.append(frame);
  const auto payload = reader.next();
  REQUIRE(payload);
  CHECK_FALSE(reader.partial());
  return std::string(*payload);
}

TEST_CASE("what one end says the other understands") {
  const auto run = std::get<Run>(*decode_to_host(payload_of(ToHost(sample_run()))).message);
  CHECK(run.run == sample_run().run);
  CHECK(run.texts == sample_run().texts);
  CHECK(run.lists == sample_run().lists);
  CHECK(run.owner == "Custom");
  CHECK(std::get<Cancel>(*decode_to_host(payload_of(ToHost(Cancel{9}))).message).run == 9);
  CHECK(std::get<Withdraw>(*decode_to_host(payload_of(ToHost(Withdraw{9}))).message).run == 9);

  const auto finished =
      std::get<Finished>(*decode_to_engine(payload_of(ToEngine(sample_finished()))).message);
  CHECK(finished.outcome == -3);
  CHECK(finished.variables == sample_finished().variables);
  CHECK(finished.revisions[0].url == "url");
  CHECK(finished.delay_ms == -1);
  CHECK(finished.retiring);
  const auto progress = std::get<Progress>(
      *decode_to_engine(payload_of(ToEngine(Progress{3, -1, "i", "u", "s"}))).message);
  CHECK(progress.percent == -1);
  CHECK(progress.summary == "s");
  const auto secret =
      std::get<Secret>(*decode_to_engine(payload_of(ToEngine(Secret{3, "hunter2"}))).message);
  CHECK(secret.value == "hunter2");
  const Description description{
      "n", "1", "d", 2, {{5, "p", "1", "invoke/p", "", "{}", 0, 1, 0, 1, {"A"}, 2, 5}}};
  CHECK(std::get<Ready>(*decode_to_engine(payload_of(ToEngine(Ready{description}))).message)
            .description == description);
  CHECK(decode_description(encode(description)) == description);
}

TEST_CASE("the secrets of a run are bounded in bytes and in lines") {
  SecretBudget bytes, lines;
  CHECK(bytes.take(std::string(SecretBudget::kMaxBytes - 2, 's')));
  CHECK_FALSE(bytes.take("abc"));
  CHECK(bytes.take("ab"));
  CHECK_FALSE(bytes.take("a"));
  CHECK(lines.take(std::string(SecretBudget::kMaxLines - 1, '\n')));
  CHECK_FALSE(lines.take("a"));
}

TEST_CASE("frames come out whole, however the bytes are cut") {
  std::string stream;
  for (int i = 0; i < 50; ++i)
    append_frame(stream, std::string(static_cast<std::size_t>(i * 7), 'x'));
  for (const std::size_t step : {1u, 2u, 3u, 5u, 64u, 100000u}) {
    FrameReader reader;
    std::size_t frames = 0;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      reader.append(std::string_view(stream).substr(at, step));
      while (const auto payload = reader.next()) CHECK(payload->size() == 7 * frames++);
    }
    CHECK(frames == 50);
    CHECK_FALSE(reader.partial());
  }
}

TEST_CASE("a length beyond the bound ends the stream") {
  FrameReader reader;
  reader.append(std::string("\x01\x00\x40\x00", 4));
  CHECK_FALSE(reader.next());
  CHECK(reader.malformed());
  reader.append(std::string("\x00\x00\x00\x00", 4));
  CHECK_FALSE(reader.next());
}

TEST_CASE("a message that is too large is refused whole") {
  Run run = sample_run();
  run.lists[1].push_back(std::string(kMaxFrame, 'x'));
  std::string out = "before";
  CHECK_FALSE(append(out, ToHost(run)));
  CHECK(out == "before");
}

TEST_CASE("what is no message is refused with a reason") {
  const std::string good = payload_of(ToHost(sample_run()));
  const std::string cases[] = {"",
                               "\xc1",
                               "hello",
                               good.substr(0, good.size() - 1),
                               good + "x",
                               std::string("\x92\x09\x90", 3),
                               std::string("\x92\x00\x90", 3),
                               std::string("\x92\x01\x91\xff", 4),
                               std::string("\xdd\xff\xff\xff\xff", 5),
                               std::string(200, '\x91')};
  for (const auto& bytes : cases) {
    const auto decoded = decode_to_host(bytes);
    CHECK_FALSE(decoded.message);
    CHECK(decoded.why != "");
  }
}

TEST_CASE("changed bytes never do more than give another message or a refusal") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::string run = payload_of(ToHost(sample_run()));
  const std::string finished = payload_of(ToEngine(sample_finished())).substr(0, 4000);
  for (int i = 0; i < 20000; ++i) {
    for (const auto* const good : {&run, &finished}) {
      std::string bytes = *good;
      for (int n = 0; n < 3; ++n)
        bytes[random() % std::min<std::size_t>(bytes.size(), 300)] = static_cast<char>(random());
      (void)decode_to_host(bytes);
      (void)decode_to_engine(bytes);
    }
  }
}

}  // namespace
