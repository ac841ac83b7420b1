import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFile, type TensorToWrite, writeSafetensors } from "../../src/weights/file.ts";
import { openSafetensors, readTensor, type Source } from "../../src/weights/safetensors.ts";
import { storedTypes } from "../../src/weights/stored.ts";
import type { TensorData } from "../../targets/tensor.ts";

const utf8 = new TextEncoder();

/** A file in memory: a header, as text or JSON, and data. */
function file(header: unknown, data = new Uint8Array(0)): Source {
  const text =
    header instanceof Uint8Array
      ? header
      : utf8.encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return memory(bytes);
}

const memory = (bytes: Uint8Array): Source => ({
  name: "w.safetensors",
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

const f32 = (shape: number[], from: number, to: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [from, to],
});

describe("safetensors", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "eyrie-"));
  });
  after(() => rm(folder, { recursive: true }));

  const refused: [string, () => Source, RegExp][] = [
    ["shorter than a header length", () => memory(new Uint8Array(7)), /7 bytes, fewer than the 8/],
    [
      "whose header is longer than the file",
      () => memory(Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 1)),
      /header says 9 bytes but the file ends after 9/,
    ],
    [
      "whose header is above 100 MB",
      () => memory(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0)),
      /header length 1099511627776 is above 100 MB/,
    ],
    ["whose header is not UTF-8", () => file(Uint8Array.of(0xff, 0xfe)), /header is not UTF-8/],
    ["whose header is not JSON", () => file("{'a'}"), /header is not JSON/],
    ["whose header is a list", () => file("[]"), /the top level must be object/],
    [
      "with metadata that is not text",
      () => file({ __metadata__: { a: 1 } }),
      /"__metadata__\/a" must be string/,
    ],
    [
      "without a shape",
      () => file({ a: { dtype: "F32", data_offsets: [0, 0] } }),
      /"a" must have required property 'shape'/,
    ],
    [
      "with an unknown field",
      () => file({ a: { ...f32([0], 0, 0), x: 1 } }),
      /"a" must not have a field "x"/,
    ],
    ["with a negative size", () => file({ a: f32([-1], 0, 0) }), /"a\/shape\/0" must be >= 0/],
    ["with a broken size", () => file({ a: f32([1.5], 0, 6) }), /"a\/shape\/0" must be integer/],
    [
      "with one offset",
      () => file({ a: { ...f32([1], 0, 4), data_offsets: [0] } }),
      /"a\/data_offsets" must NOT have fewer than 2/,
    ],
    [
      "with a strange element type",
      () => file({ "a.b": { ...f32([1], 0, 8), dtype: "F64" } }, new Uint8Array(8)),
      /tensor "a.b" is stored as F64.*convert it to one of F32/,
    ],
    [
      "with an element type named like an object's own",
      () => file({ a: { ...f32([1], 0, 4), dtype: "toString" } }, new Uint8Array(4)),
      /stored as toString/,
    ],
    [
      "whose shape needs other bytes",
      () => file({ a: f32([3], 0, 8) }, new Uint8Array(8)),
      /tensor "a" has 8 bytes, but F32 \[3\] takes 12/,
    ],
    [
      "with offsets backwards",
      () => file({ a: f32([1], 4, 0) }, new Uint8Array(4)),
      /tensor "a" ends at byte 0, before its start 4/,
    ],
    [
      "that is cut short",
      () => file({ a: f32([2], 0, 8) }, new Uint8Array(5)),
      /tensor "a" ends at byte 8 of the data, but the file holds only 5; it may be cut short/,
    ],
    [
      "with tensors that overlap",
      () => file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, new Uint8Array(8)),
      /tensor "b" starts at byte 4, inside the tensor before it/,
    ],
    [
      "with a hole",
      () => file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, new Uint8Array(12)),
      /tensor "b" starts at byte 8, leaving a hole after byte 4/,
    ],
    [
      "with bytes left over",
      () => file({ a: f32([1], 0, 4) }, new Uint8Array(7)),
      /3 bytes after the last tensor belong to nothing/,
    ],
    [
      "that names a tensor twice",
      () =>
        file(
          `{"a":${JSON.stringify(f32([0], 0, 0))},"\\u0061" :${JSON.stringify(f32([0], 0, 0))}}`,
        ),
      /header names "a" twice/,
    ],
    [
      "that names a field twice",
      () => file('{"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      /header names "dtype" twice/,
    ],
  ];
  for (const [what, source, message] of refused) {
    it(`refuses a file ${what}`, () => assert.rejects(openSafetensors(source()), message));
  }

  it("reads names that hold braces, quotes and colons", async () => {
    const opened = await openSafetensors(
      file({ 'a{":': f32([1], 0, 4), __proto__x: f32([0], 4, 4) }, new Uint8Array(4)),
    );
    assert.deepEqual([...opened.tensors.keys()], ['a{":', "__proto__x"]);
  });

  it("reads scalars, empty tensors and parts from places that are not aligned", async () => {
    const data = new Uint8Array(Float32Array.of(1.5, 2.5, -3.5).buffer);
    const opened = await openSafetensors(
      file({ s: f32([], 0, 4), e: f32([0, 3], 4, 4), v: f32([2], 4, 12) }, data),
    );
    assert.deepEqual(await readTensor(opened, "s"), {
      dtype: "f32",
      shape: [],
      data: Float32Array.of(1.5),
    });
    assert.equal((await readTensor(opened, "e")).data.length, 0);
    assert.deepEqual(
      (await readTensor(opened, "v", { from: 1, count: 1 })).data,
      Float32Array.of(-3.5),
    );
  });

  it("widens every half and bfloat16 exactly, and narrows each back to itself", () => {
    const all = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);
    const bytes = new Uint8Array(all.buffer);
    const value = (bits: number) => {
      const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
      if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
      return (
        sign *
        (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
      );
    };
    const halves = new Float32Array(1 << 16);
    storedTypes.F16.decode(bytes, halves, 0);
    assert.ok(halves.every((half, bits) => Object.is(half, value(bits))));
    const finite = halves.filter((half) => Number.isFinite(half));
    assert.deepEqual(
      storedTypes.F16.encode(finite),
      new Uint8Array(all.filter((bits) => ((bits >> 10) & 31) !== 31).buffer),
    );
    const wide = new Float32Array(1 << 16);
    storedTypes.BF16.decode(bytes, wide, 0);
    assert.ok(new Uint32Array(wide.buffer).every((bits, half) => bits === (half << 16) >>> 0));
    const numbers = all.filter((bits) => (bits & 0x7fff) <= 0x7f80);
    const back = storedTypes.BF16.encode(Float32Array.from(numbers, (bits) => wide[bits]!));
    assert.deepEqual(back, new Uint8Array(numbers.buffer));
  });

  it("rounds to the nearest half, ties to even, and refuses what a half cannot hold", () => {
    const rounds = (value: number) =>
      new Uint16Array(storedTypes.F16.encode(Float32Array.of(value)).buffer)[0];
    assert.equal(rounds(1 + 2 ** -11), 0x3c00);
    assert.equal(rounds(1 + 3 * 2 ** -11), 0x3c02);
    assert.equal(rounds(2 ** -25), 0);
    assert.equal(rounds(2 ** -25 * 1.01), 1);
    assert.equal(rounds(2 ** -26), 0);
    assert.equal(rounds(65519), 0x7bff);
    assert.equal(rounds(Number.NaN), 0x7e00);
    assert.throws(() => rounds(65520), /too large for F16/);
  });

  it("writes what it reads back, of every element type, with metadata", async () => {
    const path = join(folder, "round.safetensors");
    const tensor = (
      name: string,
      dtype: TensorToWrite["dtype"],
      data: TensorData,
      shape = [data.length],
    ) => ({ name, dtype, shape, read: async () => data });
    const written = [
      tensor("half", "F16", Float32Array.of(0.5, -2, 65504)),
      tensor("wide", "F32", Float32Array.of(Math.PI, -0, 1e-40, 4), [2, 2]),
      tensor("brain", "BF16", Float32Array.of(1, -1.5)),
      tensor("whole", "I32", Int32Array.of(-1, 2 ** 31 - 1)),
      tensor("count", "U32", Uint32Array.of(2 ** 32 - 1), [1, 1]),
    ];
    await writeSafetensors(path, written, { model: "griffin" });
    const source = await openFile(path);
    const opened = await openSafetensors(source);
    assert.deepEqual(opened.metadata, { model: "griffin" });
    for (const { name, shape, read } of written) {
      const { data, shape: found } = await readTensor(opened, name);
      assert.deepEqual([data, found], [await read(), shape]);
    }
    await source.close();
    assert.equal((await readFile(path)).length % 2, 0);
  });

  it("leaves the old file and nothing else when writing fails", async () => {
    const path = join(folder, "kept.safetensors");
    await writeFile(path, "old");
    const short = {
      name: "a",
      dtype: "F32",
      shape: [2],
      read: async () => new Float32Array(1),
    } as const;
    await assert.rejects(
      writeSafetensors(path, [short]),
      /tensor "a" has 1 values, but its shape \[2\] takes 2/,
    );
    await assert.rejects(writeSafetensors(path, [short, short]), /both named "a"/);
    assert.equal(await readFile(path, "utf8"), "old");
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith("kept")),
      ["kept.safetensors"],
    );
  });
});
