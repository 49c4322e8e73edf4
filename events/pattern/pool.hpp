// Memory that one writer appends to while readers read what was published before: a fixed block,
// reserved at once and never moved. Pages that were never written cost nothing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace sluice::pattern {

template <class T>
class Pool {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit Pool(std::size_t capacity)
      : data_(static_cast<T*>(std::malloc(std::max<std::size_t>(capacity, 1) * sizeof(T)))),
        capacity_(capacity) {
    if (!data_) throw std::bad_alloc();
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool has_room(std::size_t count) const { return capacity_ - size_ >= count; }
  [[nodiscard]] T* data() { return data_.get(); }
  [[nodiscard]] const T* data() const { return data_.get(); }
  T& operator[](std::size_t i) { return data_.get()[i]; }
  const T& operator[](std::size_t i) const { return data_.get()[i]; }

  // The caller has checked has_room.
  template <class... Args>
  T& append(Args&&... args) {
    return *new (data_.get() + size_++) T{std::forward<Args>(args)...};
  }
  void append_all(std::span<const T> items) {
    std::uninitialized_copy(items.begin(), items.end(), data_.get() + size_);
    size_ += items.size();
  }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;  // the writer's; readers know what is there from what points to it
};

// A hash table of ids in the same manner: open addressing, insert only, 0 is empty. The writer
// stores an id after what it names is complete; a reader that sees the id sees that, too.
template <class Slot>
class SlotTable {
 public:
  // Room for `count` entries at half load. calloc: empty slots are zero without being touched.
  explicit SlotTable(std::size_t count) {
    const std::size_t slots = slots_for(count);
    slots_.reset(static_cast<Slot*>(std::calloc(slots, sizeof(Slot))));
    if (!slots_) throw std::bad_alloc();
    mask_ = slots - 1;
  }

  [[nodiscard]] static std::size_t slots_for(std::size_t count) {
    return std::bit_ceil(std::max<std::size_t>(count * 2, 16));
  }
  [[nodiscard]] static std::size_t bytes_for(std::size_t count) {
    return slots_for(count) * sizeof(Slot);
  }
  [[nodiscard]] std::size_t first(std::uint64_t hash) const { return hash & mask_; }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & mask_; }
  Slot& operator[](std::size_t at) { return slots_.get()[at]; }
  const Slot& operator[](std::size_t at) const { return slots_.get()[at]; }

 private:
  struct Free {
    void operator()(Slot* p) const { std::free(p); }
  };
  std::unique_ptr<Slot, Free> slots_;
  std::size_t mask_ = 0;
};

}  // namespace sluice::pattern
