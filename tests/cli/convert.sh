#!/usr/bin/env bash
# convert: tables in and out, what is wrong with a table by line and column, and nothing half-written.
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

# Only what is named may be in the folder beside the test's own files.
only() {
  local there
  there=$(find . -maxdepth 1 -type f ! -name out ! -name err ! -name '*.yaml' ! -name '*.csv.in' -printf '%f ' | tr ' ' '\n' | sort | xargs)
  [[ $there == "$*" ]] || complain "the folder holds '$there', expected '$*'"
}

cat >map.yaml <<'MAP'
file: {missing: "-999.25"}
time: {column: Time, format: iso8601}
columns:
  - {column: WOB, channel: wob, unit: klbf, range: [-5, 80]}
  - {column: SPP, channel: SPPA, unit: psi}
ignore: [Remark]
MAP
sound() {
  echo "Time,WOB,Remark,SPP"
  for i in 0 1 2 3 4 5 6 7 8 9; do
    echo "2024-02-29T23:59:5$i.25Z,1$i.5,\"ok, $i\",300$i"
  done
}

# ---- in and out again ----
sound >t.csv.in
cp t.csv.in t.csv
run convert t.csv well.h5 convert.channel_map=map.yaml
exits 0
silent
says "well.h5: 10 rows of 2 channels; 0 values were missing"
only t.csv well.h5
run convert well.h5 si.csv
exits 0
says "si.csv: 10 rows of 2 columns"
[[ $(head -n 1 si.csv) == "time [s],wob [N],standpipe_pressure [Pa]" ]] || complain "header $(head -n 1 si.csv)"
[[ $(tail -n 1 si.csv) == "9,86740.32,20746324" ]] || complain "last row $(tail -n 1 si.csv)"
run convert si.csv again.h5 convert.name=t
exits 0
run convert again.h5 again.csv
cmp -s si.csv again.csv || complain "a second round differs: $(diff si.csv again.csv | head -n 3)"
run convert well.h5 d.csv convert.units=display convert.time=iso8601 convert.columns=SPPA
exits 1
complains "convert.columns: well t has no column 'SPPA'"
run convert well.h5 d.csv convert.units=display convert.time=iso8601 convert.columns=standpipe_pressure convert.from=3 convert.to=5
exits 0
[[ $(<d.csv) == $'time [ISO 8601],standpipe_pressure [kPa]\n2024-02-29T23:59:53Z,20704.96\n2024-02-29T23:59:54Z,20711.85' ]] ||
  complain "d.csv: $(<d.csv)"
run convert well.h5 m.jsonl convert.columns=wob convert.every=4 convert.by=max
exits 0
[[ $(<m.jsonl) == $'{"time [s]":0,"wob [N]":60050.992}\n{"time [s]":4,"wob [N]":77843.875}\n{"time [s]":8,"wob [N]":86740.32}' ]] ||
  complain "m.jsonl: $(<m.jsonl)"
rm -f -- *.h5 *.csv m.jsonl

# ---- what is wrong with a table ----
# broken WORDS SED...: the table with lines changed is refused with these words, and leaves nothing.
broken() {
  local words=$1
  shift
  sed "$@" t.csv.in >bad.csv
  run convert bad.csv well.h5 convert.channel_map=map.yaml
  exits 1
  complains "$words"
  only bad.csv
}
broken "bad.csv:4: column 2 'WOB': 'oops' is no number" '4s/12.5/oops/'
broken "bad.csv:4: column 2 'WOB': 'NaN' is no number; if it stands for a missing value" '4s/12.5/NaN/'
broken "bad.csv:5: column 3 'Remark': the row has 3 fields, the header 4" '5s/13.5,//'
broken "bad.csv:6: column 3 'Remark': a quote is not closed in its line" '6s/4"/4/'
broken "bad.csv:7: column 1 'Time': '2024-02-29T23:59:53.25Z' is earlier than the row before, line 6" '7s/:55/:53/'
broken "bad.csv:7: column 1 'Time': '2024-02-29T23:59:54.75Z' is in the same second as the row before, line 6" '7s/:55.25/:54.75/'
broken "bad.csv:8: column 1 'Time': 'noon' is no date" '8s/^[^,]*/noon/'
broken "bad.csv:9: column 2 'WOB': '17500' is outside of what wob can be, -5 to 80 klbf" '9s/17.5/17500/'
broken "bad.csv:1: there is no column 'WOB'; did you mean 'WOBA'?" '1s/WOB/WOBA/'
broken "bad.csv:1: there is no column 'SPP' that the map names" '1s/SPP/x/'
broken "no row can be used" -n '1p'
sed '1s/Remark/ropp/' t.csv.in >extra.csv
run convert extra.csv well.h5 convert.channel_map=map.yaml
exits 0
complains "warning: column 3 'ropp' is left out: the map does not name it; the nearest channel is rop"
rm -f extra.csv bad.csv well.h5

# Many findings are told as far as there is room, and counted.
{
  sound
  for ((i = 0; i < 500; i++)); do echo "x,1,y,2"; done
} >many.csv
run convert many.csv well.h5 convert.channel_map=map.yaml
exits 1
grep -qE '^\.\.\. and [0-9]+ more problems' err || complain "does not count what it does not tell"
rm many.csv

# ---- marked ----
sed '4s/12.5/oops/; 5s/13.5,//; 7s/:55/:53/; 8s/16.5/-999.25/' t.csv.in >bad.csv
run convert bad.csv well.h5 convert.channel_map=map.yaml convert.on_error=mark
exits 0
says "8 rows of 2 channels; 1 values were missing, 1 wrong ones became NaN, 2 rows were left out: all in well.h5.findings.csv"
only bad.csv well.h5 well.h5.findings.csv
[[ $(wc -l <well.h5.findings.csv) == 4 ]] || complain "findings: $(<well.h5.findings.csv)"
grep -qF '4,2,"WOB","oops","no number;' well.h5.findings.csv || complain "findings: $(<well.h5.findings.csv)"
run convert well.h5 back.csv
[[ $(sed -n 4p back.csv) == "2,,20698062" ]] || complain "row 4 is $(sed -n 4p back.csv)"
# A table without findings takes the old list away.
run convert t.csv.in well.h5 convert.channel_map=map.yaml convert.on_error=mark
exits 1
complains "cannot convert 't.csv.in'"
cp t.csv.in t.csv
run convert t.csv well.h5 convert.channel_map=map.yaml convert.on_error=mark
exits 0
[[ ! -e well.h5.findings.csv ]] || complain "keeps the list of another table"
rm -f bad.csv back.csv

# ---- a map that is wrong, files that are not there, a disk that takes nothing ----
sed 's/klbf/psi/; s/channel: SPPA/channel: SPPB/' map.yaml >wrong.yaml
run convert t.csv new.h5 convert.channel_map=wrong.yaml
exits 1
complains "wrong.yaml:4:39: 'psi' is the unit of a pressure, but wob is a force"
complains "wrong.yaml:5:28: there is no channel 'SPPB'; did you mean 'SPPA'?"
run convert t.csv new.h5
exits 1
complains "t.csv:1: column 2: 'WOB' is no channel with its unit in brackets, such as 'wob [kN]'"
complains "t.csv:1: there is no column 'time [s]'"
run convert nowhere.csv new.h5
exits 1
complains "nowhere.csv"
run convert well.h5 nowhere/out.csv
exits 1
complains "nowhere/out.csv"
run convert t.csv nowhere/new.h5 convert.channel_map=map.yaml
exits 1
complains "nowhere/new.h5"
run convert t.csv other.csv
exits 1
complains "cannot convert 't.csv' to 'other.csv'"
run convert t.csv
exits 1
complains "usage: idrill convert"
run convert well.h5 out.csv convert.collumns=wob
exits 1
complains "did you mean 'convert.columns'?"
run convert well.h5 out.csv convert.every=1.5
exits 1
complains "1.5 s are no whole seconds"
run convert well.h5 out.csv convert.from=1h
exits 1
complains "no row of well t lies from second 3600"
# A limit on the size of files fails as a full disk does.
code=0
(
  trap '' XFSZ
  ulimit -f 0
  "$IDRILL" convert well.h5 full.csv 2>&1
) | cat >err || code=$?
last="idrill convert on a full disk"
exits 1
complains "full.csv"
only t.csv well.h5

# ---- every reading of a generated well goes out and comes back, also those of gauges that misbehave ----
run generate dataset.wells=1 dataset.duration=20min dataset.block=5min rig.sensor_fault_rate=1000 run.folder=run
exits 0
run convert run g.csv
exits 0
run convert g.csv g.h5
exits 0
run convert g.h5 g2.csv
cmp -s g.csv g2.csv || complain "readings differ: $(diff g.csv g2.csv | head -n 2)"

# ---- maps that come with the program ----
for map in "$IDR_SOURCE"/configs/channels-*.yaml; do
  run convert t.csv new.h5 convert.channel_map="$map"
  exits 1
  complains "t.csv:1: there is no column"
done
run help convert
exits 0
says "channel_map"
says "standpipe_pressure"

finish
