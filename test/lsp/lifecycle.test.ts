import assert from "node:assert/strict";
import type { ResponseError } from "vscode-languageserver-protocol/node";
import { eyrie } from "../cli/eyrie.ts";
import { Client } from "./client.ts";
import { editor, sample } from "./editor.ts";

describe("eyrie lsp", () => {
  it("says what it can do", async () => {
    const client = new Client();
    const { capabilities, serverInfo } = await client.initialize();
    assert.equal(serverInfo?.name, "eyrie");
    for (const can of [
      ...["hoverProvider", "completionProvider", "definitionProvider", "referencesProvider"],
      ...["renameProvider", "documentSymbolProvider", "semanticTokensProvider"],
      ...["inlayHintProvider", "documentFormattingProvider", "signatureHelpProvider"],
      ...["codeActionProvider", "documentHighlightProvider"],
    ] as const)
      assert.ok(capabilities[can as keyof typeof capabilities], can);
    assert.equal(await client.stop(), 0, "exit after shutdown");
  });
  it("ends with 1 where it was never told to shut down", async () => {
    const client = new Client();
    await client.initialize();
    assert.equal(await client.exit(), 1);
  });
  it("ends when its editor goes away", async () => {
    const client = new Client();
    await client.initialize();
    await client.open(sample);
    assert.equal(await client.hangUp(), 1);
  });
  it("refuses a request that it does not know, and goes on", async () => {
    const client = await editor();
    await assert.rejects(
      client.connection.sendRequest("textDocument/teleport", {}),
      (error: ResponseError<void>) => error.code === -32601,
    );
    const uri = await client.open(sample);
    assert.ok(await client.ask("textDocument/hover", uri, "cen|ter(x, D) {"));
  });
  it("knows nothing of documents that are not open", async () => {
    const client = await editor();
    const uri = await client.open(sample);
    await client.close(uri);
    const position = { line: 1, character: 10 };
    for (const method of ["hover", "completion", "definition", "prepareRename", "documentSymbol"])
      assert.equal(
        await client.connection.sendRequest(`textDocument/${method}`, {
          textDocument: { uri },
          position,
        }),
        null,
        method,
      );
  });
  it("answers for places beyond the end of a text", async () => {
    const client = await editor();
    const uri = await client.open("block");
    const position = { line: 99, character: 99 };
    assert.equal(
      await client.connection.sendRequest("textDocument/hover", {
        textDocument: { uri },
        position,
      }),
      null,
    );
  });
  it("is listed among the commands", async () => {
    const { out } = await eyrie("--help");
    assert.match(out, /lsp .*editors/);
  });
});
