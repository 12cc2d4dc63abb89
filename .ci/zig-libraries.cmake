# What chemfiles asks its users to link to, after zig.cmake.
set(CMAKE_CXX_IMPLICIT_LINK_LIBRARIES c++)
set(CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES "")
