/* From complete reels to the files of the data set and what lies beside them. */
#include "base/build.h"
#include "base/file.h"
#include "base/text.h"
#include "data/manifest.h"
#include "jobs/generate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ONE_FILE "wells.h5"

static void file_name(const idr_generate_config *config, int index, char *out, size_t size) {
  char well[IDR_WELL_NAME_MAX];
  idr_generate_well_name(config, index, well);
  if (config->dataset.layout == 1)
    snprintf(out, size, "%s", ONE_FILE);
  else
    snprintf(out, size, "%s.h5", well);
}

void idr_generate_file_path(const idr_generate_config *config, const char *folder, int index,
                            char *out, size_t size) {
  char name[2 * IDR_WELL_NAME_MAX];
  file_name(config, index, name, sizeof name);
  snprintf(out, size, "%s/data/%s", folder, name);
}

typedef struct {
  char title[256], source[256], comment[256];
  idr_write_options options;
} file_texts;

static const char *mode_name(const idr_generate_config *config) {
  static const char *const names[] = {"basic", "advanced", "degradation"};
  return names[config->rig.mode];
}

static void make_options(const idr_generate_config *config, file_texts *t) {
  snprintf(t->title, sizeof t->title, "synthetic drilling data, one row a second (%s)",
           mode_name(config));
  snprintf(t->source, sizeof t->source, "idrill %s (%s)", idr_build_get()->version,
           idr_build_get()->git);
  snprintf(t->comment, sizeof t->comment, "seed of the wells %lld, of the rigs %lld; physics %s",
           (long long)config->run.seed, (long long)config->rig.seed, idr_drill_source_hash());
  t->options = (idr_write_options){.storage = (idr_storage)config->dataset.filter,
                                   .level = (int)config->dataset.level,
                                   .start = config->dataset.start,
                                   .title = t->title,
                                   .source = t->source,
                                   .comment = t->comment};
}

static idr_status remove_reel(const char *folder, const char *name) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/reels/%s.reel", folder, name);
  return idr_file_remove(path);
}

idr_status idr_generate_write_well(const idr_generate_config *config, const char *folder,
                                   const idr_generate_well *well) {
  char path[PATH_MAX];
  file_texts texts;
  idr_hash root;
  make_options(config, &texts);
  idr_generate_file_path(config, folder, well->index, path, sizeof path);
  const idr_write_well one = {.name = well->name,
                              .id = config->dataset.well_first + well->index,
                              .reel = well->reel,
                              .well = well->well};
  IDR_TRY(idr_write_file(path, &texts.options, &one, 1, false, NULL, &root));
  return remove_reel(folder, well->name);
}

/* ---- one file -------------------------------------------------------------------------------- */

typedef struct {
  const idr_generate_config *config;
  const char *folder;
  int count;
  idr_write_well *well;
  idr_well **made;
  char (*name)[IDR_WELL_NAME_MAX];
  idr_hash *root;
} all_wells;

static idr_status open_reel(void *context, int i, idr_reel **out) {
  const all_wells *a = context;
  return idr_generate_open_reel(a->config, a->folder, i, a->made[i], out);
}

static idr_status make_all(all_wells *a) {
  size_t n = (size_t)a->count;
  a->well = calloc(n, sizeof *a->well);
  a->made = calloc(n, sizeof(idr_well *));
  a->name = calloc(n, sizeof *a->name);
  a->root = calloc(n, sizeof *a->root);
  if (!a->well || !a->made || !a->name || !a->root)
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for %d wells", a->count);
  for (int i = 0; i < a->count; i++) {
    IDR_TRY(idr_generate_make_well(a->config, i, &a->made[i]));
    idr_generate_well_name(a->config, i, a->name[i]);
    a->well[i] = (idr_write_well){
        .name = a->name[i], .id = a->config->dataset.well_first + i, .well = a->made[i]};
  }
  return IDR_STATUS_OK;
}

static void free_all(all_wells *a) {
  for (int i = 0; a->made && i < a->count; i++)
    idr_well_free(a->made[i]);
  free(a->well);
  free(a->made);
  free(a->name);
  free(a->root);
}

static idr_status write_all(all_wells *a, const idr_comm *comm) {
  char path[PATH_MAX];
  file_texts texts;
  make_options(a->config, &texts);
  texts.options.open = open_reel;
  texts.options.context = a;
  idr_generate_file_path(a->config, a->folder, 0, path, sizeof path);
  IDR_TRY(idr_comm_agree(comm, make_all(a)));
  IDR_TRY(idr_write_file(path, &texts.options, a->well, a->count, true,
                         comm->size > 1 ? comm : NULL, a->root));
  idr_status status = IDR_STATUS_OK;
  for (int i = 0; comm->rank == 0 && i < a->count && status == IDR_STATUS_OK; i++)
    status = remove_reel(a->folder, a->name[i]);
  return idr_comm_agree(comm, status);
}

idr_status idr_generate_write_one(const idr_generate_config *config, const char *folder,
                                  const idr_comm *comm) {
  char path[PATH_MAX];
  bool there = false;
  idr_generate_file_path(config, folder, 0, path, sizeof path);
  if (comm->rank == 0) there = idr_file_exists(path);
  IDR_TRY(idr_comm_decide(comm, &there));
  if (there) return IDR_STATUS_OK;
  all_wells all = {.config = config, .folder = folder, .count = (int)config->dataset.wells};
  idr_status status = write_all(&all, comm);
  free_all(&all);
  return status;
}

/* ---- manifest -------------------------------------------------------------------------------- */

/* Ranks read their shares of the files; rank 0 gets all. */
static idr_status sum_files(const idr_generate_config *config, const char *data,
                            const idr_comm *comm, idr_manifest_file **all, int *count) {
  int files = config->dataset.layout == 1 ? 1 : (int)config->dataset.wells, mine = 0;
  idr_manifest_file *list = calloc((size_t)files, sizeof *list);
  idr_status status = IDR_STATUS_OK;
  size_t total = 0;
  void *gathered = NULL;
  char name[2 * IDR_WELL_NAME_MAX];
  if (!list) status = idr_fail_at(IDR_STATUS_MEMORY, __func__, __FILE__, __LINE__, "no memory");
  for (int i = comm->rank; i < files && status == IDR_STATUS_OK; i += comm->size) {
    file_name(config, i, name, sizeof name);
    status = idr_manifest_sum(data, name, &list[mine++]);
  }
  status = idr_comm_agree(comm, status);
  if (status == IDR_STATUS_OK)
    status = idr_comm_gather_bytes(comm, list, (size_t)mine * sizeof *list, &gathered, &total);
  free(list);
  *all = gathered;
  *count = (int)(total / sizeof **all);
  return status;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const idr_manifest_file *)a)->name, ((const idr_manifest_file *)b)->name);
}

static idr_status describe(const idr_generate_config *config, const char *data,
                           idr_manifest_file *files, int count, char root[IDR_HASH_TEXT]) {
  idr_dataset *dataset = NULL;
  char *settings = NULL, description[1024];
  size_t bytes = 0;
  file_texts texts;
  make_options(config, &texts);
  IDR_TRY(idr_dataset_open(data, &dataset));
  snprintf(root, IDR_HASH_TEXT, "%s", idr_dataset_root(dataset));
  snprintf(description, sizeof description, "%s: %lld wells of %.6g days. %s; %s", texts.title,
           (long long)config->dataset.wells, (double)config->rows / 86400, texts.source,
           texts.comment);
  FILE *text = open_memstream(&settings, &bytes);
  if (text) {
    idr_settings_write(config->section, 3, text); /* those that decide the content */
    fclose(text);
  }
  qsort(files, (size_t)count, sizeof *files, by_name);
  const idr_manifest_content content = {.title = texts.title,
                                        .description = description,
                                        .settings = settings ? settings : "",
                                        .file = files,
                                        .file_count = count};
  idr_status status = idr_manifest_write(data, dataset, &content);
  free(settings);
  idr_dataset_close(dataset);
  return status;
}

idr_status idr_generate_write_manifest(const idr_generate_config *config, const char *folder,
                                       const idr_comm *comm, char root[IDR_HASH_TEXT],
                                       int64_t *bytes) {
  char data[PATH_MAX];
  idr_manifest_file *files = NULL;
  int count = 0;
  *bytes = 0;
  snprintf(data, sizeof data, "%s/data", folder);
  IDR_TRY(sum_files(config, data, comm, &files, &count));
  idr_status status = IDR_STATUS_OK;
  if (comm->rank == 0) status = describe(config, data, files, count, root);
  for (int i = 0; i < count; i++)
    *bytes += files[i].bytes;
  free(files);
  return idr_comm_agree(comm, status);
}
