#include <cstddef>
#include <string>
#include <string_view>

#include "sdk/host/describe.hpp"
#include "sdk/host/run.hpp"

namespace sluice::host {
namespace {

// Builds one JSON object, member by member.
class Object {
 public:
  Object& add(std::string_view key, std::string_view json) {
    if (text_.size() > 1) text_ += ',';
    text_ += quoted(key);
    text_ += ':';
    text_ += json;
    return *this;
  }
  Object& text(std::string_view key, std::string_view value) { return add(key, quoted(value)); }
  [[nodiscard]] std::string str() const { return text_ + '}'; }

 private:
  std::string text_ = "{";
};

const char* category_name(std::uint32_t category) {
  static constexpr const char* kNames[] = {"",       "Source",   "Build",   "Test", "Deploy",
                                           "Invoke", "Approval", "Compute", "Rule"};
  return category < std::size(kNames) ? kNames[category] : "";
}

std::string pairs_object(const std::vector<std::string>& flat) {
  Object object;
  for (std::size_t i = 0; i + 1 < flat.size(); i += 2) object.text(flat[i], flat[i + 1]);
  return object.str();
}

// `width` strings an artifact: name, directory and, of inputs, revision.
std::string artifacts_array(const std::vector<std::string>& flat, std::size_t width) {
  std::string array = "[";
  for (std::size_t i = 0; i + width <= flat.size(); i += width) {
    Object artifact;
    artifact.text("name", flat[i]);
    artifact.add("location", Object().text("type", "directory").text("path", flat[i + 1]).str());
    if (width > 2 && !flat[i + 2].empty()) artifact.text("revision", flat[i + 2]);
    if (i > 0) array += ',';
    array += artifact.str();
  }
  return array + ']';
}

}  // namespace

std::string job_json(const wire::Run& job) {
  const auto text = [&](sluice_text which) { return job.texts[which].value_or(""); };
  const std::string arn = "arn:aws:codepipeline:" + text(SLUICE_TEXT_REGION) + ':' +
                          text(SLUICE_TEXT_ACCOUNT) + ':' + text(SLUICE_TEXT_PIPELINE);
  const std::string owner = job.owner;
  Object data;
  data.add("actionTypeId", Object()
                               .text("category", category_name(job.category))
                               .text("owner", owner)
                               .text("provider", job.provider)
                               .text("version", job.version)
                               .str());
  data.add("actionConfiguration",
           Object().add("configuration", pairs_object(job.lists[SLUICE_LIST_CONFIGURATION])).str());
  data.add("pipelineContext",
           Object()
               .text("pipelineName", text(SLUICE_TEXT_PIPELINE))
               .text("pipelineExecutionId", text(SLUICE_TEXT_EXECUTION_ID))
               .text("pipelineArn", arn)
               .add("stage", Object().text("name", text(SLUICE_TEXT_STAGE)).str())
               .add("action", Object()
                                  .text("name", text(SLUICE_TEXT_ACTION))
                                  .text("actionExecutionId", text(SLUICE_TEXT_ACTION_EXECUTION))
                                  .str())
               .str());
  data.add("inputArtifacts", artifacts_array(job.lists[SLUICE_LIST_INPUT_ARTIFACTS], 3));
  data.add("outputArtifacts", artifacts_array(job.lists[SLUICE_LIST_OUTPUT_ARTIFACTS], 2));
  if (const auto& token = job.texts[SLUICE_TEXT_CONTINUATION])
    data.text("continuationToken", *token);
  return Object()
      .text("id", text(SLUICE_TEXT_ACTION_EXECUTION))
      .text("accountId", text(SLUICE_TEXT_ACCOUNT))
      .add("data", data.str())
      .str();
}

}  // namespace sluice::host
