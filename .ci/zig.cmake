# For .ci/dist: the compilers of cargo-zigbuild, and how chemfiles is compiled. zig names its C++ library by paths in a cache, which
# rustc cannot link to; its linker knows it as c++.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER "$ENV{CC_x86_64_unknown_linux_gnu}")
set(CMAKE_CXX_COMPILER "$ENV{CXX_x86_64_unknown_linux_gnu}")
set(CMAKE_AR "$ENV{AR_x86_64_unknown_linux_gnu}")
set(CMAKE_RANLIB "$ENV{RANLIB_x86_64_unknown_linux_gnu}")
set(CMAKE_C_LINKER_DEPFILE_SUPPORTED FALSE)
set(CMAKE_CXX_LINKER_DEPFILE_SUPPORTED FALSE)
set(CMAKE_PROJECT_INCLUDE "${CMAKE_CURRENT_LIST_DIR}/zig-libraries.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/../.cargo/chemfiles.cmake")
