#include "engine/artifacts/artifact_sweep.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/store/scratch.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

constexpr Instant kOld{1'000'000'000'000}, kBorder{2'000'000'000'000 - 500'000'000'000},
    kYoung{1'600'000'000'000};

struct Room {
  Scratch scratch;
  fs::path root = scratch.path() / "store";
  ArtifactStore store{root};

  Room() { fs::create_directory(root); }

  std::string pack(const std::string& text, Instant packed) const {
    const fs::path directory = scratch.path() / ("in " + text);
    fs::create_directory(directory);
    std::ofstream(directory / "file", std::ios::binary) << text;
    const auto digest = store.pack(directory);
    REQUIRE(digest);
    make(*digest, packed);
    return *digest;
  }
  void make(const std::string& digest, Instant packed) const {
    const timespec time{packed.ms / 1000, packed.ms % 1000 * 1'000'000};
    const timespec times[] = {time, time};
    REQUIRE(::utimensat(AT_FDCWD, store.path(digest).c_str(), times, 0) == 0);
  }
  SweepCount sweep(SweepPlan plan) const {
    ArtifactSweep sweep(root, std::move(plan));
    while (true) {
      const auto more = sweep.step(3);
      REQUIRE(more);
      if (!*more) return sweep.count();
    }
  }
};

}  // namespace

TEST_CASE("a sweep removes what is neither needed nor young") {
  const Room room;
  const std::string needed = room.pack("needed", kOld), young = room.pack("young", kYoung),
                    border = room.pack("border", kBorder), neither = room.pack("neither", kOld);
  const std::uint64_t bytes = *room.store.size(neither);
  CHECK(room.sweep({{needed}, kBorder, false}) == SweepCount{1, 2, 1, bytes});
  CHECK(room.store.exists(needed));
  CHECK(room.store.exists(young));
  CHECK(room.store.exists(border));
  CHECK_FALSE(room.store.exists(neither));
  CHECK(room.sweep({{needed}, kBorder, false}) == SweepCount{1, 2, 0, 0});
}

TEST_CASE("a dry run counts what a sweep would remove, and removes nothing") {
  const Room room;
  const std::string one = room.pack("one", kOld), two = room.pack("two", kOld);
  const SweepCount expected{0, 0, 2, *room.store.size(one) + *room.store.size(two)};
  CHECK(room.sweep({{}, kBorder, true}) == expected);
  CHECK(room.store.exists(one));
  CHECK(room.sweep({{}, kBorder, false}) == expected);
  CHECK_FALSE(room.store.exists(two));
}

TEST_CASE("an artifact that is packed again while a sweep goes on is kept") {
  const Room room;
  const std::string digest = room.pack("again", kOld);
  ArtifactSweep sweep(room.root, {{}, kBorder, false});
  CHECK(bool(room.store.pack(room.scratch.path() / "in again")));
  for (auto more = sweep.step(100); *more; more = sweep.step(100)) {
  }
  CHECK(sweep.count() == SweepCount{0, 1, 0, 0});
  CHECK(room.store.exists(digest));
}

TEST_CASE("a step looks at no more files than it may, and the next one goes on there") {
  const Room room;
  for (int i = 0; i < 40; ++i) (void)room.pack(std::to_string(i), kOld);
  ArtifactSweep sweep(room.root, {{}, kBorder, false});
  for (std::uint64_t done = 7; done <= 35; done += 7) {
    REQUIRE(sweep.step(7));
    CHECK(sweep.count().removed == done);
  }
  CHECK(*sweep.step(7) == false);
  CHECK(sweep.count().removed == 40);
}

TEST_CASE("a sweep waits its turn while a name is being given") {
  const Room room;
  const std::string digest = room.pack("mine", kOld);
  ArtifactSweep sweep(room.root, {{}, kBorder, false});
  const int packer = ::open(room.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(::flock(packer, LOCK_SH) == 0);
  const auto refused = sweep.step(10);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::kConflict);
  CHECK(room.store.exists(digest));
  ::close(packer);
  CHECK(*sweep.step(10) == false);
  CHECK_FALSE(room.store.exists(digest));
}

TEST_CASE("a sweep leaves alone what is no artifact") {
  const Room room;
  const std::string digest = room.pack("artifact", kOld);
  const fs::path folder = room.store.path(digest).parent_path();
  const std::string tail = digest.substr(2);
  for (const std::string& name : {std::string("notes.txt"), tail + ".tar", std::string(".tar.zst"),
                                  "X" + tail.substr(1) + ".tar.zst"}) {
    std::ofstream(folder / name) << "mine";
  }
  fs::create_directory(room.root / "unfinished");
  std::ofstream(room.root / "unfinished" / "1.abcdef") << "mine";
  CHECK(room.sweep({{}, {INT64_MAX}, false}).removed == 1);
  std::size_t left = 0;
  for (const auto& entry : fs::recursive_directory_iterator(room.root))
    left += entry.is_regular_file() ? 1 : 0;
  CHECK(left == 5);
}

}  // namespace sluice
