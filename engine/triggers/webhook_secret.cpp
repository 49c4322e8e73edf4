#include "engine/triggers/webhook_secret.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace sluice::triggers {

Result<std::string> webhook_secret(const WebhookDeclaration& webhook) {
  if (!webhook.secret_variable.empty()) {
    const char* value = std::getenv(webhook.secret_variable.c_str());
    if (value != nullptr && *value != '\0') return std::string(value);
    return Error{ErrorKind::kNotFound, webhook.secret_variable,
                 "is not set in the server's environment"};
  }
  std::ifstream in(webhook.secret_file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (!text.empty()) return text;
  return Error{ErrorKind::kNotFound, webhook.secret_file, "cannot be read, or is empty"};
}

}  // namespace sluice::triggers
