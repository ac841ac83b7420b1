import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { profiles } from "../../targets/wgsl/profiles.ts";
import { compiledText, compileText, described, modelWith } from "./text.ts";

const device = { name: "tiny", typical: ["busyLanes"] };
const tied = modelWith("  linear(x, out: D) as map", 3);

const notesOn = (text: string, options: Parameters<typeof compileText>[1]) => {
  const { compiled, diagnostics } = compileText(text, { device, ...options });
  assert.ok(compiled, diagnostics.map((d) => d.message).join("\n"));
  return diagnostics;
};

describe("notes on a device", () => {
  it("are given only where a device is named, and are no errors", () => {
    assert.deepEqual(compileText(tied).diagnostics, []);
    for (const note of notesOn(tied, {})) assert.equal(note.severity, "note");
  });
  it("name a parameter in pieces with its `param` statement, and count the pieces of the plan", () => {
    const caps = { maxBindingBytes: 4096 };
    const options = { caps, chunk: 4, settings: { vocab: 192 } };
    const [first] = notesOn(tied, options);
    const { buffers } = compiledText(tied, options).entries.prefill!.program;
    const pieces = buffers.filter((b) => b.kind === "parameter" && b.name === "embedding").length;
    assert.equal(
      described(first!, tied),
      `6: N0601 at embedding: \`embedding\` [vocab, width] = [192, 32] in f32 is 24 KiB; a binding of tiny holds 4 KiB: it is split in ${pieces} along \`vocab\``,
    );
    assert.equal(pieces, 6);
  });
  it("name a quantised parameter in pieces once, by its numbers", () => {
    const precision = { parameters: "int8" } as const;
    const caps = { maxBindingBytes: 4096 };
    const [first, second] = notesOn(tied, { caps, precision, chunk: 4, settings: { vocab: 192 } });
    assert.equal(
      described(first!, tied),
      "6: N0601 at embedding: `embedding` [vocab, width] = [192, 32] in i8 is 6 KiB; a binding of tiny holds 4 KiB: it is split in 2 along `vocab`",
    );
    assert.doesNotMatch(described(second!, tied), /scales/);
  });
  it("tell parameters of repeated layers once, at the call in the user's own text", () => {
    const caps = { maxBindingBytes: 2048 };
    const notes = notesOn(tied, { caps, chunk: 8 });
    const maps = notes.filter((n) => n.message.includes("map.w"));
    assert.deepEqual(
      maps.map((n) => described(n, tied)),
      [
        "3: N0601 at linear(x, out: D) as map: `layers.0.map.w` (3 of them) [I, out] = [32, 32] in f32 is 4 KiB; a binding of tiny holds 2 KiB: it is split in 2 along `out`",
      ],
    );
    assert.equal(maps[0]?.related[0]?.span.file, "std:linear.eyrie");
  });
  it("name what a device's buffers keep out of a scan, and fall silent where they suffice", () => {
    const text = modelWith(`  param speed: [D] = ones
  g = sigmoid(linear(x, out: D) as keep)
  i = tanh(linear(x, out: D) as write)
  o = silu(linear(x, out: D) as show)
  a = if position == 0 then 0 else exp(-speed * g)
  h = scan(a, (1 - a) * i)
  h * o`);
    const cuts = (maxBuffersPerKernel: number) =>
      notesOn(text, { caps: { maxBuffersPerKernel } }).filter(
        (n) => n.code === "N0602" && n.message.includes("(scan)"),
      );
    const [cut] = cuts(8);
    assert.equal(text.slice(cut?.span.from, cut?.span.to), "h");
    assert.match(cut!.message, /^the kernels of `layers.0.h` \(scan\) would bind 11 buffers/);
    assert.match(cut!.message, /and tiny binds 8: .*computed by other kernels$/);
    assert.deepEqual(cuts(11), []);
    assert.equal(cuts(10).length, 1);
  });
  it("add up the memory of all entries, weights and states once", () => {
    const text = modelWith("  scan(0.5, x)");
    const compiled = compiledText(text, { chunk: 4 });
    const total = notesOn(text, { chunk: 4 }).at(-1)!;
    const weights = 64 * 32 * 4;
    const states = 32 * 4 + 4;
    assert.equal(total.code, "N0603");
    assert.match(
      total.message,
      new RegExp(`${weights / 1024} KiB of weights, ${states} B of states`),
    );
    const arenas = Object.values(compiled.entries).map(({ program }) => program.slots);
    const most = [0, 1, 2, 3].map((i) => Math.max(...arenas.map((slots) => slots[i] ?? 0)));
    const arena = most.reduce((a, b) => a + b, 0);
    assert.match(total.message, new RegExp(`, ${arena} B for intermediate`));
  });
  it("show how much of each limit is used, and which figures are only typical", () => {
    const [table, typical] = notesOn(tied, {}).at(-1)!.notes;
    assert.match(table!, /^bytes of a binding {2,}8 KiB {2}of 128 MiB {2}embedding$/m);
    assert.match(table!, /^buffers of a kernel +\d {2}of 8 /m);
    assert.equal(typical, "only typical of tiny, not certain: busyLanes");
  });
  it("fit what a model of two billion parameters needs on WebGPU's guaranteed limits", function () {
    this.timeout(30_000);
    const url = new URL("../../examples/recurrentgemma-2b.eyrie", import.meta.url);
    const text = readFileSync(url, "utf8");
    const [webgpu] = profiles;
    const notes = notesOn(text, {
      ...{ caps: webgpu!.caps, device: webgpu!, chunk: 128 },
      precision: { parameters: "f16" },
    });
    assert.equal(
      described(notes[0]!, text),
      "12: N0601 at embedding: `embedding` [vocab, width] = [256000, 2560] in f16 is 1.22 GiB; a binding of webgpu holds 128 MiB: it is split in 10 along `vocab`",
    );
  });
});
