// What a plain struct is made of, without a list beside the struct: for_each_member(value, f) calls
// f for every member in order. For aggregates without bases, of at most 24 members.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sluice::reflect {

struct Anything {
  template <class T>
  operator T() const;  // NOLINT: implicit on purpose, and never called
};

template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...> /*values*/) {
  return requires {
    T{(static_cast<void>(I), Anything{})...};
  };
}

// A wrong count does not go unnoticed: the structured binding below does not compile with it.
template <class T, std::size_t N = 0>
constexpr std::size_t member_count() {
  if constexpr (takes<T>(std::make_index_sequence<N + 1>{})) {
    return member_count<T, N + 1>();
  } else {
    return N;
  }
}

// clang-format off
template <class T, class F>
constexpr void for_each_member(T& v, F&& f) {
  constexpr std::size_t kCount = member_count<std::remove_const_t<T>>();
  static_assert(kCount >= 1 && kCount <= 24, "add a line below");
  if constexpr (kCount == 1) { auto& [a] = v; (f(a)); }
  else if constexpr (kCount == 2) { auto& [a, b] = v; (f(a), f(b)); }
  else if constexpr (kCount == 3) { auto& [a, b, c] = v; (f(a), f(b), f(c)); }
  else if constexpr (kCount == 4) { auto& [a, b, c, d] = v; (f(a), f(b), f(c), f(d)); }
  else if constexpr (kCount == 5) { auto& [a, b, c, d, e] = v; (f(a), f(b), f(c), f(d), f(e)); }
  else if constexpr (kCount == 6) { auto& [a, b, c, d, e, g] = v; (f(a), f(b), f(c), f(d), f(e), f(g)); }
  else if constexpr (kCount == 7) { auto& [a, b, c, d, e, g, h] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h)); }
  else if constexpr (kCount == 8) { auto& [a, b, c, d, e, g, h, i] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i)); }
  else if constexpr (kCount == 9) { auto& [a, b, c, d, e, g, h, i, j] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j)); }
  else if constexpr (kCount == 10) { auto& [a, b, c, d, e, g, h, i, j, k] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k)); }
  else if constexpr (kCount == 11) { auto& [a, b, c, d, e, g, h, i, j, k, l] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l)); }
  else if constexpr (kCount == 12) { auto& [a, b, c, d, e, g, h, i, j, k, l, m] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m)); }
  else if constexpr (kCount == 13) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n)); }
  else if constexpr (kCount == 14) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o)); }
  else if constexpr (kCount == 15) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p)); }
  else if constexpr (kCount == 16) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q)); }
  else if constexpr (kCount == 17) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r)); }
  else if constexpr (kCount == 18) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r), f(s)); }
  else if constexpr (kCount == 19) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r), f(s), f(t)); }
  else if constexpr (kCount == 20) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r), f(s), f(t), f(u)); }
  else if constexpr (kCount == 21) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, w] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r), f(s), f(t), f(u), f(w)); }
  else if constexpr (kCount == 22) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, w, x] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r), f(s), f(t), f(u), f(w), f(x)); }
  else if constexpr (kCount == 23) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, w, x, y] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r), f(s), f(t), f(u), f(w), f(x), f(y)); }
  else if constexpr (kCount == 24) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, w, x, y, z] = v; (f(a), f(b), f(c), f(d), f(e), f(g), f(h), f(i), f(j), f(k), f(l), f(m), f(n), f(o), f(p), f(q), f(r), f(s), f(t), f(u), f(w), f(x), f(y), f(z)); }
}
// clang-format on

// Whether a value of an enum is one that has a name. The compiler spells a nameless one as a cast.
template <auto V>
constexpr bool has_name() {
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::size_t at = text.rfind('=');
  return text.find('(', at) == std::string_view::npos;
}

// Bit i is set if enumerator i exists, for enumerators below 64.
template <class E, std::size_t... I>
constexpr std::uint64_t names_of(std::index_sequence<I...> /*values*/) {
  return ((has_name<static_cast<E>(I)>() ? std::uint64_t{1} << I : 0) | ...);
}
template <class E>
constexpr bool is_named(std::uint64_t value) {
  constexpr std::uint64_t names = names_of<E>(std::make_index_sequence<64>{});
  static_assert(names != 0);
  return value < 64 && ((names >> value) & 1) != 0;
}

}  // namespace sluice::reflect
