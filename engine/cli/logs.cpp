#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include "engine/artifacts/log_store.hpp"
#include "engine/cli/history.hpp"
#include "engine/cli/open_store.hpp"
#include "engine/cli/run_log.hpp"
#include "engine/store/data_directory.hpp"
