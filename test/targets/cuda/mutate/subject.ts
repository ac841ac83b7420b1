/** What mutants are made from: a region, how a recipe writes it, and numbers for it. */
import type { Lowered, Recipe } from "../../../../codegen/recipe.ts";
import type { Region } from "../../../../src/passes/regions.ts";
import { cudaCaps } from "../../../../targets/cuda/caps.ts";
import type { Leaves } from "../../../codegen/region.ts";

export type Subject = {
  readonly name: string;
  readonly recipe: Recipe;
  readonly region: Region;
  /** The choice to be written. */
  readonly schedule: Readonly<Record<string, number>>;
  /** The most that |found − expected| / (1 + |expected|) may be: the recipe's own, from its tests. */
  readonly tolerance: number;
  /** Numbers for the leaves; each seed gives others. */
  readonly leaves: (seed: number) => Leaves;
  /** Elements of the outputs that mean something; the others are nobody's business. */
  readonly matters?: (index: number, seed: number) => boolean;
};

/** Few busy lanes, so that small programs are written as large ones are. */
export const caps = { ...cudaCaps("sm_80"), busyLanes: 256 };

export function lower({ name, recipe, region, schedule }: Subject): Lowered {
  const choices = recipe.choices(region, caps);
  const choice = choices.find((c) => JSON.stringify(c.schedule) === JSON.stringify(schedule));
  if (choice) return choice.build();
  const offered = choices.map((c) => JSON.stringify(c.schedule)).join(", ");
  throw new Error(`${name}: ${JSON.stringify(schedule)} is not offered; these are: ${offered}`);
}
