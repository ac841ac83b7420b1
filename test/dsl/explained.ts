/** Runs the examples of `dsl/explain` as the command line would, and gives what the compiler says of them. */
import { minimumCaps } from "../../codegen/kernel.ts";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { renderDiagnostics } from "../../dsl/render.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { checkOnDevice } from "../../src/cli/device.ts";
import { compileOptions, type ModelFlags } from "../../src/cli/options.ts";
import { check, compile, type Source } from "../../src/compile.ts";
import type { ExampleOptions, Explanation } from "../../src/explanations.ts";

/** What is said of a text under some options, and the texts that it points into. */
export type Said = {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
};

const saidBefore = new Map<string, Promise<Said>>();

/** What is said of a text, asked once for each text and options: some examples take seconds. */
export function sayOf(source: Source, options: ExampleOptions): Promise<Said> {
  const key = JSON.stringify([source, options]);
  const said = saidBefore.get(key) ?? say(source, options);
  saidBefore.set(key, said);
  return said;
}

async function say(source: Source, options: ExampleOptions): Promise<Said> {
  const standard = standardLibrary();
  const flags = flagsOf(options);
  const { givenAt, ...given } = compileOptions(flags);
  const sources = new Map([...standard, source, ...givenAt.sources].map((s) => [s.file, s.text]));
  const found = check(
    [source],
    standard,
    options.precision ? { precision: options.precision } : {},
  );
  const isWrong = found.some((d) => d.severity === "error");
  const { caps, device, inputs, item, config, settings } = options;
  if (isWrong || !(caps || device || inputs || item || config || settings))
    return { diagnostics: found, sources };
  if (device !== undefined && !caps)
    return { diagnostics: await checkOnDevice(source, { ...flags, device }), sources };
  const { diagnostics } = compile([source], {
    ...{ ...given, givenAt, standard, caps: { ...minimumCaps, ...caps } },
    ...(inputs ? { inputs } : {}),
    ...(device === undefined ? {} : { device: { name: device, typical: [] } }),
  });
  return { diagnostics, sources };
}

function flagsOf({ settings = {}, caps: _, ...options }: ExampleOptions): ModelFlags {
  const words = Object.entries(settings).map(([name, value]) => [name, `${name}=${value}`]);
  return { ...options, set: { values: settings, words: Object.fromEntries(words) } };
}

/** The wrong example's whole text. */
export const wrongSource = ({ wrong, options }: Explanation): Source => ({
  file: "wrong.eyrie",
  text: wrong.repeat(options?.times ?? 1),
});

export const render = ({ diagnostics, sources }: Said): string =>
  renderDiagnostics(diagnostics, sources);
