# Flags live here and nowhere else: every target links sluice_flags.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

option(SLUICE_WERROR "Warnings are errors" OFF)
option(SLUICE_FUZZ "Build the libFuzzer targets (clang)" OFF)
set(SLUICE_SANITIZE "" CACHE STRING "Sanitizers for every target: address,undefined or thread")

find_program(SLUICE_CCACHE ccache)
if(SLUICE_CCACHE)
  # Relative paths in what ccache compares, so that one checkout's objects serve another one.
  set(cached ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${SLUICE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${cached})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${cached})
endif()

add_library(sluice_flags INTERFACE)
target_compile_options(sluice_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  # GCC 12 warns of overlaps in std::string operator+ that are not there (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(SLUICE_WERROR)
  target_compile_options(sluice_flags INTERFACE -Werror)
endif()
if(SLUICE_SANITIZE)
  target_compile_options(sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE})
endif()
if(SLUICE_FUZZ)
  target_compile_options(sluice_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(sluice_flags INTERFACE -fsanitize=address,undefined)
endif()

# Everything is built into one tree that has the layout of an installation, so that the binaries
# find each other by the same relative paths before and after `make install`.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(SLUICE_LIBEXEC_DIR ${CMAKE_BINARY_DIR}/libexec/sluice)
set(SLUICE_PLUGIN_DIR ${CMAKE_BINARY_DIR}/lib/sluice/plugins)
