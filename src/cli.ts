#!/usr/bin/env node
/** The command line. Exit codes: 0 done, 1 the input or the machine lacks something, 2 wrong usage, 70 a compiler bug. */
import { main } from "./cli/main.ts";

// A reader that has seen enough (`| head`) ends the command, not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? 0 : 1),
);

// Dawn keeps the process alive; everything is released or reported by now.
process.exit(await main(process.argv.slice(2)));
