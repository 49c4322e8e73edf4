// The service against real repositories, with a clock of the test's own and no threads: what is
// started, under which token, and what a crash leaves.
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <limits>
#include <mutex>

#include "engine/triggers/memory_file.hpp"
#include "engine/triggers/trigger_service.hpp"
#include "tests/plugins/git_fixture.hpp"
#include "tests/support/fake_host.hpp"

namespace sluice::triggers {
namespace {

using Done = std::function<void(Started, const std::string&)>;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

class Scene {
 public:
  Scene() {
    std::string name = (std::filesystem::temp_directory_path() / "triggers-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    root = name;
    begin();
  }
  ~Scene() { std::filesystem::remove_all(root); }

  // A service on what the last one left.
  void begin() {
    TriggerParts parts;
    parts.directory = (root / "triggers").string();
    parts.base_directory = root.string();
    parts.region = "local";
    parts.account = "000000000000";
    parts.watch_files = watch_files;
    parts.start = [this](const std::string& pipeline, StartExecution start, Done done) {
      const std::lock_guard hold(mutex);
      started.push_back(pipeline + " " + start.trigger.type + " " + start.client_token);
      starts.push_back(std::move(start));
      begun.notify_all();
      if (answer) done(*answer, "because");
    };
    parts.now_ms = [this] { return now_ms; };
    parts.log = [this](const std::string& line) { lines += line + "\n"; };
    service.emplace(std::move(parts));
  }
  void set(const PipelineDeclaration& pipeline, std::uint64_t events = 0) {
    const auto done = service->set(pipeline, events);
    INFO((done ? "" : done.error().text()));
    REQUIRE(done);
  }
  // Both threads' turns, until nothing is due now.
  void work() {
    service->look();
    service->turn();
    service->turn();
  }
  Memory memory(const std::string& pipeline) const {
    auto memory = load_memory((root / "triggers" / (pipeline + ".json")).string());
    REQUIRE(memory);
    return *memory;
  }

  testing::FixedGitEnvironment git_environment;
  std::filesystem::path root;
  std::int64_t now_ms = 1'700'000'000'000;
  std::optional<Started> answer = Started::kYes;
  std::vector<std::string> started;
  std::vector<StartExecution> starts;
  std::string lines;
  bool watch_files = false;
  std::mutex mutex;  // of starts
  std::condition_variable begun;
  std::optional<TriggerService> service;
};

PipelineDeclaration pipeline(std::vector<TriggerDeclaration> triggers,
                             const std::string& name = "web") {
  PipelineDeclaration declaration;
  declaration.name = name;
  ActionDeclaration get;
  get.name = "Get";
  get.type = {Category::kSource, "Sluice", "Git", "1"};
  get.configuration = {{"repository", "repo"}};
  declaration.stages.push_back({"Source", {get}, {}, {}, {}});
  declaration.triggers = std::move(triggers);
  return declaration;
}

TriggerDeclaration git_trigger(std::vector<GitFilter> push = {}) {
  TriggerDeclaration trigger;
  trigger.source_action = "Get";
  trigger.push = std::move(push);
  return trigger;
}

GitFilter branch_filter(std::string branch, std::string files = "") {
  GitFilter filter;
  filter.branches.includes = {std::move(branch)};
  if (!files.empty()) filter.file_paths.includes = {std::move(files)};
  return filter;
}

}  // namespace

TEST_CASE("a push to the action's branch starts the pipeline with its commit, once") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  repository.commit("a", "1", "first");
  scene.set(pipeline({git_trigger()}));
  scene.work();
  CHECK(scene.started.empty());  // what was there before is no push

  const auto second = repository.commit("a", "2", "second");
  scene.work();
  CHECK(scene.started.empty());  // it is not time to look again
  scene.now_ms += 70'000;
  scene.work();
  REQUIRE(scene.starts.size() == 1);
  CHECK(scene.starts[0].trigger == Trigger{"PollForSourceChanges", "Get"});
  CHECK(scene.starts[0].source_revisions ==
        std::vector<SourceRevision>{{"Get", "COMMIT_ID", second}});
  CHECK(scene.memory("web").pending.empty());
  scene.now_ms += 70'000;
  scene.work();
  CHECK(scene.starts.size() == 1);
}

TEST_CASE(
    "a hook's word makes it look at once, by the path that the file writes or the directory") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  repository.commit("a", "1", "first");
  scene.set(pipeline({git_trigger()}));
  scene.work();
  repository.commit("a", "2", "second");
  CHECK(scene.service->look_now("elsewhere") == 0);
  CHECK(scene.service->look_now((scene.root / "repo" / ".git").string()) == 1);
  scene.work();
  CHECK(scene.starts.size() == 1);
  repository.commit("a", "3", "third");
  CHECK(scene.service->look_now("repo") == 1);
  scene.work();
  CHECK(scene.starts.size() == 2);
}

TEST_CASE("a push while the service was away is found; a start that was not answered is repeated") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  repository.commit("a", "1", "first");
  scene.set(pipeline({git_trigger()}));
  scene.work();
  repository.commit("a", "2", "second");
  scene.answer.reset();  // the engine dies before it answers
  scene.begin();
  scene.set(pipeline({git_trigger()}));
  scene.work();
  REQUIRE(scene.started.size() == 1);
  CHECK(scene.memory("web").pending.size() == 1);

  scene.answer = Started::kYes;
  scene.begin();
  scene.set(pipeline({git_trigger()}));
  scene.work();
  REQUIRE(scene.started.size() == 2);
  CHECK(scene.started[1] == scene.started[0]);  // the same token: the engine knows it
  CHECK(scene.memory("web").pending.empty());
  scene.begin();
  scene.set(pipeline({git_trigger()}));
  scene.work();
  CHECK(scene.started.size() == 2);
}

TEST_CASE("a start that may be tried again is, and one that is refused is not") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  repository.commit("a", "1", "first");
  scene.set(pipeline({git_trigger()}));
  scene.work();
  repository.commit("a", "2", "second");
  scene.service->look_now("repo");
  scene.answer = Started::kLater;
  scene.work();
  CHECK(scene.started.size() == 1);
  scene.work();
  CHECK(scene.started.size() == 1);
  scene.now_ms += 6'000;
  scene.answer = Started::kRefused;
  scene.work();
  CHECK(scene.started.size() == 2);
  CHECK_THAT(scene.lines, Catch::Contains("web was not started: because"));
  scene.now_ms += 6'000;
  scene.work();
  CHECK(scene.started.size() == 2);
}

TEST_CASE("files decide, also of more than a hundred, and of the first push of a branch") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  repository.commit("src/a.c", "1", "first");
  scene.set(pipeline({git_trigger({branch_filter("**", "src/**")})}));
  scene.work();
  const auto push = [&] {
    scene.service->look_now("repo");
    scene.work();
    return scene.starts.size();
  };
  repository.commit("docs/a.md", "1", "docs");
  CHECK(push() == 0);
  for (int i = 0; i < 150; ++i)
    testing::write_file(repository.directory() / ("many/" + std::to_string(i)), "x");
  repository.commit("src/last.c", "1", "many");
  CHECK(push() == 1);
  repository.git("checkout -q -b feature/docs");
  repository.commit("docs/b.md", "1", "docs on a branch");
  CHECK(push() == 1);
  repository.git("checkout -q -b feature/code");
  repository.commit("src/b.c", "1", "code on a branch");
  CHECK(push() == 2);
  repository.git("mv src/b.c docs/b.c");
  repository.commit("x", "1", "moved away");  // the old name counts
  CHECK(push() == 3);
}

TEST_CASE("a tag starts with the commit that it means") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  const auto first = repository.commit("a", "1", "first");
  GitFilter tags;
  tags.tags.includes = {"v*"};
  scene.set(pipeline({git_trigger({tags})}));
  scene.work();
  repository.git("tag -a v1 -m one");
  scene.service->look_now("repo");
  scene.work();
  REQUIRE(scene.starts.size() == 1);
  CHECK(scene.starts[0].source_revisions[0].value == first);
}

TEST_CASE("a repository that does not answer is asked again, later and later, and loses nothing") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  repository.commit("a", "1", "first");
  scene.set(pipeline({git_trigger()}));
  scene.work();
  std::filesystem::rename(scene.root / "repo", scene.root / "away");
  scene.now_ms += 70'000;
  const auto soon = scene.service->look() - scene.now_ms;
  CHECK((soon > 100'000 && soon < 140'000));
  CHECK_THAT(scene.lines, Catch::Contains("pipeline web: "));
  scene.now_ms += 140'000;
  const auto later = scene.service->look() - scene.now_ms;
  CHECK((later > 200'000 && later < 270'000));
  std::filesystem::rename(scene.root / "away", scene.root / "repo");
  repository.commit("a", "2", "second");
  scene.now_ms += 270'000;
  scene.work();
  CHECK(scene.starts.size() == 1);
}

TEST_CASE("a schedule starts when its time comes, and once for what was missed") {
  Scene scene;
  TriggerDeclaration hourly;
  hourly.schedule = "rate(1 hour)";
  scene.set(pipeline({hourly}));
  CHECK(scene.service->turn() == scene.now_ms + 3'600'000);
  CHECK(scene.service->look() == kNever);
  scene.now_ms += 3'600'000;
  scene.work();
  REQUIRE(scene.starts.size() == 1);
  CHECK(scene.starts[0].trigger ==
        Trigger{"CloudWatchEvent", "arn:aws:events:local:000000000000:rule/web/rate(1 hour)"});
  scene.begin();
  scene.now_ms += 10 * 3'600'000;
  scene.set(pipeline({hourly}));
  scene.work();
  CHECK(scene.starts.size() == 2);
  scene.work();
  CHECK(scene.starts.size() == 2);
}

TEST_CASE("nothing is due where nothing is declared") {
  Scene scene;
  scene.set(pipeline({}));
  CHECK(scene.service->turn() == kNever);
  CHECK(scene.service->look() == kNever);
  CHECK(scene.service->events_seen() == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("another pipeline's event starts a pipeline, once, and a circle ends") {
  Scene scene;
  TriggerDeclaration after;
  after.pipeline = "base";
  scene.set(pipeline({after}), 40);
  const std::string done =
      R"({"source":"aws.codepipeline","detail-type":"CodePipeline Pipeline Execution State Change",)"
      R"("detail":{"pipeline":"base","state":"SUCCEEDED"}})";
  CHECK(scene.service->events_seen() == 40);
  scene.service->event(40, done, "");  // before it was there
  scene.service->event(41, R"({"source":"aws.codepipeline","detail":{"pipeline":"base"}})", "");
  scene.work();
  CHECK(scene.started.empty());
  scene.service->event(42, done, "");
  scene.service->event(42, done, "");
  scene.work();
  REQUIRE(scene.starts.size() == 1);
  CHECK(scene.starts[0].trigger.type == "CloudWatchEvent");
  CHECK(scene.service->events_seen() == 42);

  auto detail = scene.starts[0].trigger.detail;
  for (std::uint64_t i = 43; i < 80; ++i) {
    scene.service->event(i, done, detail);
    scene.work();
    detail = scene.starts.back().trigger.detail;
  }
  CHECK(scene.starts.size() == 10);
  CHECK_THAT(scene.lines, Catch::Contains("do they run in a circle?"));
}

TEST_CASE("a webhook is answered by its signature and by what it says") {
  Scene scene;
  TriggerDeclaration chat;
  chat.webhook = {"chat", "HMAC", "", (scene.root / "secret").string()};
  scene.set(pipeline({chat}));
  WebhookCall call{{{"x-delivery", "d1"}}, "{}"};
  CHECK(scene.service->webhook("web", "other", call).status == 404);
  CHECK(scene.service->webhook("none", "chat", call).status == 404);
  CHECK(scene.service->webhook("web", "chat", call).status == 500);  // no secret yet
  testing::write_file(scene.root / "secret", "key\n");
  CHECK(scene.service->webhook("web", "chat", call).status == 401);
  // HMAC-SHA256 of "{}" with "key".
  call.headers["x-signature-256"] =
      "a777724d943eb48dc69bca8a4a6d57a04db3f9ec7e1de4e581e860265bdf3032";
  CHECK(scene.service->webhook("web", "chat", call).status == 202);
  scene.work();
  REQUIRE(scene.starts.size() == 1);
  CHECK(scene.starts[0].trigger ==
        Trigger{"Webhook", "arn:aws:codepipeline:local:000000000000:webhook:chat"});
  CHECK(scene.service->webhook("web", "chat", call).status == 200);  // the same delivery
  scene.work();
  CHECK(scene.starts.size() == 1);
}

TEST_CASE("a memory that cannot be read is refused, with what to do") {
  Scene scene;
  std::filesystem::create_directories(scene.root / "triggers");
  testing::write_file(scene.root / "triggers/web.json", "{");
  const auto refused = scene.service->set(pipeline({git_trigger()}), 0);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().text(), Catch::Contains("remove it to begin anew"));
}

TEST_CASE("a delivery that is sent again after a restart starts nothing") {
  Scene scene;
  testing::write_file(scene.root / "secret", "key\n");
  TriggerDeclaration chat;
  chat.webhook = {"chat", "HMAC", "", (scene.root / "secret").string()};
  const WebhookCall call{
      {{"x-delivery", "d1"},
       {"x-signature-256", "a777724d943eb48dc69bca8a4a6d57a04db3f9ec7e1de4e581e860265bdf3032"}},
      "{}"};
  scene.set(pipeline({chat}));
  CHECK(scene.service->webhook("web", "chat", call).status == 202);
  scene.begin();  // killed before it started anything
  scene.set(pipeline({chat}));
  CHECK(scene.service->webhook("web", "chat", call).status == 200);
  scene.work();
  CHECK(scene.starts.size() == 1);
  scene.service->stop();
  CHECK(scene.service->webhook("web", "chat", call).status == 503);
}

TEST_CASE("a push of a local repository is noticed by its files, long before it is time to look") {
  Scene scene;
  scene.watch_files = true;
  scene.answer.reset();
  scene.begin();
  const testing::Repository repository(scene.root / "repo");
  repository.commit("a", "1", "first");
  auto slow = git_trigger();
  slow.poll_interval_ms = 3'600'000;
  scene.set(pipeline({slow}));
  scene.work();
  REQUIRE(scene.service->list("web").size() == 1);
  CHECK(scene.service->list("web")[0].noticed_by == "FILES");
  CHECK(scene.service->list("web")[0].branch == "main");
  scene.service->run();
  const auto second = repository.commit("a", "2", "second");
  std::unique_lock hold(scene.mutex);
  REQUIRE(
      scene.begun.wait_for(hold, std::chrono::seconds(30), [&] { return !scene.starts.empty(); }));
  CHECK(scene.starts[0].source_revisions[0].value == second);
  hold.unlock();
  scene.service->stop();
}

TEST_CASE("a list says what each trigger watches, when it looks next and what went wrong") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  const auto first = repository.commit("a", "1", "first");
  TriggerDeclaration daily, after, chat;
  daily.schedule = "rate(1 day)";
  after.pipeline = "base";
  chat.webhook = {"chat", "HMAC", "", (scene.root / "secret").string()};
  scene.set(pipeline({git_trigger(), daily, after, chat}));
  scene.set(pipeline({daily}, "other"));
  scene.work();
  CHECK(scene.service->webhook("web", "chat", {}).status == 500);
  CHECK(scene.service->list("").size() == 5);
  const auto states = scene.service->list("web");
  REQUIRE(states.size() == 4);
  CHECK(states[0].type + " " + states[0].noticed_by + " " + states[0].branch == "GIT POLLING main");
  CHECK(states[0].watches == std::filesystem::canonical(scene.root / "repo").string());
  CHECK(states[0].revision == first);
  CHECK(states[0].next_ms > scene.now_ms);
  CHECK(states[1].next_ms == scene.now_ms + 86'400'000);
  CHECK(states[2].watches == "pipeline base");
  CHECK(states[3].webhook_path == "/webhooks/web/chat");
  CHECK_THAT(states[3].error, Catch::StartsWith("500: "));
  std::filesystem::remove_all(scene.root / "repo");
  scene.service->look_now("repo");
  scene.work();
  CHECK_FALSE(scene.service->list("web")[0].error.empty());
}

TEST_CASE("with its threads it starts what is due, and ends when it is told") {
  Scene scene;
  const testing::Repository repository(scene.root / "repo");
  repository.commit("a", "1", "first");
  scene.set(pipeline({git_trigger()}));
  scene.service->run();
  scene.service->stop();
  CHECK(scene.started.empty());
}

}  // namespace sluice::triggers
