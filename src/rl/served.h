/* A policy out of an ONNX file: one that this engine exported, or anybody's with the same
 * signature.
 *
 *   input   [batch][observation_dim], float: raw observations, one input and no more
 *   output  "action", or the first: [batch][action_dim], float, what the task takes (SI); for a
 * task with discrete actions the index [batch], int64, or scores [batch][action_count]
 *
 * A file that says what its columns are (idrill.inputs, idrill.outputs, idrill.period_s in its
 * metadata, as every export of ours) must name those of the task, in its order.
 */
#ifndef IDR_RL_SERVED_H
#define IDR_RL_SERVED_H

#include "env/env.h"
#include "graph/graph.h"

typedef struct idr_served idr_served;

/* Reads `path` for tiles of `rows` rows. `spec` is borrowed. FORMAT or UNSUPPORTED, naming file and
 * node, for a file that cannot be read; CONFIG when its signature, or what it says of itself, is
 * not the task's. */
idr_status idr_served_open(const char *path, const idr_env_spec *spec, int rows, idr_served **out);
void idr_served_close(idr_served *served); /* NULL allowed */
/* Plan of one tile, with output 0 being what idr_served_command reads; the position of its input
 * (-1: it looks at nothing), its parameters, and the elements of a row of the output. */
const idr_plan *idr_served_plan(const idr_served *served);
int idr_served_input(const idr_served *served);
const real *idr_served_weights(const idr_served *served);
int idr_served_width(const idr_served *served);
/* One row of the output as what the task takes [action_dim]. */
void idr_served_command(const idr_served *served, const real *row, float *command);

#endif
