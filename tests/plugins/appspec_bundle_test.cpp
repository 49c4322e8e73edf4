// Where a revision comes from: a directory or an archive in one; which file of it is the AppSpec;
// how many revisions stay. The ids are those of facts/build_deploy.md D2.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/plugins/appspec_host.hpp"

namespace sluice::appspec::testing {
namespace {

namespace fs = std::filesystem;

const char* const kCopiesA = "files:\n  - source: a.txt\n    destination: '{D}/app'\n";

std::string appspec_for(const TestHost& host) {
  std::string text = appspec_text(kCopiesA);
  return text.replace(text.find("{D}"), 3, host.path("").parent_path().string());
}

// A revision of a.txt and an AppSpec in `folder`.
void write_revision(const TestHost& host, const fs::path& folder,
                    const std::string& name = "appspec.yml") {
  write_test_file(folder, {"a.txt", "A"});
  if (!name.empty()) write_test_file(folder, {name, appspec_for(host)});
}

void run(const std::string& command) {
  INFO(command);
  REQUIRE(std::system(command.c_str()) == 0);
}

TEST_CASE("bundle-tar, bundle-tgz, bundle-zip: archives are unpacked") {
  struct Packing {
    const char* type;
    const char* command;  // in the revision's folder; makes ../input/bundle.X
  };
  const Packing packings[] = {
      {"tar", "tar -cf ../input/bundle.tar ."},
      {"tgz", "tar -czf ../input/bundle.tgz ."},
      {"zip", "python3 -m zipfile -c ../input/bundle.zip a.txt appspec.yml"}};
  for (const auto& packing : packings) {
    for (const bool named : {true, false}) {
      INFO(packing.type << (named ? ", named" : ", found out"));
      TestHost host;
      write_revision(host, host.home() / "r");
      const fs::path input = host.home() / "input";
      fs::create_directories(input);
      run("cd '" + (host.home() / "r").string() + "' && " + packing.command);
      TestHost::Settings settings;
      if (named)
        settings = {{"bundleType", packing.type},
                    {"bundle", std::string("bundle.") + packing.type}};
      const auto deployed = host.deploy_directory(input, settings);
      INFO(deployed.log);
      CHECK(deployed.ok());
      CHECK(host.first_untrue({"app/a.txt=A"}) == "");
    }
  }
}

TEST_CASE("bundle-004: a single top folder with an AppSpec is stripped") {
  TestHost host;
  write_revision(host, host.home() / "input/web-1.0");
  CHECK(host.deploy_directory(host.home() / "input").ok());
  CHECK(host.first_untrue({"app/a.txt=A"}) == "");
}

TEST_CASE("AppSpecs that are not where they should be") {
  TestHost host;
  const fs::path input = host.home() / "input";
  TestHost::Settings settings;
  SECTION("bundle-005 a single top folder without one is kept") {
    write_revision(host, input / "web", "");
  }
  SECTION("bundle-006 none in the revision") {
    write_revision(host, input, "");
  }
  SECTION("bundle-008 the one that was named is missing") {
    write_revision(host, input);
    settings = {{"appspec", "other.yml"}};
  }
  SECTION("bundle-009 hooks do not fall back to appspec.yaml") {
    write_revision(host, input, "appspec.yaml");
  }
  const auto deployed = host.deploy_directory(input, settings);
  CHECK(deployed.word == "APPSPEC_NOT_FOUND");
  CHECK(deployed.had("DownloadBundle:Succeeded"));
  CHECK(deployed.had("BeforeInstall:Failed"));
  CHECK(deployed.details.at("errorCode") == "5");
}

TEST_CASE("bundle-007: another name, named in the deployment") {
  TestHost host;
  write_revision(host, host.home() / "input", "deploy/spec.yml");
  CHECK(host.deploy_directory(host.home() / "input", {{"appspec", "deploy/spec.yml"}}).ok());
  CHECK(host.first_untrue({"app/a.txt=A"}) == "");
  // The stop scripts of that revision are found under its own name.
  write_revision(host, host.home() / "next");
  CHECK(host.deploy_directory(host.home() / "next").ok());
}

TEST_CASE("bundle-010: Install alone accepts appspec.yaml") {
  TestHost host;
  write_revision(host, host.home() / "input", "appspec.yaml");
  const auto deployed =
      host.deploy_directory(host.home() / "input", {{"events", "DownloadBundle,Install"}});
  CHECK(deployed.ok());
  CHECK(host.first_untrue({"app/a.txt=A"}) == "");
}

TEST_CASE("bundle-011: old revisions go, the last installed one stays") {
  TestHost host;
  const auto deploy = [&](const std::string& id, const std::string& hook) {
    const fs::path input = host.home() / id;
    write_test_file(input, {"appspec.yml", with_hook(hook, "fail.sh")});
    write_test_file(input, {"fail.sh", "#!/bin/sh\nexit 1\n", 0755});
    return host.deploy_directory(input, {{"deploymentId", id}, {"deploymentGroupId", "dg"}});
  };
  REQUIRE(deploy("d-installed", "NoSuchEvent").ok());
  for (int i = 1; i <= 7; ++i)
    REQUIRE(deploy("d-" + std::to_string(i), "BeforeInstall").word == "SCRIPT_FAILED");
  std::size_t kept = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(host.root() / "dg")) ++kept;
  CHECK(kept == 5);
  CHECK(fs::exists(host.root() / "dg/d-installed/deployment-archive"));
  CHECK(fs::exists(host.root() / "dg/d-7"));
  CHECK_FALSE(fs::exists(host.root() / "dg/d-1"));
}

TEST_CASE("bundles that cannot be read fail DownloadBundle with a reason") {
  TestHost host;
  const fs::path input = host.home() / "input";
  TestHost::Settings settings;
  std::string word;
  SECTION("an archive that is none") {
    write_test_file(input, {"bundle.zip", "not a zip"});
    word = "BUNDLE_UNREADABLE";
  }
  SECTION("an unknown type") {
    write_revision(host, input);
    settings = {{"bundleType", "rar"}};
    word = "INVALID_BUNDLE_TYPE";
  }
  SECTION("an archive that is not there") {
    write_revision(host, input);
    settings = {{"bundle", "gone.tar"}};
    word = "BUNDLE_NOT_FOUND";
  }
  SECTION("several files and none named") {
    write_revision(host, input);
    settings = {{"bundleType", "zip"}};
    word = "BUNDLE_NOT_FOUND";
  }
  SECTION("an archive that leads outside") {
    fs::create_directories(input);
    run("python3 -c \"import zipfile, sys; zipfile.ZipFile(sys.argv[1], 'w').writestr('../../x', "
        "'y')\" '" +
        (input / "bundle.zip").string() + "'");
    word = "BUNDLE_UNREADABLE";
  }
  const auto deployed = host.deploy_directory(input, settings);
  CHECK(deployed.word == word);
  CHECK(deployed.had("DownloadBundle:Failed"));
  CHECK(deployed.had("BeforeInstall:Skipped"));
}

}  // namespace
}  // namespace sluice::appspec::testing
