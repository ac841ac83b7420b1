import assert from "node:assert/strict";
import fc from "fast-check";
import { KernelBuilder } from "../../codegen/build.ts";
import { fma } from "../../codegen/val.ts";
import type { EntryProfile } from "../../src/execute/profile.ts";
import { arithmeticOf, deal } from "../../src/explain/arithmetic.ts";
import { printChosen } from "../../src/explain/table.ts";
import { sumTimes, timesOf } from "../../src/explain/times.ts";
import { type EntryExplanation, explain, printExplanation } from "../../src/explain.ts";
import type { DeviceFigures } from "../../src/tune/file.ts";
import { signatureOf } from "../../src/tune/signature.ts";
import { tasksOf } from "../../src/tune/tasks.ts";
import { compiledText, modelWith } from "../limits/text.ts";

const figures: DeviceFigures = {
  ...{
    copyBytesPerSecond: 2e9,
    readBytesPerSecond: 4e9,
    flopsPerSecond: 1e10,
    dispatchMicroseconds: 20,
  },
  compiler: "0.1.0",
};
/** Two gates beside each other, so that some dispatches hold several regions. */
const text = modelWith(
  `  g = sigmoid(linear(x, out: D) as keep)
  scan(g, tanh(linear(x, out: D) as write))`,
  3,
);
const compiled = compiledText(text, {
  caps: { maxBuffersPerKernel: 16 },
  entries: ["prefill", "decode"],
});
/** Dispatch i takes i + 1 times what it is predicted to. */
function profiled(entry: "prefill" | "decode"): EntryProfile {
  const { dispatches } = explain(compiled, { figures }).entries.find((e) => e.entry === entry)!;
  return {
    ...{ by: "device", runs: 3, seen: 7, whole: 5000 },
    dispatches: dispatches.map((d) => d.number * d.times.predicted!),
  };
}
const measured = () =>
  explain(compiled, {
    figures,
    profiles: { prefill: profiled("prefill"), decode: profiled("decode") },
  });

const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe("explained dispatches", () => {
  it("hold every kernel of every region once, and cost what the entry costs", () => {
    let several = 0;
    for (const { entry, dispatches, totals } of explain(compiled).entries) {
      const { joined, separate, lowered } = compiled.entries[entry]!;
      assert.deepEqual(
        dispatches.map((d) => d.number),
        joined.map((_, i) => i + 1),
      );
      assert.deepEqual(
        dispatches.map((d) => d.members.map((m) => m.kernel)),
        joined.map((steps) => steps.map((s) => separate.kernels[separate.steps[s]!.kernel]!.name)),
      );
      for (const { members, cost } of dispatches) {
        several += members.length > 1 ? 1 : 0;
        for (const part of ["flops", "read", "written"] as const)
          assert.equal(cost[part], sumOf(members.map((m) => m.cost[part])));
        for (const { region, recipe } of members) assert.equal(recipe, lowered[region - 1]!.recipe);
      }
      for (const part of ["flops", "read", "written"] as const)
        assert.equal(sumOf(dispatches.map((d) => d.cost[part])), totals[part], part);
    }
    assert.ok(several > 0);
  });
  it("have the times that were measured, each its own", () => {
    for (const { entry, dispatches } of measured().entries) {
      const times = dispatches.map((d) => d.times.measured!);
      assert.deepEqual(times, profiled(entry as "prefill" | "decode").dispatches);
      assert.equal(new Set(times).size, times.length);
    }
  });
  it("are summed up kernel by kernel", () => {
    for (const { entry, dispatches, kernels } of measured().entries) {
      const { program } = compiled.entries[entry]!;
      assert.equal(kernels.length, new Set(program.steps.map((s) => s.kernel)).size);
      assert.deepEqual(
        kernels.flatMap((k) => k.dispatches).toSorted((a, b) => a - b),
        dispatches.map((d) => d.number),
      );
      for (const { kernel, dispatches: numbers, times } of kernels) {
        const own = dispatches.filter((d) => numbers.includes(d.number));
        assert.ok(own.every((d) => d.kernel === kernel));
        assert.equal(times.measured, sumOf(own.map((d) => d.times.measured!)));
        assert.equal(times.roofline, times.bound! / times.measured!);
      }
    }
  });
  it("are found again from their regions, and those of a name alone where one was asked for", () => {
    for (const { dispatches, regions } of measured().entries)
      for (const { numbers, dispatches: runIn } of regions)
        for (const [i, own] of runIn.entries())
          assert.deepEqual(
            dispatches
              .filter((d) => d.members.some((m) => m.region === numbers[i]))
              .map((d) => d.number),
            own,
          );
    const [all] = explain(compiled).entries as [EntryExplanation];
    const [one] = explain(compiled, { name: "layers.1.keep.w" }).entries as [EntryExplanation];
    assert.ok(one.dispatches.length > 0 && one.dispatches.length < all.dispatches.length);
    // Its dispatch is shared with the other gate, of which nothing was asked.
    assert.ok(one.dispatches.some((d) => d.members.length > 1));
    const numbers = one.regions.flatMap((r) => r.dispatches.flat());
    assert.deepEqual(
      one.dispatches.map((d) => d.number),
      [...new Set(numbers)].toSorted((a, b) => a - b),
    );
  });
  it("take at least what their bytes or their FLOPs take", () => {
    const cost = { flops: 1e6, read: 1e6, written: 1e6 };
    assert.deepEqual(timesOf(cost, figures, 4000), {
      ...{ bound: 1000, boundBy: "bytes", predicted: 1020, measured: 4000, roofline: 0.25 },
    });
    assert.equal(timesOf({ flops: 0, read: 5e6, written: 1e6 }, figures, null).bound, 2000);
    assert.equal(timesOf({ flops: 0, read: 0, written: 1e6 }, figures, null).bound, 500);
    const busy = timesOf({ ...cost, flops: 2e7 }, figures, null);
    assert.deepEqual([busy.bound, busy.boundBy, busy.roofline], [2000, "FLOPs", null]);
    assert.equal(timesOf(cost, figures, 0).roofline, null);
    const blind = { bound: null, boundBy: null, predicted: null, roofline: null };
    assert.deepEqual(timesOf(cost, null, 7), { ...blind, measured: 7 });
    const both = sumTimes([timesOf(cost, figures, 4000), busy]);
    assert.deepEqual(both, {
      ...{ bound: 3000, boundBy: "FLOPs", predicted: 3040, measured: null, roofline: null },
    });
  });
});

describe("a region's FLOPs", () => {
  it("are dealt out whole, to each kernel about its part", () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.array(fc.nat(1e6), { minLength: 1 }), (total, work) => {
        const dealt = deal(total, work);
        assert.equal(sumOf(dealt), total);
        const all = sumOf(work);
        for (const [i, own] of dealt.entries()) {
          assert.ok(own >= 0 && Number.isInteger(own));
          const part = all > 0 ? work[i]! / all : 1 / work.length;
          assert.ok(Math.abs(own - total * part) <= 1 + 1e-6 * total);
        }
      }),
    );
    assert.deepEqual(deal(10, [3, Number.POSITIVE_INFINITY, 5]), [0, 10, 0]);
  });
  it("are what real numbers are calculated with, as often as loops turn", () => {
    const k = new KernelBuilder();
    const [x, y] = [k.buffer("x", "f32", 64), k.buffer("y", "f32", 64)];
    const lane = k.builtin("lane");
    const sum = k.variable("sum", k.load(x, lane.times(4), 4));
    k.loop("turn", 0, 5, 1, (turn) =>
      k.accumulate(sum, (now) => fma(now, 3, k.load(x, turn.times(4), 4))),
    );
    k.when(lane.below(8), () => k.store(y, lane, sum.get().component(0).plus(1)));
    assert.equal(arithmeticOf(k.finish("some", 16)), 5 * 2 * 4 + 1);
  });
});

describe("a printed table", () => {
  const lines = (printed: string) => printed.split("\n");

  it("tells predicted and measured times, shares, and whose choice a schedule is", () => {
    const printed = printExplanation(measured(), undefined, { table: "time" });
    assert.match(
      printed,
      /^ {2}the device copies 2 GB\/s, reads 4 GB\/s, calculates 10 GFLOP\/s, 20\.0 µs a dispatch$/m,
    );
    assert.match(
      printed,
      /^ {2}measured after 7 tokens, medians of 3 runs by timestamps: 5\.00 ms in one go; /m,
    );
    assert.match(
      printed,
      /^ {2}kernel +runs +bytes +FLOPs +predicted +measured +of the call +roofline +schedule, and/m,
    );
    assert.match(printed, / \d+ % of bytes {2}\w+ .*\(the recipe's choice of \d+\)$/m);
    const only = { by: "recipe", offered: 1, alone: null, first: null } as const;
    assert.equal(printChosen(only, "here.json"), "the only one");
    assert.doesNotMatch(printed, /no times/);
    // Regions are left to a listing of their own.
    assert.doesNotMatch(printed, /^ {2}reads /m);
    const named = printExplanation(
      explain(compiled, { figures, profiles: { prefill: profiled("prefill") }, name: "keep" }),
      "keep",
      { table: "time" },
    );
    assert.match(named, /^ {2}time {5}\S+ µs predicted, \S+ .s measured, \d+ % of the roofline /m);
  });
  it("is sorted by time, or as kernels run", () => {
    const [entry] = measured().entries as [EntryExplanation];
    const kernels = (table: "time" | "run") => {
      const printed = lines(
        printExplanation({ ...measured(), entries: [entry] }, undefined, { table }),
      );
      const from = printed.findIndex((l) => l.startsWith("  kernel ")) + 1;
      return printed.slice(from, from + entry.kernels.length).map((l) => l.trim().split(/\s+/)[0]);
    };
    assert.deepEqual(
      kernels("run"),
      entry.kernels.map((k) => k.kernel),
    );
    assert.deepEqual(
      kernels("time"),
      entry.kernels.toSorted((a, b) => b.times.measured! - a.times.measured!).map((k) => k.kernel),
    );
  });
  it("tells no time where none is known, and how to get one", () => {
    const printed = printExplanation(explain(compiled), undefined, { table: "run" });
    assert.match(printed, /^ {2}no times: --measure takes them on this machine, and --schedules /m);
    assert.match(printed, /^ {2}kernel +runs +bytes +FLOPs {2}schedule, and whose choice$/m);
    assert.doesNotMatch(printed, /predicted|[µm]s /);
  });
  it("names the file that a schedule is from, and what it won", () => {
    const { tasks } = tasksOf(compiled);
    const task = tasks.find((t) => t.choices.length > 1)!;
    const { schedule } = task.choices.at(-1)!;
    const of = { recipe: task.recipe.name, schedule, tried: 2, compiler: "0.1.0" };
    const printed = (times: { readonly microseconds: number; readonly first?: number }) => {
      const schedules = { [signatureOf(task.region, task.recipe)]: { ...of, ...times } };
      const tuned = compiledText(text, { caps: { maxBuffersPerKernel: 16 }, schedules });
      const told = explain(tuned, { schedules: "here.json" });
      return printExplanation(told, undefined, { table: "run" });
    };
    assert.match(
      printed({ microseconds: 8, first: 12 }),
      /\(here\.json: 1\.50 × as fast as the recipe's choice\)/m,
    );
    assert.match(
      printed({ microseconds: 8, first: 8 }),
      /\(here\.json: the recipe's choice is fastest\)/m,
    );
    assert.match(printed({ microseconds: 8 }), /\(here\.json\)/m);
  });
  it("tells the memory of the device and of the process", () => {
    const held = { weights: 2 ** 20, states: 2048, arena: 1024, other: 0 };
    const memory = { device: { now: held, peak: held }, process: 2 ** 30 };
    const told = printExplanation(explain(compiled, { memory }));
    assert.match(
      told,
      /^memory: 1 MiB on the device at most \(1 MiB of weights, 2 KiB of states, 1 KiB of arena, 0 B of other\); 1 GiB of the process at most$/m,
    );
  });
});
