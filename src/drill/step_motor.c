/* The mud motor turns the bit on top of what the string does, and asks pressure for the bit's
 * torque. The string feels the same torque either way (an action and its reaction), so its model
 * needs to know nothing of the motor but the speed that it gives the bit, which it takes from the
 * second before. */
#include "drill/step_internal.h"

#include "drill/mud_motor.h"

void idr_step_motor(idr_drill_group *g, idr_second *s) {
  IDR_SIMD
  LANES {
    float torque = s->contact_torque[i] + s->cutting_torque[i], turns = g->motor_turns[i];
    float mud = idr_step_pumped(g, i) * idr_step_through(g, i);
    float can = idr_motor_stall(g->motor_stall[i], g->fault_stator[i]);
    float free = 1.0f - idr_clampf(g->fault_stall[i], 0.0f, 1.0f);
    float speed = free * idr_motor_speed(mud, turns, torque, g->motor_stall[i], g->motor_slip[i],
                                         g->fault_stator[i]);
    /* A rotor that stands bears all that the seals hold. */
    float borne = free * idr_minf(torque, can) + (1.0f - free) * can;
    float flowing = idr_minf(mud * 1e6f, 1.0f);
    g->motor_speed[i] = speed;
    g->value[IDR_CHANNEL_MOTOR_PRESSURE][i] = flowing * idr_motor_pressure(borne, turns);
  }
}
