#include "plugins/source/git_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/plugins/git_fixture.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::source {
namespace {

namespace fs = std::filesystem;
using testing::FakeHost;
using testing::files_below;
using testing::read_file;
using testing::write_file;

// A host whose base directory is a repository with one commit.
struct Fixture {
  testing::FixedGitEnvironment environment;
  FakeHost host;
  testing::Repository repository{host.base_directory()};
  std::string first = repository.commit("app.py", "print(1)\n", "First commit\n\nWhy: it starts.");
  fs::path out;

  Fixture() {
    host.configure("repository", ".");
    out = host.output("app");
  }
  sluice_outcome run() {
    host.outputs.clear();
    host.failure.reset();
    return host.run<git_source>();
  }
  // Like the engine: every run gets an empty output directory.
  sluice_outcome run_again() {
    fs::remove_all(out);
    fs::create_directories(out);
    return run();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the newest commit of the default branch is taken, without .git") {
  write_file(repository.directory() / "bin/run", "#!/bin/sh\n", true);
  fs::create_symlink("bin/run", repository.directory() / "link");
  const auto second = repository.commit("sub/file.txt", "x", "Second");
  write_file(repository.directory() / "not-committed", "x");

  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == std::vector<std::string>{"app.py", "bin/run", "link", "sub/file.txt"});
  CHECK(access((out / "bin/run").c_str(), X_OK) == 0);
  CHECK(fs::is_symlink(out / "link"));
  CHECK(host.outputs.at("CommitId") == second);
  CHECK(host.outputs.at("BranchName") == "main");
  CHECK(host.outputs.at("RepositoryName") == "base");
  CHECK(host.outputs.count("TagName") == 0);
  CHECK(host.revisions.at("app").id == second);
}

TEST_CASE_METHOD(Fixture, "the commit's message and its dates in UTC become variables") {
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(host.outputs.at("CommitMessage") == "First commit\n\nWhy: it starts.");
  CHECK(host.outputs.at("AuthorDate") == "2026-01-02T01:04:05Z");
  CHECK(host.outputs.at("CommitterDate") == "2026-01-02T02:04:05Z");
  CHECK(host.revisions.at("app").summary == "First commit\n\nWhy: it starts.");
}

TEST_CASE_METHOD(Fixture, "a branch, a tag, an annotated tag and a commit can be asked for") {
  repository.git("tag light");
  repository.git("tag -a -m annotated noted");
  repository.git("checkout --quiet -b team/cart");
  const auto other = repository.commit("app.py", "print(2)\n", "On the branch");
  repository.git("checkout --quiet main");
  struct Row {
    std::string key, value, commit, branch, tag;
  };
  const Row rows[] = {
      {"branch", "team/cart", other, "team/cart", ""},
      {"branch", "refs/heads/team/cart", other, "team/cart", ""},
      {"tag", "light", first, "", "light"},
      {"tag", "noted", first, "", "noted"},
      {"commit", other, other, "team/cart", ""},
      {"commit", other.substr(0, 9), other, "team/cart", ""},
      {"commit", first, first, "main", ""},
  };
  for (const auto& row : rows) {
    INFO(row.key << "=" << row.value);
    for (const char* key : {"branch", "tag", "commit"}) host.configure(key, "");
    host.configure(row.key, row.value);
    REQUIRE(run_again() == SLUICE_SUCCEEDED);
    CHECK(host.outputs.at("CommitId") == row.commit);
    CHECK(host.outputs["BranchName"] == row.branch);
    CHECK(host.outputs["TagName"] == row.tag);
    CHECK(read_file(out / "app.py") == (row.commit == first ? "print(1)\n" : "print(2)\n"));
  }
}

TEST_CASE_METHOD(Fixture, "a start request's revision overrides the configuration") {
  repository.commit("app.py", "print(2)\n", "Second");
  host.configure("branch", "main");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  host.set_text(SLUICE_TEXT_SOURCE_REVISION, first);
  REQUIRE(run_again() == SLUICE_SUCCEEDED);
  CHECK(host.outputs.at("CommitId") == first);
  CHECK(host.outputs.at("BranchName") == "main");
}

TEST_CASE_METHOD(Fixture, "later runs fetch only what is new, and see rewritten branches") {
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(host.log().find("Fetching main") != std::string::npos);
  repository.commit("app.py", "print(2)\n", "Second");
  repository.git("reset --quiet --hard " + first);
  const auto rewritten = repository.commit("app.py", "print(3)\n", "Rewritten");
  REQUIRE(run_again() == SLUICE_SUCCEEDED);
  CHECK(host.outputs.at("CommitId") == rewritten);

  // Nothing new: the objects are there, and even a lost upload-pack would not matter.
  const auto log = host.log();
  REQUIRE(run_again() == SLUICE_SUCCEEDED);
  CHECK(host.log().find("Fetching", log.size()) == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a commit that is in the mirror needs no repository any more") {
  host.configure("commit", first);
  REQUIRE(run() == SLUICE_SUCCEEDED);
  const auto gone = host.root() / "gone";
  fs::rename(repository.directory() / ".git/objects", gone);
  REQUIRE(run_again() == SLUICE_SUCCEEDED);
  CHECK(read_file(out / "app.py") == "print(1)\n");
}

TEST_CASE_METHOD(Fixture, "a broken mirror is made anew") {
  REQUIRE(run() == SLUICE_SUCCEEDED);
  for (const auto& mirror : fs::directory_iterator(host.state_directory() / "mirrors"))
    if (mirror.is_directory()) {
      fs::remove_all(mirror.path() / "objects");
      write_file(mirror.path() / "objects", "not a directory");
    }
  REQUIRE(run_again() == SLUICE_SUCCEEDED);
  CHECK(read_file(out / "app.py") == "print(1)\n");
}

TEST_CASE_METHOD(Fixture, "a full clone keeps .git, the branch and the history") {
  const auto second = repository.commit("app.py", "print(2)\n", "Second");
  repository.git("tag v1");
  host.configure("outputArtifactFormat", "CODEBUILD_CLONE_REF");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  const auto git = [&](const std::string& arguments) {
    return repository.git("-C '" + out.string() + "' " + arguments);
  };
  CHECK(git("rev-parse HEAD") == second);
  CHECK(git("symbolic-ref --short HEAD") == "main");
  CHECK(git("rev-list --count HEAD") == "2");
  CHECK(git("status --porcelain").empty());
  CHECK(git("describe --tags") == "v1");
  CHECK(git("config remote.origin.url") == repository.directory().string());
  CHECK(git("for-each-ref refs/sluice").empty());
}

TEST_CASE_METHOD(Fixture, "submodules are fetched when asked for, and leave no .git") {
  testing::Repository library(host.root() / "library");
  library.commit("lib.py", "x = 1\n", "Library");
  repository.git("-c protocol.file.allow=always submodule --quiet add ../library vendor/lib");
  repository.git("commit --quiet -m 'With library'");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK_FALSE(fs::exists(out / "vendor/lib/lib.py"));
  host.configure("submodules", "true");
  REQUIRE(run_again() == SLUICE_SUCCEEDED);
  CHECK(files_below(out) == std::vector<std::string>{".gitmodules", "app.py", "vendor/lib/lib.py"});
}

TEST_CASE_METHOD(Fixture, "no hook of the repository or the user runs") {
  const auto hooks = host.root() / "hooks";
  for (const char* name : {"post-checkout", "reference-transaction", "post-index-change"}) {
    const std::string script = "#!/bin/sh\ntouch '" + (host.root() / "ran").string() + "'\n";
    write_file(hooks / name, script, true);
    write_file(repository.directory() / ".git/hooks" / name, script, true);
  }
  const auto user = host.root() / "gitconfig";
  write_file(user, "[core]\n\thooksPath = " + hooks.string() + "\n");
  setenv("GIT_CONFIG_GLOBAL", user.c_str(), 1);
  for (const char* format : {"CODE_ZIP", "CODEBUILD_CLONE_REF"}) {
    host.configure("outputArtifactFormat", format);
    REQUIRE(run_again() == SLUICE_SUCCEEDED);
  }
  CHECK_FALSE(fs::exists(host.root() / "ran"));
}

TEST_CASE_METHOD(Fixture, "it works inside a git hook, where GIT_DIR names another repository") {
  testing::Repository other(host.root() / "other");
  setenv("GIT_DIR", (other.directory() / ".git").c_str(), 1);
  setenv("GIT_INDEX_FILE", (other.directory() / ".git/index").c_str(), 1);
  const auto outcome = run();
  unsetenv("GIT_DIR");
  unsetenv("GIT_INDEX_FILE");
  REQUIRE(outcome == SLUICE_SUCCEEDED);
  CHECK(host.outputs.at("CommitId") == first);
}

TEST_CASE_METHOD(Fixture, "a repository that belongs to another user can be read") {
  if (geteuid() != 0) return;  // only root can give files away
  repository.git("rev-parse HEAD");
  REQUIRE(std::system(("chown -R 12345:12345 '" + repository.directory().string() + "'").c_str()) ==
          0);
  REQUIRE(run() == SLUICE_SUCCEEDED);
}

TEST_CASE_METHOD(Fixture, "files are as committed: attributes of git archive do not apply") {
  repository.commit(".gitattributes", "secret export-ignore\nversion export-subst\n", "Attributes");
  repository.commit("secret", "kept", "Secret");
  repository.commit("version", "$Format:%H$", "Version");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(read_file(out / "secret") == "kept");
  CHECK(read_file(out / "version") == "$Format:%H$");
}

TEST_CASE_METHOD(Fixture, "a shallow clone can be a source") {
  repository.commit("app.py", "print(2)\n", "Second");
  repository.git("clone --quiet --depth 1 'file://" + repository.directory().string() + "' '" +
                 (host.root() / "shallow").string() + "'");
  host.configure("repository", "../shallow");
  REQUIRE(run() == SLUICE_SUCCEEDED);
  CHECK(read_file(out / "app.py") == "print(2)\n");
}

TEST_CASE_METHOD(Fixture, "runs at the same time share one mirror") {
  std::vector<std::thread> runs;
  std::vector<int> outcomes(4, -1);
  for (int i = 0; i < 4; ++i)
    runs.emplace_back([&, i] {
      const std::string line = "GIT_DIR= true; '" SLUICE_GIT_ONCE "' '" +
                               repository.directory().string() + "' '" +
                               host.state_directory().string() + "' '" +
                               (host.root() / std::to_string(i)).string() + "' " + first;
      outcomes[static_cast<std::size_t>(i)] = std::system(line.c_str());
    });
  for (auto& thread : runs) thread.join();
  CHECK(outcomes == std::vector<int>(4, 0));
}

TEST_CASE_METHOD(Fixture, "what is wrong is said with a code, a kind and what to do") {
  testing::Repository empty(host.root() / "empty");
  fs::create_directories(host.root() / "plain");
  fs::create_directories(repository.directory() / "sub");
  struct Row {
    std::string repository, key, value, code, words;
    sluice_failure_kind kind = SLUICE_FAILURE_CONFIGURATION;
  };
  const Row rows[] = {
      {"nowhere", "branch", "", "RepositoryNotFound", "relative paths start at"},
      {"../plain", "branch", "", "NotARepository", "git init"},
      {"sub", "branch", "", "NotARepository", "inside the git repository"},
      {"../empty", "branch", "", "EmptyRepository", "no commits yet"},
      {".", "branch", "mian", "BranchNotFound", "did you mean 'main'?"},
      {".", "tag", "v1", "TagNotFound", "it has none"},
      {".", "commit", "abcdef1234", "CommitNotFound", "was it pushed?"},
      {".", "commit", "--upload-pack=x", "ConfigurationError", "hexadecimal"},
      {".", "branch", "a b", "ConfigurationError", "not a branch name"},
      {".", "branch", "--force", "ConfigurationError", "not a branch name"},
      {"--upload-pack=x", "branch", "", "ConfigurationError", "neither a path nor a URL"},
      {"", "branch", "", "ConfigurationError", "neither a path nor a URL"},
      {".", "outputArtifactFormat", "ZIP", "ConfigurationError", "CODE_ZIP"},
      {"http://127.0.0.1:9/app.git", "branch", "", "NetworkError", "cannot be reached",
       SLUICE_FAILURE_TRANSIENT},
      {"http://ada:s3cret@127.0.0.1:9/app.git", "branch", "", "NetworkError", "ada@127.0.0.1",
       SLUICE_FAILURE_TRANSIENT},
      {"ext::sh -c 'touch ran'", "branch", "", "JobFailed", "not allowed",
       SLUICE_FAILURE_PERMANENT},
  };
  for (const auto& row : rows) {
    INFO(row.repository << " " << row.key << "=" << row.value);
    for (const char* key : {"branch", "tag", "commit"}) host.configure(key, "");
    host.configure("outputArtifactFormat", "CODE_ZIP");
    host.configure("repository", row.repository);
    host.configure(row.key, row.value);
    REQUIRE(run() == SLUICE_FAILED);
    REQUIRE(host.failure);
    INFO(host.failure->message);
    CHECK(host.failure->code == row.code);
    CHECK(host.failure->kind == row.kind);
    CHECK(host.failure->message.find(row.words) != std::string::npos);
    CHECK(host.failure->message.find("s3cret") == std::string::npos);
    CHECK(host.log().find("s3cret") == std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "a cancelled run says so") {
  host.cancel();
  REQUIRE(run() == SLUICE_FAILED);
  CHECK(host.failure->kind == SLUICE_FAILURE_CANCELLED);
}

}  // namespace sluice::source
