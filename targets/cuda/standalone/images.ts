/** Writes images.cpp, which takes the compiled kernels into the library as they are. */
import { type BuildOptions, cubinOf, ptxOf } from "./options.ts";
import { entryNames } from "./tables.ts";

/** The file is compiled after the kernels, with EYRIE_IMAGES naming the folder that holds them. */
export function printImages(options: BuildOptions): string {
  const programs = entryNames.map((entry) => {
    const compiled = options.architectures.map((architecture) => ({
      label: `eyrie_${entry}_${architecture}`,
      file: cubinOf(entry, architecture),
      architecture: `"${architecture}"`,
    }));
    const ptx = { label: `eyrie_${entry}_ptx`, file: ptxOf(entry), architecture: "nullptr" };
    const images = [...compiled, ptx];
    return {
      taken: images.map(({ label, file }) => `EYRIE_IMAGE(${label}, "${file}")`),
      table: [
        `extern const Image ${entry}_images[];`,
        `const Image ${entry}_images[] = {`,
        ...images.map(({ label, architecture }) => `    {${architecture}, ${label}},`),
        "};",
      ],
    };
  });
  return [
    `// The compiled kernels of ${options.model}: machine code for each architecture, and PTX for every other. Written by eyrie.`,
    '#include "library/plan.h"',
    "",
    "// The file's bytes and a zero, which ends PTX.",
    ...[
      "#define EYRIE_IMAGE(label, file)                                                    \\",
      '  __asm__(".pushsection .rodata\\n"                                                  \\',
      '          ".balign 16\\n"                                                            \\',
      '          ".global " #label "\\n"                                                    \\',
      '          ".hidden " #label "\\n" #label ":\\n"                                       \\',
      '          ".incbin \\"" EYRIE_IMAGES "/" file "\\"\\n"                                 \\',
      '          ".byte 0\\n"                                                               \\',
      '          ".popsection");                                                           \\',
      '  extern "C" __attribute__((visibility("hidden"))) const unsigned char label[];',
    ],
    "",
    ...programs.flatMap(({ taken }) => taken),
    "",
    "namespace eyrie {",
    "",
    ...programs.flatMap(({ table }) => [...table, ""]),
    "}  // namespace eyrie",
    "",
  ].join("\n");
}
