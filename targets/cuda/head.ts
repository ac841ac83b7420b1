/** The head of a CUDA file: vectors, operators on them and small functions that its kernels use, each once and nothing else. */
import type { Expr, Kernel, Memory, Scalar, ValueType } from "../../codegen/kernel.ts";
import { printExpr } from "../../codegen/print.ts";
import { visit } from "../../codegen/visit.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import { bitcastName, calls, castName, functionName, spelling } from "./dialect.ts";
import { multiply } from "./multiply.ts";
import * as parts from "./parts.ts";
import { isHalf, typeName } from "./types.ts";

/** Text by what it is for, in the order that the file needs: each may use what stands before. */
type Sections = Record<
  "vectors" | "memory" | "scalars" | "operations" | "lanes",
  Map<string, string>
>;

/** The lines before the first kernel, for kernels that are legal; empty where they need none. */
export function printHead(kernels: readonly Kernel[]): string {
  const found: Sections = {
    vectors: new Map(),
    memory: new Map(),
    scalars: new Map(),
    operations: new Map(),
    lanes: new Map(),
  };
  const scalars = new Set<Scalar>();
  const onType = (type: ValueType) => {
    scalars.add(type.scalar);
    if (type.width > 1 && (isHalf(type.scalar) || type.scalar === "bool"))
      found.vectors.set(typeName(type), parts.vectorType(type));
  };
  for (const kernel of kernels) {
    for (const memory of memoriesOf(kernel)) onType({ scalar: memory.scalar, width: 1 });
    visit(
      kernel.body,
      (e) => {
        onType(e.type);
        collect(e, found);
      },
      (s) => {
        if (s.kind === "store" && s.to.space !== "registers") collectStore(s.value.type, found);
        if (s.kind === "copy") found.memory.set("copy", parts.copyAsync);
        if (s.kind === "commit") found.memory.set("commit", parts.commitCopies);
        if (s.kind === "await") found.memory.set("await", parts.awaitCopies);
        if (s.kind === "multiply") collectMultiply(s.left.memory.scalar, found);
      },
    );
  }
  const includes = headers.filter(([scalar]) => scalars.has(scalar)).map(([, line]) => line);
  const { vectors, memory, operations, lanes } = found;
  return [
    ...(includes.length > 0 ? [includes.join("\n")] : []),
    ...[vectors, memory, found.scalars, operations, lanes].flatMap((s) => [...s.values()]),
  ].join("\n\n");
}

/** What CUDA's own headers are needed for, in the order of their names. */
const headers: readonly (readonly [Scalar, string])[] = [
  ["bf16", "#include <cuda_bf16.h>"],
  ["f16", "#include <cuda_fp16.h>"],
];

const memoriesOf = (kernel: Kernel): readonly Memory[] => [
  ...kernel.buffers.map((b) => b.memory),
  ...kernel.workgroupMemory,
  ...kernel.registers,
];

/** What one expression itself needs. */
function collect(e: Expr, found: Sections): void {
  const { type } = e;
  switch (e.kind) {
    case "literal":
      if (type.width > 1) need(found.vectors, `spread ${typeName(type)}`, () => parts.spread(type));
      return;
    case "vector":
      if (e.parts.length === 1 && type.width > 1)
        need(found.vectors, `spread ${typeName(type)}`, () => parts.spread(type));
      return;
    case "load":
      if (e.from.space !== "registers") collectLoad(type, found);
      return;
    case "call":
      collectCall(e, found);
      return;
    case "fma":
      if (type.width > 1) collectFunction("fmaf", e, e.args, found);
      return;
    case "cast":
      if (type.width > 1 && type.scalar !== e.of.type.scalar)
        collectFunction(castName(type), e, [e.of], found);
      return;
    case "bitcast":
      if (type.width > 1 && type.scalar !== e.of.type.scalar)
        collectFunction(bitcastName(type), e, [e.of], found);
      return;
    case "subgroup":
      collectCollective(e, found);
      return;
    case "builtin":
    case "local":
    case "component":
      return;
  }
}

const need = (section: Map<string, string>, key: string, text: () => string): void => {
  if (!section.has(key)) section.set(key, text());
};

function collectLoad({ scalar, width }: ValueType, { memory }: Sections): void {
  if (width === 1) return;
  memory.set("load", parts.load);
  if (!isHalf(scalar)) return;
  memory.set(`words of ${scalar}`, parts.halfWords(scalar));
  memory.set(`load ${width} ${scalar}`, parts.loadHalves(scalar, width));
}

function collectStore({ scalar, width }: ValueType, { memory }: Sections): void {
  if (width === 1) return;
  if (!isHalf(scalar)) memory.set("store", parts.store);
  else {
    memory.set(`words of ${scalar}`, parts.halfWords(scalar));
    memory.set(`store ${width} ${scalar}`, parts.storeHalves(scalar, width));
  }
}

function collectMultiply(scalar: Scalar, { lanes }: Sections): void {
  if (!isHalf(scalar)) throw new CompilerBug(`matrix units on ${scalar} in CUDA`);
  lanes.set(`multiply ${scalar}`, multiply(scalar));
}

function collectCall(e: Expr & { readonly kind: "call" }, found: Sections): void {
  const of = e.args.at(-1)!.type;
  const isFloat = of.scalar === "f32";
  if (isFloat && e.fn === "min") found.scalars.set("min", parts.minimum);
  if (isFloat && e.fn === "max") found.scalars.set("max", parts.maximum);
  if (of.width === 1) return;
  const spelled = calls[e.fn];
  const operator = "operator" in spelled && !(e.fn === "mod" && isFloat) ? spelled.operator : null;
  collectFunction(operator ? `operator${operator}` : functionName(e.fn, of), e, e.args, found);
}

const letters = "abc";

/** An overload of `name` for these vectors, which does to each component what is done to scalars. */
function collectFunction(name: string, e: Expr, args: readonly Expr[], found: Sections): void {
  const parameters = args.map((a, i) => ({ name: letters[i]!, type: a.type }));
  const key = [name, ...parameters.map((p) => typeName(p.type))].join(" ");
  need(found.operations, key, () => {
    const components = Array.from({ length: e.type.width }, (_, i) =>
      printExpr(
        withScalars(
          e,
          parameters.map((p) => component(p.name, p.type, i)),
        ),
        plainSpelling,
      ),
    );
    return parts.functionText(name, parameters, e.type, components);
  });
}

/** Kernels are wrapped elsewhere; here single expressions are spelled. */
const plainSpelling = { ...spelling, wrap: () => "" };

const component = (name: string, type: ValueType, index: number): Expr => ({
  ...{ kind: "component", of: { kind: "local", name, type }, index },
  type: { scalar: type.scalar, width: 1 },
});

/** The operation on scalars. */
function withScalars(e: Expr, operands: readonly Expr[]): Expr {
  const type: ValueType = { scalar: e.type.scalar, width: 1 };
  const [a, b, c] = operands;
  if (e.kind === "call") return { ...e, args: operands, type };
  if (e.kind === "fma") return { ...e, args: [a!, b!, c!], type };
  return { ...e, of: a!, type } as Expr;
}

function collectCollective(e: Expr & { readonly kind: "subgroup" }, found: Sections): void {
  const { type } = e;
  const scalar: ValueType = { scalar: type.scalar, width: 1 };
  if (e.op === "max" && type.scalar === "f32") found.scalars.set("max", parts.maximum);
  const { op } = e;
  if (op === "shuffle_xor" || op === "broadcast") {
    if (type.width > 1) need(found.lanes, `${op} ${typeName(type)}`, () => parts.shuffle(op, type));
    return;
  }
  const fn = e.op === "sum" ? "add" : "max";
  const combine: Expr = {
    ...{ kind: "call", fn, type: scalar },
    args: [
      { kind: "local", name: "value", type: scalar },
      { kind: "local", name: "other", type: scalar },
    ],
  };
  need(found.lanes, `${e.op} ${typeName(scalar)}`, () =>
    parts.collective(`subgroup_${e.op}`, scalar, printExpr(combine, plainSpelling)),
  );
  if (type.width > 1)
    need(found.lanes, `${e.op} ${typeName(type)}`, () =>
      parts.functionText(
        `subgroup_${e.op}`,
        [{ name: "a", type }],
        type,
        Array.from({ length: type.width }, (_, i) => `subgroup_${e.op}(a.${"xyzw"[i]})`),
      ),
    );
}
