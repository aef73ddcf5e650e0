#!/usr/bin/env bash
# Publishes the gateway and the baseline in the same form, compares them, and writes bench/results/<date>-<set>.md.
#   bench/run.sh [start] [--rounds N] [--starts N] [--seconds S]
#   bench/run.sh runs [--rounds N] [--seconds S]
#   bench/run.sh sessions [--rounds N] [--seconds S] [--sessions N]
#   bench/run.sh chaos [--kills N] [--clients N] [--seed N] [--interrupted tell|continue]
#   bench/run.sh soak [--seconds S]
#   bench/run.sh channels [--rounds N] [--seconds S]
#   bench/run.sh edits [--edits N] [--clients N] [--seed N]
#   bench/run.sh connections [--rounds N] [--seconds S] [--connections N] [--deaf N] [--events N] [--cuts N]
# With --only QUESTION one question of the set is asked, with --json the answers are JSON; both go to the terminal, no file is written.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
set=start
case ${1:-} in
    start | connections | sessions | runs | soak | channels | chaos | edits) set=$1; shift ;;
esac
rid=$(dotnet --info | sed -n 's/^ *RID: *//p' | head -1)

case $set in
    start) title='Start, memory and requests beside a bare Kestrel' ;;
    connections) title='Many connections beside a bare Kestrel' ;;
    sessions) title='Many sessions' ;;
    runs) title='Answers of a model, through the gateway and without it' ;;
    chaos) title='Killed again and again under load' ;;
    channels) title='Accounts of a channel, alone and with others that fail' ;;
    soak) title='Mixed load for a long time, and memory' ;;
    edits) title='Its configuration edited again and again under load' ;;
esac

eng/publish.sh "$rid"
gateway=artifacts/publish/$rid/chela
if [ "$set" = edits ]; then
    case " $* " in *' --edits '*) ;; *) set -- "$@" --edits 1000 ;; esac
    form='The gateway is a self-contained composite ReadyToRun folder. It lives once. After each edit of the file the last valid content has to be in
force, whole; no connection may break; and what was acknowledged is compared with the transcripts and with what the webhook got, as in the chaos.'
elif [ "$set" = chaos ]; then
    form='The gateway is a self-contained composite ReadyToRun folder. Every message is sent under a key of its own, and again until it is
acknowledged; at the end of each era, and once more at the end of all, every transcript, and every answer that the program behind the webhook got,
is compared with what was acknowledged.'
fi
if [ "$set" = soak ]; then
    case " $* " in *' --seconds '*) ;; *) set -- "$@" --seconds 1200 ;; esac
    set -- "$@" --rounds 1
fi
if [ "$set" = edits ] || [ "$set" = chaos ]; then
    dotnet build bench/Chela.Chaos -c Release -v quiet --nologo
    compare=(dotnet run --project bench/Chela.Chaos -c Release --no-build -- --gateway "$gateway" "$@")
else
    form='Both programs are self-contained composite ReadyToRun folders. Each figure is the median of the rounds, in which the
programs took turns. The ratio is gateway over baseline.'
    PROJECT=bench/Baseline/Baseline.csproj eng/publish.sh "$rid"
    dotnet build bench/Chela.Bench -c Release -v quiet --nologo
    compare=(dotnet run --project bench/Chela.Bench -c Release --no-build -- --set "$set"
        --baseline "artifacts/publish/Baseline-$rid/Baseline" --gateway "$gateway" "$@")
fi

if [ "$set" = channels ]; then
    form='The gateway is a self-contained composite ReadyToRun folder. Twenty accounts of Telegram, whose Bot API is a part of the bench, have a person
each who asks again 80 ms after an answer of the built-in model has come. In the column "bare Kestrel" stands the gateway with these accounts alone, in the column "gateway" the
same with four more, of which one has its connections cut, one is never answered, one is flooded and one is told garbage. Medians of the rounds, taken in turns.'
fi

for argument in "$@"; do
    case $argument in
        --json | --only) exec "${compare[@]}" ;;
    esac
done

load() { cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || uptime | sed 's/.*load averages*: //'; }

before=$(load)
table=$("${compare[@]}")
file=bench/results/$(date -u +%F)-$set.md
mkdir -p bench/results
cat >"$file" <<PAGE
# $title

Commit $(git rev-parse --short HEAD), $(nproc) cores, $(uname -sr), .NET SDK $(dotnet --version), client on the same machine. Made by \`bench/run.sh $set${*:+ $*}\`.
Load average before $before, after $(load).
$form

$table
PAGE
cat "$file"
