# Compares docs/state-machine.md with what the tables print now.
execute_process(COMMAND ${PRINTER} OUTPUT_FILE ${FRESH} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "print_state_machine failed")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${FRESH} ${COPY} RESULT_VARIABLE stale)
if(stale)
  message(FATAL_ERROR "docs/state-machine.md is stale: copy ${FRESH} over it")
endif()
