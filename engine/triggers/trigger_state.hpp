// What `sluice trigger list` shows of a trigger.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::triggers {

struct TriggerState {
  std::string pipeline;
  std::string type;           // GIT, SCHEDULE, EVENT, WEBHOOK
  std::string watches;        // address without password, expression, what happens, webhook's name
  std::string noticed_by;     // FILES, POLLING, WEBHOOK, TIME, EVENT
  std::int64_t next_ms = -1;  // when it looks next, since 1970; -1: not by itself, 0: now
  std::string branch, revision;  // git: the action's own, as it was last seen; "" before
  std::string error;             // why the last look or call failed; "" if it did not
  std::string webhook_path;      // "/webhooks/PIPELINE/NAME"; "" if there is none
};

}  // namespace sluice::triggers
