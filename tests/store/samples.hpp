// Facts and rows for the store's tests. filled<T>() sets every member of a plain struct to
// something other than its default, describe() writes every member out: both by reflection, so that
// a member or a fact that is added is tested without a line here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/store/reflect.hpp"
#include "engine/store/store.hpp"

namespace sluice::samples {

struct Filler {
  std::uint64_t count = 0;

  template <class T>
  void fill(T& v) {
    ++count;
    if constexpr (std::is_same_v<T, bool>) {
      v = true;
    } else if constexpr (std::is_enum_v<T>) {
      v = static_cast<T>(reflect::is_named<T>(2) ? 2 : 1);
    } else if constexpr (std::is_integral_v<T>) {
      v = static_cast<T>(std::is_signed_v<T> ? -static_cast<std::int64_t>(count) : count * 131);
    } else {
      reflect::for_each_member(v, [this](auto& member) { fill(member); });
    }
  }
  void fill(std::string& v) {
    v = std::to_string(++count) + std::string("\0\xff", 2);
    if (count % 7 == 0) v.append(300, 'x');
  }
  template <class A, class B>
  void fill(std::pair<A, B>& v) {
    fill(v.first);
    fill(v.second);
  }
  template <class T>
  void fill(std::vector<T>& v) {
    v.resize(2);
    for (T& item : v) fill(item);
  }
  template <class K, class V>
  void fill(std::map<K, V>& v) {
    for (int i = 0; i < 2; ++i) {
      std::pair<K, V> item;
      fill(item);
      v.insert(std::move(item));
    }
  }
  template <class T>
  void fill(std::shared_ptr<const T>& v) {
    auto made = std::make_shared<T>();
    fill(*made);
    v = std::move(made);
  }
};

template <class T>
T filled() {
  T value;
  Filler().fill(value);
  return value;
}

template <class T>
std::string describe(const T& v);
inline std::string describe(const std::string& v) {
  return '"' + v + '"';
}
template <class T>
std::string describe(const std::shared_ptr<T>& v);
template <class A, class B>
std::string describe(const std::pair<A, B>& v) {
  return describe(v.first) + ":" + describe(v.second);
}
template <class T>
std::string describe(const std::shared_ptr<T>& v) {
  return v ? "&" + describe(*v) : "null";
}
template <class... A>
std::string describe(const std::variant<A...>& v) {
  return std::to_string(v.index()) +
         std::visit([](const auto& alternative) { return describe(alternative); }, v);
}
template <class T>
std::string describe(const T& v) {
  std::string text;
  if constexpr (std::is_enum_v<T>) {
    text = std::to_string(static_cast<int>(v));
  } else if constexpr (std::is_integral_v<T>) {
    text = std::to_string(v);
  } else if constexpr (requires { v.begin(); }) {
    for (const auto& item : v) text += describe(item) + ",";
    text = "[" + text + "]";
  } else {
    reflect::for_each_member(v, [&](const auto& member) { text += describe(member) + ","; });
    text = "{" + text + "}";
  }
  return text;
}

// Every alternative, all of execution `number`; the definition is of version `number`.
inline Facts one_of_each(ExecutionNumber number) {
  Facts facts = []<std::size_t... I>(std::index_sequence<I...> /*alternatives*/) {
    return Facts{Fact(filled<std::variant_alternative_t<I, Fact>>())...};
  }
  (std::make_index_sequence<std::variant_size_v<Fact>>{});
  for (Fact& fact : facts) {
    std::visit(
        [&](auto& f) {
          if constexpr (requires { f.execution; }) f.execution = number;
          if constexpr (requires { f.key; }) f.key.execution = number;
          if constexpr (requires { f.declaration; }) f.declaration.version = number;
        },
        fact);
  }
  return facts;
}

inline PipelineDeclaration declaration(const std::string& name, std::uint32_t version) {
  auto result = filled<PipelineDeclaration>();
  result.name = name;
  result.version = version;
  return result;
}

inline Uuid uuid(std::uint64_t number) {
  return {0x1122334455660000 + number, 0x99aabbccddee0000 + number};
}
inline ExecutionRow row(const std::string& pipeline, ExecutionNumber number,
                        ExecutionStatus status = ExecutionStatus::kInProgress) {
  ExecutionRow result;
  result.pipeline = pipeline;
  result.number = number;
  result.id = uuid(number);
  result.version = 1;
  result.status = status;
  result.started = {1000 + number};
  result.updated = {2000 + number};
  result.trigger.detail = "ann";
  return result;
}

}  // namespace sluice::samples
