/**
 * The one catalogue of what the language says: a code and facts become a message and a hint.
 * E01 syntax, E02 names, E03 shapes, E04 settings and sizes, W05 warnings. Knows words; finds no mistakes itself.
 */
import type { Diagnostic } from "./diagnostics.ts";
import type { Span } from "./syntax.ts";
import { syntaxMessages } from "./syntax-messages.ts";
import { count, listed, meant, type Near, quote, type Words } from "./wording.ts";

/** Every code of the language. To add one, add a line: facts in, words out. */
export const messages = {
  ...syntaxMessages,

  E0201: (f: Near) => ({
    message: `nothing here is named ${quote(f.name)}`,
    hint: meant(f.near, `define it first with ${quote(`${f.name} = …`)}`),
  }),
  E0202: (f: Near) => ({
    message: `there is no block or function ${quote(f.name)}`,
    hint: meant(f.near, `define it with ${quote(`block ${f.name}(…) -> […] { … }`)}`),
  }),
  E0203: (f: Near) => ({
    message: `there is no model ${quote(f.name)}`,
    hint: meant(f.near, `define it with ${quote(`model ${f.name}(…) { … }`)}`),
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
  E0207: (f: { chain: readonly string[] }) => ({
    message: `these blocks call each other for ever: ${f.chain.join(" → ")}`,
    hint: "repeat layers with `stack(x, n, pattern)`; a block cannot contain itself",
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
  E0213: (f: Near) => ({
    message: `this model has no parameter ${quote(f.name)}`,
    hint: meant(f.near, "see the parameter names with `eyrie inspect`"),
  }),
  E0214: (f: { name: string }) => ({
    message: `${quote(f.name)} is a tensor, and a model has settings only`,
    hint: "a model reads `tokens` and `position`; move this into a block",
  }),
  E0215: (f: Near & { model: string }) => ({
    message: `${quote(f.model)} has no configuration ${quote(f.name)}`,
    hint: meant(f.near, `define it with ${quote(`config ${f.model} "${f.name}" { … }`)}`),
  }),

  E0301: (f: { left: string; right: string; disagree: readonly string[]; doing: string }) => ({
    message: `the shapes ${f.left} and ${f.right} do not fit in ${f.doing}: ${listed(f.disagree, "and")} ${
      f.disagree.length === 1 ? "disagrees" : "disagree"
    }`,
    hint: "give both the same dimensions in the same order; `split` and `merge` rename them",
  }),
  E0302: (f: { expected: string; found: string; what: string }) => ({
    message: `${f.what} needs the shape ${f.expected} but gets ${f.found}`,
    hint: "give it a tensor with as many dimensions as its type lists",
  }),
  E0303: (f: { short: string; long: string; missing: readonly string[] }) => ({
    message: `${f.short} cannot be spread over ${f.long}: ${
      f.missing.length > 0
        ? `${listed(f.missing, "and")} ${f.missing.length === 1 ? "is" : "are"} not in it`
        : "its dimensions come in another order"
    }`,
    hint: "the smaller shape's dimensions must occur in the larger one, in the same order",
  }),
  E0304: (f: { dim: string; shape: string; near: readonly string[] }) => ({
    message: `the shape ${f.shape} has no dimension ${quote(f.dim)}`,
    hint: meant(f.near, "name one of its dimensions"),
  }),
  E0305: (f: { dim: string; left: string; right: string }) => ({
    message: `${quote(f.dim)} must occur in both ${f.left} and ${f.right} to be contracted`,
    hint: "contract over a dimension that both have; dimensions are the same only by name",
  }),
  E0306: (f: { expected: string; found: string; owner: string }) => ({
    message: `${quote(f.owner)} promises ${f.expected} but its last value is ${f.found}`,
    hint: "change the type after `->`, or the last line of the body",
  }),
  E0307: (f: { dim: string; first: string; second: string }) => ({
    message: `${quote(f.dim)} would be both ${quote(f.first)} and ${quote(f.second)}`,
    hint: "pass tensors whose dimensions agree",
  }),
  E0308: (f: { expected: string; found: string; what: string }) => ({
    message: `${f.what} needs ${f.expected} but gets ${f.found}`,
    hint: "int tensors become real numbers only through `float(x)`, or flags through comparisons such as `position == 0`",
  }),
  E0309: (f: { dim: string; shape: string }) => ({
    message: `${quote(f.dim)} would occur twice in ${f.shape}`,
    hint: "give one of them another name with `size` and `split`",
  }),
  E0310: (f: { parts: string; whole: string; product: number; size: number }) => ({
    message: `${f.parts} has ${f.product} elements, but ${quote(f.whole)} has ${f.size}`,
    hint: "choose sizes whose product is the whole",
  }),
  E0311: (f: { dim: string; doing: string }) => ({
    message: `${quote(f.doing)} cannot change or go over ${quote(f.dim)}, the ${f.dim === "B" ? "batch" : "time"} of a call`,
    hint: "only `scan`, `conv1d` and `attend` mix time, and nothing mixes the batch",
  }),
  E0312: (f: { what: string; expected: string; found: string }) => ({
    message: `${f.what} needs ${f.expected} but gets ${f.found}`,
    hint: `pass ${f.expected}`,
  }),

  E0401: (f: Near & { owner: string }) => ({
    message: `${quote(f.owner)} has no setting ${quote(f.name)}`,
    hint: meant(f.near, "remove it, or add it to the parameter list"),
  }),
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
    hint: `give it a ${f.expected}`,
  }),
  E0405: (f: { owner: string; expected: number; found: number }) => ({
    message: `${quote(f.owner)} takes ${count(f.expected, "tensor")} by place but gets ${f.found}`,
    hint: "pass tensors by place and settings as `name: value`",
  }),
  E0406: (f: { left: string; right: string; leftSize: number; rightSize: number }) => ({
    message: `${quote(f.left)} is ${f.leftSize}, which ${quote(f.right)} = ${f.rightSize} does not divide`,
    hint: `choose ${quote(f.right)} so that it divides ${f.leftSize}`,
  }),
  E0407: (f: { text: string; value: string; limit: number }) => ({
    message: `${quote(f.text)} is ${f.value}, which is not a size`,
    hint: `sizes are whole numbers from 1 to ${f.limit}`,
  }),
  E0408: (f: { text: string; needed: string }) => ({
    message: `${quote(f.text)} is a tensor, and ${f.needed} must be known while compiling`,
    hint: "use settings, sizes and numbers here",
  }),
  E0409: (f: { text: string }) => ({
    message: `${quote(f.text)} cannot start a parameter`,
    hint: "use `zeros`, `ones`, a number, `normal(variance)`, `uniform(low, high)` or functions of these",
  }),
  E0410: (f: Near) => ({
    message: `this config.json has no key ${quote(f.name)}`,
    hint: meant(f.near, "use a key that the checkpoint's config.json has"),
  }),
  E0411: (f: { text: string; why: string }) => ({
    message: `${quote(f.text)} cannot be computed: ${f.why}`,
    hint: "change the numbers it is made of",
  }),
  E0412: (f: { name: string; value: string; allowed: string }) => ({
    message: `${quote(f.name)} is ${f.value} but must be ${f.allowed}`,
    hint: `set ${quote(f.name)} to ${f.allowed}`,
  }),
  E0413: (_: object) => ({
    message: "this pattern is empty",
    hint: "name at least one block in it",
  }),
  E0414: (f: { what: string }) => ({
    message: `the two branches of this \`if\` differ in kind: ${f.what}`,
    hint: "make both branches numbers, or both tensors of one shape",
  }),
  E0415: (f: { dim: string }) => ({
    message: `${quote(f.dim)} is the ${f.dim === "B" ? "batch" : "time"} of a call and differs from call to call`,
    hint: `${quote("B")} and ${quote("T")} may stand in the types of tensors only`,
  }),
  E0416: (f: { shape: string; elements: number; limit: number }) => ({
    message: `a tensor ${f.shape} would have ${f.elements} elements, more than ${f.limit}`,
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

  W0501: (f: { name: string }) => ({
    message: `${quote(f.name)} is never used`,
    hint: "use it or remove it",
  }),
  W0502: (f: { name: string; outer: string }) => ({
    message: `${quote(f.name)} hides ${f.outer}`,
    hint: "choose another name",
  }),
} satisfies Record<`${"E" | "W"}0${number}`, (facts: never) => Words>;

/** A code of the catalogue. */
export type Code = keyof typeof messages;
/** What must be known to speak of a code. */
export type Facts<C extends Code> = Parameters<(typeof messages)[C]>[0];

/** A diagnostic in the catalogue's words; E is an error, W a warning. */
export function diagnose<C extends Code>(
  code: C,
  span: Span,
  facts: Facts<C>,
  related: Diagnostic["related"] = [],
): Diagnostic {
  const say = messages[code] as (facts: Facts<C>) => Words;
  return {
    severity: code.startsWith("E") ? "error" : "warning",
    code,
    span,
    related,
    ...say(facts),
  };
}
