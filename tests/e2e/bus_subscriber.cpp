// Usage: bus_subscriber OPTIONS-JSON, the same options as bus_subscriber.py. Prints a sequence a
// line.
#include <iostream>
#include <nlohmann/json.hpp>
#include <sluice/events.hpp>

int main(int, char** argv) {
  const auto options = nlohmann::json::parse(argv[1]);
  sluice::Subscription subscription;
  subscription.prefixes = options.value("prefixes", std::vector<std::string>{});
  if (options.contains("pattern")) subscription.pattern = options["pattern"].dump();
  if (options.contains("after")) subscription.after = options["after"].get<std::uint64_t>();
  if (options.contains("since"))
    subscription.since_ms = options["since"].get<std::int64_t>() * 1000;
  subscription.cursor_file = options.value("cursor_file", "");
  const std::uint64_t until = options["until"];
  try {
    sluice::Subscriber subscriber(
        sluice::Subscriber::in_data_directory(options["directory"].get<std::string>()),
        subscription);
    while (auto event = subscriber.next()) {
      std::cout << event->sequence << std::endl;
      if (event->sequence >= until) break;
    }
    subscriber.next(0);
    std::cerr << "removed " << subscriber.removed() << std::endl;
  } catch (const sluice::SubscriptionError& error) {
    std::cout << "refused: " << error.what() << std::endl;
    return 1;
  }
}
