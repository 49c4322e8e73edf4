sluice_fuzzer(fuzz_codec SOURCES codec_any.cpp LINK sluice_store)
sluice_fuzzer(fuzz_codec_block SOURCES codec_block.cpp LINK sluice_store)
