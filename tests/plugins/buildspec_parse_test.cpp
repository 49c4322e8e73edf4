#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "plugins/build/parse.hpp"

namespace {
using namespace sluice::build;

TEST_CASE("a full buildspec is understood") {
  const auto parsed = parse_buildspec(R"yaml(version: 0.2
run-as: builder
env:
  shell: bash
  variables:
    TEXT: "$PATH:/x"
    NUMBER: 10
    FLAG: yes
    EMPTY:
  parameter-store: {P: /name}
  secrets-manager: {S: "id:key:AWSCURRENT"}
  exported-variables: [A, B_2]
  git-credential-helper: yes
proxy: {upload-artifacts: no}
phases:
  post_build: {commands: [p]}
  install:
    run-as: root
    on-failure: ABORT
    runtime-versions: {java: corretto17, nodejs: 20}
    commands: [i, 7, true]
    finally: [f]
  build:
    on-failure: RETRY-2-time.*out
    commands:
      - |
        one
        two
      - 'echo note: this'
reports:
  unit: {files: ["**/*.xml"], base-directory: target, discard-paths: yes}
  cover: {files: [c.xml], file-format: CoberturaXml}
artifacts:
  files: [a, "b/**/*"]
  base-directory: out-*
  exclude-paths: ["**/.*"]
  discard-paths: yes
  enable-symlinks: true
  name: x-$(date)
  secondary-artifacts:
    s1: {files: [c], base-directory: d}
cache:
  key: k-$(codebuild-hash-files lock)
  fallback-keys: [k-]
  paths: ["node_modules/**/*"]
  action: restore
)yaml");
  for (const auto& problem : parsed.errors) FAIL(to_text(problem, "buildspec"));
  for (const auto& problem : parsed.warnings) FAIL(to_text(problem, "buildspec"));
  const Buildspec& spec = parsed.spec;
  CHECK(spec.version == Version::k02);
  CHECK(spec.run_as == "builder");
  CHECK(spec.env.shell == "bash");
  CHECK(spec.env.variables ==
        Pairs{{"TEXT", "$PATH:/x"}, {"NUMBER", "10"}, {"FLAG", "yes"}, {"EMPTY", ""}});
  CHECK(spec.env.parameter_store == Pairs{{"P", "/name"}});
  CHECK(spec.env.secrets_manager == Pairs{{"S", "id:key:AWSCURRENT"}});
  CHECK(spec.env.exported == Texts{"A", "B_2"});
  const Phase& install = spec.phase(PhaseName::kInstall);
  CHECK(install.run_as == "root");
  CHECK(install.on_failure.action == OnFailure::Action::kAbort);
  CHECK(install.runtime_versions == Pairs{{"java", "corretto17"}, {"nodejs", "20"}});
  CHECK(install.commands == Texts{"i", "7", "true"});
  CHECK(install.finally == Texts{"f"});
  const Phase& build = spec.phase(PhaseName::kBuild);
  CHECK(build.on_failure.action == OnFailure::Action::kRetry);
  CHECK(build.on_failure.retries == 2);
  CHECK(build.on_failure.pattern == "time.*out");
  CHECK(build.commands == Texts{"one\ntwo\n", "echo note: this"});
  CHECK(spec.declared == std::array<bool, 4>{true, false, true, true});
  REQUIRE(spec.reports.size() == 2);
  CHECK(spec.reports[0].format == "JUNITXML");
  CHECK(spec.reports[0].base_directory == "target");
  CHECK(spec.reports[1].format == "COBERTURAXML");
  const ArtifactSet& set = spec.artifacts.primary;
  CHECK(set.files == Texts{"a", "b/**/*"});
  CHECK(set.base_directory == "out-*");
  CHECK(set.exclude_paths == Texts{"**/.*"});
  CHECK((set.discard_paths && set.enable_symlinks));
  CHECK(set.name == "x-$(date)");
  REQUIRE(spec.artifacts.secondary.size() == 1);
  CHECK(spec.artifacts.secondary[0].first == "s1");
  CHECK(spec.artifacts.secondary[0].second.base_directory == "d");
  CHECK(spec.cache.key == "k-$(codebuild-hash-files lock)");
  CHECK((spec.cache.restore && !spec.cache.save));
}

struct Mistake {
  const char* text;
  const char* problem;  // the first one
};

TEST_CASE("every mistake has its place and says what to do") {
  const Mistake rows[] = {
      {"", "b:1:1: the buildspec is empty"},
      {"# nothing\n", "b:1:1: the buildspec is empty"},
      {"[a]", "b:1:1: a buildspec has to be a mapping, and is a list"},
      {"text", "b:1:1: a buildspec has to be a mapping, and is text"},
      {"version: [0.2", "b:1:"},
      {"a: 1\nb: [\n\xFF", "b:3:1: this is not UTF-8 text"},
      {"version: 0.2\nversion: 0.2\nphases: {}", "b:2:1: the key 'version' stands here twice"},
      {"phases: {}", "b:1:1: version is required"},
      {"version:\nphases: {}", "b:1:1: version is required"},
      {"version: 0.3\nphases: {}", "b:1:10: version '0.3' is not known; write 0.2 (or 0.1)"},
      {"version: [0.2]\nphases: {}", "b:1:10: version has to be text, and is a list"},
      {"version: 0.2", "b:1:1: phases are required"},
      {"version: 0.2\nphases: [build]", "b:2:9: phases has to be a mapping, and is a list"},
      {"version: 0.2\nphases: {biuld: {commands: [a]}}",
       "b:2:10: unknown phase 'biuld'; the phases are install, pre_build, build and post_build"},
      {"version: 0.2\nphases:\n  build:\n",
       "b:3:3: phases.build has to be a mapping, and is nothing"},
      {"version: 0.2\nphases:\n  build: {finally: [a]}\n",
       "b:3:3: phases.build: commands are required in this phase"},
      {"version: 0.2\nphases: {build: {commands: make}}",
       "b:2:28: phases.build.commands has to be a list of commands, and is text"},
      {"version: 0.2\nphases:\n  build:\n    commands:\n      - ok\n      - echo a: b\n",
       "b:6:9: phases.build.commands[1]: this command was read as a mapping, because of the ': ' "
       "in "
       "it; put the whole command in quotes"},
      {"version: 0.2\nphases: {build: {commands: [[a]]}}",
       "b:2:29: phases.build.commands[0]: a command has to be text, and is a list"},
      {"version: 0.2\nphases: {build: {commands: [a], finally: {a: b}}}",
       "b:2:42: phases.build.finally has to be a list"},
      {"version: 0.2\nphases: {build: {on-failure: STOP, commands: [a]}}",
       "b:2:30: on-failure has to be ABORT, CONTINUE, RETRY"},
      {"version: 0.2\nphases: {build: {on-failure: RETRY-101, commands: [a]}}",
       "b:2:30: on-failure: RETRY-n takes 0 to 100 retries"},
      {"version: 0.2\nphases: {build: {on-failure: RETRY-99999999999, commands: [a]}}",
       "b:2:30: on-failure: RETRY-n takes 0 to 100 retries"},
      {"version: 0.2\nphases: {build: {on-failure: 'RETRY-(', commands: [a]}}",
       "b:2:30: on-failure: '(' is not a regular expression"},
      {"version: 0.2\nphases: {build: {run-as: [a], commands: [a]}}",
       "b:2:26: phases.build.run-as has to be text, and is a list"},
      {"version: 0.2\nenv: [a]\nphases: {}", "b:2:6: env has to be a mapping"},
      {"version: 0.2\nenv: {shell: powershell.exe}\nphases: {}",
       "b:2:14: env.shell: 'powershell.exe' is not available here; use bash or /bin/sh"},
      {"version: 0.2\nenv: {variables: [A]}\nphases: {}",
       "b:2:18: env.variables has to be a mapping"},
      {"version: 0.2\nenv: {variables: {A: [1]}}\nphases: {}",
       "b:2:22: env.variables.A has to be text, and is a list"},
      {"version: 0.2\nenv: {variables: {'A=B': 1}}\nphases: {}",
       "b:2:19: env.variables: 'A=B' cannot be the name of a variable"},
      {"version: 0.2\nenv: {exported-variables: [a-b]}\nphases: {}",
       "b:2:27: env.exported-variables: 'a-b' cannot be the name of a shell variable"},
      {"version: 0.2\nenv: {git-credential-helper: perhaps}\nphases: {}",
       "b:2:30: env.git-credential-helper has to be yes or no"},
      {"version: 0.2\nphases: {}\nartifacts: {name: x}", "b:3:12: artifacts: files are required"},
      {"version: 0.2\nphases: {}\nartifacts: {files: x}",
       "b:3:20: artifacts.files has to be a list of text, and is text"},
      {"version: 0.2\nphases: {}\nartifacts: {files: [{a: b}]}",
       "b:3:21: artifacts.files[0] has to be text, and is a mapping"},
      {"version: 0.2\nphases: {}\nartifacts: {files: ['']}",
       "b:3:21: artifacts.files[0] has to be text, and is empty"},
      {"version: 0.2\nphases: {}\nartifacts: {files: [a], discard-paths: perhaps}",
       "b:3:40: artifacts.discard-paths has to be yes or no"},
      {"version: 0.2\nphases: {}\nartifacts: {files: [a], secondary-artifacts: {x: {}}}",
       "b:3:47: artifacts.secondary-artifacts.x: files are required"},
      {"version: 0.2\nphases: {}\nreports: {u: {file-format: JUNIT, files: [a]}}",
       "b:3:28: reports.u.file-format is one of CUCUMBERJSON, JUNITXML"},
      {"version: 0.2\nphases: {}\nreports: {u: {}}", "b:3:11: reports.u: files are required"},
      {"version: 0.2\nphases: {}\nreports: {a: {files: [x]}, b: {files: [x]}, c: {files: [x]}, "
       "d: {files: [x]}, e: {files: [x]}, f: {files: [x]}}",
       "b:3:10: reports: at most 5 report groups"},
      {"version: 0.2\nphases: {}\ncache: {paths: [a], key: k, fallback-keys: [1,2,3,4,5,6]}",
       "b:3:44: cache.fallback-keys: at most 5 keys"},
      {"version: 0.2\nphases: {}\ncache: {paths: [a], action: both}",
       "b:3:29: cache.action is restore or save"},
      {"version: 0.2\nphases: {? [a] : b}", "b:2:12: a key has to be text"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto parsed = parse_buildspec(row.text);
    REQUIRE_FALSE(parsed.ok());
    CHECK_THAT(to_text(parsed.errors[0], "b"), Catch::StartsWith(row.problem));
  }
}

TEST_CASE("several mistakes are reported at once") {
  const auto parsed =
      parse_buildspec("version: 1\nenv: x\nphases: {a: {}, build: {commands: x}}\nartifacts: 1");
  CHECK(parsed.errors.size() == 5);
}

TEST_CASE("what is only odd is a warning") {
  const Mistake rows[] = {
      {"version: 0.2\nphases: {}\nphase: {}", "b:3:1: unknown key 'phase' in section buildspec"},
      {"version: 0.2\nphases: {build: {commands: [a], command: [b]}}",
       "b:2:33: unknown key 'command' in section phases.build"},
      {"version: 0.2\nphases: {build: {commands: [a], runtime-versions: {}}}",
       "b:2:33: unknown key 'runtime-versions' in section phases.build"},
      {"version: 0.2\nphases: {build: {commands: [a, ~]}}",
       "b:2:32: phases.build.commands[1]: an empty command"},
      {"version: 0.2\nenv: {variables: {CODEBUILD_X: 1}}\nphases: {}",
       "b:2:18: env.variables: the prefix CODEBUILD_"},
      {"version: 0.2\nenv: {exported-variables: [AWS_X]}\nphases: {}",
       "b:2:27: env.exported-variables: AWS_X is not exported"},
      {"version: 0.2\nphases: {}\nartifacts: {secondary-artifacts: {a: {files: [x]}}}",
       "b:3:12: artifacts: no definition for primary artifacts"},
      {"version: 0.2\nphases: {}\ncache: {paths: [a], fallback-keys: [b]}",
       "b:3:36: cache.fallback-keys are ignored without cache.key"},
      {"version: 0.2\nphases: {}\ncache: {key: a}", "b:3:8: cache: no paths"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto parsed = parse_buildspec(row.text);
    for (const auto& problem : parsed.errors) FAIL_CHECK(to_text(problem, "b"));
    REQUIRE(parsed.warnings.size() == 1);
    CHECK_THAT(to_text(parsed.warnings[0], "b"), Catch::StartsWith(row.problem));
  }
}

TEST_CASE("on-failure in all its forms") {
  struct Row {
    const char* text;
    OnFailure::Action action;
    int retries;
    const char* pattern;
  };
  const Row rows[] = {
      {"ABORT", OnFailure::Action::kAbort, 0, ""},
      {"continue", OnFailure::Action::kContinue, 0, ""},
      {"RETRY", OnFailure::Action::kRetry, 3, ""},
      {"RETRY-0", OnFailure::Action::kRetry, 0, ""},
      {"RETRY-100", OnFailure::Action::kRetry, 100, ""},
      {"RETRY-.*x", OnFailure::Action::kRetry, 3, ".*x"},
      {"RETRY-5xx", OnFailure::Action::kRetry, 3, "5xx"},
      {"RETRY-5-a-b", OnFailure::Action::kRetry, 5, "a-b"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto parsed =
        parse_buildspec(std::string("version: 0.2\nphases: {build: {on-failure: '") + row.text +
                        "', commands: [a]}}");
    REQUIRE(parsed.ok());
    const auto& on_failure = parsed.spec.phase(PhaseName::kBuild).on_failure;
    CHECK(on_failure.action == row.action);
    CHECK(on_failure.retries == row.retries);
    CHECK(on_failure.pattern == row.pattern);
  }
}

TEST_CASE("0.1 has its own names") {
  const auto parsed = parse_buildspec(
      "version: 0.1\nenvironment_variables:\n  plaintext: {A: b}\nphases: {build: {commands: "
      "[a]}}\n"
      "artifacts: {type: zip, files: [a]}");
  REQUIRE(parsed.ok());
  CHECK(parsed.warnings.empty());
  CHECK(parsed.spec.version == Version::k01);
  CHECK(parsed.spec.env.variables == Pairs{{"A", "b"}});
}

TEST_CASE("a quoted version, anchors, aliases and merge keys are read") {
  const auto parsed = parse_buildspec(
      "version: \"0.2\"\nx: &all {commands: [a], finally: [f]}\nphases:\n  build: {<<: *all, "
      "finally: "
      "[g]}\n  post_build: *all\n");
  REQUIRE(parsed.ok());
  CHECK(parsed.spec.phase(PhaseName::kBuild).commands == Texts{"a"});
  CHECK(parsed.spec.phase(PhaseName::kBuild).finally == Texts{"g"});
  CHECK(parsed.spec.phase(PhaseName::kPostBuild).finally == Texts{"f"});
}

TEST_CASE("aliases that explode, deep nesting and huge files are refused quickly") {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += "," + before;
    bomb += "]\n";
  }
  const std::string deep = "a: " + std::string(5000, '[');
  const std::string huge = "a: " + std::string(2 << 20, 'x');
  for (const auto& text : {bomb, deep, huge}) {
    const auto parsed = parse_buildspec(text);
    CHECK_FALSE(parsed.ok());
  }
}
}  // namespace
