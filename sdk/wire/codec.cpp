#include <algorithm>
#include <limits>
#include <msgpack.hpp>
#include <tuple>
#include <type_traits>

#include "sdk/wire/frame.hpp"
#include "sdk/wire/messages.hpp"

namespace sluice::wire {
namespace {

constexpr std::size_t kMaxElements = 1u << 16;

using Packer = msgpack::packer<msgpack::sbuffer>;

// The members of every message, in the order of messages.hpp. M is the struct or its const.
template <class M>
auto members(M& m) {
  using T = std::remove_const_t<M>;
  if constexpr (std::is_same_v<T, ActionType>)
    return std::tie(m.category, m.provider, m.version, m.uses, m.summary, m.configuration_schema,
                    m.min_inputs, m.max_inputs, m.min_outputs, m.max_outputs, m.output_variables,
                    m.flags, m.default_timeout_ms);
  else if constexpr (std::is_same_v<T, Description>)
    return std::tie(m.name, m.version, m.description, m.abi_minor_needed, m.actions);
  else if constexpr (std::is_same_v<T, Run>)
    return std::tie(m.run, m.log, m.category, m.owner, m.provider, m.version, m.texts, m.lists);
  else if constexpr (std::is_same_v<T, Ready>)
    return std::tie(m.description);
  else if constexpr (std::is_same_v<T, Refused>)
    return std::tie(m.message);
  else if constexpr (std::is_same_v<T, Progress>)
    return std::tie(m.run, m.percent, m.external_id, m.external_url, m.summary);
  else if constexpr (std::is_same_v<T, Secret>)
    return std::tie(m.run, m.value);
  else if constexpr (std::is_same_v<T, Revision>)
    return std::tie(m.artifact, m.id, m.summary, m.url);
  else if constexpr (std::is_same_v<T, Finished>)
    return std::tie(m.run, m.outcome, m.failure_kind, m.failure_code, m.failure_message,
                    m.misbehaviour, m.variables, m.revisions, m.details, m.external_id,
                    m.external_url, m.summary, m.continues, m.token, m.delay_ms, m.run_us, m.trash,
                    m.retiring);
  else
    return std::tie(m.run);  // Cancel, Withdraw, Withdrawn
}

// Writing. One overload for each kind of member.
template <class T>
void put(Packer& to, const T& value);
template <class T>
void put(Packer& to, const std::optional<T>& value);
template <class A, class B>
void put(Packer& to, const std::pair<A, B>& value);
void put(Packer& to, const std::string& value);

template <class T>
void put(Packer& to, const std::vector<T>& values) {
  to.pack_array(static_cast<std::uint32_t>(values.size()));
  for (const T& value : values) put(to, value);
}
template <class T>
void put(Packer& to, const std::optional<T>& value) {
  if (value)
    put(to, *value);
  else
    to.pack_nil();
}
template <class A, class B>
void put(Packer& to, const std::pair<A, B>& value) {
  to.pack_array(2);
  put(to, value.first);
  put(to, value.second);
}
void put(Packer& to, const std::string& value) {
  to.pack_str(static_cast<std::uint32_t>(value.size()));
  to.pack_str_body(value.data(), static_cast<std::uint32_t>(value.size()));
}
template <class T>
void put(Packer& to, const T& value) {
  if constexpr (std::is_arithmetic_v<T>)
    to.pack(value);
  else
    std::apply(
        [&](const auto&... member) {
          to.pack_array(sizeof...(member));
          (put(to, member), ...);
        },
        members(value));
}

// Reading. False: not of this shape.
template <class T>
bool get(const msgpack::object& from, T& value);
template <class T>
bool get(const msgpack::object& from, std::optional<T>& value);
template <class A, class B>
bool get(const msgpack::object& from, std::pair<A, B>& value);

bool get(const msgpack::object& from, std::string& value) {
  if (from.type != msgpack::type::STR) return false;
  value.assign(from.via.str.ptr, from.via.str.size);
  return true;
}
template <class T>
bool get(const msgpack::object& from, std::vector<T>& values) {
  if (from.type != msgpack::type::ARRAY) return false;
  values.resize(from.via.array.size);
  for (std::uint32_t i = 0; i < from.via.array.size; ++i)
    if (!get(from.via.array.ptr[i], values[i])) return false;
  return true;
}
template <class T>
bool get(const msgpack::object& from, std::optional<T>& value) {
  if (from.type == msgpack::type::NIL) return true;
  return get(from, value.emplace());
}
template <class A, class B>
bool get(const msgpack::object& from, std::pair<A, B>& value) {
  return from.type == msgpack::type::ARRAY && from.via.array.size == 2 &&
         get(from.via.array.ptr[0], value.first) && get(from.via.array.ptr[1], value.second);
}
template <class T>
bool get_number(const msgpack::object& from, T& value) {
  if (from.type == msgpack::type::POSITIVE_INTEGER) {
    if (from.via.u64 > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return false;
    value = static_cast<T>(from.via.u64);
    return true;
  }
  if (from.type != msgpack::type::NEGATIVE_INTEGER || std::is_unsigned_v<T>) return false;
  if (from.via.i64 < static_cast<std::int64_t>(std::numeric_limits<T>::min())) return false;
  value = static_cast<T>(from.via.i64);
  return true;
}
template <class T>
bool get(const msgpack::object& from, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    if (from.type != msgpack::type::BOOLEAN) return false;
    value = from.via.boolean;
    return true;
  } else if constexpr (std::is_integral_v<T>) {
    return get_number(from, value);
  } else {
    return std::apply(
        [&](auto&... member) {
          if (from.type != msgpack::type::ARRAY || from.via.array.size != sizeof...(member))
            return false;
          std::uint32_t at = 0;
          return (get(from.via.array.ptr[at++], member) && ...);
        },
        members(value));
  }
}

template <class Variant>
bool append_message(std::string& out, const Variant& message) {
  msgpack::sbuffer buffer(512);
  Packer to(buffer);
  to.pack_array(2);
  to.pack(static_cast<std::uint32_t>(message.index()));
  std::visit([&](const auto& alternative) { put(to, alternative); }, message);
  if (buffer.size() > kMaxFrame) return false;
  append_frame(out, {buffer.data(), buffer.size()});
  return true;
}

template <class Variant, std::size_t... I>
bool get_alternative(std::size_t index, const msgpack::object& from, Variant& message,
                     std::index_sequence<I...>) {
  return ((index == I && get(from, message.template emplace<I>())) || ...);
}

// Calls use(object) with the one object that the bytes hold; false if they hold something else.
template <class Use>
bool unpack_one(std::string_view bytes, std::string& why, Use use) {
  try {
    // Arrays are allocated by their stated length, so that has a bound of its own.
    const std::size_t most = std::min(bytes.size(), kMaxElements);
    std::size_t end = 0;
    const auto in_place = [](msgpack::type::object_type, std::size_t, void*) { return true; };
    const auto handle = msgpack::unpack(bytes.data(), bytes.size(), end, in_place, nullptr,
                                        msgpack::unpack_limit(most, 0, bytes.size(), 0, 0, 8));
    if (end != bytes.size()) {
      why = "bytes follow the message";
      return false;
    }
    if (use(handle.get())) return true;
    why = "not a message of this protocol";
  } catch (const std::exception& error) {
    why = std::string("not msgpack: ") + error.what();
  }
  return false;
}

template <class Variant>
Decoded<Variant> decode(std::string_view payload) {
  Decoded<Variant> decoded;
  Variant message;
  const bool good = unpack_one(payload, decoded.why, [&](const msgpack::object& object) {
    std::uint32_t index = 0;
    return object.type == msgpack::type::ARRAY && object.via.array.size == 2 &&
           get(object.via.array.ptr[0], index) &&
           get_alternative(index, object.via.array.ptr[1], message,
                           std::make_index_sequence<std::variant_size_v<Variant>>());
  });
  if (good) decoded.message = std::move(message);
  return decoded;
}

}  // namespace

bool append(std::string& out, const ToHost& message) {
  return append_message(out, message);
}
bool append(std::string& out, const ToEngine& message) {
  return append_message(out, message);
}
Decoded<ToHost> decode_to_host(std::string_view payload) {
  return decode<ToHost>(payload);
}
Decoded<ToEngine> decode_to_engine(std::string_view payload) {
  return decode<ToEngine>(payload);
}

std::string encode(const Description& description) {
  msgpack::sbuffer buffer;
  Packer to(buffer);
  put(to, description);
  return {buffer.data(), buffer.size()};
}

std::optional<Description> decode_description(std::string_view bytes) {
  Description description;
  std::string why;
  if (!unpack_one(bytes, why, [&](const msgpack::object& o) { return get(o, description); }))
    return std::nullopt;
  return description;
}

}  // namespace sluice::wire
