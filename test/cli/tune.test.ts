import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { printSchedules, readSchedules, type ScheduleFile } from "../../src/tune/file.ts";
import { deviceOrSkip } from "../device.ts";
import { eyrie, smallModel, temporaryFolder } from "./eyrie.ts";

describe("eyrie tune", function () {
  this.timeout(240_000);
  const at = temporaryFolder();
  const [model, output, weights] = [at("small.eyrie"), at("s.json"), at("w.safetensors")];
  const tune = ["tune", model, "--chunk", "4", "--entry", "decode", "--seconds", "1"];
  const regionsIn = ({ devices }: ScheduleFile) => Object.values(devices)[0]?.regions ?? {};
  before(() => writeFileSync(model, smallModel));

  it("measures a model's regions, goes on where a file ends, and its file is used", async function () {
    await deviceOrSkip(this);
    const first = await eyrie(...tune, "--output", output);
    assert.equal(first.code, 0, first.err);
    assert.equal(first.out, `${output}\n`);
    assert.match(first.err, /^decode: .*, gemv .*: .* \(\d+ of \d+ tried\)$/m);
    assert.match(
      first.err,
      /^the device copies .*B\/s, reads .*B\/s, calculates .*FLOP\/s, .*s a dispatch$/m,
    );
    const file = await readSchedules(output);
    const regions = Object.entries(regionsIn(file));
    assert.match(first.err, new RegExp(`^${regions.length} regions measured; `, "m"));

    const [key] = Object.keys(file.devices) as [string];
    const { device, figures } = file.devices[key]!;
    assert.ok(figures);
    const half = Object.fromEntries(regions.slice(0, regions.length >> 1));
    writeFileSync(
      output,
      printSchedules({ ...file, devices: { [key]: { device, figures, regions: half } } }),
    );
    const second = await eyrie(...tune, "--output", output);
    // What the device can do is not measured again.
    assert.deepEqual((await readSchedules(output)).devices[key]!.figures, figures);
    const known = regions.length >> 1;
    const counted = `^${regions.length - known} regions measured, ${known} known from before; `;
    assert.match(second.err, new RegExp(counted, "m"));
    assert.deepEqual(
      Object.keys(regionsIn(await readSchedules(output))),
      regions.map(([signature]) => signature),
    );
    const third = await eyrie(...tune, "--output", output);
    assert.equal(third.out, `${output} knows all ${regions.length} regions\n`);

    const seed = ["init-weights", model, weights, "--seed", "3"];
    assert.equal((await eyrie(...seed)).code, 0);
    const run = ["run", model, "--weights", weights, "--chunk", "4", "--tokens", "1,2,3"];
    const [plain, tuned] = [await eyrie(...run), await eyrie(...run, "--schedules", output)];
    assert.equal(tuned.code, 0, tuned.err);
    assert.equal(tuned.out, plain.out);
    assert.doesNotMatch(tuned.err, /schedules file/);
    const explained = [
      "explain",
      model,
      "--chunk",
      "4",
      "--entry",
      "decode",
      "--device",
      "present",
    ];
    const { out } = await eyrie(...explained, "--schedules", output);
    assert.match(
      out,
      /; s\.json: (the recipe's choice is fastest|[\d.]+ × as fast as the recipe's choice)$/m,
    );
    assert.match(out, /^ {2}time .* predicted/m);
    const { out: unknown } = await eyrie(...explained);
    assert.doesNotMatch(unknown, /s\.json|predicted,/);
    assert.match(unknown, /^ {2}no times: --measure takes them/m);
  });

  it("merges files, and says what a device without schedules gets", async () => {
    const region = { recipe: "scan", schedule: { width: 1 }, tried: 2, compiler: "0.1.0" };
    const sign = "0123456789abcdef";
    const device = {
      ...{ backend: "webgpu", vendor: "acme", architecture: "", name: "one", driver: "" },
      caps: "0".repeat(16),
    };
    const { keyOfDevice } = await import("../../src/tune/device.ts");
    const file = (microseconds: number): ScheduleFile => ({
      ...{ format: "eyrie schedules", version: 1 },
      devices: {
        [keyOfDevice(device)]: { device, regions: { [sign]: { ...region, microseconds } } },
      },
    });
    for (const [name, us] of Object.entries({ a: 20, b: 10, c: 30 }))
      writeFileSync(at(`${name}.json`), printSchedules(file(us)));
    const merge = ["tune", "--merge", at("a.json"), at("b.json"), at("c.json"), "--output"];
    const { code, err } = await eyrie(...merge, at("m.json"));
    assert.equal(code, 0, err);
    assert.equal(err, `${at("m.json")}: 1 region of 1 device\n`);
    assert.equal(readFileSync(at("m.json"), "utf8"), readFileSync(at("b.json"), "utf8"));
    const compiled = await eyrie("compile", model, "--schedules", at("m.json"));
    assert.equal(compiled.code, 0);
    assert.match(compiled.err, /^the schedules file has nothing for this device \(it holds one\)/m);
  });

  it("refuses what it cannot do, in a sentence", async () => {
    const refused = async (message: RegExp, ...words: string[]) => {
      const { code, err } = await eyrie(...words);
      assert.equal(code, 1, err);
      assert.match(err, message);
    };
    writeFileSync(at("bad.json"), "{}");
    await refused(/^error: eyrie tune needs a model; give an \.eyrie file/m, "tune");
    await refused(
      /^error: .*bad\.json: the top level must have required property 'format'; measure again/m,
      ...[...tune, "--output", at("bad.json")],
    );
    assert.equal(readFileSync(at("bad.json"), "utf8"), "{}");
    await refused(
      /^error: interpret runs on no device; give --executor wgsl, cuda or cuda-cpu/m,
      ...[...tune, "--output", at("no.json"), "--executor", "interpret"],
    );
    assert.ok(!existsSync(at("no.json")));
    await refused(
      /^error: --merge joins files and compiles nothing; leave .*small\.eyrie out/m,
      ...["tune", model, "--merge", at("m.json"), "--output", at("no.json")],
    );
    await refused(
      /^error: .*none\.json cannot be read \(ENOENT\); write it with eyrie tune/m,
      ...["compile", model, "--schedules", at("none.json")],
    );
  });
});
