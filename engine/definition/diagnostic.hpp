// What is wrong with a workflow file: where, which rule (a stable code), and what to do about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::definition {

// Line and column start at 1; the column counts characters, not bytes, once a Diagnostic has it.
struct Position {
  std::uint32_t line = 1, column = 1;
  auto operator<=>(const Position&) const = default;
};

enum class Severity : std::uint8_t { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;
  std::uint32_t line = 1, column = 1;
  std::string code;     // "unknown-key": never renamed, see code_rows()
  std::string message;  // what is wrong and what to do, one or two sentences

  // "pipeline.yml:3:5: error: ... [unknown-key]"
  [[nodiscard]] std::string text() const;
  bool operator==(const Diagnostic&) const = default;
};

// Every code that a workflow file can be given, as docs/workflow-file.md prints them.
enum class Code : std::uint8_t {
  kUnreadable,
  kTooLarge,
  kEmpty,
  kNotUtf8,
  kBadCharacter,
  kSyntax,
  kTooDeep,
  kTooManyNodes,
  kSeveralDocuments,
  kUnsupportedYaml,
  kDuplicateKey,
  kUnknownKey,
  kMissingKey,
  kConflictingKeys,
  kWrongType,
  kBadLength,
  kBadFormat,
  kBadChoice,
  kBadNumber,
  kBadCount,
  kArtifactStore,
  kStageCount,
  kDuplicateStage,
  kEmptyStage,
  kSourceStage,
  kLateSource,
  kDuplicateAction,
  kUnknownActionType,
  kArtifactCount,
  kDuplicateArtifact,
  kUnknownArtifact,
  kLateArtifact,
  kCircle,
  kMissingConfiguration,
  kUnknownConfiguration,
  kBadConfiguration,
  kArtifactPath,
  kNamespace,
  kDuplicateVariable,
  kUnknownVariable,
  kVariableInSource,
  kUnknownNamespace,
  kLateNamespace,
  kUnknownOutput,
  kCrossRegion,
  kNeedsV2,
  kRollbackInParallel,
  kSkip,
  kConditionResult,
  kRetryWithConditions,
  kComputeOnly,
  kMultiLineCommand,
  kNotificationArn,
  kActionCount,
  kTrigger,
};

struct CodeRow {
  Code code;
  std::string_view text;
  std::string_view rule;  // row of facts/codepipeline.md 1.7, or "" for a rule of the file format
  std::string_view summary;  // one sentence
};
[[nodiscard]] std::span<const CodeRow> code_rows();
[[nodiscard]] std::string_view code_text(Code code);

// Collects; positions come in bytes and leave in characters.
class Diagnostics {
 public:
  void error(Position at, Code code, std::string message);
  void warning(Position at, Code code, std::string message);
  [[nodiscard]] bool failed() const { return errors_ > 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }

  // Sorted by position, without duplicates, at most kMaxReported and then one that counts the rest.
  [[nodiscard]] std::vector<Diagnostic> finish(std::string_view text, const std::string& file);

  static constexpr std::size_t kMaxReported = 100;

 private:
  void add(Severity severity, Position at, Code code, std::string message);

  std::vector<Diagnostic> found_;
  std::size_t errors_ = 0, dropped_ = 0;
};

}  // namespace sluice::definition
