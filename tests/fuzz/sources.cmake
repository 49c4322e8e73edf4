sluice_fuzzer(fuzz_exec_answer SOURCES exec_answer.cpp LINK invoke_exec_answer)
sluice_fuzzer(fuzz_git_refs SOURCES git_refs.cpp LINK source_git_action)
