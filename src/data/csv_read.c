#include "base/file.h"
#include "data/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW (2 * IDR_CSV_LINE_MAX)

struct idr_csv {
  char *name;
  int fd; /* -1: text in memory */
  const char *text;
  size_t text_left;
  char separator;
  char *window; /* bytes [begin, end) are still to be read */
  size_t capacity;
  size_t begin, end;
  bool exhausted;
  int64_t line;
  char *field[IDR_CSV_FIELDS_MAX];
};

/* ---- bytes ----------------------------------------------------------------------------------- */

/* Adds bytes behind the window's; sets `exhausted` when there are no more. */
static idr_status fill(idr_csv *csv) {
  memmove(csv->window, csv->window + csv->begin, csv->end - csv->begin);
  csv->end -= csv->begin;
  csv->begin = 0;
  size_t room = csv->capacity - csv->end;
  if (csv->fd < 0) {
    size_t taken = csv->text_left < room ? csv->text_left : room;
    if (taken > 0) memcpy(csv->window + csv->end, csv->text, taken);
    csv->text += taken;
    csv->text_left -= taken;
    csv->end += taken;
    csv->exhausted = csv->text_left == 0;
    return IDR_STATUS_OK;
  }
  ssize_t got;
  do
    got = read(csv->fd, csv->window + csv->end, room);
  while (got < 0 && errno == EINTR);
  if (got < 0) return idr_file_fail("read", csv->name, errno);
  csv->end += (size_t)got;
  csv->exhausted = got == 0;
  return IDR_STATUS_OK;
}

/* Finds the end of the line that begins at `begin`: its newline, or the end of the file. `end` is
 * NULL when the line is longer than the window takes. */
static idr_status find_end(idr_csv *csv, char **end) {
  size_t seen = 0;
  for (;;) {
    size_t length = csv->end - csv->begin;
    char *start = csv->window + csv->begin;
    *end = memchr(start + seen, '\n', length - seen);
    if (*end && (size_t)(*end - start) < IDR_CSV_LINE_MAX) return IDR_STATUS_OK;
    if (length >= IDR_CSV_LINE_MAX) break;
    if (csv->exhausted) {
      *end = csv->window + csv->end;
      return IDR_STATUS_OK;
    }
    seen = length;
    IDR_TRY(fill(csv));
  }
  *end = NULL;
  return IDR_STATUS_OK;
}

/* Goes behind the newline of a line that is too long to be held. */
static idr_status skip_line(idr_csv *csv) {
  for (;;) {
    char *start = csv->window + csv->begin;
    char *end = memchr(start, '\n', csv->end - csv->begin);
    csv->begin = end ? (size_t)(end + 1 - csv->window) : csv->end;
    if (end || csv->exhausted) return IDR_STATUS_OK;
    IDR_TRY(fill(csv));
  }
}

/* ---- fields ---------------------------------------------------------------------------------- */

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* Takes the doubled quotes of a field in quotes together, in place. `c` is behind the first quote;
 * returns the place behind the last one, or NULL when there is none. */
static char *unquote(char *c, char *end, char **field_end) {
  char *to = c;
  for (; c < end; c++) {
    if (*c == '"') {
      if (c + 1 >= end || c[1] != '"') {
        *field_end = to;
        return c + 1;
      }
      c++;
    }
    *to++ = *c;
  }
  return NULL;
}

/* Reads the field at `c`; returns where the next one begins, NULL behind the last one. */
static char *take_field(idr_csv *csv, char *c, char *end, idr_csv_row *row) {
  char *stop = NULL;
  while (c < end && is_blank(*c) && *c != csv->separator)
    c++;
  csv->field[row->count] = c;
  if (c < end && *c == '"') {
    csv->field[row->count] = c + 1;
    c = unquote(c + 1, end, &stop);
    if (!c) {
      row->flaw = "a quote is not closed in its line";
      row->flaw_column = row->count + 1;
      return NULL;
    }
    while (c < end && is_blank(*c) && *c != csv->separator)
      c++;
    if (c < end && *c != csv->separator) {
      row->flaw = "text follows a closing quote";
      row->flaw_column = row->count + 1;
      return NULL;
    }
  } else {
    while (c < end && *c != csv->separator)
      c++;
    stop = c;
    while (stop > csv->field[row->count] && is_blank(stop[-1]))
      stop--;
  }
  bool more = c < end;
  *stop = '\0'; /* there is room: for a separator, or for what ended the line */
  row->count++;
  return more ? c + 1 : NULL;
}

static void split(idr_csv *csv, char *c, char *end, idr_csv_row *row) {
  if (memchr(c, '\0', (size_t)(end - c))) {
    row->flaw = "it holds a zero byte";
    row->flaw_column = 1;
    return;
  }
  while (c) {
    if (row->count == IDR_CSV_FIELDS_MAX) {
      row->flaw = "it has more than 4096 fields";
      row->flaw_column = row->count;
      return;
    }
    c = take_field(csv, c, end, row);
  }
}

static char guess_separator(const char *c, const char *end) {
  static const char known[] = {',', ';', '\t'};
  size_t count[sizeof known] = {0};
  for (; c < end; c++)
    for (size_t i = 0; i < sizeof known; i++)
      count[i] += *c == known[i];
  size_t best = 0;
  for (size_t i = 1; i < sizeof known; i++)
    if (count[i] > count[best]) best = i;
  return known[best];
}

idr_status idr_csv_next(idr_csv *csv, idr_csv_row *row) {
  *row = (idr_csv_row){.field = csv->field};
  for (;;) {
    char *end = NULL, *start;
    IDR_TRY(find_end(csv, &end));
    start = csv->window + csv->begin;
    if (end == start && csv->exhausted && csv->begin == csv->end) return IDR_STATUS_OK;
    row->line = ++csv->line;
    if (!end) {
      row->flaw = "it is longer than 1 MiB";
      row->flaw_column = 1;
      row->count = 0;
      return skip_line(csv);
    }
    csv->begin = (size_t)(end - csv->window) + (end < csv->window + csv->end);
    if (end > start && end[-1] == '\r') end--;
    if (csv->line == 1 && end - start >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) start += 3;
    if (end == start) continue;
    if (!csv->separator) csv->separator = guess_separator(start, end);
    split(csv, start, end, row);
    return IDR_STATUS_OK;
  }
}

/* ---- opening --------------------------------------------------------------------------------- */

static idr_status create(const char *name, size_t capacity, char separator, idr_csv **out) {
  idr_csv *csv = calloc(1, sizeof *csv);
  *out = csv;
  if (csv) {
    csv->name = strdup(name);
    csv->window = malloc(capacity + 1); /* one for the zero behind a last line without newline */
    csv->capacity = capacity;
    csv->fd = -1;
    csv->separator = separator;
  }
  if (!csv || !csv->name || !csv->window) {
    idr_csv_close(csv);
    *out = NULL;
    IDR_FAIL(IDR_STATUS_MEMORY, "no memory to read '%s'", name);
  }
  return IDR_STATUS_OK;
}

idr_status idr_csv_open(const char *path, char separator, idr_csv **out) {
  IDR_TRY(create(path, WINDOW, separator, out));
  (*out)->fd = open(path, O_RDONLY | O_CLOEXEC);
  int error = (*out)->fd < 0 ? errno : idr_file_is_folder(path) ? EISDIR : 0;
  if (error == 0) return IDR_STATUS_OK;
  idr_csv_close(*out);
  *out = NULL;
  return idr_file_fail("read", path, error);
}

idr_status idr_csv_open_text(const char *name, const char *text, size_t bytes, char separator,
                             idr_csv **out) {
  IDR_TRY(create(name, bytes < WINDOW ? bytes : WINDOW, separator, out));
  (*out)->text = text;
  (*out)->text_left = bytes;
  return IDR_STATUS_OK;
}

void idr_csv_close(idr_csv *csv) {
  if (!csv) return;
  if (csv->fd >= 0) close(csv->fd);
  free(csv->name);
  free(csv->window);
  free(csv);
}

const char *idr_csv_name(const idr_csv *csv) {
  return csv->name;
}
