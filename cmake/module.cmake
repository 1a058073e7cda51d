# notify_module(NAME SOURCES a.cpp … LINK lib … [NO_PCH])   the static library notify_NAME of the folder src/NAME
function(notify_module name)
    cmake_parse_arguments(MODULE "NO_PCH" "" "SOURCES;LINK" ${ARGN})
    set(target notify_${name})
    add_library(${target} STATIC ${MODULE_SOURCES})
    target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(
        ${target}
        PUBLIC project_options ${MODULE_LINK}
        PRIVATE project_warnings
    )
    if(NOTIFY_PCH AND NOT MODULE_NO_PCH AND NOT name STREQUAL "core")
        target_precompile_headers(${target} REUSE_FROM notify_core)
    endif()
endfunction()

# notify_tests(NAME SOURCES a_test.cpp … LINK lib …)   one test program; each TEST is a ctest test
function(notify_tests name)
    cmake_parse_arguments(TESTS "" "" "SOURCES;LINK" ${ARGN})
    add_executable(${name} ${TESTS_SOURCES})
    target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(
        ${name}
        PRIVATE ${TESTS_LINK} project_warnings GTest::gmock GTest::gtest_main
    )
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
endfunction()
