#include "engine/store/lease.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/store/scratch.hpp"

namespace sluice {
namespace {

// Runs f in a child process and gives its exit status; -1 if it was killed.
template <class F>
int in_child(F f) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(f());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("one holds a lease, the other is told who does") {
  const Scratch scratch;
  const auto lease = Lease::acquire(scratch.path(), "pipeline webshop", "ab12", 0);
  REQUIRE(lease);
  const auto second = Lease::acquire(scratch.path(), "pipeline webshop", "cd34", 0);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::kUnavailable);
  CHECK_THAT(second.error().text(), Catch::StartsWith("pipeline webshop: is run by pid " +
                                                      std::to_string(::getpid()) + " since 20") &&
                                        Catch::Contains("(execution ab12)"));
  CHECK(Lease::acquire(scratch.path(), "pipeline other", "", 0));
}

TEST_CASE("names that differ only in what files cannot hold are different leases") {
  const Scratch scratch;
  const auto one = Lease::acquire(scratch.path(), "pipeline a/b", "", 0);
  CHECK(one);
  CHECK(Lease::acquire(scratch.path(), "pipeline a_b", "", 0));
  CHECK(Lease::acquire(scratch.path(), "../a", "", 0));
  CHECK_FALSE(Lease::acquire(scratch.path(), "pipeline a/b", "", 0));
}

TEST_CASE("a lease that is given back can be taken, and asking who holds it takes nothing") {
  const Scratch scratch;
  CHECK_FALSE(Lease::holder(scratch.path(), "x")->has_value());
  {
    auto lease = Lease::acquire(scratch.path(), "x", "one", 0);
    REQUIRE(lease);
    lease->announce("another, with a longer name");
    const auto holder = Lease::holder(scratch.path(), "x");
    REQUIRE(holder->has_value());
    CHECK((*holder)->pid == ::getpid());
    CHECK((*holder)->execution == "another, with a longer name");
    CHECK((*holder)->since.ms > 0);
    Lease moved = std::move(lease).value();
    CHECK(Lease::holder(scratch.path(), "x")->has_value());
  }
  CHECK_FALSE(Lease::holder(scratch.path(), "x")->has_value());
  CHECK(Lease::acquire(scratch.path(), "x", "", 0));
}

TEST_CASE("another process is kept out, and its death gives the lease back") {
  const Scratch scratch;
  {
    const auto mine = Lease::acquire(scratch.path(), "x", "", 0);
    REQUIRE(mine);
    CHECK(in_child([&] { return Lease::acquire(scratch.path(), "x", "", 0) ? 1 : 0; }) == 0);
  }
  CHECK(in_child([&] {
          const auto theirs = Lease::acquire(scratch.path(), "x", "", 0);
          return theirs ? ::kill(::getpid(), SIGKILL) : 0;
        }) == -1);
  CHECK(Lease::acquire(scratch.path(), "x", "", 0));
}

TEST_CASE("who waits gets the lease as soon as it is free") {
  const Scratch scratch;
  auto held = std::make_unique<Lease>(Lease::acquire(scratch.path(), "x", "", 0).value());
  std::thread waiting([&] { CHECK(Lease::acquire(scratch.path(), "x", "", 60'000)); });
  held.reset();
  waiting.join();
}

TEST_CASE("a child that a dead holder was just starting is waited for") {
  const Scratch scratch;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  // The holder dies; its child, which has not reached its exec, has the lease until the pipe ends.
  CHECK(in_child([&] {
          const auto theirs = Lease::acquire(scratch.path(), "x", "", 0);
          if (!theirs) return 1;
          if (::fork() == 0) {
            ::close(ends[1]);
            char nothing = 0;
            static_cast<void>(::read(ends[0], &nothing, 1) == 0);
            ::_exit(0);
          }
          return ::kill(::getpid(), SIGKILL);
        }) == -1);
  ::close(ends[0]);
  REQUIRE(Lease::holder(scratch.path(), "x")->has_value());
  std::thread waiting([&] { CHECK(Lease::acquire(scratch.path(), "x", "", 0)); });
  ::close(ends[1]);
  waiting.join();
}

TEST_CASE("a lease directory that is not there is a clear error") {
  const auto lease = Lease::acquire("/nonexistent/leases", "x", "", 0);
  REQUIRE_FALSE(lease);
  CHECK(lease.error().where == "/nonexistent/leases/x.lease");
}

}  // namespace sluice
