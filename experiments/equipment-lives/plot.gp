# One panel per kind: failures over hours at risk with their counting error, and the fitted hazard.
set terminal pngcairo size 1500,420 font ",10"
set output png
set datafile separator ","
set multiplot layout 1,5
set xlabel "hours of operation"
set ylabel "failures per 1000 h"
set key top left
set xrange [0:*]
set yrange [0:*]
do for [kind in "pump top-drive drawworks bit motor"] {
  file = folder."/hazard-".kind.".csv"
  set title kind
  plot file every ::1 using 1:(1000 * $4):(1000 * $5) with yerrorbars pt 7 lc rgb "#0b5394" \
    title "counted", file every ::1 using 1:(1000 * $6) with lines lw 2 lc rgb "#cc4125" \
    title "Weibull"
}
unset multiplot
