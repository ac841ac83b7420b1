/** The extension: starts the language server that it carries, or the one that the settings name, and restarts it on demand. */
import { commands, type ExtensionContext, workspace } from "vscode";
import {
  type Executable,
  LanguageClient,
  type ServerOptions,
  TransportKind,
} from "vscode-languageclient/node";

let client: LanguageClient | null = null;

export async function activate(context: ExtensionContext): Promise<void> {
  const restart = async (): Promise<void> => {
    await client?.dispose();
    client = newClient(context);
    await client.start();
  };
  context.subscriptions.push(
    commands.registerCommand("eyrie.restart", restart),
    workspace.onDidChangeConfiguration((change) =>
      change.affectsConfiguration("eyrie.server.command") ? restart() : undefined,
    ),
  );
  await restart();
}

export const deactivate = async (): Promise<void> => client?.dispose();

function newClient(context: ExtensionContext): LanguageClient {
  const [program, ...args] = workspace
    .getConfiguration("eyrie")
    .get<readonly string[]>("server.command", []);
  const own = { module: context.asAbsolutePath("dist/server.mjs"), transport: TransportKind.stdio };
  const chosen: Executable | null = program
    ? { command: program, args, transport: TransportKind.stdio }
    : null;
  const server: ServerOptions = chosen ?? { run: own, debug: own };
  return new LanguageClient("eyrie", "Eyrie", server, {
    documentSelector: [{ language: "eyrie" }],
  });
}
