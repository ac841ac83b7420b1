import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { packedWords } from "../../../../codegen/packing.ts";
import { scalesShape } from "../../../../src/graph/quantize.ts";
import { writeSafetensors } from "../../../../src/weights/file.ts";
import { storedTypes } from "../../../../src/weights/stored.ts";
import { bf16Bits, halfBits } from "../../../../targets/half.ts";
import { type ParameterPlan, readParameter } from "../../../../targets/parameters.ts";
import { mustRun, needsTools, temporaryFolder } from "./folder.ts";

const test = fileURLToPath(new URL("./reading.cpp", import.meta.url));
const host = fileURLToPath(new URL("../../../../targets/cuda/standalone/host/", import.meta.url));

/** The host library's readers under the address and undefined-behaviour sanitizers. */
describe("what a CUDA folder reads", function () {
  this.timeout(120_000);
  const { path: folder, remove } = temporaryFolder();
  const program = join(folder, "reading");
  after(remove);
  before(async function () {
    await needsTools(this, "g++");
    const sources = ["numbers", "quantized", "json", "safetensors", "failure"];
    mustRun("g++", [
      ...["-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", `-I${host}`, "-o", program],
      ...["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
      ...[test, ...sources.map((name) => join(host, "library", `${name}.cpp`))],
    ]);
  });

  function ask(options: readonly string[], input: Uint8Array): Buffer {
    const { status, stdout, stderr } = spawnSync(program, options, { input, maxBuffer: 2 ** 26 });
    assert.equal(status, 0, stderr.toString());
    return stdout;
  }

  it("widens every half as eyrie does, and narrows as its GPU targets do", () => {
    const edges = [
      ...[0, 0x33000000, 0x33000001, 0x38800000, 0x477fefff, 0x477ff000, 0x7f800000],
      ...[0x3f808000, 0x3f818000, 0x7f7f8000, 0x7f800002, 0x7f810000],
    ];
    const words = Uint32Array.from({ length: 300_000 }, (_, i) => Math.imul(i, 14_317));
    for (const [i, edge] of edges.entries()) words.set([edge, edge | 0x80000000, edge - 1], 3 * i);
    const made = ask(["numbers"], new Uint8Array(words.buffer));
    const wide = new Float32Array(65536);
    const halves = Uint16Array.from({ length: 65536 }, (_, half) => half);
    storedTypes.F16.decode(new Uint8Array(halves.buffer), wide, 0);
    const bits = new Uint32Array(wide.buffer);
    for (let half = 0; half < 65536; half++)
      assert.equal(made.readUInt32LE(4 * half), bits[half], `half ${half}`);
    const floats = new Float32Array(words.buffer);
    for (let i = 0; i < words.length; i++) {
      const at = 4 * (65536 + i);
      assert.equal(made.readUInt16LE(at), halfBits(floats[i]!), `${floats[i]}`);
      assert.equal(made.readUInt16LE(at + 2), bf16Bits(words[i]!), `${words[i]!.toString(16)}`);
    }
  });

  it("quantises and packs as eyrie does, bit for bit, whole and in pieces", async () => {
    const cases = [
      [[8, 4], 0, 1, null],
      [[33, 7], 0, 1, { axis: 1, start: 4, size: 3 }],
      [[13, 70], 1, 0, { axis: 0, start: 8, size: 5 }],
      [[3, 35, 6], 1, 2, null],
      [[5, 40, 3], 1, 0, { axis: 2, start: 1, size: 2 }],
    ] as const;
    for (const bits of [8, 4] as const)
      for (const [shape, axis, column, piece] of cases) {
        const length = shape.reduce((a: number, b) => a * b, 1);
        // Ties, zeros, and numbers of very different sizes.
        const numbers = Float32Array.from({ length }, (_, i) =>
          i % 3 === 0 ? (i % 17) / 2 - 4 : Math.sin(i * 1.7) * 10 ** ((i % 9) - 4),
        );
        const grouping = { axis, column, bits, group: 32, of: "w", terms: shape[axis]! };
        const cut = (whole: readonly number[]) =>
          piece ? whole.with(piece.axis, piece.size) : whole;
        const plan = (part: "values" | "scales"): ParameterPlan => {
          const whole = part === "values" ? shape : scalesShape(shape, grouping);
          const quantized = { ...grouping, part };
          const bytes = 4 * packedWords({ shape: cut(whole), quantized });
          const dtype = part === "scales" ? "f32" : bits === 8 ? "i8" : "i4";
          const own = { kind: "parameter", name: part, dtype, shape: cut(whole) } as const;
          return { ...own, bytes, quantized, ...(piece ? { piece } : {}) };
        };
        const plans = [plan("values"), plan("scales")];
        const { stored } = await readParameter({ read: async () => numbers }, "w", plans);
        const wanted = Buffer.concat(
          plans.map((p) => {
            const { buffer, byteOffset, byteLength } = stored(p);
            return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
          }),
        );
        const words = [
          ...[bits, axis, column, 32, plans[0]!.bytes, plans[1]!.bytes],
          ...(piece ? [piece.axis, piece.start, piece.size] : [-1, 0, 0]),
          ...shape,
        ];
        const made = ask(["quantized", ...words.map(String)], new Uint8Array(numbers.buffer));
        assert.ok(made.equals(wanted), `${bits} bits of ${shape}`);
      }
  });

  it("takes a text for JSON exactly where JSON.parse does", () => {
    const texts = [
      ...["{}", "[]", "[1,]", "{,}", '{"a":1,}', "01", "-", "-0", "1.", ".5", "1e", "1e+5", "1E-2"],
      ...[
        "nul",
        "null",
        "true false",
        "truefalse",
        " \t1\r",
        '"\\u12G4"',
        '"\\x"',
        '"a\tb"',
        "1 1",
      ],
      ...['"\\ud83d\\ude00"', '"\u00e9\u{1f600}"', "[[[1]]]", '{"a":{"b":[1,{"c":null}]}}', ""],
    ];
    const values = fc.sample(fc.json({ maxDepth: 5, stringUnit: "grapheme" }), {
      seed: 1,
      numRuns: 300,
    });
    const changed = fc.sample(
      fc.tuple(fc.constantFrom(...values), fc.nat(), fc.constantFrom(...'{}[]",:0e.\\-u ')),
      { seed: 2, numRuns: 1500 },
    );
    for (const [text, at, mark] of changed) {
      const place = at % (text.length + 1);
      texts.push(text.slice(0, place) + mark + text.slice(place + (at % 2)));
    }
    const lines = [...texts, ...values].filter(
      (text) => !/\p{Surrogate}/u.test(text) && !text.includes("\n"),
    );
    const said = ask(["json"], Buffer.from(`${lines.join("\n")}\n`))
      .toString()
      .trimEnd()
      .split("\n");
    assert.equal(said.length, lines.length);
    for (const [i, line] of lines.entries()) {
      const value = parse(line);
      // Two equal names, and halves of characters, are taken by JSON.parse and by no careful reader.
      if (said[i]!.includes("twice") || said[i]!.includes("surrogate")) continue;
      assert.equal(said[i]!.startsWith("broken"), value === undefined, `${line}: ${said[i]}`);
      if (typeof value === "string") assert.equal(parse(said[i]!), value);
    }
  });

  it("refuses broken files of tensors with a sentence, and never reads past an end", async () => {
    const path = join(folder, "whole.safetensors");
    const tensor = (name: string, dtype: "F32" | "BF16" | "F16", shape: number[]) => ({
      ...{ name, dtype, shape },
      read: async () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
    });
    const tensors = [
      tensor("a.b", "F32", [3, 5]),
      tensor("é", "BF16", [7]),
      tensor("c", "F16", []),
    ];
    await writeSafetensors(path, tensors, { format: "test", note: 'a "quoted" text' });
    assert.equal(mustRun(program, ["files", path, "0"]), "0 of 0 refused\n");
    const [refused] = mustRun(program, ["files", path, "20000"]).split(" ").map(Number);
    assert.ok(refused! > 14_000 && refused! < 20_000, `${refused} of 20000 were refused`);
    writeFileSync(path, "");
    assert.throws(() => mustRun(program, ["files", "/nowhere", "1"]));
  });
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
