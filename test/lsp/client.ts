/** An editor for tests and benchmarks: starts the server as people do and speaks the protocol over its stdin and stdout. */
import { type ChildProcess, spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { TextDocument } from "vscode-languageserver-textdocument";

const root = new URL("../..", import.meta.url).pathname;
const asPeopleDo = ["--import", "tsx/esm", "src/cli.ts", "lsp", "--stdio"];

export class Client {
  readonly connection: ProtocolConnection;
  readonly #process: ChildProcess;
  readonly #exit: Promise<number | null>;
  readonly #documents = new Map<string, TextDocument>();
  #opened = 0;
  readonly #published: PublishDiagnosticsParams[] = [];
  readonly #done: { readonly uri: string; readonly version: number }[] = [];
  readonly #waiting = new Set<() => void>();
  /** How often the server asked to have its hints fetched anew. */
  refreshes = 0;
  /** What it wrote to its log. */
  readonly log: string[] = [];
  readonly errors: string[] = [];

  constructor(program: readonly string[] = asPeopleDo, folder = root) {
    this.#process = spawn(process.execPath, [...program], { cwd: folder, stdio: "pipe" });
    this.#exit = new Promise((done) => this.#process.once("exit", done));
    this.#process.stderr?.on("data", (text) => this.errors.push(String(text)));
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.#process.stdout!),
      new StreamMessageWriter(this.#process.stdin!),
    );
    this.connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      this.#published.push(params);
      this.#wake();
    });
    this.connection.onNotification(
      "$/eyrie/known",
      (params: { readonly uri: string; readonly version: number }) => {
        this.#done.push(params);
        this.#wake();
      },
    );
    this.connection.onRequest("workspace/inlayHint/refresh", () => {
      this.refreshes++;
      this.#wake();
      return null;
    });
    this.connection.onNotification("window/logMessage", ({ message }: { message: string }) => {
      this.log.push(message);
    });
    this.connection.listen();
  }

  async initialize(): Promise<InitializeResult> {
    const result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: { workspace: { inlayHint: { refreshSupport: true } } },
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  /** Opens a text under a name of its own; gives its URI. */
  async open(text: string, name = `model-${this.#opened++}.eyrie`): Promise<string> {
    const uri = name.startsWith("file:") ? name : pathToFileURL(`/nowhere/${name}`).href;
    this.#documents.set(uri, TextDocument.create(uri, "eyrie", 1, text));
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: "eyrie", version: 1, text },
    });
    return uri;
  }

  /** Replaces the first place that says `before`, as typing does. */
  async change(uri: string, before: string, after: string): Promise<void> {
    const from = this.document(uri).getText().indexOf(before);
    if (from < 0) throw new Error(`the document does not say ${before}`);
    await this.changeAt(uri, from, before.length, after);
  }

  async changeAt(uri: string, from: number, length: number, after: string): Promise<void> {
    const document = this.document(uri);
    const range = { start: document.positionAt(from), end: document.positionAt(from + length) };
    const version = document.version + 1;
    const change = { range, text: after };
    this.#documents.set(uri, TextDocument.update(document, [change], version));
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: [change],
    });
  }

  async close(uri: string): Promise<void> {
    this.#documents.delete(uri);
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri },
    });
  }

  document(uri: string): TextDocument {
    const document = this.#documents.get(uri);
    if (!document) throw new Error(`${uri} is not open`);
    return document;
  }

  /** The place marked by `|` in a piece of the document's text. */
  at(uri: string, marked: string): { textDocument: { uri: string }; position: Position } {
    const document = this.document(uri);
    const from = document.getText().indexOf(marked.replace("|", ""));
    if (from < 0) throw new Error(`the document does not say ${marked}`);
    return {
      textDocument: { uri },
      position: document.positionAt(from + marked.indexOf("|")),
    };
  }

  /** Asks about a place; `marked` has a `|` where the cursor stands. */
  ask<R>(method: string, uri: string, marked: string, more: object = {}): Promise<R> {
    return this.connection.sendRequest<R>(method, { ...this.at(uri, marked), ...more });
  }

  /** The mistakes of the document's present text, once they are told. */
  async diagnostics(uri: string): Promise<PublishDiagnosticsParams> {
    const { version } = this.document(uri);
    return this.#until(() =>
      this.#published.findLast((p) => p.uri === uri && p.version === version),
    );
  }

  /** Waits until everything is found out about the document's present text. */
  async known(uri: string): Promise<void> {
    const { version } = this.document(uri);
    await this.#until(() =>
      this.#done.some((p) => p.uri === uri && p.version === version) ? true : undefined,
    );
  }

  /** The versions of a document that were checked. */
  checked(uri: string): readonly number[] {
    return this.#done.filter((p) => p.uri === uri).map(({ version }) => version);
  }

  published(uri: string): readonly PublishDiagnosticsParams[] {
    return this.#published.filter((p) => p.uri === uri);
  }

  async #until<V>(find: () => V | undefined): Promise<V> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((wake) => this.#waiting.add(wake));
    }
  }
  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Says goodbye properly; gives the exit code. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest(ShutdownRequest.type);
    return this.exit();
  }
  /** Says `exit` at once; gives the exit code. */
  async exit(): Promise<number | null> {
    await this.connection.sendNotification(ExitNotification.type);
    return this.#exit;
  }
  /** Closes the server's stdin as an editor that died does. */
  async hangUp(): Promise<number | null> {
    this.#process.stdin?.end();
    return this.#exit;
  }
}
