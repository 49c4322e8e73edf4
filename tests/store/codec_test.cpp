#include "engine/store/codec.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "engine/store/binary.hpp"
#include "tests/store/samples.hpp"

namespace sluice {
namespace {

// What an older and a newer version of one struct might look like.
enum class Colour : std::uint8_t { kRed, kGreen };
enum class ColourLater : std::uint8_t { kRed, kGreen, kBlue };
struct Inner {
  std::int32_t a = 0;
};
struct InnerLater {
  std::int32_t a = 0;
  std::string b = "default";
};
struct Outer {
  std::vector<Inner> items;
  std::string tail;
};
struct OuterLater {
  std::vector<InnerLater> items;
  std::string tail;
  std::uint16_t number = 42;
  std::map<std::string, Inner> more;
};
using Either = std::variant<Inner>;
using EitherLater = std::variant<Inner, Outer>;

template <class To, class From>
To convert(const From& from) {
  Encoder out;
  out.value(from);
  Decoder in(out.bytes());
  To to;
  REQUIRE(in.value(to));
  REQUIRE(in.at_end());
  return to;
}

template <class To, class From>
Decoder::Fault fault_of_converting(const From& from) {
  Encoder out;
  out.value(from);
  Decoder in(out.bytes());
  To to;
  REQUIRE_FALSE(in.value(to));
  return in.fault();
}

template <class T>
void check_round_trip(T value) {
  CAPTURE(+value);
  CHECK(convert<T>(value) == value);
}

}  // namespace

TEST_CASE("every fact comes back with every member as it was") {
  for (const Fact& fact : samples::one_of_each(9)) {
    CAPTURE(fact.index());
    const auto back = decode_fact(encode(fact));
    REQUIRE(back);
    CHECK(samples::describe(*back) == samples::describe(fact));
  }
}

TEST_CASE("a declaration comes back equal") {
  const auto sent = samples::filled<PipelineDeclaration>();
  const auto got = decode_declaration(encode(sent));
  REQUIRE(got);
  CHECK(*got == sent);
}

TEST_CASE("the state of a pipeline comes back equal") {
  const auto sent = samples::filled<Pipeline>();
  const auto got = decode_pipeline(encode(sent));
  REQUIRE(got);
  CHECK(samples::describe(*got) == samples::describe(sent));
  CHECK(got->executions == sent.executions);
}

TEST_CASE("integers come back at their limits") {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64}, std::int64_t{-65},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    check_round_trip(value);
  }
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{16384},
        std::numeric_limits<std::uint64_t>::max()}) {
    check_round_trip(value);
  }
  check_round_trip(std::numeric_limits<std::int32_t>::min());
  check_round_trip(std::numeric_limits<std::uint16_t>::max());
}

TEST_CASE("an integer that does not fit its member is corrupt") {
  CHECK(fault_of_converting<std::uint16_t>(std::uint32_t{65536}) == Decoder::Fault::kCorrupt);
  CHECK(fault_of_converting<std::int32_t>(std::int64_t{1} << 31) == Decoder::Fault::kCorrupt);
  CHECK(fault_of_converting<bool>(std::uint8_t{2}) == Decoder::Fault::kCorrupt);
}

TEST_CASE("members that an older version did not write are defaults") {
  const auto later = convert<OuterLater>(Outer{{{1}, {2}}, "end"});
  REQUIRE(later.items.size() == 2);
  CHECK(later.items[1].a == 2);
  CHECK(later.items[1].b == "default");
  CHECK(later.tail == "end");
  CHECK(later.number == 42);
  CHECK(later.more.empty());
}

TEST_CASE("members that a newer version added are skipped") {
  const std::string longer_than_one_length_byte(300, 'x');
  const auto earlier = convert<Outer>(
      OuterLater{{{1, longer_than_one_length_byte}, {2, "b"}}, "end", 7, {{"k", {3}}}});
  REQUIRE(earlier.items.size() == 2);
  CHECK(earlier.items[0].a == 1);
  CHECK(earlier.items[1].a == 2);
  CHECK(earlier.tail == "end");
}

TEST_CASE("a name that only a newer version knows is told apart from damage") {
  CHECK(fault_of_converting<Colour>(ColourLater::kBlue) == Decoder::Fault::kUnknownName);
  CHECK(fault_of_converting<Either>(EitherLater(Outer{})) == Decoder::Fault::kUnknownName);
  const auto fact = decode_fact(std::string("\x7f\x00", 2));
  REQUIRE_FALSE(fact);
  CHECK(fact.error().kind == ErrorKind::kUnsupported);
}

TEST_CASE("a cut or an appended byte is corrupt, at every length of every fact's text") {
  for (const Fact& fact : samples::one_of_each(9)) {
    const std::string bytes = encode(fact);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = decode_fact(bytes.substr(0, size));
      CAPTURE(fact.index(), size);
      REQUIRE_FALSE(cut);
      REQUIRE(cut.error().kind == ErrorKind::kCorrupt);
    }
    REQUIRE_FALSE(decode_fact(bytes + '\0'));
  }
}

TEST_CASE("a wild count is refused before anything is allocated for it") {
  Encoder out;
  out.put(std::uint64_t{1} << 60);
  Decoder in(out.bytes());
  std::vector<std::uint8_t> list;
  CHECK_FALSE(in.value(list));
  CHECK(in.fault() == Decoder::Fault::kCorrupt);
  CHECK(list.capacity() == 0);
}

TEST_CASE("random bytes are never more than an error") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % (round % 2 == 0 ? 256 : 24));
    static_cast<void>(decode_fact(bytes));
    static_cast<void>(decode_pipeline(bytes));
  }
  SUCCEED();
}

TEST_CASE("a fact tells which execution it is about") {
  CHECK(execution_of(StageStarted{9, 1}) == 9);
  CHECK(execution_of(ActionProgressed{{8, 0, 0, 1, 1}, 50, {}}) == 8);
  CHECK(execution_of(DefinitionAdopted{}) == 0);
}

}  // namespace sluice
