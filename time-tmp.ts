import { compileFile } from "./src/execute/open-model.ts";
import { openDevice } from "./targets/wgsl/device.ts";
import { toKernelText } from "./targets/wgsl/print.ts";
import { createPipelines } from "./targets/wgsl/pipelines.ts";
import { writeFileSync, mkdirSync } from "node:fs";
const o = await openDevice();
const c = await compileFile({ model: "examples/models/kjv-bytes/kjv-bytes.eyrie", chunk: 16, entries: ["prefill","decode"] } as never, o.caps);
mkdirSync("/tmp/x/k", { recursive: true });
for (const [en, e] of Object.entries(c.entries)) for (const [i, k] of e.program.kernels.entries()) {
  const text = toKernelText(k); writeFileSync(`/tmp/x/k/${en}-${i}-${text.name.slice(0, 60)}.wgsl`, text.code);
  const step = e.program.steps.find(s => s.kernel === i)!;
  const t = performance.now();
  const p = (await createPipelines(o.device, [text]))(text);
  const t1 = performance.now();
  const bg = o.device.createBindGroup({ layout: p.layout, entries: step.buffers.map((b, binding) => ({ binding, resource: { buffer: o.device.createBuffer({ size: Math.ceil(e.program.buffers[b]!.bytes/16)*16, usage: 0x80 }) } })) });
  const enc = o.device.createCommandEncoder(); const pass = enc.beginComputePass(); pass.setPipeline(p.pipeline); pass.setBindGroup(0, bg); pass.dispatchWorkgroups(1,1,1); pass.end(); o.device.queue.submit([enc.finish()]); await o.device.queue.onSubmittedWorkDone();
  const t2 = performance.now();
  console.log(en, i, text.name.slice(0, 50).padEnd(50), "lines", text.code.split("\n").length, "wg", k.workgroupSize, "create", Math.round(t1 - t), "first", Math.round(t2 - t1), k.workgroupMemory.length ? "shared" : "", k.registers.length ? "regs" : "");
}
await o.release();
