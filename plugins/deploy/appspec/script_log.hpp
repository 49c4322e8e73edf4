// Where the output of scripts goes: the deployment's scripts.log, the host's log of all
// deployments, and the action's own log, line by line (facts/build_deploy.md B8).
#pragma once

#include <fstream>
#include <functional>
#include <string>

namespace sluice::appspec {

class ScriptLog {
 public:
  // `also` gets every line too, as valid UTF-8; may be empty.
  ScriptLog(const std::string& scripts_log, const std::string& deployments_log,
            std::string deployment, std::function<void(const std::string&)> also);

  void begin_event(const std::string& event);  // "LifecycleEvent - X"; the tail starts anew
  void begin_script(const std::string& location);
  void output(bool from_stderr, const std::string& text);

  // The last lines since the event began, about 2,048 characters.
  [[nodiscard]] const std::string& tail() const { return tail_; }

 private:
  void line(const std::string& text);

  std::ofstream scripts_, deployments_;
  std::string deployment_;
  std::function<void(const std::string&)> also_;
  std::string tail_;
};

// Bytes that are not UTF-8, and zero bytes, become U+FFFD.
[[nodiscard]] std::string valid_utf8(const std::string& text);

}  // namespace sluice::appspec
