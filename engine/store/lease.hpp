// Who may do a thing that only one process may do at a time, such as to run a pipeline: whoever
// holds the lock on its file in DATA/leases. The kernel gives a lock back when its process ends,
// however it ends, so a lease is never stale; a child that it was just starting may have it for a
// moment longer. The file tells others who holds it; it stays when the
// lease is over.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/ids.hpp"
#include "engine/core/result.hpp"

namespace sluice {

struct LeaseHolder {
  std::int64_t pid = 0;   // 0: it has not told yet
  std::string execution;  // what it runs, for people; may be ""
  Instant since;
};

class Lease {
 public:
  // Takes the lease of `what` ("pipeline webshop": a kind and a name, also the words of the
  // message), waiting up to wait_ms for another to give it back; 0 does not wait, but up to 5 s
  // for what is left of a holder that is dead. Any thread;
  // blocks the caller. The lease is this process's, not the thread's, and not its children's.
  // kUnavailable: held by another, who is named in the message; or the file cannot be made.
  static Result<Lease> acquire(const std::filesystem::path& leases, const std::string& what,
                               const std::string& execution, std::int64_t wait_ms);
  // Gives it back.
  ~Lease();
  Lease(Lease&& from) noexcept;
  Lease& operator=(Lease&& from) noexcept;

  // Tells others another execution than before.
  void announce(const std::string& execution);

  // Who holds it; none if nobody does. Never disturbs one who is just taking it.
  static Result<std::optional<LeaseHolder>> holder(const std::filesystem::path& leases,
                                                   const std::string& what);
  // Who holds any lease of a kind ("pipeline"), whatever its name; none if nobody does.
  static Result<std::optional<LeaseHolder>> any_holder(const std::filesystem::path& leases,
                                                       const std::string& kind);

 private:
  Lease(int file, Instant since) : file_(file), since_(since) {}

  int file_ = -1;
  Instant since_;
};

}  // namespace sluice
