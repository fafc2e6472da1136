#!/usr/bin/env bash
# The module that slurm/install.sh writes, in the real Environment Modules or Lmod.
# shellcheck source=lib/expect.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

modules=/usr/share/modules/init/bash
[[ -e $modules ]] || modules=/usr/share/lmod/lmod/init/bash
if [[ ! -e $modules ]]; then
  echo "skipped: no module command; install environment-modules or lmod"
  exit 77
fi
"$IDR_SOURCE/slurm/install.sh" --build "$IDR_BUILD" "$work/prefix" >"$work/out" 2>"$work/err"
set +u # as the modules' own functions want it
# shellcheck disable=SC1090
source "$modules"

# shellcheck disable=SC2034 # complain shows it
last="module load idrill"
module use "$work/prefix/share/modulefiles"
module load idrill 2>"$work/err" || complain "fails"
[[ ${IDRILL_PREFIX:-} == "$work/prefix" ]] || complain "IDRILL_PREFIX is '${IDRILL_PREFIX:-}'"
[[ $(command -v idrill) == "$work/prefix/bin/idrill" ]] || complain "idrill is '$(command -v idrill)'"
silent
module help idrill >"$work/out" 2>&1
says "idrill help"
module whatis idrill >"$work/out" 2>&1
says "drilling simulation and reinforcement learning"
module unload idrill
[[ -z ${IDRILL_PREFIX:-} ]] || complain "leaves IDRILL_PREFIX behind when it is unloaded"
finish
