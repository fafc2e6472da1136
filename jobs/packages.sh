# Sourced by quickstart.sh and tests/run.sh: installs the Debian or Ubuntu packages that are missing.
# shellcheck shell=bash

# What the build needs. Everything can come from modules or a user prefix instead: then set
# IDR_PACKAGES=no, and CMake looks along CMAKE_PREFIX_PATH and PKG_CONFIG_PATH.
# shellcheck disable=SC2034
build_packages=(build-essential cmake ninja-build pkg-config git
  libopenmpi-dev openmpi-bin libopenblas-dev librandom123-dev libxxhash-dev libyaml-dev
  libjansson-dev libcurl4-openssl-dev libprotobuf-c-dev protobuf-c-compiler
  libhdf5-openmpi-dev zlib1g-dev)

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# offers NAME: whether this release has the package. Lists that were never fetched are, once.
offers() {
  [[ ${IDR_PACKAGES:-yes} != no ]] && command -v apt-cache >/dev/null || return 1
  if [[ -z $(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null) ]]; then
    as_root apt-get update >/dev/null 2>&1 || return 1
  fi
  apt-cache show "$1" >/dev/null 2>&1
}

# install_packages LOG NAME... : only what is missing; a message that says what to do otherwise.
install_packages() {
  local log=$1 name
  local missing=()
  shift
  [[ ${IDR_PACKAGES:-yes} != no ]] || return 0
  if ! command -v dpkg-query >/dev/null; then
    echo "no Debian or Ubuntu: install what these packages hold by this system's own means: $*" >&2
    return 0
  fi
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    echo "missing packages: ${missing[*]}" >&2
    echo "install them as root, or take them from modules and set IDR_PACKAGES=no" >&2
    return 1
  fi
  echo "installing ${missing[*]}"
  if ! {
    as_root apt-get update &&
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}"
  } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "could not install packages; the whole log is in $log" >&2
    return 1
  fi
}
