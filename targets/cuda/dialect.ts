/** How CUDA C++ spells the kernel language, once a kernel is legal. What it calls that CUDA lacks is in the head of the file. */
import type { Stmt, ValueType } from "../../codegen/kernel.ts";
import { commonCalls, type Dialect } from "../../codegen/print.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import type { ScalarName } from "../../src/graph/graph.ts";
import { printLiteral } from "./literal.ts";
import { scalarNames, typeName } from "./types.ts";
import { identifier } from "./words.ts";

/** Functions by name, of scalars and of vectors alike; `of` is the operands' type. */
export function functionName(fn: ScalarName, of: ValueType): string {
  const integers = of.scalar === "i32" || of.scalar === "u32";
  if (fn === "min") return integers ? "min" : "minimum";
  if (fn === "max") return integers ? "max" : "maximum";
  return names[fn as keyof typeof names] ?? fn;
}

const names = {
  abs: "fabsf",
  floor: "floorf",
  exp: "expf",
  log: "logf",
  sqrt: "sqrtf",
  rsqrt: "rsqrtf",
  tanh: "tanhf",
  sin: "sinf",
  cos: "cosf",
  mod: "fmodf",
} as const;

const named =
  (fn: ScalarName) =>
  (args: readonly string[], _type: ValueType, of: ValueType): string =>
    `${functionName(fn, of)}(${args.join(", ")})`;

export const calls = {
  ...commonCalls,
  mod: { operator: "%", ofFloats: (args) => `fmodf(${args.join(", ")})` },
  abs: named("abs"),
  floor: named("floor"),
  exp: named("exp"),
  log: named("log"),
  sqrt: named("sqrt"),
  rsqrt: named("rsqrt"),
  tanh: named("tanh"),
  sin: named("sin"),
  cos: named("cos"),
  min: named("min"),
  max: named("max"),
  select: ([when, then, otherwise], type) =>
    type.width === 1
      ? `(${when} ? ${then} : ${otherwise})`
      : `select(${when}, ${then}, ${otherwise})`,
} as const satisfies Dialect["call"];

const steps = (width: number): readonly number[] => Array.from({ length: width }, (_, i) => i);
const plus = (index: string, offset: number): string =>
  offset === 0 ? index : `${index} + ${offset}u`;

/** Everything but `wrap`, which needs the whole kernel. */
export const spelling: Omit<Dialect, "wrap"> = {
  name: "cuda",
  identifier,
  type: typeName,
  literal: (value, type) => {
    const text = printLiteral(value, type.scalar);
    return type.width === 1 ? text : `spread${type.width}(${text})`;
  },
  builtin: {
    workgroup_x: "blockIdx.x",
    workgroup_y: "blockIdx.y",
    workgroup_z: "blockIdx.z",
    lane: "threadIdx.x",
    subgroup_lane: "(threadIdx.x % 32u)",
  },
  call: calls,
  fma: (args) => `fmaf(${args.join(", ")})`,
  cast: printCast,
  bitcast: printBitcast,
  vector: (parts, type) =>
    parts.length === 1 ? `spread${type.width}(${parts[0]})` : vectorOf(type, parts),
  component: (of, index) => `${of}.${"xyzw"[index]}`,
  load: (from, index, type) => {
    const name = identifier(from.name);
    if (type.width === 1) return `${name}[${index}]`;
    if (from.space !== "registers") return `load<${typeName(type)}>(${name}, ${index})`;
    return vectorOf(
      type,
      steps(type.width).map((i) => `${name}[${plus(index, i)}]`),
    );
  },
  store: (to, index, value, type) => {
    const name = identifier(to.name);
    if (type.width === 1) return `${name}[${index}] = ${value};`;
    return to.space === "registers"
      ? storeEach(name, index, value, type)
      : `store(${name}, ${index}, ${value});`;
  },
  subgroup: {
    sum: (of) => `subgroup_sum(${of})`,
    max: (of) => `subgroup_max(${of})`,
    shuffle_xor: shuffled("__shfl_xor_sync", "subgroup_shuffle_xor"),
    broadcast: shuffled("__shfl_sync", "subgroup_broadcast"),
  },
  declare: (kind, name, type, value) =>
    `${kind === "let" ? "const " : ""}${typeName(type)} ${name} = ${value};`,
  assign: (name, value) => `${name} = ${value};`,
  registers: ({ name, scalar, length }) => `${scalarNames[scalar]} ${identifier(name)}[${length}];`,
  loop: (name, type, from, below, step) =>
    `for (${typeName(type)} ${name} = ${from}; ${name} < ${below}; ${name} += ${step})`,
  barrier: "__syncthreads();",
  tiles: {
    copy: ({ to, from, width }, toIndex, index, when) => [
      `copy_async<${width}u>(&${identifier(to.name)}[${toIndex}], &${identifier(from.name)}[${index}]${when === null ? "" : `, ${when}`});`,
    ],
    commit: () => ["commit_copies();"],
    await: (pending) => [`await_copies<${pending}u>();`],
    multiply: printMultiply,
  },
  note: (text) => `// ${text.replace(/\s*\n\s*/g, " ").replace(/[\s\\]+$/, "")}`,
};

/** One number by the hardware's own function, vectors by the head's. */
function shuffled(one: string, many: string) {
  return (of: string, type: ValueType, by?: number) =>
    type.width === 1 ? `${one}(0xffffffffu, ${of}, ${by}u)` : `${many}(${of}, ${by}u)`;
}

const vectorOf = (type: ValueType, parts: readonly string[]): string =>
  `${typeName(type)}{${parts.join(", ")}}`;

function storeEach(name: string, index: string, value: string, type: ValueType): string {
  const stores = steps(type.width).map((i) => `${name}[${plus(index, i)}] = stored.${"xyzw"[i]};`);
  return `{ const ${typeName(type)} stored = ${value}; ${stores.join(" ")} }`;
}

/** Conversions of vectors are functions of the head by this name. */
export const castName = (to: ValueType): string => `to_${typeName(to)}`;
export const bitcastName = (to: ValueType): string => `bits_as_${typeName(to)}`;

function printCast(of: string, from: ValueType, to: ValueType): string {
  if (from.scalar === to.scalar) return of;
  if (to.width > 1) return `${castName(to)}(${of})`;
  if (from.scalar === "bf16") return `__bfloat162float(${of})`;
  if (to.scalar === "bf16") return `__float2bfloat16_rn(${of})`;
  const isFloat = from.scalar === "f32" || from.scalar === "f16";
  const wide = from.scalar === "f16" ? `float(${of})` : of;
  if (to.scalar === "i32" && isFloat) return `__float2int_rz(${wide})`;
  if (to.scalar === "u32" && isFloat) return `__float2uint_rz(${wide})`;
  if (to.scalar !== "f16") return `${scalarNames[to.scalar]}(${of})`;
  if (from.scalar === "i32") return `__int2half_rn(${of})`;
  if (from.scalar === "u32") return `__uint2half_rn(${of})`;
  return from.scalar === "bool" ? `__half(float(${of}))` : `__half(${of})`;
}

function printBitcast(of: string, from: ValueType, to: ValueType): string {
  if (from.scalar === to.scalar) return of;
  if (to.width > 1) return `${bitcastName(to)}(${of})`;
  const pair = `${from.scalar} ${to.scalar}`;
  const found = bitcasts[pair as keyof typeof bitcasts];
  if (!found) throw new CompilerBug(`a bitcast of ${pair} in CUDA`);
  return `${found}(${of})`;
}

const bitcasts = {
  "i32 u32": "unsigned",
  "u32 i32": "int",
  "f32 u32": "__float_as_uint",
  "f32 i32": "__float_as_int",
  "u32 f32": "__uint_as_float",
  "i32 f32": "__int_as_float",
} as const;

type Multiply = Stmt & { readonly kind: "multiply" };

function printMultiply(s: Multiply, leftIndex: string, rightIndex: string): string[] {
  const operand = ({ memory, stride }: Multiply["left"], index: string) =>
    `&${identifier(memory.name)}[${index}], ${stride}u`;
  const sizes = `${s.rows}u, ${s.columns}u, ${s.depth}u, ${s.turned}`;
  const left = operand(s.left, leftIndex);
  const right = operand(s.right, rightIndex);
  return [`multiply<${sizes}>(${identifier(s.sums.name)}, ${left}, ${right});`];
}
