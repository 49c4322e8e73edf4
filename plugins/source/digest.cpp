#include "plugins/source/digest.hpp"

// The plain functions: EVP loads a configuration and a provider first, which takes longer than most
// trees.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

namespace sluice::source {

struct Digest::State {
  SHA256_CTX sum;
};

Digest::Digest() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->sum);
}

Digest::~Digest() = default;

void Digest::add(std::string_view bytes) {
  SHA256_Update(&state_->sum, bytes.data(), bytes.size());
}

std::string Digest::hex() {
  unsigned char sum[SHA256_DIGEST_LENGTH];
  SHA256_Final(sum, &state_->sum);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : sum) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string hex_digest(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.hex();
}

}  // namespace sluice::source
