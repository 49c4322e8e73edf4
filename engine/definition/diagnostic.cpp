#include "engine/definition/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace sluice::definition {
namespace {

// A file with more mistakes than this is not read to its end by anybody; memory stays bounded.
constexpr std::size_t kMaxKept = 2000;

constexpr std::array kRows = {
    CodeRow{Code::kUnreadable, "unreadable", "", "The file cannot be opened or read."},
    CodeRow{Code::kTooLarge, "too-large", "", "The file is larger than 2 MiB."},
    CodeRow{Code::kEmpty, "empty", "", "The file holds no document."},
    CodeRow{Code::kNotUtf8, "not-utf8", "", "The text is not UTF-8."},
    CodeRow{Code::kBadCharacter, "bad-character", "", "The text holds a control character."},
    CodeRow{Code::kSyntax, "syntax", "", "The text is not YAML or JSON."},
    CodeRow{Code::kTooDeep, "too-deep", "", "Lists and maps are nested more than 64 deep."},
    CodeRow{Code::kTooManyNodes, "too-many-values", "",
            "The document holds too many values once its aliases are followed."},
    CodeRow{Code::kSeveralDocuments, "several-documents", "", "One file declares one pipeline."},
    CodeRow{Code::kUnsupportedYaml, "unsupported-yaml", "",
            "Tags, merge keys and keys that are no plain text are not part of the file format."},
    CodeRow{Code::kDuplicateKey, "duplicate-key", "", "A map holds the same key twice."},
    CodeRow{Code::kUnknownKey, "unknown-key", "", "The key means nothing here."},
    CodeRow{Code::kMissingKey, "missing-key", "1", "A required key is absent."},
    CodeRow{Code::kConflictingKeys, "conflicting-keys", "", "Two keys say the same thing."},
    CodeRow{Code::kWrongType, "wrong-type", "1", "A value has the wrong type."},
    CodeRow{Code::kBadLength, "bad-length", "1", "A text is too short or too long."},
    CodeRow{Code::kBadFormat, "bad-format", "1", "A text has characters or a form not allowed."},
    CodeRow{Code::kBadChoice, "bad-choice", "1", "A value is none of those allowed."},
    CodeRow{Code::kBadNumber, "bad-number", "1, 14", "A number is outside its range."},
    CodeRow{Code::kBadCount, "bad-count", "1", "A list has too few or too many items."},
    CodeRow{Code::kArtifactStore, "artifact-store", "2",
            "artifactStore and artifactStores exclude each other."},
    CodeRow{Code::kStageCount, "stage-count", "3", "A pipeline has 2 to 50 stages."},
    CodeRow{Code::kDuplicateStage, "duplicate-stage", "4", "Stage names are unique."},
    CodeRow{Code::kEmptyStage, "empty-stage", "5", "A stage has at least one action."},
    CodeRow{Code::kSourceStage, "source-stage", "6, 8",
            "The first stage has Source actions and nothing else."},
    CodeRow{Code::kLateSource, "late-source", "7", "Source actions stand in the first stage."},
    CodeRow{Code::kDuplicateAction, "duplicate-action", "9",
            "Action names are unique within their stage."},
    CodeRow{Code::kUnknownActionType, "unknown-action-type", "10", "No plugin has this action."},
    CodeRow{Code::kArtifactCount, "artifact-count", "11",
            "An action type says how many artifacts go in and come out."},
    CodeRow{Code::kDuplicateArtifact, "duplicate-artifact", "12",
            "Output artifact names are unique in the pipeline."},
    CodeRow{Code::kUnknownArtifact, "unknown-artifact", "13", "No action produces the artifact."},
    CodeRow{Code::kLateArtifact, "late-artifact", "13",
            "The producer is not sure to have finished before the action starts."},
    CodeRow{Code::kCircle, "circle", "13, 22",
            "Actions need each other's artifacts or variables in a circle."},
    CodeRow{Code::kMissingConfiguration, "missing-configuration", "15",
            "A configuration key that the action type requires is absent."},
    CodeRow{Code::kUnknownConfiguration, "unknown-configuration", "15",
            "The action type has no such configuration key."},
    CodeRow{Code::kBadConfiguration, "bad-configuration", "15",
            "A configuration value is not what the action type takes."},
    CodeRow{Code::kArtifactPath, "artifact-path", "16",
            "Artifact::path names an input artifact of the action."},
    CodeRow{Code::kNamespace, "namespace", "17",
            "A namespace is unique, no artifact's name, and not reserved."},
    CodeRow{Code::kDuplicateVariable, "duplicate-variable", "18", "Variable names are unique."},
    CodeRow{Code::kUnknownVariable, "unknown-variable", "19", "The variable is not declared."},
    CodeRow{Code::kVariableInSource, "variable-in-source", "20",
            "Source actions cannot use pipeline variables."},
    CodeRow{Code::kUnknownNamespace, "unknown-namespace", "21",
            "A reference is #{namespace.key} with a namespace that some action declares."},
    CodeRow{Code::kLateNamespace, "late-namespace", "22",
            "The namespace's action is not sure to have finished before the reference is used."},
    CodeRow{Code::kUnknownOutput, "unknown-output", "",
            "The action type does not list an output variable of this name (a warning)."},
    CodeRow{Code::kCrossRegion, "cross-region", "23",
            "Source, Custom and ThirdParty actions run in the pipeline's own region."},
    CodeRow{Code::kNeedsV2, "needs-v2", "24", "The feature needs pipelineType V2."},
    CodeRow{Code::kRollbackInParallel, "rollback-in-parallel", "25",
            "PARALLEL pipelines cannot roll back."},
    CodeRow{Code::kSkip, "skip", "26", "SKIP stands in beforeEntry, with certain rules only."},
    CodeRow{Code::kConditionResult, "condition-result", "27",
            "Each kind of condition has its own results."},
    CodeRow{Code::kRetryWithConditions, "retry-with-conditions", "28",
            "Automatic retry and onFailure conditions exclude each other."},
    CodeRow{Code::kComputeOnly, "compute-only", "29", "The key belongs to compute actions."},
    CodeRow{Code::kMultiLineCommand, "multi-line-command", "30", "A command is a single line."},
    CodeRow{Code::kNotificationArn, "notification-arn", "31", "The topic is an SNS topic's ARN."},
    CodeRow{Code::kActionCount, "action-count", "32", "A pipeline has at most 1000 actions."},
    CodeRow{Code::kTrigger, "trigger", "33", "The rules of triggers and their filters."},
};

std::string_view line_of(std::string_view text, std::uint32_t line) {
  for (; line > 1; --line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// Byte column to character column.
std::uint32_t character_column(std::string_view line, std::uint32_t column) {
  const auto bytes = line.substr(0, column - 1);
  const auto continued = std::count_if(bytes.begin(), bytes.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
  });
  return column - static_cast<std::uint32_t>(continued);
}

}  // namespace

std::string Diagnostic::text() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " +
         (severity == Severity::kError ? "error: " : "warning: ") + message + " [" + code + "]";
}

std::span<const CodeRow> code_rows() {
  return kRows;
}

std::string_view code_text(Code code) {
  return kRows[static_cast<std::size_t>(code)].text;
}

void Diagnostics::error(Position at, Code code, std::string message) {
  ++errors_;
  add(Severity::kError, at, code, std::move(message));
}

void Diagnostics::warning(Position at, Code code, std::string message) {
  add(Severity::kWarning, at, code, std::move(message));
}

void Diagnostics::add(Severity severity, Position at, Code code, std::string message) {
  if (found_.size() >= kMaxKept) {
    ++dropped_;
    return;
  }
  found_.push_back(
      {severity, {}, at.line, at.column, std::string(code_text(code)), std::move(message)});
}

std::vector<Diagnostic> Diagnostics::finish(std::string_view text, const std::string& file) {
  const auto place = [](const Diagnostic& d) {
    return std::tie(d.line, d.column, d.severity, d.code, d.message);
  };
  std::sort(found_.begin(), found_.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  if (found_.size() > kMaxReported) {
    dropped_ += found_.size() - kMaxReported;
    found_.resize(kMaxReported);
  }
  for (auto& diagnostic : found_) {
    diagnostic.file = file;
    diagnostic.column = character_column(line_of(text, diagnostic.line), diagnostic.column);
  }
  if (dropped_ > 0) {
    const auto& last = found_.back();
    found_.push_back({errors_ > 0 ? Severity::kError : Severity::kWarning, file, last.line,
                      last.column, last.code,
                      std::to_string(dropped_) + " more are not shown; correct these first"});
  }
  return std::move(found_);
}

}  // namespace sluice::definition
