#!/usr/bin/env bash
# Brings what the example and the tests need: Debian packages, the example's build, the models. What is there already is left alone.
# Says on standard error what it does.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly here
readonly clip=/usr/share/doc/opencv-doc/examples/data/vtest.avi
readonly program="$here/bin/Release/net10.0/PedestrianTracking.dll"

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 2
}

missing_packages() {
  if ! command -v ffmpeg > /dev/null || ! command -v ffprobe > /dev/null; then echo ffmpeg; fi
  if [ ! -s "$clip" ]; then echo opencv-doc; fi
  # npm only packs the published weights; nothing of Node runs later.
  if ! command -v npm > /dev/null; then
    if ! command -v node > /dev/null; then echo nodejs; fi
    echo npm
  fi
}

# Runs a command as root: directly, or after asking once.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

install_packages() {
  local packages=("$@")
  command -v apt-get > /dev/null \
    || fail "these are missing: ${packages[*]}. This is no Debian system; install them by their names there, then run this again."
  say "Missing Debian packages: ${packages[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || fail "installing needs root, and there is no sudo. As root: apt-get install ${packages[*]}"
    if [ -t 0 ]; then
      local answer
      read -r -p "Install them with sudo? [Y/n] " answer
      case "$answer" in
        '' | [yY]*) ;;
        *) fail "not installed. By hand: sudo apt-get install ${packages[*]}" ;;
      esac
    else
      sudo -n true 2> /dev/null || fail "installing needs a password and nobody can be asked. By hand: sudo apt-get install ${packages[*]}"
    fi
  fi

  say "Installing ${packages[*]} …"
  as_root apt-get update -qq >&2 || fail "apt-get update failed; its message is above."
  # Container images leave documentation out, and the clip is documentation: it must be asked for, and unpacked again where it was left out.
  local options=(-qq -y --no-install-recommends -o 'Dpkg::Options::=--path-include=/usr/share/doc/opencv-doc/*')
  if dpkg -s opencv-doc > /dev/null 2>&1; then options+=(--reinstall); fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "${packages[@]}" >&2 \
    || fail "apt-get install failed; its message is above."
}

command -v dotnet > /dev/null || fail "the .NET SDK is missing. Install version 10: https://learn.microsoft.com/dotnet/core/install/linux-debian"
sdks="$(dotnet --list-sdks)"
case $'\n'"$sdks" in
  *$'\n'1[0-9].*) ;;
  *) fail "the .NET SDK is too old; found: ${sdks:-none}. Install version 10." ;;
esac

mapfile -t packages < <(missing_packages)
if [ "${#packages[@]}" -gt 0 ]; then
  install_packages "${packages[@]}"
  mapfile -t packages < <(missing_packages)
  if [ "${#packages[@]}" -gt 0 ]; then fail "still missing after the installation: ${packages[*]}."; fi
fi

# Says every quarter of a minute for how long what runs has run.
tell_time() {
  SECONDS=0
  # What sleeps on after its end holds no stream of the caller's open.
  while sleep 15 < /dev/null > /dev/null 2>&1; do say "  … $SECONDS s"; done
}

say "Building the example (the first time with its packages: a minute or two) …"
log="$(mktemp)"
tell_time &
clock=$!
trap 'kill "$clock" 2> /dev/null || true; rm -f "$log"' EXIT
if ! dotnet build "$here/PedestrianTracking.csproj" -c Release --nologo -v quiet > "$log" 2>&1; then
  cat "$log" >&2
  fail "the build failed; its messages are above."
fi

kill "$clock" 2> /dev/null || true
wait "$clock" 2> /dev/null || true

dotnet "$program" models restore >&2
