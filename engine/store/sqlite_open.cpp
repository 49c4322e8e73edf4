#include "engine/store/sqlite_open.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "engine/store/schema.hpp"

namespace sluice::sqlite {
namespace {

constexpr std::int64_t kApplication = 0x736c7563;  // "sluc"; SQLite's application_id
constexpr const char* kBegin = "BEGIN IMMEDIATE";

Error system_error(const std::filesystem::path& path, const char* doing) {
  return {ErrorKind::kUnavailable, path.string(),
          std::string(doing) + ": " + std::strerror(errno) +
              ". Check that the data directory exists and may be written, or name another one."};
}

Result<void> sync_path(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return system_error(path, "cannot be opened");
  const int synced = ::fsync(fd);
  const int why = errno;
  ::close(fd);
  errno = why;
  if (synced != 0) return system_error(path, "cannot be made durable");
  return {};
}

// The steps from `version` on, and the version that they lead to, in the open transaction.
Result<void> apply_steps(Connection& connection, std::int64_t version) {
  const auto steps = schema_steps();
  for (std::size_t step = static_cast<std::size_t>(version); step < steps.size(); ++step) {
    if (auto done = connection.execute(steps[step]); !done) return done;
  }
  const std::string stamp = "PRAGMA application_id = " + std::to_string(kApplication) +
                            "; PRAGMA user_version = " + std::to_string(steps.size());
  return connection.execute(stamp.c_str());
}

Result<void> migrate(Connection& connection) {
  if (auto begun = connection.execute(kBegin); !begun) return begun;
  auto version = connection.number("PRAGMA user_version");  // another process may have been first
  if (!version) return version.error();
  auto done = apply_steps(connection, *version);
  if (done) done = connection.execute("COMMIT");
  if (!done) connection.roll_back();
  return done;
}

// Made under another name without a sync in between, then made durable and given its name at once:
// whoever sees the file sees a whole database, and a second maker at the same time loses nothing.
Result<void> create(const std::filesystem::path& file, const OpenOptions& options) {
  const std::filesystem::path draft = file.string() + ".new." + std::to_string(::getpid());
  std::error_code ignored;
  std::filesystem::remove(draft, ignored);
  OpenOptions create_options = options;
  create_options.create = true;
  auto result = [&]() -> Result<void> {
    auto connection = Connection::open(draft, create_options);
    if (!connection) return connection.error();
    auto done = (*connection)->execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
    if (done) done = migrate(**connection);
    if (done) done = (*connection)->execute("PRAGMA journal_mode = WAL");
    return done;
  }();
  if (result) result = sync_path(draft, O_RDWR);
  if (result && ::link(draft.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    result = system_error(file, "cannot be made");
  }
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(draft.string() + suffix, ignored);
  }
  if (result)
    result = sync_path(file.has_parent_path() ? file.parent_path() : ".", O_RDONLY | O_DIRECTORY);
  return result;
}

Result<void> bring_up_to_date(Connection& connection, const std::filesystem::path& file) {
  auto version = connection.number("PRAGMA user_version");
  if (!version) return version.error();
  const auto known = static_cast<std::int64_t>(schema_steps().size());
  auto application = connection.number("PRAGMA application_id");
  if (!application) return application.error();
  auto tables = *application == kApplication
                    ? Result<std::int64_t>(0)
                    : connection.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*application != kApplication && (*version != 0 || *tables != 0)) {
    return Error{ErrorKind::kBadInput, file.string(),
                 "is a database of another program. Name another data directory."};
  }
  if (*version > known) {
    return Error{ErrorKind::kUnsupported, file.string(),
                 "was written by a newer sluice (data version " + std::to_string(*version) +
                     "; this one knows up to " + std::to_string(known) +
                     "). Nothing was changed. Use the newer sluice, or another data directory."};
  }
  if (*version == known) return {};
  if (*version == 0) {
    if (auto done = connection.execute("PRAGMA journal_mode = WAL"); !done) return done;
  }
  return migrate(connection);
}

}  // namespace

Result<std::unique_ptr<Connection>> open_database(const std::filesystem::path& file,
                                                  const OpenOptions& options) {
  if (::access(file.c_str(), F_OK) != 0) {
    if (auto made = create(file, options); !made) return made.error();
  }
  auto connection = Connection::open(file, options);
  if (!connection) return connection;
  if (auto done = bring_up_to_date(**connection, file); !done) return done.error();
  // secure_delete is on in Debian's build and doubles the cost of replacing a row.
  auto done = (*connection)
                  ->execute(
                      "PRAGMA synchronous = FULL; PRAGMA secure_delete = OFF;"
                      "PRAGMA cache_size = -8192");
  if (!done) return done.error();
  return connection;
}

Result<std::unique_ptr<Connection>> open_reader(const std::filesystem::path& file,
                                                const OpenOptions& options) {
  auto connection = Connection::open(file, options);
  if (!connection) return connection;
  if (auto done = (*connection)->execute("PRAGMA query_only = ON"); !done) return done.error();
  return connection;
}

}  // namespace sluice::sqlite
