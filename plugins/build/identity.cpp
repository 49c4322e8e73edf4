#include "plugins/build/identity.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>

namespace sluice::build {
namespace {

// One number per project, in a locked file of one line.
std::int64_t next_build_number(const std::string& state_directory, const std::string& project) {
  const std::filesystem::path directory = std::filesystem::path(state_directory) / "build-numbers";
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  const int file = open((directory / project).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return 1;
  flock(file, LOCK_EX);
  char text[32] = {};
  std::int64_t number = 1;
  if (pread(file, text, sizeof text - 1, 0) > 0) number = std::strtoll(text, nullptr, 10) + 1;
  const std::string line = std::to_string(number) + '\n';
  if (pwrite(file, line.data(), line.size(), 0) < 0) number = 1;
  close(file);
  return number;
}

std::string random_uuid() {
  std::random_device source;
  std::string uuid = "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx";
  for (char& c : uuid)
    if (c == 'x') c = "0123456789abcdef"[source() % 16];
  return uuid;
}

std::string user_name() {
  const passwd* entry = getpwuid(geteuid());
  return entry ? entry->pw_name : std::to_string(geteuid());
}

std::string region_of(const Run& run) {
  return run.text(SLUICE_TEXT_REGION).value_or("local");
}

std::string arn_of(const Run& run, const std::string& service, const std::string& resource) {
  return "arn:aws:" + service + ':' + region_of(run) + ':' +
         run.text(SLUICE_TEXT_ACCOUNT).value_or("000000000000") + ':' + resource;
}

}  // namespace

Identity identify(const Run& run, const Settings& settings) {
  Identity identity;
  identity.uuid = run.action_execution_id();
  if (identity.uuid.empty()) identity.uuid = random_uuid();
  identity.id = settings.project + ':' + identity.uuid;
  identity.arn = arn_of(run, "codebuild", "build/" + identity.id);
  identity.number = next_build_number(run.state_directory(), settings.project);
  identity.start_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  return identity;
}

void set_service_variables(const Run& run, const Settings& settings, const Identity& identity,
                           Environment& environment) {
  const std::string region = region_of(run), pipeline = run.pipeline();
  environment.set("AWS_DEFAULT_REGION", region);
  environment.set("AWS_REGION", region);
  environment.set("CODEBUILD_BUILD_ARN", identity.arn);
  environment.set("CODEBUILD_BUILD_ID", identity.id);
  environment.set("CODEBUILD_BUILD_NUMBER", std::to_string(identity.number));
  environment.set("CODEBUILD_BUILD_IMAGE", "host");
  environment.set("CODEBUILD_BUILD_SUCCEEDING", "1");
  environment.set("CODEBUILD_INITIATOR",
                  pipeline.empty() ? user_name() : "codepipeline/" + pipeline);
  environment.set("CODEBUILD_KMS_KEY_ID", arn_of(run, "kms", "alias/aws/s3"));
  environment.set("CODEBUILD_LOG_PATH", identity.uuid);
  environment.set("CODEBUILD_PROJECT_ARN", arn_of(run, "codebuild", "project/" + settings.project));
  environment.set("CODEBUILD_START_TIME", std::to_string(identity.start_ms));
  environment.set("CODEBUILD_SRC_DIR", settings.source_directory);
  environment.set("CODEBUILD_SOURCE_REPO_URL", "");
  for (std::size_t i = 0; i < settings.inputs.size(); ++i) {
    const auto& input = settings.inputs[i];
    const bool primary = i == settings.primary;
    if (primary && !input.revision.empty()) {
      environment.set("CODEBUILD_SOURCE_VERSION", input.revision);
      environment.set("CODEBUILD_RESOLVED_SOURCE_VERSION", input.revision);
    }
    if (primary) continue;
    environment.set("CODEBUILD_SRC_DIR_" + input.name, input.directory);
    if (!input.revision.empty())
      environment.set("CODEBUILD_SOURCE_VERSION_" + input.name, input.revision);
    // Shells drop variables whose name holds a hyphen; this spelling they keep.
    std::string spelled = input.name;
    std::replace(spelled.begin(), spelled.end(), '-', '_');
    if (spelled != input.name) environment.set("CODEBUILD_SRC_DIR_" + spelled, input.directory);
  }
}

}  // namespace sluice::build
