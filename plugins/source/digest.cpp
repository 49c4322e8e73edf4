#include "plugins/source/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace sluice::source {

struct Digest::State {
  EVP_MD_CTX* sum = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(sum); }
};

Digest::Digest() : state_(std::make_unique<State>()) {
  if (state_->sum == nullptr || EVP_DigestInit_ex(state_->sum, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL offers no SHA-256");
}

Digest::~Digest() = default;

void Digest::add(std::string_view bytes) {
  EVP_DigestUpdate(state_->sum, bytes.data(), bytes.size());
}

std::string Digest::hex() {
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->sum, sum, &size);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[sum[i] >> 4];
    text += kDigits[sum[i] & 15];
  }
  return text;
}

std::string hex_digest(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.hex();
}

}  // namespace sluice::source
