// What an AppSpec file for servers says, after reading (facts/build_deploy.md B1-B5). Plain values:
// the parser makes them, the planner and the hook runner read them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::appspec {

struct FileMapping {
  std::string source, destination;
};

enum class AceClass { kUser, kGroup, kMask, kOther };

// One entry of an access control list (B4). An empty name is the base entry of its class.
struct Ace {
  bool is_default = false;
  AceClass entry_class = AceClass::kUser;
  std::string name;
  bool read = false, write = false, execute = false;
};

struct SecurityLabel {
  std::string user;   // from the key `name`; empty: the tool's default
  std::string type;   // required
  std::string range;  // normalised, such as "s0-s3:c0.c3,c7"; empty: the tool's default
};

struct Permission {
  std::string object;
  std::string pattern = "**";
  std::vector<std::string> except;
  bool files = true, directories = true;    // `type`
  std::optional<std::string> owner, group;  // names
  std::optional<std::string> mode;          // 3 or 4 octal digits
  std::optional<std::vector<Ace>> acls;     // an empty list still replaces the whole ACL
  std::optional<SecurityLabel> context;
};

struct Script {
  std::string location;  // trimmed, relative to the revision
  std::optional<std::string> runas;
  bool sudo = false;
  long timeout_s = 3600;
};

struct AppSpec {
  std::string os;
  std::string file_exists_behavior;  // "", "DISALLOW", "OVERWRITE" or "RETAIN"
  std::vector<FileMapping> files;
  std::vector<Permission> permissions;
  std::map<std::string, std::vector<Script>> hooks;
  std::vector<std::string> warnings;  // what is allowed but surely not meant, with its place
};

}  // namespace sluice::appspec
