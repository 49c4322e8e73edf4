// The directories of a pool: one for all that lives only as long as the pool, with a lock by which
// another process sees that it is in use, and the state directories, which stay.
#pragma once

#include <functional>
#include <string>

#include "engine/core/result.hpp"
#include "engine/hosts/hosts.hpp"
#include "engine/hosts/job_message.hpp"

namespace sluice {

// What the pool needs of an artifact store. Called on several I/O threads at once.
struct ArtifactPort {
  // Fills the directory, which exists and is empty, with the artifact's content.
  std::function<Result<void>(const ArtifactRef& artifact, const std::string& directory)> unpack;
  // Stores the directory's content as the output artifact `name` of the job; gives its digest. The
  // directory is removed afterwards, so its files may be moved away.
  std::function<Result<std::string>(const Job& job, const std::string& name,
                                    const std::string& directory)>
      pack;
};

class Workspace {
 public:
  // directory/PID-xxxxxx is made, and locked.
  [[nodiscard]] static Result<Workspace> open(const std::string& directory);
  Workspace(Workspace&& from) noexcept;
  Workspace& operator=(Workspace&&) = delete;
  // Removes it.
  ~Workspace();

  [[nodiscard]] const std::string& root() const { return root_; }
  // Makes root/name.
  [[nodiscard]] Result<std::string> make(const std::string& name) const;
  // Removes what processes that are gone have left in `directory`. Blocks.
  static void remove_stale(const std::string& directory);

 private:
  Workspace() = default;
  std::string root_;
  int lock_ = -1;
};

// Makes the directories of the job's artifacts below `directory` and unpacks the inputs. Blocks.
[[nodiscard]] Result<RunDirectories> prepare_artifacts(const Job& job, const ArtifactPort& port,
                                                       const std::string& directory);
// Packs the outputs. Blocks.
[[nodiscard]] Result<std::vector<ArtifactRef>> pack_artifacts(const Job& job,
                                                              const ArtifactPort& port,
                                                              const RunDirectories& where);

}  // namespace sluice
