// The stored form of plain data. Integers are varints (signed ones zigzag), strings and lists carry
// their length, an enum is its number, a Uuid its 16 bytes. A struct is the length of its members
// in bytes and then the members in order, which is all that evolution needs: a reader takes the
// default for members that an older writer did not know and skips those that a newer one added.
// A variant is the number of its alternative, then the alternative.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/store/reflect.hpp"

namespace sluice {

static_assert(std::endian::native == std::endian::little, "Uuids are stored as they lie");

class Encoder {
 public:
  [[nodiscard]] std::string_view bytes() const { return {text_.data(), used_}; }
  [[nodiscard]] std::size_t size() const { return used_; }
  void clear() { used_ = 0; }

  void put(std::uint64_t value) {
    char* out = room(10);
    while (value >= 0x80) {
      *out++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *out++ = static_cast<char>(value);
    used_ = static_cast<std::size_t>(out - text_.data());
  }
  void put_raw(const void* data, std::size_t size) {
    std::memcpy(room(size), data, size);
    used_ += size;
  }
  void overwrite(std::size_t at, const void* data, std::size_t size) {
    std::memcpy(&text_[at], data, size);
  }

  template <class T>
  requires std::is_integral_v<T>
  void value(const T& v) {
    if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>(v);
      put((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
    } else {
      put(v);
    }
  }
  template <class T>
  requires std::is_enum_v<T>
  void value(const T& v) { put(static_cast<std::uint64_t>(v)); }
  void value(const std::string& v) {
    put(v.size());
    put_raw(v.data(), v.size());
  }
  void value(const Instant& v) { value(v.ms); }
  void value(const Uuid& v) {
    put_raw(&v.high, 8);
    put_raw(&v.low, 8);
  }
  template <class A, class B>
  void value(const std::pair<A, B>& v) {
    value(v.first);
    value(v.second);
  }
  template <class T>
  void value(const std::vector<T>& v) {
    put(v.size());
    for (const auto& item : v) value(item);
  }
  template <class K, class V>
  void value(const std::map<K, V>& v) {
    put(v.size());
    for (const auto& item : v) value(item);
  }
  template <class T>
  void value(const std::shared_ptr<T>& v) {
    put(v ? 1 : 0);
    if (v) value(*v);
  }
  template <class... A>
  void value(const std::variant<A...>& v) {
    put(v.index());
    std::visit([this](const auto& alternative) { this->value(alternative); }, v);
  }
  template <class T>
  requires std::is_aggregate_v<T>
  void value(const T& v) {
    room(1);
    const std::size_t begin = used_++;
    reflect::for_each_member(v, [this](const auto& member) { this->value(member); });
    const std::size_t length = used_ - begin - 1;
    if (length < 0x80) {
      text_[begin] = static_cast<char>(length);
    } else {
      widen_length(begin, length);
    }
  }

 private:
  char* room(std::size_t size) {
    if (text_.size() - used_ < size) text_.resize(2 * text_.size() + size + 64);
    return text_.data() + used_;
  }
  // Few structs need more than one byte for their length; those move up.
  void widen_length(std::size_t begin, std::size_t length) {
    std::size_t extra = 0;
    for (std::size_t rest = length >> 7; rest != 0; rest >>= 7) ++extra;
    room(extra);
    std::memmove(&text_[begin + 1 + extra], &text_[begin + 1], length);
    const std::size_t end = used_ + extra;
    used_ = begin;
    put(length);
    used_ = end;
  }

  std::string text_;
  std::size_t used_ = 0;
};

// Reads what Encoder wrote from bytes that it trusts in nothing. After the first fault every call
// fails; the values read by then are to be thrown away.
class Decoder {
 public:
  enum class Fault : std::uint8_t { kNone, kCorrupt, kUnknownName };

  explicit Decoder(std::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()), begin_(bytes.data()) {}

  [[nodiscard]] Fault fault() const { return fault_; }
  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] std::string_view rest() const { return {at_, remaining()}; }
  [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }

  bool get(std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) return corrupt();
      const auto byte = static_cast<unsigned char>(*at_++);
      if (shift == 63 && byte > 1) return corrupt();
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return corrupt();
  }
  // Borrowed from the bytes that the decoder reads.
  bool get_view(std::string_view& view, std::uint64_t size) {
    if (remaining() < size) return corrupt();
    view = {at_, size};
    at_ += size;
    return true;
  }
  bool get_raw(void* data, std::size_t size) {
    if (remaining() < size) return corrupt();
    std::memcpy(data, at_, size);
    at_ += size;
    return true;
  }

  template <class T>
  requires std::is_integral_v<T>
  bool value(T& v) {
    std::uint64_t raw = 0;
    if (!get(raw)) return false;
    if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>(raw >> 1) ^ -static_cast<std::int64_t>(raw & 1);
      v = static_cast<T>(wide);
      return v == wide || corrupt();
    } else {
      if (raw > std::numeric_limits<T>::max()) return corrupt();
      v = static_cast<T>(raw);
      return true;
    }
  }
  template <class T>
  requires std::is_enum_v<T>
  bool value(T& v) {
    std::uint64_t raw = 0;
    if (!get(raw)) return false;
    if (!reflect::is_named<T>(raw)) return fail(Fault::kUnknownName);
    v = static_cast<T>(raw);
    return true;
  }
  bool value(std::string& v) {
    std::uint64_t size = 0;
    if (!get(size)) return false;
    if (size > remaining()) return corrupt();
    v.assign(at_, size);
    at_ += size;
    return true;
  }
  bool value(Instant& v) { return value(v.ms); }
  bool value(Uuid& v) { return get_raw(&v.high, 8) && get_raw(&v.low, 8); }
  template <class A, class B>
  bool value(std::pair<A, B>& v) {
    return value(v.first) && value(v.second);
  }
  template <class T>
  bool value(std::vector<T>& v) {
    std::uint64_t size = 0;
    if (!get_count(size)) return false;
    v.clear();
    for (; size != 0; --size) {
      if (!value(v.emplace_back())) return false;
    }
    return true;
  }
  template <class K, class V>
  bool value(std::map<K, V>& v) {
    std::uint64_t size = 0;
    if (!get_count(size)) return false;
    v.clear();
    for (; size != 0; --size) {
      std::pair<K, V> item;
      if (!value(item)) return false;
      if (!v.insert(std::move(item)).second) return corrupt();
    }
    return true;
  }
  template <class T>
  bool value(std::shared_ptr<T>& v) {
    bool present = false;
    if (!value(present)) return false;
    if (!present) return true;
    auto made = std::make_shared<std::remove_const_t<T>>();
    if (!value(*made)) return false;
    v = std::move(made);
    return true;
  }
  template <class... A>
  bool value(std::variant<A...>& v) {
    std::uint64_t index = 0;
    if (!get(index)) return false;
    if (index >= sizeof...(A)) return fail(Fault::kUnknownName);
    using Read = bool (*)(Decoder&, std::variant<A...>&);
    static constexpr std::array<Read, sizeof...(A)> kRead = {
        [](Decoder& in, std::variant<A...>& out) {
          return in.value(out.template emplace<A>());
        }...};
    return kRead[index](*this, v);
  }
  template <class T>
  requires std::is_aggregate_v<T>
  bool value(T& v) {
    std::uint64_t length = 0;
    if (!get(length)) return false;
    if (length > remaining()) return corrupt();
    const char* outer_end = std::exchange(end_, at_ + length);
    reflect::for_each_member(v, [this](auto& member) {
      if (at_ != end_ && fault_ == Fault::kNone) static_cast<void>(this->value(member));
    });
    at_ = std::exchange(end_, outer_end);
    return fault_ == Fault::kNone;
  }

 private:
  [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  // Every item takes a byte at least, so a wild count is caught before it allocates.
  bool get_count(std::uint64_t& count) {
    if (!get(count)) return false;
    return count <= remaining() || corrupt();
  }
  bool fail(Fault fault) {
    if (fault_ == Fault::kNone) fault_ = fault;
    return false;
  }
  bool corrupt() { return fail(Fault::kCorrupt); }

  const char* at_;
  const char* end_;
  const char* begin_;
  Fault fault_ = Fault::kNone;
};

}  // namespace sluice
