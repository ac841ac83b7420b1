#!/usr/bin/env bash
# Installs Mesa's lavapipe from bookworm-backports (Debian 12's own Mesa is too old for Dawn). Needs root.
# The backports source is the machine's own Debian source with another suite, so that its mirror stays in use.
set -euo pipefail

if ls /usr/share/vulkan/icd.d/lvp_icd*.json >/dev/null 2>&1; then
  echo "lavapipe is installed already"
  exit 0
fi

own=/etc/apt/sources.list.d/debian.sources
backports=/etc/apt/sources.list.d/eyrie-backports.sources
if [ ! -r "$own" ]; then
  echo "cannot find $own, the Debian source that backports is derived from" >&2
  exit 1
fi
# The first paragraph whose suites hold plain bookworm, with bookworm-backports in their place.
awk 'BEGIN { RS = ""; ORS = "\n" }
  /(^|\n)Suites:([^\n]* )?bookworm( |\n|$)/ {
    sub(/(^|\n)Suites:[^\n]*/, "\nSuites: bookworm-backports"); sub(/^\n/, ""); print; exit
  }' "$own" >"$backports"
if [ ! -s "$backports" ]; then
  echo "$own holds no bookworm suite, so there are no backports to take lavapipe from" >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends -t bookworm-backports mesa-vulkan-drivers libvulkan1
