// What the contract of stores is tested with: each kind of store, and words for what goes in and
// comes out.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/memory_store.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/store/samples.hpp"
#include "tests/store/scratch.hpp"

// Each case is run against each store.
#define STORE_TEST(name) TEMPLATE_TEST_CASE(name, "", InMemory, InSqlite)

namespace sluice {

struct InMemory {
  MemoryStore memory;
  Store& store = memory;
};
struct InSqlite {
  Scratch scratch;
  std::unique_ptr<Store> owned = open_sqlite_store(scratch.path() / "sluice.db").value();
  Store& store = *owned;
};

inline Append append_of(std::string pipeline, Facts facts, std::vector<ExecutionRow> rows = {}) {
  return {std::move(pipeline), {5000}, std::move(facts), std::move(rows)};
}
inline Sequence commit(Store& store, const std::vector<Append>& batch) {
  const auto first = store.commit(batch);
  REQUIRE(first);
  return *first;
}
inline std::vector<Sequence> sequences(const Result<std::vector<StoredFact>>& facts) {
  REQUIRE(facts);
  std::vector<Sequence> result;
  for (const StoredFact& fact : *facts) result.push_back(fact.sequence);
  return result;
}
inline std::vector<ExecutionNumber> numbers(const Result<std::vector<ExecutionRow>>& rows) {
  REQUIRE(rows);
  std::vector<ExecutionNumber> result;
  for (const ExecutionRow& row : *rows) result.push_back(row.number);
  return result;
}
template <class T>
inline ErrorKind kind_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().message.empty());
  return result.error().kind;
}

using Sequences = std::vector<Sequence>;
using Numbers = std::vector<ExecutionNumber>;

inline DefinitionAdopted version_of(const std::string& name, std::uint32_t version) {
  PipelineDeclaration declaration;
  declaration.name = name;
  declaration.version = version;
  return {declaration};
}

}  // namespace sluice
