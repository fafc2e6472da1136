#!/usr/bin/env bash
# What sync, promote and rollback say where no server is needed: words that are wrong, runs that are
# none, a server that does not answer; and that a record stays where it is until one does.
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"
unset MLFLOW_TRACKING_URI MLFLOW_REGISTRY_URI
export MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR=0.02
nobody=http://127.0.0.1:9

run sync
exits 1
complains "usage: idrill sync RUN..."
run sync mlflow.uri=$nobody
exits 1
complains "usage: idrill sync RUN..."
run sync --follow nowhere
exits 1
complains "unknown option '--follow'"
run sync nowhere mlflow.urn=x
exits 1
complains "unknown key 'mlflow.urn'; did you mean 'mlflow.uri'?"
run sync nowhere mlflow.model=driller # settled when the run began
exits 1
complains "unknown key 'mlflow.model'"
run sync nowhere sync.tries=0
exits 1
complains "sync.tries"
run sync nowhere mlflow.uri=ftp://somewhere
exits 1
complains "must begin with http:// or https://"
run sync nowhere mlflow.uri=http://somebody:secret@somewhere
exits 1
complains "MLFLOW_TRACKING_PASSWORD"
if grep -q secret err; then complain "tells the password"; fi
run sync nowhere
exits 1
complains "no server is known"
run sync nowhere mlflow.uri=$nobody
exits 1
complains "'nowhere' has no spool"

pendulum config.yaml 2
run train-rl config.yaml run.folder=first run.threads=1
exits 0
complains "bring it to a server with: idrill sync first"
run train-rl config.yaml run.folder=second run.threads=1
exits 0
find first second -type f -path '*/spool/*.spool' -exec sha256sum {} + >before

# One run after the other; those that are no runs do not hold up those that are.
run sync first nowhere second mlflow.uri=$nobody sync.tries=2
exits 1
complains "'nowhere' has no spool"
for name in first second; do says "$name: not everything is uploaded; 0 events, 0 metrics"; done
run sync first second mlflow.uri=$nobody sync.tries=2
exits 75
silent
sha256sum --quiet -c before || complain "the spool is another"

# A run whose folder somebody else uploads at this moment.
exec 9>>first/spool/upload.lock
flock 9
run sync first mlflow.uri=$nobody sync.tries=2
exits 1
complains "another process uploads the run 'first' already"
exec 9>&-

for job in promote rollback; do
  run $job
  exits 1
  complains "usage: idrill $job MODEL"
  run $job driller
  exits 1
  complains "no tracking server is known: set MLFLOW_TRACKING_URI or mlflow.uri"
  run $job driller mlflow.uri=$nobody
  exits 1
  complains_once "no answer from $nobody"
  run $job driller mlflow.uri=$nobody mlflow.note=x
  exits 1
  complains "unknown key 'mlflow.note'"
done

finish
