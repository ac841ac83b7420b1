/** Writes the folder's CMakeLists.txt. */
import { type BuildOptions, cubinFlags, hostFlags, ptxFlags } from "./options.ts";
import { entryNames } from "./tables.ts";

/** The kernels are compiled by commands of their own, since they become data; the rest is C++ and needs no CUDA runtime. */
export function printCMake({ file, model, architectures, sources }: BuildOptions): string {
  const lines = (items: readonly string[]) => items.map((item) => `  ${item}\n`).join("");
  return `# Builds ${model}: the program ${file}, and the libraries ${file}-static and ${file}-shared.
# CUDAToolkit_ROOT or PATH say where nvcc is; -DEYRIE_NVCCFLAGS=-lineinfo is for profilers, and -DEYRIE_WARNINGS= lets
# warnings pass.
cmake_minimum_required(VERSION 3.18)
project(${file} LANGUAGES CXX)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(EYRIE_WARNINGS ${hostFlags.replaceAll(" ", ";")} CACHE STRING "Flags about warnings")
set(EYRIE_NVCCFLAGS "" CACHE STRING "More flags of nvcc")
find_package(CUDAToolkit REQUIRED)

set(compiled \${CMAKE_CURRENT_BINARY_DIR}/images)
file(MAKE_DIRECTORY \${compiled})
set(images)
foreach(program ${entryNames.join(" ")})
  set(ptx \${compiled}/\${program}.ptx)
  add_custom_command(
    OUTPUT \${ptx}
    COMMAND \${CUDAToolkit_NVCC_EXECUTABLE} ${ptxFlags} \${EYRIE_NVCCFLAGS}
      -o \${ptx} \${CMAKE_CURRENT_SOURCE_DIR}/kernels/\${program}.cu
    DEPENDS \${CMAKE_CURRENT_SOURCE_DIR}/kernels/\${program}.cu
    COMMENT "Compiling the kernels of \${program}")
  list(APPEND images \${ptx})
  foreach(architecture ${architectures.join(" ")})
    set(cubin \${compiled}/\${program}.\${architecture}.cubin)
    add_custom_command(
      OUTPUT \${cubin}
      COMMAND \${CUDAToolkit_NVCC_EXECUTABLE} ${cubinFlags} \${EYRIE_NVCCFLAGS}
        -arch=\${architecture} -o \${cubin} \${ptx}
      DEPENDS \${ptx}
      COMMENT "Assembling the kernels of \${program} for \${architecture}")
    list(APPEND images \${cubin})
  endforeach()
endforeach()

add_library(host OBJECT
  plan.cpp
  images.cpp
${lines(sources.map((source) => `library/${source}`))})
set_source_files_properties(images.cpp PROPERTIES OBJECT_DEPENDS "\${images}")
target_compile_definitions(host PRIVATE EYRIE_IMAGES="\${compiled}")
target_compile_features(host PUBLIC cxx_std_17)
target_compile_options(host PRIVATE \${EYRIE_WARNINGS})
target_include_directories(host PUBLIC \${CMAKE_CURRENT_SOURCE_DIR})
target_include_directories(host SYSTEM PRIVATE \${CUDAToolkit_INCLUDE_DIRS})
set_target_properties(host PROPERTIES
  POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden)

foreach(kind static shared)
  string(TOUPPER \${kind} type)
  add_library(${file}-\${kind} \${type})
  target_link_libraries(${file}-\${kind} PUBLIC host \${CMAKE_DL_LIBS})
  set_target_properties(${file}-\${kind} PROPERTIES OUTPUT_NAME ${file})
endforeach()
target_link_options(${file}-shared PRIVATE
  -Wl,--version-script=\${CMAKE_CURRENT_SOURCE_DIR}/library/exports.map)

add_executable(${file} main.cpp library/options.cpp)
target_compile_options(${file} PRIVATE \${EYRIE_WARNINGS})
target_link_libraries(${file} PRIVATE ${file}-static)
`;
}
