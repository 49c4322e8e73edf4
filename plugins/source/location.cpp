#include "plugins/source/location.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace sluice::source {
namespace fs = std::filesystem;
namespace {

// "host:path" or "user@host:path": a colon before the first slash (git-clone(1), GIT URLS).
bool is_scp_like(const std::string& text) {
  const auto colon = text.find(':');
  return colon != std::string::npos && colon > 0 && text.find('/') > colon;
}

std::string last_part(std::string text) {
  while (!text.empty() && text.back() == '/') text.pop_back();
  if (text.ends_with("/.git")) text.erase(text.size() - 5);
  if (const auto at = text.find_last_of("/:"); at != std::string::npos) text.erase(0, at + 1);
  if (text.ends_with(".git")) text.erase(text.size() - 4);
  return text;
}

// "https://user:secret@host/path": the user name stays, the password goes.
std::string without_password(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto host = scheme + 3;
  const auto end = url.find('/', host);
  const auto at = url.rfind('@', end);
  if (at == std::string::npos || at < host) return url;
  const auto colon = url.find(':', host);
  // "https://TOKEN@host": a lone user name of https is as good as a password.
  if (colon == std::string::npos || colon > at)
    return url.starts_with("http") ? url.substr(0, host) + url.substr(at + 1) : url;
  return url.substr(0, colon) + url.substr(at);
}

}  // namespace

Location locate(const std::string& repository, const std::string& base_directory) {
  std::error_code ignored;
  Location location;
  const fs::path path = fs::path(base_directory) / repository;
  const bool is_url = repository.find("://") != std::string::npos;
  if (is_url || (is_scp_like(repository) && !fs::exists(path, ignored))) {
    location.url = repository;
    location.local = repository.starts_with("file://");
  } else {
    fs::path whole = fs::weakly_canonical(path, ignored);
    if (ignored) whole = path.lexically_normal();
    location.url = whole.string();
    if (location.url.size() > 1 && location.url.ends_with('/')) location.url.pop_back();
    location.local = true;
  }
  location.shown = without_password(location.url);
  location.name = last_part(location.url);
  return location;
}

std::string commit_page(const std::string& url, const std::string& commit) {
  struct Host {
    std::string_view name, between;
  };
  for (const auto& [name, between] :
       {Host{"github.com", "/commit/"}, Host{"gitlab.com", "/-/commit/"},
        Host{"bitbucket.org", "/commits/"}}) {
    auto at = url.find(name);
    if (at == std::string::npos || at == 0 || (url[at - 1] != '/' && url[at - 1] != '@')) continue;
    at += name.size();
    if (at >= url.size() || (url[at] != '/' && url[at] != ':')) continue;
    std::string path = url.substr(at + 1);
    while (path.ends_with("/")) path.pop_back();
    if (path.ends_with(".git")) path.erase(path.size() - 4);
    return "https://" + std::string(name) + "/" + path + std::string(between) + commit;
  }
  return "";
}

}  // namespace sluice::source
