/** What `eyrie explain CODE` tells: for each code why it is a mistake, an example, what the compiler says of it, and the mended text. Node only. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Settings } from "../dsl/model.ts";
import { type PrecisionName, precisionNames } from "./passes/precision.ts";
import { checkOf, parseJson } from "./schemas/validate.ts";

/** How the wrong example must be compiled for its mistake to show; left out where `eyrie check` finds it. */
export type ExampleOptions = {
  readonly settings?: Settings;
  readonly config?: string;
  readonly item?: string;
  /** Shapes of a block's tensors. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly precision?: PrecisionName;
  /** The name of a device; with `caps`, what messages call a device of these limits. */
  readonly device?: string;
  /** Limits that differ from the least that every device has. */
  readonly caps?: Readonly<Record<string, number>>;
  readonly batch?: number;
  readonly chunk?: number;
  /** How often the wrong text stands in the file; 1. */
  readonly times?: number;
  /** Options for the right text, where they are what was wrong. */
  readonly right?: ExampleOptions;
};

export type Explanation = {
  readonly code: string;
  /** What is wrong, in a few words. */
  readonly title: string;
  /** Why it is wrong, in plain sentences. */
  readonly why: string;
  readonly wrong: string;
  readonly right: string;
  /** What the compiler says of the wrong example. */
  readonly expected: string;
  /** Null where `eyrie check` finds the mistake. */
  readonly options: ExampleOptions | null;
};

const folder = new URL("../dsl/explain/", import.meta.url);
const fileOf = (code: string, name: string): URL => new URL(`${code}/${name}`, folder);

const shape = { type: "array", items: { type: "integer", minimum: 1 } } as const;
const optionProperties = {
  settings: {
    type: "object",
    additionalProperties: { type: ["number", "boolean", "array"], items: { type: "string" } },
  },
  config: { type: "string" },
  item: { type: "string" },
  inputs: { type: "object", additionalProperties: shape },
  precision: { enum: precisionNames },
  device: { type: "string" },
  caps: { type: "object", additionalProperties: { type: "number" } },
  batch: { type: "integer", minimum: 1 },
  chunk: { type: "integer", minimum: 1 },
  times: { type: "integer", minimum: 1 },
} as const;
const checkOptions = checkOf<ExampleOptions>(
  {
    type: "object",
    additionalProperties: false,
    properties: {
      ...optionProperties,
      right: { type: "object", additionalProperties: false, properties: optionProperties },
    },
  },
  "mend the folder of this code",
);

/** Every code that is explained, in order. */
export const explainedCodes = (): readonly string[] => readdirSync(folder).toSorted();

/** All that is told of a code; null where nothing is. Throws a UserError where its files are not what they should be. */
export function readExplanation(code: string): Explanation | null {
  if (!/^[EWN]\d{4}$/.test(code) || !existsSync(fileOf(code, "why.md"))) return null;
  const read = (name: string) => readFileSync(fileOf(code, name), "utf8");
  const [first = "", ...rest] = read("why.md").split("\n");
  const path = fileOf(code, "options.json");
  return {
    code,
    title: first.replace(/^# /, ""),
    why: rest.join("\n").trim(),
    wrong: read("wrong.eyrie"),
    right: read("right.eyrie"),
    expected: read("expected.txt"),
    options: existsSync(path)
      ? checkOptions(parseJson(readFileSync(path, "utf8"), path.pathname), path.pathname)
      : null,
  };
}

const indented = (text: string): string => text.trimEnd().replaceAll(/^(?=.)/gm, "  ");

/** A text without the middle of what is too long to read. */
function shortened(text: string): string {
  const lines = text.trimEnd().split("\n");
  const [head, tail] = [30, 10];
  if (lines.length <= head + tail) return text;
  const cut = lines.map((line) => (line.length > 120 ? `${line.slice(0, 119)}…` : line));
  return [
    ...cut.slice(0, head),
    `… (${lines.length - head - tail} more lines)`,
    ...cut.slice(-tail),
  ].join("\n");
}

/** The command line by which the mistake shows. */
function commandOf(options: ExampleOptions | null): string {
  const { settings = {}, config, item, precision, device, batch, chunk } = options ?? {};
  const isCompiled = options !== null && (config ?? item ?? options.settings) !== undefined;
  const words = [
    `eyrie ${isCompiled ? "compile" : "check"} wrong.eyrie`,
    ...Object.entries(settings).map(([name, value]) => `--set ${name}=${value}`),
    ...(config === undefined ? [] : [`--config ${config}`]),
    ...(item === undefined ? [] : [`--item ${item}`]),
    ...(precision === undefined ? [] : [`--precision ${precision}`]),
    ...(device === undefined ? [] : [`--device ${device.replaceAll(" ", "-")}`]),
    ...(batch === undefined ? [] : [`--batch ${batch}`]),
    ...(chunk === undefined ? [] : [`--chunk ${chunk}`]),
  ];
  return words.join(" ");
}

/** An explanation as a terminal shows it. */
export const printExplanation = (e: Explanation): string =>
  [
    `${e.code}: ${e.title}`,
    e.why,
    `${e.code.startsWith("N") ? "For example" : "Wrong"}:\n\n${indented(shortened(e.wrong))}`,
    `$ ${commandOf(e.options)}\n\n${indented(shortened(e.expected))}`,
    ...mended(e),
  ].join("\n\n");

/** The right text, or the right command line for the same text; nothing where there was no mistake. */
function mended({ code, wrong, right, options }: Explanation): readonly string[] {
  if (right !== wrong)
    return [`${code.startsWith("N") ? "Without it" : "Mended"}:\n\n${indented(shortened(right))}`];
  return code.startsWith("N") || !options?.right
    ? []
    : [`Mended:\n\n$ ${commandOf(options.right)}`];
}
