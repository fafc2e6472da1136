/* Writing a spool. */
#include "track/spool.h"
#include "base/checksum.h"
#include "base/file.h"
#include "base/text.h"
#include "track/json_number.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENT_BYTES ((int64_t)8 << 20)
#define FRAME_BYTES   ((size_t)256 << 10) /* metrics of about this size share a frame */
#define READ_LIMIT    ((size_t)1 << 30)
#define KEY_TEXT_MAX  2048

/* Growing text. */
typedef struct {
  char *data;
  size_t used, room;
} buffer;

struct idr_spool {
  char folder[PATH_MAX];
  char uuid[IDR_SPOOL_UUID];
  bool is_new;
  int64_t limit;
  int64_t segment, offset; /* of the end of what is written */
  int64_t segment_limit;
  int fd;
  json_t *last;   /* key -> last step */
  buffer frame;   /* payload of the open frame of metrics; empty: none is open */
  buffer pending; /* whole frames that are not written yet */
  int64_t before; /* bytes of the segments before this one */
  int64_t dropped;
  bool out_of_memory;
};

/* ---- text ------------------------------------------------------------------------------------ */

static bool reserve(buffer *b, size_t more) {
  if (b->used + more <= b->room) return true;
  size_t room = (b->used + more) * 2;
  char *data = realloc(b->data, room);
  if (!data) return false;
  b->data = data;
  b->room = room;
  return true;
}

static bool put(buffer *b, const char *data, size_t bytes) {
  if (!reserve(b, bytes)) return false;
  memcpy(b->data + b->used, data, bytes);
  b->used += bytes;
  return true;
}

static void put_little(char *to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++, value >>= 8)
    to[i] = (char)(value & 255);
}

static void add_frame(idr_spool *s, const char *payload, size_t bytes) {
  char head[IDR_SPOOL_HEAD] = IDR_SPOOL_MAGIC;
  put_little(head + 4, bytes, 4);
  put_little(head + 8, idr_checksum(payload, bytes), 8);
  if (reserve(&s->pending, sizeof head + bytes)) {
    put(&s->pending, head, sizeof head);
    put(&s->pending, payload, bytes);
  } else {
    s->out_of_memory = true;
  }
}

static void close_frame(idr_spool *s) {
  if (s->frame.used == 0) return;
  if (put(&s->frame, "]}", 2))
    add_frame(s, s->frame.data, s->frame.used);
  else
    s->out_of_memory = true;
  s->frame.used = 0;
}

/* ---- events ---------------------------------------------------------------------------------- */

void idr_spool_event(idr_spool *s, json_t *event) {
  char *text = event ? json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
  close_frame(s);
  if (text)
    add_frame(s, text, strlen(text));
  else
    s->out_of_memory = true;
  free(text);
  json_decref(event);
}

/* How much is left out, by what is on the disk and what will be: 0: nothing, 1: timings, 2, 3, 4:
 * results too. */
static int thinning(const idr_spool *s) {
  int64_t total = s->before + s->offset + (int64_t)(s->pending.used + s->frame.used);
  double full = (double)total / (double)s->limit;
  return full < 0.5 ? 0 : full < 0.7 ? 1 : full < 0.85 ? 2 : full < 1 ? 3 : 4;
}

/* Which steps stay is drawn from the step itself, so that all keys keep the same ones. */
static bool is_thinned(const idr_spool *s, bool result, int64_t step) {
  static const uint64_t every[] = {1, 1, 4, 16, 0};
  int level = thinning(s);
  if (level > 0 && !result) return true;
  if (s->pending.used > IDR_SPOOL_MEMORY) return true;
  uint64_t n = every[level];
  return n == 0 || (n > 1 && idr_checksum(&step, sizeof step) % n != 0);
}

/* ["key", step, time, value] into the open frame. */
static bool put_metric(idr_spool *s, const char *key, int64_t step, double value, int64_t time_ms) {
  char name[KEY_TEXT_MAX], number[IDR_JSON_NUMBER_MAX], text[KEY_TEXT_MAX + 128];
  idr_text_escape_json(key, name, sizeof name);
  idr_json_number_format(value, number);
  int n = snprintf(text, sizeof text, "%s[\"%s\",%lld,%lld,%s]",
                   s->frame.used == 0 ? "{\"event\":\"metrics\",\"metrics\":[" : ",", name,
                   (long long)step, (long long)time_ms, number);
  return put(&s->frame, text, (size_t)n);
}

void idr_spool_metric(idr_spool *s, bool result, const char *key, int64_t step, double value,
                      int64_t time_ms) {
  json_t *known = json_object_get(s->last, key);
  if (known && step <= json_integer_value(known)) return;
  if (known)
    json_integer_set(known, step);
  else
    json_object_set_new(s->last, key, json_integer(step));
  if (is_thinned(s, result, step)) {
    s->dropped++;
    return;
  }
  if (!put_metric(s, key, step, value, time_ms)) s->out_of_memory = true;
  if (s->frame.used > FRAME_BYTES) close_frame(s);
}

int64_t idr_spool_dropped(const idr_spool *s) {
  return s->dropped;
}

int64_t idr_spool_last_step(const idr_spool *s, const char *key, int64_t fallback) {
  const json_t *known = json_object_get(s->last, key);
  return known ? json_integer_value(known) : fallback;
}

const char *idr_spool_uuid(const idr_spool *s) {
  return s->uuid;
}

bool idr_spool_is_new(const idr_spool *s) {
  return s->is_new;
}

/* ---- segments -------------------------------------------------------------------------------- */

static int64_t segment_bytes(const idr_spool *s, int64_t segment) {
  char path[PATH_MAX + 32];
  struct stat info;
  idr_spool_path(s->folder, segment, path, sizeof path);
  return stat(path, &info) == 0 ? (int64_t)info.st_size : 0;
}

/* The segment up to which a server has everything, as the uploader noted it. */
static int64_t uploaded_segment(const idr_spool *s) {
  char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/uploaded.json", s->folder);
  json_t *root = json_load_file(path, 0, NULL);
  int64_t segment = json_integer_value(json_object_get(root, "segment"));
  json_decref(root);
  return segment;
}

/* Keeps the limit: deletes what a server has, well before anything has to be left out. */
static void keep_limit(idr_spool *s) {
  int64_t done = uploaded_segment(s), most = s->limit / 8 * 3;
  s->before = 0;
  for (int64_t k = idr_spool_following(s->folder, 0); k > 0; k = idr_spool_following(s->folder, k))
    if (k != s->segment) s->before += segment_bytes(s, k);
  for (int64_t k = idr_spool_following(s->folder, 0); k > 0 && k < done && s->before > most;
       k = idr_spool_following(s->folder, k)) {
    char path[PATH_MAX + 32];
    s->before -= segment_bytes(s, k);
    idr_spool_path(s->folder, k, path, sizeof path);
    unlink(path);
  }
}

static json_t *head_event(const idr_spool *s) {
  return json_pack("{s:s, s:s, s:O}", "event", "head", "uuid", s->uuid, "last", s->last);
}

/* Opens the next segment; its head goes before what is pending. */
static idr_status next_segment(idr_spool *s) {
  char path[PATH_MAX + 32];
  buffer waiting = s->pending;
  if (s->fd >= 0) {
    if (fdatasync(s->fd) != 0) return idr_file_fail("write", s->folder, errno);
    close(s->fd);
    s->fd = -1;
  }
  idr_spool_path(s->folder, s->segment + 1, path, sizeof path);
  s->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (s->fd < 0) return idr_file_fail("create", path, errno);
  s->segment++;
  s->offset = 0;
  s->pending = (buffer){.data = NULL};
  json_t *event = head_event(s);
  char *text = event ? json_dumps(event, JSON_COMPACT) : NULL;
  if (text) add_frame(s, text, strlen(text));
  if (!text || !put(&s->pending, waiting.data, waiting.used)) s->out_of_memory = true;
  free(text);
  json_decref(event);
  free(waiting.data);
  keep_limit(s);
  return IDR_STATUS_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* What an earlier, failed write left behind the end goes first: it may be half a frame. */
static idr_status write_pending(idr_spool *s) {
  char path[PATH_MAX + 32];
  if (s->pending.used == 0) return IDR_STATUS_OK;
  idr_spool_path(s->folder, s->segment, path, sizeof path);
  if (ftruncate(s->fd, s->offset) != 0 || lseek(s->fd, s->offset, SEEK_SET) < 0)
    return idr_file_fail("write", path, errno);
  IDR_TRY(idr_file_put(s->fd, path, s->pending.data, s->pending.used));
  s->offset += (int64_t)s->pending.used;
  s->pending.used = 0;
  return IDR_STATUS_OK;
}

idr_status idr_spool_write(idr_spool *s, bool durable) {
  close_frame(s);
  if (s->fd < 0 || s->offset > s->segment_limit) IDR_TRY(next_segment(s));
  IDR_TRY(write_pending(s));
  if (durable && fdatasync(s->fd) != 0) return idr_file_fail("write", s->folder, errno);
  if (s->out_of_memory) {
    s->out_of_memory = false;
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the spool '%s': events are missing in it",
             s->folder);
  }
  return IDR_STATUS_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* RFC 4122, version 4. */
static idr_status make_uuid(char out[IDR_SPOOL_UUID]) {
  unsigned char b[16];
  if (getrandom(b, sizeof b, 0) != sizeof b)
    IDR_FAIL(IDR_STATUS_IO, "the system gave no random bytes for the name of a run");
  b[6] = (unsigned char)((b[6] & 15) | 64);
  b[8] = (unsigned char)((b[8] & 63) | 128);
  snprintf(out, IDR_SPOOL_UUID,
           "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
           b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
  return IDR_STATUS_OK;
}

/* The last step of every metric, and who the run is, from one event of an earlier process. */
static void learn(idr_spool *s, const json_t *event) {
  const char *kind = json_string_value(json_object_get(event, "event"));
  if (!kind) return;
  if (strcmp(kind, "head") == 0) {
    const char *uuid = json_string_value(json_object_get(event, "uuid"));
    if (uuid) snprintf(s->uuid, sizeof s->uuid, "%s", uuid);
    json_object_update(s->last, json_object_get(event, "last"));
  } else if (strcmp(kind, "begin") == 0) {
    s->is_new = false;
  }
  size_t i;
  json_t *metric;
  json_array_foreach(json_object_get(event, "metrics"), i, metric) {
    const char *key = json_string_value(json_array_get(metric, 0));
    if (key) json_object_set(s->last, key, json_array_get(metric, 1));
  }
}

/* Reads segment `number` and cuts what a crash left at its end. *frames: how many it holds. */
static idr_status adopt(idr_spool *s, int64_t number, int64_t *frames) {
  char path[PATH_MAX + 32], *data = NULL;
  const char *payload = NULL;
  size_t bytes = 0, at = 0, length = 0, skipped = 0;
  idr_spool_path(s->folder, number, path, sizeof path);
  IDR_TRY(idr_file_read(path, READ_LIMIT, &data, &bytes));
  for (*frames = 0; idr_spool_frame(data, bytes, &at, &payload, &length, &skipped); ++*frames) {
    json_t *event = json_loadb(payload, length, JSON_ALLOW_NUL, NULL);
    learn(s, event);
    json_decref(event);
  }
  free(data);
  s->segment = number;
  s->offset = (int64_t)at;
  return IDR_STATUS_OK;
}

/* Goes on behind the newest segment that has a frame; one that has none is a crash's, and goes. */
static idr_status find_end(idr_spool *s) {
  int64_t newest = 0, frames = 0;
  char path[PATH_MAX + 32];
  for (int64_t k = idr_spool_following(s->folder, 0); k > 0; k = idr_spool_following(s->folder, k))
    newest = k;
  for (; newest > 0 && frames == 0; newest--) {
    idr_spool_path(s->folder, newest, path, sizeof path);
    if (!idr_file_exists(path)) continue;
    IDR_TRY(adopt(s, newest, &frames));
    if (frames == 0) IDR_TRY(idr_file_remove(path));
  }
  if (frames == 0) {
    s->segment = 0;
    return make_uuid(s->uuid);
  }
  /* Later segments than the first are begun only behind a "begin". */
  if (s->segment > 1) s->is_new = false;
  idr_spool_path(s->folder, s->segment, path, sizeof path);
  s->fd = open(path, O_WRONLY | O_CLOEXEC);
  if (s->fd < 0) return idr_file_fail("open", path, errno);
  if (ftruncate(s->fd, s->offset) != 0 || lseek(s->fd, s->offset, SEEK_SET) < 0)
    return idr_file_fail("write", path, errno);
  return IDR_STATUS_OK;
}

idr_status idr_spool_open(const char *folder, int64_t limit, idr_spool **out) {
  idr_status status;
  idr_spool *s = calloc(1, sizeof *s);
  *out = NULL;
  if (!s) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the spool '%s'", folder);
  s->fd = -1;
  s->is_new = true;
  s->limit = limit;
  s->segment_limit = limit / 16 < SEGMENT_BYTES ? limit / 16 : SEGMENT_BYTES;
  s->last = json_object();
  snprintf(s->folder, sizeof s->folder, "%s", folder);
  if (!s->last)
    IDR_FAIL_GOTO(status, failed, IDR_STATUS_MEMORY, "no memory for the spool '%s'", folder);
  IDR_TRY_GOTO(status, failed, idr_file_make_folders(folder));
  IDR_TRY_GOTO(status, failed, find_end(s));
  keep_limit(s);
  *out = s;
  return IDR_STATUS_OK;
failed:
  idr_spool_close(s);
  return status;
}

void idr_spool_close(idr_spool *s) {
  if (!s) return;
  if (s->fd >= 0) close(s->fd);
  json_decref(s->last);
  free(s->frame.data);
  free(s->pending.data);
  free(s);
}
