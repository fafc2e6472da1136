/* The kinds of events: names, signatures, times. */
#include "drill/events.h"

#define SIGN(channel, direction)                                                                   \
  { IDR_CHANNEL_##channel, IDR_WATCHED_##channel, direction }
#define UP(channel)   SIGN(channel, 1.0f)
#define DOWN(channel) SIGN(channel, -1.0f)

/* Signatures: the engineering convention. Times in s: grow, decay, notice, last; assumed. */
#define TIMES(grow, decay, notice, last) grow, decay, notice, last
#define TRAITS(id, times, ...)           [IDR_EVENT_##id] = {{__VA_ARGS__}, times}

const idr_event_traits idr_event_kinds[IDR_EVENT_COUNT] = {
    TRAITS(STICK_SLIP, TIMES(20, 20, 60, 900), UP(SSI), UP(STUCK), UP(TORQUE_MAX)),
    TRAITS(WHIRL, TIMES(20, 20, 120, 900), UP(LATERAL_VIBRATION), UP(MSE)),
    TRAITS(BALLING, TIMES(600, 300, 600, 3600), DOWN(ROP), DOWN(TORQUE), UP(SPP), UP(MSE)),
    TRAITS(LOSSES, TIMES(60, 1800, 300, 10800), DOWN(FLOW_OUT), DOWN(PIT), DOWN(SPP), UP(HOOKLOAD)),
    TRAITS(KICK, TIMES(120, 600, 120, 7200), UP(FLOW_OUT), UP(PIT_GAIN), UP(GAS), DOWN(SPP),
           UP(ROP)),
    TRAITS(PACKOFF, TIMES(900, 1200, 120, 7200), UP(SPP), UP(ECD), UP(TORQUE), DOWN(FLOW_OUT),
           DOWN(ROP)),
    TRAITS(WASHOUT, TIMES(7200, 60, 1800, 43200), DOWN(SPP)),
    TRAITS(PLUGGED, TIMES(3, 3, 600, 36000), UP(SPP), DOWN(ROP)),
    TRAITS(LOST_NOZZLE, TIMES(2, 2, 900, 72000), DOWN(SPP)),
    TRAITS(STALL, TIMES(2, 2, 20, 60), UP(MOTOR_PRESSURE), UP(SPP), DOWN(OMEGA_BIT), DOWN(ROP)),
    TRAITS(STUCK, TIMES(30, 300, 60, 21600), DOWN(OMEGA_BIT), DOWN(ROP), UP(TORQUE), UP(HOOKLOAD)),
};

const char *const idr_event_names[IDR_EVENT_COUNT] = {
#define EVENT_NAME(id, name, doc) name,
    IDR_EVENT_LIST(EVENT_NAME)};

const char *const idr_event_causes[IDR_CAUSE_COUNT] = {
#define CAUSE_NAME(id, name, doc) name,
    IDR_CAUSE_LIST(CAUSE_NAME)};

uint64_t idr_event_channels(int kind) {
  uint64_t mask = 0;
  for (int k = 0; k < IDR_EVENT_SIGNS; k++)
    if (idr_event_kinds[kind].sign[k].direction != 0.0f)
      mask |= 1ull << idr_event_kinds[kind].sign[k].channel;
  return mask;
}
