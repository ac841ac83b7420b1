/** Says what is wrong with one statement that moves or multiplies tiles, its expressions being right. */
import type { Memory, Operand, Scalar, Stmt } from "../kernel.ts";
import { firstOf, indexProblem, mismatch, type Problem } from "./expressions.ts";

type Of<K extends Stmt["kind"]> = Extract<Stmt, { kind: K }>;

const bytesOf = { f32: 4, f16: 2, i32: 4, u32: 4, bool: 4 } as const satisfies Record<
  Scalar,
  number
>;

const inSpace = (memory: Memory, space: Memory["space"]): Problem =>
  memory.space === space ? null : `${memory.name} is no ${space} memory`;
const multipleOf = (n: number, unit: number, what: string): Problem =>
  n > 0 && n % unit === 0 ? null : `${what} of ${n}, which is no multiple of ${unit}`;

export function copyProblem(s: Of<"copy">): Problem {
  const bytes = s.width * bytesOf[s.from.scalar];
  return firstOf([
    inSpace(s.to, "workgroup"),
    inSpace(s.from, "buffer"),
    s.to.scalar === s.from.scalar ? null : `a copy of ${s.from.scalar} to ${s.to.scalar}`,
    [4, 8, 16].includes(bytes) ? null : `a copy of ${bytes} bytes at once`,
    indexProblem(s.toIndex),
    indexProblem(s.index),
    mismatch(s.when, { scalar: "bool", width: 1 }),
  ]);
}

export function multiplyProblem(s: Of<"multiply">): Problem {
  const operand = ({ memory, index, stride }: Operand): Problem =>
    firstOf([
      inSpace(memory, "workgroup"),
      memory.scalar === "f16" ? null : `matrix units on ${memory.scalar}`,
      indexProblem(index),
      multipleOf(stride, 8, "rows"),
    ]);
  return firstOf([
    operand(s.left),
    operand(s.right),
    inSpace(s.sums, "registers"),
    s.sums.scalar === "f32" ? null : `sums in ${s.sums.scalar}`,
    multipleOf(s.rows, 16, "rows"),
    multipleOf(s.columns, 8, "columns"),
    multipleOf(s.depth, 16, "a depth"),
    s.sums.length === (s.rows * s.columns) / 32
      ? null
      : `${s.sums.length} sums a lane for ${s.rows} × ${s.columns}`,
  ]);
}
