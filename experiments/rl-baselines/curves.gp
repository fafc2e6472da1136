# Learning curves: mean of the seeds, band from the worst to the best.
set terminal pngcairo size 1600,760 font ",10"
set output png
set datafile separator ","
set multiplot layout 2,4
set key bottom right
set xlabel "control steps"
set style fill transparent solid 0.2 noborder
set format x "%.0s%c"
tasks = "'pendulum ppo' 'cartpole ppo' 'acrobot ppo' 'mountaincar ppo' 'drilling ppo' ".\
        "'pendulum sac' 'mountaincar sac' 'drilling sac'"
do for [task in tasks] {
  if (system("grep -c '^".task.",' ".csv." || true") + 0 == 0) { continue }
  set title task
  set ylabel (task[1:8] eq "drilling" ? "USD per metre" : "mean return")
  if (task[1:8] eq "drilling") { set key top right } else { set key bottom right }
  rows(learner) = "< grep '^".task.",".learner.",' ".csv." || echo ,,,,,"
  plot for [l in "ours sb3 torch"] rows(l) using 3:5:6 with filledcurves notitle \
         linecolor (l eq "ours" ? 1 : l eq "sb3" ? 2 : 3), \
       for [l in "ours sb3 torch"] rows(l) using 3:4 with lines linewidth 2 title l \
         linecolor (l eq "ours" ? 1 : l eq "sb3" ? 2 : 3)
}
unset multiplot
