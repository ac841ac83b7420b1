/** Charts as SVG text: bars in groups, and lines over an axis. Colours follow the reader's light or dark theme. Knows no benchmark. */

export type Bar = { readonly series: string; readonly value: number; readonly note?: string };
export type BarChart = {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly { readonly label: string; readonly bars: readonly Bar[] }[];
};

export type Line = {
  readonly name: string;
  /** Pairs of x and y, by growing x. */
  readonly points: readonly (readonly [number, number])[];
};
export type LineChart = {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
};
export type Axis = { readonly label: string; readonly log: boolean };

const colours = ["#2f7ed8", "#e0742b", "#2a9d6f", "#c2549d", "#8a7a2c", "#7a6ff0", "#d0433f"];
const colourOf = (i: number): string => colours[i % colours.length]!;

const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 14px }
  .faint { fill: #57606a }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .page { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .faint { fill: #9198a1 }
    .grid { stroke: #3d444d }
    .page { fill: #0d1117 }
  }`;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

/** One decimal of a pixel is enough. */
const px = (n: number): string => String(Math.round(n * 10) / 10);

const text = (x: number, y: number, content: string, more = ""): string =>
  `<text x="${px(x)}" y="${px(y)}"${more}>${escaped(content)}</text>`;

function page(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}\n</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    text(16, 24, title, ' class="title"'),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** About how wide a letter is. */
const letter = 7;

/** Names with their colours, from left to right, in as many rows as they need; how high they are. */
function legend(names: readonly string[], x: number, y: number, width: number) {
  const parts: string[] = [];
  let [left, top] = [x, y];
  for (const [i, name] of names.entries()) {
    const needed = 30 + letter * name.length;
    if (left > x && left + needed > x + width) [left, top] = [x, top + 18];
    parts.push(
      `<rect x="${px(left)}" y="${px(top - 9)}" width="10" height="10" rx="2" fill="${colourOf(i)}"/>`,
      text(left + 15, top, name),
    );
    left += needed;
  }
  return { parts, height: top - y + 18 };
}

/** Three digits that mean something. */
export const short = (n: number): string => {
  if (!Number.isFinite(n)) return "–";
  if (Math.abs(n) >= 100) return Math.round(n).toString();
  return Number(n.toPrecision(3)).toString();
};

/** Where an axis is marked: powers of ten (or two, where those are few) on a logarithmic one, even steps on another. */
export function ticks(low: number, high: number, log: boolean): readonly number[] {
  if (!log) {
    const rough = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough;
    const first = Math.ceil(low / step);
    const count = Math.floor(high / step + 1e-9) - first + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
  }
  const base = high / low >= 1000 ? 10 : 2;
  const from = Math.ceil(Math.log(low) / Math.log(base) - 1e-9);
  const to = Math.floor(Math.log(high) / Math.log(base) + 1e-9);
  const every = Math.max(1, Math.ceil((to - from + 1) / 10));
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return powers.filter((_, i) => i % every === 0).map((p) => base ** p);
}

type Scale = (value: number) => number;

/** From values to pixels. */
export function scaleOf(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  log: boolean,
): Scale {
  const f = log ? Math.log : (x: number) => x;
  const width = f(high) - f(low) || 1;
  return (value) => from + ((f(value) - f(low)) / width) * (to - from);
}

/** Bars from 1 on a logarithmic axis, one line each: to the right what is above 1, to the left what is below. */
export function barChart({ title, unit, groups }: BarChart): string {
  const names = [...new Set(groups.flatMap((g) => g.bars.map((b) => b.series)))];
  const noted = groups.flatMap((g) => g.bars.map((b) => `${short(b.value)} ${b.note ?? ""}`));
  const left = 230;
  const right = 20 + letter * Math.max(6, ...noted.map((n) => n.length));
  const width = Math.round(left + 520 + right);
  const values = groups.flatMap((g) => g.bars.map((b) => b.value)).filter((v) => v > 0);
  const range = [Math.min(0.5, ...values), Math.max(2, ...values)] as const;
  const x = scaleOf(range, [left, width - right], true);
  const keys = legend(names, 16, 48, width - 32);
  const top = 48 + keys.height;
  const parts: string[] = [];
  let y = top;
  for (const { label, bars } of groups) {
    y += 10;
    parts.push(text(left - 10, y + 11, label, ' text-anchor="end"'));
    for (const { series, value, note } of bars) {
      const [a, b] = [x(1), x(value)].sort((p, q) => p - q) as [number, number];
      const colour = colourOf(names.indexOf(series));
      parts.push(
        `<rect x="${px(a)}" y="${px(y)}" width="${px(Math.max(1, b - a))}" height="13" rx="2" fill="${colour}"><title>${escaped(`${label}, ${series}: ${short(value)}${note ? `, ${note}` : ""}`)}</title></rect>`,
        text(b + 5, y + 11, `${short(value)}${note ? ` ${note}` : ""}`, ' class="faint"'),
      );
      y += 16;
    }
    if (bars.length === 0) y += 16;
  }
  const grid = ticks(...range, true).flatMap((t) => [
    `<line class="grid" x1="${px(x(t))}" x2="${px(x(t))}" y1="${top}" y2="${px(y + 4)}"/>`,
    text(x(t), y + 20, short(t), ' class="faint" text-anchor="middle"'),
  ]);
  const caption = text((left + width - right) / 2, y + 40, unit, ' text-anchor="middle"');
  return page(width, y + 56, title, [...keys.parts, ...grid, ...parts, caption]);
}

const rangeOf = (values: readonly number[], log: boolean): readonly [number, number] => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!log) return [Math.min(0, low), high > 0 ? high * 1.05 : 1];
  return low === high ? [low / 2, high * 2] : [low, high];
};

/** The rectangle that points fall into. */
type Frame = {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
};

/** The marks of both axes and what they are called. */
function gridOf(frame: Frame, [x, xRange, xAt]: Placed, [y, yRange, yAt]: Placed) {
  const { left, right, top, bottom } = frame;
  return [
    ...ticks(...yRange, y.log).flatMap((t) => [
      `<line class="grid" x1="${left}" x2="${right}" y1="${px(yAt(t))}" y2="${px(yAt(t))}"/>`,
      text(left - 8, yAt(t) + 4, short(t), ' class="faint" text-anchor="end"'),
    ]),
    ...ticks(...xRange, x.log).flatMap((t) => [
      `<line class="grid" x1="${px(xAt(t))}" x2="${px(xAt(t))}" y1="${top}" y2="${bottom}"/>`,
      text(xAt(t), bottom + 18, short(t), ' class="faint" text-anchor="middle"'),
    ]),
    text((left + right) / 2, bottom + 40, x.label, ' text-anchor="middle"'),
    text(left, top - 6, y.label, ' text-anchor="start"'),
  ];
}

/** An axis, its ends, and where its values stand. */
type Placed = readonly [Axis, readonly [number, number], Scale];

function placed(axis: Axis, values: readonly number[], from: number, to: number): Placed {
  const range = rangeOf(values.length > 0 ? values : [1], axis.log);
  return [axis, range, scaleOf(range, [from, to], axis.log)];
}

export function lineChart({ title, x, y, lines }: LineChart): string {
  const [width, height] = [760, 420];
  const names = lines.map((l) => l.name);
  const keys = legend(names, 16, 48, width - 32);
  const top = 64 + keys.height;
  const frame: Frame = { left: 70, right: width - 30, top, bottom: top + height };
  const points = lines.flatMap((l) => l.points);
  const across = placed(
    x,
    points.map(([a]) => a),
    frame.left,
    frame.right,
  );
  const up = placed(
    y,
    points.map(([, b]) => b),
    frame.bottom,
    frame.top,
  );
  const [xAt, yAt] = [across[2], up[2]];
  const drawn = lines.flatMap(({ name, points: own }, i) => {
    const colour = colourOf(i);
    const path = own.map(([a, b]) => `${px(xAt(a))},${px(yAt(b))}`).join(" ");
    const dots = own.map(
      ([a, b]) =>
        `<circle cx="${px(xAt(a))}" cy="${px(yAt(b))}" r="3" fill="${colour}"><title>${escaped(`${name}: ${short(b)} at ${short(a)}`)}</title></circle>`,
    );
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...dots,
    ];
  });
  return page(width, frame.bottom + 56, title, [
    ...keys.parts,
    ...gridOf(frame, across, up),
    ...drawn,
  ]);
}

/** Charts one above the other in one picture. */
export function stacked(charts: readonly string[]): string {
  const sizes = charts.map((chart) => {
    const [, width = "0", height = "0"] = /viewBox="0 0 (\d+) (\d+)"/.exec(chart) ?? [];
    return { width: Number(width), height: Number(height) };
  });
  const width = Math.max(...sizes.map((s) => s.width));
  const height = sizes.reduce((sum, s) => sum + s.height, 0);
  let y = 0;
  const placed = charts.map((chart, i) => {
    const at = chart.replace("<svg ", `<svg x="0" y="${y}" `);
    y += sizes[i]!.height;
    return at;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n${placed.join("")}</svg>\n`;
}
