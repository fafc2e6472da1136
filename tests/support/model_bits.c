/* Prints one hash over the bits that the models of src/drill give on a grid of arguments: compiled
 * as C and as C++ by several compilers it must be the same (tests/unit/models_agree.sh). No part of
 * a test program. */
#include "drill/aggressiveness.h"
#include "drill/bourgoyne.h"
#include "drill/critical_speed.h"
#include "drill/fann.h"
#include "drill/hand_hydraulics.h"
#include "drill/influx.h"
#include "drill/jet.h"
#include "drill/kick.h"
#include "drill/lumped.h"
#include "drill/mud_density.h"
#include "drill/pdc.h"
#include "drill/pore_pressure.h"
#include "drill/settling.h"
#include "drill/string2dof.h"
#include "drill/surge.h"
#include "drill/temperature.h"
#include "drill/tooth.h"

#include <stdio.h>

typedef struct {
  float u, v, w; /* 0 to 1 */
} point;

/* FNV-1a over words. */
static uint64_t mix(uint64_t hash, float x) {
  return (hash ^ idr_float_bits(x)) * 1099511628211u;
}

static uint64_t rates(uint64_t h, point p) {
  const idr_pdc_bit bit = {0.1f + 0.2f * p.u,  0.01f + 0.01f * p.v, 0.1f + 0.4f * p.w, 0.02f,
                           6.0f + 10.0f * p.u, 3.0f + 4.0f * p.v};
  const float a[IDR_BOURGOYNE_TERMS] = {3.0f, 1e-4f, 2e-4f, 4e-5f, 0.5f, 0.6f, 0.4f, 0.3f};
  const idr_bourgoyne_state s = {5000.0f * p.u,
                                 1000.0f + 800.0f * p.v,
                                 1000.0f + 900.0f * p.w,
                                 1e6f * p.u,
                                 1e4f * p.v,
                                 30.0f * p.w,
                                 p.u,
                                 2.0f * p.v};
  float x[IDR_BOURGOYNE_TERMS];
  idr_bourgoyne_terms(&s, x);
  h = mix(h, idr_pdc_rop(&bit, 5e7f + 2e8f * p.u, 3e5f * p.v, 30.0f * p.w));
  h = mix(h, idr_bourgoyne_rop(a, x));
  return mix(h, idr_pore_d_exponent(0.02f * p.u, 20.0f * p.v, 3e5f * p.w, 0.2f));
}

static uint64_t wear(uint64_t h, point p, int i) {
  idr_tooth t = idr_tooth_of((idr_tooth_class)(i % 8));
  float rate = idr_tooth_rate(&t, 1e6f * p.u, 20.0f * p.v, 72000.0f);
  h = mix(h, (float)idr_tooth_wear(&t, (double)p.w, rate, 60.0));
  return mix(h, idr_bearing_rate((idr_bearing_kind)(i % 4), 1e6f * p.u, 20.0f * p.v, 36000.0f));
}

static uint64_t mud(uint64_t h, point p) {
  idr_fann_fluid f =
      idr_fann_herschel_bulkley(40.0f + 100.0f * p.u, 20.0f + 60.0f * p.v, 10.0f * p.w, 8.0f * p.u);
  const idr_mud m = {1000.0f + 900.0f * p.u, 2e9f, 1e-3f * p.v};
  idr_rheology r = idr_rheology_prepare(1200.0f, f.yield, f.consistency, f.index, 1.0f);
  h = mix(mix(h, f.consistency), f.index);
  h = mix(h, idr_mud_column(&m, 6000.0f * p.w, 0.06f * p.u));
  h = mix(h, idr_surge_pressure(&r, p.u, 0.2f, 0.1f, 1000.0f));
  h = mix(h, idr_hand_critical(1100.0f, 0.1f + p.v, 0.4f + 0.5f * p.w, 0.1f));
  h = mix(h, idr_hand_turbulent(1100.0f, 0.05f * p.v, 0.02f, 0.3f, 0.1f, 1000.0f * p.u));
  return mix(h, idr_jet_force(1200.0f, 0.06f * p.u, 2e-4f + 5e-4f * p.v));
}

static uint64_t annulus(uint64_t h, point p) {
  float size = 0.001f + 0.01f * p.u, viscosity = 0.001f + 0.1f * p.w;
  idr_temperature t =
      idr_temperature_prepare(310.0f, 288.0f, 0.06f * p.u, 500.0f + 4000.0f * p.v,
                              1e4f + 3e5f * p.w, 20.0f + 60.0f * p.u, 5.0f + 20.0f * p.v);
  h = mix(h, idr_settling_newtonian(size, 2600.0f, 1200.0f, viscosity, 0.4f + 0.5f * p.v));
  h = mix(h, idr_settling_moore(size, 2600.0f, 1200.0f, viscosity));
  h = mix(h, idr_influx_drop(1e5f + 3e7f * p.u, 1e5f * p.v, 5.0f * p.w, 1300.0f, 0.02f, 20.0f));
  h = mix(h, idr_influx_slip(0.2f, 0.1f * p.u, 1200.0f, 300.0f * p.v));
  h = mix(h, idr_kick_surface_pressure(4e7f * p.u, 5.0f * p.v, 1500.0f, 0.02f + 0.02f * p.w));
  return mix(h, idr_temperature_annulus(&t, 400.0f * p.w));
}

static uint64_t pressures(uint64_t h) {
  const idr_lumped well = {1e8f, 2e7f, 4e8f, 5e9f, 2e9f, 1500.0f, 1580.0f, 1951.0f, 1.3e-3f};
  idr_lumped_state s = idr_lumped_steady(&well, 0.03f, 0.01f, 0.7f);
  for (int i = 0; i < 5000; i++) {
    float drained, pump = 0.03f * (float)(i % 97) / 97.0f;
    s = idr_lumped_step(&well, s, pump, 0.01f, 0.2f + 0.8f * (float)(i % 53) / 53.0f, 1.0f,
                        &drained);
    h = mix(mix(mix(h, s.standpipe), s.choke), s.flow);
  }
  return h;
}

static uint64_t resonances(uint64_t h, point p) {
  float lateral = idr_critical_lateral(0.1f + 0.1f * p.u, 0.05f + 0.04f * p.v, 5.0f + 20.0f * p.w);
  h = mix(h, idr_critical_compressed(lateral, p.u));
  h = mix(h, idr_whirl_amplitude(30.0f * p.v, lateral, 5e-3f, 0.02f + 0.1f * p.w));
  return mix(h, idr_bit_torque_of_weight(idr_rock_aggressiveness(4e8f * p.u), 3e5f * p.v, 0.2f));
}

/* A bit that sticks and slips, under a drive that matches the string. */
static uint64_t cutting(uint64_t h, idr_cut_grid grid) {
  const float dt = 1.0f / (float)grid.turns;
  idr_bit_law law = idr_bit_prepare(0.108f, 30e6f, 4e-3f, 0.02f);
  idr_cut cut = idr_cut_prepare(&law, 6e4f, 34000.0f, 1e5f, 1e-3f, 4.0f, grid);
  idr_torsion torsion =
      idr_torsion_prepare(938.0f, 30.0f, 2900.0f, 116.0f, 4.0f, 4e4f, 0.0f, 900.0f, 600.0f, dt);
  idr_torsion_drive(&torsion, idr_torsion_matched(2900.0f, 400.0f), dt);
  cut.hold = IDR_CUT_STATIC;
  idr_cut_state s = {{0.0f, 0.0f, 0.0f, 0.0f}, 0.0f, 0.0f, 0.0f};
  float heights[9] = {0};
  for (int i = 0; i < 5000; i++) {
    idr_cut_view view;
    s = idr_cut_step(&cut, &torsion, s, heights, grid, 0.0f, &view);
    h = mix(mix(mix(h, view.weight), view.torque), s.turn.omega_bit);
  }
  return h;
}

int main(void) {
  uint64_t h = 1469598103934665603u;
  for (int i = 0; i < 5000; i++) {
    const point p = {(float)i / 5000.0f, (float)(i * 7919 % 5000) / 5000.0f,
                     (float)(i * 1733 % 5000) / 5000.0f};
    h = resonances(annulus(mud(wear(rates(h, p), p, i), p), p), p);
  }
  const idr_cut_grid step = {IDR_CUT_CELLS, IDR_CUT_SPREAD, IDR_CUT_TURNS, IDR_CUT_SINKS};
  const idr_cut_grid plain = {8, 0, IDR_CUT_TURNS, IDR_CUT_SINKS};
  h = cutting(cutting(pressures(h), step), plain);
  printf("%016llx\n", (unsigned long long)h);
  return 0;
}
