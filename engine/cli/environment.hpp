// What a subcommand gets from main.cpp: everything that it would otherwise have to find out itself,
// so that a test can hand in something else.
#pragma once

#include <functional>
#include <iostream>
#include <ostream>
#include <vector>

#include "engine/core/action_type.hpp"
#include "engine/core/result.hpp"

namespace sluice {

struct CliEnvironment {
  // The action types of the plugins found; read when a command needs them, not before.
  std::function<Result<std::vector<ActionTypeDescription>>()> catalogue;
  bool color = false;   // of `out` and `err`: a terminal, and NO_COLOR is not set
  bool unicode = true;  // the locale can show box drawing
  int width = 80;       // columns
  std::ostream* out = &std::cout;
  std::ostream* err = &std::cerr;
};

}  // namespace sluice
