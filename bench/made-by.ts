/** When, on what machine and by which command a result was made. */
import { cpus } from "node:os";

export const madeBy = (command: string): string =>
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}; made by \`${command}\`.`;
