import assert from "node:assert/strict";
import { type FaultKind, KernelFault } from "../../../codegen/interpret.ts";
import { type Caps, type Kernel, minimumCaps, type Stmt } from "../../../codegen/kernel.ts";
import type { Lowered, Recipe } from "../../../codegen/recipe.ts";
import { attention } from "../../../codegen/recipes/attention.ts";
import { conv1d } from "../../../codegen/recipes/conv1d.ts";
import { gemv } from "../../../codegen/recipes/gemv.ts";
import { matmul } from "../../../codegen/recipes/matmul.ts";
import { scan } from "../../../codegen/recipes/scan.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import type { Node } from "../../../src/graph/graph.ts";
import type { Region } from "../../../src/passes/regions.ts";
import { type Leaves, noise, regionOf, runLowered } from "../region.ts";

/** Real kernels of a recipe's choice, on numbers that reach every edge. */
type Subject = {
  readonly what: string;
  readonly recipe: Recipe;
  readonly region: Region;
  readonly schedule: object;
};

const product = (m: number, n: number, k: number): Region => {
  const g = new GraphBuilder();
  return regionOf(
    g.contract(
      g.input("x", { dtype: "f32", shape: [m, k] }),
      g.parameter("w", { dtype: "f32", shape: [k, n] }),
      "mk",
      "kn",
      "mn",
    ),
  );
};
const recurrence = (): Region => {
  const g = new GraphBuilder();
  const [decay, input] = ["decay", "input"].map((name) =>
    g.input(name, { dtype: "f32", shape: [1, 40, 20] }),
  );
  return regionOf(g.scan(decay!, input!, g.state("initial", { dtype: "f32", shape: [1, 20] })));
};
const convolution = (): Region => {
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "f32", shape: [1, 18, 5] });
  const w = g.parameter("w", { dtype: "f32", shape: [4, 5] });
  const past = g.state("past", { dtype: "f32", shape: [1, 3, 5] });
  return regionOf(
    g.composite("conv1d", {}, [x, w, past, g.input("position", { dtype: "i32", shape: [1, 18] })]),
  );
};
const attending = (): Region => {
  const g = new GraphBuilder();
  const q = g.input("q", { dtype: "f32", shape: [1, 3, 2, 8] });
  const [keys, values] = ["keys", "values"].map((name) =>
    g.state(name, { dtype: "f32", shape: [1, 103, 1, 8] }),
  );
  const [seen, count] = ["seen", "count"].map((name) =>
    g.input(name, { dtype: "i32", shape: [1] }),
  );
  const position = g.input("position", { dtype: "i32", shape: [1, 3] });
  return regionOf(
    g.composite("attend", { window: 100, scale: 0.3, cap: 0 }, [
      q,
      keys!,
      values!,
      seen!,
      count!,
      position,
    ]),
  );
};

const tile = { tileRows: 32, tileColumns: 32, depth: 16 };
const subjects: readonly Subject[] = [
  {
    what: "matmul in workgroup memory",
    recipe: matmul,
    region: product(33, 35, 40),
    schedule: tile,
  },
  {
    what: "matmul in registers",
    recipe: matmul,
    region: product(5, 6, 4),
    schedule: { rows: 4, columns: 2 },
  },
  {
    what: "gemv with shared sums",
    recipe: gemv,
    region: product(2, 70, 64),
    schedule: { columns: 1, slices: 4, lanes: 128, subgroup: 0 },
  },
  { what: "sequential scan", recipe: scan, region: recurrence(), schedule: { width: 4 } },
  { what: "tiled scan", recipe: scan, region: recurrence(), schedule: { chunk: 16 } },
  { what: "conv1d", recipe: conv1d, region: convolution(), schedule: { run: 16 } },
  {
    what: "attention of workgroups",
    recipe: attention,
    region: attending(),
    schedule: { lanes: 64, subgroup: 1 },
  },
  {
    what: "attention of subgroups",
    recipe: attention,
    region: attending(),
    schedule: { rows: 8 },
  },
  { what: "attention of lanes", recipe: attention, region: attending(), schedule: { keys: 4 } },
];

const wholeNumbers: Readonly<Record<string, number>> = { seen: 110, count: 3, position: 110 };
const leavesOf = (inputs: readonly Node[]): Leaves =>
  new Map(
    inputs.map((n, i) => [
      n,
      n.label in wholeNumbers ? noise(i, n.type, () => wholeNumbers[n.label]!) : noise(i, n.type),
    ]),
  );

const dear: Caps = { ...minimumCaps, barriers: "dear", busyLanes: 64, subgroup: { size: 8 } };

function lower({ recipe, region, schedule }: Subject): Lowered {
  const choice = [minimumCaps, dear]
    .flatMap((caps) => recipe.choices(region, caps))
    .find((c) => JSON.stringify(c.schedule) === JSON.stringify(schedule));
  assert.ok(choice, `${recipe.name} offers ${JSON.stringify(schedule)}`);
  return choice.build();
}

/** The statement changed in one place, or null where this change does not apply to it. */
type Change = (s: Stmt) => readonly Stmt[] | null;

/** Every kernel that differs from this one by the change in a single place. */
function mutants(kernel: Kernel, change: Change): readonly Kernel[] {
  return bodiesOf(kernel.body, change).map((body) => ({ ...kernel, body }));
}

function bodiesOf(body: readonly Stmt[], change: Change): readonly (readonly Stmt[])[] {
  return body.flatMap((s, i) =>
    variantsOf(s, change).map((variant) => body.toSpliced(i, 1, ...variant)),
  );
}

function variantsOf(s: Stmt, change: Change): readonly (readonly Stmt[])[] {
  const own = change(s);
  const inner: readonly Stmt[] =
    s.kind === "for"
      ? bodiesOf(s.body, change).map((body) => ({ ...s, body }))
      : s.kind === "if"
        ? [
            ...bodiesOf(s.then, change).map((then) => ({ ...s, then })),
            ...bodiesOf(s.otherwise, change).map((otherwise) => ({ ...s, otherwise })),
          ]
        : [];
  return [...(own ? [own] : []), ...inner.map((v) => [v])];
}

const withoutBarrier: Change = (s) => (s.kind === "barrier" ? [] : null);
const withoutGuard: Change = (s) => (s.kind === "if" && s.otherwise.length === 0 ? s.then : null);
const withoutClamp: Change = (s) =>
  s.kind === "let" && s.name.includes("_read") && s.value.kind === "call" && s.value.fn === "min"
    ? [{ ...s, value: s.value.args[0]! }]
    : null;
const withoutStore: Change = (s) => (s.kind === "store" && s.to.space === "workgroup" ? [] : null);
const withoutStart: Change = (s) => (s.kind === "store" && s.to.space === "registers" ? [] : null);

type Verdict = FaultKind | "same results" | "other results";

/** What the interpreter says about each mutant of the subject. */
function verdicts(subject: Subject, change: Change): readonly Verdict[] {
  const lowered = lower(subject);
  const leaves = leavesOf(subject.region.inputs);
  const right = runLowered(lowered, subject.region, leaves, dear);
  return lowered.kernels.flatMap((own, i) =>
    mutants(own.kernel, change).map((kernel): Verdict => {
      const kernels = lowered.kernels.with(i, { ...own, kernel });
      try {
        const found = runLowered({ ...lowered, kernels }, subject.region, leaves, dear);
        return found.every((data, o) => data.every((v, at) => v === right[o]![at]))
          ? "same results"
          : "other results";
      } catch (e) {
        if (e instanceof KernelFault) return e.kind;
        throw e;
      }
    }),
  );
}

const subject = (what: string) => subjects.find((s) => s.what === what)!;
const withBarriers = [
  "matmul in workgroup memory",
  "gemv with shared sums",
  "attention of workgroups",
];

describe("kernels of recipes", () => {
  for (const s of subjects) {
    it(`run without a fault as they are written: ${s.what}`, () => {
      runLowered(lower(s), s.region, leavesOf(s.region.inputs), dear);
    });
    it(`are caught where a guard is dropped, unless it only saved work: ${s.what}`, () => {
      const found = verdicts(s, withoutGuard);
      assert.ok(found.length > 0);
      assert.ok(
        found.some((v) => v === "out-of-range" || v === "race"),
        found.join(),
      );
      assert.ok(
        found.every((v) => ["out-of-range", "race", "same results"].includes(v)),
        found.join(),
      );
    });
  }
  for (const what of [
    "matmul in workgroup memory",
    "matmul in registers",
    "gemv with shared sums",
  ]) {
    it(`read out of range where an index is not held at the edge: ${what}`, () => {
      const found = verdicts(subject(what), withoutClamp);
      assert.ok(found.includes("out-of-range"), found.join());
      assert.ok(
        found.every((v) => v === "out-of-range" || v === "same results"),
        found.join(),
      );
    });
  }
  for (const what of withBarriers) {
    it(`race, or read what is not yet written, without any one of their barriers: ${what}`, () => {
      const found = verdicts(subject(what), withoutBarrier);
      assert.ok(
        found.length > 0 && found.every((v) => v === "race" || v === "unwritten-read"),
        found.join(),
      );
    });
  }
  for (const what of [...withBarriers, "attention of subgroups"]) {
    it(`read what nobody wrote, or what stood there before, without any one of their stores to workgroup memory: ${what}`, () => {
      const found = verdicts(subject(what), withoutStore);
      assert.ok(found.includes("unwritten-read"), found.join());
      assert.ok(
        found.every((v) => v === "unwritten-read" || v === "other results"),
        found.join(),
      );
    });
  }
  it("race where tiles are staged again before all lanes have read them", () => {
    assert.deepEqual(verdicts(subject("matmul in workgroup memory"), withoutBarrier), [
      "unwritten-read",
      "race",
    ]);
  });
  it("read what is not written where registers are not set at first: attention of lanes", () => {
    assert.deepEqual(verdicts(subject("attention of lanes"), withoutStart).slice(0, 2), [
      "unwritten-read",
      "unwritten-read",
    ]);
  });
});
