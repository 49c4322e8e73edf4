// What outlives the program in a simulation: a MemoryStore for most seeds, for some a SQLite file
// in a temporary directory, which every new program opens again.
#pragma once

#include <memory>

#include "engine/store/store.hpp"
#include "tests/store/scratch.hpp"

namespace sluice::sim {

class Disk {
 public:
  explicit Disk(bool sqlite);
  [[nodiscard]] Store& store() { return *store_; }
  [[nodiscard]] bool sqlite() const { return scratch_ != nullptr; }
  // As after the end of a program. MemoryStore keeps what it has.
  void reopen();
  // The nth call to the file layer fails (SQLite only).
  void fail_call(int nth);

 private:
  std::unique_ptr<Scratch> scratch_;
  std::unique_ptr<Store> store_;
};

}  // namespace sluice::sim
