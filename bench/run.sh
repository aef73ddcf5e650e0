#!/usr/bin/env bash
# Publishes the gateway and the baseline in the same form, compares them, and writes bench/results/<date>-start.md.
# Arguments go to the benchmark: --rounds N --starts N --seconds S --json (JSON goes to the terminal, no file is written).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
rid=$(dotnet --info | sed -n 's/^ *RID: *//p' | head -1)

eng/publish.sh "$rid"
PROJECT=bench/Baseline/Baseline.csproj eng/publish.sh "$rid"
dotnet build bench/Chela.Bench -c Release -v quiet --nologo

compare=(dotnet run --project bench/Chela.Bench -c Release --no-build --
    --baseline "artifacts/publish/Baseline-$rid/Baseline" --gateway "artifacts/publish/$rid/chela" "$@")
for argument in "$@"; do
    if [ "$argument" = --json ]; then
        exec "${compare[@]}"
    fi
done

table=$("${compare[@]}")
file=bench/results/$(date -u +%F)-start.md
mkdir -p bench/results
cat >"$file" <<PAGE
# Start, memory and requests beside a bare Kestrel

Commit $(git rev-parse --short HEAD), $(nproc) cores, $(uname -sr), .NET SDK $(dotnet --version), client on the same machine. Made by \`bench/run.sh${*:+ $*}\`.
Both programs are self-contained composite ReadyToRun folders. Each figure is the median of the rounds, in which the
programs took turns. The ratio is gateway over baseline.

$table
PAGE
cat "$file"
