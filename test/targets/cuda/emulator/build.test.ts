/** What lies around the kernels: the C header, the cache, and the errors of those who call. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  buildEmulated,
  buildRuntime,
  openEmulated,
} from "../../../../targets/cuda/emulator/emulator.ts";
import { buildLibrary } from "../../../../targets/cuda/emulator/library.ts";
import { loadRuntime } from "../../../../targets/cuda/emulator/native.ts";
import { head, needs, rowKernel } from "./tools.ts";

const ptx = head + rowKernel("twice", ["b32"], ["b32"], "add.u32 %d0, %a0, %a0;");

describe("the emulator's libraries", () => {
  before(function () {
    needs(this, "g++");
  });

  it("are built once a text, beside the runtime", async () => {
    const first = await buildEmulated(ptx);
    assert.equal(dirname(first.path), dirname(first.runtime));
    const made = statSync(first.path).mtimeMs;
    assert.deepEqual(await buildEmulated(ptx), first);
    assert.equal(statSync(first.path).mtimeMs, made);
    assert.notEqual((await buildEmulated(`${ptx}\n`)).path, first.path);
  });

  it("name a PTX text as a C caller does", async () => {
    const { path, runtime } = await buildEmulated(ptx);
    const name = loadRuntime(runtime).moduleName(ptx);
    assert.match(name, /^[0-9a-f]{32}$/);
    assert.equal(path, join(dirname(runtime), `${name}.so`));
    // FNV-1a of 128 bits of the empty text and of "a", from its definition.
    assert.equal(loadRuntime(runtime).moduleName(""), "6c62272e07bb014262b821756295c58d");
    assert.equal(loadRuntime(runtime).moduleName("a"), "d228cb696f1a8caf78912b704e4a8964");
  });

  it("serve a program in C through the header", async () => {
    const { path, runtime } = await buildEmulated(ptx);
    const folder = mkdtempSync(join(tmpdir(), "eyrie-c-test-"));
    try {
      writeFileSync(join(folder, "main.c"), program);
      const include = new URL("../../../../targets/cuda/emulator/runtime", import.meta.url)
        .pathname;
      const options = [
        "-x",
        "c",
        "-std=c11",
        "-Wall",
        "-Werror",
        `-I${include}`,
        join(folder, "main.c"),
      ];
      execFileSync("gcc", [
        ...options,
        "-x",
        "none",
        runtime,
        `-Wl,-rpath,${dirname(runtime)}`,
        "-o",
        join(folder, "main"),
      ]);
      writeFileSync(join(folder, "twice.ptx"), ptx);
      const output = execFileSync(join(folder, "main"), [path, join(folder, "twice.ptx")], {
        encoding: "utf8",
      });
      assert.equal(
        output,
        [
          "version 1, 2 parameters of 8 bytes, at most 1024 threads",
          "86 0 0 2 pieces",
          "fault: kernel twice, PTX:12, block (0,0,0), thread (1,0,0): it reads 4 bytes outside every allocation: 0 bytes past the end of x",
          "invalid: kernel twice: a block of 2048 threads, but at most 1024",
          "missing: 1",
          "unwritten: 0 of 4",
          "",
        ].join("\n"),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("say what a caller did wrong", async () => {
    const emulated = await openEmulated(ptx);
    assert.throws(
      () => emulated.launch("thrice", 1, 1, []),
      /UserError|the PTX has no kernel 'thrice'/,
    );
    assert.throws(() => emulated.launch("twice", 0, 1, []), /at least one element/);
    assert.throws(() => emulated.launch("twice", [1, 70000], 1, []), /at most 2147483647/);
    emulated.release();
  });

  it("leave no memory behind", async () => {
    const { runtime } = await buildRuntime().then(({ path }) => ({ runtime: loadRuntime(path) }));
    const emulated = await openEmulated(ptx);
    emulated.launch("twice", 1, 4, [new Uint32Array(4), new Uint32Array(4)]);
    emulated.launch("twice", 1, 9, [new Uint32Array(4), new Uint32Array(4)]);
    emulated.release();
    assert.equal(runtime.pieces(), 0);
  });

  it("leave no half-made library behind where the text is wrong", async () => {
    const folder = mkdtempSync(join(tmpdir(), "eyrie-library-test-"));
    const path = join(folder, "wrong.so");
    const sources = { path, files: [], texts: { "a.cpp": "int f( {" }, compile: [], link: [] };
    await assert.rejects(buildLibrary(sources), /compiler bug: g\+\+ refused/);
    assert.ok(!existsSync(path));
    assert.equal(readFolder(folder), 0);
    rmSync(folder, { recursive: true });
  });

  it("say in one sentence that g++ is missing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "eyrie-library-test-"));
    const { PATH } = process.env;
    process.env["PATH"] = folder;
    try {
      const sources = {
        path: join(folder, "a.so"),
        files: [],
        texts: { "a.cpp": "" },
        compile: [],
        link: [],
      };
      await assert.rejects(buildLibrary(sources), (error: Error) => {
        assert.equal(error.name, "UserError");
        assert.match(error.message, /g\+\+, which is not here: install it/);
        return true;
      });
    } finally {
      process.env["PATH"] = PATH;
      rmSync(folder, { recursive: true });
    }
  });
});

const readFolder = (folder: string): number =>
  Number(execFileSync("sh", ["-c", `ls ${folder} | wc -l`], { encoding: "utf8" }));

/** Upload, launch, fault, refusal and download, as the driver's stand-in does them. */
const program = String.raw`
#include <stdio.h>
#include <string.h>
#include "emulator.h"
static char text[100000], error[1000];
int main(int count, char **arguments) {
  if (count != 3) return 1;
  FILE *file = fopen(arguments[2], "r");
  size_t bytes = fread(text, 1, sizeof text, file);
  fclose(file);
  EyrieModule *module = eyrie_module_find(text, bytes, error, sizeof error);
  if (!module) return puts(error), 1;
  const EyrieKernel *kernel = eyrie_module_kernel(module, "twice");
  EyrieKernelFacts facts;
  eyrie_kernel_facts(kernel, &facts);
  printf("version %u, %u parameters of %u bytes, at most %u threads\n", eyrie_emulator_version(), facts.parameters, eyrie_kernel_parameter_bytes(kernel, 1), facts.max_threads);
  unsigned *x = eyrie_memory_allocate(4, "x"), *y = eyrie_memory_allocate(4, "y");
  *x = 43;
  eyrie_memory_mark(x, 4, 1);
  void *parameters[] = {&x, &y};
  EyrieLaunch launch = {{1, 1, 1}, {1, 1, 1}, 0, 1, 0, 0, 0, parameters};
  int code = eyrie_launch(kernel, &launch, error, sizeof error);
  printf("%u %d %d %zu pieces\n", *y, code, (int)strlen(error), eyrie_memory_count());
  launch.block[0] = 2;
  if (eyrie_launch(kernel, &launch, error, sizeof error) == EYRIE_FAULT) printf("fault: %s\n", error);
  launch.block[0] = 2048;
  if (eyrie_launch(kernel, &launch, error, sizeof error) == EYRIE_INVALID) printf("invalid: %s\n", error);
  printf("missing: %d\n", eyrie_module_kernel(module, "thrice") == NULL);
  eyrie_memory_mark(y, 4, 0);
  printf("unwritten: %zu of 4\n", eyrie_memory_first_unwritten(y, 4));
  eyrie_memory_free(x);
  eyrie_memory_free(y);
  eyrie_module_unload(module);
  return eyrie_memory_count() != 0;
}
`;
