// SHA-256, piece by piece (OpenSSL's, which stays out of this header).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace sluice::source {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view bytes);
  [[nodiscard]] std::string hex();  // 64 characters; once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string hex_digest(std::string_view bytes);

}  // namespace sluice::source
