import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { listAdapters } from "../../../targets/wgsl/adapters.ts";
import { adapterKind, capsOf } from "../../../targets/wgsl/caps.ts";
import { adapterChoice } from "../../../targets/wgsl/drivers.ts";
import { findArchive, readTar, unpackSwiftShader } from "../../../targets/wgsl/swiftshader.ts";

const limits = {
  maxStorageBufferBindingSize: minimumCaps.maxBindingBytes,
  maxBufferSize: minimumCaps.maxBufferBytes,
  maxStorageBuffersPerShaderStage: 10,
  maxComputeInvocationsPerWorkgroup: 512,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeWorkgroupsPerDimension: 65535,
} as unknown as GPUSupportedLimits;

const info = {
  vendor: "nvidia",
  architecture: "hopper",
  device: "h100",
  description: "NVIDIA H100",
  subgroupMinSize: 32,
  subgroupMaxSize: 32,
};

describe("adapters", () => {
  it("are known by their own description", () => {
    assert.equal(adapterKind(info), "gpu");
    assert.equal(adapterKind({ ...info, description: "llvmpipe: Mesa 25.0.7" }), "lavapipe");
    assert.equal(adapterKind({ ...info, architecture: "swiftshader" }), "swiftshader");
  });

  it("become caps with subgroups only where their size is certain, and f16 only where asked for", () => {
    const features = new Set(["subgroups", "shader-f16"]);
    const caps = capsOf({ limits, features, info });
    assert.deepEqual(caps.subgroup, { size: 32 });
    assert.equal(caps.f16, false);
    assert.equal(caps.maxWorkgroupLanes, 256);
    assert.equal(caps.barriers, "cheap");
    assert.equal(capsOf({ limits, features, info }, { f16: true }).f16, true);
    assert.equal(
      capsOf({ limits, features, info: { ...info, subgroupMinSize: 16 } }).subgroup,
      null,
    );
    assert.equal(capsOf({ limits, features: new Set<string>(), info }).subgroup, null);
    assert.equal(
      capsOf({ limits, features, info: { ...info, description: "llvmpipe" } }).barriers,
      "dear",
    );
  });

  it("are chosen by name, and an unknown name lists the known ones", () => {
    assert.equal(adapterChoice(undefined), "auto");
    assert.equal(adapterChoice(""), "auto");
    assert.equal(adapterChoice("lavapipe"), "lavapipe");
    assert.throws(
      () => adapterChoice("cuda"),
      /no adapter "cuda"; choose one of auto, gpu, lavapipe, swiftshader/,
    );
  });

  it("are listed with which would be taken, why, and what to do for the others", async () => {
    const { adapters, chosen, why, hints } = await listAdapters();
    assert.deepEqual(
      adapters.map((a) => a.name),
      ["gpu", "lavapipe", "swiftshader"],
    );
    for (const a of adapters) assert.ok(a.available ? a.description : a.reason, a.name);
    const first = adapters.find((a) => a.available)?.name ?? null;
    assert.equal(chosen, first);
    assert.ok(why.length > 0);
    assert.equal(
      hints.length,
      chosen ? adapters.findIndex((a) => a.name === chosen) : adapters.length,
    );
  });

  it("from npm are unpacked into a cache folder that a second call finds again", function () {
    if (!findArchive()) return this.skip();
    const driver = unpackSwiftShader();
    assert.ok(existsSync(driver.icd) && existsSync(driver.loader));
    assert.deepEqual(unpackSwiftShader(), driver);
  });
});

describe("a tar archive", () => {
  it("gives its files by name", () => {
    const header = (name: string, size: number, kind: string) => {
      const block = Buffer.alloc(512);
      block.write(name, 0);
      block.write(size.toString(8).padStart(11, "0"), 124);
      block.write(kind, 156);
      return block;
    };
    const content = Buffer.alloc(512);
    content.write("hello");
    const archive = Buffer.concat([
      header("folder/", 0, "5"),
      header("./a.txt", 5, "0"),
      content,
      header("b", 0, "0"),
      Buffer.alloc(1024),
    ]);
    const files = readTar(archive);
    assert.deepEqual([...files.keys()], ["a.txt", "b"]);
    assert.equal(files.get("a.txt")?.toString(), "hello");
  });
});
