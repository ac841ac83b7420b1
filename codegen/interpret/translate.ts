/**
 * A kernel as JavaScript: one function of a lane, or one generator where lanes must meet (barriers, subgroup operations). Vectors
 * are taken apart into scalars. The text calls the accessors of access.ts; it knows nothing of how lanes are scheduled.
 */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Builtin, Collective, Expr, Kernel, Memory, Scalar, Stmt } from "../kernel.ts";
import { visit } from "../visit.ts";
import { arrayName, bufferAccessors, registerAccessors, workgroupAccessors } from "./access.ts";
import { spellBitcast, spellCall, spellCast, spellFma, spellLiteral } from "./spell.ts";

/** Where lanes meet: the statement, and for a subgroup operation what becomes of the lanes' values. */
export type Meeting = {
  readonly statement: number;
  /** Loops around it, so that a lane's place is this many trip counters after the meeting's number. */
  readonly loops: number;
  readonly collective?: {
    readonly op: Collective;
    readonly by: number;
    readonly scalar: Scalar;
    readonly width: number;
  };
};

/** `lane(x, y, z, lane, subgroupLane, place, give, take)`: see lockstep.ts for the last three. */
export type Translation = {
  readonly source: string;
  readonly statements: readonly Stmt[];
  readonly meetings: readonly Meeting[];
};

/** Collects the text while it walks. */
type Writer = {
  readonly lines: string[];
  readonly statements: Stmt[];
  readonly meetings: Meeting[];
  /** Trip counters of the open loops, for meetings to tell their iteration. */
  readonly trips: string[];
  readonly meets: boolean;
  names: number;
};

/** Whether lanes wait for each other anywhere in the body. */
export function meets(body: readonly Stmt[]): boolean {
  let found = false;
  visit(
    body,
    (e) => {
      found ||= e.kind === "subgroup";
    },
    (s) => {
      found ||= s.kind === "barrier";
    },
  );
  return found;
}

export function translate(kernel: Kernel): Translation {
  const w: Writer = {
    lines: [],
    statements: [],
    meetings: [],
    trips: [],
    meets: meets(kernel.body),
    names: 0,
  };
  writeBlock(kernel.body, w);
  const registers = kernel.registers.map(
    (m) =>
      `const data_${m.name} = new ${arrayName[m.scalar]}(${m.length}), known_${m.name} = new Uint8Array(${m.length});`,
  );
  const accessors = [
    ...kernel.buffers.map(bufferAccessors),
    ...kernel.workgroupMemory.map(workgroupAccessors),
    ...kernel.registers.map(registerAccessors),
  ];
  const head = `return function${w.meets ? "*" : ""} (x, y, z, lane, subgroupLane, place, give, take) {`;
  // Lanes that run one after another share their registers' arrays.
  const open = w.meets
    ? [head, ...registers]
    : [...registers, head, ...kernel.registers.map((m) => `known_${m.name}.fill(0);`)];
  const source = ['"use strict";', ...accessors, ...open, ...w.lines, "};"].join("\n");
  return { source, statements: w.statements, meetings: w.meetings };
}

function writeBlock(body: readonly Stmt[], w: Writer): void {
  for (const s of body) writeStatement(s, w);
}

function writeStatement(s: Stmt, w: Writer): void {
  const at = w.statements.push(s) - 1;
  switch (s.kind) {
    case "let":
    case "var": {
      const keyword = s.kind === "let" ? "const" : "let";
      for (const [c, text] of scalarsOf(s.value, at, w).entries()) {
        w.lines.push(`${keyword} ${nameOf(s.name, c)} = ${text};`);
      }
      return;
    }
    case "assign": {
      const parts = scalarsOf(s.value, at, w);
      const kept = parts.length > 1 ? parts.map((p) => once(p, w)) : parts;
      for (const [c, text] of kept.entries()) w.lines.push(`${nameOf(s.name, c)} = ${text};`);
      return;
    }
    case "store":
      writeStore(s, at, w);
      return;
    case "for":
      writeLoop(s, at, w);
      return;
    case "if": {
      w.lines.push(`if (${scalarOf(s.when, at, w)}) {`);
      writeBlock(s.then, w);
      w.lines.push("} else {");
      writeBlock(s.otherwise, w);
      w.lines.push("}");
      return;
    }
    case "barrier":
      writeMeeting({ statement: at }, w);
      return;
    case "note":
      return;
  }
}

function writeStore(s: Stmt & { readonly kind: "store" }, at: number, w: Writer): void {
  const { width } = s.value.type;
  const index = once(scalarOf(s.index, at, w), w);
  const parts = scalarsOf(s.value, at, w).map((p) => (width > 1 ? once(p, w) : p));
  checkAligned(s.to, index, width, at, w);
  const own = s.to.space === "registers" ? `data_${s.to.name}, known_${s.to.name}, ` : "";
  for (const [c, value] of parts.entries()) {
    const cell = c ? `${index} + ${c}` : index;
    w.lines.push(`write_${s.to.name}(${own}${cell}, ${value}, lane, ${at});`);
  }
}

function writeLoop(s: Stmt & { readonly kind: "for" }, at: number, w: Writer): void {
  const name = nameOf(s.name, 0);
  const trip = `trip${w.names++}`;
  const counted = w.meets && meets(s.body);
  if (counted) w.lines.push(`let ${trip} = 0;`);
  w.lines.push(`for (let ${name} = ${scalarOf(s.from, at, w)};;) {`);
  w.lines.push(`if (!(${name} < ${scalarOf(s.below, at, w)})) break;`);
  if (counted) w.trips.push(trip);
  w.lines.push("{");
  writeBlock(s.body, w);
  w.lines.push("}");
  if (counted) w.lines.push(`${w.trips.pop()}++;`);
  w.lines.push(
    `${name} = ${spellCall("add", [name, scalarOf(s.step, at, w)], s.from.type.scalar)};`,
    "}",
  );
}

/** The lane says where it is, and pauses until the others are there too. */
function writeMeeting(meeting: Omit<Meeting, "loops">, w: Writer): void {
  const number = w.meetings.push({ ...meeting, loops: w.trips.length });
  for (const [i, text] of [number, ...w.trips].entries()) w.lines.push(`place[${i}] = ${text};`);
  w.lines.push("yield;");
}

/** The names may be JavaScript's own words; the suffix tells the components apart. */
const nameOf = (name: string, component: number) => `$${name}_${component}`;

/** The text as something that may be repeated: a name, where it is longer than one. */
function once(text: string, w: Writer): string {
  if (/^[\w$]+$/.test(text)) return text;
  const name = `t${w.names++}`;
  w.lines.push(`const ${name} = ${text};`);
  return name;
}

const scalarOf = (e: Expr, at: number, w: Writer): string => scalarsOf(e, at, w)[0]!;

const builtinNames = {
  workgroup_x: "x",
  workgroup_y: "y",
  workgroup_z: "z",
  lane: "lane",
  subgroup_lane: "subgroupLane",
} as const satisfies Record<Builtin, string>;

/** The components of a value, each as complete text. */
function scalarsOf(e: Expr, at: number, w: Writer): readonly string[] {
  const { scalar, width } = e.type;
  const each = (text: (component: number) => string) =>
    Array.from({ length: width }, (_, c) => text(c));
  switch (e.kind) {
    case "literal":
      return each(() => spellLiteral(e.value, scalar));
    case "builtin":
      return [builtinNames[e.name]];
    case "local":
      return each((c) => nameOf(e.name, c));
    case "call":
      return callOf(e, at, w);
    case "fma": {
      const args = e.args.map((a) => scalarsOf(a, at, w));
      return each((c) =>
        spellFma(
          args.map((a) => a[c]!),
          scalar,
        ),
      );
    }
    case "cast":
      return scalarsOf(e.of, at, w).map((x) => spellCast(x, e.of.type.scalar, scalar));
    case "bitcast":
      return scalarsOf(e.of, at, w).map((x) => spellBitcast(x, e.of.type.scalar, scalar));
    case "vector": {
      const parts = e.parts.map((p) => scalarOf(p, at, w));
      const [repeated] = parts.length === 1 && width > 1 ? [once(parts[0]!, w)] : [];
      return each((c) => repeated ?? parts[c]!);
    }
    case "component":
      return [scalarsOf(e.of, at, w)[e.index]!];
    case "load":
      return loadOf(e, at, w);
    case "subgroup":
      return collectiveOf(e, at, w);
  }
}

function callOf(e: Expr & { readonly kind: "call" }, at: number, w: Writer): readonly string[] {
  // A condition stands before the operands, a shift's amount behind them.
  const operand = e.args[e.fn === "select" ? 1 : 0]!.type.scalar;
  const args = e.args.map((a) => scalarsOf(a, at, w));
  const integer = operand === "i32" || operand === "u32";
  return Array.from({ length: e.type.width }, (_, c) => {
    const own = args.map((a) => a[c]!);
    if (integer && (e.fn === "div" || e.fn === "mod") && !/^\(?-?[1-9]\d*\)?$/.test(own[1]!)) {
      own[1] = once(own[1]!, w);
      w.lines.push(
        `if (${own[1]} === 0) fault("division-by-zero", ${at}, undefined, undefined, lane);`,
      );
    }
    return spellCall(e.fn, own, operand);
  });
}

function loadOf(e: Expr & { readonly kind: "load" }, at: number, w: Writer): readonly string[] {
  const { width } = e.type;
  const text = scalarOf(e.index, at, w);
  const index = width > 1 ? once(text, w) : text;
  checkAligned(e.from, index, width, at, w);
  const own = e.from.space === "registers" ? `data_${e.from.name}, known_${e.from.name}, ` : "";
  const cell = (c: number) =>
    `read_${e.from.name}(${own}${c ? `${index} + ${c}` : index}, lane, ${at})`;
  return Array.from({ length: width }, (_, c) => cell(c)).map((t) => (width > 1 ? once(t, w) : t));
}

function checkAligned(memory: Memory, index: string, width: number, at: number, w: Writer): void {
  if (width === 1) return;
  w.lines.push(
    `if (${index} % ${width} !== 0) fault("misaligned", ${at}, "${memory.name}", ${index}, lane);`,
  );
}

function collectiveOf(
  e: Expr & { readonly kind: "subgroup" },
  at: number,
  w: Writer,
): readonly string[] {
  const { scalar, width } = e.type;
  if (scalar === "bool") throw new CompilerBug(`subgroup ${e.op} of bool`);
  for (const [c, text] of scalarsOf(e.of, at, w).entries()) w.lines.push(`give[${c}] = ${text};`);
  writeMeeting({ statement: at, collective: { op: e.op, by: e.by ?? 0, scalar, width } }, w);
  return Array.from({ length: width }, (_, c) => once(`take[${c}] + 0`, w));
}
