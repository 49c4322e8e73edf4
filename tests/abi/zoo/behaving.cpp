// Actions that keep every rule: what the pool's tests, the neighbour and the benchmarks run.
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sluice/action.hpp>
#include <sstream>

namespace {

sluice::Outcome nothing(sluice::Run&) {
  return sluice::succeeded();
}

// Everything that a run is told, as variables.
sluice::Outcome tell(sluice::Run& run) {
  run.set_output("pipeline", run.pipeline());
  run.set_output("stage", run.stage());
  run.set_output("action", run.action());
  run.set_output("execution", run.execution_id());
  run.set_output("base", run.base_directory());
  run.set_output("state", run.state_directory());
  run.set_output("job", run.job());
  run.set_output("revision", run.source_revision().value_or("none"));
  std::string texts;
  for (const auto& [key, value] : run.configuration_pairs()) texts += key + '=' + value + ';';
  for (const auto& command : run.commands()) texts += command + ';';
  for (const auto& name : run.output_variables()) texts += name + ';';
  for (const auto& [name, value] : run.environment()) texts += name + '=' + value + ';';
  for (const auto& output : run.outputs())
    for (const auto& file : output.files) texts += output.name + ':' + file + ';';
  run.set_output("texts", texts);
  run.set_output("pid", std::to_string(getpid()));
  std::ofstream(run.state_directory() + "/calls", std::ios::app) << 'x';
  std::ostringstream calls;
  calls << std::ifstream(run.state_directory() + "/calls").rdbuf();
  run.set_output("calls", std::to_string(calls.str().size()));
  return sluice::succeeded();
}

// Each output is what all inputs together hold.
sluice::Outcome merge(sluice::Run& run) {
  for (const auto& output : run.outputs()) {
    for (const auto& input : run.inputs())
      std::filesystem::copy(input.directory, output.directory,
                            std::filesystem::copy_options::recursive);
    run.set_revision(output.name, "r-" + output.name, "merged", "file:///r");
  }
  run.set_detail("phases", R"(["MERGE:SUCCEEDED"])");
  run.set_external("ext-1", "https://example.invalid/1", "merged all");
  return sluice::succeeded();
}

// Says `text`, on both streams and through the log, and stays for as long as an engine needs to be
// told of its progress, if asked to.
sluice::Outcome say(sluice::Run& run) {
  const std::string text = run.configuration("text", "");
  std::puts(text.c_str());
  std::fputs((text + "\n").c_str(), stderr);
  run.log(text, SLUICE_LOG_WARNING);
  run.progress(40, "nearly " + text);
  if (run.flag("stay")) poll(nullptr, 0, 20);
  return run.flag("fail")
             ? sluice::failed("could not say " + text, SLUICE_FAILURE_TRANSIENT, "Mute")
             : sluice::succeeded();
}

// Fetches a secret by itself, hides it, and then shows it wherever something can be shown.
sluice::Outcome leak(sluice::Run& run) {
  const std::string secret = run.configuration("secret", "");
  if (run.flag("early")) (void)!write(1, secret.data(), secret.size());  // in a line not yet ended
  if (!run.mask(secret)) return sluice::failed("not hidden", SLUICE_FAILURE_PERMANENT, "NotHidden");
  std::puts(secret.c_str());
  std::fflush(stdout);
  setenv("SECRET", secret.c_str(), 1);
  if (run.flag("child") && std::system("echo \"child $SECRET\"") != 0) run.log("no child");
  run.log("log " + secret);
  run.set_external("ext-1", "https://example.invalid/?token=" + secret, "summary " + secret);
  run.progress(50, "progress " + secret);
  if (run.flag("stay")) poll(nullptr, 0, 20);
  run.set_detail("answer", R"({")" + secret + R"(": ["a )" + secret + R"(", 12345]})");
  run.set_output("leaked", "<" + secret + ">");
  return run.flag("fail") ? sluice::failed("failed with " + secret) : sluice::succeeded();
}

// More than may be hidden.
sluice::Outcome many_secrets(sluice::Run& run) {
  int hidden = 0;
  while (run.mask("secret-" + std::to_string(hidden))) ++hidden;
  run.set_output("count", std::to_string(hidden));
  run.log("secret-7");
  return sluice::succeeded();
}

// Three turns: a delay, a signal, the end.
sluice::Outcome in_turns(sluice::Run& run) {
  const std::string token = run.continuation().value_or("");
  if (token.empty()) return sluice::continue_later("second", 10);
  if (token == "second") return sluice::continue_later("third", -1);
  run.set_output("signal", run.signal().value_or("none"));
  return sluice::succeeded();
}

// Runs until it is cancelled, then ends as it should.
sluice::Outcome patient(sluice::Run& run) {
  run.log("waiting");
  while (!run.cancelled()) poll(nullptr, 0, 1);
  std::ofstream(run.state_directory() + "/cancelled") << "yes";
  return sluice::failed("cancelled", SLUICE_FAILURE_CANCELLED, "Cancelled");
}

sluice::Outcome sleep_ms(sluice::Run& run) {
  poll(nullptr, 0, std::stoi(run.configuration("ms", "1")));
  run.set_output("pid", std::to_string(getpid()));
  return sluice::succeeded();
}

constexpr const char* kTellSchema = R"json({"type": "object", "additionalProperties": true,
  "properties": {"a": {"type": "string"}, "b": {"type": "integer", "default": 7}}})json";

}  // namespace

SLUICE_PLUGIN("behaving", "1.2.3", "Keeps every rule",
              SLUICE_ACTION(nothing, .provider = "nothing"),
              SLUICE_ACTION(tell, .provider = "tell", .configuration_schema = kTellSchema),
              SLUICE_ACTION(merge, .category = SLUICE_CATEGORY_BUILD, .provider = "merge"),
              SLUICE_ACTION(say, .provider = "say",
                            .configuration_schema = R"json({"type": "object", "properties": {
                              "stay": {"type": "boolean"}, "text": {"type": "string", "x-secret": true},
                              "fail": {"type": "boolean"}}})json"),
              SLUICE_ACTION(leak, .provider = "leak"),
              SLUICE_ACTION(many_secrets, .provider = "many-secrets"),
              SLUICE_ACTION(in_turns, .provider = "in-turns"),
              SLUICE_ACTION(patient, .provider = "patient"),
              SLUICE_ACTION(sleep_ms, .provider = "sleep"))
