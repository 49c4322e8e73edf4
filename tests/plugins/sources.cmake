# The actions source/git, source/directory, invoke/exec and approval/manual.
sluice_test(child_process_test SOURCES child_process_test.cpp LINK plugin_process)
sluice_test(git_names_test SOURCES git_names_test.cpp LINK source_git_action)
sluice_test(git_source_test SOURCES git_source_test.cpp git_fixture.cpp
  LINK source_git_action fake_host)
add_executable(git_source_once git_source_once.cpp)
set_target_properties(git_source_once PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
target_link_libraries(git_source_once PRIVATE source_git_action fake_host sluice_flags)
add_dependencies(git_source_test git_source_once)
target_compile_definitions(git_source_test PRIVATE SLUICE_GIT_ONCE="$<TARGET_FILE:git_source_once>")
sluice_test(exec_answer_test SOURCES exec_answer_test.cpp LINK invoke_exec_answer)
sluice_test(exec_test SOURCES exec_test.cpp LINK invoke_exec_action fake_host)
sluice_test(approval_manual_test SOURCES approval_manual_test.cpp LINK approval_manual_action fake_host)
sluice_test(directory_source_test SOURCES directory_source_test.cpp git_fixture.cpp
  LINK source_directory_action fake_host)

# The demo's input is real: its own tests pass, and its scripts are sound.
add_test(NAME demo_service_test COMMAND ${SLUICE_PYTHON} -B -m tests.run ${CMAKE_BINARY_DIR}/tests/demo_junit.xml
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/examples/demo/service)
set_tests_properties(demo_service_test PROPERTIES TIMEOUT 60)
