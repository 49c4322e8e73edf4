#include "engine/artifacts/artifact_store.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/store/scratch.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

struct Room {
  Scratch scratch;
  fs::path root = scratch.path() / "store", in = scratch.path() / "in",
           out = scratch.path() / "out";
  ArtifactStore store{root};

  Room() {
    for (const fs::path& path : {root, in, out}) fs::create_directory(path);
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((in / name).parent_path());
    std::ofstream(in / name, std::ios::binary) << text;
  }
};

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}
mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}
std::vector<std::string> files_below(const fs::path& path) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (!entry.is_directory()) names.push_back(fs::relative(entry.path(), path).string());
  }
  return names;
}
template <class T>
ErrorKind kind_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().message.empty());
  return result.error().kind;
}

}  // namespace

TEST_CASE("a directory comes back with content, modes, links and empty directories") {
  const Room room;
  const std::string binary("\0\1\2\xff", 4), odd_name = "name \xff\xc3\xa4\n";
  room.write("a.txt", "hello");
  room.write("empty", "");
  room.write("deep/er/run.sh", "#!/bin/sh\n");
  room.write("deep/" + odd_name, binary);
  room.write(std::string(120, 'l') + "/" + std::string(200, 'n'), "long");
  fs::create_directory(room.in / "nothing");
  fs::create_symlink("er/run.sh", room.in / "deep" / "link");
  fs::create_symlink("missing", room.in / "dangling");
  fs::create_directory_symlink("../deep/..", room.in / "nothing" / "up");
  ::chmod((room.in / "deep/er/run.sh").c_str(), 04755);
  ::chmod((room.in / "a.txt").c_str(), 0640);
  ::chmod((room.in / "nothing").c_str(), 0500);
  const auto digest = room.store.pack(room.in);
  REQUIRE(digest);
  REQUIRE(room.store.unpack(*digest, room.out));
  CHECK(content(room.out / "a.txt") == "hello");
  CHECK(content(room.out / "empty").empty());
  CHECK(content(room.out / "deep" / odd_name) == binary);
  CHECK(content(room.out / std::string(120, 'l') / std::string(200, 'n')) == "long");
  CHECK(fs::read_symlink(room.out / "deep" / "link") == "er/run.sh");
  CHECK(fs::read_symlink(room.out / "dangling") == "missing");
  CHECK(fs::read_symlink(room.out / "nothing" / "up") == "../deep/..");
  CHECK(mode_of(room.out / "deep/er/run.sh") == 0755);
  CHECK(mode_of(room.out / "a.txt") == 0640);
  CHECK(mode_of(room.out / "nothing") == 0500);
  // What comes out packs to what went in.
  CHECK(*room.store.pack(room.out) == *digest);
  ::chmod((room.in / "nothing").c_str(), 0700);
  ::chmod((room.out / "nothing").c_str(), 0700);
}

TEST_CASE("the digest depends on the content alone, and equal content is stored once") {
  const Room room;
  room.write("b", "2");
  room.write("a", "1");
  const auto first = room.store.pack(room.in);
  REQUIRE(first);
  CHECK(first->size() == 64);
  const auto second_place = room.scratch.path() / "again";
  fs::create_directory(second_place);
  for (const char* name : {"a", "b"}) fs::copy(room.in / name, second_place / name);
  fs::last_write_time(second_place / "a", fs::file_time_type::min());
  CHECK(*room.store.pack(second_place) == *first);
  CHECK(files_below(room.root).size() == 1);
  room.write("a", "other");
  CHECK(*room.store.pack(room.in) != *first);
  CHECK(files_below(room.root).size() == 2);
}

TEST_CASE("the digest of a known directory is what it has always been") {
  const Room room;
  room.write("hello.txt", "hello\n");
  ::chmod((room.in / "hello.txt").c_str(), 0644);
  const auto entries = room.store.list(*room.store.pack(room.in));
  REQUIRE(entries);
  CHECK(*entries ==
        std::vector<ArtifactEntry>{{"hello.txt", ArtifactEntry::Type::kFile, 0644, 6, ""}});
}

TEST_CASE("an empty directory is an artifact too") {
  const Room room;
  const auto digest = room.store.pack(room.in);
  REQUIRE(digest);
  CHECK(room.store.unpack(*digest, room.out));
  CHECK(room.store.list(*digest)->empty());
}

TEST_CASE("an artifact can be asked for, listed in order and removed") {
  const Room room;
  room.write("b/c", "xyz");
  fs::create_symlink("b/c", room.in / "a");
  ::chmod((room.in / "b").c_str(), 0755);
  ::chmod((room.in / "b/c").c_str(), 0600);
  const std::string digest = *room.store.pack(room.in);
  CHECK(room.store.exists(digest));
  CHECK(*room.store.size(digest) == fs::file_size(room.store.path(digest)));
  using Type = ArtifactEntry::Type;
  CHECK(*room.store.list(digest) == std::vector<ArtifactEntry>{{"a", Type::kLink, 0777, 0, "b/c"},
                                                               {"b", Type::kDirectory, 0755, 0, ""},
                                                               {"b/c", Type::kFile, 0600, 3, ""}});
  REQUIRE(room.store.remove(digest));
  CHECK(room.store.remove(digest));
  CHECK_FALSE(room.store.exists(digest));
  CHECK(kind_of(room.store.size(digest)) == ErrorKind::kNotFound);
  CHECK(kind_of(room.store.list(digest)) == ErrorKind::kNotFound);
  CHECK(kind_of(room.store.unpack(digest, room.out)) == ErrorKind::kNotFound);
}

TEST_CASE("what is no digest is not there, whatever path it looks like") {
  const Room room;
  std::ofstream(room.scratch.path() / "secret.tar.zst") << "x";
  for (const char* name : {"", "..", "../secret", "/etc/passwd", "ABCD"}) {
    CAPTURE(name);
    CHECK_FALSE(room.store.exists(name));
    CHECK(kind_of(room.store.unpack(name, room.out)) == ErrorKind::kNotFound);
  }
}

TEST_CASE("links that lead out and things that are no files are refused by name") {
  const char* const targets[] = {"/etc/passwd", "..", "../x", "d/../../x", "d/../.."};
  for (const char* target : targets) {
    CAPTURE(target);
    const Room room;
    fs::create_symlink(target, room.in / "link");
    const auto packed = room.store.pack(room.in);
    CHECK(kind_of(packed) == ErrorKind::kBadInput);
    CHECK(packed.error().where == (room.in / "link").string());
    CHECK(files_below(room.root).empty());
  }
  const Room room;
  REQUIRE(::mkfifo((room.in / "pipe").c_str(), 0600) == 0);
  CHECK(kind_of(room.store.pack(room.in)) == ErrorKind::kBadInput);
}

TEST_CASE("every limit is a refusal that leaves nothing behind") {
  const Room room;
  room.write("d/e/f", "0123456789");
  room.write("g", "0123456789");
  ArtifactLimits exact;
  exact.entries = 4;
  exact.bytes = 20;
  exact.path_bytes = 5;
  exact.depth = 2;
  CHECK(ArtifactStore(room.root, exact).pack(room.in));
  REQUIRE(room.store.remove(*room.store.pack(room.in)));
  const auto tighter = [&](auto change) {
    ArtifactLimits limits = exact;
    change(limits);
    return ArtifactStore(room.root, limits).pack(room.in);
  };
  CHECK(kind_of(tighter([](auto& l) { --l.entries; })) == ErrorKind::kBadInput);
  CHECK(kind_of(tighter([](auto& l) { --l.bytes; })) == ErrorKind::kBadInput);
  CHECK(kind_of(tighter([](auto& l) { --l.path_bytes; })) == ErrorKind::kBadInput);
  CHECK(kind_of(tighter([](auto& l) { --l.depth; })) == ErrorKind::kBadInput);
  CHECK(files_below(room.root).empty());
}

TEST_CASE(
    "a packed file with any one byte changed, cut or added is corrupt and unpacks to nothing") {
  const Room room;
  room.write("d/file", std::string(3000, 'x') + "end");
  room.write("other", "text");
  const std::string digest = *room.store.pack(room.in);
  const fs::path file = room.store.path(digest);
  const std::string whole = content(file);
  ::chmod(file.c_str(), 0600);
  const auto check = [&](const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    REQUIRE(kind_of(room.store.unpack(digest, room.out)) == ErrorKind::kCorrupt);
    REQUIRE(fs::is_empty(room.out));
    REQUIRE_FALSE(room.store.list(digest));
  };
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CAPTURE(i);
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    check(damaged);
    check(whole.substr(0, i));
  }
  check(whole + "x");
  std::ofstream(file, std::ios::binary | std::ios::trunc) << whole;
  CHECK(room.store.unpack(digest, room.out));
}

TEST_CASE("a tar that was not packed here cannot write outside of its directory") {
  struct Row {
    const char *name, *make;
  };
  // Each makes a tar in $1; the file gets its right digest, so only its content is to blame.
  const Row table[] = {
      {"parent", "tar -P -cf $1 --transform 's,^x,../x,' x"},
      {"absolute", "tar -P -cf $1 --transform 's,^x,/tmp/sluice-escape,' x"},
      {"absolute link", "ln -s /tmp l; tar -cf $1 l"},
      {"link out", "ln -s ../.. l; tar -cf $1 l"},
      {"through a link",
       "mkdir d e; ln -s d l; tar -cf $1 d l; tar -P -rf $1 --transform 's,^x,l/x,' x"},
      {"hard link", "ln x y; tar -cf $1 x y"},
      {"fifo", "mkfifo p; tar -cf $1 p"},
      {"twice", "tar -cf $1 x; tar -rf $1 x"},
      {"no directory", "tar -cf $1 --transform 's,^x,d/x,' x"},
  };
  for (const Row& row : table) {
    CAPTURE(row.name);
    const Room room;
    room.write("x", "text");
    const std::string tar = (room.scratch.path() / "t.tar").string();
    const std::string script = "cd '" + room.in.string() + "' && set -- '" + tar + "' && { " +
                               row.make + "; } && sha256sum '" + tar + "' | cut -c1-64 > '" + tar +
                               ".sum'";
    REQUIRE(std::system(script.c_str()) == 0);
    const std::string digest = content(tar + ".sum").substr(0, 64);
    fs::create_directories(room.store.path(digest).parent_path());
    fs::rename(tar, room.store.path(digest));
    CHECK_FALSE(room.store.unpack(digest, room.out));
    CHECK(fs::is_empty(room.out));
  }
  CHECK_FALSE(fs::exists("/tmp/sluice-escape"));
}

TEST_CASE("unpacking needs a directory that is there and empty") {
  const Room room;
  room.write("a", "1");
  const std::string digest = *room.store.pack(room.in);
  CHECK(kind_of(room.store.unpack(digest, room.scratch.path() / "missing")) ==
        ErrorKind::kBadInput);
  CHECK(kind_of(room.store.unpack(digest, room.in)) == ErrorKind::kBadInput);
  CHECK(content(room.in / "a") == "1");
  CHECK(kind_of(room.store.pack(room.scratch.path() / "missing")) == ErrorKind::kUnavailable);
}

TEST_CASE("many packers of one content at once leave one file") {
  const Room room;
  room.write("a", std::string(100'000, 'a'));
  std::vector<std::string> digests(4);
  std::vector<std::thread> packers;
  for (std::string& digest : digests) {
    packers.emplace_back([&] { digest = room.store.pack(room.in).value(); });
  }
  for (std::thread& packer : packers) packer.join();
  for (const std::string& digest : digests) CHECK(digest == digests[0]);
  CHECK(files_below(room.root).size() == 1);
}

TEST_CASE("a large and sparse file is streamed") {
  const Room room;
  { std::ofstream(room.in / "large"); }
  fs::resize_file(room.in / "large", 64 << 20);
  const std::string digest = *room.store.pack(room.in);
  CHECK(*room.store.size(digest) < 1 << 20);
  REQUIRE(room.store.unpack(digest, room.out));
  CHECK(fs::file_size(room.out / "large") == 64 << 20);
}

TEST_CASE("a disk without room is an error that leaves nothing behind") {
  const Room room;
  std::string noise;
  for (std::uint32_t x = 1; noise.size() < 300'000; x = x * 1664525 + 1013904223)
    noise += static_cast<char>(x >> 24);
  room.write("noise", noise);
  const std::string digest = *room.store.pack(room.in);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    const auto unpacked = room.store.unpack(digest, room.out);
    const auto packed =
        room.store.remove(digest) ? room.store.pack(room.in) : Result<std::string>("");
    const bool good = !unpacked && unpacked.error().kind == ErrorKind::kUnavailable && !packed &&
                      packed.error().kind == ErrorKind::kUnavailable;
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(fs::is_empty(room.out));
  CHECK(files_below(room.root).empty());
}

TEST_CASE("what a killed packer left is removed, what a living one writes is not") {
  const Room room;
  fs::create_directory(room.root / "unfinished");
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  std::ofstream(room.root / "unfinished" / (std::to_string(child) + ".abcdef")) << "x";
  std::ofstream(room.root / "unfinished" / (std::to_string(::getpid()) + ".abcdef")) << "x";
  room.store.remove_unfinished();
  CHECK(files_below(room.root) ==
        std::vector<std::string>{"unfinished/" + std::to_string(::getpid()) + ".abcdef"});
}

}  // namespace sluice
