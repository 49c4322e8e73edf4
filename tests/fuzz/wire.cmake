sluice_fuzzer(fuzz_wire_codec SOURCES wire_codec.cpp LINK sluice_wire)
sluice_fuzzer(fuzz_plugin_file SOURCES wire_plugin_file.cpp ${CMAKE_SOURCE_DIR}/sdk/host/elf_file.cpp)
