#include "tests/store/faulty_disk.hpp"

#include <sqlite3.h>

#include <new>

namespace sluice::faulty_disk {
namespace {

int calls_left = 0;
int failure = SQLITE_OK;
bool failed = false;

// SQLITE_OK, or the failure if this call is the one.
int count_call() {
  if (calls_left == 0 || --calls_left != 0) return SQLITE_OK;
  failed = true;
  return failure;
}

sqlite3_vfs* real() {
  return sqlite3_vfs_find(nullptr);
}

struct File {
  sqlite3_file base;
  sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* inner(sqlite3_file* file) {
  return reinterpret_cast<File*>(file)->inner();
}

// Passes a method on; the counting ones may fail first.
template <auto Method, bool Counts, class... A>
int pass(sqlite3_file* file, A... arguments) {
  if constexpr (Counts) {
    if (const int code = count_call(); code != SQLITE_OK) return code;
  }
  return (inner(file)->pMethods->*Method)(inner(file), arguments...);
}

using M = sqlite3_io_methods;
const M kMethods = {
    2,
    pass<&M::xClose, false>,
    pass<&M::xRead, false, void*, int, sqlite3_int64>,
    pass<&M::xWrite, true, const void*, int, sqlite3_int64>,
    pass<&M::xTruncate, true, sqlite3_int64>,
    pass<&M::xSync, true, int>,
    pass<&M::xFileSize, false, sqlite3_int64*>,
    pass<&M::xLock, true, int>,
    pass<&M::xUnlock, false, int>,
    pass<&M::xCheckReservedLock, false, int*>,
    pass<&M::xFileControl, false, int, void*>,
    pass<&M::xSectorSize, false>,
    pass<&M::xDeviceCharacteristics, false>,
    pass<&M::xShmMap, true, int, int, int, void volatile**>,
    pass<&M::xShmLock, false, int, int, int>,
    [](sqlite3_file* file) { inner(file)->pMethods->xShmBarrier(inner(file)); },
    pass<&M::xShmUnmap, false, int>,
    nullptr,
    nullptr,
};

int open(sqlite3_vfs* /*vfs*/, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  if (count_call() != SQLITE_OK) return SQLITE_CANTOPEN;
  const int code = real()->xOpen(real(), path, inner(file), flags, out_flags);
  if (code == SQLITE_OK) file->pMethods = &kMethods;
  return code;
}

}  // namespace

const char* name() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *real();
    made.szOsFile = static_cast<int>(sizeof(File)) + real()->szOsFile;
    made.zName = "faulty";
    made.xOpen = open;
    made.pNext = nullptr;
    return made;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  static_cast<void>(registered);
  return vfs.zName;
}

void fail_call(int nth, int code) {
  calls_left = nth;
  failure = code;
  failed = false;
}

bool has_failed() {
  return failed;
}

}  // namespace sluice::faulty_disk
