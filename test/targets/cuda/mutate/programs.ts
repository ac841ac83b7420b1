/** Small programs for each recipe, with numbers that reach their edges. Knows no CUDA. */
import { scalarOfStored } from "../../../../codegen/bytes.ts";
import { roundTo } from "../../../../codegen/interpret/spell.ts";
import type { Recipe } from "../../../../codegen/recipe.ts";
import { attention } from "../../../../codegen/recipes/attention.ts";
import { conv1d } from "../../../../codegen/recipes/conv1d.ts";
import { elementwise } from "../../../../codegen/recipes/elementwise.ts";
import { ring } from "../../../../codegen/recipes/ring.ts";
import { rowwise } from "../../../../codegen/recipes/rowwise.ts";
import { sample } from "../../../../codegen/recipes/sample.ts";
import { scan } from "../../../../codegen/recipes/scan.ts";
import { GraphBuilder } from "../../../../src/graph/build.ts";
import { type Value, valueFrom } from "../../../../src/graph/evaluate.ts";
import { silu } from "../../../../src/graph/functions.ts";
import type { Node, Type } from "../../../../src/graph/graph.ts";
import type { Region } from "../../../../src/passes/regions.ts";
import { type Leaves, noise, regionOf } from "../../../codegen/region.ts";
import { caps, type Subject } from "./subject.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
const i32 = (...shape: number[]): Type => ({ dtype: "i32", shape });

/** A number of a leaf from its index; `own` is the noise that it replaces. */
type Given = (i: number, seed: number, own: number) => number;

/** Noise for every leaf; `given` makes the numbers of some, by label, from their index. */
const leavesOf =
  (region: Region, given: Readonly<Record<string, Given>> = {}) =>
  (seed: number): Leaves =>
    new Map(
      region.inputs.map((node, at): [Node, Value] => {
        const of = given[node.label];
        const value = noise(at + 10 * seed, node.type, roundTo[scalarOfStored(node.type.dtype)]);
        return [
          node,
          of
            ? valueFrom(
                node.type,
                [...value.data].map((own, i) => of(i, seed, own)),
              )
            : value,
        ];
      }),
    );

export function maps(width: number): Subject {
  const g = new GraphBuilder();
  const x = g.input("x", f32(5, 7, width));
  const wide = g.broadcast(g.parameter("w", f32(width)), [5, 7, width], [2]);
  const table = g.gather(g.parameter("table", f32(4, width)), g.input("tokens", i32(5, 7)));
  const sum = g.map("add", g.map("mul", x, wide), table);
  const turned = g.reshape(g.transpose(sum, [1, 0, 2]), [5, 7, width]);
  const region = { ...regionOf(sum, [g.map("tanh", sum), g.map("neg", turned)]), anchor: null };
  const tokens = (i: number, seed: number) => ((i * 3 + seed) % 7) - 1;
  return {
    name: `elementwise, rows of ${width}`,
    recipe: elementwise,
    region,
    schedule: elementwise.choices(region, caps)[0]!.schedule,
    tolerance: 1e-6,
    leaves: leavesOf(region, { tokens }),
  };
}

export function softmax(width: number, schedule: Subject["schedule"]): Subject {
  const g = new GraphBuilder();
  const x = g.map("mul", g.input("x", f32(3, width)), 9);
  const most = g.reduce("max", x, 1);
  const power = g.map("exp", g.map("sub", x, g.broadcast(most, [3, width], [0])));
  const sum = g.reduce("sum", power, 1);
  const share = g.map("div", power, g.broadcast(sum, [3, width], [0]));
  const region = regionOf(sum, [share, g.map("add", most, g.map("log", sum)), most]);
  return {
    name: `rowwise, ${schedule["lanes"]} lanes, rows of ${width}`,
    ...{ recipe: rowwise, region, schedule, tolerance: 2e-6 },
    // Every third seed has numbers below 0 alone.
    leaves: leavesOf(region, { x: (_, seed, own) => Math.fround(seed % 3 ? own : own - 2) }),
  };
}

export function product(
  name: string,
  recipe: Recipe,
  [m, n, k]: readonly [number, number, number],
  schedule: Subject["schedule"],
  {
    stored = "f32",
    together = false,
    tolerance = 1.5e-6,
  }: { stored?: "f32" | "f16" | "bf16"; together?: boolean; tolerance?: number } = {},
): Subject {
  const g = new GraphBuilder();
  const shape = together ? [n, k] : [k, n];
  const w = g.parameter("w", { dtype: stored, shape });
  const y = g.contract(
    g.input("x", f32(m, k)),
    g.cast(w, "f32"),
    ...(["mk", together ? "nk" : "kn", "mn"] as const),
  );
  const region = regionOf(y, [silu(g, y)]);
  return { name, recipe, region, schedule, tolerance, leaves: leavesOf(region) };
}

export function recurrence(
  name: string,
  shape: readonly [number, number, number],
  schedule: Subject["schedule"],
): Subject {
  const g = new GraphBuilder();
  const [B, , D] = shape;
  const [decay, input] = [g.input("decay", f32(...shape)), g.input("input", f32(...shape))];
  const h = g.scan(
    g.map("sub", 1, g.map("mul", decay, decay)),
    input,
    g.state("initial", f32(B, D)),
  );
  const region = regionOf(h, [g.map("mul", h, 2)]);
  return { name, recipe: scan, region, schedule, tolerance: 8e-7, leaves: leavesOf(region) };
}

export function convolution(): Subject {
  const g = new GraphBuilder();
  const [x, w] = [g.input("x", f32(2, 18, 80)), g.parameter("w", f32(4, 80))];
  const past = g.state("past", f32(2, 3, 80));
  const mixed = g.composite("conv1d", {}, [x, w, past, g.input("position", i32(2, 18))]);
  const region = regionOf(mixed);
  /** Row 0 goes on with a document; new ones begin at a place that the seed moves. */
  const position = (i: number, seed: number) => {
    const [row, t] = [Math.floor(i / 18), i % 18];
    const start = 2 + 5 * seed + row;
    return t < start ? t + 2 + row : t - start;
  };
  const schedule = { run: 16 };
  const leaves = leavesOf(region, { position });
  return { name: "conv1d", recipe: conv1d, region, schedule, tolerance: 2e-7, leaves };
}

export type Heads = { B: number; T: number; H: number; G: number; D: number; window: number };

/**
 * Row b has seen 3 · b tokens more than row 0; a new document begins at the seed's place, if at all; row 0 brings a token less. Every
 * third seed has logits that are exact, far below 0 and far apart, so that a softmax must subtract the very largest.
 */
export function attending(name: string, heads: Heads, schedule: Subject["schedule"]): Subject {
  const { B, T, H, G, D, window } = heads;
  const g = new GraphBuilder();
  const kept = f32(B, window + T, G, D);
  const region = regionOf(
    g.composite("attend", { window, scale: 0.25, cap: 0 }, [
      g.input("q", f32(B, T, H, D)),
      ...(["keys", "values"] as const).map((label) => g.state(label, kept)),
      g.state("seen", i32(B)),
      g.input("count", i32(B)),
      g.input("position", i32(B, T)),
    ]),
  );
  const countOf = (b: number) => T - (B - 1 - b);
  const seenOf = (b: number, seed: number) => [window + 30, 0, window - 1][seed % 3]! + 3 * b;
  const starts = [T, T - 5, Math.floor(T / 2)];
  const slots = window + T;
  const isFar = (seed: number) => seed % 3 === 0;
  /** Slots behind the last token that there could be are nobody's: no number. */
  const keptAt = (i: number, seed: number, own: number) => {
    const [b, slot] = [Math.floor(i / (slots * G * D)), Math.floor(i / (G * D)) % slots];
    return slot < seenOf(b, seed) + T ? own : Number.NaN;
  };
  const leaves = leavesOf(region, {
    seen: seenOf,
    count: countOf,
    q: (i, seed, own) => (isFar(seed) ? Number(i % D === 0) : own),
    keys: (i, seed, own) => {
      const slot = Math.floor(i / (G * D)) % slots;
      return isFar(seed) && i % D === 0 ? 384 * (slot - slots) : keptAt(i, seed, own);
    },
    values: keptAt,
    position: (i, seed) => {
      const [b, t, start] = [Math.floor(i / T), i % T, starts[seed % 3]!];
      if (t >= countOf(b)) return -1;
      return t >= start ? t - start : seenOf(b, seed) + t;
    },
  });
  const matters = (i: number) => Math.floor(i / (H * D)) % T < countOf(Math.floor(i / (H * D * T)));
  return { name, recipe: attention, region, schedule, tolerance: 7e-7, leaves, matters };
}

export function ringOf(width: 1 | 4): Subject {
  const g = new GraphBuilder();
  const kept = g.state("keys", f32(3, 7, 2, 4 * width));
  const values = g.map("mul", g.input("x", f32(3, 5, 2, 4 * width)), 2);
  const written = g.ringWrite(kept, values, g.input("seen", i32(3)), g.input("count", i32(3)));
  const region = regionOf(written);
  const leaves = leavesOf(region, {
    seen: (b, seed) => 5 * b + seed + 3,
    count: (b, seed) => [5, 3, 0][(b + seed) % 3]!,
  });
  const schedule = { width, workgroupSize: 64 };
  return { name: `ring by ${width}`, recipe: ring, region, schedule, tolerance: 0, leaves };
}

/** Temperature, top-p and top-k, each in five rows. */
const controls = [
  [0, 0.9, 5],
  [1, 1, 1],
  [1, 1, 2],
  [0.7, 0.9, 0],
  [1, 0.5, 5],
  [1.5, 0.3, 1000],
  [0.7, 1, 0],
  [1.5, 1, 3],
] as const;

export function drawing(lanes: number): Subject {
  const g = new GraphBuilder();
  const B = 5 * controls.length;
  const logits = g.input("logits", f32(B, 301));
  const control = (b: number, which: 0 | 1 | 2) =>
    Math.fround(controls[b % controls.length]![which]);
  /** Wide; neighbours in f32 with the last the largest, so that every bit of a threshold counts; or far below 0. */
  const logit = (i: number, seed: number, own: number) =>
    Math.fround(
      [
        6 * own - 300,
        6 * own,
        1 + ((((i % 301) * 10 + 9) % 301) + (Math.floor(i / 301 / controls.length) % 2)) * 2 ** -23,
      ][seed % 3]!,
    );
  const floats = ["temperature", "topP"].map((label) => g.input(label, f32(B)));
  const whole = ["topK", "seed", "draw"].map((label) =>
    g.input(label, { dtype: "u32", shape: [B] }),
  );
  const [temperature, topP, topK, seed, draw] = [...floats, ...whole] as unknown as readonly [
    ...[Node, Node, Node, Node, Node],
  ];
  const region = regionOf(g.sample(logits, temperature, topP, topK, seed, draw));
  const leaves = leavesOf(region, {
    logits: logit,
    temperature: (b) => control(b, 0),
    topP: (b) => control(b, 1),
    topK: (b) => control(b, 2),
    seed: (b, n) => 0xfffffff0 - b * 77 - n,
    draw: (b, n) => 3 * n + b,
  });
  return { name: "sample", recipe: sample, region, schedule: { lanes }, tolerance: 0, leaves };
}
