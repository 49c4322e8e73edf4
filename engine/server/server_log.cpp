#include "engine/server/server_log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <nlohmann/json.hpp>

namespace sluice::server {
namespace {

// The level's name as both formats spell it.
constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};

spdlog::level::level_enum level_of(LogLevel level) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                   spdlog::level::warn, spdlog::level::err};
  return kLevels[static_cast<int>(level)];
}

spdlog::level::level_enum level_of(const std::string& name) {
  for (int i = 0; i < 4; ++i)
    if (kNames[i] == name) return level_of(static_cast<LogLevel>(i));
  return spdlog::level::info;
}

std::string text_line(std::string_view what, const ServerLog::Fields& fields) {
  std::string line(what);
  for (const auto& [key, value] : fields) {
    if (value.empty()) continue;
    const bool quote = value.find_first_of(" \"\n\t") != std::string::npos;
    line += ' ';
    line += key;
    line += '=';
    line +=
        quote ? nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
              : value;
  }
  return line;
}

// The members behind time and level; the pattern adds these.
std::string json_members(std::string_view what, const ServerLog::Fields& fields) {
  nlohmann::ordered_json line = {{"message", what}};
  for (const auto& [key, value] : fields)
    if (!value.empty()) line[std::string(key)] = value;
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).substr(1);
}

}  // namespace

struct ServerLog::Sink {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
  bool json = false;
};

ServerLog::ServerLog(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
ServerLog::~ServerLog() = default;

Result<std::unique_ptr<ServerLog>> ServerLog::open(const Configuration& configuration) {
  std::unique_ptr<ServerLog> log(new ServerLog(std::make_unique<Sink>()));
  if (auto opened = log->reopen(configuration); !opened) return opened.error();
  return log;
}

Result<void> ServerLog::reopen(const Configuration& configuration) {
  try {
    spdlog::sink_ptr sink;
    if (configuration.log_file.empty())
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(configuration.log_file, false);
    auto logger = std::make_shared<spdlog::logger>("sluice", std::move(sink));
    const bool json = configuration.log_format == "json";
    logger->set_pattern(
        json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
        spdlog::pattern_time_type::utc);
    logger->set_level(level_of(configuration.log_level));
    logger->flush_on(spdlog::level::debug);
    const std::lock_guard lock(sink_->mutex);
    sink_->logger = std::move(logger);
    sink_->json = json;
    return {};
  } catch (const spdlog::spdlog_ex& error) {
    return Error{ErrorKind::kUnavailable, configuration.log_file, error.what()};
  }
}

void ServerLog::write(LogLevel level, std::string_view what, const Fields& fields) {
  std::shared_ptr<spdlog::logger> logger;
  bool json = false;
  {
    const std::lock_guard lock(sink_->mutex);
    logger = sink_->logger;
    json = sink_->json;
  }
  if (!logger->should_log(level_of(level))) return;
  logger->log(level_of(level), "{}", json ? json_members(what, fields) : text_line(what, fields));
}

}  // namespace sluice::server
