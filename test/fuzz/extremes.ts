/** Texts that ask for too much: every way of writing a little that could mean a lot. */
import fc from "fast-check";

const block = (name: string, body: string, settings = ""): string =>
  `block ${name}(x: [B, T, D]${settings}) -> [B, T, D] { ${body} }\n`;
const model = (body: string): string =>
  `model m(n: size = 3) {\n  param e: [8, n] = ones\n  x = gather(e, tokens)\n  ${body}\n}\n`;
const times = (n: number, write: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => write(i)).join("");

/** How much a text asks for: small ones are models, large ones are refused. */
const amount = fc.constantFrom(1, 2, 5, 20, 63, 64, 65, 200, 1_000, 5_000, 20_000);
const number = fc.constantFrom(
  "0",
  "1",
  "3",
  "1000",
  "1e9",
  "1e18",
  "1e300",
  "0.5",
  "-4",
  "4294967296",
);

/** Each block calls the next one twice: 2ⁿ calls. */
const doubling = (n: number): string =>
  times(n, (i) => block(`b${i}`, `b${i + 1}(b${i + 1}(x) as one) as two`)) +
  block(`b${n}`, "param w: [D] = ones\n x * w") +
  model("b0(x)");
/** Values that each stand for two of the last: 2ⁿ nodes were they not shared. */
const sums = (n: number): string =>
  model(`y0 = x\n${times(n, (i) => `  y${i + 1} = y${i} + y${i} * 0.5\n`)}  y${n}`);
const recursion = (size: string): string =>
  block("r", "if n <= 1 then x else r(r(x, n: n - 1) as a, n: n - 1) as b", ", n: number") +
  model(`r(x, n: ${size})`);
const deep = (open: string, close: string) => (n: number) =>
  model(`${open.repeat(n)}x${close.repeat(n)}`);
const cycle = (n: number): string =>
  times(
    n,
    (i) => `function f${i}(x) { f${(i + 1) % n}(x) + c${i} }\nconstant c${i} = c${(i + 1) % n}\n`,
  ) + model("f0(x)");
const wide = (n: number): string => model(`stack(x, [${"l, ".repeat(n)}l])`) + block("l", "x");
const chain = (n: number): string => model(`x${" + x".repeat(n)}`);
const settings = (n: number): string =>
  block(
    "s",
    "x",
    times(n, (i) => `, a${i}: number = ${i === 0 ? 1 : `a${i - 1} * 2`}`),
  ) + model("s(x)");
const ranks = (n: number): string =>
  model(`y = spread(x, [B, T, n, ${times(n, (i) => `${i + 2}, `)}])\n  sum(y, over: 2)`);

const bySize: readonly ((size: string) => string)[] = [
  (size) => model(`stack(x, ${size}, [l])`) + block("l", "x + 1"),
  (size) => model(`stack(x, ${size} * [l])`) + block("l", "x + 1"),
  (size) => model(`param w: [${size}, ${size}] = ones\n  x * sum(sum(w, over: ${size}), over: n)`),
  (size) => model(`spread(x, [B, T, n, ${size}])`),
  (size) => model(`x * sum(float(index(${size})), over: ${size})`),
  (size) => model(`shift(x, by: ${size})`),
  (size) => model(`slice(x, n, ${size}, from: ${size})`),
  (size) => model(`pow(x, ${size})`),
  (size) => model(`x * pow(${size}, ${size})`),
  (size) => model(`size K = ${size} / n\n  x / K`),
  recursion,
  (size) =>
    `${block("l", "param w: [D] = ones\n x * w", ", k: size")}${model(
      `core = share(l(k: ${size})) as core\n  core(core(x) as a) as b`,
    )}`,
  (size) => `${model("x")}config m "big" { n = ${size} }`,
];
const byAmount: readonly ((n: number) => string)[] = [
  doubling,
  sums,
  deep("(", ")"),
  deep("-", ""),
  deep("exp(", ")"),
  deep("[", "]"),
  deep("{ a: ", " }"),
  deep("if n == 3 then x else ", ""),
  cycle,
  wide,
  chain,
  settings,
  ranks,
  (n) => times(n, (i) => block(`b${i}`, "x")) + model("b0(x)"),
  (n) => model(`${times(n, (i) => `  v${i} = x * ${i}\n`)}  x`),
  (n) => `${"x".repeat(n * 50)}\n`.repeat(10),
  (n) => "/// doc\n".repeat(n) + model("x"),
  (n) => `${model("x")}names t {\n${times(n, (i) => `  a${i} = "b${i}"\n`)}}\n`,
];

export const extremes: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom(...bySize), number).map(([write, size]) => write(size)),
  fc.tuple(fc.constantFrom(...byAmount), amount).map(([write, n]) => write(n)),
);
