/** Lists what can be tuned in a compiled model: its distinct regions with the choices of their recipes. Measures nothing. */
import type { Caps } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { kernelKey } from "../../codegen/plain.ts";
import type { Choice, Recipe } from "../../codegen/recipe.ts";
import { splitOf } from "../../codegen/split-region.ts";
import { firstChoice, writeRegion } from "../../codegen/write-region.ts";
import type { Compiled } from "../compile.ts";
import { flopsOf } from "../graph/cost.ts";
import type { Region } from "../passes/regions.ts";
import { guessCost, worthMeasuring } from "./predict.ts";
import { signatureOf } from "./signature.ts";

export type Task = {
  readonly signature: string;
  /** The entry and the name of the first such region, for people. */
  readonly name: string;
  readonly region: Region;
  readonly recipe: Recipe;
  /** Those that are worth a measurement: the recipe's own first. */
  readonly choices: readonly Choice[];
  /** Tokens of one call of its entry. */
  readonly tokens: number;
  /** Floating-point operations of one run. */
  readonly flops: number;
};

export type Tasks = {
  readonly tasks: readonly Task[];
  /** Names of regions that take rows of a table in pieces: they keep their first choice. */
  readonly gathers: readonly string[];
};

/** In the order in which the entries run them. */
export function tasksOf({ entries, caps, chunk }: Compiled): Tasks {
  const tasks = new Map<string, Task>();
  const gathers = new Set<string>();
  for (const [entry, { fused }] of Object.entries(entries))
    lower(fused, caps, (region, recipe, choices) => {
      const name = `${entry}: ${region.name}`;
      const signature = signatureOf(region, recipe);
      const tokens = entry === "decode" ? 1 : chunk;
      if (splitOf(region)?.kind === "rows") gathers.add(name);
      else if (!tasks.has(signature)) {
        const worth = worthwhile(region, choices, caps);
        const flops = region.body.reduce((sum, node) => sum + flopsOf(node), 0);
        tasks.set(signature, { signature, name, region, recipe, choices: worth, tokens, flops });
      }
      return firstChoice(region, recipe, choices);
    });
  return { tasks: [...tasks.values()], gathers: [...gathers] };
}

/** Of choices that write the same kernels the first, and none that is hopeless. */
function worthwhile(region: Region, choices: readonly Choice[], caps: Caps): readonly Choice[] {
  const seen = new Set<string>();
  const distinct = choices.flatMap((choice) => {
    const { lowered } = writeRegion(region, caps, () => choice);
    const texts = lowered.kernels.map(({ kernel, grid }) => `${kernelKey(kernel)} ${grid}`);
    const key = texts.join("\n");
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ choice, cost: guessCost(lowered, caps) }];
  });
  return worthMeasuring(distinct.map((d) => d.cost)).map((i) => distinct[i]!.choice);
}
