import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { profiles } from "../../targets/wgsl/profiles.ts";
import { deviceOrSkip } from "../device.ts";
import { eyrie, smallModel, temporaryFolder } from "./eyrie.ts";

describe("--device", function () {
  this.timeout(120_000);
  const at = temporaryFolder();
  const model = at("small.eyrie");
  before(() => writeFileSync(model, smallModel));
  const json = async (...words: string[]) => JSON.parse((await eyrie(...words)).out);

  it("makes check tell what a device's limits mean, and keeps its exit code", async () => {
    const plain = await eyrie("check", model, "--json");
    assert.deepEqual(JSON.parse(plain.out), []);
    const { code, out } = await eyrie("check", model, "--device", "webgpu", "--json");
    assert.equal(code, 0);
    const found = JSON.parse(out) as { code: string; severity: string; line: number }[];
    assert.ok(found.some((d) => d.code === "N0603" && d.severity === "note" && d.line === 2));
  });
  it("makes check fail where the model does not fit, at the value and with what would fit", async () => {
    const tiny = { ...profiles[0]!, name: "tiny" };
    const caps = { ...tiny.caps, maxBindingBytes: 65536 };
    writeFileSync(at("tiny.json"), JSON.stringify({ ...tiny, caps }));
    const words = ["check", model, "--device", at("tiny.json"), "--set", "width=64"];
    assert.equal((await eyrie(...words, "--chunk", "64")).code, 0);
    const { code, out } = await eyrie(...words, "--chunk", "512");
    assert.equal(code, 1);
    assert.match(out, /error\[E0610\]: .* a binding of tiny holds 64 KiB/);
    assert.match(out, /hint: use `--chunk \d+` or less/);
  });
  it("refuses f16 where the device has none, and bf16 nowhere", async () => {
    const checked = (device: string, precision: string) =>
      eyrie("check", model, "--device", device, "--precision", precision);
    const { code, out } = await checked("swiftshader", "f16");
    assert.equal(code, 1);
    assert.match(out, /E0614.*swiftshader has none/);
    assert.equal((await checked("lavapipe", "f16")).code, 0);
    for (const { name } of profiles) assert.equal((await checked(name, "bf16")).code, 0, name);
  });
  it("is asked for where sizes would mean nothing without it", async () => {
    const { code, err } = await eyrie("check", model, "--chunk", "4");
    assert.equal(code, 1);
    assert.match(err, /--chunk compiles nothing without --device/);
  });
  it("compiles a bundle for a device that is not here", async () => {
    const folder = at("bundle");
    const { code, err } = await eyrie("compile", model, "--device", "apple", "--output", folder);
    assert.equal(code, 0, err);
    const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8"));
    const apple = profiles.find((p) => p.name === "apple")!;
    assert.deepEqual(manifest.caps, { ...apple.caps, f16: false });
    assert.equal((await eyrie("compile", model, "--device", "x")).code, 1);
    const both = await eyrie("compile", model, "--device", "apple", "--adapter", "auto");
    assert.equal(both.code, 2);
  });
  it("explains a model and one of its values for it, as text and as JSON", async () => {
    const { code, out } = await eyrie("explain", model, "log_a", "--device", "lavapipe");
    assert.equal(code, 0);
    assert.match(out, /^log_a in small, prefill of 1 × 128 tokens on lavapipe: /);
    assert.match(out, /^ {2}anchor +.*scan \[1, 128, 8\]/m);
    const data = await json("explain", model, "--entry", "decode", "score", "--json");
    assert.deepEqual(
      data.entries.map((e: { entry: string }) => e.entry),
      ["decode", "score"],
    );
    assert.equal(data.device, "webgpu");
    const { err } = await eyrie("explain", model, "log_b");
    assert.match(err, /small has no value "log_b"; did you mean .*log_a/);
  });
  it("takes what doctor printed on another machine", async function () {
    await deviceOrSkip(this);
    const report = await eyrie("doctor", "--json");
    assert.equal(report.code, 0, report.err);
    writeFileSync(at("doctor.json"), report.out);
    const { code, err } = await eyrie("compile", model, "--device", at("doctor.json"));
    assert.equal(code, 0, err);
    assert.equal((await eyrie("compile", model, "--device", "present")).code, 0);
  });
});
