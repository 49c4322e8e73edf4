#include "engine/hosts/catalog_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace sluice {
namespace {

using nlohmann::json;
constexpr int kFormat = 1;

json to_json(const FileIdentity& identity) {
  return json::array({identity.inode, identity.size, identity.modified_ns});
}
FileIdentity identity_from(const json& from) {
  return {from.at(0).get<std::uint64_t>(), from.at(1).get<std::uint64_t>(),
          from.at(2).get<std::int64_t>()};
}

json to_json(const wire::Description& description) {
  json actions = json::array();
  for (const auto& a : description.actions)
    actions.push_back({a.category, a.provider, a.version, a.uses, a.summary, a.configuration_schema,
                       a.min_inputs, a.max_inputs, a.min_outputs, a.max_outputs, a.output_variables,
                       a.flags, a.default_timeout_ms});
  return {description.name, description.version, description.description,
          description.abi_minor_needed, actions};
}

wire::Description description_from(const json& from) {
  wire::Description description;
  from.at(0).get_to(description.name);
  from.at(1).get_to(description.version);
  from.at(2).get_to(description.description);
  from.at(3).get_to(description.abi_minor_needed);
  for (const auto& action : from.at(4)) {
    wire::ActionType a;
    action.at(0).get_to(a.category);
    action.at(1).get_to(a.provider);
    action.at(2).get_to(a.version);
    action.at(3).get_to(a.uses);
    action.at(4).get_to(a.summary);
    action.at(5).get_to(a.configuration_schema);
    action.at(6).get_to(a.min_inputs);
    action.at(7).get_to(a.max_inputs);
    action.at(8).get_to(a.min_outputs);
    action.at(9).get_to(a.max_outputs);
    action.at(10).get_to(a.output_variables);
    action.at(11).get_to(a.flags);
    action.at(12).get_to(a.default_timeout_ms);
    description.actions.push_back(std::move(a));
  }
  return description;
}

}  // namespace

std::optional<FileIdentity> identify(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_ino, static_cast<std::uint64_t>(status.st_size),
                      status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec};
}

CatalogCache::CatalogCache(std::string file, FileIdentity host_program)
    : file_(std::move(file)), host_program_(host_program) {
  if (file_.empty()) return;
  std::ostringstream text;
  text << std::ifstream(file_, std::ios::binary).rdbuf();
  const json root = json::parse(text.str(), nullptr, false);
  if (root.is_discarded()) return;
  try {
    if (root.at("format") != kFormat || identity_from(root.at("host")) != host_program_) return;
    for (const auto& [path, entry] : root.at("plugins").items())
      entries_[path] = {identity_from(entry.at(0)), description_from(entry.at(1))};
  } catch (const json::exception&) {
    entries_.clear();
  }
}

const wire::Description* CatalogCache::find(const std::string& path,
                                            const FileIdentity& identity) const {
  const auto found = entries_.find(path);
  if (found == entries_.end() || found->second.identity != identity) return nullptr;
  return &found->second.description;
}

void CatalogCache::put(const std::string& path, const FileIdentity& identity,
                       wire::Description description) {
  entries_[path] = {identity, std::move(description)};
  changed_ = true;
}

void CatalogCache::save() const {
  if (!changed_ || file_.empty()) return;
  json plugins = json::object();
  for (const auto& [path, entry] : entries_)
    if (identify(path)) plugins[path] = {to_json(entry.identity), to_json(entry.description)};
  const json root = {{"format", kFormat}, {"host", to_json(host_program_)}, {"plugins", plugins}};
  const std::string text = root.dump(-1, ' ', false, json::error_handler_t::replace);
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), ignored);
  const std::string unborn = file_ + '.' + std::to_string(getpid());
  const int file = open(unborn.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file) == 0;
  close(file);
  if (!written || rename(unborn.c_str(), file_.c_str()) != 0) unlink(unborn.c_str());
}

}  // namespace sluice
