/** Everything that the language computes by itself, in one table by name. */
import type { Primitive } from "../calls.ts";
import { elementwise } from "./elementwise.ts";
import { shapes } from "./shapes.ts";
import { time } from "./time.ts";

const table: ReadonlyMap<string, Primitive> = new Map(
  Object.entries({ ...elementwise, ...shapes, ...time }),
);

export const primitive = (name: string): Primitive | null => table.get(name) ?? null;

/** Their names, with those that have a form of their own. */
export const primitiveNames: readonly string[] = [...table.keys(), "stack"];
