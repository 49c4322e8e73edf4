// A build's result as the JSON that history keeps (facts/build_deploy.md A5).
#ifndef SLUICE_PLUGINS_BUILD_DETAILS_HPP
#define SLUICE_PLUGINS_BUILD_DETAILS_HPP

#include <sluice/action.hpp>
#include <vector>

#include "plugins/build/identity.hpp"
#include "plugins/build/model.hpp"
#include "plugins/build/phases.hpp"

namespace sluice::build {

void set_build_details(Run& run, const Identity& identity, Status status,
                       const std::vector<PhaseRecord>& phases, const Pairs& exported);

}  // namespace sluice::build

#endif
