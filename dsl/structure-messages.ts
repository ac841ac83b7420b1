/** Words for functions, constants, records, patterns and sharing: a code and facts become a message and a hint. */
import { foreignField } from "./foreign.ts";
import { shown, towards, type Wanted } from "./wanted.ts";
import { arrows, listed, meant, type Near, quote, type Words } from "./wording.ts";

export const structureMessages = {
  E0216: (f: { name: string }) => ({
    message: `${quote(f.name)} is used in its own definition`,
    hint: `a recurrence is written ${quote(`${f.name} = scan(decay, input)`)}: for every token, decay times the ${f.name} before it plus the input; only such linear ones of first order can be computed for all tokens at once`,
  }),
  E0217: (f: { name: string }) => ({
    message: `the field ${quote(f.name)} is there twice`,
    hint: "give one of them another name",
  }),
  E0218: (f: Near & { record: string; fields: readonly string[] }) => ({
    message: `${quote(f.record)} has no field ${quote(f.name)}`,
    hint: meant(f.near, `take one that it has: ${listed(f.fields)}`),
  }),
  E0219: (f: { name: string; field: string; kind: string }) => ({
    message: `${quote(f.name)} is ${f.kind}, which has no fields`,
    hint:
      foreignField(f.field) ??
      "take fields of records only: `r = { kept: a, gate: b }`, then `r.kept`",
  }),
  E0220: (f: { name: string; fields: readonly string[] }) => ({
    message: `this is a record with the ${f.fields.length === 1 ? "field" : "fields"} ${listed(
      f.fields,
      "and",
    )}, and a tensor is needed`,
    hint: `take a field of it, as in ${quote(`${f.name}.${f.fields[0] ?? "field"}`)}`,
  }),
  E0221: (f: { name: string; owner: string; found: string }) => ({
    message: `${quote(f.owner)} promises a field ${quote(f.name)}, but its last value is ${f.found}`,
    hint: `add ${quote(`${f.name}: …`)} to the record, or remove it from the type after ${quote("->")}`,
  }),
  E0222: (f: Near & { owner: string }) => ({
    message: `${quote(f.owner)} promises no field ${quote(f.name)}`,
    hint: meant(f.near, "remove it, or add it to the type after `->`"),
  }),
  E0223: (f: {
    name: string;
    owner: string;
    expected: string;
    found: string;
    shapes?: Wanted;
  }) => ({
    message: `${quote(f.owner)} promises ${f.expected} as ${quote(f.name)}, but it is ${f.found}`,
    notes: shown(f.shapes),
    hint: towards(f.shapes, "change the field's type after `->`, or its value"),
  }),
  E0224: (f: { owner: string; what: string }) => ({
    message: `${quote(f.owner)} is a function and keeps nothing, but ${f.what}`,
    hint: "make it a block: `block name(x: [B, T, D]) -> [B, T, D] { … }`",
  }),
  E0225: (f: { name: string }) => ({
    message: `${quote(f.name)} is a function, and only a call of it is a value`,
    hint: `call it: ${quote(`${f.name}(x)`)}`,
  }),
  E0226: (f: { chain: readonly string[] }) => ({
    message: `these constants need each other: ${arrows(f.chain)}`,
    hint: "give one of them a number",
  }),
  E0227: (f: { name: string }) => ({
    message: `${quote(f.name)} is a constant of this file and cannot be something else in a body`,
    hint: "give one of them another name",
  }),
  E0228: (f: { name: string; what: string }) => ({
    message: `${quote(f.name)} is ${f.what} of every model`,
    hint: "choose another name",
  }),
  E0229: (f: { dim: string; name: string }) => ({
    message: `nothing says how large ${quote(f.dim)} is, in the shape of ${quote(f.name)}`,
    hint: `add the setting ${quote(`${f.dim}: size = …`)} to the model`,
  }),

  E0420: (f: { operator: string; left: string; right: string }) => ({
    message: `${quote(f.operator)} does not join ${f.left} and ${f.right}`,
    hint: "patterns are joined with `p + q` and repeated with `3 * p`; one block is the pattern `[block]`",
  }),
  E0421: (f: { what: string; value: string; limit: number }) => ({
    message: `${f.what} is ${f.value}, but must be a whole number from 1 to ${f.limit}`,
    hint: "repeat the pattern less often, or let `stack(x, n, pattern)` go through it again and again",
  }),
  E0422: (f: { text: string }) => ({
    message: `${quote(f.text)} is a pattern inside a pattern`,
    hint: "join patterns with `+`: `[a] + p + 2 * q`",
  }),
  E0423: (f: { text: string; found: string }) => ({
    message: `${quote(f.text)} should be a block of this pattern, but it is ${f.found}`,
    hint: "list block values, such as `layer` or `residual(mix: a)` without tensors",
  }),
  E0424: (f: { owner: string; expected: string; found: number }) => ({
    message: `${quote(f.owner)} takes ${f.expected} by place but gets ${f.found}`,
    hint: "pass as many values as it has parameters, by place or as `name: value`",
  }),
  E0425: (f: { owner: string; name: string }) => ({
    message: `${quote(f.owner)} needs ${quote(f.name)}`,
    hint: `pass it by place, or as ${quote(`${f.name}: …`)}`,
  }),
  E0426: (f: { name: string; first: string; second: string }) => ({
    message: `the parameter ${quote(f.name)} of a shared block would be both ${f.first} and ${f.second}`,
    hint: "apply a shared block to tensors of one size only, or use `share` twice",
  }),
  E0427: (f: { name: string }) => ({
    message: `the parameter ${quote(f.name)} of a shared block would start in two ways`,
    hint: "give the settings that its start depends on where it is shared",
  }),
  E0428: (f: { found: string }) => ({
    message: `\`share\` needs a block value but gets ${f.found}`,
    hint: "leave the tensors out: `core = share(layer(hidden: 64)) as core`, then `core(x)`",
  }),
  E0429: (f: { name: string; found: string }) => ({
    message: `the output ${quote(f.name)} is ${f.found}, but must be [B, T, …] with float elements`,
    hint: "give a tensor that has a value for every token; `float(x)` makes real numbers",
  }),
} satisfies Record<`E0${number}`, (facts: never) => Words>;
