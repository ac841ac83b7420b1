import assert from "node:assert/strict";
import { attention } from "../../../codegen/recipes/attention.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import type { Value } from "../../../src/graph/evaluate.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { devices, noise, regionOf, runLowered, worstError } from "../region.ts";
import { programOf, worstProgramError } from "../whole.ts";

/** The largest error seen is 4.3e-7. */
const tolerance = 7e-7;

type Sizes = {
  B: number;
  T: number;
  H: number;
  G: number;
  D: number;
  window: number;
  seen: number;
  cap?: number;
};

function attendOf(
  { B, T, H, G, D, window, cap = 0 }: Sizes,
  before: (g: GraphBuilder, q: Node) => Node = (_, q) => q,
) {
  const g = new GraphBuilder();
  const ring = [B, window + T, G, D];
  const q = before(g, g.input("q", { dtype: "f32", shape: [B, T, H, D] }));
  const keys = g.state("keys", { dtype: "f32", shape: ring });
  const values = g.state("values", { dtype: "f32", shape: ring });
  const seen = g.state("seen", { dtype: "i32", shape: [B] });
  const count = g.input("count", { dtype: "i32", shape: [B] });
  const position = g.input("position", { dtype: "i32", shape: [B, T] });
  return g.composite("attend", { window, scale: 1 / Math.sqrt(D), cap }, [
    q,
    keys,
    values,
    seen,
    count,
    position,
  ]);
}

/** Row b has seen `seen + b` tokens of one document, brings `T − b` more, and a new document begins at `start`. */
function leavesOf(
  inputs: readonly Node[],
  { T, seen }: Sizes,
  start: number,
): ReadonlyMap<Node, Value> {
  const counted: Record<string, (i: number) => number> = {
    seen: (b) => seen + b,
    count: (b) => Math.max(1, T - b),
    position: (i) => {
      const [b, t] = [Math.floor(i / T), i % T];
      if (t >= Math.max(1, T - b)) return -1;
      return t >= start ? t - start : seen + b + t;
    },
  };
  return new Map(
    inputs.map((n, i) => {
      const value = noise(i, n.type, (x) => 2 * x);
      const count = counted[n.label];
      return [n, count ? { ...value, data: value.data.map((_, at) => count(at)) } : value];
    }),
  );
}

/** Elements of tokens that are real: the others are nobody's business, as long as they are finite. */
const real =
  ({ B, T, H, D }: Sizes) =>
  (i: number) => {
    const t = Math.floor(i / (H * D)) % T;
    const b = Math.floor(i / (H * D * T)) % B;
    return t < Math.max(1, T - b);
  };

describe("attention", () => {
  const cases: readonly Sizes[] = [
    { B: 1, T: 1, H: 1, G: 1, D: 4, window: 5, seen: 0 },
    { B: 3, T: 1, H: 4, G: 2, D: 16, window: 7, seen: 20 },
    { B: 2, T: 7, H: 3, G: 1, D: 5, window: 4, seen: 3 },
    { B: 1, T: 17, H: 2, G: 2, D: 20, window: 70, seen: 100 },
    { B: 1, T: 70, H: 1, G: 1, D: 4, window: 16, seen: 0 },
    { B: 1, T: 2, H: 1, G: 1, D: 68, window: 200, seen: 300 },
    { B: 3, T: 1, H: 4, G: 2, D: 16, window: 7, seen: 20, cap: 0.7 },
    { B: 2, T: 7, H: 3, G: 1, D: 5, window: 4, seen: 3, cap: 3 },
    { B: 3, T: 17, H: 2, G: 1, D: 32, window: 9, seen: 5 },
    { B: 1, T: 70, H: 2, G: 2, D: 64, window: 40, seen: 100, cap: 2 },
    { B: 1, T: 40, H: 1, G: 1, D: 32, window: 3, seen: 0 },
    { B: 1, T: 1, H: 2, G: 1, D: 4, window: 4200, seen: 3001 },
  ];
  for (const sizes of cases) {
    const { B, T, H, G, D, window, seen } = sizes;
    it(`attends ${B}×${T} tokens with ${H} heads of ${D} over ${G} keys, window ${window}, after ${seen} tokens${sizes.cap ? `, logits capped at ${sizes.cap}` : ""}`, () => {
      const region = regionOf(attendOf(sizes));
      for (const start of [T, 0, 3])
        assert.ok(
          worstError(attention, region, leavesOf(region.inputs, sizes, start), real(sizes)) <
            tolerance,
        );
    });
  }
  it("lets a subgroup share queries where loads are dear, keys are many, and several queries see them", () => {
    const first = (window: number, H: number, device: string) => {
      const sizes = { B: 1, T: 1, H, G: 1, D: 8, window, seen: 9 };
      return attention.choices(regionOf(attendOf(sizes)), devices[device]!)[0]!.schedule;
    };
    const dear = "dear barriers and subgroups of 8";
    assert.deepEqual(first(600, 6, dear), { rows: 8 });
    assert.deepEqual(first(600, 1, dear), { keys: 4 });
    assert.deepEqual(first(9, 6, dear), { keys: 4 });
    assert.deepEqual(first(600, 6, "dear barriers"), { keys: 4 });
  });
  it("deals many keys to several workgroups where few queries would leave a device idle", () => {
    const schedules = (window: number, H: number) => {
      const region = regionOf(attendOf({ B: 1, T: 1, H, G: 1, D: 8, window, seen: 9 }));
      return attention.choices(region, devices["cheap barriers"]!).map(({ schedule }) => schedule);
    };
    assert.deepEqual(schedules(33_000, 1)[0], { lanes: 256, subgroup: 1, stretches: 16 });
    assert.deepEqual(schedules(33_000, 64)[0], { lanes: 256, subgroup: 1 });
    assert.deepEqual(schedules(4000, 1)[0], { lanes: 256, subgroup: 1 });
    assert.equal(schedules(33_000, 1).filter((s) => "stretches" in s).length, 1);
  });
  it("computes a rotation in front and a product behind", () => {
    const sizes: Sizes = { B: 2, T: 5, H: 2, G: 1, D: 8, window: 6, seen: 9 };
    const shape = [2, 5, 2, 8];
    let builder: GraphBuilder | null = null;
    const node = attendOf(sizes, (g, q) => {
      builder = g;
      const [first, second] = [g.slice(q, 3, 0, 4), g.slice(q, 3, 4, 4)];
      return g.concat([g.map("neg", second), first], 3);
    });
    const g = builder!;
    const region = regionOf(node, [
      (g as GraphBuilder).map(
        "mul",
        node,
        (g as GraphBuilder).input("gate", { dtype: "f32", shape }),
      ),
    ]);
    assert.ok(
      worstError(attention, region, leavesOf(region.inputs, sizes, 2), real(sizes)) < tolerance,
    );
  });
  it("is not spoilt by a key or value that a query does not see, whatever stands there", () => {
    const sizes: Sizes = { B: 1, T: 17, H: 2, G: 2, D: 20, window: 70, seen: 100 };
    const region = regionOf(attendOf(sizes));
    const leaves = leavesOf(region.inputs, sizes, sizes.T);
    const [ring, token] = [sizes.window + sizes.T, sizes.G * sizes.D];
    const slot = (sizes.seen + sizes.T - 1) % ring;
    const last = (i: number) => Math.floor(i / token) === slot;
    const spoilt = new Map(
      [...leaves].map(([n, v]) => [
        n,
        n.op === "state" && n.label !== "seen"
          ? { ...v, data: v.data.map((x, i) => (last(i) ? Number.NaN : x)) }
          : v,
      ]),
    );
    for (const caps of Object.values(devices))
      for (const choice of attention.choices(region, caps)) {
        const [right, found] = [leaves, spoilt].map(
          (given) => runLowered(choice.build(), region, given, caps)[0]!,
        );
        const before = (sizes.T - 1) * sizes.H * sizes.D;
        assert.deepEqual(found!.subarray(0, before), right!.subarray(0, before));
      }
  });
  it("stays finite when logits are large", () => {
    const sizes: Sizes = { B: 1, T: 3, H: 1, G: 1, D: 4, window: 70, seen: 90 };
    const region = regionOf(attendOf(sizes));
    const large = new Map(
      [...leavesOf(region.inputs, sizes, 3)].map(([n, v]) => [
        n,
        n.label === "q" || n.label === "keys" ? { ...v, data: v.data.map((x) => x * 40) } : v,
      ]),
    );
    assert.ok(worstError(attention, region, large) < 1e-3);
  });
  it("caps large logits as exactly as small ones", () => {
    const sizes: Sizes = { B: 1, T: 3, H: 1, G: 1, D: 4, window: 70, seen: 90, cap: 2 };
    const region = regionOf(attendOf(sizes));
    const large = new Map(
      [...leavesOf(region.inputs, sizes, 3)].map(([n, v]) => [
        n,
        n.label === "q" || n.label === "keys" ? { ...v, data: v.data.map((x) => x * 40) } : v,
      ]),
    );
    assert.ok(worstError(attention, region, large) < tolerance);
  });

  it("puts one token's key and value into the rings itself, under every schedule", () => {
    for (const { B, H, G, D, window, seen } of [
      { B: 1, H: 4, G: 2, D: 12, window: 5, seen: [0] },
      { B: 3, H: 3, G: 1, D: 16, window: 70, seen: [0, 9, 200] },
      { B: 2, H: 2, G: 2, D: 5, window: 3, seen: [2, 50] },
      { B: 3, H: 1, G: 1, D: 4, window: 4200, seen: [3002, 5000, 1] },
    ]) {
      const g = new GraphBuilder();
      const f32 = (...shape: number[]) => ({ dtype: "f32" as const, shape });
      const ring = f32(B, window + 1, G, D);
      const token = (name: string, heads: number) =>
        g.map("mul", g.input(name, f32(B, 1, heads, D)), 1.5);
      const seenNode = g.state("seen", { dtype: "i32", shape: [B] });
      const count = g.input("count", { dtype: "i32", shape: [B] });
      const filled = (["keys", "values"] as const).map((name) => {
        const current = g.state(name, ring);
        const next = g.ringWrite(current, token(`new ${name}`, G), seenNode, count);
        return { name, current, next };
      });
      const position = g.input("position", { dtype: "i32", shape: [B, 1] });
      const [keys, values] = filled.map((s) => s.next) as [Node, Node];
      const attended = g.composite("attend", { window, scale: 0.3, cap: 0 }, [
        ...[token("q", H), keys, values, seenNode, count, position],
      ]);
      const real = g.broadcast(g.map("lt", 0, count), [B, 1, H, D], [0]);
      const y = g.map("select", real, attended, 0);
      const kept = { name: "seen", current: seenNode, next: seenNode };
      const graph = { name: "step", outputs: { y }, states: [...filled, kept] };
      // The last row takes no part in this step, as the rows of a batch that are done do not.
      const given = {
        seen,
        count: seen.map((_, b) => (b > 0 && b === B - 1 ? 0 : 1)),
        position: seen.map((n, b) => (b === 1 ? 3 : n)),
      };
      for (const caps of Object.values(devices)) {
        const wide = { ...caps, maxBuffersPerKernel: 12 };
        const { length, 0: first } = attention.choices(regionOf(attended), wide);
        for (let i = 0; i < length; i++) {
          const program = programOf(graph, wide);
          assert.equal(program.steps.length, "stretches" in first!.schedule ? 2 : 1);
          const error = worstProgramError(graph, wide, given, (_region, recipe, choices) => {
            assert.equal(recipe, attention);
            return choices[i % choices.length]!;
          });
          assert.ok(error < tolerance, `${error}`);
        }
      }
      assert.ok(worstProgramError(graph, devices["cheap barriers"]!, given) < tolerance);
    }
  });
});
