#!/usr/bin/env bash
# report: in a real browser the page never scrolls sideways, not even on a phone; wide parts do.
# ctest: timeout 600
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
  echo "skipped: there is no chromium here"
  exit 77
fi
if ! command -v gnuplot >/dev/null; then
  echo "skipped: there is no gnuplot here"
  exit 77
fi

drilling drilling.yaml 4
run train-rl drilling.yaml run.folder=a-run-with-a-rather-long-name-that-has-no-blank-to-break-at run.threads=1
exits 0
folder=a-run-with-a-rather-long-name-that-has-no-blank-to-break-at
run evaluate "$folder" baselines.tuning_hours=1 evaluate.wells=4 evaluate.well_file=
exits 0
run report "$folder"
exits 0

# The page in a frame of a phone's width tells its frame how wide it would like to be; windows of the
# browser itself cannot be that narrow.
cat >probe.html <<'EOF'
<script>
addEventListener("load", () => {
  const root = document.documentElement;
  for (const d of document.querySelectorAll("details")) d.open = true;
  const wide = [...document.querySelectorAll(".scroll")].filter(e => e.scrollWidth > e.clientWidth);
  parent.postMessage([root.clientWidth, root.scrollWidth, wide.length,
                      document.querySelectorAll("svg").length].join(" "), "*");
});
</script>
EOF
sed '/<\/head>/e cat probe.html' "$folder/report.html" >page.html

measure() { # WIDTH: sets client, scroll, wide, plots
  cat >frame.html <<EOF
<!DOCTYPE html>
<html><body><iframe src="page.html" style="width:$1px;height:800px;border:0"></iframe>
<script>addEventListener("message", e => document.documentElement.dataset.told = "told " + e.data);
</script></body></html>
EOF
  local told
  told=$("$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/browser" \
    --virtual-time-budget=5000 --window-size=1400,900 --dump-dom "file://$work/frame.html" \
    2>err | grep -o 'told [0-9 ]*' | head -n 1 || true)
  # shellcheck disable=SC2034 # complain tells it
  last="$browser at $1 pixels"
  read -r _ client scroll wide plots <<<"$told" || true
}

for width in 390 320 768 1280; do
  measure $width
  if [[ -z ${client:-} ]]; then
    complain "tells nothing"
    break
  fi
  # A bar for scrolling downwards may take some of the width.
  ((client > width - 20 && client <= width)) || complain "the page is $client wide"
  ((scroll <= client)) || complain "the page wants $scroll pixels of $client"
  ((plots >= 10)) || complain "$plots plots"
  ((width > 400 || wide >= 2)) || complain "tracks and tables do not scroll: $wide wide parts"
done

finish
