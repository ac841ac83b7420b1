/** Kernels as neutral text: for dumps, messages, and keys by which equal kernels are found. No target's. */
import type { Kernel, Memory, ValueType } from "./kernel.ts";
import { asCall, commonCalls, type Dialect, printKernel } from "./print.ts";

const plainType = ({ scalar, width }: ValueType) => (width === 1 ? scalar : `${scalar}x${width}`);

function plainLiteral(value: number, { scalar, width }: ValueType): string {
  const number = Object.is(value, -0) ? "-0" : String(value);
  const text = {
    bool: value ? "true" : "false",
    i32: number,
    u32: `${number}u`,
    f32: /[.eIN]/.test(number) ? number : `${number}.0`,
    f16: `${number}h`,
    bf16: `bf16(${number})`,
  }[scalar];
  return width === 1 ? text : `${plainType({ scalar, width })}(${text})`;
}

function wrapPlain(kernel: Kernel, body: readonly string[]): string {
  const memory = (m: Memory) => `${m.name}: ${m.scalar}[${m.length}]`;
  return [
    `kernel ${kernel.name}, ${kernel.workgroupSize} lanes {`,
    ...kernel.buffers.map((b) => `  buffer ${memory(b.memory)}, ${b.access}`),
    ...kernel.workgroupMemory.map((m) => `  workgroup ${memory(m)}`),
    ...body,
    "}",
    "",
  ].join("\n");
}

const cellsOf = (memory: Memory, index: string, { width }: ValueType) =>
  `${memory.name}[${index}${width === 1 ? "" : `; ${width}`}]`;

const plainTiles = (name: (m: Memory) => string): NonNullable<Dialect["tiles"]> => ({
  copy: ({ to, from, width }, toIndex, index, when) => [
    `copy ${name(to)}[${toIndex}; ${width}] = ${name(from)}[${index}; ${width}]${when === null ? "" : ` when ${when}`}`,
  ],
  commit: () => ["commit copies"],
  await: (pending) => [`await copies${pending === 0 ? "" : ` but ${pending}`}`],
  multiply: ({ sums, left, right, turned, rows, columns, depth }, leftIndex, rightIndex) => [
    `multiply ${name(sums)} += ${name(left.memory)}[${leftIndex}; ${rows} × ${depth} by ${left.stride}] · ${name(right.memory)}[${rightIndex}; ${turned ? `${columns} × ${depth}, turned,` : `${depth} × ${columns}`} by ${right.stride}]`,
  ],
});

/** No target's: for dumps, messages and keys. `m[i; 4]` is four cells from i; `select(when, then, otherwise)`. */
export const plainDialect: Dialect = {
  name: "plain",
  identifier: (name) => name,
  type: plainType,
  literal: plainLiteral,
  builtin: {
    workgroup_x: "workgroup.x",
    workgroup_y: "workgroup.y",
    workgroup_z: "workgroup.z",
    lane: "lane",
    subgroup_lane: "subgroup.lane",
  },
  call: commonCalls,
  fma: asCall("fma"),
  cast: (of, _, to) => `${plainType(to)}(${of})`,
  bitcast: (of, _, to) => `bits_as_${plainType(to)}(${of})`,
  vector: (parts, type) => `${plainType(type)}(${parts.join(", ")})`,
  component: (of, index) => `${of}.${"xyzw"[index]}`,
  load: (from, index, type) => cellsOf(from, index, type),
  store: (to, index, value, type) => `${cellsOf(to, index, type)} = ${value}`,
  subgroup: {
    sum: (of) => `subgroup_sum(${of})`,
    max: (of) => `subgroup_max(${of})`,
    shuffle_xor: (of, _, by) => `subgroup_shuffle_xor(${of}, ${by})`,
    broadcast: (of, _, by) => `subgroup_broadcast(${of}, ${by})`,
  },
  declare: (kind, name, type, value) => `${kind} ${name}: ${plainType(type)} = ${value}`,
  assign: (name, value) => `${name} = ${value}`,
  registers: (m) => `registers ${m.name}: ${m.scalar}[${m.length}]`,
  loop: (name, type, from, below, step) =>
    `for ${name}: ${plainType(type)} from ${from} below ${below} step ${step}`,
  barrier: "barrier",
  tiles: plainTiles((m) => m.name),
  note: (text) => `// ${text}`,
  wrap: wrapPlain,
};

/** The kernel as neutral text, for dumps. */
export const printPlain = (kernel: Kernel): string => printKernel(kernel, plainDialect);

const keys = new WeakMap<Kernel, string>();

/** Text that two kernels share exactly if they differ in names and notes only. */
export function kernelKey(kernel: Kernel): string {
  const key = keys.get(kernel) ?? printWithoutNames(kernel);
  keys.set(kernel, key);
  return key;
}

function printWithoutNames(kernel: Kernel): string {
  const names = new Map<string, string>();
  const canonical = (name: string): string => {
    const known = names.get(name) ?? `n${names.size}`;
    names.set(name, known);
    return known;
  };
  const rename = (m: Memory): Memory => ({ ...m, name: canonical(m.name) });
  return printKernel(kernel, {
    ...plainDialect,
    identifier: canonical,
    load: (from, index, type) => cellsOf(rename(from), index, type),
    store: (to, index, value, type) => `${cellsOf(rename(to), index, type)} = ${value}`,
    tiles: plainTiles((m) => canonical(m.name)),
    registers: (m) => plainDialect.registers(rename(m)),
    note: () => "",
    wrap: (k, body) => {
      const buffers = k.buffers.map((b) => ({ ...b, memory: rename(b.memory) }));
      return wrapPlain(
        { ...k, name: "", buffers, workgroupMemory: k.workgroupMemory.map(rename) },
        body,
      );
    },
  });
}
