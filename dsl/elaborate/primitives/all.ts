/** Everything that the language computes by itself, in one table by name. */
import type { Primitive } from "../calls.ts";
import { elementwise } from "./elementwise.ts";
import { pieces } from "./pieces.ts";
import { pow } from "./power.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import { rotary } from "./rotary.ts";
import { shapes } from "./shapes.ts";
import { time } from "./time.ts";

const table: ReadonlyMap<string, Primitive> = new Map(
  Object.entries({
    ...elementwise,
    pow,
    ...reductions,
    ...products,
    ...shapes,
    ...pieces,
    ...time,
    rotary,
  }),
);

export const primitive = (name: string): Primitive | null => table.get(name) ?? null;

/** Their names, with those that have a form of their own. */
export const primitiveNames: readonly string[] = [...table.keys(), "stack", "share"];
