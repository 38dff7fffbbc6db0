#!/usr/bin/env bash
# Tracks people on the example's clip, or on clips of your own: --camera NAME=FILE, repeatable. All arguments go to the program's 'run';
# --help lists them. Standard output belongs to the program's answer, what this script says goes to standard error.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
program="$here/bin/Release/net10.0/PedestrianTracking.dll"

output=(--output "$here/out")
help=
for argument in "$@"; do
  case "$argument" in
    --output | --output=*) output=() ;;
    --help | -h | '-?') help=1 output=() ;;
  esac
done

# Help needs the program alone, no models and no clip.
if [ -n "$help" ]; then
  if [ ! -f "$program" ]; then
    printf 'Building the program, whose help this is (the first time with its packages: a minute or two) …\n' >&2
    dotnet build -c Release --nologo -v quiet "$here" >&2
  fi
  printf '%s\n\n' "run.sh sets up what is missing, then calls the program's 'run' with '--output $here/out' unless an --output is given."
else
  bash "$here/setup.sh"
fi

exec dotnet "$program" run "${output[@]}" "$@"
