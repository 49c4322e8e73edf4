// libarchive is seen by this file alone.
#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "plugins/deploy/appspec/bundle.hpp"
#include "plugins/deploy/appspec/disk.hpp"

namespace sluice::appspec {
namespace {

struct CloseReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
struct CloseWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};

std::string said(archive* where) {
  const char* text = archive_error_string(where);
  return text ? text : "unknown reason";
}

Check copy_data(archive* reader, archive* writer, const std::string& file) {
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  while (true) {
    const int got = archive_read_data_block(reader, &block, &size, &offset);
    if (got == ARCHIVE_EOF) return Done{};
    if (got < ARCHIVE_WARN)
      return Fault{"BUNDLE_UNREADABLE", "the archive is damaged: " + said(reader), file};
    if (archive_write_data_block(writer, block, size, offset) < ARCHIVE_WARN)
      return Fault{"IO_ERROR", "cannot unpack: " + said(writer), file};
  }
}

// Names in an archive start at its own root.
void move_below(archive_entry* entry, const std::string& directory) {
  const auto below = [&](const char* name) { return directory + "/" + (name ? name : ""); };
  archive_entry_set_pathname(entry, below(archive_entry_pathname(entry)).c_str());
  if (const char* linked = archive_entry_hardlink(entry))
    archive_entry_set_hardlink(entry, below(linked).c_str());
}

bool climbs(const char* name) {
  const std::string path = std::string("/") + (name ? name : "") + "/";
  return path.find("/../") != std::string::npos;
}

}  // namespace

Check unpack_archive(const std::string& file, const std::string& directory,
                     const std::function<bool()>& cancelled) {
  const std::unique_ptr<archive, CloseReader> reader(archive_read_new());
  const std::unique_ptr<archive, CloseWriter> writer(archive_write_disk_new());
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_write_disk_set_options(writer.get(), ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |
                                                   ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                                   ARCHIVE_EXTRACT_SECURE_NODOTDOT);
  if (archive_read_open_filename(reader.get(), file.c_str(), 65536) != ARCHIVE_OK)
    return Fault{"BUNDLE_UNREADABLE", "cannot read the archive: " + said(reader.get()), file};
  archive_entry* entry = nullptr;
  while (true) {
    if (cancelled && cancelled())
      return Fault{"CANCELLED", "the deployment was stopped while it unpacked", file};
    const int got = archive_read_next_header(reader.get(), &entry);
    if (got == ARCHIVE_EOF) break;
    if (got < ARCHIVE_WARN)
      return Fault{"BUNDLE_UNREADABLE", "cannot read the archive: " + said(reader.get()), file};
    if (climbs(archive_entry_pathname(entry)) || climbs(archive_entry_hardlink(entry)))
      return Fault{"BUNDLE_UNREADABLE", "an entry of the archive leads outside of it", file};
    move_below(entry, directory);
    if (archive_write_header(writer.get(), entry) < ARCHIVE_WARN)
      return Fault{"IO_ERROR", "cannot unpack: " + said(writer.get()), file};
    if (auto copied = copy_data(reader.get(), writer.get(), file); !copied) return copied;
  }
  if (archive_write_close(writer.get()) < ARCHIVE_WARN)
    return Fault{"IO_ERROR", "cannot unpack: " + said(writer.get()), file};
  return Done{};
}

}  // namespace sluice::appspec
