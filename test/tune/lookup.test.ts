import assert from "node:assert/strict";
import type { Caps } from "../../codegen/kernel.ts";
import { minimumCaps } from "../../codegen/kernel.ts";
import { explain, printExplanation } from "../../src/explain.ts";
import { type DeviceIdentity, hashCaps } from "../../src/tune/device.ts";
import { noSchedules, type TunedRegion, withFigures, withRegion } from "../../src/tune/file.ts";
import { schedulesFor } from "../../src/tune/lookup.ts";
import { tasksOf } from "../../src/tune/tasks.ts";
import { compiledText, modelWith } from "../limits/text.ts";

const depth = 5;
const text = modelWith("  scan(sigmoid(linear(x, out: D) as keep), x)", depth);
const here: DeviceIdentity = {
  ...{ backend: "webgpu", vendor: "acme", architecture: "roc", name: "one", driver: "" },
  caps: hashCaps(minimumCaps),
};
const fewer: Caps = { ...minimumCaps, maxWorkgroupLanes: 64 };
const there: DeviceIdentity = { ...here, name: "two", caps: hashCaps(fewer) };
const measured = (schedule: TunedRegion["schedule"], recipe = "scan"): TunedRegion => ({
  ...{ recipe, schedule, microseconds: 12.5, tried: 2, compiler: "0.1.0" },
});
const { tasks } = tasksOf(compiledText(text));
const scan = tasks.find((t) => t.recipe.name === "scan")!;

describe("measured schedules", () => {
  it("are used for every region of their signature, and tell what they took", () => {
    const scans = tasks.filter((t) => t.recipe.name === "scan");
    const last = scan.choices.at(-1)!.schedule;
    assert.notDeepEqual(last, scan.choices[0]!.schedule);
    const notices: string[] = [];
    const compiled = compiledText(text, {
      schedules: Object.fromEntries(scans.map((t) => [t.signature, measured(last)])),
      onNotice: (sentence) => notices.push(sentence),
    });
    const tuned = compiled.entries.prefill!.lowered.filter((l) => l.microseconds !== undefined);
    assert.equal(tuned.length, depth);
    assert.ok(scans.length < depth);
    for (const { recipe, schedule, microseconds } of tuned)
      assert.deepEqual([recipe, schedule, microseconds], ["scan", last, 12.5]);
    assert.deepEqual(notices, []);
    const { regions } = explain(compiled).entries[0]!;
    for (const { recipe, chosen } of regions)
      assert.deepEqual(
        [chosen.by, chosen.alone],
        recipe === "scan" ? ["measurement", 12.5] : ["recipe", null],
      );
    assert.match(
      printExplanation(explain(compiled, { schedules: "here.json" })),
      /^ {2}recipe {3}scan: width \d+(, \w+ \d+)*; here\.json$/m,
    );
  });
  it("change nothing where there are none for a region", () => {
    const plain = compiledText(text);
    assert.deepEqual(
      compiledText(text, { schedules: { [scan.signature.replace(/^./, "x")]: measured({}) } })
        .entries.prefill!.program,
      plain.entries.prefill!.program,
    );
    assert.ok(plain.entries.prefill!.lowered.every((l) => l.microseconds === undefined));
  });
  it("are ignored with a word where the recipe no longer offers them", () => {
    const notices: string[] = [];
    const compiled = compiledText(text, {
      schedules: { [scan.signature]: measured({ width: 3 }) },
      onNotice: (sentence) => notices.push(sentence),
    });
    assert.deepEqual(
      compiled.entries.prefill!.program,
      compiledText(text).entries.prefill!.program,
    );
    assert.deepEqual(notices, [
      `1 schedule of the schedules file (${scan.signature}) is no longer offered; run eyrie tune again`,
    ]);
  });
  it("are the device's own, or those of the one device with its Caps where only these are known", () => {
    const mine = { [scan.signature]: measured({ width: 1 }) };
    const theirs = { [scan.signature]: measured({ width: 4 }) };
    let file = withRegion(noSchedules, here, scan.signature, mine[scan.signature]!);
    file = withRegion(file, there, scan.signature, theirs[scan.signature]!);
    assert.deepEqual(schedulesFor(file, here, minimumCaps), {
      ...{ regions: mine, figures: null, notice: null },
    });
    assert.deepEqual(schedulesFor(file, { ...there, driver: "newer" }, fewer).regions, theirs);
    assert.deepEqual(schedulesFor(file, null, fewer).regions, theirs);
    const twin = withRegion(file, { ...there, name: "three" }, scan.signature, measured({}));
    assert.deepEqual(schedulesFor(twin, null, fewer).regions, {});
  });
  it("bring the device's figures, also where they are alone", () => {
    const figures = {
      ...{
        copyBytesPerSecond: 4e9,
        readBytesPerSecond: 5e9,
        flopsPerSecond: 3e10,
        dispatchMicroseconds: 20,
      },
      compiler: "0.1.0",
    };
    const file = withFigures(noSchedules, here, figures);
    const alone = { regions: {}, figures, notice: null };
    assert.deepEqual(schedulesFor(file, here, minimumCaps), alone);
    assert.deepEqual(schedulesFor(file, null, minimumCaps), alone);
    assert.equal(schedulesFor(file, there, fewer).figures, null);
  });
  it("of other devices are ignored with a word", () => {
    const file = withRegion(noSchedules, there, scan.signature, measured({ width: 1 }));
    assert.deepEqual(schedulesFor(file, here, minimumCaps), {
      ...{ regions: {}, figures: null },
      notice:
        "the schedules file has nothing for this device (it holds two); recipes take their first choice; run eyrie tune on this device",
    });
    assert.match(schedulesFor(noSchedules, here, minimumCaps).notice ?? "", /\(it is empty\)/);
  });
});
