#!/usr/bin/env bash
# Tracks people on the example's clip, or on clips of your own: --camera NAME=FILE, repeatable. All arguments go to the program's 'run';
# --help lists them. Standard output belongs to the program's answer, what this script says goes to standard error.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
program="$here/bin/Release/net10.0/PedestrianTracking.dll"

bash "$here/setup.sh"

output=(--output "$here/out")
for argument in "$@"; do
  case "$argument" in
    --output | --output=* | --help | -h | '-?') output=() ;;
  esac
done

exec dotnet "$program" run "${output[@]}" "$@"
