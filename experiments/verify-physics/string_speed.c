/* What the string models cost: well-seconds a second of CPU time on one core.
 *
 * usage: string_speed
 * The distributed torsion on grids of 31 to 1,984 cells over 2,500 m of sticking and slipping
 * string, and 64 lanes of the bit that cuts what its blades left, by sub-steps a second.
 */
#include "drill/string2dof.h"
#include "drill/torsion_wave.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define LANES 64

static double cpu(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int wave(int cells) {
  const idr_wave_section string[] = {{2270, 2.28e-5, 61e9, 7850, 28},
                                     {230, 1.5e-4, 61e9, 7850, 171}};
  const double depth = 0, inclination = 1;
  double step = 2500 / sqrt(61e9 / 7850) / cells;
  idr_wave_parts parts = {
      2,
      string,
      1,
      &depth,
      &inclination,
      0.3,
      0.65,
      1.5,
      0.08,
      step,
      1,
      {IDR_TOP_STIFF, 2900, 38e3, 100e3, 6e4, IDR_TOP_MATCH, IDR_TOP_FREQUENCY}};
  idr_wave *w;
  if (idr_wave_create(&parts, &w) != IDR_STATUS_OK) {
    fprintf(stderr, "%s\n", idr_error_get()->message);
    return 1;
  }
  double seconds = 2e5 / cells, start = cpu();
  idr_wave_run(w, 6, 0, (int)(seconds / step));
  printf("torsion wave, %5d cells of %5.1f m: %9.0f well-s/s\n", idr_wave_cells(w), 2500.0 / cells,
         seconds / (cpu() - start));
  idr_wave_free(w);
  return 0;
}

/* The lanes' states as arrays, so that the compiler takes eight at a time. */
typedef struct {
  float top[LANES], bit[LANES], twist[LANES], integral[LANES], speed[LANES], phase[LANES];
  float rock[9][LANES];
  float push[LANES], torque[LANES];
} lanes;

IDR_FN void cut_once(lanes *l, const idr_cut *law, const idr_torsion *torsion, idr_cut_grid grid) {
  IDR_SIMD
  for (int i = 0; i < LANES; i++) {
    idr_cut cut = *law;
    cut.push = l->push[i];
    idr_cut_state s = {
        {l->top[i], l->bit[i], l->twist[i], l->integral[i]}, l->speed[i], 0, l->phase[i]};
    idr_cut_view view;
    float rock[9];
    for (int k = 0; k <= grid.cells; k++)
      rock[k] = l->rock[k][i];
    s = idr_cut_step(&cut, torsion, s, rock, grid, 0, &view);
    for (int k = 0; k <= grid.cells; k++)
      l->rock[k][i] = rock[k] - s.at;
    l->top[i] = s.turn.omega_top;
    l->bit[i] = s.turn.omega_bit;
    l->twist[i] = s.turn.twist;
    l->integral[i] = s.turn.integral;
    l->speed[i] = s.speed;
    l->phase[i] = s.phase;
    l->torque[i] += view.torque;
  }
}

/* `grid` must be known when this is compiled, as it is in the step. */
IDR_FN void cut(idr_cut_grid grid) {
  static lanes l;
  float dt = 1.0f / (float)grid.turns;
  idr_bit_law law = idr_bit_prepare(0.108f, 60e6f, 4.8e-3f, 0.01f);
  idr_torsion torsion = idr_torsion_prepare(938, 30, 2900, 116, 8, 1e6f, 0, 3000, 2000, dt);
  idr_cut c = idr_cut_prepare(&law, 60e3f, 34000, 1e5f, 2e-3f, 4, grid);
  for (int i = 0; i < LANES; i++) {
    l.top[i] = l.bit[i] = 8;
    l.push[i] = c.push * (1.0f + 0.01f * (float)i);
  }
  double start = cpu(), seconds = 2000;
  for (int k = 0; k < (int)seconds * grid.turns; k++)
    cut_once(&l, &c, &torsion, grid);
  printf("cutting, %d cells, spread %d, %d x %d sub-steps a second: %.2f M well-s/s (64 lanes)\n",
         grid.cells, grid.spread, grid.turns, grid.sinks, LANES * seconds / (cpu() - start) / 1e6);
}

int main(void) {
  for (int cells = 31; cells <= 2000; cells *= 2)
    if (wave(cells)) return 1;
  cut((idr_cut_grid){IDR_CUT_CELLS, IDR_CUT_SPREAD, IDR_CUT_TURNS / 2, IDR_CUT_SINKS});
  cut((idr_cut_grid){IDR_CUT_CELLS, IDR_CUT_SPREAD, IDR_CUT_TURNS, IDR_CUT_SINKS});
  cut((idr_cut_grid){IDR_CUT_CELLS, IDR_CUT_SPREAD, 2 * IDR_CUT_TURNS, IDR_CUT_SINKS});
  cut((idr_cut_grid){8, 0, IDR_CUT_TURNS, IDR_CUT_SINKS});
  return 0;
}
