/** The mistakes that a compiler of kernels makes, each as edits of a line of CUDA text. */
import { argumentsOf, type Change, type Edit, each, type File, isShared } from "./edits.ts";

/** The index argument of vector loads, stores and copies moved by one. */
function misaligned(line: string): readonly Edit[] {
  const vectors = [...line.matchAll(/\bload<\w+4>\(|\bstore\(/g)].flatMap((match) => {
    if (line.startsWith("__device__")) return [];
    const index = argumentsOf(line, match.index + match[0].length - 1)[1];
    return index ? [{ from: index.to, to: index.to, by: " + 1u" }] : [];
  });
  const copies = [...line.matchAll(/&\w+\[/g)].map((match) => {
    const index = argumentsOf(line, match.index + match[0].length - 1)[0]!;
    return { from: index.to, to: index.to, by: " + 1u" };
  });
  return [...vectors, ...copies];
}

/** `min(a, b)` becomes `a`. */
function unclamped(line: string): readonly Edit[] {
  return [...line.matchAll(/\bmin\(/g)].flatMap((match) => {
    const [first, second] = argumentsOf(line, match.index + match[0].length - 1);
    if (!first || !second || /\bfloat\b/.test(line.slice(0, match.index))) return [];
    return [{ from: match.index, to: second.to + 1, by: `(${line.slice(first.from, first.to)})` }];
  });
}

/** Another memory of the same kind. */
function otherMemory(line: string, { memories }: File): readonly Edit[] {
  return [...line.matchAll(/(?<=load<\w+>\(|store\(|&|^\s*|[ (])(\w+)(?=, |\[)/g)].flatMap(
    (match) => {
      const own = memories.get(match[1]!);
      if (!own || /__shared__|__restrict__/.test(line)) return [];
      const same = [...memories].filter(([, m]) => m.shared === own.shared && m.type === own.type);
      const at = same.findIndex(([name]) => name === match[1]);
      const [other] = same[(at + 1) % same.length]!;
      return other === match[1]
        ? []
        : [{ from: match.index, to: match.index + match[1]!.length, by: other }];
    },
  );
}

const isLoop = /^\s*for \(/;
const initial = /^(\s*)(float[24]?|unsigned|int|bool|u?int[24]|b?f16x[24]) (\w+) = (.*);$/;

/** A loop's bound moved by a turn. */
const bound = (sign: "+" | "-") =>
  each(
    /(?<=^\s*for \([^;]*; \w+ < )([^;]*)(?=; \w+ \+= ([^)]*)\))/g,
    ([, limit, step]) => `${limit} ${sign} ${step}`,
  );

const other = (literal: string): string =>
  /^0(\.0)?[fu]?$/.test(literal) ? literal.replace("0", "1") : "0";
const changedInitial = (value: string): string | null => {
  const number = /^(spread\d\()?(-?[\d.e+]+[fu]?)(\)?)$/.exec(value);
  if (!number) return null;
  const [, open = "", literal = "", close = ""] = number;
  const suffix = literal.endsWith("f") ? "0.0f" : literal.endsWith("u") ? "0u" : "0";
  return `${open}${/^0/.test(literal) ? other(literal) : suffix}${close}`;
};

/** In the order in which reports list them. */
export const changes: readonly Change[] = [
  { kind: "barrier removed", isStatement: true, edits: each(/__syncthreads\(\);/g, () => "") },
  {
    kind: "wait for copies removed",
    isStatement: true,
    edits: each(/await_copies<\d+u>\(\);/g, () => ""),
  },
  {
    kind: "wait for one group less",
    isStatement: true,
    edits: each(/await_copies<(\d+)u>\(\);/g, ([, n]) => `await_copies<${Number(n) + 1}u>();`),
  },
  {
    kind: "commit of copies removed",
    isStatement: true,
    edits: each(/commit_copies\(\);/g, () => ""),
  },
  { kind: "one turn fewer", edits: bound("-") },
  { kind: "one turn more", edits: bound("+") },
  {
    kind: "initialisation dropped",
    isStatement: true,
    edits: (line) => {
      const found = initial.exec(line);
      if (found) return [{ from: 0, to: line.length, by: `${found[1]}${found[2]} ${found[3]};` }];
      return each(/^\s*\w+\[\d+u\] = -?[\d.]+[fu]?;$/g, () => "")(line, { memories: new Map() });
    },
  },
  {
    kind: "initialisation changed",
    isStatement: true,
    edits: (line) => {
      const value = initial.exec(line)?.[4];
      const by = value === undefined ? null : changedInitial(value);
      return by === null
        ? []
        : [{ from: line.length - 1 - value!.length, to: line.length - 1, by }];
    },
  },
  {
    kind: "store to workgroup memory dropped",
    isStatement: true,
    edits: (line, file) => {
      const name = /^\s*(?:store\(|copy_async<\d+u>\(&)?(\w+)(?:, |\[).*;$/.exec(line)?.[1];
      return name && isShared(name, file) && !line.includes("__shared__")
        ? [{ from: 0, to: line.length, by: "" }]
        : [];
    },
  },
  {
    kind: "workgroup memory too small",
    isStatement: true,
    edits: each(/(?<=__shared__ .*\[)\d+(?=\];)/g, ([n]) =>
      String(Math.ceil((Number(n) * 3) / 4) - (Number(n) < 4 ? 1 : 0) || 1),
    ),
  },
  { kind: "shuffle of half a subgroup", edits: each(/0xffffffffu/g, () => "0x0000ffffu") },
  { kind: "shuffle without the last lane", edits: each(/0xffffffffu/g, () => "0x7fffffffu") },
  {
    kind: "shuffle from another distance",
    isStatement: true,
    edits: (line, file) => [
      ...each(/by = 16u/g, () => "by = 8u")(line, file),
      ...each(/by > 0u/g, () => "by > 1u")(line, file),
      ...each(
        /(?<=_xor(?:_sync)?\(.*, )(\d+)u(?=\))/g,
        ([, n]) => `${Number(n) === 1 ? 2 : Number(n) / 2}u`,
      )(line, file),
    ],
  },
  { kind: "vector not at a multiple of its length", edits: misaligned },
  { kind: "clamp removed", edits: unclamped },
  { kind: "another memory", isStatement: true, edits: otherMemory },
  {
    kind: "index off by one",
    edits: (line, { memories }) =>
      [...line.matchAll(/(?<!&)\b(\w+)\[/g)].flatMap((match) => {
        const index = argumentsOf(line, match.index + match[0].length - 1)[0];
        return memories.has(match[1]!) && index && !line.includes("__shared__")
          ? [{ from: index.to, to: index.to, by: " + 1u" }]
          : [];
      }),
  },
  { kind: "stride off by one", edits: each(/(?<=\* )(\d+)u\b/g, ([, n]) => `${Number(n) + 1}u`) },
  {
    kind: "quotient or rest off by one",
    // Which lane of a subgroup writes what all of it hold is no mistake.
    edits: each(/(?<=[/%] )(\d+)u\b(?!\)* == 0u)/g, ([, n]) => `${Number(n) + 1}u`),
  },
  {
    kind: "guard removed",
    edits: (line) =>
      [...line.matchAll(/^\s*if (?=\()/g)].map((match) => {
        const [condition] = argumentsOf(line, match.index + match[0].length);
        return { ...condition!, by: `(${line.slice(condition!.from, condition!.to)}) || true` };
      }),
  },
  {
    kind: "a part of a guard removed",
    edits: (line) => [
      ...each(/(?<=[(=] |[(,] ?)([\w.% ()+]+ <=? [\w+ ]+) && /g, () => "")(line, {
        memories: new Map(),
      }),
      ...each(/ && ([\w.+ ]+ <=? \w+)/g, () => "")(line, { memories: new Map() }),
    ],
  },
  {
    kind: "< became <=",
    edits: (line, file) => (isLoop.test(line) ? [] : each(/(?<= )<(?= )/g, () => "<=")(line, file)),
  },
  {
    kind: "guard one less",
    edits: (line, file) =>
      isLoop.test(line) ? [] : each(/(?<= < )(\d+)u/g, ([, n]) => `${Number(n) - 1}u`)(line, file),
  },
  { kind: "<= became <", edits: each(/(?<= )<=(?= )/g, () => "<") },
  { kind: "the other stage", edits: each(/(?<!\w)1u - ([a-z]\w*)/g, ([, name]) => name!) },
  {
    kind: "fragments exchanged",
    isStatement: true,
    edits: (line, file) => [
      ...each(/"r"\(a\[1\]\), "r"\(a\[2\]\)/g, () => '"r"(a[2]), "r"(a[1])')(line, file),
      ...each(
        /"r"\(b\[tile \* 2u\]\), "r"\(b\[tile \* 2u \+ 1u\]\)/g,
        () => '"r"(b[tile * 2u + 1u]), "r"(b[tile * 2u])',
      )(line, file),
      ...each(/\.trans/g, () => "")(line, file),
    ],
  },
  {
    kind: "another row length of a matrix",
    isStatement: true,
    edits: each(/(?<=\], )(\d+)u(?=[,)])/g, ([, n]) => `${Number(n) + 8}u`),
  },
];
