find_package(simdjson 3.0 REQUIRED)
sluice_bench(bench_pattern_match
  SOURCES pattern_match.cpp pattern_workload.cpp LINK sluice_pattern simdjson::simdjson)
