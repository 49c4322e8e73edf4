#include "sdk/host/elf_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace sluice::host {
namespace {

constexpr std::string_view kEntry = "sluice_plugin_entry_v1";
constexpr std::string_view kAnyEntry = "sluice_plugin_entry_v";
#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr Elf64_Half kMachine = EM_RISCV;
#else
#error "name this machine's ELF number here"
#endif

// A file mapped for reading; views outside of it are empty.
class Mapped {
 public:
  Mapped(int file, std::size_t size) : size_(size) {
    void* const at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at != MAP_FAILED) data_ = static_cast<const char*>(at);
  }
  ~Mapped() {
    if (data_) munmap(const_cast<char*>(data_), size_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  [[nodiscard]] std::string_view bytes(std::uint64_t offset, std::uint64_t count) const {
    if (!data_ || offset > size_ || count > size_ - offset) return {};
    return {data_ + offset, count};
  }
  // A copy, because nothing in a file needs to be aligned.
  template <class T>
  [[nodiscard]] bool read(std::uint64_t offset, T& value) const {
    const auto at = bytes(offset, sizeof value);
    if (at.empty()) return false;
    std::memcpy(&value, at.data(), sizeof value);
    return true;
  }

 private:
  const char* data_ = nullptr;
  std::size_t size_;
};

const char* const kDamaged = "the file is damaged or cut off: copy or build it again";

std::string check_header(const Mapped& file, Elf64_Ehdr& header) {
  const auto ident = file.bytes(0, EI_NIDENT);
  if (ident.size() < EI_NIDENT || ident.substr(0, SELFMAG) != std::string_view(ELFMAG, SELFMAG))
    return "not a shared library (no ELF header): a plugin is built with -shared";
  if (ident[EI_CLASS] != ELFCLASS64)
    return "a 32-bit library: build the plugin for 64 bit, as this program is";
  if (!file.read(0, header)) return kDamaged;
  if (header.e_machine != kMachine)
    return "built for another machine (ELF machine " + std::to_string(header.e_machine) +
           ", here " + std::to_string(kMachine) + "): build the plugin for this one";
  if (header.e_type != ET_DYN)
    return "an ELF file, but no shared library: a plugin is built with -shared";
  return "";
}

// Every byte that the loader will map must be in the file: past its end is a bus error.
std::string check_segments(const Mapped& file, const Elf64_Ehdr& header) {
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (header.e_phentsize != sizeof segment ||
        !file.read(header.e_phoff + std::uint64_t{i} * sizeof segment, segment))
      return kDamaged;
    if (segment.p_type == PT_LOAD && segment.p_filesz > 0 &&
        file.bytes(segment.p_offset, segment.p_filesz).empty())
      return kDamaged;
    if (segment.p_type == PT_INTERP)
      return "an executable, not a shared library: a plugin is built with -shared";
  }
  return "";
}

// Names of the entry symbols that the dynamic symbol table defines.
bool entry_symbols(const Mapped& file, const Elf64_Ehdr& header, std::vector<std::string>& names) {
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr table, strings;
    if (!file.read(header.e_shoff + std::uint64_t{i} * sizeof table, table)) return false;
    if (table.sh_type != SHT_DYNSYM) continue;
    if (!file.read(header.e_shoff + std::uint64_t{table.sh_link} * sizeof strings, strings))
      return false;
    const auto texts = file.bytes(strings.sh_offset, strings.sh_size);
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      if (!file.read(table.sh_offset + at, symbol)) return false;
      if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= texts.size()) continue;
      const auto rest = texts.substr(symbol.st_name);
      const auto name = rest.substr(0, rest.find('\0'));
      if (name.starts_with(kAnyEntry)) names.emplace_back(name);
    }
  }
  return true;
}

std::string check_entry(const Mapped& file, const Elf64_Ehdr& header) {
  std::vector<std::string> names;
  if (!entry_symbols(file, header, names)) return kDamaged;
  if (names.empty())
    return "no sluice plugin: it does not export " + std::string(kEntry) +
           " (SLUICE_PLUGIN, or the constant of sluice/plugin.h, is missing or hidden)";
  if (names.size() > 1)
    return "exports more than one entry symbol (" + names[0] + ", " + names[1] +
           "): a plugin is for one major version";
  if (names[0] != kEntry)
    return "exports " + names[0] + ", of another major version of the plugin interface, not " +
           std::string(kEntry) + ": build it against this version's SDK";
  return "";
}

}  // namespace

std::string check_plugin_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::string("cannot be opened: ") + std::strerror(errno);
  struct stat status = {};
  std::string problem;
  if (fstat(file, &status) != 0)
    problem = std::string("cannot be read: ") + std::strerror(errno);
  else if (S_ISDIR(status.st_mode))
    problem = "a directory, not a shared library";
  else if (!S_ISREG(status.st_mode))
    problem = "not a regular file";
  else if (status.st_size == 0)
    problem = "the file is empty: copy or build it again";
  if (problem.empty()) {
    const Mapped mapped(file, static_cast<std::size_t>(status.st_size));
    Elf64_Ehdr header;
    problem = check_header(mapped, header);
    if (problem.empty()) problem = check_segments(mapped, header);
    if (problem.empty()) problem = check_entry(mapped, header);
  }
  close(file);
  return problem;
}

}  // namespace sluice::host
