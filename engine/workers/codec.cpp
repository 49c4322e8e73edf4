#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <msgpack.hpp>
#include <type_traits>
#include <utility>

#include "engine/store/reflect.hpp"
#include "engine/workers/messages.hpp"

namespace sluice::workers {
namespace {

constexpr std::size_t kMostElements = 1u << 16;  // of one array or map
constexpr std::size_t kMostDepth = 12;

using Packer = msgpack::packer<msgpack::sbuffer>;

// Writing: a struct is an array of its members, an enum its number, a Uuid its 16 bytes, a variant
// the number of its alternative and the alternative.
struct Writer {
  Packer& to;

  void put(const std::string& value) {
    to.pack_str(static_cast<std::uint32_t>(value.size()));
    to.pack_str_body(value.data(), static_cast<std::uint32_t>(value.size()));
  }
  void put(const Uuid& value) {
    std::array<char, 16> bytes;
    for (int i = 0; i < 8; ++i) {
      bytes[static_cast<std::size_t>(i)] = static_cast<char>(value.high >> (56 - 8 * i));
      bytes[static_cast<std::size_t>(i + 8)] = static_cast<char>(value.low >> (56 - 8 * i));
    }
    to.pack_bin(16);
    to.pack_bin_body(bytes.data(), 16);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& value) {
    to.pack_array(2);
    put(value.first);
    put(value.second);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    to.pack_array(static_cast<std::uint32_t>(values.size()));
    for (const T& value : values) put(value);
  }
  template <class K, class V>
  void put(const std::map<K, V>& values) {
    to.pack_map(static_cast<std::uint32_t>(values.size()));
    for (const auto& [key, value] : values) {
      put(key);
      put(value);
    }
  }
  template <class... A>
  void put(const std::variant<A...>& value) {
    to.pack_array(2);
    to.pack(static_cast<std::uint32_t>(value.index()));
    std::visit([this](const auto& alternative) { this->put(alternative); }, value);
  }
  template <class T>
  void put(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      to.pack(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
      to.pack(value);
    } else {
      to.pack_array(static_cast<std::uint32_t>(reflect::member_count<T>()));
      reflect::for_each_member(value, [this](const auto& member) { this->put(member); });
    }
  }
};

// Reading. False: not of this shape.
struct Reader {
  using Object = msgpack::object;

  static bool get(const Object& from, std::string& value) {
    if (from.type != msgpack::type::STR) return false;
    value.assign(from.via.str.ptr, from.via.str.size);
    return true;
  }
  static bool get(const Object& from, Uuid& value) {
    if (from.type != msgpack::type::BIN || from.via.bin.size != 16) return false;
    const auto byte = [&](int i) {
      return std::uint64_t{static_cast<unsigned char>(from.via.bin.ptr[i])};
    };
    value = {};
    for (int i = 0; i < 8; ++i) {
      value.high = value.high << 8 | byte(i);
      value.low = value.low << 8 | byte(i + 8);
    }
    return true;
  }
  static bool get(const Object& from, bool& value) {
    if (from.type != msgpack::type::BOOLEAN) return false;
    value = from.via.boolean;
    return true;
  }
  template <class A, class B>
  static bool get(const Object& from, std::pair<A, B>& value) {
    return from.type == msgpack::type::ARRAY && from.via.array.size == 2 &&
           get(from.via.array.ptr[0], value.first) && get(from.via.array.ptr[1], value.second);
  }
  template <class T>
  static bool get(const Object& from, std::vector<T>& values) {
    if (from.type != msgpack::type::ARRAY) return false;
    values.resize(from.via.array.size);
    for (std::uint32_t i = 0; i < from.via.array.size; ++i)
      if (!get(from.via.array.ptr[i], values[i])) return false;
    return true;
  }
  template <class K, class V>
  static bool get(const Object& from, std::map<K, V>& values) {
    if (from.type != msgpack::type::MAP) return false;
    for (std::uint32_t i = 0; i < from.via.map.size; ++i) {
      K key;
      V value;
      if (!get(from.via.map.ptr[i].key, key) || !get(from.via.map.ptr[i].val, value)) return false;
      values.emplace_hint(values.end(), std::move(key), std::move(value));
    }
    return true;
  }
  template <class... A>
  static bool get(const Object& from, std::variant<A...>& value) {
    std::uint32_t index = 0;
    return from.type == msgpack::type::ARRAY && from.via.array.size == 2 &&
           get(from.via.array.ptr[0], index) &&
           get_alternative(index, from.via.array.ptr[1], value, std::index_sequence_for<A...>());
  }
  template <class V, std::size_t... I>
  static bool get_alternative(std::size_t index, const Object& from, V& value,
                              std::index_sequence<I...> /*alternatives*/) {
    return ((index == I && get(from, value.template emplace<I>())) || ...);
  }
  template <class T>
  static bool get_number(const Object& from, T& value) {
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
  static bool get(const Object& from, T& value) {
    if constexpr (std::is_enum_v<T>) {
      std::uint64_t number = 0;
      if (!get_number(from, number) || !reflect::is_named<T>(number)) return false;
      value = static_cast<T>(number);
      return true;
    } else if constexpr (std::is_integral_v<T>) {
      return get_number(from, value);
    } else {
      if (from.type != msgpack::type::ARRAY) return false;
      std::uint32_t at = 0;
      bool good = true;
      reflect::for_each_member(value, [&](auto& member) {
        if (good && at < from.via.array.size) good = get(from.via.array.ptr[at], member);
        ++at;
      });
      return good;
    }
  }
};

template <class Message>
bool append_message(std::string& payload, const Message& message) {
  // The buffer keeps its size from one message to the next.
  static thread_local msgpack::sbuffer buffer(1024);
  buffer.clear();
  Packer to(buffer);
  Writer{to}.put(message);
  const bool fits = buffer.size() <= kMaxMessage;
  if (fits) payload.append(buffer.data(), buffer.size());
  if (buffer.size() > kMaxMessage / 8) buffer = msgpack::sbuffer(1024);
  return fits;
}

// Reads the msgpack value at `offset` and moves it on.
template <class T>
bool read_one(std::string_view bytes, std::size_t& offset, T& value, std::string& why) {
  try {
    // Arrays are allocated by their stated length, so that has a bound of its own.
    const std::size_t most = std::min(bytes.size() - offset, kMostElements);
    const auto in_place = [](msgpack::type::object_type, std::size_t, void*) { return true; };
    const auto handle = msgpack::unpack(
        bytes.data(), bytes.size(), offset, in_place, nullptr,
        msgpack::unpack_limit(most, most, bytes.size(), bytes.size(), 0, kMostDepth));
    if (Reader::get(handle.get(), value)) return true;
    why = "not a message of this protocol";
  } catch (const std::exception& error) {
    why = std::string("not msgpack: ") + error.what();
  }
  return false;
}

template <class Message>
DecodedPayload<Message> decode(std::string_view payload) {
  DecodedPayload<Message> decoded;
  for (std::size_t offset = 0; offset < payload.size();) {
    Message message;
    if (!read_one(payload, offset, message, decoded.why)) return decoded;
    decoded.messages.push_back(std::move(message));
  }
  return decoded;
}

}  // namespace

bool append(std::string& payload, const ToWorker& message) {
  return append_message(payload, message);
}
bool append(std::string& payload, const FromWorker& message) {
  return append_message(payload, message);
}
DecodedPayload<ToWorker> decode_to_worker(std::string_view payload) {
  return decode<ToWorker>(payload);
}
DecodedPayload<FromWorker> decode_from_worker(std::string_view payload) {
  return decode<FromWorker>(payload);
}

std::string encode(const Remains& remains) {
  msgpack::sbuffer buffer;
  Packer to(buffer);
  Writer{to}.put(remains);
  return {buffer.data(), buffer.size()};
}

std::optional<Remains> decode_remains(std::string_view bytes) {
  Remains remains;
  std::string why;
  std::size_t offset = 0;
  if (!read_one(bytes, offset, remains, why) || offset != bytes.size()) return std::nullopt;
  return remains;
}

Input input_of(Outcome outcome) {
  return std::visit([](auto& report) { return Input(std::move(report)); }, outcome);
}

std::optional<Outcome> outcome_of(Input input) {
  if (auto* const report = std::get_if<ReportProgress>(&input)) return std::move(*report);
  if (auto* const report = std::get_if<ReportSuccess>(&input)) return std::move(*report);
  if (auto* const report = std::get_if<ReportContinue>(&input)) return std::move(*report);
  if (auto* const report = std::get_if<ReportFailure>(&input)) return std::move(*report);
  return std::nullopt;
}

}  // namespace sluice::workers
