sluice_fuzzer(fuzz_buildspec SOURCES buildspec.cpp LINK build_parser)
sluice_fuzzer(fuzz_junit SOURCES junit.cpp LINK test_reports)
