// Prints one line for each failed pipeline, stage and action. Usage: failures DATA_DIRECTORY
#include <iostream>
#include <sluice/events.hpp>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: failures DATA_DIRECTORY\n";
    return 2;
  }
  sluice::Subscriber subscriber(sluice::Subscriber::in_data_directory(argv[1]),
                                {"codepipeline.pipeline.FAILED.", "codepipeline.stage.FAILED.",
                                 "codepipeline.action.FAILED."});
  while (auto event = subscriber.next()) {
    std::cout << event->text("time") << " FAILED " << event->text("detail.pipeline");
    for (const char* part : {"detail.stage", "detail.action"})
      if (const auto name = event->text(part); !name.empty()) std::cout << '/' << name;
    std::cout << ' ' << event->text("detail.execution-result.external-execution-summary")
              << std::endl;
  }
}
