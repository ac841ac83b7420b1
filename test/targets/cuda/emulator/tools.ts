/** What the emulator's tests share: whether g++ and nvcc are here, and small PTX kernels for single instructions. */
import { spawnSync } from "node:child_process";
import type { Numbers } from "../../../../targets/cuda/emulator/emulator.ts";
import { compilePtx } from "../../../../targets/cuda/nvcc.ts";
import { hasToolkit } from "../../../../targets/cuda/toolkit.ts";

const runs = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;
const compiler = runs("g++");
const nvcc = await hasToolkit();

/** Skips a suite aloud where what it needs is not installed; gives a first compilation time. */
export function needs(context: Mocha.Context, ...tools: ("g++" | "nvcc")[]): void {
  // What is compiled for the first time takes seconds, and more on a busy machine.
  context.timeout(Math.max(context.timeout(), 300_000));
  const missing = tools.filter((tool) => (tool === "g++" ? !compiler : !nvcc));
  if (missing.length === 0) return;
  console.log(`      skipped: ${missing.join(" and ")} not installed`);
  context.skip();
}

/** PTX of a .cu text beside the tests, as the product compiles it. */
export async function ptxOf(text: string): Promise<string> {
  return (await compilePtx(text)).ptx;
}

export const head = ".version 8.0\n.target sm_80\n.address_size 64\n";

export type RegisterType = "b16" | "b32" | "b64" | "f32" | "f64" | "pred";

const storage = (type: RegisterType): string =>
  type === "pred" ? "b32" : type === "f32" ? "b32" : type === "f64" ? "b64" : type;

const bytesOf = (type: RegisterType): number => Number(storage(type).slice(1)) / 8;

/**
 * A kernel that loads `inputs` operands of a row each, runs `code` on %a0, %a1, … into %d0, %d1, …, and stores those.
 * A thread a row. Predicates travel as 0 and 1; %row may be used.
 */
export function rowKernel(
  name: string,
  inputs: readonly RegisterType[],
  results: readonly RegisterType[],
  code: string,
): string {
  const parameters = [...inputs, ...results].map((_, i) => `.param .u64 p${i}`);
  const lines = [
    ...inputs.map((type, i) => `.reg .${type} %a${i};`),
    ...results.map((type, i) => `.reg .${type} %d${i};`),
    ".reg .b32 %row, %bit; .reg .b64 %at, %step;",
    "mov.u32 %row, %ctaid.x; mov.u32 %bit, %ntid.x; mul.lo.u32 %row, %row, %bit;",
    "mov.u32 %bit, %tid.x; add.u32 %row, %row, %bit;",
  ];
  const place = (index: number, type: RegisterType) =>
    `ld.param.u64 %at, [p${index}]; mul.wide.u32 %step, %row, ${bytesOf(type)}; add.u64 %at, %at, %step;`;
  for (const [i, type] of inputs.entries())
    lines.push(
      place(i, type),
      type === "pred"
        ? `ld.global.b32 %bit, [%at]; setp.ne.u32 %a${i}, %bit, 0;`
        : `ld.global.${storage(type)} %a${i}, [%at];`,
    );
  lines.push(code);
  for (const [i, type] of results.entries())
    lines.push(
      place(inputs.length + i, type),
      type === "pred"
        ? `selp.u32 %bit, 1, 0, %d${i}; st.global.b32 [%at], %bit;`
        : `st.global.${storage(type)} [%at], %d${i};`,
    );
  return `.visible .entry ${name}(${parameters.join(", ")})\n{\n${lines.join("\n")}\nret;\n}\n`;
}

/** Bits as the array that a column of a type has. */
export function column(type: RegisterType, values: readonly (number | bigint)[]): Numbers {
  const bits = bytesOf(type) * 8;
  const wrapped = values.map((v) => BigInt.asUintN(bits, BigInt(v)));
  if (bits === 64) return BigUint64Array.from(wrapped);
  const numbers = wrapped.map(Number);
  return bits === 16 ? Uint16Array.from(numbers) : Uint32Array.from(numbers);
}

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);
const longs = new BigUint64Array(1);
const doubles = new Float64Array(longs.buffer);

/** The bits of an f32, and back. */
export function f32(value: number): number {
  floats[0] = value;
  return words[0]!;
}
export function fromF32(bits: number): number {
  words[0] = bits;
  return floats[0]!;
}
export function f64(value: number): bigint {
  doubles[0] = value;
  return longs[0]!;
}

/** Numbers in [−1, 1), the same every time. */
export function numbers(n: number, seed = 1): Float32Array {
  let x = seed;
  return Float32Array.from({ length: n }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 31 - 1;
  });
}
