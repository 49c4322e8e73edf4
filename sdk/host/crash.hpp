// What a crash leaves in the log: the signal, and a backtrace with the names of functions.
#pragma once

namespace sluice::host {

// For SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS and SIGTRAP: writes to descriptor 2, ends
// the children, and lets the signal take its course. The stack overflow of the calling thread is
// covered too.
void install_crash_report();

}  // namespace sluice::host
