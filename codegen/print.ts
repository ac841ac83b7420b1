/** Turns a kernel into text. The walk is the same for all targets; a Dialect says how each construct is spelled. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { ScalarName } from "../src/graph/graph.ts";
import type { Builtin, Collective, Expr, Kernel, Memory, Stmt, ValueType } from "./kernel.ts";
import { inside, type Level, levels } from "./print/levels.ts";
import { divideIndex } from "./quotient.ts";

/**
 * How a scalar function is spelled: as an operator (between two arguments, before one), where the walk sets parentheses; or by a
 * function of its arguments, which arrive without any (`type` is the result's, `of` the last argument's).
 */
export type Spelling =
  | {
      readonly operator: string;
      /** Where the operator is for integers only. */
      readonly ofFloats?: (args: readonly string[]) => string;
    }
  | ((args: readonly string[], type: ValueType, of: ValueType) => string);

/** The index of a load or store counted in groups of `unit` scalars instead of in scalars: its text. */
export type Grouped = (unit: number) => string;

type StmtOf<K extends Stmt["kind"]> = Extract<Stmt, { readonly kind: K }>;
type TileStmt = StmtOf<"copy" | "commit" | "await" | "multiply">;

/** How one target spells the kernel language. Operands of `component` arrive in parentheses where they need them. */
export type Dialect = {
  readonly name: string;
  /** A local's or memory's name, where the target reserves some words. */
  identifier(name: string): string;
  type(type: ValueType): string;
  literal(value: number, type: ValueType): string;
  readonly builtin: Readonly<Record<Builtin, string>>;
  readonly call: Readonly<Record<ScalarName, Spelling>>;
  fma(args: readonly [string, string, string], type: ValueType): string;
  cast(of: string, from: ValueType, to: ValueType): string;
  bitcast(of: string, from: ValueType, to: ValueType): string;
  vector(parts: readonly string[], type: ValueType): string;
  /** `of` is wider than 1. */
  component(of: string, index: number): string;
  load(from: Memory, index: string, type: ValueType, grouped: Grouped): string;
  /** A whole statement, as are those below. */
  store(to: Memory, index: string, value: string, type: ValueType, grouped: Grouped): string;
  readonly subgroup: Readonly<
    Record<Collective, (of: string, type: ValueType, by: number) => string>
  >;
  declare(kind: "let" | "var", name: string, type: ValueType, value: string): string;
  assign(name: string, value: string): string;
  /** Stands at the head of the body. */
  registers(memory: Memory): string;
  /** Without the brace. */
  loop(name: string, type: ValueType, from: string, below: string, step: string): string;
  readonly barrier: string;
  /** For targets that have them; lines of whole statements. */
  readonly tiles?: {
    /** `when` is null where the copy is never left out. */
    copy(s: StmtOf<"copy">, toIndex: string, index: string, when: string | null): string[];
    commit(): string[];
    await(pending: number): string[];
    multiply(s: StmtOf<"multiply">, leftIndex: string, rightIndex: string): string[];
  };
  note(text: string): string;
  /** The whole kernel from its body's lines, indented by one step. */
  wrap(kernel: Kernel, body: readonly string[]): string;
};

/** The kernel as the dialect's text. */
export function printKernel(kernel: Kernel, dialect: Dialect): string {
  const head = kernel.registers.map((memory) => dialect.registers(memory));
  return dialect.wrap(kernel, [
    ...head.map((line) => `  ${line}`),
    ...printBlock(kernel.body, dialect),
  ]);
}

/** One statement with what it holds, for messages; lines are joined by newlines. */
export function printStatement(statement: Stmt, dialect: Dialect): string {
  return printStmt(statement, dialect).join("\n");
}

const printBlock = (body: readonly Stmt[], dialect: Dialect): string[] =>
  body.flatMap((s) => printStmt(s, dialect)).map((line) => `  ${line}`);

function printStmt(s: Stmt, d: Dialect): string[] {
  const print = (e: Expr) => printExpr(e, d);
  switch (s.kind) {
    case "let":
    case "var":
      return [d.declare(s.kind, d.identifier(s.name), s.value.type, print(s.value))];
    case "assign":
      return [d.assign(d.identifier(s.name), print(s.value))];
    case "store":
      return [d.store(s.to, print(s.index), print(s.value), s.value.type, groupedBy(s.index, d))];
    case "for": {
      const name = d.identifier(s.name);
      const header = d.loop(name, s.from.type, print(s.from), print(s.below), print(s.step));
      return [`${header} {`, ...printBlock(s.body, d), "}"];
    }
    case "if": {
      const otherwise = s.otherwise.length ? ["} else {", ...printBlock(s.otherwise, d)] : [];
      return [`if (${print(s.when)}) {`, ...printBlock(s.then, d), ...otherwise, "}"];
    }
    case "barrier":
      return [d.barrier];
    case "copy":
    case "commit":
    case "await":
    case "multiply":
      return printTileStatement(s, d);
    case "note":
      return [d.note(s.text)].filter((line) => line !== "");
  }
}

function printTileStatement(s: TileStmt, d: Dialect): string[] {
  if (!d.tiles) throw new CompilerBug(`${d.name} has no words for ${s.kind}: legalize it first`);
  const print = (e: Expr) => printExpr(e, d);
  switch (s.kind) {
    case "copy":
      return d.tiles.copy(
        s,
        print(s.toIndex),
        print(s.index),
        isTrue(s.when) ? null : print(s.when),
      );
    case "multiply":
      return d.tiles.multiply(s, print(s.left.index), print(s.right.index));
    case "commit":
      return d.tiles.commit();
    case "await":
      return d.tiles.await(s.pending);
  }
}

const isTrue = (e: Expr) => e.kind === "literal" && e.value !== 0;

const groupedBy =
  (index: Expr, dialect: Dialect): Grouped =>
  (unit) =>
    printExpr(divideIndex(index, unit), dialect);

/** An expression as the dialect's text, without parentheses around it. */
export function printExpr(e: Expr, d: Dialect): string {
  const print = (child: Expr) => printExpr(child, d);
  switch (e.kind) {
    case "literal":
      return d.literal(e.value, e.type);
    case "builtin":
      return d.builtin[e.name];
    case "local":
      return d.identifier(e.name);
    case "call":
      return printCall(e, d);
    case "fma":
      return d.fma([print(e.args[0]), print(e.args[1]), print(e.args[2])], e.type);
    case "cast":
      return d.cast(print(e.of), e.of.type, e.type);
    case "bitcast":
      return d.bitcast(print(e.of), e.of.type, e.type);
    case "vector":
      return d.vector(e.parts.map(print), e.type);
    case "component":
      return e.of.type.width === 1
        ? print(e.of)
        : d.component(printOperand(e.of, d, "tightest"), e.index);
    case "load":
      return d.load(e.from, print(e.index), e.type, groupedBy(e.index, d));
    case "subgroup":
      return d.subgroup[e.op](print(e.of), e.type, e.by ?? 0);
  }
}

function levelOf(e: Expr, d: Dialect): Level | null {
  if (e.kind === "literal") return d.literal(e.value, e.type).startsWith("-") ? "sign" : null;
  if (e.kind === "component" && e.of.type.width === 1) return levelOf(e.of, d);
  if (e.kind !== "call" || typeof spellingOf(e, d) === "function") return null;
  return e.fn in levels ? levels[e.fn as keyof typeof levels] : "bits";
}

function printOperand(e: Expr, d: Dialect, within: readonly Level[] | "tightest"): string {
  const text = printExpr(e, d);
  const level = levelOf(e, d);
  if (level === null || level === "bits" || (within !== "tightest" && within.includes(level)))
    return text;
  return `(${text})`;
}

function spellingOf(e: Expr & { readonly kind: "call" }, d: Dialect): Spelling {
  const spelling = d.call[e.fn];
  if (typeof spelling === "function" || !spelling.ofFloats) return spelling;
  const of = e.args[0]?.type.scalar;
  return of === "f32" || of === "f16" ? spelling.ofFloats : spelling;
}

function printCall(e: Expr & { readonly kind: "call" }, d: Dialect): string {
  const spelling = spellingOf(e, d);
  const last = e.args.at(-1)?.type ?? e.type;
  if (typeof spelling === "function")
    return spelling(
      e.args.map((a) => printExpr(a, d)),
      e.type,
      last,
    );
  const level = levelOf(e, d) ?? "bits";
  const [left, right] = e.args;
  if (!right) return `${spelling.operator}${printOperand(left!, d, inside[level].left)}`;
  const text = `${printOperand(left!, d, inside[level].left)} ${spelling.operator} ${printOperand(right, d, inside[level].right)}`;
  return level === "bits" ? `(${text})` : text;
}

export const asCall = (name: string) => (args: readonly string[]) => `${name}(${args.join(", ")})`;

/** Operators where C and WGSL have one, else a call by the function's own name. */
export const commonCalls = {
  neg: { operator: "-" },
  not: { operator: "!" },
  abs: asCall("abs"),
  floor: asCall("floor"),
  exp: asCall("exp"),
  log: asCall("log"),
  sqrt: asCall("sqrt"),
  rsqrt: asCall("rsqrt"),
  tanh: asCall("tanh"),
  sin: asCall("sin"),
  cos: asCall("cos"),
  add: { operator: "+" },
  sub: { operator: "-" },
  mul: { operator: "*" },
  div: { operator: "/" },
  mod: { operator: "%" },
  min: asCall("min"),
  max: asCall("max"),
  lt: { operator: "<" },
  le: { operator: "<=" },
  eq: { operator: "==" },
  ne: { operator: "!=" },
  and: { operator: "&&" },
  or: { operator: "||" },
  bitand: { operator: "&" },
  bitor: { operator: "|" },
  bitxor: { operator: "^" },
  shl: { operator: "<<" },
  shr: { operator: ">>" },
  select: asCall("select"),
} as const satisfies Record<ScalarName, Spelling>;
