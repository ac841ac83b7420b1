/** `eyrie lsp`: the language server for editors. The server is loaded when it is asked for. */
import type { Command } from "commander";

export const lspCommand = (program: Command): void => {
  program
    .command("lsp")
    .description("serve editors over the Language Server Protocol (stdin and stdout)")
    .option("--stdio", "speak over stdin and stdout, which it does anyway")
    .option("--clientProcessId <id>", "the editor's process, which says so itself, too")
    .action(async () => {
      const { serve } = await import("../lsp/serve.ts");
      await serve();
    });
};
