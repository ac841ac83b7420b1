/** The language server: what it can do, and which file answers what. Speaks the Language Server Protocol over two streams. */
import {
  createConnection,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { Checks } from "./checks.ts";
import { tokenModifiers, tokenTypes } from "./colours.ts";
import { editorDiagnostic } from "./explain.ts";
import { answer, type Document } from "./requests.ts";
import { readStandardFiles } from "./standard.ts";
import { warmUp } from "./warm.ts";
import { Workspace } from "./workspace.ts";

const capabilities: InitializeResult["capabilities"] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  hoverProvider: true,
  completionProvider: { triggerCharacters: [".", ":", "(", "["] },
  signatureHelpProvider: { triggerCharacters: ["(", ","] },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
    full: true,
  },
  inlayHintProvider: true,
  documentFormattingProvider: true,
  codeActionProvider: { codeActionKinds: ["quickfix"] },
};

/** Says that all is found out about a version of a document; clients may ignore it, as all that starts so. */
const known = "$/eyrie/known";

/** Serves one client until it says `exit` or goes away, which ends the process: code 0 after `shutdown`, else 1. */
export function serve(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): Promise<never> {
  const connection = createConnection(input, output);
  const documents = new TextDocuments(TextDocument);
  const standard = readStandardFiles();
  const workspace = new Workspace(standard);
  let refreshes = false;
  const checks = new Checks(({ uri, version, ...text }, finding) => {
    const view = workspace.keep({ uri, version, ...text }, finding);
    if (finding.kind === "facts" && refreshes) void connection.languages.inlayHint.refresh();
    if (finding.kind === "done") {
      if (finding.bug !== null) connection.console.error(finding.bug);
      void connection.sendNotification(known, { uri, version });
    }
    if (finding.kind !== "diagnostics" || version !== view?.document.version) return;
    const own = finding.diagnostics.filter(({ span }) => span.file === view.file);
    const diagnostics = own.map((diagnostic) => editorDiagnostic(view, diagnostic));
    void connection.sendDiagnostics({ uri, version, diagnostics });
  });

  connection.onInitialize(({ capabilities: client }) => {
    refreshes = client.workspace?.inlayHint?.refreshSupport === true;
    return { capabilities, serverInfo: { name: "eyrie" } };
  });
  documents.onDidChangeContent(({ document }) => {
    const { uri, version } = document;
    const view = workspace.view(document);
    checks.ask({ uri, version, file: view.file, text: document.getText() });
  });
  documents.onDidClose(({ document: { uri } }) => {
    checks.forget(uri);
    workspace.close(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  answer(connection, ({ uri }: Document) => {
    const document = documents.get(uri);
    return document ? workspace.view(document) : null;
  });
  warmUp(standard);
  documents.listen(connection);
  connection.listen();
  return new Promise(() => {});
}
