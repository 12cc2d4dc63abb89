# Used when chemfiles is compiled (see config.toml beside this file): its own files go to the compiler several at a time, since
# most of the time is spent on the headers that they share. Its formats then build in half the processor time.
if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.19)
    set(CMAKE_PROJECT_chemfiles_INCLUDE "${CMAKE_CURRENT_LIST_DIR}/unity.cmake")
endif()
