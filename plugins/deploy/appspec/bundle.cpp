#include "plugins/deploy/appspec/bundle.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "plugins/deploy/appspec/disk.hpp"
#include "plugins/deploy/appspec/file_tree.hpp"

namespace sluice::appspec {
namespace {

namespace fs = std::filesystem;

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool names_an_archive(const std::string& name) {
  for (const char* end : {".tar", ".tgz", ".tar.gz", ".zip"})
    if (ends_with(name, end)) return true;
  return false;
}

bool mentions_appspec(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return name.find("appspec") != std::string::npos;
}

// The archive's path, or "" when the directory itself is the revision.
Checked<std::string> archive_of(const Bundle& bundle) {
  const DiskTree tree;
  const auto names = tree.entries(bundle.directory);
  const bool only_file = names.size() == 1 && !tree.is_directory(bundle.directory + "/" + names[0]);
  if (bundle.type == "directory") return std::string();
  if (bundle.type.empty() && bundle.file.empty())
    return only_file && names_an_archive(names[0]) ? bundle.directory + "/" + names[0]
                                                   : std::string();
  const std::string file = bundle.file.empty() && only_file ? names[0] : bundle.file;
  if (file.empty())
    return Fault{"BUNDLE_NOT_FOUND",
                 "the input artifact has " + std::to_string(names.size()) +
                     " entries; say which is the archive with the key bundle",
                 bundle.directory};
  const std::string path = bundle.directory + "/" + file;
  std::error_code error;
  if (!fs::is_regular_file(path, error))
    return Fault{"BUNDLE_NOT_FOUND", "the input artifact has no such archive; check bundle", path};
  return path;
}

// v1 agents do so for every bundle: archives are often made of the folder, not its content.
Check strip_single_folder(const std::string& directory) {
  const DiskTree tree;
  const auto names = tree.entries(directory);
  if (names.size() != 1 || !tree.is_directory(directory + "/" + names[0])) return Done{};
  const auto inner = tree.entries(directory + "/" + names[0]);
  if (std::none_of(inner.begin(), inner.end(), mentions_appspec)) return Done{};
  std::error_code error;
  const std::string aside = directory + "-temp";
  fs::remove_all(aside, error);
  fs::rename(directory, aside, error);
  if (!error) fs::rename(aside + "/" + names[0], directory, error);
  if (!error) fs::remove(aside, error);
  if (error) return io_fault("cannot move the revision up one level", directory, error.value());
  return Done{};
}

}  // namespace

Check fetch_bundle(const Bundle& bundle, const std::string& archive_directory,
                   const std::function<bool()>& cancelled) {
  static const std::vector<std::string> kTypes = {"", "directory", "tar", "tgz", "zip"};
  if (std::find(kTypes.begin(), kTypes.end(), bundle.type) == kTypes.end())
    return Fault{"INVALID_BUNDLE_TYPE",
                 "'" + bundle.type + "' is no bundle type; use directory, tar, tgz or zip",
                 {}};
  std::error_code error;
  if (!fs::is_directory(bundle.directory, error))
    return Fault{"BUNDLE_NOT_FOUND", "the input artifact is no directory", bundle.directory};
  const auto archive = archive_of(bundle);
  if (!archive) return archive.fault();
  fs::remove_all(archive_directory, error);
  if (auto made = make_directories(archive_directory); !made) return made;
  auto fetched = archive->empty() ? copy_tree(bundle.directory, archive_directory)
                                  : unpack_archive(*archive, archive_directory, cancelled);
  if (!fetched) return fetched;
  return strip_single_folder(archive_directory);
}

}  // namespace sluice::appspec
