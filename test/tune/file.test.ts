import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { minimumCaps } from "../../codegen/kernel.ts";
import { UserError } from "../../src/graph/bug.ts";
import { type DeviceIdentity, hashCaps, keyOfDevice } from "../../src/tune/device.ts";
import {
  mergeSchedules,
  noSchedules,
  parseSchedules,
  printSchedules,
  readSchedules,
  type ScheduleFile,
  type TunedRegion,
  withFigures,
  withRegion,
  writeSchedules,
} from "../../src/tune/file.ts";
import { temporaryFolder } from "../cli/eyrie.ts";

const device = (name: string, driver = ""): DeviceIdentity => ({
  ...{ backend: "webgpu", vendor: "acme", architecture: "roc", name, driver },
  caps: hashCaps(minimumCaps),
});
const region = (microseconds: number, width = 4): TunedRegion => ({
  ...{ recipe: "scan", schedule: { width, chunk: 16 }, microseconds, tried: 3 },
  compiler: "0.1.0",
});
const sign = (digit: string) => digit.repeat(16);
const file = (of: DeviceIdentity, regions: Readonly<Record<string, TunedRegion>>): ScheduleFile =>
  Object.entries(regions).reduce((f, [s, r]) => withRegion(f, of, s, r), noSchedules);
const two = file(device("one"), { [sign("b")]: region(12), [sign("a")]: region(7.5, 1) });

describe("a schedules file", () => {
  const at = temporaryFolder();

  it("is read as it was written, whatever the order of its keys", async () => {
    await writeSchedules(at("a.json"), two);
    assert.deepEqual(await readSchedules(at("a.json")), two);
    const other = file(device("one"), { [sign("a")]: region(7.5, 1), [sign("b")]: region(12) });
    assert.equal(printSchedules(other), printSchedules(two));
    assert.ok(printSchedules(two).indexOf(sign("a")) < printSchedules(two).indexOf(sign("b")));
    assert.deepEqual(readdirSync(at(".")), ["a.json"]);
  });
  it("merges devices, and keeps the faster measurement of a region", () => {
    const later = withRegion(
      file(device("one", "2.0"), { [sign("b")]: region(9, 1), [sign("a")]: region(8) }),
      device("two"),
      sign("c"),
      region(1),
    );
    const merged = mergeSchedules(two, later);
    assert.deepEqual(merged.devices[keyOfDevice(device("one"))], {
      device: device("one", "2.0"),
      regions: { [sign("a")]: region(7.5, 1), [sign("b")]: region(9, 1) },
    });
    assert.deepEqual(Object.keys(merged.devices[keyOfDevice(device("two"))]!.regions), [sign("c")]);
    const regions = (f: ScheduleFile) => Object.values(f.devices).map((d) => d.regions);
    assert.deepEqual(
      regions(parseSchedules(printSchedules(mergeSchedules(later, two)), "b")),
      regions(parseSchedules(printSchedules(merged), "a")),
    );
    assert.deepEqual(mergeSchedules(noSchedules, two), two);
  });
  it("keeps a device's figures beside its regions, and the better ones of two", async () => {
    const figures = {
      ...{
        copyBytesPerSecond: 4e9,
        readBytesPerSecond: 5e9,
        flopsPerSecond: 3e10,
        dispatchMicroseconds: 20,
      },
      compiler: "0.1.0",
    };
    const [one, other] = [device("one"), device("two")];
    const told = (f: ScheduleFile) => f.devices[keyOfDevice(one)]!;
    const with1 = withFigures(two, one, figures);
    assert.deepEqual(told(with1), { device: one, figures, regions: told(two).regions });
    const more = withRegion(with1, one, sign("c"), region(3));
    assert.deepEqual(told(more).figures, figures);
    await writeSchedules(at("f.json"), more);
    assert.deepEqual(await readSchedules(at("f.json")), more);
    const faster = { ...figures, copyBytesPerSecond: 5e9, dispatchMicroseconds: 30 };
    const merged = mergeSchedules(
      more,
      withFigures(withFigures(noSchedules, one, faster), other, faster),
    );
    const best = { ...figures, copyBytesPerSecond: 5e9 };
    assert.deepEqual(told(merged), { device: one, figures: best, regions: told(more).regions });
    assert.deepEqual(merged.devices[keyOfDevice(other)], {
      device: other,
      figures: faster,
      regions: {},
    });
    assert.deepEqual(told(mergeSchedules(more, two)), told(more));
    assert.deepEqual(told(mergeSchedules(two, with1)).figures, figures);
  });
  it("knows a device by all but its driver", () => {
    assert.equal(keyOfDevice(device("one", "1.0")), keyOfDevice(device("one", "2.0")));
    assert.notEqual(keyOfDevice(device("one")), keyOfDevice(device("two")));
    const fewer = hashCaps({ ...minimumCaps, maxBuffersPerKernel: 9 });
    assert.notEqual(keyOfDevice({ ...device("one"), caps: fewer }), keyOfDevice(device("one")));
    assert.equal(hashCaps({ ...minimumCaps, f16: true }), hashCaps(minimumCaps));
  });
  it("is refused in one sentence that says what to do", async () => {
    const again = "measure again with eyrie tune, into another file";
    const key = keyOfDevice(device("one"));
    const changed = (change: (text: string) => string) => () =>
      parseSchedules(change(JSON.stringify(two)), "s.json");
    const refused = (parse: () => unknown, message: string | RegExp) =>
      assert.throws(parse, { name: "UserError", message });
    refused(
      changed((t) => t.slice(0, -9)),
      new RegExp(`^s\\.json is not JSON: .*; ${again}$`),
    );
    refused(
      changed((t) => t.replace('"version":1', '"version":2')),
      `s.json: "version" must be 1; ${again}`,
    );
    refused(
      changed((t) => t.replace("eyrie schedules", "schedules")),
      `s.json: "format" must be "eyrie schedules"; ${again}`,
    );
    refused(
      changed((t) => t.replace('"tried":3,', "")),
      `s.json: "devices/${key}/regions/${sign("b")}" must have required property 'tried'; ${again}`,
    );
    refused(
      changed((t) => t.replace('"width":4', '"width":"4"')),
      `s.json: "devices/${key}/regions/${sign("b")}/schedule/width" must be number; ${again}`,
    );
    const figures =
      '"figures":{"copyBytesPerSecond":4e9,"readBytesPerSecond":5e9,"flopsPerSecond":0,"dispatchMicroseconds":20,"compiler":"0.1.0"},';
    refused(
      changed((t) => t.replace('"regions":', `${figures}"regions":`)),
      `s.json: "devices/${key}/figures/flopsPerSecond" must be > 0; ${again}`,
    );
    refused(
      changed((t) =>
        t.replace('"regions":', `${figures.replace('"flopsPerSecond":0,', "")}"regions":`),
      ),
      `s.json: "devices/${key}/figures" must have required property 'flopsPerSecond'; ${again}`,
    );
    refused(
      changed((t) => t.replace("acme", "other")),
      `s.json: "devices/${key}" is not the key of the device described there; ${again}`,
    );
    await assert.rejects(readSchedules(at("none.json")), {
      name: "UserError",
      message: `${at("none.json")} cannot be read (ENOENT); write it with eyrie tune`,
    });
  });
  it("stays as it was where writing it again goes wrong", async () => {
    const path = at("kept.json");
    await writeSchedules(path, two);
    const before = readFileSync(path, "utf8");
    mkdirSync(`${path}.${process.pid}.part`);
    await assert.rejects(writeSchedules(path, noSchedules), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /kept\.json cannot be written \(EISDIR\); choose another/);
      return true;
    });
    assert.equal(readFileSync(path, "utf8"), before);
    // Whoever was stopped in the middle of writing leaves a part beside the file.
    writeFileSync(`${path}.1.part`, before.slice(0, 50));
    assert.deepEqual(await readSchedules(path), two);
  });
});
