#!/usr/bin/env bash
# Durable puts and failover of Replication beside etcd, in one run: installs Debian's etcd if it is missing, builds, measures.
# Options are those of Replication.Load: see dotnet run -c Release --project benchmarks/Replication.Load -- --help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v etcd > /dev/null; then
    as_root=()
    ((EUID == 0)) || as_root=(sudo -n)
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends etcd-server
fi
exec dotnet run -c Release --project benchmarks/Replication.Load -- "$@"
