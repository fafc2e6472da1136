#!/usr/bin/env bash
# report of a data set: a file, a folder, a generated run, a table that came in; without gnuplot, damaged.
# ctest: timeout 900
source "$(dirname "${BASH_SOURCE[0]}")/lib/expect.sh"

on_page() { grep -qF -- "$1" "$page" || complain "the page does not say '$1'"; }

well_formed() {
  command -v python3 >/dev/null || return 0
  python3 - "$page" <<'PYTHON' >checked 2>&1 || complain "$page: $(tail -n 1 checked)"
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
for element in root.iter():
    assert element.tag.split("}")[-1] not in ("script", "iframe", "object", "link", "img", "use", "image")
    for key, value in element.attrib.items():
        assert not key.startswith("on") and "://" not in value or key.endswith("xmlns"), (key, value)
assert root.find(".//{*}h1") is not None and len(root.findall(".//{*}h2")) == 8, "headings"
PYTHON
  [[ -z $(find . -name '.report-*') ]] || complain "leaves its temporary files"
}

# ---- a generated run ----
run generate dataset.wells=2 dataset.duration=3h dataset.block=1h rig.script=stick_slip@1 run.folder=run
exits 0
page=run/report.html
run report run
exits 0
well_formed
says "the page of the data set is run/report.html"
on_page "idrill data set"
on_page "Drawn: well well-000000"
on_page "flow in and standpipe pressure"
on_page "standpipe_pressure"
on_page "6895 to 34474"
on_page "drilling</td>"
if command -v gnuplot >/dev/null; then
  silent
  [[ $(grep -c '</svg>' "$page") == 4 ]] || complain "$(grep -c '</svg>' "$page") plots"
  cp "$page" first.html
  run report run
  cmp -s "$page" first.html || complain "a second page differs"
fi
run report run report.units=field report.data_well=1 report.data_wells=1 report.gnuplot=none
exits 0
complains "plots are missing"
well_formed
on_page "Drawn: well well-000001"
on_page "of 1 of 2 wells"
on_page "Not drawn"
run report run/data
exits 0
page=run/data/report.html
well_formed
file=$(find run/data -name '*.h5' | sort | head -n 1)
run report "$file" report.gnuplot=none
exits 0
page=${file%.h5}.report.html
says "the page of the data set is $page"
well_formed

# ---- a table that came in has no labels, tables or rocks ----
{
  echo 'time [s],hole_depth [m],wob [kN]'
  for ((i = 0; i < 400; i++)); do echo "$i,$((1000 + i / 10)),$((100 + i % 7))"; done
} >t.csv
run convert t.csv t.h5
exits 0
run report t.h5
exits 0
page=t.report.html
well_formed
on_page "says nothing of the rig&#39;s activity"
on_page "tells of no event"
on_page "does not vary"

# ---- what is refused, and damage ----
run report run report.data_well=7
exits 1
complains "has no well with the id 7"
run report run report.day=1
exits 1
complains "report.day: well well-000000 has the days 0 to 0"
head -c 3000 t.h5 >cut.h5
run report cut.h5
exits 1
complains "cut.h5"
run report t.csv
exits 1
complains "t.csv"
mkdir plain
run report plain
exits 1
complains "'plain' is no run folder and no data set"

# ---- in a browser: never wider than the window ----
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -n $browser ]] && command -v gnuplot >/dev/null; then
  sed '/<\/head>/i <script>addEventListener("load", () => { const r = document.documentElement; parent.postMessage([r.clientWidth, r.scrollWidth].join(" "), "*"); });</script>' \
    run/data/report.html >page.html
  for width in 390 1280; do
    cat >frame.html <<HTML
<!DOCTYPE html>
<html><body><iframe src="page.html" style="width:${width}px;height:800px;border:0"></iframe>
<script>addEventListener("message", e => document.documentElement.dataset.told = "told " + e.data);
</script></body></html>
HTML
    told=$("$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/browser" \
      --virtual-time-budget=5000 --window-size=1400,900 --dump-dom "file://$work/frame.html" \
      2>err | grep -o 'told [0-9 ]*' | head -n 1 || true)
    last="$browser at $width pixels"
    read -r _ client scroll <<<"$told" || true
    ((${scroll:-9999} <= ${client:-0})) || complain "the page wants ${scroll:-?} pixels of ${client:-?}"
  done
fi

finish
