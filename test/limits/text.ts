/** Small models compiled for small devices, for the tests of limits and explanations. */
import { minimumCaps } from "../../codegen/kernel.ts";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import {
  type Compiled,
  type CompileOptions,
  type CompileResult,
  compile,
} from "../../src/compile.ts";

type Options = Omit<Partial<CompileOptions>, "caps"> & {
  readonly caps?: Partial<CompileOptions["caps"]>;
};

export function compileText(text: string, { caps = {}, ...options }: Options = {}): CompileResult {
  return compile([{ file: "user.eyrie", text }], {
    standard: standardLibrary(),
    chunk: 16,
    ...options,
    caps: { ...minimumCaps, ...caps },
  });
}

/** The compiled model, or the mistakes as an exception. */
export function compiledText(text: string, options: Options = {}): Compiled {
  const { compiled, diagnostics } = compileText(text, options);
  if (!compiled) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  return compiled;
}

/** `line: CODE at TEXT: message` */
export const described = ({ code, span, message }: Diagnostic, text: string): string =>
  `${text.slice(0, span.from).split("\n").length}: ${code} at ${text.slice(span.from, span.to)}: ${message}`;

/** A model whose only layer is `body`, over x [B, T, D] of 32 features. */
export const modelWith = (body: string, depth = 1): string => `
block layer(x: [B, T, D]) -> [B, T, D] {
${body}
}
model m(vocab: size = 64, width: size = 32, depth: size = ${depth}, pattern: pattern = [one]) {
  param embedding: [vocab, width] = normal(1 / width)
  one = layer()
  x = gather(embedding, tokens)
  z = stack(x, depth, pattern) as layers
  contract(z, embedding, over: width)
}
`;
