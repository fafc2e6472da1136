# Mean rate of each block, measured and foretold from the other blocks: the whole well, and the
# granite alone. gnuplot -e 'csv="..."; png="..."' plot.gp
set terminal pngcairo size 1100,700 font ",11"
set output png
set datafile separator ","
set multiplot layout 1,2
set yrange [11000:0]
set xrange [0:700]
set xlabel "mean rate of the block [ft/h]"
set ylabel "depth [ft]"
set key bottom right
do for [part in "'whole well' granite"] {
  rows = "< grep '^".part.",' ".csv
  set title part
  plot rows using 4:($2 + 250) with linespoints lw 3 lc "black" pt 7 title "measured", \
       rows using 6:($2 + 250) with lines lw 2 title "block above", \
       rows using 7:($2 + 250) with lines lw 2 title "Bourgoyne and Young", \
       rows using 8:($2 + 250) with lines lw 2 title "drag-bit law, quartz", \
       rows using 5:($2 + 250) with lines lw 2 dt 2 title "constant"
}
unset multiplot
