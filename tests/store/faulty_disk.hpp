// A disk that fails when told to: SQLite's file layer with a counter. Whatever changes a file or
// opens one counts as a call.
#pragma once

namespace sluice::faulty_disk {

// The name of the layer, for SqliteOptions::vfs. Registers it at the first call.
const char* name();
// The nth call from now on fails once with SQLite's code; 0: none does.
void fail_call(int nth, int code);
// Whether a failure that was asked for has happened.
bool has_failed();

}  // namespace sluice::faulty_disk
