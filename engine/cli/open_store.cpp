#include "engine/cli/open_store.hpp"

#include <charconv>
#include <cstdio>
#include <filesystem>

#include "engine/store/data_directory.hpp"
#include "engine/store/sqlite_store.hpp"

namespace sluice {

void add_data_option(CLI::App& command, std::string& data) {
  if (const auto directory = default_data_directory()) data = directory->string();
  command.add_option("--data", data, "Data directory: history, logs, artifacts ($SLUICE_DATA)")
      ->capture_default_str();
}

int complain(const Error& error) {
  std::fprintf(stderr, "sluice: %s\n", error.text().c_str());
  return 2;
}

Result<std::unique_ptr<Store>> open_existing_store(const std::string& data) {
  const std::filesystem::path file = std::filesystem::path(data) / "sluice.db";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return Error{ErrorKind::kNotFound, data,
                 "nothing has been run with this data directory (name another with --data)"};
  return open_sqlite_store(file);
}

Result<ExecutionRow> find_named_execution(const Store& store, const std::string& name) {
  const std::size_t hash = name.find('#');
  if (hash != std::string::npos) {
    ExecutionNumber number = 0;
    const char* end = name.data() + name.size();
    if (std::from_chars(name.data() + hash + 1, end, number).ptr != end || number == 0)
      return Error{ErrorKind::kBadInput, name,
                   "an execution's number follows the #, as in webshop#7"};
    return store.execution(name.substr(0, hash), number);
  }
  if (!name.empty())
    if (auto found = store.find_execution(name);
        found || found.error().kind == ErrorKind::kConflict)
      return found;
  auto latest = store.executions({name, {}, {}, 1});
  if (!latest) return latest.error();
  if (latest->empty())
    return Error{ErrorKind::kNotFound, name,
                 name.empty()
                     ? "there are no executions yet"
                     : "no execution has an id that begins so, and no pipeline has this name; "
                       "`sluice executions` lists them"};
  return latest->front();
}

Result<ExecutionView> read_execution(const Store& store, const ExecutionRow& row) {
  auto declaration = store.declaration(row.pipeline, row.version);
  if (!declaration) return declaration.error();
  auto facts = store.execution_facts(row.pipeline, row.number);
  if (!facts) return facts.error();
  ExecutionView view = view_of(row.pipeline, **declaration);
  for (const StoredFact& stored : *facts) fold(view, stored.fact, stored.at);
  return view;
}

Result<const ActionView*> find_action(const ExecutionView& view, const std::string& name) {
  std::vector<const ActionView*> found;
  std::string known;
  for (const StageView& stage : view.stages) {
    for (const ActionView* action : stage.runs()) {
      const std::string whole = stage.name + "/" + action->name;
      known += (known.empty() ? "" : ", ") + whole;
      if (whole == name || action->name == name) found.push_back(action);
    }
  }
  if (found.size() == 1) return found.front();
  return Error{ErrorKind::kNotFound, name,
               (found.empty() ? "the pipeline has no such action; it has "
                              : "several stages have such an action: ") +
                   known};
}

std::string process_text(const std::optional<LeaseHolder>& holder) {
  return holder && holder->pid != 0 ? "process " + std::to_string(holder->pid)
                                    : std::string("another process");
}

Result<void> refuse_if_served(const DataDirectory& data) {
  const auto holder = Lease::holder(data.leases(), kServerLease);
  if (!holder) return holder.error();
  if (!*holder) return {};
  return Error{ErrorKind::kUnavailable, data.root.string(),
               "a server (" + process_text(*holder) +
                   ") has this data directory: `sluice apply FILE` and `sluice start PIPELINE` "
                   "run a pipeline there, --data names another directory"};
}

}  // namespace sluice
