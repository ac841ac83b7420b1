/** One small program of each recipe, in each manner of writing it: what the mutants are made from. */
import { gemv } from "../../../../codegen/recipes/gemv.ts";
import { matmul } from "../../../../codegen/recipes/matmul.ts";
import { pairs } from "./pairs.ts";
import {
  attending,
  convolution,
  drawing,
  type Heads,
  maps,
  product,
  recurrence,
  ringOf,
  softmax,
} from "./programs.ts";
import type { Subject } from "./subject.ts";

const staged = { tileRows: 32, tileColumns: 32, depth: 16 };
const onUnits = { tileRows: 32, tileColumns: 64, partRows: 32, partColumns: 32, depth: 32 };
const few: Heads = { B: 2, T: 9, H: 2, G: 1, D: 8, window: 70 };

/** Every recipe, in each manner of writing it. */
export const subjects: readonly (() => Subject)[] = [
  () => maps(12),
  () => maps(9),
  () => softmax(300, { lanes: 64, width: 4 }),
  () => softmax(37, { lanes: 32, width: 1 }),
  () => product("matmul in registers", matmul, [42, 28, 9], { rows: 4, columns: 2 }),
  () => product("matmul in workgroup memory", matmul, [33, 36, 40], staged),
  ...(["f16", "bf16"] as const).map(
    (stored) => () =>
      product(`matmul on matrix units, ${stored}`, matmul, [33, 72, 70], onUnits, {
        ...{ stored, tolerance: 5e-6 },
      }),
  ),
  () =>
    product(
      "gemv",
      gemv,
      [2, 140, 70],
      { columns: 1, slices: 4, lanes: 128, subgroup: 0 },
      { tolerance: 5e-6 },
    ),
  () =>
    product(
      "gemv by subgroups",
      gemv,
      [2, 19, 300],
      { columns: 1, slices: 32, lanes: 128, subgroup: 1 },
      { together: true, tolerance: 5e-6 },
    ),
  ...pairs,
  () => recurrence("scan", [2, 9, 132], { width: 4 }),
  () => recurrence("scan in chunks", [2, 40, 60], { chunk: 16 }),
  () => recurrence("scan reading ahead", [2, 21, 132], { width: 4, ahead: 8 }),
  () => convolution(),
  () => attending("attention of lanes", few, { keys: 4 }),
  () => attending("attention of workgroups", few, { lanes: 64, subgroup: 32 }),
  () =>
    attending(
      "attention on matrix units",
      { B: 2, T: 35, H: 2, G: 1, D: 32, window: 40 },
      { tile: 32 },
    ),
  () => ringOf(4),
  () => ringOf(1),
  () => drawing(64),
];
