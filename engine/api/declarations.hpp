// Declarations as requests bring them and as replies show them. Private to engine/api.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "engine/api/room.hpp"
#include "engine/definition/diagnostic.hpp"

namespace sluice::api {

// Reads and checks a declaration; what is wrong with it as the error that the API gives for it
// (facts/codepipeline.md 1.7), with every message. Defaults of the action types are filled in.
struct ReadDeclaration {
  std::optional<PipelineDeclaration> declaration;
  Rejected refusal;
};
[[nodiscard]] ReadDeclaration read_declaration(const Ground& ground, const Json& json);

// Which error of the API a diagnostic is.
[[nodiscard]] const char* error_of(definition::Code code);

// Values of secrets that a client sends back as it got them (****) become what is stored under the
// same stage, action and key (facts 1.6). Returns what has no such value, "" if nothing.
[[nodiscard]] std::string restore_secrets(PipelineDeclaration& declaration,
                                          const PipelineDeclaration* stored);

// What the cloud's model cannot say is taken from the stored version: an update by a client that
// knows only that model loses none of it.
void keep_own_options(PipelineDeclaration& declaration, const PipelineDeclaration& stored);

// `whole`: with the options of ours; else only members of the cloud's model. Secrets are masked.
[[nodiscard]] Json declaration_json(const Ground& ground, const PipelineDeclaration& declaration,
                                    bool whole);

}  // namespace sluice::api
