// Counts the words of every file of its input artifact: inputs, outputs, progress, variables,
// details and cancellation in one small plugin.
#include <filesystem>
#include <fstream>
#include <sluice/action.hpp>

namespace fs = std::filesystem;

static std::size_t words_in(const fs::path& path) {
  std::ifstream file(path);
  std::size_t words = 0;
  for (std::string word; file >> word;) ++words;
  return words;
}

static sluice::Outcome count_words(sluice::Run& run) {
  const std::string wanted = run.configuration("extension", "");
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(run.inputs().at(0).directory))
    if (entry.is_regular_file() && (wanted.empty() || entry.path().extension() == wanted))
      files.push_back(entry.path());
  if (files.empty()) return sluice::misconfigured("the input has no file *" + wanted);

  std::size_t total = 0;
  std::string report;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (run.cancelled()) return sluice::failed("cancelled", SLUICE_FAILURE_CANCELLED, "Cancelled");
    const std::size_t words = words_in(files[i]);
    total += words;
    report += std::to_string(words) + ' ' + files[i].filename().string() + '\n';
    run.progress(static_cast<int>(100 * (i + 1) / files.size()), files[i].filename().string());
  }
  for (const auto& output : run.outputs()) std::ofstream(output.directory + "/words.txt") << report;
  run.log(std::to_string(total) + " words in " + std::to_string(files.size()) + " files");
  run.set_output("words", std::to_string(total));
  run.set_detail("files", std::to_string(files.size()));
  return sluice::succeeded();
}

SLUICE_PLUGIN("word-count", "1.0.0", "Counts words",
              SLUICE_ACTION(count_words, .category = SLUICE_CATEGORY_TEST, .provider = "WordCount",
                            .uses = "test/word-count", .summary = "Counts the words of files",
                            .configuration_schema = R"json({"type": "object", "properties": {
                              "extension": {"type": "string",
                                            "description": "only files with it, such as .md"}}})json",
                            .min_inputs = 1, .max_inputs = 1, .max_outputs = 1))
