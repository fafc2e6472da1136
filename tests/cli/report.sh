#!/usr/bin/env bash
# report: pages of drilling and yardstick runs, live, failed, torn and hostile; with and without gnuplot.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

page=run/report.html

on_page() { grep -qF -- "$1" "$page" || complain "the page does not say '$1'"; }
not_on_page() { ! grep -qF -- "$1" "$page" || complain "the page says '$1'"; }

# One file, well-formed as XML, without scripts and without anything from elsewhere.
well_formed() {
  if command -v python3 >/dev/null; then
    python3 - "$page" <<'PYTHON' >checked 2>&1 || complain "$page: $(tail -n 1 checked)"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
for element in root.iter():
    name = element.tag.split("}")[-1]
    assert name not in ("script", "iframe", "object", "link", "img", "use", "image"), name
    for key, value in element.attrib.items():
        assert not key.startswith("on"), key
        assert key.split("}")[-1] not in ("href", "src") or ":" not in value, value
ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
assert len(ids) == len(set(ids)), "an id stands twice"
assert root.find(".//{*}h1") is not None and len(root.findall(".//{*}h2")) >= 5
PYTHON
  fi
  [[ -z $(find "$(dirname "$page")" -name '.report-*') ]] || complain "leaves its temporary files"
}

# report RUN SETTINGS...: makes the page, which must work, and looks at it.
report() {
  run report "$@"
  exits 0
  well_formed
}

# ---- drilling ----
cat >drilling.yaml <<EOF
train: {task: drilling}
drilling: {wells: 8, interval: 4 m, time_limit: $(few_or "5 min" "40 min")}
ppo:
  {lanes: 32, horizon: 16, steps: 1024, blocks: 8, tile_rows: 32, minibatch: 256, epochs: 2}
net: {policy: [16], value: [16]}
EOF
run train-rl drilling.yaml run.folder=run run.threads=1
exits 0
report run/
says "the page of the run is run/report.html"
on_page "<h1>run</h1>"
on_page ">finished</span>"
on_page "$(digest run)"
on_page "idrill evaluate run</code>"
on_page "A drilled well"
on_page "which the training has not seen"
on_page "Cost per length drilled, USD/m"
on_page "Where the time went"
on_page "rollout</td>"
on_page "All settings in force"
on_page "train-rl drilling.yaml run.folder=run"
head -n 1 run/well_trace.csv | grep -qF 'depth [m],lithology,ucs [MPa],wob_set [kN]' ||
  complain "well_trace.csv has no units"
if command -v gnuplot >/dev/null; then
  silent
  svgs=$(grep -c '</svg>' "$page")
  ((svgs >= 10)) || complain "only $svgs plots"
  not_on_page "Not drawn"
  # The same page again has the same plots.
  sed '/page made/d' "$page" >first.html
  report run
  sed '/page made/d' "$page" | cmp -s first.html - || complain "a second page differs"
fi

report run report.units=field
on_page "Cost per length drilled, USD/ft"
head -n 1 run/well_trace.csv | grep -qF 'depth [ft],lithology,ucs [ksi],wob_set [klbf]' ||
  complain "well_trace.csv is not in field units"
report run "report.well=$IDR_SOURCE/configs/wells/forge-16a-78-32.yaml" report.start=3
on_page "Well FORGE 16A(78)-32"
report run report.well=nowhere.yaml
complains "warning: no well was drilled for the page: report.well: there is no well file 'nowhere.yaml'"
on_page "there is no well file &#39;nowhere.yaml&#39;"
report run report.well=none
not_on_page "A drilled well"
run_ranks 2 report run report.well=none
exits 0
well_formed

# ---- with an evaluation: the drilled well costs what the evaluation says ----
run evaluate run baselines.tuning_hours=1 evaluate.wells=9 evaluate.well_file_episodes=5 \
  "evaluate.well_file=$IDR_SOURCE/configs/wells/forge-16a-78-32.yaml"
exits 0
same_cost() { # KEY SCENARIO
  command -v python3 >/dev/null || return 0
  python3 - "$@" <<'PYTHON' >checked 2>&1 || complain "$(tail -n 1 checked)"
import csv, json, sys
key, scenario = sys.argv[1], int(sys.argv[2])
bills = json.load(open("run/evaluation.json"))[key]["drillers"]["policy"]["scenarios"]
last = list(csv.DictReader(open("run/well_trace.csv")))[-1]
assert abs(float(last["cost [USD]"]) - bills["cost"][scenario]) < 1e-6 * bills["cost"][scenario]
PYTHON
}
report run report.start=4
same_cost unseen_wells 4
on_page "9 intervals of 4 m in 9 wells that the training has not seen"
on_page "5 intervals of 4 m in well FORGE 16A(78)-32"
on_page "clairvoyant"
not_on_page "idrill evaluate run again"
report run "report.well=$IDR_SOURCE/configs/wells/forge-16a-78-32.yaml" report.start=2
same_cost well_file 2
report run
on_page "Among the third of the evaluation&#39;s 9 starts"

# ---- without gnuplot, with one that fails, with one that hangs ----
PATH=$work/nowhere run report run report.well=none
exits 0
well_formed
complains "plots are missing: there is no gnuplot here."
on_page "apt install gnuplot-nox"
on_page "rollout</td>"
not_on_page "<svg"
printf '#!/bin/sh\necho "no terminal <svg>" >&2\nexit 1\n' >failing
printf '#!/bin/sh\nexec sleep 1000\n' >hanging
chmod +x failing hanging
report run report.well=none report.gnuplot=./failing
on_page "&#39;./failing&#39; failed: no terminal &lt;svg&gt;"
report run report.well=none report.gnuplot=./hanging report.plot_limit=0.02
on_page "did not end within 0.02 s"

# ---- a live run, one that died, one that failed ----
quick=(report.well=none report.gnuplot=none)
sed -i 's/"status": "finished"/"status": "running"/' run/summary.json
exec 9<>run/lock
flock -n 9 || complain "the trained run still holds its lock"
report run "${quick[@]}"
on_page ">running</span>"
exec 9>&-
report run "${quick[@]}"
on_page ">died</span>"
sed -i 's/"status": "running"/"status": "failed"/; s/"reason": ""/"reason": "loss is <nan>\\nat step 3"/' \
  run/summary.json
echo 'rank 1: <cause>' >run/error.txt
report run "${quick[@]}"
on_page ">failed</span>"
on_page "loss is &lt;nan&gt;"
on_page "rank 1: &lt;cause&gt;"

# ---- torn and missing files ----
cp run/metrics whole
truncate -s -20 run/metrics
sed -i '3s/.*/garbage <b>/' run/metrics
sed -i '5s/"value": [^,]*/"value": "nan"/; 7s/"value": [^,]*/"value": "-inf"/' run/metrics
report run report.well=none
on_page "The last line of the file metrics is cut short"
on_page "1 damaged lines of the file metrics were skipped."
printf 'damage' | dd of=run/checkpoint/latest bs=1 seek=2500 conv=notrunc 2>/dev/null
rm -f run/checkpoint/latest.previous
report run report.gnuplot=none
complains "warning: no well was drilled for the page"
on_page "No well was drilled for this page"
head -c 100 /dev/urandom >run/evaluation.json
echo '{"status": ' >run/summary.json
echo 'run: [' >run/settings.yaml
: >run/log.txt
: >run/metrics
report run report.gnuplot=none
on_page "summary.json is damaged"
on_page "evaluation.json is damaged"
on_page "The file metrics holds nothing yet."
rm -r run/checkpoint run/summary.json run/evaluation.json run/log.txt run/metrics
report run
on_page "The run folder has no summary.json."
on_page "The run folder has no metrics yet."

# ---- a yardstick, in a folder whose name means harm ----
pendulum pendulum.yaml 4
# shellcheck disable=SC2016
name='<script>alert(1)&"'"'"'`touch boom`$(touch boom)'
# The name of a folder stands in settings of the run as well.
run train-rl pendulum.yaml "run.folder=$name" run.threads=1
exits 0
page=$name/report.html
report "$name"
not_on_page "A drilled well"
not_on_page "<script"
on_page "<h1>&lt;script&gt;alert(1)&amp;&quot;&#39;"
on_page "Return of an episode"
[[ ! -e boom && ! -e $name/boom ]] || complain "runs the name of a folder as a command"
run evaluate "$name" evaluate.episodes=9
exits 0
report "$name"
on_page "9 episodes, deterministic actions."
(cd "$name" && "$IDRILL" report . report.gnuplot=none) >out 2>err || complain "fails in the run's folder"
on_page "<h1>&lt;script&gt;alert(1)"

# ---- what is refused ----
refuses() { # MESSAGE ARGUMENT...
  local message=$1
  shift
  run report "$@"
  exits 1
  complains_once "$message"
}
mkdir plain
refuses "usage: idrill report RUN|DATA"
refuses "'nowhere' is no run folder" nowhere
refuses "'plain' is no run folder" plain
refuses "did you mean 'report.units'?" run report.unit=field
refuses "report.units" run report.units=cubits
run help report
exits 0
says "report: the page of a run"
says "plot_limit"

finish
