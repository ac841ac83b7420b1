import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { minimumCaps } from "../../codegen/kernel.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { compile } from "../../src/compile.ts";
import { capsFor, findProfile } from "../../src/execute/profiles.ts";
import { UserError } from "../../src/graph/bug.ts";
import { listAdapters } from "../../targets/wgsl/adapters.ts";
import { profileNames, profiles } from "../../targets/wgsl/profiles.ts";
import { smallModel, temporaryFolder } from "../cli/eyrie.ts";

const refused = (device: string, says: RegExp) =>
  assert.rejects(
    () => findProfile(device),
    (error: Error) => error instanceof UserError && says.test(error.message),
  );

describe("device profiles", function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const write = (name: string, value: unknown) => {
    writeFileSync(at(name), JSON.stringify(value));
    return at(name);
  };

  it("have names of their own, a source each, and no less than every WebGPU device guarantees", () => {
    assert.equal(new Set(profileNames).size, profiles.length);
    for (const { name, source, caps } of profiles) {
      assert.ok(source.length > 10, name);
      for (const limit of [
        "maxBindingBytes",
        "maxBufferBytes",
        "maxBuffersPerKernel",
        "maxWorkgroupLanes",
        "maxWorkgroupBytes",
        "maxWorkgroupsPerDimension",
      ] as const)
        assert.ok(caps[limit] >= minimumCaps[limit], `${name} ${limit}`);
      assert.ok(caps.maxBindingBytes <= caps.maxBufferBytes, name);
    }
  });
  it("of software adapters say what these say of themselves", async () => {
    const { adapters } = await listAdapters();
    for (const { name, profile, description } of adapters) {
      const known = profiles.find((p) => p.name === name);
      if (!known || !profile || (name === "lavapipe" && !description.includes("Mesa 25"))) continue;
      assert.deepEqual(known.caps, profile.caps, name);
    }
  });
  it("all have kernels for a model, in half precision where they have it", () => {
    for (const device of profiles)
      for (const half of device.caps.f16 ? [false, true] : [false]) {
        const { compiled } = compile([{ file: "small.eyrie", text: smallModel }], {
          ...{ standard: standardLibrary(), device, caps: capsFor(device, half) },
          precision: { parameters: half ? "f16" : "f32" },
        });
        const kernels = Object.values(compiled?.entries ?? {}).flatMap((e) => e.program.kernels);
        assert.ok(kernels.length > 20, device.name);
      }
  });
  it("are found by name, with half precision only where it is asked for", async () => {
    const lavapipe = await findProfile("lavapipe");
    assert.equal(capsFor(lavapipe, false).f16, false);
    assert.equal(capsFor(lavapipe, true).f16, true);
    assert.equal(capsFor(await findProfile("swiftshader"), true).f16, false);
  });
  it("are read from a file that holds one, or from what doctor printed", async () => {
    const own = { ...profiles[3]!, name: "mine" };
    assert.deepEqual(await findProfile(write("one.json", own)), own);
    const adapters = [
      { name: "gpu", profile: null },
      { name: "lavapipe", profile: own },
    ];
    const report = write("report.json", { adapters, chosen: "lavapipe" });
    assert.deepEqual(await findProfile(report), own);
  });
  it("in files are checked: what is missing or wrong is named", async () => {
    const [webgpu] = profiles;
    const { maxBindingBytes: _, ...less } = webgpu!.caps;
    await refused(
      write("less.json", { ...webgpu, caps: less }),
      /"caps" must have .*maxBindingBytes/,
    );
    const few = { ...webgpu!.caps, maxBuffersPerKernel: 4 };
    await refused(write("few.json", { ...webgpu, caps: few }), /maxBuffersPerKernel" must be >= 8/);
    await refused(write("none.json", { adapters: [], chosen: null }), /no profile of a chosen/);
    await refused(write("null.json", null), /must be object/);
    writeFileSync(at("text.json"), "{");
    await refused(at("text.json"), /is not JSON/);
    await refused(at("absent.json"), /cannot be read \(ENOENT\); write it with eyrie doctor/);
  });
  it("that nobody knows are refused with the names that are known", () =>
    refused("cuda", /no device "cuda"; choose one of webgpu, lavapipe, .*, present, or a \.json/));
});
