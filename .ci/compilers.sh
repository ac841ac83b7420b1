#!/usr/bin/env bash
# Makes sure that g++, make and CMake are here, and that nvcc is; says which is missing where it cannot be installed.
set -euo pipefail

missing=()
for tool in g++ make cmake; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ "${#missing[@]}" -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -qy --no-install-recommends "${missing[@]}"
fi
if ! command -v "${EYRIE_NVCC:-nvcc}" >/dev/null && ! [ -x "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc" ]; then
  echo "nvcc is missing: install the CUDA toolkit, or name its compiler in EYRIE_NVCC" >&2
  exit 1
fi
