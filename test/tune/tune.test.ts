import assert from "node:assert/strict";
import { minimumCaps } from "../../codegen/kernel.ts";
import { type DeviceIdentity, hashCaps } from "../../src/tune/device.ts";
import { noSchedules, regionsOf, type ScheduleFile, withRegion } from "../../src/tune/file.ts";
import { tasksOf } from "../../src/tune/tasks.ts";
import { type Tuning, tune } from "../../src/tune/tune.ts";
import { compiledText, modelWith } from "../limits/text.ts";

const device: DeviceIdentity = {
  ...{ backend: "fake", vendor: "", architecture: "", name: "fake", driver: "" },
  caps: hashCaps(minimumCaps),
};
const { tasks } = tasksOf(
  compiledText(modelWith("  scan(sigmoid(linear(x, out: D) as keep), x)", 3)),
);

/** A device on which the last choice of each region is the fastest. */
function tuningOf(file: ScheduleFile, stopAfter = Number.POSITIVE_INFINITY) {
  const saved: ScheduleFile[] = [];
  const begun: string[] = [];
  const tuning: Tuning = {
    ...{ tasks, device, file, budget: 1e6, now: () => 0 },
    trials: ({ signature }) => {
      begun.push(signature);
      return async (number) => ({
        run: async () => ({}),
        time: async () => 100 - number,
        release: async () => {},
      });
    },
    save: async (made) => void saved.push(made),
    isStopped: () => saved.length >= stopAfter,
  };
  return { tuning, saved, begun };
}

describe("tuning", () => {
  it("measures every region once, and saves after each", async () => {
    const { tuning, saved, begun } = tuningOf(noSchedules);
    const done = await tune(tuning);
    assert.deepEqual([done.known, done.measured, done.left], [0, tasks.length, 0]);
    assert.deepEqual(
      begun,
      tasks.map((t) => t.signature),
    );
    assert.deepEqual(
      saved.map((f) => Object.keys(regionsOf(f, device)).length),
      tasks.map((_, i) => i + 1),
    );
    for (const { signature, recipe, choices } of tasks) {
      const region = regionsOf(done.file, device)[signature]!;
      // Another has to save 5 parts in 100 to be taken.
      const best = choices.length > 6 ? choices.length - 1 : 0;
      assert.equal(region.recipe, recipe.name);
      assert.deepEqual(region.schedule, choices[best]!.schedule);
      assert.deepEqual([region.microseconds, region.tried], [100 - best, choices.length]);
    }
  });
  it("goes on where it was stopped, and measures nothing twice", async () => {
    const first = tuningOf(noSchedules, 2);
    const stopped = await tune(first.tuning);
    assert.deepEqual([stopped.known, stopped.measured, stopped.left], [0, 2, tasks.length - 2]);
    const second = tuningOf(first.saved.at(-1)!);
    const done = await tune(second.tuning);
    assert.deepEqual([done.known, done.measured, done.left], [2, tasks.length - 2, 0]);
    assert.equal(new Set([...first.begun.slice(0, 2), ...second.begun]).size, tasks.length);
    assert.deepEqual(done.file, (await tune(tuningOf(noSchedules).tuning)).file);
    const third = tuningOf(done.file);
    assert.equal((await tune(third.tuning)).known, tasks.length);
    assert.deepEqual([third.begun, third.saved], [[], []]);
  });
  it("measures again what is no longer offered, and keeps what other devices have", async () => {
    const done = await tune(tuningOf(noSchedules).tuning);
    const [{ signature }] = tasks as [(typeof tasks)[number]];
    const stale = { ...regionsOf(done.file, device)[signature]!, schedule: { width: 3 } };
    const other = { ...device, name: "other" };
    const file = withRegion(
      withRegion(done.file, device, signature, stale),
      other,
      signature,
      stale,
    );
    const { tuning, begun } = tuningOf(file);
    const again = await tune(tuning);
    assert.deepEqual(begun, [signature]);
    assert.deepEqual(regionsOf(again.file, device), regionsOf(done.file, device));
    assert.deepEqual(regionsOf(again.file, other), { [signature]: stale });
  });
});
