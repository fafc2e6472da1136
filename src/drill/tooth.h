/* Wear of a roller-cone bit: teeth and bearings.
 *
 * Source: Bourgoyne and Young 1974; forms and constants as in Applied Drilling Engineering (1986).
 * With W/d in klbf/in, N in 1/min, time constants in hours:
 *     dh/dt = (H3/tau_H) (N/100)^H1 ((W/d)m - 4)/((W/d)m - W/d) (1 + H2/2)/(1 + H2 h)
 *     db/dt = (1/tau_B) (N/60)^B1 (W/(4 d))^B2
 * h runs from 0 (new) to 1 (teeth gone), b from 0 to 1 (bearing gone). At constant conditions h
 * obeys h + H2 h^2/2 = rate t, which the step inverts: it has no error of time.
 */
#ifndef IDR_DRILL_TOOTH_H
#define IDR_DRILL_TOOTH_H

#include "base/fn.h"
#include "base/vmath.h"
#include <math.h>

/* name, IADC classes, H1, H2, H3, (W/d)m in klbf/in */
#define IDR_TOOTH_CLASSES(X)                                                                       \
  X(SOFT, "1-1 to 1-2", 1.90f, 7.0f, 1.00f, 7.0f)                                                  \
  X(SOFT_MEDIUM, "1-3 to 1-4", 1.84f, 6.0f, 0.80f, 8.0f)                                           \
  X(MEDIUM, "2-1 to 2-2", 1.80f, 5.0f, 0.60f, 8.5f)                                                \
  X(MEDIUM_HARD, "2-3", 1.76f, 4.0f, 0.48f, 9.0f)                                                  \
  X(HARD, "3-1", 1.70f, 3.0f, 0.36f, 10.0f)                                                        \
  X(HARD_ABRASIVE, "3-2", 1.65f, 2.0f, 0.26f, 10.0f)                                               \
  X(HARD_QUARTZ, "3-3", 1.60f, 2.0f, 0.20f, 10.0f)                                                 \
  X(INSERT, "4-1", 1.50f, 2.0f, 0.18f, 10.0f)

typedef enum {
#define IDR_TOOTH_ENUM(name, iadc, h1, h2, h3, most) IDR_TOOTH_##name,
  IDR_TOOTH_CLASSES(IDR_TOOTH_ENUM)
#undef IDR_TOOTH_ENUM
} idr_tooth_class;

typedef struct {
  float h1, h2, h3;
  float most; /* (W/d)m, N/m: teeth break at once */
} idr_tooth;

IDR_FN idr_tooth idr_tooth_of(idr_tooth_class kind) {
  idr_tooth t = {0.0f, 0.0f, 0.0f, 0.0f};
  switch (kind) {
#define IDR_TOOTH_CASE(name, iadc, a, b, c, d)                                                     \
  case IDR_TOOTH_##name:                                                                           \
    t.h1 = a;                                                                                      \
    t.h2 = b;                                                                                      \
    t.h3 = c;                                                                                      \
    t.most = d * 175126.84f;                                                                       \
    break;
    IDR_TOOTH_CLASSES(IDR_TOOTH_CASE)
#undef IDR_TOOTH_CASE
  }
  return t;
}

/* (1 + H2 h) dh/dt, 1/s: what does not depend on the wear. `weight_per_diameter` N/m, counted up to
 * 95 % of (W/d)m; `life` is tau_H, s. */
IDR_FN float idr_tooth_rate(const idr_tooth *t, float weight_per_diameter, float omega,
                            float life) {
  float weight = idr_clampf(weight_per_diameter, 0.0f, 0.95f * t->most);
  float load = (t->most - 4.0f * 175126.84f) / (t->most - weight);
  float speed = idr_powf(idr_maxf(omega, 0.0f) * (1.0f / 10.471976f), t->h1);
  return t->h3 / life * speed * load * (1.0f + 0.5f * t->h2);
}

/* Wear after `dt` seconds at that rate; at most 1. Double, because it grows over days. */
IDR_FN double idr_tooth_wear(const idr_tooth *t, double wear, float rate, double dt) {
  double h2 = (double)t->h2, half = wear + 0.5 * h2 * wear * wear + (double)rate * dt;
  double after = 2.0 * half / (1.0 + sqrt(1.0 + 2.0 * h2 * half));
  return after < 1.0 ? after : 1.0;
}

/* name, bearing, B1, B2 */
#define IDR_BEARING_KINDS(X)                                                                       \
  X(OPEN_BARITE, "roller, not sealed, barite mud", 1.0f, 1.0f)                                     \
  X(OPEN_OIL, "roller, not sealed, oil mud", 1.0f, 2.0f)                                           \
  X(SEALED_ROLLER, "roller, sealed", 0.70f, 0.85f)                                                 \
  X(SEALED_JOURNAL, "journal, sealed", 1.6f, 1.0f)

typedef enum {
#define IDR_BEARING_ENUM(name, text, b1, b2) IDR_BEARING_##name,
  IDR_BEARING_KINDS(IDR_BEARING_ENUM)
#undef IDR_BEARING_ENUM
} idr_bearing_kind;

/* db/dt, 1/s; `life` is tau_B, s. */
IDR_FN float idr_bearing_rate(idr_bearing_kind kind, float weight_per_diameter, float omega,
                              float life) {
  float b1 = 1.0f, b2 = 1.0f;
  switch (kind) {
#define IDR_BEARING_CASE(name, text, a, b)                                                         \
  case IDR_BEARING_##name:                                                                         \
    b1 = a;                                                                                        \
    b2 = b;                                                                                        \
    break;
    IDR_BEARING_KINDS(IDR_BEARING_CASE)
#undef IDR_BEARING_CASE
  }
  float speed = idr_maxf(omega, 0.0f) * (1.0f / 6.2831853f);
  float load = idr_maxf(weight_per_diameter, 0.0f) * (1.0f / 700507.34f);
  return idr_powf(speed, b1) * idr_powf(load, b2) / life;
}

#endif
