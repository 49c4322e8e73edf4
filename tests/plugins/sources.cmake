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
