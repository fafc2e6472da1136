#!/usr/bin/env bash
# Builds idrill and installs it with its batch templates and a module into a prefix of your own. Needs
# no root. Load the cluster's modules first (compiler, MPI, CMake, OpenBLAS); libraries that are in
# PREFIX already are found there.
#
#   slurm/install.sh PREFIX [CMAKE-OPTION ...]     for example: slurm/install.sh ~/.local
#   slurm/install.sh --build FOLDER PREFIX         installs what is built in FOLDER, builds nothing
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  sed -nE '2,/^set /s/^# ?//p' "$source_folder/slurm/install.sh"
  exit 1
}

has_random123() {
  local folder folders
  IFS=: read -r -a folders <<<"${CMAKE_PREFIX_PATH:-}:/usr:/usr/local"
  for folder in "${folders[@]}"; do
    [[ ! -e $folder/include/Random123/philox.h ]] || return 0
  done
  return 1
}

# One line for each thing that is missing, with where it comes from without root.
list_missing() {
  local name where
  for name in cmake pkg-config mpicc; do
    command -v "$name" >/dev/null || echo "$name: see 'module avail'; cmake also by: pip install cmake"
  done
  while read -r name where; do
    pkg-config --exists "$name" 2>/dev/null || echo "$name: $where"
  done <<'END'
openblas a module; a build with threads (pthread or OpenMP)
yaml-0.1 libyaml, https://github.com/yaml/libyaml
jansson https://github.com/akheron/jansson
libxxhash xxHash, https://github.com/Cyan4973/xxHash
libcurl https://curl.se
END
  has_random123 || echo "Random123: headers only, https://github.com/DEShawResearch/random123"
}

build() { # CMAKE-OPTION...
  local missing
  missing=$(list_missing)
  if [[ -n $missing ]]; then
    echo "missing; load a module that has it, or install it to $prefix:" >&2
    echo "$missing" >&2
    exit 1
  fi
  cmake -S "$source_folder" -B "$folder" -DCMAKE_BUILD_TYPE=Release -DIDR_TESTS=OFF "$@"
  cmake --build "$folder" -j "$(nproc)"
}

install_module() {
  local version modules=$prefix/share/modulefiles/idrill
  version=$("$prefix/bin/idrill" --version | sed -nE '1s/^idrill ([^ ]+).*/\1/p')
  mkdir -p "$modules"
  sed -e "s|@PREFIX@|$prefix|; s|@VERSION@|$version|" "$source_folder/slurm/modulefile" \
    >"$modules/$version"
}

folder=$source_folder/build/install
is_built=no
if [[ ${1:-} == --build && $# == 3 ]]; then
  folder=$(cd "$2" && pwd)
  is_built=yes
  shift 2
fi
[[ $# -gt 0 && $1 != -* ]] || usage
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
shift

export CMAKE_PREFIX_PATH=$prefix${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig:$prefix/lib64/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
[[ $is_built == yes ]] || build "$@"
cmake --install "$folder" --prefix "$prefix" >/dev/null
install_module
"$prefix/bin/idrill" --version | head -n 1

cat <<END
installed in $prefix. A first training, from a folder that all nodes see:
  cp $prefix/share/idrill/slurm/train-rl.sbatch .    # then edit its head
  export IDRILL_PREFIX=$prefix
  sbatch train-rl.sbatch $prefix/share/idrill/configs/quickstart.yaml
The module, in place of IDRILL_PREFIX:
  module use $prefix/share/modulefiles && module load idrill
END
