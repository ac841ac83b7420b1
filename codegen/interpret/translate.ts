/**
 * A kernel as JavaScript: one function of a lane, or one generator where lanes must meet (barriers, subgroup operations). Vectors
 * are taken apart into scalars. The text calls the accessors of access.ts; it knows nothing of how lanes are scheduled.
 */
import type { Kernel, Stmt } from "../kernel.ts";
import { multiplyAsLoops } from "../multiply.ts";
import { visit } from "../visit.ts";
import { arrayName, bufferAccessors, registerAccessors, workgroupAccessors } from "./access.ts";
import { spellCall } from "./spell.ts";
import { checkAligned, scalarOf, scalarsOf } from "./values.ts";
import { type Meeting, nameOf, once, type Writer, writeMeeting } from "./writer.ts";

/** `lane(x, y, z, lane, subgroupLane, place, give, take)`: see lockstep.ts for the last three. */
export type Translation = {
  readonly source: string;
  readonly statements: readonly Stmt[];
  readonly meetings: readonly Meeting[];
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
      found ||= s.kind === "barrier" || s.kind === "multiply";
    },
  );
  return found;
}

function hasCopies(body: readonly Stmt[]): boolean {
  let found = false;
  visit(
    body,
    () => {},
    (s) => {
      found ||= s.kind === "copy" || s.kind === "commit" || s.kind === "await";
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
  if (hasCopies(kernel.body)) {
    w.lines.unshift("let copies = [], groups = [], last = 0;");
    w.lines.push(
      'if (copies.length + groups.length > 0) fault("copy-not-awaited", last, undefined, undefined, lane);',
    );
  }
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
    case "copy":
      writeCopy(s, at, w);
      return;
    case "commit":
      w.lines.push("groups.push(copies); copies = [];");
      return;
    case "await":
      w.lines.push(
        `while (groups.length > ${s.pending}) for (const land of groups.shift()) land();`,
      );
      return;
    case "multiply":
      writeMeeting({ statement: at, collective: { op: "sum", by: 0, scalar: "f32", width: 0 } }, w);
      writeBlock(
        multiplyAsLoops(s, (hint) => `${hint}_${w.names++}`),
        w,
      );
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

/**
 * The copy lands when it is awaited. Until then its cells count as unwritten, and whoever touches them is found out as
 * if the copy had been written at once.
 */
function writeCopy(s: Stmt & { readonly kind: "copy" }, at: number, w: Writer): void {
  const [to, from] = [s.to.name, s.from.name];
  const toIndex = once(scalarOf(s.toIndex, at, w), w);
  const index = once(scalarOf(s.index, at, w), w);
  const when = once(scalarOf(s.when, at, w), w);
  checkAligned(s.to, toIndex, s.width, at, w);
  w.lines.push(`if (${when}) {`);
  checkAligned(s.from, index, s.width, at, w);
  w.lines.push("}");
  const value = `t${w.names++}`;
  w.lines.push(
    `const ${value} = [];`,
    `for (let c = 0; c < ${s.width}; c++) {`,
    `${value}[c] = ${when} ? read_${from}(${index} + c, lane, ${at}) : 0;`,
    `write_${to}(${toIndex} + c, 0, lane, ${at}); when_${to}[${toIndex} + c] = 0;`,
    "}",
    `last = ${at};`,
    `copies.push(() => { for (let c = 0; c < ${s.width}; c++) write_${to}(${toIndex} + c, ${value}[c], lane, ${at}); });`,
  );
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
