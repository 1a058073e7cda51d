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
    cmake_parse_arguments(TESTS "" "" "SOURCES;LINK;FIXTURES" ${ARGN})
    add_executable(${name} ${TESTS_SOURCES})
    target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(
        ${name}
        PRIVATE ${TESTS_LINK} project_warnings GTest::gmock GTest::gtest_main
    )
    gtest_discover_tests(
        ${name}
        DISCOVERY_MODE PRE_TEST
        PROPERTIES TIMEOUT 300 FIXTURES_REQUIRED "${TESTS_FIXTURES}"
    )
endfunction()

# notify_fuzz(NAME LINK lib …)   the fuzz target NAME.cpp: with libFuzzer under the preset `fuzz`; in the tests’ builds
# a ctest test that runs it on the inputs kept in corpus/NAME
function(notify_fuzz name)
    cmake_parse_arguments(FUZZ "" "" "LINK" ${ARGN})
    add_executable(fuzz_${name} ${name}.cpp)
    target_include_directories(fuzz_${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(fuzz_${name} PRIVATE ${FUZZ_LINK} project_warnings)
    if(NOTIFY_FUZZ)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz fuzz_${name})
    else()
        target_sources(fuzz_${name} PRIVATE replay.cpp)
        add_test(
            NAME "FuzzCorpus.${name}"
            COMMAND fuzz_${name} "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}"
        )
    endif()
endfunction()
