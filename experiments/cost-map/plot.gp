# One panel per rock: colour is cost per metre on a logarithmic scale from each rock's own least, so
# that the valley around the cheapest point stands out.
set terminal pngcairo size 1500,900 font ",10"
set output png
set datafile separator ","
set multiplot layout 2,3
set xlabel "speed [rpm]"
set ylabel "weight on bit [kN]"
set cblabel "cost [USD/m]"
set logscale cb
set palette defined (0 "dark-green", 1 "yellow", 2 "red", 3 "black")
unset key
do for [rock in "shale 'soft sandstone' limestone 'hard sandstone' dolomite granite"] {
  rows = "< grep '^".rock.",' ".csv
  stats rows using 4 nooutput
  set cbrange [STATS_min : 20 * STATS_min]
  stats rows using 3:4 nooutput name "S"
  stats rows using 2:4 nooutput name "W"
  set title sprintf("%s: least %.0f USD/m at %.0f kN, %.0f rpm", rock, STATS_min, \
                    W_pos_min_y, S_pos_min_y)
  set autoscale xfix
  set autoscale yfix
  set object 1 circle at first S_pos_min_y, W_pos_min_y size first 3 fillcolor "white" front
  plot rows using 3:2:4 with image
}
unset multiplot
