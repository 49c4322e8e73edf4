# Tests of events/pattern and of `sluice pattern`.
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)
add_executable(sluice-pattern pattern_main.cpp)
set_target_properties(sluice-pattern PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
target_include_directories(sluice-pattern PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(sluice-pattern PRIVATE sluice_cli_pattern CLI11::CLI11 sluice_flags)

add_test(NAME pattern_cases
         COMMAND sluice-pattern pattern check ${CMAKE_CURRENT_SOURCE_DIR}/pattern_cases.jsonl)
set_tests_properties(pattern_cases PROPERTIES PASS_REGULAR_EXPRESSION "[0-9]+ passed, 0 failed"
                                              TIMEOUT 120)

sluice_test(pattern_property_test
  SOURCES pattern_property_test.cpp pattern_random.cpp pattern_reference.cpp
  LINK sluice_pattern)
sluice_test(pattern_library_test SOURCES pattern_library_test.cpp LINK sluice_pattern)
sluice_test(pattern_concurrency_test
  SOURCES pattern_concurrency_test.cpp LINK sluice_pattern Threads::Threads)
sluice_test(pattern_cli_test SOURCES pattern_cli_test.cpp)
target_compile_definitions(pattern_cli_test
  PRIVATE SLUICE_PATTERN_PROGRAM="$<TARGET_FILE:sluice-pattern>")
add_dependencies(pattern_cli_test sluice-pattern)
