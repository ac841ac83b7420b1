/** How WGSL spells the kernel language, once a kernel is legal and its memories have their layout. */
import type { Kernel, Memory, ValueType } from "../../codegen/kernel.ts";
import { commonCalls, type Dialect, type Grouped } from "../../codegen/print.ts";
import { arrayType, typeName, vectorWidths } from "./layout.ts";
import { printLiteral } from "./literal.ts";
import { identifier } from "./words.ts";
import { wrapKernel } from "./wrap.ts";

const spread = (value: string, type: ValueType): string =>
  type.width === 1 ? value : `${typeName(type)}(${value})`;

const of = (name: string) => (args: readonly string[]) => `${name}(${args.join(", ")})`;

const calls = {
  ...commonCalls,
  rsqrt: of("inverseSqrt"),
  select: ([when, then, otherwise]) => `select(${otherwise}, ${then}, ${when})`,
} satisfies Dialect["call"];

/** The spelling of one legal kernel: the layout of its memories decides how they are accessed. */
export function wgslDialect(kernel: Kernel): Dialect {
  const widths = vectorWidths(kernel);
  const sharesBuffers = kernel.buffers.some((b) => b.access === "read_write");
  return {
    name: "wgsl",
    identifier,
    type: typeName,
    literal: (value, type) => spread(printLiteral(value, type.scalar), type),
    builtin: {
      workgroup_x: "group.x",
      workgroup_y: "group.y",
      workgroup_z: "group.z",
      lane: "lane",
      subgroup_lane: "subgroup_lane",
    },
    call: calls,
    fma: of("fma"),
    cast: (value, _from, to) => `${typeName(to)}(${value})`,
    bitcast: (value, _from, to) => `bitcast<${typeName(to)}>(${value})`,
    vector: (parts, type) => `${typeName(type)}(${parts.join(", ")})`,
    component: (value, index) => `${value}.${"xyzw"[index]}`,
    load: (from, index, type, grouped) => {
      const width = widths.get(from);
      return width
        ? loadVectors(from, width, index, type, grouped)
        : loadScalars(from, index, type);
    },
    store: (to, index, value, type, grouped) => {
      const name = identifier(to.name);
      const width = widths.get(to);
      if (width) return `${name}[${grouped(width)}] = ${value};`;
      return type.width === 1
        ? `${name}[${index}] = ${value};`
        : storeScalars(name, index, value, type);
    },
    subgroup: {
      sum: (value) => `subgroupAdd(${value})`,
      max: (value) => `subgroupMax(${value})`,
      shuffle_xor: (value, _type, by) => `subgroupShuffleXor(${value}, ${by}u)`,
      broadcast: (value, _type, by) => `subgroupBroadcast(${value}, ${by}u)`,
    },
    declare: (kind, name, _type, value) => `${kind} ${name} = ${value};`,
    assign: (name, value) => `${name} = ${value};`,
    registers: (memory) => `var ${identifier(memory.name)}: ${arrayType(memory, widths)};`,
    loop: (name, _type, from, below, step) =>
      `for (var ${name} = ${from}; ${name} < ${below}; ${name} += ${step})`,
    barrier: sharesBuffers ? "workgroupBarrier(); storageBarrier();" : "workgroupBarrier();",
    note: (text) => `// ${text.replace(/\s*\n\s*/g, " ")}`,
    wrap: (whole, body) => wrapKernel(whole, body, widths),
  };
}

const steps = (width: number): number[] => Array.from({ length: width }, (_, i) => i);
const plus = (index: string, offset: number): string =>
  offset === 0 ? index : `${index} + ${offset}u`;

function loadScalars(from: Memory, index: string, type: ValueType): string {
  const parts = steps(type.width).map((i) => `${identifier(from.name)}[${plus(index, i)}]`);
  return type.width === 1 ? parts[0]! : `${typeName(type)}(${parts.join(", ")})`;
}

function loadVectors(
  from: Memory,
  width: 2 | 4,
  index: string,
  type: ValueType,
  grouped: Grouped,
): string {
  const name = identifier(from.name);
  if (type.width === width) return `${name}[${grouped(width)}]`;
  const element = `${name}[${calculate(index, "/", width)}]`;
  const within = calculate(index, "%", width);
  const parts = steps(type.width).map((i) => `${element}[${plus(within, i)}]`);
  return type.width === 1 ? parts[0]! : `${typeName(type)}(${parts.join(", ")})`;
}

/** The vector that holds a scalar, or the scalar's place in it. */
function calculate(index: string, operator: "/" | "%", width: 2 | 4): string {
  const constant = /^(\d+)u$/.exec(index);
  const number = Number(constant?.[1]);
  if (constant) return `${operator === "/" ? Math.floor(number / width) : number % width}u`;
  const operand = /^\w+$/.test(index) ? index : `(${index})`;
  return `${operand} ${operator} ${width}u`;
}

function storeScalars(name: string, index: string, value: string, type: ValueType): string {
  const stores = steps(type.width).map((i) => `${name}[${plus(index, i)}] = stored.${"xyzw"[i]};`);
  return `{ let stored = ${value}; ${stores.join(" ")} }`;
}
