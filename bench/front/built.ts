/** The compiler as the package brings it. What tsx makes of the sources gives every function that is made a name, which costs. */

const built = <T>(file: string): Promise<T> =>
  import(new URL(`../../dist/${file}.js`, import.meta.url).href);

export const { minimumCaps } =
  await built<typeof import("../../codegen/kernel.ts")>("codegen/kernel");
export const { checkFile } = await built<typeof import("../../dsl/elaborate.ts")>("dsl/elaborate");
export const { parse } = await built<typeof import("../../dsl/parse.ts")>("dsl/parse");
export const { standardLibrary } =
  await built<typeof import("../../dsl/standard-node.ts")>("dsl/standard-node");
export const { compile } = await built<typeof import("../../src/compile.ts")>("src/compile");
