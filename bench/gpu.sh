#!/usr/bin/env bash
# What only a GPU can show: run this on a machine with an NVIDIA GPU and a copy of this folder with its node_modules. Needs no
# network. Runs the reference cases on Dawn/Vulkan and on CUDA, one small case of each recipe under compute-sanitizer, and the
# benchmarks; leaves bench/results/gpu.md and the tables that it names. Whatever is missing is said, and counts as not run.
set -uo pipefail
cd "$(dirname "$0")/.."
cases=${1:-test/reference/cases}
out=bench/results/gpu.md
mkdir -p bench/results
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
failures=0

say() { printf '%s\n' "$*" | tee -a "$out"; }

# What a command said in the end: its last line that is not empty, or the last row of its last table where it has one.
last_line() { grep '[^[:space:]]' "$log/row" | tail -n 1 | tr '|' '/'; }
last_row() { { grep '^| ' "$log/row" | tail -n 1 | sed 's/^| *//; s/ *|$//' | tr '|' '/' | grep .; } || last_line; }

# Runs a command and adds a row: its name, what it ended with, what it said in the end.
row() {
  local name=$1
  shift
  if "$@" >"$log/row" 2>&1; then
    say "| $name | passed | $(last_row) |"
  else
    failures=$((failures + 1))
    say "| $name | FAILED | $(last_line) |"
    cp "$log/row" "bench/results/gpu-failed-$(printf '%s' "$name" | tr -c 'A-Za-z0-9' '-').log"
  fi
}
missing() { say "| $1 | not run | $2 |"; }

eyrie() { node --import tsx/esm "$@"; }
reference() { eyrie test/reference/main.ts "$cases" "$@"; }

: >"$out"
say "# On a GPU"
say ""
if command -v nvidia-smi >/dev/null; then
  say "$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader | head -n 1)"
else
  say "nvidia-smi is missing: there may be no NVIDIA driver."
fi
say "$(date -u +%F), Node $(node --version); made by \`bench/gpu.sh\`."
say ""
say "| check | result | in the end |"
say "|---|---|---|"

row "reference on Dawn/Vulkan" reference --executor wgsl --adapter gpu
row "reference on CUDA" reference --executor cuda
kjv=examples/models/kjv-bytes
for precision in f32 f16 bf16; do
  row "kjv-bytes on Dawn/Vulkan, $precision" eyrie src/cli.ts perplexity $kjv/kjv-bytes.eyrie $kjv/heldout.txt \
    --weights $kjv/model.safetensors --first 4096 --executor wgsl --adapter gpu --precision $precision
  row "kjv-bytes on CUDA, $precision" eyrie src/cli.ts perplexity $kjv/kjv-bytes.eyrie $kjv/heldout.txt \
    --weights $kjv/model.safetensors --first 4096 --executor cuda --precision $precision
done

# Together these cases run every recipe: rows, products, scans, convolution, attention, rings, sampling.
small='^(rmsnorm|mlp|conv1d_t7|rglru_t50_chunk|attn_local_decode|griffin_decode_2_20)$'
if command -v compute-sanitizer >/dev/null; then
  for tool in memcheck racecheck initcheck synccheck; do
    row "compute-sanitizer $tool" compute-sanitizer --tool "$tool" --error-exitcode 1 --target-processes all \
      node --import tsx/esm test/reference/main.ts "$cases" --executor cuda --only "$small"
  done
else
  missing "compute-sanitizer" "compute-sanitizer is not installed"
fi

row "benchmark on Dawn/Vulkan" eyrie bench/main.ts --no-editor --adapter gpu
row "benchmark on CUDA" eyrie bench/main.ts --no-editor --executor cuda
for precision in f16 bf16; do
  row "benchmark on Dawn/Vulkan, $precision" eyrie bench/main.ts --no-editor --no-scan --adapter gpu --precision $precision
  row "benchmark on CUDA, $precision" eyrie bench/main.ts --no-editor --executor cuda --precision $precision
done

say ""
say "The benchmarks' tables are the other files that this run wrote beside this one."
say ""
say "$failures failed"
[ "$failures" -eq 0 ]
