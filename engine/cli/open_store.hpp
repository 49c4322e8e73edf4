// Opening what a data directory holds, for commands that read it.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "engine/cli/execution_view.hpp"
#include "engine/store/data_directory.hpp"
#include "engine/store/lease.hpp"
#include "engine/store/store.hpp"

namespace sluice {

// Adds --data with its default.
void add_data_option(CLI::App& command, std::string& data);

// The store of an existing data directory; kNotFound if nothing was ever run there.
[[nodiscard]] Result<std::unique_ptr<Store>> open_existing_store(const std::string& data);

// Prints "sluice: ..." to standard error; returns the exit status for bad input, 2.
int complain(const Error& error);

// The execution named by an id prefix, "PIPELINE" (its latest), "PIPELINE#7", or "" (the latest of
// all).
[[nodiscard]] Result<ExecutionRow> find_named_execution(const Store& store,
                                                        const std::string& name);

// Folded from the store.
[[nodiscard]] Result<ExecutionView> read_execution(const Store& store, const ExecutionRow& row);

// The attempt's action named "Stage/Action", or "Action" if only one stage has it. kNotFound lists
// what there is.
[[nodiscard]] Result<const ActionView*> find_action(const ExecutionView& view,
                                                    const std::string& name);

// The lease of whoever serves a data directory.
inline constexpr const char* kServerLease = "server";
// For commands that would come into a server's way: the error says what to do instead.
[[nodiscard]] Result<void> refuse_if_served(const DataDirectory& data);
// "process 17", for messages.
[[nodiscard]] std::string process_text(const std::optional<LeaseHolder>& holder);

}  // namespace sluice
