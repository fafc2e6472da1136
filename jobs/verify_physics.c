/* idrill verify-physics [FAMILY] [verify.key=value ...]: the physics beside what is known of it. */
#include "base/text.h"
#include "jobs/job.h"
#include "jobs/verify.h"

#include <string.h>

#define IDR_VERIFY_SETTINGS(X)                                                                     \
  X(REAL, tolerance_scale, "", "1", 0, 1e6, "",                                                    \
    "multiplies every tolerance; 0 shows every residual as a failure")                             \
  X(TEXT, json, "", "", 0, 0, "", "also write everything to this file; empty: do not")
IDR_SETTINGS_STRUCT(idr_verify_settings, IDR_VERIFY_SETTINGS);

#define idr_row_type idr_verify_settings
static const idr_setting verify_rows[] = {IDR_VERIFY_SETTINGS(IDR_SETTING_ROW)};
#undef idr_row_type

static const idr_verify_family families[] = {
    {"rop", "rate of penetration and specific energy", idr_verify_rop},
    {"bit-data", "the laws of the bit on measured rows", idr_verify_bit_data},
    {"wear", "wear of roller-cone and PDC bits", idr_verify_wear},
    {"rheology", "viscometer readings and Herschel-Bulkley friction", idr_verify_rheology},
    {"hydraulics", "pressures of circulation, pump, surge and swab", idr_verify_hydraulics},
    {"annulus", "cuttings: slip and the velocity that keeps the hole clean", idr_verify_annulus},
    {"control", "well control: kicks, and pressure dynamics with a choke", idr_verify_control},
    {"temperature", "the circulating mud along the well", idr_verify_temperature},
    {"path", "minimum curvature", idr_verify_path},
    {"formation", "pore and fracture pressure, chains of rocks", idr_verify_formation},
    {"string", "torsion, drag, buckling and resonances of the string", idr_verify_string},
    {"cutting", "bit and string with the rock that the blades left", idr_verify_cut},
};
enum { FAMILY_COUNT = sizeof families / sizeof families[0] };

void idr_verify_help(FILE *out) {
  idr_verify_settings settings;
  const idr_section section = IDR_SECTION("verify", "the table", verify_rows, &settings);
  fputs("FAMILY is one of these; without it all are shown:\n", out);
  for (int i = 0; i < FAMILY_COUNT; i++)
    fprintf(out, "  %-12s %s\n", families[i].name, families[i].doc);
  fputs("exits with 1 when a number lies outside its tolerance\n\n", out);
  idr_settings_help(&section, 1, out);
}

static idr_status find_family(const char *name, int *first, int *last) {
  int best = 0, smallest = 1000;
  *first = 0;
  *last = FAMILY_COUNT;
  if (!name) return IDR_STATUS_OK;
  for (int i = 0; i < FAMILY_COUNT; i++) {
    int distance = idr_text_distance(name, families[i].name);
    if (distance >= smallest) continue;
    best = i;
    smallest = distance;
  }
  *first = best;
  *last = best + 1;
  if (strcmp(name, families[best].name) == 0) return IDR_STATUS_OK;
  bool near = idr_text_is_near(name, smallest);
  IDR_FAIL(IDR_STATUS_CONFIG,
           "there is no family '%s'%s%s%s; 'idrill help verify-physics' lists them", name,
           near ? ", did you mean '" : "", near ? families[best].name : "", near ? "'?" : "");
}

static idr_status verify(int argc, char **argv, int *failed) {
  int first = 0, last = 0;
  idr_job_line line;
  idr_verify_settings settings;
  idr_verify *v = NULL;
  const idr_section section = IDR_SECTION("verify", "", verify_rows, &settings);
  IDR_TRY(idr_job_parse(argc, argv, &line));
  IDR_TRY(find_family(line.config, &first, &last));
  IDR_TRY(idr_settings_load(&section, 1, NULL, line.overrides, line.override_count));
  IDR_TRY(idr_verify_create(settings.tolerance_scale, &v));
  idr_status status = IDR_STATUS_OK;
  for (int i = first; i < last; i++)
    IDR_TRY_GOTO(status, done, idr_verify_run(v, &families[i]));
  idr_verify_print(v, stdout);
  *failed = idr_verify_failed(v);
  if (settings.json[0]) status = idr_verify_write(v, settings.json);
done:
  idr_verify_destroy(v);
  return status;
}

int idr_job_verify_physics(idr_job_context *context, int argc, char **argv) {
  int failed = 0;
  if (verify(argc, argv, &failed) != IDR_STATUS_OK) return idr_job_fail(context, NULL);
  if (failed == 0) return IDR_EXIT_FINISHED;
  fflush(stdout);
  fprintf(stderr, "idrill: %d numbers of the physics lie outside their tolerance (FAILS above)\n",
          failed);
  return IDR_EXIT_FAILED;
}
