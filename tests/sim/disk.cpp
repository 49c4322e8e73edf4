#include "tests/sim/disk.hpp"

#include <sqlite3.h>

#include <stdexcept>

#include "engine/store/memory_store.hpp"
#include "engine/store/sqlite_store.hpp"
#include "tests/store/faulty_disk.hpp"

namespace sluice::sim {

Disk::Disk(bool sqlite) {
  if (sqlite) {
    scratch_ = std::make_unique<Scratch>();
    reopen();
  } else {
    store_ = std::make_unique<MemoryStore>();
  }
}

void Disk::reopen() {
  if (scratch_ == nullptr) return;
  faulty_disk::fail_call(0, SQLITE_OK);
  store_.reset();
  SqliteOptions options;
  options.vfs = faulty_disk::name();
  auto opened = open_sqlite_store(scratch_->path() / "sluice.db", options);
  if (!opened) throw std::runtime_error("simulation: " + opened.error().text());
  store_ = std::move(opened.value());
}

void Disk::fail_call(int nth) {
  if (sqlite()) faulty_disk::fail_call(nth, nth == 0 ? SQLITE_OK : SQLITE_FULL);
}

}  // namespace sluice::sim
