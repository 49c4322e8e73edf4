sluice_fuzzer(fuzz_mask SOURCES mask.cpp LINK sluice_core)
