// The store's facts as events: what the publisher publishes, the log endpoint serves and `sluice
// events` prints.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/runtime/event_of.hpp"

namespace sluice {

class EventReader {
 public:
  // The store outlives the reader. One thread at a time.
  EventReader(const Store& store, Realm realm) : store_(store), realm_(std::move(realm)) {}

  // Events of at most `limit` facts after a sequence, oldest first; `upto` becomes the last
  // sequence looked at.
  Result<std::vector<Event>> read(Sequence after, std::uint32_t limit, Sequence& upto);
  // How many of the sequences after < s <= upto retention has removed.
  Result<std::uint64_t> removed_between(Sequence after, Sequence upto) const {
    return store_.removed_between(after, upto);
  }
  // The events of facts that are at hand. Those whose history is removed meanwhile are left out.
  Result<std::vector<Event>> tell(std::span<const StoredFact> facts);
  // The last sequence before a time (Unix ms); 0 if there is none.
  Sequence before(std::int64_t unix_ms) const;

 private:
  struct Known {
    ExecutionRow row;
    DeclarationPtr declaration;
    std::uint16_t attempt = 1;           // as of the last fact told
    std::map<Index, Instant> retried{};  // stages, and when they were retried last
    Sequence seen = 0;

    void note(const StoredFact& fact);  // a retry counts
  };
  Result<Known*> know(const StoredFact& stored, ExecutionNumber number);

  const Store& store_;
  Realm realm_;
  std::map<std::pair<std::string, ExecutionNumber>, Known> known_;
};

}  // namespace sluice
