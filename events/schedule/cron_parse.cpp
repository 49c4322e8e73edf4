#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>
#include <string>
#include <vector>

#include "events/schedule/cron.hpp"

namespace sluice::schedule {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekDays{"SUN", "MON", "TUE", "WED",
                                                    "THU", "FRI", "SAT"};

struct Word {
  std::string_view text;
  std::size_t position = 0;
};

// One field: what it is called, its numbers, and the names of them (the first is number `low`).
struct Field {
  std::string_view name;
  int low = 0, high = 0;
  std::span<const std::string_view> names{};
  std::string_view allowed;
  bool wraps = true;
};
constexpr Field kSeconds{"seconds", 0, 59, {}, "0-59, `*`, `,`, `-` and `/`"};
constexpr Field kMinutes{"minutes", 0, 59, {}, "0-59, `*`, `,`, `-` and `/`"};
constexpr Field kHours{"hours", 0, 23, {}, "0-23, `*`, `,`, `-` and `/`"};
constexpr Field kMonthDays{
    "day-of-month", 1, 31, {}, "1-31, `*`, `?`, `,`, `-`, `/`, L, L-3, LW and 15W"};
constexpr Field kMonthField{"month", 1, 12, kMonths, "1-12 or JAN-DEC, `*`, `,`, `-` and `/`"};
constexpr Field kWeekDayField{"day-of-week", 1, 7, kWeekDays,
                              "1-7 or SUN-SAT, `*`, `?`, `,`, `-`, `/`, L, 6L and 6#3"};
constexpr Field kYears{"year", kFirstYear, kLastYear, {}, "1970-2199, `*`, `,`, `-` and `/`",
                       false};

bool same(std::string_view text, std::string_view upper) {
  return std::equal(text.begin(), text.end(), upper.begin(), upper.end(), [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == b;
  });
}

class FieldParser {
 public:
  FieldParser(const Field& field, const Word& word) : field_(field), word_(word) {}

  // Calls add(number) for each number that the field admits.
  template <class Add>
  bool set(Add add) {
    std::string_view rest = word_.text;
    for (;;) {
      const auto comma = rest.find(',');
      if (!item(rest.substr(0, comma), add)) return false;
      if (comma == std::string_view::npos) return true;
      rest.remove_prefix(comma + 1);
    }
  }

  // A number or a name of this field; -1 (and a flaw) if it is none.
  int value(std::string_view text) {
    for (std::size_t i = 0; i < field_.names.size(); ++i)
      if (same(text, field_.names[i])) return field_.low + static_cast<int>(i);
    const int number = plain_number(text);
    if (number < field_.low || number > field_.high) {
      refuse(text,
             text.empty() ? "a value is missing" : "'" + std::string(text) + "' is not allowed");
      return -1;
    }
    return number;
  }

  static int plain_number(std::string_view text) {
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && text[0] != '-' ? number : -1;
  }

  void refuse(std::string_view at, const std::string& what) {
    if (flaw_) return;
    flaw_ =
        Flaw{word_.position + static_cast<std::size_t>(at.data() - word_.text.data()),
             std::string(field_.name) + ": " + what + "; it takes " + std::string(field_.allowed)};
  }
  [[nodiscard]] const std::optional<Flaw>& flaw() const { return flaw_; }

 private:
  template <class Add>
  bool item(std::string_view text, Add add) {
    const auto slash = text.find('/');
    const auto range = text.substr(0, slash);
    int step = 1;
    if (slash != std::string_view::npos) {
      step = plain_number(text.substr(slash + 1));
      if (step < 1 || step > field_.high) {
        refuse(text.substr(slash), "a step is a number from 1 to " + std::to_string(field_.high));
        return false;
      }
    }
    int from = field_.low, to = field_.high;
    if (range != "*") {
      const auto dash = range.find('-');
      from = value(range.substr(0, dash));
      if (from < 0) return false;
      if (dash != std::string_view::npos) {
        to = value(range.substr(dash + 1));
      } else if (slash == std::string_view::npos) {
        to = from;
      }
      if (to < 0) return false;
    }
    if (from > to && !field_.wraps) {
      refuse(range, "a range runs upwards");
      return false;
    }
    const int size = field_.high - field_.low + 1;
    const int count = from <= to ? to - from : to - from + size;
    for (int i = 0; i <= count; i += step) add((from - field_.low + i) % size + field_.low);
    return true;
  }

  const Field& field_;
  const Word& word_;
  std::optional<Flaw> flaw_;
};

template <std::size_t N>
std::optional<Flaw> read_set(const Field& field, const Word& word, std::bitset<N>& bits,
                             int first = 0) {
  FieldParser parser(field, word);
  parser.set([&](int number) { bits.set(static_cast<std::size_t>(number - first)); });
  return parser.flaw();
}

// L, L-3, LW, L-3W, 15W, or a set.
std::optional<Flaw> read_month_day(const Word& word, CronFields& fields) {
  using Day = CronFields::Day;
  FieldParser parser(kMonthDays, word);
  auto text = word.text;
  if (text == "?") {
    fields.month_day = Day::kUnset;
    return std::nullopt;
  }
  const bool weekday = text.size() > 1 && (text.back() == 'W' || text.back() == 'w');
  if (weekday) text.remove_suffix(1);
  if (text[0] == 'L' || text[0] == 'l') {
    fields.month_day = weekday ? Day::kLastWeekday : Day::kLast;
    if (text.size() == 1) return std::nullopt;
    fields.month_day_number = text[1] == '-' ? FieldParser::plain_number(text.substr(2)) : -1;
    if (fields.month_day_number < 0 || fields.month_day_number > 30)
      parser.refuse(text, "'" + std::string(word.text) + "' is not allowed");
    return parser.flaw();
  }
  if (weekday) {
    fields.month_day = Day::kNearestWeekday;
    fields.month_day_number = parser.value(text);
    return parser.flaw();
  }
  return read_set(kMonthDays, word, fields.month_days);
}

// L, 6L, FRIL, 6#3, FRI#3, or a set.
std::optional<Flaw> read_week_day(const Word& word, CronFields& fields) {
  using Day = CronFields::Day;
  FieldParser parser(kWeekDayField, word);
  auto text = word.text;
  if (text == "?") {
    fields.week_day = Day::kUnset;
    return std::nullopt;
  }
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    fields.week_day = Day::kNth;
    fields.week_day_number = parser.value(text.substr(0, hash));
    fields.nth = FieldParser::plain_number(text.substr(hash + 1));
    if (fields.nth < 1 || fields.nth > 5)
      parser.refuse(text.substr(hash), "behind `#` stands one number from 1 to 5");
    return parser.flaw();
  }
  if (text == "L" || text == "l") {
    fields.week_days.set(7);
    return std::nullopt;
  }
  if (text.size() > 1 && (text.back() == 'L' || text.back() == 'l')) {
    text.remove_suffix(1);
    fields.week_day = Day::kLast;
    fields.week_day_number = parser.value(text);
    return parser.flaw();
  }
  return read_set(kWeekDayField, word, fields.week_days);
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = text.find_first_not_of(" \t", at);
    if (begin == std::string_view::npos) break;
    const auto end = std::min(text.find_first_of(" \t", begin), text.size());
    words.push_back({text.substr(begin, end - begin), begin});
    at = end;
  }
  return words;
}

std::string count_text(CronForm form) {
  return form == CronForm::kEventBridge
             ? "it has 6: minutes hours day-of-month month day-of-week year"
             : "it has 6 or 7: seconds minutes hours day-of-month month day-of-week [year]";
}

std::optional<Flaw> read_seconds(const Word& word, CronForm form, CronFields& fields) {
  if (form == CronForm::kQuartz) return read_set(kSeconds, word, fields.seconds);
  fields.seconds.set();
  if (word.text == "*" || word.text == "0") return std::nullopt;
  return Flaw{word.position,
              "seconds: '" + std::string(word.text) +
                  "' is not allowed; a window consists of whole minutes, so write `*` or 0"};
}

}  // namespace

Parsed<CronFields> parse_cron(std::string_view text, CronForm form) {
  const auto words = words_of(text);
  const bool event_bridge = form == CronForm::kEventBridge;
  const bool fits = event_bridge ? words.size() == 6 : words.size() == 6 || words.size() == 7;
  if (!fits) {
    return Flaw{
        words.size() > 7 ? words[7].position : text.size(),
        "a cron expression of " + std::to_string(words.size()) + " fields; " + count_text(form)};
  }
  CronFields fields;
  std::size_t at = 0;
  std::optional<Flaw> flaw;
  const auto take = [&](auto read) {
    if (!flaw) flaw = read(words[at]);
    ++at;
  };
  if (event_bridge) {
    fields.seconds.set(0);
  } else {
    take([&](const Word& word) { return read_seconds(word, form, fields); });
  }
  take([&](const Word& word) { return read_set(kMinutes, word, fields.minutes); });
  take([&](const Word& word) { return read_set(kHours, word, fields.hours); });
  take([&](const Word& word) { return read_month_day(word, fields); });
  take([&](const Word& word) { return read_set(kMonthField, word, fields.months); });
  const Word& week_day = words[at];
  take([&](const Word& word) { return read_week_day(word, fields); });
  if (at < words.size()) {
    take([&](const Word& word) { return read_set(kYears, word, fields.years, kFirstYear); });
  } else {
    fields.years.set();
  }
  if (flaw) return *flaw;
  const bool no_month_day = fields.month_day == CronFields::Day::kUnset;
  if (no_month_day == (fields.week_day == CronFields::Day::kUnset)) {
    return Flaw{
        week_day.position,
        "exactly one of day-of-month and day-of-week is `?`; write `?` in the one that does "
        "not matter"};
  }
  if (!fields.next_local(0)) return Flaw{0, "this never comes: no such day exists"};
  return fields;
}

}  // namespace sluice::schedule
