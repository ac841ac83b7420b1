import assert from "node:assert/strict";
import { barChart, lineChart, scaleOf, short, stacked, ticks } from "../../bench/chart.ts";

/** Every element is closed in its order, and no number is none. */
function assertSound(svg: string): void {
  const open: string[] = [];
  for (const [, end, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (end) assert.equal(open.pop(), name);
    else if (!self) open.push(name!);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
}

const bars = {
  title: "speed <of> things",
  unit: "times",
  groups: [
    {
      label: "a & b",
      bars: [
        { series: "slow", value: 10, note: "quite" },
        { series: "fast", value: 0.5 },
      ],
    },
    { label: "none", bars: [] },
  ],
};
const lines = {
  title: "curves",
  x: { label: "n", log: true },
  y: { label: "ms", log: false },
  lines: [
    {
      name: "up",
      points: [
        [1024, 1],
        [2048, 2],
        [4096, 4],
      ] as const,
    },
    {
      name: "flat",
      points: [
        [1024, 1],
        [4096, 1],
      ] as const,
    },
  ],
};

describe("charts", () => {
  it("bars and lines are sound SVG whose texts are escaped and whose colours know dark pages", () => {
    for (const svg of [barChart(bars), lineChart(lines)]) {
      assertSound(svg);
      assert.match(svg, /prefers-color-scheme: dark/);
    }
    assert.match(barChart(bars), /speed &lt;of&gt; things/);
    assert.match(barChart(bars), /a &amp; b/);
  });

  it("a bar starts at 1 and ends at its value, to the left where that is less", () => {
    const all = [
      ...barChart(bars).matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="13"/g),
    ];
    const [slow, fast] = all.map(([, x, width]) => ({
      from: Number(x),
      to: Number(x) + Number(width),
    }));
    assert.ok(Math.abs(fast!.to - slow!.from) < 0.2, "both touch 1");
    const perDecade = slow!.to - slow!.from;
    assert.ok(Math.abs((fast!.to - fast!.from) / perDecade - Math.log10(2)) < 0.01);
  });

  it("nothing measured is still a picture", () => {
    assertSound(barChart({ ...bars, groups: [] }));
    assertSound(lineChart({ ...lines, lines: [] }));
  });

  it("charts stand one below the other", () => {
    const [a, b] = [barChart(bars), lineChart(lines)];
    const svg = stacked([a, b]);
    assertSound(svg);
    const heightOf = (text: string) => Number(/viewBox="0 0 \d+ (\d+)"/.exec(text)![1]);
    assert.equal(heightOf(svg), heightOf(a) + heightOf(b));
    assert.match(svg, new RegExp(`<svg x="0" y="${heightOf(a)}"`));
  });

  it("axes are marked at round numbers within their range", () => {
    assert.deepEqual(ticks(0, 10, false), [0, 2, 4, 6, 8, 10]);
    assert.deepEqual(ticks(1, 8, true), [1, 2, 4, 8]);
    assert.deepEqual(ticks(0.1, 1000, true), [0.1, 1, 10, 100, 1000]);
  });

  it("a scale puts its ends at the pixels given", () => {
    const log = scaleOf([1, 100], [0, 200], true);
    assert.deepEqual([1, 10, 100].map(log), [0, 100, 200]);
    assert.equal(scaleOf([0, 4], [100, 0], false)(1), 75);
  });

  it("numbers keep three digits", () => {
    assert.deepEqual([1234.5, 12.345, 0.012345, Number.NaN].map(short), [
      "1235",
      "12.3",
      "0.0123",
      "–",
    ]);
  });
});
