/** Checks that a kernel is legal before it is printed or run: names, types, widths, memories, and the limits of a device. */
import { CompilerBug } from "../src/graph/bug.ts";
import { bytesOfMemory } from "./bytes.ts";
import type { Caps, Expr, Kernel, Memory, Stmt, ValueType } from "./kernel.ts";
import { plainDialect } from "./plain.ts";
import { printExpr, printStatement } from "./print.ts";
import {
  firstOf,
  indexProblem,
  isIndex,
  mismatch,
  type Problem,
  problemOf,
} from "./verify/expressions.ts";
import { copyProblem, multiplyProblem } from "./verify/statements.ts";
import { childrenOf, expressionsOf, touchedBy, visit } from "./visit.ts";

/** What is visible: locals with their types, and which of them may change. */
type Scope = {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly changing: ReadonlySet<string>;
};

type Check = {
  readonly kernel: Kernel;
  readonly memories: ReadonlyMap<string, Memory>;
  /** Every name bound so far, in any scope. */
  readonly taken: Set<string>;
  readonly fail: (what: string, where?: Stmt | Expr) => never;
};

/** Throws a CompilerBug with the offending construct; returns the kernel, so that it can stand in a chain. */
export function verifyKernel(kernel: Kernel, caps: Caps): Kernel {
  const fail = (what: string, where?: Stmt | Expr): never => {
    throw new CompilerBug(
      `kernel ${kernel.name}: ${what}${where ? `, at: ${printPlace(where)}` : ""}`,
    );
  };
  const all = [
    ...kernel.buffers.map((b) => b.memory),
    ...kernel.workgroupMemory,
    ...kernel.registers,
  ];
  const taken = new Set<string>();
  for (const memory of all) {
    if (taken.has(memory.name)) fail(`the name ${memory.name} is bound twice`);
    taken.add(memory.name);
  }
  const check: Check = { kernel, taken, fail, memories: new Map(all.map((m) => [m.name, m])) };
  verifyLimits(check, caps);
  verifyAccess(check);
  verifyBlock(kernel.body, { types: new Map(), changing: new Set() }, check);
  return kernel;
}

function printPlace(where: Stmt | Expr): string {
  return "type" in where
    ? printExpr(where, plainDialect)
    : printStatement(where, plainDialect).split("\n")[0]!;
}

function verifyLimits({ kernel, fail }: Check, caps: Caps): void {
  const { workgroupSize, buffers, workgroupMemory, registers } = kernel;
  if (!(Number.isInteger(workgroupSize) && workgroupSize >= 1))
    fail(`a workgroup of ${workgroupSize} lanes`);
  if (workgroupSize > caps.maxWorkgroupLanes)
    fail(`${workgroupSize} lanes, at most ${caps.maxWorkgroupLanes}`);
  if (buffers.length > caps.maxBuffersPerKernel)
    fail(`${buffers.length} buffers, at most ${caps.maxBuffersPerKernel}`);
  const shared = workgroupMemory.reduce(
    (sum, memory) => sum + Math.ceil(bytesOfMemory(memory) / 16) * 16,
    0,
  );
  if (shared > caps.maxWorkgroupBytes)
    fail(`${shared} bytes of workgroup memory, at most ${caps.maxWorkgroupBytes}`);
  for (const { memory } of buffers) {
    if (memory.scalar === "bool") fail(`buffer ${memory.name} of bool; buffers hold u32 instead`);
    const bytes = bytesOfMemory(memory);
    if (bytes > caps.maxBindingBytes)
      fail(`buffer ${memory.name} of ${bytes} bytes, at most ${caps.maxBindingBytes}`);
  }
  for (const memory of [...buffers.map((b) => b.memory), ...workgroupMemory, ...registers]) {
    if (!(Number.isInteger(memory.length) && memory.length >= 1))
      fail(`${memory.name} of length ${memory.length}`);
  }
  verifyFeatures(kernel, caps, fail);
}

function verifyFeatures(kernel: Kernel, caps: Caps, fail: Check["fail"]): void {
  const size = caps.subgroup?.size ?? null;
  const onStatement = (s: Stmt) => {
    const isCopy = s.kind === "copy" || s.kind === "commit" || s.kind === "await";
    if (isCopy && !caps.asyncCopy) fail("copies beside other work where the device has none", s);
    if (s.kind !== "multiply") return;
    if (!caps.matrixUnits || size !== 32) fail("matrix units where the device has none", s);
    if (kernel.workgroupSize % 32) fail(`${kernel.workgroupSize} lanes in subgroups of 32`, s);
  };
  const onExpression = (e: Expr) => {
    if (e.type.scalar === "f16" && !caps.f16) fail("f16 where the device has none", e);
    const collective =
      e.kind === "subgroup" || (e.kind === "builtin" && e.name === "subgroup_lane");
    if (!collective) return;
    if (size === null) return fail("subgroups where their size is not known", e);
    if (kernel.workgroupSize % size)
      fail(`${kernel.workgroupSize} lanes in subgroups of ${size}`, e);
    if (e.kind !== "subgroup" || e.op === "sum" || e.op === "max") return;
    const least = e.op === "broadcast" ? 0 : 1;
    if (!(e.by !== undefined && e.by >= least && e.by < size))
      fail(`${e.op} by ${e.by} in subgroups of ${size}`, e);
  };
  visit(kernel.body, onExpression, onStatement);
}

/** Every buffer's access is what the body does, and only declared memory is used. */
function verifyAccess({ kernel, memories, fail }: Check): void {
  const read = new Set<string>();
  const written = new Set<string>();
  const known = (memory: Memory, where: Stmt | Expr) => {
    const declared = memories.get(memory.name);
    const asDeclared =
      declared &&
      declared.space === memory.space &&
      declared.scalar === memory.scalar &&
      declared.length === memory.length;
    if (!asDeclared) fail(`${memory.name} is not declared so`, where);
  };
  visit(
    kernel.body,
    (e) => {
      if (e.kind !== "load") return;
      known(e.from, e);
      read.add(e.from.name);
    },
    (s) => {
      const { reads, writes } = touchedBy(s);
      for (const memory of [...reads, ...writes]) known(memory, s);
      for (const { name } of reads) read.add(name);
      for (const { name } of writes) written.add(name);
    },
  );
  for (const { memory, access } of kernel.buffers) {
    const [reads, writes] = [read.has(memory.name), written.has(memory.name)];
    if (writes && access === "read") fail(`${memory.name} is written, but declared for reading`);
    if (reads && access === "write") fail(`${memory.name} is read, but declared for writing`);
  }
}

function verifyBlock(body: readonly Stmt[], outer: Scope, check: Check): void {
  const types = new Map(outer.types);
  const changing = new Set(outer.changing);
  const scope: Scope = { types, changing };
  for (const s of body) {
    for (const e of expressionsOf(s)) verifyExpr(e, types, check.fail);
    verifyStatement(s, scope, check);
    if (s.kind === "let" || s.kind === "var") {
      bindName(s.name, s, check);
      types.set(s.name, s.value.type);
      if (s.kind === "var") changing.add(s.name);
    }
  }
}

function bindName(name: string, where: Stmt, { taken, fail }: Check): void {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || name.includes("__"))
    fail(`${name} is no name`, where);
  if (taken.has(name)) fail(`the name ${name} is bound twice`, where);
  taken.add(name);
}

function verifyStatement(s: Stmt, scope: Scope, check: Check): void {
  const { fail } = check;
  const demand = (problem: Problem) => problem !== null && fail(problem, s);
  switch (s.kind) {
    case "let":
    case "var":
    case "commit":
    case "await":
    case "barrier":
    case "note":
      return;
    case "copy":
      demand(copyProblem(s));
      return;
    case "multiply":
      demand(multiplyProblem(s));
      return;
    case "assign": {
      const bound = scope.changing.has(s.name) ? scope.types.get(s.name) : undefined;
      demand(bound ? mismatch(s.value, bound) : `${s.name} is not a variable here`);
      return;
    }
    case "store":
      demand(indexProblem(s.index));
      demand(mismatch(s.value, { scalar: s.to.scalar, width: s.value.type.width }));
      return;
    case "for": {
      const { type } = s.from;
      demand(isIndex(s.from) ? null : "a loop over no integer");
      demand(firstOf([s.below, s.step].map((e) => mismatch(e, type))));
      bindName(s.name, s, check);
      const types = new Map(scope.types).set(s.name, type);
      verifyBlock(s.body, { ...scope, types }, check);
      return;
    }
    case "if":
      demand(mismatch(s.when, { scalar: "bool", width: 1 }));
      for (const inner of [s.then, s.otherwise]) verifyBlock(inner, scope, check);
      return;
  }
}

function verifyExpr(e: Expr, types: Scope["types"], fail: Check["fail"]): void {
  for (const child of childrenOf(e)) verifyExpr(child, types, fail);
  const problem = problemOf(e, types);
  if (problem !== null) fail(problem, e);
}
