/* The tables of a well (events, lives, layers, ...): fields of a C struct as datasets, by one list
 * that writing, reading and hashing share. */
#ifndef IDR_DATA_TABLES_H
#define IDR_DATA_TABLES_H

#include "data/columns.h"

typedef struct {
  const char *name, *unit, *doc;
  const char *flags; /* what 0, 1, 2, ... mean, blank between; NULL: a quantity */
  idr_type type;
  size_t offset; /* in the struct */
} idr_table_field;

typedef struct {
  const char *name, *item, *doc; /* "events", "event" (name of its dimension), one line */
  const idr_table_field *field;
  int field_count;
  size_t bytes; /* of the struct */
} idr_table;

typedef enum {
  IDR_TABLE_EVENTS,
  IDR_TABLE_LIVES,
  IDR_TABLE_BITS,
  IDR_TABLE_SURVEY,
  IDR_TABLE_PATH,
  IDR_TABLE_LAYERS,
  IDR_TABLE_SECTIONS,
  IDR_TABLE_COUNT
} idr_table_id;

extern const idr_table idr_tables[IDR_TABLE_COUNT];

/* A field of all items side by side, from and to the structs. */
void idr_table_gather(const idr_table *table, int field, const void *items, int count, void *out);
void idr_table_scatter(const idr_table *table, int field, const void *values, int count,
                       void *items);

/* Words of the labels, as flag_meanings. */
extern const char idr_activity_words[], idr_event_words[], idr_machine_words[], idr_fault_words[];
/* Name of an idr_activity, idr_event_kind, idr_machine; "?" when it is none. */
const char *idr_activity_name(int activity);
const char *idr_event_name(int kind);
const char *idr_machine_name(int machine);

#endif
