import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { eyrie, type Said, temporaryFolder } from "./eyrie.ts";

const loose = "// one\nblock  f(x:[B,T,D])->[B,T,D]{ x*2 // two\r\n}";
const laidOut = "// one\nblock f(x: [B, T, D]) -> [B, T, D] {\n  x * 2 // two\n}\n";
const root = new URL("../..", import.meta.url).pathname;

describe("eyrie fmt", function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const write = (name: string, text: string | Uint8Array): string => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const read = (path: string): string => readFileSync(path, "utf8");
  /** In this process, with `input` where standard input was. */
  const reading = async (input: string | Uint8Array, ...words: string[]): Promise<Said> => {
    const own = Object.getOwnPropertyDescriptor(process, "stdin")!;
    Object.defineProperty(process, "stdin", { ...own, get: () => Readable.from([input]) });
    return eyrie("fmt", "--stdin", ...words).finally(() =>
      Object.defineProperty(process, "stdin", own),
    );
  };

  it("writes files that are not laid out, and leaves those that are untouched", async () => {
    const [a, b] = [write("a.eyrie", loose), write("b.eyrie", laidOut)];
    const before = statSync(b).mtimeMs;
    const { code, out, err } = await eyrie("fmt", a, b);
    assert.deepEqual([code, out, read(a), read(b)], [0, "", laidOut, laidOut]);
    assert.match(err, /a\.eyrie: laid out\n$/);
    assert.equal(statSync(b).mtimeMs, before);
  });
  it("lists with --check what it would write, fails, and writes nothing", async () => {
    const [a, b] = [write("a.eyrie", loose), write("b.eyrie", laidOut)];
    const { code, out, err } = await eyrie("fmt", "--check", a, b);
    assert.equal(code, 1);
    assert.match(out, /^\S*a\.eyrie\n$/);
    assert.equal(err, "error: 1 file is not laid out; run eyrie fmt on it\n");
    assert.equal(read(a), loose);
    assert.deepEqual(await eyrie("fmt", "--check", b), { code: 0, out: "", err: "" });
  });
  it("leaves a file with mistakes alone, says which, and writes the others", async () => {
    const [a, b] = [write("a.eyrie", "block f("), write("b.eyrie", loose)];
    const { code, out, err } = await eyrie("fmt", a, b);
    assert.deepEqual([code, out, read(a), read(b)], [1, "", "block f(", laidOut]);
    assert.match(err, /error\[E0104\][\s\S]*1 file has mistakes and stayed as it was/);
  });
  it("gives what standard input holds to standard output, as people start it", () => {
    const program = ["--import", "tsx/esm", "src/cli.ts", "fmt", "--stdin"];
    const given = { cwd: root, input: loose };
    const { status, stdout, stderr } = spawnSync(process.execPath, program, given);
    assert.deepEqual([status, String(stdout), String(stderr)], [0, laidOut, ""]);
  });
  it("gives nothing where standard input has mistakes or is no text", async () => {
    const mistaken = await reading("block f(");
    assert.deepEqual([mistaken.code, mistaken.out], [1, ""]);
    assert.match(mistaken.err, /--> stdin:1:8/);
    const bytes = await reading(Uint8Array.of(0xff));
    assert.deepEqual([bytes.code, bytes.out], [1, ""]);
    assert.match(bytes.err, /^error: standard input is not UTF-8 text/);
  });
  it("tells with --check whether standard input is laid out", async () => {
    assert.deepEqual(
      [(await reading(loose, "--check")).code, (await reading(laidOut, "--check")).code],
      [1, 0],
    );
  });
  it("asks for files or --stdin, one of them", async () => {
    const [nothing, both] = [await eyrie("fmt"), await eyrie("fmt", "--stdin", "a.eyrie")];
    assert.deepEqual([nothing.code, both.code], [2, 2]);
    assert.match(nothing.err, /give \.eyrie files, or --stdin and no files/);
    assert.equal((await eyrie("fmt", at("none.eyrie"))).code, 1);
  });
});
