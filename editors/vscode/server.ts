/** The server as the extension carries it. */
import { serve } from "../../src/lsp/serve.ts";

await serve();
