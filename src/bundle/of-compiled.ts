/** Gathers what a bundle keeps of a compiled model, with its kernels as WGSL. */
import { toKernelText } from "../../targets/wgsl/print.ts";
import type { Compiled } from "../compile.ts";
import { type Bundle, bundleFormat } from "./bundle.ts";

/** The bundle of a compiled model. */
export function bundleOf({ model, batch, chunk, caps, entries }: Compiled): Bundle {
  const programs = Object.entries(entries).map(([name, { program }]) => {
    return [name, { ...program, kernels: program.kernels.map(toKernelText) }] as const;
  });
  return {
    format: bundleFormat,
    model: model.name,
    settings: model.settings,
    parameters: model.parameters.map(({ name, shape }) => ({ name, shape })),
    names: model.names.map(({ name, rules }) => ({
      name,
      rules: rules.map(({ path, source, index, transpose }) => {
        return { path: { text: path.text }, source: { text: source.text }, index, transpose };
      }),
    })),
    context: model.context,
    chunk,
    batch,
    caps,
    entries: Object.fromEntries(Object.entries(entries).map(([name, { spec }]) => [name, spec])),
    programs: Object.fromEntries(programs),
  };
}
