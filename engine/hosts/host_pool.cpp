#include "engine/hosts/host_pool.hpp"

#include "engine/hosts/dispatch.hpp"

namespace sluice {

Result<std::unique_ptr<HostPool>> HostPool::open(HostPoolOptions options, ReportSink sink) {
  auto workspace = Workspace::open(options.work_directory);
  if (!workspace) return workspace.error();
  return std::unique_ptr<HostPool>(new HostPool(
      std::make_unique<Dispatch>(std::move(options), std::move(sink), std::move(*workspace))));
}

HostPool::HostPool(std::unique_ptr<Dispatch> dispatch) : dispatch_(std::move(dispatch)) {}

HostPool::~HostPool() = default;

void HostPool::stop() {
  dispatch_->stop();
}

void HostPool::start(Job job) {
  dispatch_->start(std::move(job));
}

void HostPool::cancel(const std::string& pipeline, const ActionKey& key) {
  dispatch_->cancel(pipeline, key);
}

}  // namespace sluice
