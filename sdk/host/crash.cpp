#include "sdk/host/crash.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unwind.h>

#include <atomic>
#include <cstdint>
#include <cstring>

#include "sdk/host/leftovers.hpp"

// libstdc++'s demangler that allocates nothing. It is in the archive alone: a host that has the
// shared library, because a sanitizer wants that, shows names as they are.
#ifdef SLUICE_SHARED_LIBSTDCXX
static int __gcclibcxx_demangle_callback(const char*, void (*)(const char*, size_t, void*), void*) {
  return -1;
}
#else
extern "C" int __gcclibcxx_demangle_callback(const char*, void (*)(const char*, size_t, void*),
                                             void*);
#endif

#ifdef __SANITIZE_ADDRESS__
// It would take our stack for signals for its own, and unmap it when the main thread ends.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "use_sigaltstack=0";
}
#endif

namespace sluice::host {
namespace {

constexpr int kMaxFrames = 48;
constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
std::atomic_flag reporting = ATOMIC_FLAG_INIT;

// A line of bounded length that is put together without allocating.
class Line {
 public:
  Line& text(const char* from, std::size_t size) {
    for (std::size_t i = 0; i < size && size_ < sizeof buffer_ - 1; ++i) buffer_[size_++] = from[i];
    return *this;
  }
  Line& text(const char* from) { return text(from, std::strlen(from)); }
  Line& number(std::uint64_t value, unsigned base) {
    char digits[24];
    int at = sizeof digits;
    do digits[--at] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    return text(digits + at, sizeof digits - static_cast<std::size_t>(at));
  }
  void end() {
    buffer_[size_++] = '\n';
    if (write(2, buffer_, size_) < 0) return;
  }

 private:
  char buffer_[1024];
  std::size_t size_ = 0;
};

// Finds the function that covers an address of a module in the module's full symbol table, which
// still names what the dynamic one hides. Gives its name in the mapped file, or null.
const char* function_name(const char* module, std::uint64_t address, std::uint64_t& offset) {
  const int file = open(module, O_RDONLY | O_CLOEXEC);
  if (file < 0) return nullptr;
  struct stat status = {};
  void* map = MAP_FAILED;
  if (fstat(file, &status) == 0 && status.st_size > static_cast<off_t>(sizeof(Elf64_Ehdr)))
    map = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (map == MAP_FAILED) return nullptr;
  const char* const bytes = static_cast<const char*>(map);
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(bytes);
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(bytes + header->e_shoff);
  for (unsigned i = 0; i < header->e_shnum; ++i) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const auto* symbols = reinterpret_cast<const Elf64_Sym*>(bytes + sections[i].sh_offset);
    const std::size_t count = sections[i].sh_size / sizeof(Elf64_Sym);
    for (std::size_t s = 0; s < count; ++s) {
      if (ELF64_ST_TYPE(symbols[s].st_info) != STT_FUNC || address < symbols[s].st_value ||
          address >= symbols[s].st_value + symbols[s].st_size)
        continue;
      offset = address - symbols[s].st_value;
      return bytes + sections[sections[i].sh_link].sh_offset + symbols[s].st_name;
    }
  }
  munmap(map, static_cast<std::size_t>(status.st_size));
  return nullptr;
}

struct Walk {
  int frame = 0;
  bool past_signal = false;
};

void print_frame(int number, std::uintptr_t address) {
  Line line;
  line.text("  #").number(static_cast<std::uint64_t>(number), 10).text(" ");
  Dl_info info = {};
  if (dladdr(reinterpret_cast<void*>(address), &info) == 0 || !info.dli_fname) {
    line.text("0x").number(address, 16).end();
    return;
  }
  const std::uint64_t in_module = address - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
  std::uint64_t offset = 0;
  const char* name = function_name(info.dli_fname, in_module, offset);
  if (!name && info.dli_sname) {
    name = info.dli_sname;
    offset = address - reinterpret_cast<std::uintptr_t>(info.dli_saddr);
  }
  if (name) {
    const auto add = [](const char* text, size_t size, void* to) {
      static_cast<Line*>(to)->text(text, size);
    };
    if (std::strncmp(name, "_Z", 2) != 0 || __gcclibcxx_demangle_callback(name, add, &line) != 0)
      line.text(name);
    line.text(" + 0x").number(offset, 16).text(" ");
  }
  const char* const slash = std::strrchr(info.dli_fname, '/');
  line.text("(").text(slash ? slash + 1 : info.dli_fname).text("+0x").number(in_module, 16);
  line.text(")").end();
}

_Unwind_Reason_Code visit(_Unwind_Context* at, void* data) {
  auto& walk = *static_cast<Walk*>(data);
  int before_instruction = 0;
  const std::uintptr_t address = _Unwind_GetIPInfo(at, &before_instruction);
  // The frame that was interrupted has an exact address; the frames above it are this handler's.
  if (before_instruction) walk.past_signal = true;
  if (!walk.past_signal) return _URC_NO_REASON;
  if (address == 0 || walk.frame == kMaxFrames) return _URC_END_OF_STACK;
  print_frame(walk.frame++, before_instruction ? address : address - 1);
  return _URC_NO_REASON;
}

void report(int signal, siginfo_t* info, void*) {
  if (!reporting.test_and_set()) {
    ::signal(SIGALRM, SIG_DFL);
    alarm(10);  // should the crash hold a lock that the report needs
    Line line;
    line.text("the plugin crashed with signal ").number(static_cast<std::uint64_t>(signal), 10);
    const char* const name = sigdescr_np(signal);
    if (name) line.text(" (").text(name).text(")");
    if (signal == SIGSEGV || signal == SIGBUS)
      line.text(" at address 0x").number(reinterpret_cast<std::uintptr_t>(info->si_addr), 16);
    line.text("; backtrace:").end();
    Walk walk;
    _Unwind_Backtrace(visit, &walk);
    end_children(1000);
  }
  ::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

void install_crash_report() {
  static char stack[128 * 1024];
  const stack_t alternate = {stack, 0, sizeof stack};
  sigaltstack(&alternate, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = report;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

}  // namespace sluice::host
