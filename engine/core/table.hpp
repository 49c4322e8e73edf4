// The machinery of a lifecycle table. A lifecycle is written as rows (moves) and stays (everything
// else); compile() turns both into one cell for every (status, cause), and does not compile when a
// cell is missing or said twice. The tables themselves: lifecycle.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

// What a cause does to a thing in some status.
enum class Outcome : std::uint8_t {
  kMove,       // the fact happens, the status becomes `to`
  kIgnored,    // nothing happens, for the reason given
  kRejected,   // the input is refused with the code given
  kImpossible  // the core never asks this; it aborts if it does
};

struct Cell {
  Outcome outcome = Outcome::kImpossible;
  std::uint8_t to = 0, fact = 0, row = 0;
  bool defined = false;
  std::string_view code, why;
};

template <class Status, class Cause>
struct Row {
  Status from;
  Cause cause;
  Status to;
  std::uint8_t fact;
};

template <class... E>
constexpr std::uint32_t any_of(E... values) {
  return ((1U << static_cast<unsigned>(values)) | ...);
}
inline constexpr std::uint32_t kEvery = ~0U;

struct Stay {
  std::uint32_t from, causes;  // sets made by any_of
  Outcome outcome;
  std::string_view code, why;
};
constexpr Stay ignored(std::uint32_t from, std::uint32_t causes, std::string_view why) {
  return {from, causes, Outcome::kIgnored, "", why};
}
constexpr Stay rejected(std::uint32_t from, std::uint32_t causes, std::string_view code,
                        std::string_view why) {
  return {from, causes, Outcome::kRejected, code, why};
}
constexpr Stay impossible(std::uint32_t from, std::uint32_t causes, std::string_view why) {
  return {from, causes, Outcome::kImpossible, "", why};
}

template <std::size_t Statuses, std::size_t Causes>
struct Cells {
  std::array<std::array<Cell, Causes>, Statuses> at{};
  // The status after a fact, by (from, fact); kNowhere if the fact cannot follow.
  static constexpr std::uint8_t kNowhere = 0xff;
  std::array<std::array<std::uint8_t, 64>, Statuses> after{};
};

// Not constexpr: a table that gets here does not compile, and the message is in the error.
inline void mistake(const char* /*what*/) {}

// one_way: where a fact leads from a status is said by the fact's kind alone, not by its contents.
template <std::size_t Statuses, std::size_t Causes, bool one_way = true, class Rows, class Stays>
consteval Cells<Statuses, Causes> compile(const Rows& rows, const Stays& stays, unsigned first) {
  Cells<Statuses, Causes> cells;
  for (auto& facts : cells.after) facts.fill(Cells<Statuses, Causes>::kNowhere);
  unsigned number = first;
  for (const auto& row : rows) {
    const auto to = static_cast<std::uint8_t>(row.to);
    Cell& cell = cells.at[static_cast<std::size_t>(row.from)][static_cast<std::size_t>(row.cause)];
    if (cell.defined) mistake("a cell has two rows");
    cell = {Outcome::kMove, to, row.fact, static_cast<std::uint8_t>(number++), true, "", ""};
    std::uint8_t& after = cells.after[static_cast<std::size_t>(row.from)][row.fact];
    if (one_way && after != Cells<Statuses, Causes>::kNowhere && after != to)
      mistake("one fact leads two ways");
    after = to;
  }
  for (const Stay& stay : stays) {
    for (std::size_t from = 0; from < Statuses; ++from) {
      for (std::size_t cause = 0; cause < Causes; ++cause) {
        if ((stay.from >> from & 1U) == 0 || (stay.causes >> cause & 1U) == 0) continue;
        Cell& cell = cells.at[from][cause];
        if (cell.defined) mistake("a cell is said twice");
        cell = {stay.outcome, static_cast<std::uint8_t>(from), 0, 0, true, stay.code, stay.why};
      }
    }
  }
  for (const auto& line : cells.at) {
    for (const Cell& cell : line) {
      if (!cell.defined) mistake("a cell is missing");
    }
  }
  return cells;
}

}  // namespace sluice
