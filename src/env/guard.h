/* Safety limits of a drilled interval: how long each is overstepped, and a shield between driller
 * and rig that keeps them.
 *
 * Strain is what a limit sees, as part of what is allowed; above 1 the limit is overstepped:
 *   ecd         (largest ECD - mud density) / (ecd * (weakest fracture density - mud density))
 *   torque      largest surface torque / (torque * the top drive's limit)
 *   spp         largest standpipe pressure / (spp * the pumps' relief setting)
 *   stick_slip  stick-slip index at the end of the period / stick_slip
 *
 * The shield looks at the rig's channels of the last control period and at nothing else: no rock,
 * no wear, no state behind the gauges. The mud window of the well's plan and the rig's limits are
 * known to it. Like the advisor it reads the channels without noise or faults of sensors. It has
 * two levers. Each acts when one of its strains passes IDR_SHIELD_ONSET, and lets go, slower, when
 * all of them are below IDR_SHIELD_RELEASE; between the two it holds what it has:
 *   flow    ecd, spp: less flow, never below the rig's least, which keeps the hole clean
 *   weight  torque, stick_slip: less weight, down to a tenth of the rig's, and more speed; where
 *           ten minutes at that did not help, three tenths, so that the interval ends
 * The driller's set-points are cut at these bounds, never replaced. Deterministic. A window that is
 * overstepped at the least flow stays so: there the shield costs time and wins nothing.
 */
#ifndef IDR_ENV_GUARD_H
#define IDR_ENV_GUARD_H

#include "base/settings.h"
#include "drill/state.h"

#define IDR_SHIELD_ROWS(X)                                                                         \
  X(BOOL, enabled, "", "false", 0, 0, "",                                                          \
    "drilling: the shield acts, for the policy and all baselines; false: limits are only watched") \
  X(REAL, ecd, "", "0.9", 0.05, 1, "",                                                             \
    "part of the window from mud weight to fracture pressure that ECD may use up")                 \
  X(REAL, torque, "", "0.85", 0.05, 1, "", "part of the top drive's torque that may be used")      \
  X(REAL, spp, "", "0.9", 0.05, 1, "", "part of the pumps' relief pressure that may be used")      \
  X(REAL, stick_slip, "", "1", 0.05, 2, "", "stick-slip index that may be reached")

IDR_SETTINGS_STRUCT(idr_shield_settings, IDR_SHIELD_ROWS);
extern const idr_setting idr_shield_rows[];
extern const int idr_shield_row_count;

/* To be raised whenever a rule or a step of the shield changes: cached results are of one law. */
#define IDR_SHIELD_LAW     1
#define IDR_SHIELD_ONSET   0.95f
#define IDR_SHIELD_RELEASE 0.85f

#define IDR_LIMIT_LIST(X)                                                                          \
  X(ECD, ecd)                                                                                      \
  X(TORQUE, torque)                                                                                \
  X(SPP, spp)                                                                                      \
  X(STICK_SLIP, stick_slip)

typedef enum {
#define IDR_LIMIT_ENUM(id, name) IDR_LIMIT_##id,
  IDR_LIMIT_LIST(IDR_LIMIT_ENUM)
#undef IDR_LIMIT_ENUM
      IDR_LIMITS
} idr_limit;
const char *idr_limit_name(idr_limit limit);

/* Of one episode; plain data, doubles only. */
typedef struct {
  double time;             /* s in control periods */
  double over[IDR_LIMITS]; /* s of these in which a limit was overstepped */
  double shielded;         /* s of these with a set-point that the shield changed */
  double failure;          /* bits of idr_failure at the end */
} idr_guard_counts;

/* What the guard knows of one episode: counts, and the bounds on its set-points (N, rad/s, m3/s;
 * infinite or 0 where there is none). */
typedef struct {
  idr_guard_counts counts;
  float wob, omega, flow;
  float strained;   /* s at the least weight without relief */
  bool acted, over; /* in the present period; the episode is over and counts stand */
} idr_guard_lane;

typedef struct {
  idr_shield_settings settings;
  int64_t count;
  idr_guard_lane *lane; /* [count], owned */
} idr_guard;

/* Zero counts and no bounds for `count` episodes; free with idr_guard_free. */
idr_status idr_guard_create(const idr_shield_settings *settings, int64_t count, idr_guard *out);
void idr_guard_free(idr_guard *guard);

/* The three calls for episode k, which sits at `place` of `group`: when it starts; between the
 * driller's decision and the step; after the step of `period` seconds, `last` in its last one.
 * Later episodes in the same lane are shielded but not counted. */
void idr_guard_start(idr_guard *guard, int64_t k);
void idr_guard_act(idr_guard *guard, int64_t k, idr_drill_group *group, int place);
void idr_guard_see(idr_guard *guard, int64_t k, const idr_drill_group *group, int place,
                   double period, bool last);

/* Strain of every limit in the last control period of a lane. */
void idr_guard_strain(const idr_shield_settings *settings, const idr_drill_group *group, int place,
                      float out[IDR_LIMITS]);

#endif
