/* Settings of `idrill generate`, and the wells and reels that follow from them. */
#include "base/checksum.h"
#include "base/file.h"
#include "jobs/generate.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define idr_row_type idr_generate_settings
static const idr_setting generate_rows[] = {IDR_GENERATE_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

void idr_generate_config_bind(idr_generate_config *c) {
  const idr_section sections[IDR_GENERATE_SECTIONS] = {
      IDR_SECTION("dataset", "what is recorded, and how it is stored", generate_rows, &c->dataset),
      {"rig", "what happens on the rigs", idr_rig_rows, idr_rig_row_count, &c->rig},
      {"wells", "the generator of wells", idr_generator_rows, idr_generator_row_count, &c->wells},
      {"run", "the run and its folder", idr_run_rows, idr_run_row_count, &c->run},
      {"mlflow", "the record of the run", idr_mlflow_rows, idr_mlflow_row_count, &c->mlflow}};
  memcpy(c->section, sections, sizeof sections);
}

static idr_status check_start(const char *text) {
  struct tm t = {.tm_mday = 1};
  const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &t);
  if (!end || *end)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "dataset.start = '%s' is no time: write it as 2026-01-01 00:00:00 (UTC)", text);
  return IDR_STATUS_OK;
}

static idr_status check_together(const idr_generate_settings *d) {
  if (d->well_file[0] && !idr_file_exists(d->well_file))
    IDR_FAIL(IDR_STATUS_IO,
             "dataset.well_file: there is no file '%s'; a relative name counts from the folder "
             "that idrill is started in",
             d->well_file);
  if (d->stream && d->wells != 1)
    IDR_FAIL(IDR_STATUS_CONFIG,
             "the standard output carries one well, not dataset.wells = %lld; choose it with "
             "dataset.well_first",
             (long long)d->wells);
  if (d->pace > 0.0 && !d->stream)
    IDR_FAIL(IDR_STATUS_CONFIG, "dataset.pace = %g means nothing without dataset.stream=true",
             d->pace);
  return check_start(d->start);
}

idr_status idr_generate_config_finish(idr_generate_config *c) {
  const idr_generate_settings *d = &c->dataset;
  IDR_TRY(check_together(d));
  IDR_TRY(idr_channels_parse(d->channels, &c->channels));
  IDR_TRY(idr_storage_check((idr_storage)d->filter));
  c->rows = llround(d->duration);
  c->block = llround(d->block);
  if (c->block > c->rows) c->block = c->rows;
  c->level = idr_storage_reel_level((idr_storage)d->filter, (int)d->level);
  const idr_column_choice choice = {
      .channels = c->channels, .truth = d->truth, .labels = true, .machines = true};
  c->column_count = idr_columns_make(&choice, c->column);
  return IDR_STATUS_OK;
}

idr_status idr_generate_make_well(const idr_generate_config *config, int index, idr_well **out) {
  const idr_generate_settings *d = &config->dataset;
  if (d->well_file[0]) return idr_well_read(d->well_file, out);
  return idr_well_generate(&config->wells, (uint64_t)config->run.seed,
                           (uint32_t)(d->well_first + index), out);
}

void idr_generate_well_name(const idr_generate_config *config, int index,
                            char out[IDR_WELL_NAME_MAX]) {
  snprintf(out, IDR_WELL_NAME_MAX, "well-%06lld", (long long)config->dataset.well_first + index);
}

/* Everything that decides the values of a well, whatever else the data set holds. */
static uint64_t well_key(const idr_generate_config *config, int index, const idr_well *well) {
  const uint64_t parts[] = {idr_well_hash(well),
                            idr_checksum(idr_drill_source_hash(), strlen(idr_drill_source_hash())),
                            (uint64_t)(config->dataset.well_first + index),
                            (uint64_t)config->rig.seed,
                            (uint64_t)config->rig.mode,
                            idr_checksum(config->rig.script, strlen(config->rig.script)),
                            idr_rig_lane_bytes()};
  const double factors[] = {config->rig.event_rate, config->rig.wear_rate, config->rig.sensor_noise,
                            config->rig.sensor_fault_rate};
  return idr_checksum(parts, sizeof parts) ^ idr_checksum(factors, sizeof factors);
}

idr_status idr_generate_open_reel(const idr_generate_config *config, const char *folder, int index,
                                  const idr_well *well, idr_reel **out) {
  char path[IDR_TEXT_MAX + 2 * IDR_WELL_NAME_MAX], name[IDR_WELL_NAME_MAX];
  idr_generate_well_name(config, index, name);
  snprintf(path, sizeof path, "%s/reels/%s.reel", folder, name);
  const idr_reel_spec spec = {.column = config->column,
                              .column_count = config->column_count,
                              .rows = config->rows,
                              .chunk = config->block,
                              .level = config->level,
                              .key = well_key(config, index, well)};
  return idr_reel_open(path, &spec, out);
}
