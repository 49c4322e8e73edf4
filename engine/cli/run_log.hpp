// The logs of a host pool's jobs, kept in the data directory.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/artifacts/log_store.hpp"
#include "engine/cli/execution_view.hpp"
#include "engine/hosts/host_pool.hpp"

namespace sluice {

class RunLog final : public LogSink {
 public:
  // The store outlives the log. The pool has masked the lines already.
  explicit RunLog(const LogStore& store) : store_(store) {}
  void append(const Job& job, std::string_view lines) override;
  void end(const Job& job) override;

 private:
  const LogStore& store_;
  std::map<std::pair<std::string, ActionKey>, LogWriter> writers_;
};

// Which log is that of an action's attempt.
[[nodiscard]] LogName log_name(const ExecutionView& view, const StageView& stage,
                               const ActionView& action);

// The last lines of a log without their times; none if there is no log.
[[nodiscard]] std::vector<std::string> last_lines(const LogStore& logs, const LogName& name,
                                                  std::size_t count);

}  // namespace sluice
