/** Writes the folder's README: what it is, how it is built, run and called. */
import type { StandaloneModel } from "./model.ts";
import type { BuildOptions } from "./options.ts";
import type { PlanTable } from "./tables.ts";

export function printReadme(
  model: StandaloneModel,
  { batch, vocabulary, programs }: PlanTable,
  { file, architectures }: BuildOptions,
): string {
  const bytes = vocabulary === 256;
  const example = bytes ? '--prompt "In the beginning"' : "--tokens 2,651,9456";
  const names = ["the model's own", ...model.tables.map(({ name }) => name)].join(", ");
  const each = programs.prefill.length;
  return `# ${model.name} for CUDA

The model, compiled by eyrie: its kernels, a library with a C interface, and a program that generates ${bytes ? "text" : "token numbers"}.
It needs NVIDIA's driver to run, and the CUDA toolkit (12.8 or later), a C++17 compiler and make or CMake to be built.

\`\`\`sh
make -j
build/${file} --info
build/${file} --weights model.safetensors ${example} --max 100
\`\`\`

With CMake: \`cmake -B build-cmake && cmake --build build-cmake -j\`.
The program is \`build/${file}\`, the library \`build/lib${file}.a\` and \`build/lib${file}.so\`. \`--help\` lists the options.

| file | what it is |
|---|---|
| \`eyrie.h\` | the library's functions, in plain C: start here |
| \`main.cpp\` | the program, which uses nothing but those functions |
| \`kernels/\` | the kernels: \`prefill.cu\` takes up to ${each} tokens of a row at once, \`decode.cu\` one |
| \`plan.cpp\` | the tables of the model: parameters, memory, and the steps of both programs |
| \`images.cpp\` | takes the compiled kernels into the library |
| \`library/\` | the host's code: files, memory, launches, states |

* **Devices**: machine code for ${architectures.join(", ")}. On any other device of compute capability 8.0 or later the driver compiles the PTX, once.
* **Weights**: a .safetensors file, an index of several, or the folder of one (F32, F16 or BF16), under these names: ${names}.
* **Rows**: ${batch === 1 ? "one row of tokens runs at a time" : `${batch} rows of tokens run side by side`}; another number takes compiling the model again with \`--batch\`.
* **States**: \`--save-state\` and \`--restore-state\` read and write the files of \`eyrie run\`.
* **Driver**: it is loaded when it is needed; EYRIE_LIBCUDA names another library than libcuda.so.1.
* **Results**: products and sums are not contracted unless the kernels say so, so every device computes the same numbers up to its own \`exp\`, \`log\` and matrix units.
`;
}
