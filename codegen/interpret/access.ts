/**
 * JavaScript functions that read and write one memory, one cell at a time, and check as they go. Shadow arrays hold when and by
 * which lane a cell was last written (`when`, `who`) and read (`seen`, `by`; `by` is −1 for several lanes). Times are epochs:
 * clock[0] is now and grows at every barrier; clock[1] is when this workgroup began. 0 is never.
 */
import type { BufferUse, Memory, Scalar } from "../kernel.ts";

const lift = (scalar: Scalar, text: string) => (scalar === "bool" ? `${text} !== 0` : text);
const lower = (scalar: Scalar, text: string) => (scalar === "bool" ? `${text} ? 1 : 0` : text);

const inRange = (m: Memory) =>
  `if (!(i >= 0 && i < ${m.length})) fault("out-of-range", at, "${m.name}", i, lane);`;

/** Shadow arrays of one memory, by the name that the accessors below give them. */
export type Shadows = {
  readonly when: Int32Array;
  readonly who: Int32Array;
  readonly seen: Int32Array;
  readonly by: Int32Array;
  /** 1 where an earlier workgroup of the dispatch has read. */
  readonly elsewhere: Uint8Array;
};

/** `read` is 0 for memory that is never read. */
export function makeShadows(length: number, read: number): Shadows {
  return {
    when: new Int32Array(length),
    who: new Int32Array(length),
    seen: new Int32Array(read),
    by: new Int32Array(read),
    elsewhere: new Uint8Array(read),
  };
}

/** Another lane wrote the cell, and nothing orders that before now. */
function raceWithWrite(m: Memory, what: string): string {
  const otherGroup = m.space === "buffer" ? `when_${m.name}[i] < clock[1] || ` : "";
  const sameTime = `(when_${m.name}[i] === clock[0] && who_${m.name}[i] !== lane)`;
  return `if (when_${m.name}[i] !== 0 && (${otherGroup}${sameTime})) fault("race", at, "${m.name}", i, lane, "${what} a cell written", who_${m.name}[i]);`;
}

/** Another lane read the cell, and nothing orders that before now. */
function raceWithRead(m: Memory): string {
  const { name } = m;
  const earlier =
    m.space === "buffer"
      ? `elsewhere_${name}[i] !== 0 || (seen_${name}[i] !== 0 && seen_${name}[i] < clock[1]) || `
      : "";
  return `if (${earlier}(seen_${name}[i] === clock[0] && by_${name}[i] !== lane)) fault("race", at, "${name}", i, lane, "writes a cell read", by_${name}[i]);`;
}

function noteRead({ name }: Memory): string {
  return `if (seen_${name}[i] !== clock[0]) {
    if (seen_${name}[i] !== 0 && seen_${name}[i] < clock[1]) elsewhere_${name}[i] = 1;
    seen_${name}[i] = clock[0]; by_${name}[i] = lane;
  } else if (by_${name}[i] !== lane) by_${name}[i] = -1;`;
}

const noteWrite = ({ name }: Memory) => `when_${name}[i] = clock[0]; who_${name}[i] = lane;`;

/** read_NAME(i, lane, at) and write_NAME(i, value, lane, at) of a buffer; `written_NAME` is null where all of it is written. */
export function bufferAccessors({ memory, access }: BufferUse): string {
  const { name, scalar } = memory;
  const shared = access === "read_write";
  return `
function read_${name}(i, lane, at) {
  ${inRange(memory)}
  if (written_${name} !== null && written_${name}[i] === 0) fault("unwritten-read", at, "${name}", i, lane);
  ${shared ? raceWithWrite(memory, "reads") : ""}
  ${shared ? noteRead(memory) : ""}
  return ${lift(scalar, `data_${name}[i]`)};
}
function write_${name}(i, value, lane, at) {
  ${inRange(memory)}
  ${raceWithWrite(memory, "writes")}
  ${shared ? raceWithRead(memory) : ""}
  ${noteWrite(memory)}
  if (written_${name} !== null) written_${name}[i] = 1;
  data_${name}[i] = ${lower(scalar, "value")};
}`;
}

/** The same for memory of the workgroup, which is undefined when the workgroup begins. */
export function workgroupAccessors(memory: Memory): string {
  const { name, scalar } = memory;
  return `
function read_${name}(i, lane, at) {
  ${inRange(memory)}
  if (when_${name}[i] < clock[1]) fault("unwritten-read", at, "${name}", i, lane);
  ${raceWithWrite(memory, "reads")}
  ${noteRead(memory)}
  return ${lift(scalar, `data_${name}[i]`)};
}
function write_${name}(i, value, lane, at) {
  ${inRange(memory)}
  ${raceWithWrite(memory, "writes")}
  ${raceWithRead(memory)}
  ${noteWrite(memory)}
  data_${name}[i] = ${lower(scalar, "value")};
}`;
}

/** The same for a lane's registers; the two arrays are the lane's own. */
export function registerAccessors(memory: Memory): string {
  const { name, scalar } = memory;
  return `
function read_${name}(data, known, i, lane, at) {
  ${inRange(memory)}
  if (known[i] === 0) fault("unwritten-read", at, "${name}", i, lane);
  return ${lift(scalar, "data[i]")};
}
function write_${name}(data, known, i, value, lane, at) {
  ${inRange(memory)}
  known[i] = 1;
  data[i] = ${lower(scalar, "value")};
}`;
}

/** The array type that holds a scalar; f16 and bf16 values are kept as f32, booleans as u32. */
export const arrayName = {
  f32: "Float32Array",
  f16: "Float32Array",
  bf16: "Float32Array",
  i32: "Int32Array",
  u32: "Uint32Array",
  bool: "Uint32Array",
} as const satisfies Record<Scalar, string>;
