/** A driver's result as an error: what the user can mend as a UserError, all else as a CompilerBug. */
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";

export type Failure = {
  /** The driver's function. */
  readonly call: string;
  readonly code: number;
  /** CUDA's own name and words of the code. */
  readonly name: string;
  readonly words: string;
  /** What was asked for, where that helps. */
  readonly about?: string | undefined;
  /** What the stand-in's engine says. */
  readonly detail?: string;
  /** CUDA 12.4 is 12040. */
  readonly driverVersion: number;
};

export const codes = {
  success: 0,
  outOfMemory: 2,
  notReady: 600,
} as const;

/** After these the device's context gives nothing but the same code. */
const broken =
  "start again in a fresh process; if it happens again, look at nvidia-smi and the system's log";
const otherDriver = "install an NVIDIA driver that fits this GPU and kernel, and restart";

/** What happened, and what to do, by code; see CUresult in cuda.h. */
const mendable: Readonly<Record<number, readonly [string, string]>> = {
  2: [
    "the GPU has not enough memory",
    "use a smaller model, batch or chunk, or end what else uses the GPU",
  ],
  34: [
    "this libcuda is the toolkit's stub, not a driver",
    "take the toolkit's stubs folder off LD_LIBRARY_PATH, or name the driver's libcuda in EYRIE_LIBCUDA",
  ],
  46: ["another process holds the GPU for itself", "end it, or choose another GPU"],
  100: [
    "the NVIDIA driver finds no GPU",
    "see whether nvidia-smi lists one and CUDA_VISIBLE_DEVICES names it, or run with --executor cuda-cpu",
  ],
  101: ["there is no GPU of that number", "choose one that nvidia-smi lists"],
  209: ["the kernels do not run on this GPU", "compile them for its architecture"],
  214: ["the GPU's memory has an error that it cannot correct", broken],
  220: ["the connection between GPUs failed", broken],
  221: [
    "the NVIDIA driver has no compiler for PTX",
    "install libnvidia-ptxjitcompiler of the driver's version",
  ],
  222: [
    "the NVIDIA driver is too old for these kernels",
    "install a newer driver, or compile with an older CUDA toolkit",
  ],
  223: [
    "the NVIDIA driver may not compile PTX here",
    "unset CUDA_DISABLE_PTX_JIT, or compile the kernels for this GPU's architecture",
  ],
  226: ["the GPU contained an error of its memory", broken],
  702: [
    "the GPU's watchdog stopped a kernel that took too long",
    "use a smaller chunk or batch, or a GPU that drives no display",
  ],
  802: ["the NVIDIA system software is not ready", "start the fabric manager, or wait for it"],
  803: ["the NVIDIA driver's library and kernel module differ", otherDriver],
  804: ["the CUDA compatibility library does not support this GPU", otherDriver],
};

/** Kernels did what they must not; the context is of no more use. */
const faults: ReadonlySet<number> = new Set([700, 710, 714, 715, 716, 717, 718, 719]);

/** Whether every later call in the same context gives this code again. */
export const isLasting = (code: number): boolean =>
  faults.has(code) || [214, 220, 226, 702].includes(code);

/** One sentence: what happened, the call with CUDA's name and words of it, and what to do. */
export function explain(failure: Failure): Error {
  const { call, code, name, words, about, detail } = failure;
  const facts = [
    `${call}: ${name}, ${words.replace(/\.$/, "")}`,
    ...(code === 222 ? [`the driver is for CUDA ${printVersion(failure.driverVersion)}`] : []),
    ...(detail ? [detail] : []),
  ].join("; ");
  const subject = about ? ` for ${about}` : "";
  const known = mendable[code];
  if (known) return new UserError(`${known[0]}${subject} (${facts}); ${known[1]}`);
  if (faults.has(code)) return new CompilerBug(`a kernel failed on the GPU${subject} (${facts})`);
  return new CompilerBug(`the CUDA driver refused a call${subject} (${facts})`);
}

/** 12040 as 12.4. */
export const printVersion = (version: number): string =>
  `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
