/** Says what is wrong with one statement that moves or multiplies tiles, its expressions being right. */
import { bytesOfScalar } from "../bytes.ts";
import type { Memory, Operand, Scalar, Stmt } from "../kernel.ts";
import { firstOf, indexProblem, mismatch, type Problem } from "./expressions.ts";

type Of<K extends Stmt["kind"]> = Extract<Stmt, { kind: K }>;

const inSpace = (memory: Memory, space: Memory["space"]): Problem =>
  memory.space === space ? null : `${memory.name} is no ${space} memory`;
const multipleOf = (n: number, unit: number, what: string): Problem =>
  n > 0 && n % unit === 0 ? null : `${what} of ${n}, which is no multiple of ${unit}`;

export function copyProblem(s: Of<"copy">): Problem {
  const bytes = s.width * bytesOfScalar[s.from.scalar];
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

const multiplied: readonly Scalar[] = ["f16", "bf16"];

export function multiplyProblem(s: Of<"multiply">): Problem {
  const operand = ({ memory, index, stride }: Operand): Problem =>
    firstOf([
      inSpace(memory, "workgroup"),
      multiplied.includes(memory.scalar) ? null : `matrix units on ${memory.scalar}`,
      indexProblem(index),
      multipleOf(stride, 8, "rows"),
    ]);
  return firstOf([
    operand(s.left),
    operand(s.right),
    s.left.memory.scalar === s.right.memory.scalar
      ? null
      : `matrix units on ${s.left.memory.scalar} by ${s.right.memory.scalar}`,
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
