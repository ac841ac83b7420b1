import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Explanation } from "../../src/explain.ts";
import { deviceOrSkip } from "../device.ts";
import { eyrie, smallModel, temporaryFolder } from "./eyrie.ts";

describe("eyrie explain --measure", function () {
  this.timeout(240_000);
  const at = temporaryFolder();
  const model = at("small.eyrie");
  const explain = ["explain", model, "--chunk", "4", "--entry", "decode"];
  before(() => writeFileSync(model, smallModel));

  it("runs the model and tells what every dispatch took, as a table and as JSON", async function () {
    await deviceOrSkip(this);
    const { code, out, err } = await eyrie(...explain, "--measure", "--runs", "2", "logits");
    assert.equal(code, 0, err);
    assert.match(out, /^logits in small, decode /);
    assert.match(err, /^small on .*; weights random, seed 1$/m);
    assert.match(out, /^ {2}kernel .* predicted +measured +of the call +roofline /m);
    assert.match(out, /^ {2}all +\d+ /m);
    assert.match(out, /^ {2}time {5}.* measured, /m);
    assert.match(
      out,
      /^memory: .* on the device at most \(.* of weights, .*\); .* of the process/m,
    );

    const json = await eyrie(...explain, "--measure", "--runs", "1", "--json");
    const told = JSON.parse(json.out) as Explanation;
    const [{ dispatches, kernels, totals, profile }] = told.entries as [Explanation["entries"][0]];
    assert.equal(dispatches.length, totals.dispatches);
    for (const { times } of [...dispatches, ...kernels])
      for (const time of ["bound", "predicted", "measured", "roofline"] as const)
        assert.ok(times[time] !== null && times[time] > 0, time);
    assert.ok(profile && told.figures && told.memory?.device);
    assert.equal(profile.runs, 1);
  });
  it("refuses what would go unheard", async () => {
    const refused = async (message: RegExp, ...words: string[]) => {
      const { code, err } = await eyrie(...explain, ...words);
      assert.equal(code, 1, err);
      assert.match(err, message);
    };
    await refused(/^error: --runs says how to measure; give --measure/m, "--runs", "3");
    await refused(/^error: --weights says how to measure/m, "--weights", at("w.safetensors"));
    await refused(/^error: --executor says how to measure/m, "--executor", "cuda-cpu");
    await refused(
      /^error: --measure measures this machine's device; leave --device out/m,
      ...["--measure", "--device", "apple"],
    );
    await refused(
      /^error: interpret runs on no device; give --executor wgsl, cuda or cuda-cpu/m,
      ...["--measure", "--executor", "interpret"],
    );
  });
});
