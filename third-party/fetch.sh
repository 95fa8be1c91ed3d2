#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# fetch.sh DEST [NAME...]: get the third-party sources, verified, into DEST/NAME.
# Prints one line "NAME DIRECTORY" per dependency on stdout; messages go to stderr.
#   THIRD_PARTY_FROM=auto|git|mirror   auto (default): git if it answers, else the mirror
#   THIRD_PARTY_MIRROR=URI             instead of the mirror that apt is configured with
#   THIRD_PARTY_CACHE=DIR              keep (and look for) the downloaded archives there
set -eu

# name | upstream git | git ref (full commit, or tag) | pool path | sha256 of the pool file
TABLE='
xnnpack|https://github.com/google/XNNPACK|4ea82e595b36106653175dcb04b2aa532660d0d8|x/xnnpack/xnnpack_0.0~git20241108.4ea82e5.orig.tar.xz|90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99
cpuinfo|https://github.com/pytorch/cpuinfo|877328f188a3c7d1fa855871a278eb48d530c4c0|c/cpuinfo/cpuinfo_0.0~git20250905.877328f.orig.tar.xz|557ca404a3836b9f335a3a06b65ff9fe9dbaaefab7fb5c0185f53d9f33615a10
pthreadpool|https://github.com/google/pthreadpool|560c60d342a76076f0557a3946924c6478470044|p/pthreadpool/pthreadpool_0.0~git20240616.560c60d.orig.tar.xz|4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708
fp16|https://github.com/Maratyszcza/FP16|4dfe081cf6bcd15db339cf2680b9281b8451eeb3|f/fp16/fp16_0.0~git20200514.4dfe081.orig.tar.xz|7d7782b37b74136e0e12593a2a93ccbe7db831f4374cc408e44623d9b708b54e
fxdiv|https://github.com/Maratyszcza/FXdiv|b408327ac2a15ec3e43352421954f5b1967701d1|f/fxdiv/fxdiv_0.0~git20200417.b408327.orig.tar.xz|7953482badaf4cb34026c3487c257b8e4ab2df061c019bd6fabbbc12ad52c44b
psimd|https://github.com/Maratyszcza/psimd|072586a71b55b7f8c584153d223e95687148a900|p/psimd/psimd_0.0~git20200517.072586a.orig.tar.xz|32bbce81289866e3419e36cab6541bbddb6d45d3db10a7dcd2598dc9d0c8c6f4
flatbuffers|https://github.com/google/flatbuffers|v23.5.26|f/flatbuffers/flatbuffers_23.5.26+dfsg.orig.tar.xz|0d309fd2c47bbbebd450e68d1419c336d53d1b8f5ce47e1f1f7f28f452fc6f3b
googletest|https://github.com/google/googletest|v1.16.0|g/googletest/googletest_1.16.0.orig.tar.gz|2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01
benchmark|https://github.com/google/benchmark|v1.9.1|b/benchmark/benchmark_1.9.1.orig.tar.gz|32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981
gflags|https://github.com/gflags/gflags|v2.2.2|g/gflags/gflags_2.2.2.orig.tar.gz|34af2f15cf7367513b352bdcd2493ab14ce43692d2dcd9dfc499492966c64dcf
highway|https://github.com/google/highway|1.3.0|h/highway/highway_1.3.0.orig.tar.gz|07b3c1ba2c1096878a85a31a5b9b3757427af963b1141ca904db2f9f4afe0bc2
cli11|https://github.com/CLIUtils/CLI11|v2.4.1|c/cli11/cli11_2.4.1+ds.orig.tar.xz|0b8fbf2398875f15f30a675c7f412123a2aaa38df2863e991de72004fd5f1292
'
DEFAULT='xnnpack cpuinfo pthreadpool fp16 fxdiv flatbuffers googletest'

say() { printf '%s\n' "$*" >&2; }
die() { say "fetch.sh: $*"; exit 1; }
[ $# -ge 1 ] || die 'usage: fetch.sh DEST [NAME...]'
DEST=$1; shift
[ $# -ge 1 ] || set -- $DEFAULT
mkdir -p "$DEST"; DEST=$(cd "$DEST" && pwd)
CACHE=${THIRD_PARTY_CACHE:-$DEST/.archives}
FROM=${THIRD_PARTY_FROM:-auto}

get() { # URL FILE
  if command -v curl >/dev/null 2>&1; then curl -fsSL --retry 2 --connect-timeout 20 -o "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then wget -q -T 20 -t 2 -O "$2" "$1"
  else die 'neither curl nor wget is installed'; fi
}
sum() { # FILE
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1" | cut -d' ' -f1
  else shasum -a 256 "$1" | cut -d' ' -f1; fi
}
mirrors() { # candidate base URIs, one per line
  if [ -n "${THIRD_PARTY_MIRROR:-}" ]; then printf '%s\n' "$THIRD_PARTY_MIRROR"; return; fi
  {
    # 1. what apt itself resolved (needs no index files on disk)
    apt-get indextargets --format '$(SITE)' 2>/dev/null || true
    # 2. deb822 sources, 3. one-line sources
    sed -n 's/^URIs:[[:space:]]*//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | tr ' ' '\n' || true
    sed -n 's/^deb\(-src\)\{0,1\}[[:space:]]\(\[[^]]*\][[:space:]]*\)\{0,1\}\([^[:space:]]*\).*/\3/p' \
      /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true
  } | sed 's,/*$,,' | grep '^https\{0,1\}://' | grep -v -e '-security$' | awk '!seen[$0]++'
}
git_ok() {
  case $FROM in mirror) return 1;; git) return 0;; esac
  [ -n "${GIT_STATE:-}" ] || {
    GIT_STATE=no
    if command -v git >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1 &&
       GIT_TERMINAL_PROMPT=0 timeout 15 git ls-remote https://github.com/Maratyszcza/FXdiv HEAD >/dev/null 2>&1
    then GIT_STATE=yes; else say 'upstream git is not reachable, using the mirror that apt is configured with'; fi
  }
  [ "$GIT_STATE" = yes ]
}
from_git() { # NAME URL REF DIR
  rm -rf "$4.part"; mkdir -p "$4.part"
  ( cd "$4.part" && git init -q && git fetch -q --depth 1 "$2" "$3" && git checkout -q FETCH_HEAD ) || return 1
  # a full commit has to be what arrived; a tag cannot be checked any further
  [ ${#3} -ne 40 ] || [ "$(git -C "$4.part" rev-parse HEAD)" = "$3" ]
}
from_mirror() { # NAME POOLPATH SHA DIR
  mkdir -p "$CACHE"; f=$CACHE/${2##*/}
  if [ ! -f "$f" ] || [ "$(sum "$f")" != "$3" ]; then
    ok=no
    for b in $(mirrors); do
      # '~' and '+' are legal in a path; some proxies want them percent-encoded, so try both
      for p in "pool/main/$2" "pool/main/$(printf %s "$2" | sed 's/+/%2B/g;s/~/%7E/g')"; do
        rm -f "$f.part"
        if get "$b/$p" "$f.part" 2>/dev/null && [ "$(sum "$f.part")" = "$3" ]; then ok=yes; break 2; fi
      done
    done
    rm -f "$f"; [ $ok = yes ] || { rm -f "$f.part"; return 1; }
    mv "$f.part" "$f"
  fi
  rm -rf "$4.part"; mkdir -p "$4.part"
  case $f in *.xz) xz -dc "$f";; *.gz) gzip -dc "$f";; *.bz2) bzip2 -dc "$f";; esac |
    tar -x -C "$4.part" -f -
  # some of these archives have one top directory, some have none
  set -- "$4" "$(ls -A "$4.part")"
  if [ "$(printf '%s\n' "$2" | wc -l)" -eq 1 ] && [ -d "$1.part/$2" ]; then
    mv "$1.part" "$1.part1"; mv "$1.part1/$2" "$1.part"; rmdir "$1.part1"
  fi
}
for n in "$@"; do
  line=$(printf '%s\n' "$TABLE" | grep "^$n|") || die "unknown dependency: $n"
  IFS='|' read -r _ url ref pool sha <<X
$line
X
  d=$DEST/$n; stamp="$ref $sha"
  if [ ! -f "$d/.third-party" ] || [ "$(cat "$d/.third-party")" != "$stamp" ]; then
    if git_ok && from_git "$n" "$url" "$ref" "$d"; then say "$n: git $ref"
    elif [ "$FROM" != git ] && from_mirror "$n" "$pool" "$sha" "$d"; then say "$n: ${pool##*/}"
    else die "$n: could not be fetched or did not match its checksum"; fi
    printf '%s\n' "$stamp" >"$d.part/.third-party"
    rm -rf "$d"; mv "$d.part" "$d"
  fi
  printf '%s %s\n' "$n" "$d"
done
