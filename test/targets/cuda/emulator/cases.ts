/** Instructions with operands and results as bits, worked out by hand from the PTX ISA manual's definitions. */
import { conversionCases } from "./conversion-cases.ts";
import { floatCases } from "./float-cases.ts";
import { halfCases } from "./half-cases.ts";
import type { RegisterType } from "./tools.ts";
import { wholeCases } from "./whole-cases.ts";

export type Row = readonly (number | bigint)[];

export type Case = {
  readonly title: string;
  readonly inputs: readonly RegisterType[];
  readonly results: readonly RegisterType[];
  readonly code: string;
  /** Operands, then results. */
  readonly rows: readonly Row[];
};

/** `op("add.s32", "b32 b32 -> b32", rows)`: the instruction on %a0, %a1 … into %d0. More text may follow the opcode. */
export function op(opcode: string, types: string, ...rows: readonly Row[]): Case {
  const [inputs, results] = types
    .split("->")
    .map((side) => side.trim().split(/\s+/).filter(Boolean) as RegisterType[]);
  const operands = [
    ...results!.slice(0, 1).map((_, i) => `%d${i}`),
    ...inputs!.map((_, i) => `%a${i}`),
  ];
  return {
    title: opcode,
    inputs: inputs!,
    results: results!,
    code: `${opcode} ${operands.join(", ")};`,
    rows,
  };
}

/** Any text between loads and stores. */
export function code(title: string, types: string, text: string, ...rows: readonly Row[]): Case {
  return { ...op("", types, ...rows), title, code: text };
}

export const cases: readonly Case[] = [
  ...wholeCases,
  ...floatCases,
  ...conversionCases,
  ...halfCases,
];
