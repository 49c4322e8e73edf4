# Libraries that go into our programs instead of being loaded by them: a program that starts in
# milliseconds cannot load thirty libraries first (docs/decisions/0030). Found once, here, so that
# every room that says find_package() gets the same. Where there is no archive, the shared library
# does the same, only later.
function(sluice_link_statically target archive)
  find_library(SLUICE_ARCHIVE_${archive} NAMES lib${archive}.a)
  if(SLUICE_ARCHIVE_${archive})
    foreach(kind "" _NONE _RELEASE _DEBUG)
      set_property(TARGET ${target} PROPERTY IMPORTED_LOCATION${kind} ${SLUICE_ARCHIVE_${archive}})
    endforeach()
    set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${ARGN} Threads::Threads ${CMAKE_DL_LIBS})
  endif()
endfunction()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(LibArchive REQUIRED)
find_library(SLUICE_ZSTD NAMES libzstd.a zstd REQUIRED)
find_library(SLUICE_ARCHIVE NAMES libarchive.a)
find_library(SLUICE_YAML NAMES libyaml-cpp.a)
sluice_link_statically(OpenSSL::Crypto crypto)
sluice_link_statically(OpenSSL::SSL ssl)
sluice_link_statically(SQLite::SQLite3 sqlite3 m)

# For programs alone: this archive is not made to go into a shared library. Plugins load yaml-cpp.
add_library(sluice_yaml INTERFACE)
if(SLUICE_YAML)
  target_include_directories(sluice_yaml INTERFACE $<TARGET_PROPERTY:yaml-cpp,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(sluice_yaml INTERFACE ${SLUICE_YAML})
else()
  target_link_libraries(sluice_yaml INTERFACE yaml-cpp)
endif()

# Of libarchive only what a zstd-compressed tar needs: its other formats, which are in sections of
# their own, would bring libxml2, ICU and six more. For all formats: LibArchive::LibArchive.
add_library(sluice_tar_zstd INTERFACE)
if(SLUICE_ARCHIVE)
  target_include_directories(sluice_tar_zstd INTERFACE ${LibArchive_INCLUDE_DIRS})
  target_link_libraries(sluice_tar_zstd INTERFACE ${SLUICE_ARCHIVE} ${SLUICE_ZSTD})
  target_link_options(sluice_tar_zstd INTERFACE LINKER:--gc-sections)
else()
  target_link_libraries(sluice_tar_zstd INTERFACE LibArchive::LibArchive)
endif()
