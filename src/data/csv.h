/* Tables as text: reading what other programs wrote, line by line, and writing numbers quickly.
 *
 * The reader takes RFC 4180 with the habits of the field: comma, semicolon or tab, CRLF or LF, a
 * byte order mark, fields in quotes, empty lines. It holds one window of the file, so a file of any
 * size is read in the same memory. What is wrong with a line is told in the row, not as a failure:
 * whoever reads decides what a broken line means.
 */
#ifndef IDR_DATA_CSV_H
#define IDR_DATA_CSV_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDR_CSV_FIELDS_MAX 4096
#define IDR_CSV_LINE_MAX   ((size_t)1 << 20) /* bytes of a line, its end included */

typedef struct idr_csv idr_csv;

typedef struct {
  int64_t line;       /* in the file, from 1 */
  int count;          /* fields; 0: the file is at its end */
  char *const *field; /* terminated, without quotes and blanks around; valid until the next row */
  const char *flaw; /* NULL, or what is wrong with the line; then the fields are those before it */
  int flaw_column;  /* field in which the flaw is, from 1 */
} idr_csv_row;

/* `separator` is ',', ';' or '\t', or 0: whichever of them the first line holds most often. IO when
 * the file cannot be read. The caller closes. */
idr_status idr_csv_open(const char *path, char separator, idr_csv **out);
/* The same over text in memory, which must live as long; `name` stands for the file in messages. */
idr_status idr_csv_open_text(const char *name, const char *text, size_t bytes, char separator,
                             idr_csv **out);
void idr_csv_close(idr_csv *csv); /* NULL allowed */
const char *idr_csv_name(const idr_csv *csv);

/* The next line that is not empty. IO when the disk fails. */
idr_status idr_csv_next(idr_csv *csv, idr_csv_row *row);

/* Reads a decimal number that fills the field ("-12.5", "1e-3"); with `comma` 12,5 as well. False
 * for anything else: words, "inf", "nan", hexadecimal, a number too large for a double. */
bool idr_csv_number(const char *text, bool comma, double *value);

/* Reads "2024-02-29T23:59:59.5Z", with a blank instead of T, with +hh:mm, or a date alone; without
 * an offset it counts as UTC. Seconds since 1970; false for anything else. */
bool idr_csv_date(const char *text, double *seconds);
/* Writes "2024-02-29T23:59:59Z", with milliseconds where there are any. 32 bytes suffice. */
void idr_csv_write_date(double seconds, char *out, size_t size);

/* Room that a number needs. */
#define IDR_CSV_NUMBER_MAX 32
/* Writes the shortest decimal of 7 to 9 digits that reads back to the same float, without trailing
 * zeros; nothing for NaN. Not terminated; returns the length. */
size_t idr_csv_write_float(float value, char *out);
/* Writes a number to `digits` (1 to 15) significant digits, without trailing zeros. */
size_t idr_csv_write_number(double value, int digits, char *out);

#endif
