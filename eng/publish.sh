#!/usr/bin/env bash
# Publishes a program in the two forms that are released, and prints what they weigh.
#   eng/publish.sh [RID]                      the gateway
#   PROJECT=path/X.csproj eng/publish.sh RID  another program, into artifacts/publish/<project name>-<RID>
# artifacts/publish/<RID>      carries its own runtime, starts fastest; build it on the kind of machine that runs it
# artifacts/publish/portable   small; needs the ASP.NET Core runtime; runs wherever that does
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

host_rid() {
    local os arch
    case $(uname -s) in
        Linux) os=linux ;;
        Darwin) os=osx ;;
        *) printf 'Name the RID: this system has no default.\n' >&2; exit 2 ;;
    esac
    case $(uname -m) in
        x86_64 | amd64) arch=x64 ;;
        aarch64 | arm64) arch=arm64 ;;
        *) printf 'Name the RID: this processor has no default.\n' >&2; exit 2 ;;
    esac
    printf '%s-%s' "$os" "$arch"
}

weigh() {
    printf '%-12s %6s  %4s files  %s\n' "$1" "$(du -sh "$2" | cut -f1)" "$(find "$2" -type f | wc -l)" "${2#"$root"/}"
}

rid=${1:-$(host_rid)}
project=${PROJECT:-src/Chela/Chela.csproj}
out=$root/artifacts/publish
name=""
if [ -n "${PROJECT:-}" ]; then
    name=$(basename "$project" .csproj)-
fi

# Files of an earlier publish would otherwise stay in the folder.
rm -rf "${out:?}/$name$rid"
dotnet publish "$project" --configuration Release --runtime "$rid" --output "$out/$name$rid" @eng/composite.rsp \
    -v quiet --nologo
if [ -z "$name" ]; then
    rm -rf "${out:?}/portable"
    dotnet publish "$project" --configuration Release --output "$out/portable" \
        -p:DebugType=none -p:PublishDocumentationFiles=false -v quiet --nologo
fi

weigh "$name$rid" "$out/$name$rid"
[ -n "$name" ] || weigh portable "$out/portable"
