# sluice_library(NAME SOURCES ... LINK ... PRIVATE_LINK ...): a static room of the house. Headers are
# included from the repository root ("engine/core/fact.hpp"), so an include line names the room.
function(sluice_library name)
  cmake_parse_arguments(A "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  if(A_SOURCES)
    add_library(${name} STATIC ${A_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${A_LINK} PRIVATE ${A_PRIVATE_LINK} sluice_flags)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${A_LINK})
  endif()
endfunction()

# sluice_test(NAME SOURCES ... LINK ... [TIMEOUT seconds]): one Catch2 program, one ctest entry.
function(sluice_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${A_SOURCES} $<TARGET_OBJECTS:catch_main>)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${A_LINK} Catch2::Catch2 sluice_flags)
  add_test(NAME ${name} COMMAND ${name})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${A_TIMEOUT})
endfunction()

# sluice_fuzzer(NAME SOURCES ... LINK ...): a libFuzzer program; built only with SLUICE_FUZZ.
# `fuzz-smoke` in .ci/run runs every program in <build>/fuzz for a bounded time.
function(sluice_fuzzer name)
  cmake_parse_arguments(A "" "" "SOURCES;LINK" ${ARGN})
  if(SLUICE_FUZZ)
    add_executable(${name} ${A_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${A_LINK} sluice_flags)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

# sluice_bench(NAME SOURCES ... LINK ...): a benchmark program. Run by `make bench`; with --quick it is
# also a ctest smoke test that asserts no time.
function(sluice_bench name)
  cmake_parse_arguments(A "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${A_LINK} sluice_flags)
  add_test(NAME ${name}_smoke COMMAND ${name} --quick)
  set_tests_properties(${name}_smoke PROPERTIES TIMEOUT 120)
endfunction()
