// A HostPool over the zoo's plugins, with short graces and an artifact store in memory.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/hosts/host_pool.hpp"

namespace sluice::testing {

struct Answer {
  Input report;
  std::string log;
  int log_ends = 0;
  std::vector<ReportProgress> progress;

  [[nodiscard]] bool succeeded() const { return std::holds_alternative<ReportSuccess>(report); }
  [[nodiscard]] const Failure& failure() const { return std::get<ReportFailure>(report).failure; }
  // An output variable, or "".
  [[nodiscard]] std::string variable(const std::string& name) const;
};

// The path of a library of the zoo.
std::string zoo_file(const std::string& name);
// Processes that this test program's pools have started and that are still there.
std::vector<int> leftover_processes();
int open_descriptors();
// Looks again and again, for 10 s at most, whether it has become true of another process.
bool become_true(const std::function<bool()>& condition);

class PoolFixture : private LogSink {
 public:
  using Adjust = std::function<void(HostPoolOptions&)>;
  explicit PoolFixture(const Adjust& adjust = {});
  ~PoolFixture() override;

  // Of category Invoke, if the type has no other.
  [[nodiscard]] Job job(const std::string& provider, Category category = Category::kInvoke);
  // How long from now on it may take.
  static Instant in_ms(std::int64_t ms);
  void start(const Job& job);
  void cancel(const Job& job);
  // Waits for the report; the test fails after 30 s.
  Answer wait(const Job& job);
  Answer run(const Job& job);
  void wait_for_log(const Job& job, const std::string& text);
  [[nodiscard]] bool has_report(const Job& job);
  // Ends the pool; everything it started must be gone then.
  void close();
  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  std::map<std::string, std::map<std::string, std::string>> artifacts;  // digest: path, content

 private:
  void append(const Job& job, std::string_view lines) override;
  void end(const Job& job) override;
  void take(Input report);
  ArtifactPort port();

  std::filesystem::path root_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::map<ExecutionNumber, Answer> answers_;
  std::map<ExecutionNumber, bool> reported_;
  ExecutionNumber next_ = 1;
  std::vector<ActionTypeDescription> types_;
  std::unique_ptr<HostPool> pool_;
};

}  // namespace sluice::testing
