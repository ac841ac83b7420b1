/** Schedules as if a device had found any of the recipes' choices the fastest. */
import { lower } from "../../codegen/lower.ts";
import type { Compiled } from "../../src/compile.ts";
import type { TunedRegion, TunedRegions } from "../../src/tune/file.ts";
import { signatureOf } from "../../src/tune/signature.ts";
import { version } from "../../src/version.ts";
import { generator } from "../../src/weights/random.ts";

/** A choice for every region of a compiled model. */
export function drawnSchedules({ entries, caps }: Compiled, seed: number): TunedRegions {
  const draw = generator(seed, "choices", 0);
  const regions: Record<string, TunedRegion> = {};
  for (const { fused } of Object.values(entries))
    lower(fused, caps, (region, { name: recipe }, choices) => {
      const { schedule } = choices[Math.floor(draw() * choices.length)]!;
      const measured = { microseconds: 1, tried: choices.length, compiler: version };
      regions[signatureOf(region, { name: recipe })] = { recipe, schedule, ...measured };
      return choices[0]!;
    });
  return regions;
}
