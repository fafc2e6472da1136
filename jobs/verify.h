/* The table behind `idrill verify-physics`: what the physics gives, beside what is known.
 *
 * A family is one function that evaluates the functions of src/drill (never a second copy of an
 * equation) and adds a row for each number. A row says what kind of evidence stands behind its
 * reference, because a printed number, a closed form and a score on data do not prove the same.
 *
 * A new family is one file verify_<family>.c, its declaration here and one row in the array of
 * verify_physics.c.
 */
#ifndef IDR_JOBS_VERIFY_H
#define IDR_JOBS_VERIFY_H

#include "base/status.h"
#include <stdbool.h>
#include <stdio.h>

/* name, word in the table, what it means */
#define IDR_VERIFY_KINDS(X)                                                                        \
  X(PUBLISHED, "published", "the number is printed in the source, as are its inputs")              \
  X(INPUTS, "inputs published",                                                                    \
    "the source prints inputs and formula; the number is its evaluation in double precision")      \
  X(REFERENCE, "reference run", "the number comes from a run of the authors' own code")            \
  X(FORM, "form",                                                                                  \
    "the usual field-unit form in double precision: checks units and precision, not the paper")    \
  X(EXACT, "exact", "closed form, identity, or an independent integration in double precision")    \
  X(DATA, "model on data", "the model is scored on measured rows")

typedef enum {
#define IDR_VERIFY_KIND_ENUM(name, word, text) IDR_VERIFY_##name,
  IDR_VERIFY_KINDS(IDR_VERIFY_KIND_ENUM)
#undef IDR_VERIFY_KIND_ENUM
} idr_verify_kind;

/* How `ours` is held against `reference`. A number that is not finite never holds. */
typedef enum {
  IDR_VERIFY_NEAR,     /* |ours - reference| <= tolerance */
  IDR_VERIFY_AT_LEAST, /* ours >= reference - tolerance */
  IDR_VERIFY_AT_MOST,  /* ours <= reference + tolerance */
  IDR_VERIFY_REPORT    /* shown without a verdict; `reference` may be NAN for none */
} idr_verify_test;

/* One number. The texts are borrowed and outlive the table (literals). */
typedef struct {
  const char *id;     /* "V7"; "-" for a case without a number in the list of cases */
  const char *what;   /* "velocity, 8.5 x 4.5 in" */
  const char *unit;   /* of the three numbers; "" for a plain number */
  const char *source; /* who printed it, or by what mathematics it is known */
  idr_verify_kind kind;
  idr_verify_test test;
  double reference, ours, tolerance; /* tolerance: absolute, in `unit` */
} idr_verify_row;

typedef struct idr_verify idr_verify;

typedef struct {
  const char *name, *doc;
  void (*add)(idr_verify *v);
} idr_verify_family;

/* The families, one file each. */
void idr_verify_rop(idr_verify *v);
void idr_verify_bit_data(idr_verify *v);
void idr_verify_wear(idr_verify *v);
void idr_verify_rheology(idr_verify *v);
void idr_verify_hydraulics(idr_verify *v);
void idr_verify_annulus(idr_verify *v);
void idr_verify_control(idr_verify *v);
void idr_verify_temperature(idr_verify *v);
void idr_verify_path(idr_verify *v);
void idr_verify_formation(idr_verify *v);
void idr_verify_string(idr_verify *v);
void idr_verify_cut(idr_verify *v);

/* `scale` multiplies every tolerance. The caller destroys the table. */
idr_status idr_verify_create(double scale, idr_verify **out);
void idr_verify_destroy(idr_verify *v); /* NULL allowed */
/* Runs a family; its rows are kept under its name. Fails (MEMORY) when they cannot be kept. */
idr_status idr_verify_run(idr_verify *v, const idr_verify_family *family);
/* Keeps a row. Called by families; a failure shows when the family returns. */
void idr_verify_add(idr_verify *v, idr_verify_row row);

/* What the rows of one case share, and short words for adding them: `reference` before `ours`. */
typedef struct {
  idr_verify *table;
  const char *id, *source;
  idr_verify_kind kind;
} idr_verify_case;
void idr_verify_near(const idr_verify_case *c, const char *what, const char *unit, double reference,
                     double ours, double tolerance);
void idr_verify_at_least(const idr_verify_case *c, const char *what, const char *unit,
                         double reference, double ours, double tolerance);
void idr_verify_at_most(const idr_verify_case *c, const char *what, const char *unit,
                        double reference, double ours, double tolerance);
/* Without a verdict; `reference` may be NAN. */
void idr_verify_report(const idr_verify_case *c, const char *what, const char *unit,
                       double reference, double ours);

int idr_verify_count(const idr_verify *v);
int idr_verify_failed(const idr_verify *v);
/* Whether a row holds with its tolerance multiplied by `scale`; a report always does. */
bool idr_verify_holds(const idr_verify_row *row, double scale);

/* The table, a count by kind, and what failed. */
void idr_verify_print(const idr_verify *v, FILE *out);
/* The same as JSON. */
idr_status idr_verify_write(const idr_verify *v, const char *path);

/* A value in a unit of base/units.h as SI, and back; NAN for a unit that the table lacks, so that
 * the row fails. */
double idr_verify_si(double value, const char *unit);
float idr_verify_sif(double value, const char *unit);
double idr_verify_from_si(double si, const char *unit);

#endif
