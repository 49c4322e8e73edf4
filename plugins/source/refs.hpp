// What a remote repository offers, read from `git ls-remote --symref`. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::source {

struct Refs {
  std::string head_branch;  // the branch that HEAD names; "" if HEAD is detached or absent
  std::string head_commit;  // "" in a repository without commits
  std::map<std::string, std::string> branches, tags;  // name -> object id
};

// Lines that are not understood are skipped: the remote may be newer than we are.
[[nodiscard]] Refs parse_refs(std::string_view text);

// Up to five of `names` that somebody may have meant by `wanted`, the nearest first.
[[nodiscard]] std::vector<std::string> near_names(const std::string& wanted,
                                                  const std::map<std::string, std::string>& names);

// "there is no branch 'mian' in URL; did you mean 'main'?", or what there is.
[[nodiscard]] std::string missing_name(const std::string& kind, const std::string& wanted,
                                       const std::map<std::string, std::string>& names,
                                       const std::string& where);

}  // namespace sluice::source
