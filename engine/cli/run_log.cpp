#include "engine/cli/run_log.hpp"

#include <algorithm>

#include "engine/runtime/clock.hpp"

namespace sluice {

void RunLog::append(const Job& job, std::string_view lines) {
  const auto key = std::make_pair(job.pipeline, job.key);
  auto at = writers_.find(key);
  if (at == writers_.end()) {
    const LogName name{job.pipeline, parse_uuid(job.execution_id), job.stage, job.action,
                       job.key.attempt};
    auto writer = store_.writer(name);
    if (!writer) return;  // a disk that takes no log must not fail the action
    at = writers_.emplace(key, std::move(*writer)).first;
  }
  (void)at->second.write(lines, SystemClock().now());
}

void RunLog::end(const Job& job) {
  const auto at = writers_.find(std::make_pair(job.pipeline, job.key));
  if (at == writers_.end()) return;
  (void)at->second.finish(SystemClock().now());
  writers_.erase(at);
}

LogName log_name(const ExecutionView& view, const StageView& stage, const ActionView& action) {
  return {view.pipeline, view.id, stage.name, action.name, action.key.attempt};
}

std::vector<std::string> last_lines(const LogStore& logs, const LogName& name, std::size_t count) {
  std::vector<std::string> lines;
  const auto part = logs.tail(name, count);
  if (!part) return lines;
  std::string_view rest = part->text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    lines.emplace_back(split_log_line(line).text);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return lines;
}

}  // namespace sluice
