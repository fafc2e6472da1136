/* Settings as text: the effective file, the help page, the parameters of a run. */
#include "base/settings_internal.h"
#include "base/text.h"
#include "base/units.h"
#include <inttypes.h>
#include <string.h>

static void format_reals(const idr_setting *row, const idr_reals *list, char *out, size_t size) {
  char item[96];
  snprintf(out, size, "[");
  for (int i = 0; i < list->count; i++) {
    idr_quantity_write(list->value[i], row->unit, item, sizeof(item));
    idr_text_append(out, size, "%s%s", i ? ", " : "", item);
  }
  idr_text_append(out, size, "]");
}

void idr_setting_format(const idr_setting *row, const void *values, char *out, size_t size) {
  const void *field = idr_setting_const_field(row, values);
  switch (row->kind) {
  case IDR_KIND_BOOL:
    snprintf(out, size, "%s", *(const bool *)field ? "true" : "false");
    break;
  case IDR_KIND_INT:
    snprintf(out, size, "%" PRId64, *(const int64_t *)field);
    break;
  case IDR_KIND_REAL:
    idr_quantity_write(*(const double *)field, row->unit, out, size);
    break;
  case IDR_KIND_TEXT:
    snprintf(out, size, "%s", (const char *)field);
    break;
  case IDR_KIND_CHOICE:
    if (!idr_text_word(row->choices, '|', *(const int *)field, out, size)) out[0] = '\0';
    break;
  case IDR_KIND_REALS:
    format_reals(row, field, out, size);
    break;
  }
}

/* Characters that YAML 1.1 lets stand in a double-quoted text and that are not line breaks. */
static bool is_plain(unsigned code) {
  bool printable = (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code < 0xfffe) ||
                   (code >= 0x10000 && code <= 0x10ffff);
  return printable && code != '"' && code != '\\' && code != 0x2028 && code != 0x2029 &&
         code != 0xfeff;
}

static void write_quoted(const char *text, FILE *out) {
  fputc('"', out);
  while (*text) {
    unsigned code = 0xfffd;
    int length = idr_text_decode(text, &code);
    if (length > 0 && is_plain(code))
      fwrite(text, 1, (size_t)length, out);
    else if (code == '"' || code == '\\')
      fprintf(out, "\\%c", (int)code);
    else
      fprintf(out, "\\u%04X", code);
    text += length > 0 ? length : 1;
  }
  fputc('"', out);
}

idr_status idr_settings_write(const idr_section *sections, int section_count, FILE *out) {
  char text[IDR_SETTING_TEXT_MAX];
  for (int i = 0; i < section_count; i++) {
    fprintf(out, "%s%s:\n", i ? "\n" : "", sections[i].name);
    for (int j = 0; j < sections[i].row_count; j++) {
      const idr_setting *row = &sections[i].rows[j];
      idr_setting_format(row, sections[i].values, text, sizeof(text));
      fprintf(out, "  %s: ", row->name);
      if (row->kind == IDR_KIND_TEXT)
        write_quoted(text, out);
      else
        fputs(text, out);
      fputc('\n', out);
    }
  }
  if (fflush(out) != 0 || ferror(out))
    IDR_FAIL(IDR_STATUS_IO, "the settings could not be written; is there space left?");
  return IDR_STATUS_OK;
}

static void write_help_row(const idr_setting *row, FILE *out) {
  char range[256], accepts[320];
  idr_setting_range(row, range, sizeof(range));
  snprintf(accepts, sizeof(accepts), "%s%s%s", idr_setting_kind_text(row->kind),
           range[0] ? (row->kind == IDR_KIND_CHOICE ? " " : ", ") : "", range);
  if (!range[0] && row->unit[0]) idr_text_append(accepts, sizeof(accepts), " in %s", row->unit);
  fprintf(out, "  %-22s %s; ", row->name, accepts);
  if (idr_setting_is_required(row))
    fprintf(out, "required\n");
  else
    fprintf(out, "default %s\n", row->fallback[0] ? row->fallback : "none");
  fprintf(out, "  %-22s %s\n", "", row->doc);
}

void idr_settings_help(const idr_section *sections, int section_count, FILE *out) {
  for (int i = 0; i < section_count; i++) {
    fprintf(out, "%s%s: %s\n", i ? "\n" : "", sections[i].name, sections[i].doc);
    for (int j = 0; j < sections[i].row_count; j++)
      write_help_row(&sections[i].rows[j], out);
  }
}

void idr_settings_visit(const idr_section *sections, int section_count,
                        void (*visit)(void *context, const char *key, const char *value),
                        void *context) {
  char key[256], value[IDR_SETTING_TEXT_MAX];
  for (int i = 0; i < section_count; i++) {
    for (int j = 0; j < sections[i].row_count; j++) {
      const idr_setting *row = &sections[i].rows[j];
      snprintf(key, sizeof(key), "%s.%s", sections[i].name, row->name);
      idr_setting_format(row, sections[i].values, value, sizeof(value));
      visit(context, key, value);
    }
  }
}
