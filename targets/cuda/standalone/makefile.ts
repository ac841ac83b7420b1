/** Writes the folder's Makefile. */
import { type BuildOptions, cubinFlags, hostFlags, imageFiles, ptxFlags } from "./options.ts";

/** Plain GNU make; everything that is made lies in build/. */
export function printMakefile(options: BuildOptions): string {
  const { file, model, architectures, sources } = options;
  const objects = ["plan", "images", ...sources.map((source) => `library/${source}`)].map(
    (source) => `build/${source.replace(/\.cpp$/, "")}.o`,
  );
  const list = (name: string, items: readonly string[]) => `${name} := ${items.join(" \\\n  ")}`;
  return `# Builds ${model}: the program build/${file}, and the library build/lib${file}.a and build/lib${file}.so.
# make -j; NVCC and CXX choose the compilers, CUDA_INCLUDE the folder of cuda.h, NVCCFLAGS=-lineinfo is for profilers,
# and WARNINGS= lets warnings pass.
NVCC ?= nvcc
CXXFLAGS ?= -O2
WARNINGS ?= ${hostFlags}
ifndef CUDA_INCLUDE
CUDA_INCLUDE := $(shell $(NVCC) -dryrun -x cu -E /dev/null 2>&1 | sed -n 's/.* INCLUDES="-I\\([^"]*\\)".*/\\1/p')
endif
ifneq ($(MAKECMDGOALS),clean)
ifeq ($(wildcard $(CUDA_INCLUDE)/cuda.h),)
$(error cuda.h was not found: put the CUDA toolkit's nvcc on PATH, or name it in NVCC and the folder of cuda.h in CUDA_INCLUDE)
endif
endif

HOST := -std=c++17 -fPIC -fvisibility=hidden $(WARNINGS) -I. -isystem $(CUDA_INCLUDE) -DEYRIE_IMAGES='"build"'
${list(
  "IMAGES",
  imageFiles(options).map((image) => `build/${image}`),
)}
${list("OBJECTS", objects)}

.PHONY: all clean
.SECONDARY:
all: build/${file} build/lib${file}.a build/lib${file}.so

build/${file}: build/main.o build/library/options.o build/lib${file}.a
	$(CXX) $(LDFLAGS) -o $@ $^ -ldl

build/lib${file}.a: $(OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

build/lib${file}.so: $(OBJECTS)
	$(CXX) $(LDFLAGS) -shared -Wl,--version-script=library/exports.map -o $@ $^ -ldl

build/%.o: %.cpp
	@mkdir -p $(@D)
	$(CXX) $(HOST) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

build/images.o: $(IMAGES)

build/%.ptx: kernels/%.cu
	@mkdir -p $(@D)
	$(NVCC) ${ptxFlags} $(NVCCFLAGS) -o $@ $<
${architectures
  .map(
    (architecture) => `
build/%.${architecture}.cubin: build/%.ptx
	$(NVCC) ${cubinFlags} $(NVCCFLAGS) -arch=${architecture} -o $@ $<
`,
  )
  .join("")}
clean:
	rm -rf build

-include $(OBJECTS:.o=.d) build/main.d build/library/options.d
`;
}
