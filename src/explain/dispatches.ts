/** Describes what really runs: each dispatch of an entry with the regions' kernels in it, what it costs and what it takes. */
import type { Traffic } from "../../codegen/traffic.ts";
import type { CompiledEntry } from "../compile.ts";
import { flopsOf } from "../graph/cost.ts";
import type { DeviceFigures } from "../tune/file.ts";
import { arithmeticOf, deal } from "./arithmetic.ts";
import type { DispatchExplanation, KernelExplanation, Member } from "./explanation.ts";
import { chosenBy, stepsOf } from "./region.ts";
import { sumCosts, sumTimes, timesOf } from "./times.ts";

/** In the order in which they run; `measured`: microseconds of each. */
export function describeDispatches(
  entry: CompiledEntry,
  traffic: readonly Traffic[],
  figures: DeviceFigures | null,
  measured: readonly number[] | null,
): readonly DispatchExplanation[] {
  const steps = describeSteps(entry, traffic);
  const { program, joined } = entry;
  return joined.map((together, i) => {
    const members = together.map((s) => steps[s]!);
    const cost = sumCosts(members.map((m) => m.cost));
    return {
      number: i + 1,
      kernel: program.kernels[program.steps[i]!.kernel]!.name,
      members,
      cost,
      times: timesOf(cost, figures, measured?.[i] ?? null),
    };
  });
}

/** Every step of `separate`. */
function describeSteps(
  { lowered, separate }: CompiledEntry,
  traffic: readonly Traffic[],
): readonly Member[] {
  let first = 0;
  return lowered.flatMap((of, i) => {
    const steps = separate.steps.slice(first, first + stepsOf(of));
    const from = first;
    first += steps.length;
    const kernels = steps.map((s) => separate.kernels[s.kernel]!);
    const work = kernels.map((kernel, s) => {
      const [x, y, z] = steps[s]!.grid;
      return arithmeticOf(kernel) * kernel.workgroupSize * x * y * z;
    });
    const all = of.region.body.reduce((sum, node) => sum + flopsOf(node), 0);
    const flops = deal(all, work);
    return kernels.map((kernel, s) => ({
      ...{ region: i + 1, kernel: kernel.name, recipe: of.recipe, schedule: of.schedule },
      chosen: chosenBy(of),
      cost: { flops: flops[s]!, ...traffic[from + s]! },
    }));
  });
}

/** Dispatches of one kernel of the program together. */
export function groupByKernel(
  dispatches: readonly DispatchExplanation[],
  { program }: CompiledEntry,
): readonly KernelExplanation[] {
  const groups = new Map<number, DispatchExplanation[]>();
  for (const dispatch of dispatches) {
    const { kernel } = program.steps[dispatch.number - 1]!;
    groups.set(kernel, [...(groups.get(kernel) ?? []), dispatch]);
  }
  return [...groups.values()].map((group) => ({
    kernel: group[0]!.kernel,
    dispatches: group.map((d) => d.number),
    members: group[0]!.members,
    cost: sumCosts(group.map((d) => d.cost)),
    times: sumTimes(group.map((d) => d.times)),
  }));
}
