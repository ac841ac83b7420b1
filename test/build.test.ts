import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { smallModel, startEyrie } from "./cli/eyrie.ts";

const root = new URL("..", import.meta.url).pathname;
const run = promisify(execFile);

describe("the built package", function () {
  this.timeout(180_000);
  let built = "";
  before(async () => {
    // Inside the repository, so that its dependencies are found.
    mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
    built = mkdtempSync(join(root, "node_modules/.cache/eyrie-"));
    await run(
      process.execPath,
      [
        join(root, "node_modules/typescript/bin/tsc"),
        "-p",
        "tsconfig.build.json",
        "--outDir",
        built,
      ],
      { cwd: root },
    );
    for (const data of ["dsl/std", "dsl/explain"])
      cpSync(join(root, data), join(built, data), { recursive: true });
    writeFileSync(join(built, "package.json"), '{ "type": "module" }');
  });
  after(() => rmSync(built, { recursive: true, force: true }));
  const eyrie = (...words: string[]) => startEyrie(words, [join(built, "src/cli.js")]);

  it("says the package's version, checks and compiles without TypeScript", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
    };
    writeFileSync(join(built, "small.eyrie"), smallModel);
    const [said, checked, compiled] = await Promise.all([
      eyrie("--version"),
      eyrie("check", "examples/griffin.eyrie"),
      eyrie("compile", join(built, "small.eyrie"), "--output", join(built, "bundle")),
    ]);
    assert.equal(said.out, `${version}\n`);
    assert.equal(checked.code, 0, checked.err);
    assert.equal(compiled.code, 0, compiled.err);
    assert.ok(existsSync(join(built, "bundle/model.ts")));
  });
  it("explains codes", async () => {
    const { code, out } = await eyrie("explain", "E0301");
    assert.equal(code, 0);
    assert.match(out, /^E0301: /);
  });
  it("finds adapters with the doctor", async () => {
    const { out } = await eyrie("doctor", "--json");
    const report = JSON.parse(out) as { adapters: { name: string }[] };
    assert.deepEqual(
      report.adapters.map((a) => a.name),
      ["gpu", "lavapipe", "swiftshader"],
    );
  });
  it("holds every file that package.json names", () => {
    const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      exports: Record<string, string>;
      bin: Record<string, string>;
    };
    for (const path of [...Object.values(exports), ...Object.values(bin)])
      assert.ok(existsSync(join(built, path.replace("./dist/", ""))), path);
  });
});
