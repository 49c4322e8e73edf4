// A small JSON Schema validator: the keywords that workflow_schema() uses and no others. Enough to
// see that the schema and the parser agree.
#pragma once

#include <string>
#include <string_view>

namespace sluice::test {

// Where and why the document (JSON text) does not fit, or "". An unknown keyword in the schema is a
// mistake too.
[[nodiscard]] std::string schema_mismatch(std::string_view schema, std::string_view document);

}  // namespace sluice::test
