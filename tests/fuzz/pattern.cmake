sluice_fuzzer(fuzz_pattern_text SOURCES pattern_text.cpp LINK sluice_pattern)
sluice_fuzzer(fuzz_pattern_event SOURCES pattern_event.cpp LINK sluice_pattern)
