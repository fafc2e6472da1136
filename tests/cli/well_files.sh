#!/usr/bin/env bash
# Every shipped well file is trained on for two iterations, a policy from generated wells is judged on
# the requirement's well and on the exploration well, and a bad file ends the job with all its
# problems, told once.
source "$(dirname "${BASH_SOURCE[0]}")/lib/train.sh"
wells=$IDR_SOURCE/configs/wells

drilling drilling.yaml 2
count=0
for file in "$wells"/*.yaml; do
  name=$(basename "$file" .yaml)
  run train-rl drilling.yaml drilling.well_file="$file" run.folder="runs/$name" run.threads=1
  exits 0
  status "runs/$name" finished
  count=$((count + 1))
done
((count >= 4)) || complain "finds only $count well files"

run train-rl drilling.yaml drilling.interval="4 m" run.folder=runs/generated run.threads=1
exits 0
judged=(directional-12000ft vertical-exploration)
if ((shrink > 1)); then judged=(directional-12000ft); fi
for name in "${judged[@]}"; do
  run evaluate runs/generated baselines.tuning_hours=2 evaluate.wells=4 \
    evaluate.well_file_episodes=3 evaluate.well_file="$wells/$name.yaml"
  exits 0
  says "== 3 intervals of 4 m in well $(sed -nE 's/^  name: //p' "$wells/$name.yaml") =="
  says "clairvoyant"
done

# One defect in the rig, the string, a section and a layer each: four problems at four places.
sed -E -e 's/^  flow_min: 500 gpm/  flow_min: 2000 gpm/' \
  -e 's/^  collar_outer_diameter: 6.5 in/  collar_outer_diameter: 6.5 lbf/' \
  -e 's/^    bit_diameter: 12.25 in/    bit_diameter: 12.25 m/' \
  -e 's/top: 6800 ft,/top: 6700 ft,/' "$wells/directional-12000ft.yaml" >bad.yaml
run train-rl drilling.yaml drilling.well_file=bad.yaml run.folder=runs/bad run.threads=1
exits 1
for line in flow_min:\ 2000 'collar_outer_diameter: 6.5 lbf' 'bit_diameter: 12.25 m' 'top: 6700 ft'; do
  complains_once "bad.yaml:$(grep -nF "$line" bad.yaml | cut -d: -f1):"
done
run_ranks 2 train-rl drilling.yaml drilling.well_file=bad.yaml run.folder=runs/bad
exits 1
complains_once "'bit_diameter': 12.25 m is out of range: 3 to 40 in"

finish
