import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** First folder that fits decides the layer; what it may import by value and, in `types`, by type only. */
const layers = [
  { name: "graph", folders: ["src/graph"], imports: [], types: [] },
  { name: "passes", folders: ["src/passes"], imports: ["graph"], types: [] },
  { name: "schemas", folders: ["src/schemas"], imports: ["graph"], types: [] },
  { name: "words", folders: ["dsl/suggest"], imports: [], types: [] },
  { name: "dsl", folders: ["dsl"], imports: ["graph", "words"], types: [] },
  {
    name: "editor",
    folders: ["src/lsp"],
    imports: ["graph", "words", "dsl"],
    types: [],
  },
  {
    name: "bindings",
    folders: ["codegen/bindings"],
    imports: ["graph"],
    types: ["bundle", "dsl", "codegen", "targets"],
  },
  { name: "codegen", folders: ["codegen"], imports: ["graph"], types: ["passes", "targets"] },
  { name: "targets", folders: ["targets"], imports: ["codegen", "graph"], types: ["passes"] },
  {
    name: "bundle",
    folders: ["src/bundle"],
    imports: ["schemas", "codegen", "bindings", "targets", "graph"],
    types: ["dsl", "front", "weights"],
  },
  {
    name: "weights",
    folders: ["src/weights"],
    imports: ["schemas", "graph", "targets", "words"],
    types: ["dsl"],
  },
  {
    name: "front",
    folders: ["src"],
    imports: [
      ...["graph", "words", "passes", "schemas", "dsl", "codegen", "targets", "bundle", "weights"],
    ],
    types: [],
  },
  { name: "examples", folders: ["examples"], imports: [], types: [] },
] as const;

type Edge = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

const root = new URL("..", import.meta.url).pathname;
const files = ["src", "dsl", "codegen", "targets", "examples"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".ts"))
    .map((f) => join(folder, f)),
);

const edges: readonly Edge[] = files.flatMap((from) =>
  [
    ...readFileSync(join(root, from), "utf8").matchAll(
      /^(?:import|export)\s+(type\s)?([^;]*?)from\s+"(\.[^"]+)"/gms,
    ),
  ].map(([, type, names, path]) => ({
    from,
    to: normalize(join(dirname(from), path ?? "")),
    typeOnly: type !== undefined || /^\{(\s*type\s+[\w\s]+,?)+\}\s*$/.test(names ?? ""),
  })),
);

const layerOf = (file: string) =>
  layers.find((l) =>
    l.folders.some((folder) => file === `${folder}.ts` || file.startsWith(`${folder}/`)),
  );

describe("layers", () => {
  it("import only what the table allows", () => {
    const wrong = edges.filter(({ from, to, typeOnly }) => {
      const [a, b] = [layerOf(from), layerOf(to)];
      if (!a || !b || a === b) return false;
      const allowed: readonly string[] = typeOnly ? [...a.imports, ...a.types] : a.imports;
      return !allowed.includes(b.name);
    });
    assert.deepEqual(
      wrong.map(({ from, to }) => `${from} → ${to}`),
      [],
    );
  });

  it("have no cycle of imports", () => {
    const next = new Map(
      files.map((f) => [f, edges.filter((e) => e.from === f && !e.typeOnly).map((e) => e.to)]),
    );
    const state = new Map<string, "open" | "done">();
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === "done") return;
      assert.notEqual(state.get(file), "open", `cycle: ${[...path, file].join(" → ")}`);
      state.set(file, "open");
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      state.set(file, "done");
    };
    for (const file of files) visit(file, []);
  });

  it("keep Node out of what runs in a browser", () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const e of edges) if (e.from === file && !e.typeOnly) visit(e.to);
    };
    visit("src/runtime.ts");
    for (const file of reached) {
      const node = /from "node:|from "koffi"|import\("webgpu"\)/.exec(
        readFileSync(join(root, file), "utf8"),
      );
      assert.equal(node, null, `${file} imports ${node?.[0]}`);
    }
  });

  it("load the language server only where the command line is asked for it", () => {
    const importers = files.filter(
      (file) =>
        !file.startsWith("src/lsp/") &&
        /["'][^"']*\/lsp\/[^"']*["']/.test(readFileSync(join(root, file), "utf8")),
    );
    assert.deepEqual(importers, ["src/cli/lsp.ts"]);
    assert.match(
      readFileSync(join(root, "src/cli/lsp.ts"), "utf8"),
      /await import\("\.\.\/lsp\/serve\.ts"\)/,
    );
  });

  it("name no model architecture outside the language's own texts", () => {
    const families = [
      ...["griffin", "hawk", "rg.?lru", "recurrent.?gemma", "gemma", "llama", "mistral", "qwen"],
      ...["mamba", "rwkv", "retnet", "hgrn", "min.?gru", "min.?lstm", "x.?lstm", "delta.?net"],
      ...["hyena", "falcon", "\\bgpt", "transformer"],
    ];
    const pattern = new RegExp(families.join("|"), "i");
    assert.match("class RGLRU", pattern);
    const named = ["src", "codegen", "targets"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .flatMap((entry) => {
          const path = join(entry.parentPath, entry.name);
          const lines = readFileSync(path, "utf8").split("\n");
          return [entry.name, ...lines]
            .filter((line) => pattern.test(line))
            .map((line) => `${path.slice(root.length)}: ${line.trim()}`);
        }),
    );
    assert.deepEqual(named, []);
  });

  it("keep to the public entry in examples", () => {
    for (const file of files.filter((f) => f.startsWith("examples/")))
      for (const [, path] of readFileSync(join(root, file), "utf8").matchAll(/from\s+"([^"]+)"/g))
        assert.ok(
          path === "eyrie" || path?.startsWith("eyrie/") || path?.startsWith("node:"),
          `${file} imports ${path}`,
        );
  });
});
