/**
 * The one catalogue of what the language says: a code and facts become a message and a hint.
 * E01 syntax, E02 names, E03 shapes, E04 settings and sizes, W05 warnings, E06 and N06 devices. Knows words; finds no mistakes itself.
 */
import { deviceMessages } from "./device-messages.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { shapeMessages } from "./shape-messages.ts";
import { structureMessages } from "./structure-messages.ts";
import type { Span } from "./syntax.ts";
import { syntaxMessages } from "./syntax-messages.ts";
import { unknownName, unknownSetting } from "./unknown.ts";
import { usages } from "./usages.ts";
import { warningMessages } from "./warning-messages.ts";
import { arrows, count, listed, meant, type Near, quote, type Words } from "./wording.ts";

/** What a setting of each kind is given. */
const kindHints: Readonly<Record<string, string>> = {
  size: "give it a whole number from 1, such as `64`",
  number: "give it a number, such as `0.5`",
  flag: "give it `true` or `false`, or a comparison of numbers",
  block:
    "give it a block value: a block with its settings and without its tensors, such as `linear(out: 8)`",
  pattern: "give it a list of block values, such as `[layer, other]`",
};

/** The nearest divisors on both sides of a number that does not divide; 1 where none is near. */
function divisorsNear(whole: number, wrong: number): readonly number[] {
  const far = 10_000;
  const start = Math.min(Math.max(wrong, 1), whole);
  let below = Math.floor(start);
  while (below > 1 && start - below < far && whole % below !== 0) below--;
  let above = Math.ceil(start);
  while (above < whole && above - start < far && whole % above !== 0) above++;
  const found = [below, above].filter((n) => whole % n === 0);
  return found.length === 0 ? [1] : [...new Set(found)];
}

/** Every code of the language. To add one, add a line: facts in, words out. */
export const messages = {
  ...syntaxMessages,

  E0201: (f: Near): Words =>
    unknownName(
      f,
      `nothing here is named ${quote(f.name)}`,
      `define it first with ${quote(`${f.name} = …`)}`,
    ),
  E0202: (f: Near): Words =>
    unknownName(
      f,
      `there is no block or function ${quote(f.name)}`,
      `define it with ${quote(`block ${f.name}(…) -> […] { … }`)}`,
    ),
  /** What a command may take is a model or a block; what a `config` names is a model. */
  E0203: (f: Near & { needed: "model" | "model or block" }) => ({
    message: `there is no ${f.needed} ${quote(f.name)}`,
    hint: meant(
      f.near,
      f.needed === "model"
        ? `define it with ${quote(`model ${f.name}(…) { … }`)}`
        : "name one that the file or the standard library defines",
    ),
  }),
  E0204: (f: { name: string }) => ({
    message: `${quote(f.name)} is defined twice`,
    hint: "give one of them another name",
  }),
  E0205: (f: { name: string; parent: string }) => ({
    message: `two instances are named ${quote(f.name)} in ${quote(f.parent)}`,
    hint: "name one of them with `as`",
  }),
  E0206: (f: { name: string }) => ({
    message: `${quote(f.name)} is a word of the language and cannot be redefined`,
    hint: "choose another name",
  }),
  E0207: (f: { what: string; chain: readonly string[] }) => ({
    message: `these ${f.what} call each other for ever: ${arrows(f.chain)}`,
    hint: "repeat layers with `stack(x, n, pattern)`; what contains itself needs an `if` over its settings that ends it",
  }),
  E0208: (f: Near) => ({
    message: `the pattern names ${quote(f.name)}, which is not a block value of this model`,
    hint: meant(f.near, `define it in the model with ${quote(`${f.name} = some_block(…)`)}`),
  }),
  E0209: (f: { name: string }) => ({
    message: `${quote(f.name)} is a block value, and a tensor is needed here`,
    hint: `pass it its tensors: ${quote(`${f.name}(x)`)}`,
  }),
  E0210: (f: { name: string; kind: string }) => ({
    message: `${quote(f.name)} is ${f.kind} and cannot be called`,
    hint: "call a block, a block value or a function",
  }),
  E0211: (f: { placeholder: string }) => ({
    message: `the path on the left has no ${quote(f.placeholder)}`,
    hint: "use the same `{…}` on both sides",
  }),
  E0212: (f: { depth: number }) => ({
    message: `blocks are nested more than ${f.depth} deep`,
    hint: "make the nesting flatter, or repeat layers with `stack`",
  }),
  E0213: (f: { name: string }) => ({
    message: `${quote(f.name)} is used before it is defined`,
    hint: "move its definition above this line: a body is read from top to bottom",
  }),
  E0214: (f: { name: string; shape: string }) => ({
    message: `${quote(f.name)} is a tensor ${f.shape}, and what a model is given has a value for every token`,
    hint: "let its shape start with `B, T`; `tokens` and `position` are there without being asked for",
  }),
  E0215: (f: Near & { model: string }) => ({
    message: `${quote(f.model)} has no configuration ${quote(f.name)}`,
    hint: meant(f.near, `define it with ${quote(`config ${f.model} "${f.name}" { … }`)}`),
  }),

  ...shapeMessages,
  ...structureMessages,

  E0401: (f: Near & { owner: string; known?: readonly string[] }): Words =>
    unknownSetting(
      f,
      `${quote(f.owner)} has no setting ${quote(f.name)}`,
      f.known?.length
        ? `its ${f.known.length === 1 ? "setting is" : "settings are"} ${listed(f.known, "and")}`
        : "remove it, or add it to the parameter list",
    ),
  E0402: (f: { name: string; owner: string; kind: string }) => ({
    message: `${quote(f.owner)} needs the setting ${quote(f.name)}`,
    hint: `add ${quote(`${f.name}: …`)} (a ${f.kind})`,
  }),
  E0403: (f: { name: string }) => ({
    message: `the setting ${quote(f.name)} is given twice`,
    hint: "remove one of them",
  }),
  E0404: (f: { name: string; expected: string; found: string }) => ({
    message: `${quote(f.name)} is a ${f.expected}, but this is ${f.found}`,
    hint: kindHints[f.expected] ?? `give it a ${f.expected}`,
  }),
  E0405: (f: { owner: string; expected: number; found: number }) => {
    const usage = usages[f.owner];
    return {
      message: `${quote(f.owner)} takes ${count(f.expected, usage ? "value" : "tensor")} by place but gets ${f.found}`,
      hint: usage ? `write ${quote(usage)}` : "pass tensors by place and settings as `name: value`",
    };
  },
  E0406: (f: { left: string; right: string; leftSize: number; rightSize: number }) => ({
    message: `${quote(f.left)} is ${f.leftSize}, which ${quote(f.right)} = ${f.rightSize} does not divide`,
    hint: `choose ${quote(f.right)} so that it divides ${f.leftSize}, such as ${divisorsNear(f.leftSize, f.rightSize).join(" or ")}`,
  }),
  E0407: (f: { text: string; value: string; limit: number }) => ({
    message: `${quote(f.text)} is ${f.value}, which is not a size`,
    hint: `sizes are whole numbers from 1 to ${f.limit}${/^\d+\.\d/.test(f.value) ? "; `floor(…)` rounds down" : ""}`,
  }),
  E0408: (f: { text: string; needed: string }) => ({
    message: `${quote(f.text)} is a tensor, and ${f.needed} must be known while compiling`,
    hint: "use settings, sizes and numbers here",
  }),
  E0409: (f: { text: string }) => ({
    message: `${quote(f.text)} cannot start a parameter`,
    hint: "use `zeros`, `ones`, a number, `normal(variance)`, `uniform(low, high)` or functions of these",
  }),
  E0411: (f: { text: string; why: string }) => ({
    message: `${quote(f.text)} cannot be computed: ${f.why}`,
    hint: "change the numbers it is made of",
  }),
  E0412: (f: { name: string; value: string; allowed: string }) => ({
    message: `${quote(f.name)} is ${f.value} but must be ${f.allowed}`,
    hint: `choose a value for ${quote(f.name)} that is ${f.allowed}`,
  }),
  E0413: (f: { what: "pattern" | "record" }) => ({
    message: `this ${f.what} is empty`,
    hint:
      f.what === "pattern" ? "name at least one block in it" : "give it a field: `{ name: value }`",
  }),
  E0415: (f: { dim: string }) => ({
    message: `${quote(f.dim)} is the ${f.dim === "B" ? "batch" : "time"} of a call and differs from call to call`,
    hint: `${quote("B")} and ${quote("T")} may stand in the types of tensors only`,
  }),
  E0416: (f: {
    dims: readonly string[];
    sizes: readonly number[];
    elements: number;
    limit: number;
  }) => ({
    message: `a tensor [${f.dims.join(", ")}] would have ${f.elements} elements, more than ${f.limit}`,
    notes: [`its sizes are ${f.dims.map((dim, i) => `${dim} = ${f.sizes[i]}`).join(", ")}`],
    hint: "choose smaller sizes, a smaller batch or fewer tokens a call",
  }),
  E0417: (f: { limit: number }) => ({
    message: `this model makes more than ${f.limit} calls of blocks`,
    hint: "use fewer layers, or fewer blocks in each",
  }),
  E0418: (f: { name: string; expected: string; found: string }) => ({
    message: `the tensor ${quote(f.name)} should have the shape ${f.expected}, but ${f.found}`,
    hint: "give a tensor for every tensor parameter of the block; `eyrie eval` runs a block on tensors from a file",
  }),
  E0419: (f: { name: string }) => ({
    message: `the parameter ${quote(f.name)} does not say how it starts`,
    hint: `add ${quote("= zeros")}, ${quote("= normal(variance)")} or another start`,
  }),

  ...warningMessages,

  ...deviceMessages,
} satisfies Record<`${"E" | "W" | "N"}0${number}`, (facts: never) => Words>;

/** A code of the catalogue. */
export type Code = keyof typeof messages;
/** What must be known to speak of a code. */
export type Facts<C extends Code> = Parameters<(typeof messages)[C]>[0];

const severities = { E: "error", W: "warning", N: "note" } as const;

/** A diagnostic in the catalogue's words; E is an error, W a warning, N a note. */
export function diagnose<C extends Code>(
  code: C,
  span: Span,
  facts: Facts<C>,
  related: Diagnostic["related"] = [],
): Diagnostic {
  const say = messages[code] as (facts: Facts<C>) => Words;
  const { notes = [], ...words } = say(facts);
  return { severity: severities[code[0] as "E" | "W" | "N"], code, span, related, notes, ...words };
}
