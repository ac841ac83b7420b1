/** `npm run size`: lines a file and lines a function, so that growth is seen. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Node, Project, SyntaxKind } from "ts-morph";

const folders = ["src", "dsl", "codegen", "targets", "examples", "test", "bench"];
const root = new URL("..", import.meta.url).pathname;

const quantile = (sorted: readonly number[], q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
const spread = (lines: readonly number[]) => {
  const sorted = lines.toSorted((a, b) => a - b);
  return [0.5, 0.9, 1].map((q) => quantile(sorted, q)).join(" / ");
};

const rows = folders.map((folder) => {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((f) =>
    f.endsWith(".ts"),
  );
  const project = new Project({
    compilerOptions: { allowImportingTsExtensions: true },
    skipAddingFilesFromTsConfig: true,
  });
  const files = paths.map((p) =>
    project.createSourceFile(join(root, folder, p), readFileSync(join(root, folder, p), "utf8"), {
      overwrite: true,
    }),
  );
  const functions = files.flatMap((f) =>
    [
      SyntaxKind.FunctionDeclaration,
      SyntaxKind.MethodDeclaration,
      SyntaxKind.ArrowFunction,
    ].flatMap((kind) => f.getDescendantsOfKind(kind) as Node[]),
  );
  const lengths = files.map((f) => f.getEndLineNumber());
  return {
    folder,
    files: files.length,
    lines: lengths.reduce((a, b) => a + b, 0),
    "lines a file (median / 90 % / most)": spread(lengths),
    "lines a function": spread(
      functions.map((f) => f.getEndLineNumber() - f.getStartLineNumber() + 1),
    ),
  };
});
console.table(rows);
