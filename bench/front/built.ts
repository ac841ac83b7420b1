/** The compiler as the package brings it. What tsx makes of the sources gives every function that is made a name, which costs. */

const from = (file: string): string => new URL(`../../dist/${file}.js`, import.meta.url).href;

export const { minimumCaps } = (await import(
  from("codegen/kernel")
)) as typeof import("../../codegen/kernel.ts");
export const { checkFile } = (await import(
  from("dsl/elaborate")
)) as typeof import("../../dsl/elaborate.ts");
export const { parse } = (await import(from("dsl/parse"))) as typeof import("../../dsl/parse.ts");
export const { standardLibrary } = (await import(
  from("dsl/standard-node")
)) as typeof import("../../dsl/standard-node.ts");
export const { compile } = (await import(
  from("src/compile")
)) as typeof import("../../src/compile.ts");
