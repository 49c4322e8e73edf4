// facts/codepipeline.md 1.7 rows 13 and 22: what an action needs is there when it starts.
#include <algorithm>
#include <optional>

#include "engine/definition/draft.hpp"
#include "engine/definition/order.hpp"
#include "engine/definition/suggest.hpp"

namespace sluice::definition {
namespace {

// What to do about a producer that is not sure to run before its user: "; it runs in ...".
std::string late_advice(const Draft& draft, const ActionSpot& producer, const ActionSpot& user) {
  if (user.run_order == kBeforeActions) return ", which runs after this condition";
  if (producer.stage == user.stage && producer.action == user.action) {
    return ", which is this action itself";
  }
  if (producer.stage > user.stage) {
    return ", a later stage; move this action behind it";
  }
  const auto order = std::to_string(producer.run_order);
  const auto& name = draft.declaration.stages[producer.stage].actions[producer.action].name;
  if (producer.run_order == user.run_order) {
    return ", which runs at the same time (runOrder " + order +
           "); give this action a higher runOrder than " + quote(name);
  }
  return ", which runs later (runOrder " + order + "); give this action a higher runOrder";
}

// Actions, numbered through the pipeline, and who needs whom.
class NeedGraph {
 public:
  NeedGraph(const Draft& draft, const std::vector<Need>& needs) : draft_(draft) {
    std::size_t count = 0;
    for (const auto& stage : draft.declaration.stages) {
      first_.push_back(count);
      count += stage.actions.size();
    }
    producers_.resize(count);
    users_.resize(count);
    circle_.resize(count);
    for (const auto& need : needs) {
      if (!is_action(need.user)) continue;
      producers_[number(need.user)].push_back(number(need.producer));
      users_[number(need.producer)].push_back(number(need.user));
    }
    for (auto* edges : {&producers_, &users_}) {
      for (auto& each : *edges) {
        std::sort(each.begin(), each.end());
        each.erase(std::unique(each.begin(), each.end()), each.end());
      }
    }
  }

  // Whether both ends of the need, which are not one action, stand in a circle with each other.
  [[nodiscard]] bool in_circle(const Need& need) {
    if (!is_action(need.user)) return false;
    const std::size_t user = number(need.user), producer = number(need.producer);
    if (user == producer) return false;
    if (!circle_[user]) find_circle(user);
    return circle_[producer] == circle_[user];
  }

  // True for the first need of each circle that is asked about.
  [[nodiscard]] bool is_new(const Need& need) {
    const std::size_t circle = *circle_[number(need.user)];
    if (std::find(told_.begin(), told_.end(), circle) != told_.end()) return false;
    told_.push_back(circle);
    return true;
  }

  // "`A` -> `B` -> `A`", a shortest circle with this need in it.
  [[nodiscard]] std::string text(const Need& need) const {
    const std::size_t user = number(need.user);
    const auto next = steps_to(user, users_);
    bool one_stage = true;
    for (std::size_t at = number(need.producer); at != user; at = next[at])
      one_stage = one_stage && spot(at).stage == need.user.stage;
    std::string text = name(user, one_stage);
    for (std::size_t at = number(need.producer); at != user; at = next[at])
      text += " -> " + name(at, one_stage);
    text += " -> " + name(user, one_stage);
    if (one_stage) text += " of stage " + quote(draft_.declaration.stages[need.user.stage].name);
    return text;
  }

 private:
  using Edges = std::vector<std::vector<std::size_t>>;
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] static bool is_action(const ActionSpot& spot) { return spot.action != kNone; }
  [[nodiscard]] std::size_t number(const ActionSpot& spot) const {
    return first_[spot.stage] + spot.action;
  }
  [[nodiscard]] ActionSpot spot(std::size_t number) const {
    const auto stage = std::upper_bound(first_.begin(), first_.end(), number) - first_.begin() - 1;
    const auto index = static_cast<std::size_t>(stage);
    return {index, number - first_[index], 0};
  }
  [[nodiscard]] std::string name(std::size_t number, bool one_stage) const {
    const auto at = spot(number);
    const auto& stage = draft_.declaration.stages[at.stage];
    const auto& action = stage.actions[at.action].name;
    return quote(one_stage ? action : stage.name + "." + action);
  }

  // For every action from which `goal` is reached against these edges: where to go first on a
  // shortest way. kNone for the others.
  [[nodiscard]] static std::vector<std::size_t> steps_to(std::size_t goal, const Edges& edges) {
    std::vector<std::size_t> next(edges.size(), kNone), queue{goal};
    next[goal] = goal;
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const std::size_t from : edges[queue[i]]) {
        if (next[from] != kNone) continue;
        next[from] = queue[i];
        queue.push_back(from);
      }
    }
    return next;
  }

  // All that need `member` and that it needs, over others too; the circle is called by its member.
  void find_circle(std::size_t member) {
    const auto needing = steps_to(member, users_), needed = steps_to(member, producers_);
    for (std::size_t i = 0; i < circle_.size(); ++i)
      if (needing[i] != kNone && needed[i] != kNone) circle_[i] = member;
  }

  const Draft& draft_;
  std::vector<std::size_t> first_;  // number of each stage's first action
  Edges producers_, users_;         // of each action
  std::vector<std::optional<std::size_t>> circle_;
  std::vector<std::size_t> told_;
};

}  // namespace

void check_order(const Draft& draft, const std::vector<Need>& needs, Diagnostics& diagnostics) {
  NeedGraph graph(draft, needs);
  for (const auto& need : needs) {
    if (runs_before(need.producer, need.user)) continue;
    if (!graph.in_circle(need)) {
      diagnostics.error(need.at, need.late,
                        need.what + late_advice(draft, need.producer, need.user));
    } else if (graph.is_new(need)) {
      diagnostics.error(need.at, Code::kCircle,
                        "these actions need each other's results in a circle, each that of the "
                        "next one, so that no "
                        "order suits them: " +
                            graph.text(need) +
                            "; take one of these inputs or references away, or let an action that "
                            "runs before them "
                            "make what they share");
    }
  }
}

}  // namespace sluice::definition
