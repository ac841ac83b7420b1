/** A few mutants of three recipes on every run; `npm run cuda:mutate` makes all of all. */
import assert from "node:assert/strict";
import { needs } from "../emulator/tools.ts";
import { judge, makeReady, type Verdict } from "./judge.ts";
import { mutantsOf } from "./mutants.ts";
import { scoreOf } from "./report.ts";
import { subjects } from "./subjects.ts";

const subjectOf = (name: string) => subjects.map((make) => make()).find((s) => s.name === name)!;

/** What the checks say of the first mutants of these kinds, of the subject's first kernel: so many of each. */
async function verdictsOn(name: string, most: number, ...kinds: readonly string[]) {
  const ready = makeReady(subjectOf(name));
  const all = mutantsOf(ready.texts[0]!);
  const mutants = kinds.flatMap((kind) => all.filter((m) => m.kind === kind).slice(0, most));
  const verdicts = await judge(ready, 0, mutants);
  return mutants.map((m, i) => ({ ...m, verdict: verdicts[i]! }));
}

const assertFault = (verdict: Verdict, pattern: RegExp) =>
  assert.ok(verdict.by === "emulator" && pattern.test(verdict.what), JSON.stringify(verdict));

describe("mutants of CUDA kernels", function () {
  this.timeout(120_000);
  before(function () {
    needs(this, "g++", "nvcc");
  });
  it("are seen where a matrix product has one barrier less, or reads vectors beside their places", async () => {
    const found = await verdictsOn(
      "matmul in workgroup memory",
      3,
      "barrier removed",
      "vector not at a multiple of its length",
    );
    assert.equal(found.filter((m) => m.kind === "barrier removed").length, 2);
    for (const { kind, verdict } of found)
      assertFault(
        verdict,
        kind === "barrier removed" ? /race|nothing has written/ : /not a multiple/,
      );
  });
  it("are seen where a scan does not wait for what it reads ahead, or reads too little", async () => {
    const found = await verdictsOn(
      "scan reading ahead",
      2,
      "wait for copies removed",
      "wait for one group less",
      "commit of copies removed",
      "one turn fewer",
    );
    assert.equal(found.length, 8);
    for (const { kind, before, verdict } of found)
      if (kind === "one turn fewer" && before.includes("step")) assert.equal(verdict.by, "results");
      else assertFault(verdict, /asynchronous copy/);
  });
  it("are seen where lanes of a row leave some out of a shuffle, or sums start with something", async () => {
    const found = await verdictsOn(
      "rowwise, 64 lanes, rows of 300",
      4,
      "shuffle of half a subgroup",
      "shuffle from another distance",
      "initialisation changed",
    );
    assert.ok(found.length >= 8);
    for (const { kind, after, verdict } of found)
      if (kind === "shuffle of half a subgroup") assertFault(verdict, /mask/);
      else assert.notEqual(verdict.by, "nothing", after);
  });
  it("are no mistakes where nothing could tell them from the original", async () => {
    const clamps = await verdictsOn("scan reading ahead", 1, "clamp removed");
    const early = clamps.find((m) => m.before.includes("early"));
    assert.equal(early?.verdict.by, "same instructions");
    const guards = await verdictsOn("matmul in workgroup memory", 2, "guard one less");
    const terms = guards.find((m) => m.after.includes("term < 39u"));
    const rows = guards.find((m) => m.after.includes("row_1 < 32u"));
    assert.equal(terms?.verdict.by, "same values");
    assert.equal(rows?.verdict.by, "results");
  });
});

describe("the text of a mutant", () => {
  const text = [
    "__shared__ float sums[64];",
    "  if (i < 8u) {",
    "    const float4 a = load<float4>(x, min(i, 7u) * 4u);",
    "    __syncthreads();",
  ].join("\n");
  const of = (kind: string) => mutantsOf(text).filter((m) => m.kind === kind);
  it("differs from the original in one line", () => {
    for (const { line, before, after, text: made } of mutantsOf(text)) {
      const lines = made.split("\n");
      assert.equal(lines[line - 1]!.trim(), after);
      assert.equal(lines.with(line - 1, text.split("\n")[line - 1]!).join("\n"), text);
      assert.notEqual(before, after);
    }
  });
  it("names the kind of the mistake", () => {
    assert.deepEqual(
      of("clamp removed").map((m) => m.after),
      ["const float4 a = load<float4>(x, (i) * 4u);"],
    );
    assert.deepEqual(
      of("barrier removed").map((m) => m.line),
      [4],
    );
    assert.deepEqual(
      of("< became <=").map((m) => m.after),
      ["if (i <= 8u) {"],
    );
  });
  it("has a witness that compares what changed with what it was", () => {
    const witness = of("< became <=")[0]!.witness;
    assert.match(witness!, /if \( ?witness\(i < 8u, i <= 8u\)\) \{/);
    assert.equal(of("barrier removed")[0]!.witness, null);
  });
});

describe("the score of mutants", () => {
  const judged = (...by: readonly Verdict["by"][]) =>
    by.map((b) => ({
      subject: "any",
      mutant: mutantsOf("  __syncthreads();")[0]!,
      verdict: { by: b, what: "" } as Verdict,
    }));
  it("is the share of mistakes that are caught, by whichever check", () => {
    assert.equal(scoreOf(judged("nvcc", "emulator", "results", "nothing")), 0.75);
  });
  it("does not count mutants that are no mistakes", () => {
    assert.equal(scoreOf(judged("emulator", "same values", "same instructions")), 1);
  });
});
