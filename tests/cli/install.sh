#!/usr/bin/env bash
# slurm/install.sh: a prefix of its own gets binary, configurations, templates that can be executed, and
# a module; what is missing is named before anything is built.
# shellcheck source=lib/expect.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

install() { # ARGUMENT...
  code=0
  "$IDR_SOURCE/slurm/install.sh" "$@" >"$work/out" 2>"$work/err" || code=$?
  # shellcheck disable=SC2034 # complain shows it
  last="install.sh $*"
}

for arguments in "" "--help" "--build only"; do
  # shellcheck disable=SC2086
  install $arguments
  exits 1
  says "slurm/install.sh PREFIX"
done

install --build "$IDR_BUILD" "a prefix"
exits 0
prefix=$work/"a prefix"
says "installed in $prefix"
"$prefix/bin/idrill" help train-rl >/dev/null || complain "the installed binary does not run"
for file in slurm/requeue.sh slurm/train-rl.sbatch slurm/train-rl-multinode.sbatch \
  slurm/train-rl-array.sbatch slurm/README.md configs/drilling.yaml; do
  [[ -s $prefix/share/idrill/$file ]] || complain "leaves no share/idrill/$file"
done
[[ -x $prefix/share/idrill/slurm/requeue.sh ]] || complain "requeue.sh cannot be executed"
version=$(ls "$prefix/share/modulefiles/idrill")
[[ "idrill $version" == "$("$prefix/bin/idrill" --version | head -n 1)" ]] ||
  complain "the module has the version '$version'"

# A pkg-config that knows nothing: all libraries are named at once.
mkdir tools
ln -s /bin/false tools/pkg-config
PATH=$work/tools:$PATH install "$work/other"
exits 1
for library in openblas yaml-0.1 jansson libxxhash libcurl; do complains "$library: "; done
[[ ! -e other/bin ]] || complain "installs something all the same"
finish
