#include "drill/torque_drag.h"

#include "drill/path.h"
#include <stdbool.h>

static idr_status drag_check(const idr_drag_parts *p) {
  if (p->section_count < 1 || p->survey_count < 1 || !(p->depth > 0.0) || !(p->step > 0.0))
    IDR_FAIL(IDR_STATUS_ARGUMENT,
             "torque and drag of %d sections along %d stations, bit at %g m, steps of %g m: all "
             "must be positive",
             p->section_count, p->survey_count, p->depth, p->step);
  if (p->depth / p->step > 1e7)
    IDR_FAIL(IDR_STATUS_ARGUMENT, "steps of %g m over %g m of string: take longer ones", p->step,
             p->depth);
  for (int i = 0; i < p->section_count; i++) {
    const idr_drag_section *s = &p->section[i];
    if (!(s->length > 0.0 && s->weight >= 0.0 && s->radius > 0.0 && s->stiffness > 0.0 &&
          s->clearance > 0.0))
      IDR_FAIL(
          IDR_STATUS_ARGUMENT,
          "section %d above the bit: length %g m, radius %g m, stiffness %g N m2 and clearance "
          "%g m must be positive and weight %g N/m not negative",
          i + 1, s->length, s->radius, s->stiffness, s->clearance, s->weight);
  }
  return IDR_STATUS_OK;
}

/* What compression `force` does to `length` metres of string. */
static void drag_buckle(const idr_drag_section *s, double force, double inc, double length,
                        double above, idr_drag_result *out) {
  if (force <= 0.0) return;
  double sine = fmax(idr_buckling_sine(s->stiffness, s->weight, inc, s->clearance),
                     idr_buckling_vertical(s->stiffness, s->weight));
  out->compression = fmax(out->compression, force);
  out->neutral = above + length;
  if (force > sine) out->sine += length;
  if (force > IDR_BUCKLING_HELIX_CHEN * sine) out->helix += length;
}

/* Length of the next piece: a step, or what is left of the section (`left`) or of the hole. */
static double drag_length(const idr_drag_parts *p, bool last, double left, double depth) {
  double length = fmin(p->step, depth);
  return last ? length : fmin(length, left);
}

idr_status idr_drag_walk(const idr_drag_parts *parts, const idr_drag_motion *motion,
                         idr_drag_result *out) {
  const idr_drag_parts *p = parts;
  IDR_TRY(drag_check(p));
  *out = (idr_drag_result){0};
  double depth = p->depth, tension = -p->wob, torque = p->bit_torque, left = p->section[0].length;
  double inc, azi, high_inc, high_azi;
  idr_path_direction(p->survey, p->survey_count, depth, &inc, &azi);
  for (int i = 0; depth > 0.0;) {
    const idr_drag_section *s = &p->section[i];
    double length = drag_length(p, i + 1 == p->section_count, left, depth);
    double top = depth - length > 1e-9 ? depth - length : 0.0;
    idr_path_direction(p->survey, p->survey_count, top, &high_inc, &high_azi);
    double middle = 0.5 * (inc + high_inc), bend = high_inc - inc,
           turn = idr_drag_turn(inc, azi, high_inc, high_azi);
    drag_buckle(s, -tension, middle, length, p->depth - depth, out);
    double side = idr_drag_side_force(tension, s->weight * length, sin(middle), bend, turn);
    out->side_force = fmax(out->side_force, side / length);
    tension =
        idr_drag_piece(motion, tension, s->weight * length, middle, bend, turn, s->radius, &torque);
    depth = top;
    inc = high_inc;
    azi = high_azi;
    left -= length;
    if (left <= 1e-9 && i + 1 < p->section_count) left = p->section[++i].length;
  }
  out->hookload = tension + p->block;
  out->torque = torque;
  return IDR_STATUS_OK;
}
