# Learning curves: mean of the seeds, band from the worst to the best.
set terminal pngcairo size 1600,760 font ",10"
set output png
set datafile separator ","
set multiplot layout 2,4
set xlabel "control steps"
set style fill transparent solid 0.2 noborder
set format x "%.0s%c"
set xtics autofreq rotate by -45
tasks = "'pendulum ppo' 'cartpole ppo' 'acrobot ppo' 'mountaincar ppo' 'drilling ppo' ".\
        "'pendulum sac' 'mountaincar sac' 'drilling sac'"
names = "ours sb3 torch"
rows(task, i) = "< grep '^".task.",".word(names, i).",' ".csv
count(task, i) = int(system("grep -c '^".task.",".word(names, i).",' ".csv." || true"))
do for [task in tasks] {
  set title task
  set ylabel (task[1:8] eq "drilling" ? "USD per metre" : "mean return")
  if (task[1:8] eq "drilling") { set key top right } else { set key bottom right }
  # The learners that have a curve; a panel of none stays empty.
  have = ""
  do for [i=1:3] { if (count(task, i) > 0) { have = have." ".i } }
  if (words(have) == 0) { set multiplot next; continue }
  plot for [i in have] rows(task, int(i)) using 3:5:6 with filledcurves linecolor int(i) notitle, \
       for [i in have] rows(task, int(i)) using 3:4 with lines linewidth 2 linecolor int(i) \
         title word(names, int(i))
}
unset multiplot
