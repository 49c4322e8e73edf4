// One step of taking history out of the database: what goes is searched for first, then written in
// one short transaction. A block that loses facts is written anew as one block for each run of
// those that stay, so that these keep their sequence and are not decoded. Private to engine/store.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/sqlite.hpp"
#include "engine/store/store.hpp"

namespace sluice {

class HistoryRemoval {
 public:
  explicit HistoryRemoval(sqlite::Connection& db) : db_(db) {}

  // Reads, outside of any transaction. Blocks change by removals alone, and those come from one
  // thread, so that what was found holds until write().
  Result<void> find(const Removal& removal);
  [[nodiscard]] bool is_empty() const { return executions_.empty() && gone_.empty(); }
  // In the open transaction. kConflict: an execution has changed since find().
  Result<void> write();
  // After write().
  [[nodiscard]] Removed removed() const;

 private:
  struct Doomed {
    Removal::Ended ended;
    Sequence limit = 0;  // the last sequence that may go
    std::vector<Sequence> sequences;
    std::set<std::int64_t> ranges;
  };
  // (pipeline, execution)
  using Key = std::pair<std::int64_t, ExecutionNumber>;

  Result<bool> is_there(std::int64_t pipeline, const Removal::Ended& ended);
  Result<Sequence> limit_of(std::int64_t pipeline, const std::string& name, Sequence upto);
  Result<void> find_execution(const Removal::Ended& ended, Sequence upto);
  Result<void> find_about(const Removal::About& about, Sequence upto);
  Result<void> find_facts();
  Result<void> read_range(std::int64_t range);
  Result<void> look_at(std::string_view block, Sequence first);
  Result<std::string> block_of(Sequence sequence, Sequence& first);
  Result<bool> is_about(std::int64_t pipeline, Sequence wanted);
  Result<Sequence> rewrite(Sequence first, std::string_view block);
  Result<void> forget(Sequence first, Sequence last);
  template <class... T>
  Result<void> run(const char* sql, const T&... values);

  sqlite::Connection& db_;
  Sequence newest_block_ = 0;
  std::map<Key, Doomed> executions_;
  std::set<Sequence> gone_;
  std::vector<std::pair<std::int64_t, Sequence>> about_;  // (pipeline, sequence)
};

}  // namespace sluice
