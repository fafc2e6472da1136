/* The readings of one well as they come, a JSON object a second: a live rig for those who listen to
 * one, at its own pace or faster. */
#include "base/clock.h"
#include "base/stop.h"
#include "base/text.h"
#include "jobs/generate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_BYTES 16384

/* Shortest of the usual forms that is no coarser than the gauge: its step has so many digits. */
static void append_value(char *line, const char *name, float value, double resolution) {
  int digits = (int)ceil(-log10(resolution));
  if (isnan(value))
    idr_text_append(line, LINE_MAX_BYTES, ",\"%s\":null", name);
  else
    idr_text_append(line, LINE_MAX_BYTES, ",\"%s\":%.*f", name, digits > 0 ? digits : 0,
                    (double)value);
}

static void make_line(const idr_generate_config *config, const idr_rig *rig, int64_t second,
                      time_t start, char *line) {
  time_t now = start + (time_t)second;
  struct tm parts;
  char text[32], activity[64], well[IDR_WELL_NAME_MAX];
  gmtime_r(&now, &parts);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  idr_generate_well_name(config, 0, well);
  snprintf(activity, sizeof activity, "%d", rig->crew.activity[0]);
  line[0] = '\0';
  idr_text_append(line, LINE_MAX_BYTES, "{\"time\":\"%s\",\"well\":\"%s\",\"activity\":%s", text,
                  well, activity);
  for (int c = 0; c < IDR_CHANNEL_COUNT; c++)
    if (config->channels >> c & 1)
      append_value(line, idr_channels[c].name, rig->sensors.reading[c][0],
                   idr_channels[c].resolution);
  idr_text_append(line, LINE_MAX_BYTES, "}\n");
}

/* Sleeps until second `second` is due; ends early when asked to stop. */
static void wait_for(double begun, double pace, int64_t second) {
  while (pace > 0.0 && !idr_stop_requested()) {
    double left = begun + (double)second / pace - idr_clock_seconds();
    if (left <= 0.0) return;
    if (left > 0.1) left = 0.1;
    struct timespec nap = {.tv_nsec = (long)(left * 1e9)};
    nanosleep(&nap, NULL);
  }
}

/* A reader who went away is no failure: it has had enough. */
static idr_status put_line(const char *line, bool flush, bool *gone) {
  if (fputs(line, stdout) >= 0 && (!flush || fflush(stdout) == 0)) return IDR_STATUS_OK;
  *gone = errno == EPIPE;
  if (!*gone) IDR_FAIL(IDR_STATUS_IO, "cannot write to the standard output: %s", strerror(errno));
  return IDR_STATUS_OK;
}

static idr_status stream(const idr_generate_config *config, idr_rig *rig, bool *stopped) {
  char line[LINE_MAX_BYTES];
  struct tm t = {.tm_mday = 1};
  bool gone = false;
  double begun = idr_clock_seconds(), pace = config->dataset.pace;
  strptime(config->dataset.start, "%Y-%m-%d %H:%M:%S", &t);
  time_t start = timegm(&t);
  for (int64_t second = 0; second < config->rows && !gone; second++) {
    *stopped = idr_stop_requested();
    if (*stopped) break;
    idr_rig_second(rig);
    wait_for(begun, pace, second);
    make_line(config, rig, second, start, line);
    IDR_TRY(put_line(line, pace > 0.0, &gone));
  }
  return gone ? IDR_STATUS_OK : put_line("", true, &gone);
}

static idr_status place_all(const idr_generate_config *config, idr_rig *rig, const idr_well *well) {
  for (int i = 0; i < rig->hole->lanes; i++)
    IDR_TRY(idr_rig_place(rig, i, well, (uint32_t)config->dataset.well_first, 0.0));
  return IDR_STATUS_OK;
}

idr_status idr_generate_stream(const idr_generate_config *config, bool *stopped) {
  idr_well *well = NULL;
  idr_rig *rig = NULL;
  IDR_TRY(idr_generate_make_well(config, 0, &well));
  idr_status status = idr_rig_create(&config->rig, 1, &rig);
  if (status == IDR_STATUS_OK) status = place_all(config, rig, well);
  if (status == IDR_STATUS_OK) status = stream(config, rig, stopped);
  idr_rig_free(rig);
  idr_well_free(well);
  return status;
}
