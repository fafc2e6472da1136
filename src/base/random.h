/* Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011), from Random123.
 *
 * A draw is a pure function of its key and counter, so results do not depend on the number of
 * lanes, threads or ranks, nor on what else was drawn. The key is the run's seed; the counter is
 * (lane, episode, step, purpose | draw). One call gives four independent 32-bit words.
 */
#ifndef IDR_BASE_RANDOM_H
#define IDR_BASE_RANDOM_H

#include "base/fn.h"
#include "base/vmath.h"
#include <Random123/philox.h>
#include <stdint.h>

/* What a number is drawn for. New purposes go at the end: the order is part of a run's identity. */
typedef enum {
  IDR_PURPOSE_INIT = 1,  /* parameter initialisation: lane = parameter index */
  IDR_PURPOSE_RESET,     /* start of an episode */
  IDR_PURPOSE_ACTION,    /* policy noise: lane, episode = 0, step = global control step */
  IDR_PURPOSE_SHUFFLE,   /* minibatch order: lane = block */
  IDR_PURPOSE_WELL,      /* well generator: lane = well index */
  IDR_PURPOSE_SENSOR,    /* sensor noise */
  IDR_PURPOSE_EVENT,     /* hazards */
  IDR_PURPOSE_BOOTSTRAP, /* statistics */
  IDR_PURPOSE_TEST,
  IDR_PURPOSE_REPLAY,  /* rows of a batch: lane = block, step = update, draw = row */
  IDR_PURPOSE_UPDATE,  /* noise of actions in an update: lane = 2 block + what for */
  IDR_PURPOSE_MACHINE, /* lives: lane = well, episode = machine, step = life */
  IDR_PURPOSE_CREW     /* people on a rig: lane = rig, episode = its well, step = second */
} idr_purpose;

typedef struct {
  uint32_t word[4];
} idr_random4;

/* Four words for one (seed, lane, episode, step, purpose, draw); draw < 2^24. */
IDR_FN idr_random4 idr_random_draw(uint64_t seed, uint32_t lane, uint32_t episode, uint32_t step,
                                   uint32_t purpose, uint32_t draw) {
  philox4x32_ctr_t counter;
  philox4x32_key_t key;
  counter.v[0] = lane;
  counter.v[1] = episode;
  counter.v[2] = step;
  counter.v[3] = (purpose << 24) | (draw & 0xffffffu);
  key.v[0] = (uint32_t)seed;
  key.v[1] = (uint32_t)(seed >> 32);
  counter = philox4x32(counter, key);
  idr_random4 out;
  out.word[0] = counter.v[0];
  out.word[1] = counter.v[1];
  out.word[2] = counter.v[2];
  out.word[3] = counter.v[3];
  return out;
}

/* Uniform in (0, 1): never 0 and never 1, so its logarithm is finite. 23 bits, because the half
 * step between them is the 24th that a float holds; with one more, the largest would round to 1. */
IDR_FN float idr_random_uniform(uint32_t word) {
  return ((float)(word >> 9) + 0.5f) * 1.1920928955078125e-7f; /* 2^-23 */
}

/* Two standard normal numbers from two words (Box and Muller 1958). */
IDR_FN void idr_random_normal2(uint32_t a, uint32_t b, float out[2]) {
  float radius = sqrtf(-2.0f * idr_logf(idr_random_uniform(a)));
  float angle = 6.2831853071795865f * idr_random_uniform(b);
  out[0] = radius * idr_cosf(angle);
  out[1] = radius * idr_sinf(angle);
}

#endif
