import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  bytesModel,
  make,
  mustRun,
  needsTools,
  run,
  temporaryFolder,
  writeFolder,
} from "./folder.ts";

/** One short sentence on standard error. */
function complains({ code, stdout, stderr }: ReturnType<typeof run>, words: RegExp): void {
  assert.deepEqual(
    { code, stdout, lines: stderr.split("\n").length },
    { code: 1, stdout: "", lines: 2 },
  );
  assert.match(stderr, words);
}

describe("a CUDA folder built with make", function () {
  this.timeout(240_000);
  const { path: folder, remove } = temporaryFolder();
  const program = join(folder, "build", "griffin");
  after(remove);
  before(async function () {
    await needsTools(this, "nvcc", "g++", "make");
    writeFolder(bytesModel(), folder, ["sm_80", "sm_90", "sm_100"]);
    make(folder);
  });

  it("is a program and two libraries, from machine code for each architecture and PTX", () => {
    for (const entry of ["prefill", "decode"])
      for (const image of ["sm_80.cubin", "sm_90.cubin", "sm_100.cubin", "ptx"])
        assert.ok(statSync(join(folder, "build", `${entry}.${image}`)).size > 1000);
    for (const made of ["griffin", "libgriffin.a", "libgriffin.so"])
      assert.ok(existsSync(join(folder, "build", made)));
  });

  it("shows nothing but eyrie.h's functions in its shared library", () => {
    const symbols = mustRun("nm", ["-D", "--defined-only", join(folder, "build", "libgriffin.so")]);
    const names = symbols
      .trim()
      .split("\n")
      .map((line) => line.split(" ").at(-1)!);
    assert.deepEqual(names.sort(), [
      ...["eyrie_create", "eyrie_decode", "eyrie_describe", "eyrie_destroy", "eyrie_device_count"],
      ...["eyrie_last_error", "eyrie_prefill", "eyrie_state_copy", "eyrie_state_destroy"],
      ...["eyrie_state_new", "eyrie_state_restore", "eyrie_state_save", "eyrie_state_seen"],
    ]);
  });

  it("has the functions that docs/cuda.md calls", () => {
    const documentation = readFileSync(
      new URL("../../../../docs/cuda.md", import.meta.url),
      "utf8",
    );
    const [, example] = /```c\n(.*?)```/s.exec(documentation)!;
    const path = join(folder, "example.c");
    writeFileSync(path, example!);
    const flags = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", `-I${folder}`];
    const library = join(folder, "build", "libgriffin.so");
    mustRun("gcc", [...flags, "-o", join(folder, "example"), path, library]);
  });

  it("makes nothing again that is made", () => {
    assert.doesNotMatch(make(folder), /nvcc|g\+\+|ar /);
  });

  it("tells what was compiled without a driver or weights", () => {
    const said = mustRun(program, ["--info"], { environment: { EYRIE_LIBCUDA: "/nowhere.so" } });
    assert.match(said, /^model {7}griffin\nsettings {4}vocab = 256, .*\nrows {8}1, 16 tokens/);
  });

  it("says in one sentence what is missing without a driver", () => {
    const words = ["--weights", "model.safetensors", "--tokens", "1"];
    const environment = { EYRIE_LIBCUDA: "/nowhere.so" };
    complains(run(program, words, { environment }), /CUDA's driver cannot be loaded.*install/);
  });

  it("says what is wrong with its options", () => {
    complains(run(program, []), /--weights is missing/);
    complains(run(program, ["--max", "12x"]), /--max cannot be "12x"/);
    complains(run(program, ["--tokens", "1,,2"]), /--tokens cannot be "1,,2"/);
    complains(run(program, ["--top-p", "0"]), /--top-p cannot be "0"/);
    complains(run(program, ["--seed"]), /--seed needs a value/);
    complains(run(program, ["--colour"]), /no option "--colour"/);
    complains(run(program, ["--prompt", "a", "--tokens", "1"]), /not both/);
  });

  it("says where cuda.h should be looked for where there is no nvcc", () => {
    const { code, stderr } = run("make", ["NVCC=/nowhere/nvcc", "-n"], { folder });
    assert.equal(code, 2);
    assert.match(stderr, /cuda\.h was not found: .*CUDA_INCLUDE/);
  });
});

describe("a CUDA folder built with CMake", function () {
  this.timeout(240_000);
  const { path: folder, remove } = temporaryFolder();
  after(remove);
  before(async function () {
    await needsTools(this, "nvcc", "g++", "cmake");
  });

  it("configures and builds without a GPU", () => {
    writeFolder(bytesModel(), folder);
    const into = join(folder, "made");
    mustRun("cmake", ["-B", into, "-DCMAKE_BUILD_TYPE=Debug", folder]);
    mustRun("cmake", ["--build", into, "-j2"]);
    for (const made of ["libgriffin.a", "libgriffin.so"]) assert.ok(existsSync(join(into, made)));
    assert.match(mustRun(join(into, "griffin"), ["--info"]), /^model {7}griffin/);
  });
});
