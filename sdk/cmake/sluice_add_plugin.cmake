set(SLUICE_PLUGIN_MAP "${CMAKE_CURRENT_LIST_DIR}/plugin.map")

# sluice_add_plugin(NAME source...): a shared library NAME.so that exports the entry symbol and
# nothing else, and, where testing is enabled, the test NAME_describes, which fails if sluice would
# refuse the plugin.
function(sluice_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST languages)
    target_compile_features(${name} PRIVATE cxx_std_20)
  endif()
  target_link_libraries(${name} PRIVATE sluice::sdk)
  target_link_options(${name} PRIVATE LINKER:--exclude-libs,ALL "LINKER:--version-script=${SLUICE_PLUGIN_MAP}")
  # Sanitizers leave symbols to the program that loads the library.
  if(NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
    target_link_options(${name} PRIVATE LINKER:-z,defs)
  endif()
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${SLUICE_PLUGIN_MAP}")
  add_test(NAME ${name}_describes COMMAND "${SLUICE_ACTION_HOST}" --describe $<TARGET_FILE:${name}>)
  set_tests_properties(${name}_describes PROPERTIES TIMEOUT 30)
endfunction()
