/* fuzz: runs 8000
 *
 * Settings: a configuration file, and behind a line "====" overrides, one per line. The sections
 * are those of `idrill train-rl`. What is accepted is written as settings.yaml and must read back
 * to the same values. */
#include "base/settings.h"
#include "env/drilling.h"
#include "rl/policy.h"
#include "rl/ppo.h"
#include "support/fuzz.h"
#include "track/run.h"
#include "track/upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OVERRIDES_MAX 16
#define SECTIONS_MAX  (4 + IDR_ENV_SECTION_MAX)

typedef struct {
  idr_run_settings run;
  idr_mlflow_settings mlflow;
  idr_ppo_settings ppo;
  idr_net_settings net;
  void *task;
  idr_section sections[SECTIONS_MAX];
  int count;
} config;

static config *create_config(void) {
  const idr_env_kind *kind = idr_env_find("drilling");
  config *c = calloc(1, sizeof *c);
  FUZZ_CHECK(c && kind);
  c->task = calloc(1, kind->settings_bytes);
  FUZZ_CHECK(c->task);
  c->sections[0] = (idr_section){"run", "", idr_run_rows, idr_run_row_count, &c->run};
  c->sections[1] = (idr_section){"mlflow", "", idr_mlflow_rows, idr_mlflow_row_count, &c->mlflow};
  c->sections[2] = (idr_section){"ppo", "", idr_ppo_rows, idr_ppo_row_count, &c->ppo};
  c->sections[3] = (idr_section){"net", "", idr_net_rows, idr_net_row_count, &c->net};
  c->count = 4 + kind->bind(c->task, c->sections + 4);
  return c;
}

static void free_config(config *c) {
  free(c->task);
  free(c);
}

/* The effective file; the caller frees. */
static char *write_config(const config *c, size_t *bytes) {
  char *text = NULL;
  FILE *out = open_memstream(&text, bytes);
  FUZZ_CHECK(out);
  FUZZ_CHECK(idr_settings_write(c->sections, c->count, out) == IDR_STATUS_OK);
  FUZZ_CHECK(fclose(out) == 0);
  return text;
}

static void check_reads_back(const config *c) {
  size_t bytes = 0, bytes_again = 0;
  config *other = create_config();
  char *text = write_config(c, &bytes);
  idr_status status =
      idr_settings_parse(other->sections, other->count, "settings.yaml", text, bytes, NULL, 0);
  if (status != IDR_STATUS_OK) fprintf(stderr, "%s\n%s", idr_error_get()->message, text);
  FUZZ_CHECK(status == IDR_STATUS_OK);
  char *again = write_config(other, &bytes_again);
  FUZZ_CHECK(bytes == bytes_again && memcmp(text, again, bytes) == 0);
  free(text);
  free(again);
  free_config(other);
}

/* Cuts `text` into its lines, in place. */
static int split_lines(char *text, const char *lines[OVERRIDES_MAX]) {
  int count = 0;
  for (char *line = strtok(text, "\n"); line && count < OVERRIDES_MAX; line = strtok(NULL, "\n"))
    lines[count++] = line;
  return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  const char *overrides[OVERRIDES_MAX];
  idr_fuzz_halves halves = idr_fuzz_split(data, bytes);
  char *file = idr_fuzz_copy(halves.first, halves.first_bytes, 0);
  char *lines = idr_fuzz_copy(halves.second, halves.second_bytes, 1);
  int count = split_lines(lines, overrides);
  config *c = create_config();
  idr_status status =
      idr_settings_parse(c->sections, c->count, "fuzz", file, halves.first_bytes, overrides, count);
  FUZZ_CHECK(status == IDR_STATUS_OK || status == IDR_STATUS_CONFIG);
  if (status == IDR_STATUS_OK)
    check_reads_back(c);
  else
    FUZZ_CHECK(idr_error_get()->message[0] != '\0');
  free_config(c);
  free(file);
  free(lines);
  return 0;
}
