#include "tests/api/api_house.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <future>

#include "tests/definition/sample_catalogue.hpp"

namespace sluice::test {

using nlohmann::json;

ApiHouse::ApiHouse() : logs(std::filesystem::temp_directory_path() / "sluice-no-such-logs") {
  hosts = std::make_unique<FakeHosts>([this](const std::string& pipeline, Input report) {
    engine->report(pipeline, std::move(report));
  });
  hosts->script("Approve", [](const Job& job) { return ReportContinue{job.key, "", -1, {}}; });
  engine = std::make_unique<Engine>(store, *hosts, clock);
  operations = std::make_unique<api::Operations>(api::Parts{*engine,
                                                            store,
                                                            clock,
                                                            logs,
                                                            sample_catalogue(),
                                                            {},
                                                            "/srv",
                                                            "/var/lib/sluice",
                                                            "0.1.0",
                                                            clock.now()});
}

ApiHouse::~ApiHouse() {
  operations.reset();
}

void ApiHouse::settle() {
  for (int i = 0; i < 20; ++i) engine->step(false);
}

api::Response ApiHouse::call_target(const std::string& target, const std::string& body) {
  auto promise = std::make_shared<std::promise<api::Response>>();
  auto future = promise->get_future();
  operations->call({target, body, {"arn:aws:iam::000000000000:user/ann", 1000, 1}},
                   [promise](api::Response response) { promise->set_value(std::move(response)); });
  settle();
  // What a thread of the operations hands to the engine may come later.
  while (future.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)
    engine->step(false);
  return future.get();
}

api::Response ApiHouse::call(const std::string& operation, const json& in) {
  return call_target(std::string(api::kCodePipeline) + "." + operation, in.dump());
}

json ApiHouse::ask(const std::string& operation, const json& in) {
  const api::Response response = call(operation, in);
  INFO(operation << " " << in.dump() << " -> " << response.body);
  REQUIRE(response.status == 200);
  return response.body.empty() ? json::object() : json::parse(response.body);
}

json ApiHouse::ask_ours(const std::string& operation, const json& in) {
  const api::Response response =
      call_target(std::string(api::kSluice) + "." + operation, in.dump());
  INFO(operation << " " << in.dump() << " -> " << response.body);
  REQUIRE(response.status == 200);
  return json::parse(response.body);
}

std::string ApiHouse::refusal(const std::string& operation, const json& in) {
  const api::Response response = call(operation, in);
  if (response.status == 200) return "";
  const json body = json::parse(response.body);
  CHECK(body.at("__type") == response.error_type);
  CHECK_FALSE(body.at("message").get<std::string>().empty());
  return response.error_type;
}

json webshop() {
  return json::parse(R"({
    "name": "webshop", "roleArn": "arn:aws:iam::000000000000:role/ci", "pipelineType": "V2",
    "stages": [
      {"name": "Source", "actions": [{"name": "Checkout",
        "actionTypeId": {"category": "Source", "owner": "Sluice", "provider": "Git", "version": "1"},
        "configuration": {"repository": ".", "branch": "main"}, "outputArtifacts": [{"name": "app"}]}]},
      {"name": "Build", "actions": [{"name": "Compile",
        "actionTypeId": {"category": "Build", "owner": "Sluice", "provider": "Buildspec", "version": "1"},
        "inputArtifacts": [{"name": "app"}], "outputArtifacts": [{"name": "bin"}]}]},
      {"name": "Release", "actions": [{"name": "Approve",
        "actionTypeId": {"category": "Approval", "owner": "Sluice", "provider": "Manual", "version": "1"}}]}]})");
}

}  // namespace sluice::test
