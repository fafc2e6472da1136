# Cost per metre while training, by control steps: mean of the seeds, band from the worst to the best.
set terminal pngcairo size 900,520 font ",11"
set output png
set datafile separator ","
set xlabel "control steps"
set ylabel "USD per metre"
set yrange [50:350]
set format x "%.0s%c"
set key top right
set grid back
set style fill transparent solid 0.2 noborder
rows(method) = "< grep '^".method.",' ".csv
plot for [i=1:2] rows(word("PPO SAC", i)) using 2:4:5 with filledcurves linecolor i notitle, \
     for [i=1:2] rows(word("PPO SAC", i)) using 2:3 with lines linewidth 2 linecolor i title word("PPO SAC", i)
