/** What a folder is built as: its name in files, and the images of each program. */
import { type EntryName, entryNames } from "./tables.ts";

export type BuildOptions = {
  /** Name of the executable and of the library. */
  readonly file: string;
  readonly model: string;
  /** Architectures with machine code of their own ("sm_90"). */
  readonly architectures: readonly string[];
  /** Names of the host library's sources, without folder, that end in .cpp. */
  readonly sources: readonly string[];
};

/** What PTX is made for: the least that the kernels need, so that the driver of any later device compiles it. */
export const leastArchitecture = "compute_80";

/** Flags of nvcc for PTX, and for machine code from it. They change what a kernel computes in nothing from what eyrie's own runtime runs. */
export const ptxFlags = `-ptx -arch=${leastArchitecture} -fmad=false -std=c++17 -Werror all-warnings`;
export const cubinFlags = "-cubin -Werror all-warnings";
export const hostFlags = "-Wall -Wextra -Werror";

export const ptxOf = (entry: EntryName): string => `${entry}.ptx`;
export const cubinOf = (entry: EntryName, architecture: string): string =>
  `${entry}.${architecture}.cubin`;

/** Every file that images.cpp takes in. */
export const imageFiles = ({ architectures }: BuildOptions): readonly string[] =>
  entryNames.flatMap((entry) => [
    ...architectures.map((architecture) => cubinOf(entry, architecture)),
    ptxOf(entry),
  ]);

/** The model's name as a file's. */
export const fileName = (model: string): string =>
  model
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .replace(/^[-_]+/, "") || "model";
