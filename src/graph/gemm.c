#include "graph/gemm.h"
#include "base/fn.h"
#include "graph/vector.h"

/* The register tile: ROWS x 2 vectors of accumulators (12 of the 16 registers), two vectors of B
 * and one broadcast element of A. With one or two rows alone it is 4 vectors wide: fewer sums in
 * flight would wait for each other. */
enum { ROWS = 6, FEW_ROWS = 2, LANES = IDR_VECTOR_LANES, WIDE = 2 * LANES, WIDEST = 4 * LANES };
/* Up to this many terms per sum all of B's panel stays in registers. */
enum { FEW_TERMS = 4 };
/* Up to this many columns a product is taken row by row of A, as inner products. */
enum { FEW_COLUMNS = 4 };

/* A as it is read: element (i, k) lies at a[i * row + k * step]. */
typedef struct {
  const real *a;
  int64_t row, step;
} left;

/* One register tile: C[rows][vectors of LANES], c with row stride ldc, of which the last vector has
 * `tail` columns. B: k rows of stride ldb, readable in whole vectors. */
IDR_VECTOR_FN void tile(int rows, int vectors, left a, const real *b, int64_t ldb, int64_t k,
                        const real *bias, real *c, int64_t ldc, int tail) {
  idr_vector sum[ROWS][4], start[4];
  real edge[LANES] = {0};
  for (int j = 0; j < vectors; j++)
    start[j] = idr_vector_fill(0);
  if (bias) {
    for (int j = 0; j < vectors - 1; j++)
      start[j] = idr_vector_load(bias + j * LANES);
    memcpy(edge, bias + (vectors - 1) * LANES, (size_t)tail * sizeof(real));
    start[vectors - 1] = idr_vector_load(edge);
  }
#pragma GCC unroll 6
  for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++)
      sum[i][j] = start[j];
  const real *pa = a.a;
  for (int64_t p = 0; p < k; p++, pa += a.step, b += ldb) {
    idr_vector row[4];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++)
      row[j] = rows == 2 ? idr_vector_hold(idr_vector_load(b + j * LANES))
                         : idr_vector_load(b + j * LANES);
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++) {
      idr_vector x = idr_vector_fill(pa[i * a.row]);
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++)
        sum[i][j] = idr_vector_fma(x, row[j], sum[i][j]);
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors - 1; j++)
      idr_vector_store(c + i * ldc + j * LANES, sum[i][j]);
    if (tail == LANES) {
      idr_vector_store(c + i * ldc + (vectors - 1) * LANES, sum[i][vectors - 1]);
    } else {
      idr_vector_store(edge, sum[i][vectors - 1]);
      memcpy(c + i * ldc + (vectors - 1) * LANES, edge, (size_t)tail * sizeof(real));
    }
  }
}

/* A column panel of C: all m rows, `vectors` vectors wide. Eight last rows are four and four: two
 * rows by themselves would wait for their own sums. */
IDR_VECTOR_FN void panel(int vectors, left a, int64_t m, const real *b, int64_t ldb, int64_t k,
                         const real *bias, real *c, int64_t ldc, int tail) {
  int64_t i = 0;
  for (; i + ROWS <= m && m - i != 8; i += ROWS, a.a += ROWS * a.row, c += ROWS * ldc)
    tile(ROWS, vectors, a, b, ldb, k, bias, c, ldc, tail);
  switch (m - i) {
  case 8:
    tile(4, vectors, a, b, ldb, k, bias, c, ldc, tail);
    tile(4, vectors, (left){a.a + 4 * a.row, a.row, a.step}, b, ldb, k, bias, c + 4 * ldc, ldc,
         tail);
    break;
  case 5:
    tile(5, vectors, a, b, ldb, k, bias, c, ldc, tail);
    break;
  case 4:
    tile(4, vectors, a, b, ldb, k, bias, c, ldc, tail);
    break;
  case 3:
    tile(3, vectors, a, b, ldb, k, bias, c, ldc, tail);
    break;
  case 2:
    tile(2, vectors, a, b, ldb, k, bias, c, ldc, tail);
    break;
  case 1:
    tile(1, vectors, a, b, ldb, k, bias, c, ldc, tail);
    break;
  default:
    break;
  }
}

static void panel_wide(left a, int64_t m, const real *b, int64_t ldb, int64_t k, const real *bias,
                       real *c, int64_t ldc) {
  panel(2, a, m, b, ldb, k, bias, c, ldc, LANES);
}

/* The same for k <= FEW_TERMS: a row of C costs k broadcasts and two stores. */
IDR_VECTOR_FN void thin(int k, left a, int64_t m, const real *b, int64_t ldb, const real *bias,
                        real *c, int64_t ldc) {
  idr_vector row[FEW_TERMS][2], start[2];
#pragma GCC unroll 2
  for (int j = 0; j < 2; j++) {
    start[j] = bias ? idr_vector_load(bias + j * LANES) : idr_vector_fill(0);
#pragma GCC unroll 4
    for (int p = 0; p < k; p++)
      row[p][j] = idr_vector_load(b + p * ldb + j * LANES);
  }
  for (int64_t i = 0; i < m; i++) {
    idr_vector sum[2] = {start[0], start[1]};
#pragma GCC unroll 4
    for (int p = 0; p < k; p++) {
      idr_vector x = idr_vector_fill(a.a[i * a.row + p * a.step]);
      sum[0] = idr_vector_fma(x, row[p][0], sum[0]);
      sum[1] = idr_vector_fma(x, row[p][1], sum[1]);
    }
    idr_vector_store(c + i * ldc, sum[0]);
    idr_vector_store(c + i * ldc + LANES, sum[1]);
  }
}

static void panel_thin(left a, int64_t m, const real *b, int64_t ldb, int64_t k, const real *bias,
                       real *c, int64_t ldc) {
  switch (k) {
  case 1:
    thin(1, a, m, b, ldb, bias, c, ldc);
    break;
  case 2:
    thin(2, a, m, b, ldb, bias, c, ldc);
    break;
  case 3:
    thin(3, a, m, b, ldb, bias, c, ldc);
    break;
  default:
    thin(4, a, m, b, ldb, bias, c, ldc);
    break;
  }
}

static void panel_wide_edge(left a, int64_t m, const real *b, int64_t ldb, int64_t k,
                            const real *bias, real *c, int64_t ldc, int tail) {
  panel(2, a, m, b, ldb, k, bias, c, ldc, tail);
}

static void panel_narrow(left a, int64_t m, const real *b, int64_t ldb, int64_t k, const real *bias,
                         real *c, int64_t ldc, int tail) {
  panel(1, a, m, b, ldb, k, bias, c, ldc, tail);
}

static void panel_few_rows(left a, int64_t m, const real *b, int64_t ldb, int64_t k,
                           const real *bias, real *c, int64_t ldc) {
  if (m == 1)
    tile(1, 4, a, b, ldb, k, bias, c, ldc, LANES);
  else
    tile(2, 4, a, b, ldb, k, bias, c, ldc, LANES);
}

/* out[p][i] = b[i][p] for a square of 4: rows in, columns out, by pairs (two rounds of unpacking).
 */
IDR_VECTOR_FN void transpose4(const real *b, int64_t ldb, real *out, int64_t ldo) {
  typedef real quad __attribute__((vector_size(4 * sizeof(real))));
  quad row[4], half[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    memcpy(&row[i], b + i * ldb, sizeof row[i]);
  half[0] = __builtin_shufflevector(row[0], row[2], 0, 4, 1, 5);
  half[1] = __builtin_shufflevector(row[1], row[3], 0, 4, 1, 5);
  half[2] = __builtin_shufflevector(row[0], row[2], 2, 6, 3, 7);
  half[3] = __builtin_shufflevector(row[1], row[3], 2, 6, 3, 7);
  row[0] = __builtin_shufflevector(half[0], half[1], 0, 4, 1, 5);
  row[1] = __builtin_shufflevector(half[0], half[1], 2, 6, 3, 7);
  row[2] = __builtin_shufflevector(half[2], half[3], 0, 4, 1, 5);
  row[3] = __builtin_shufflevector(half[2], half[3], 2, 6, 3, 7);
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++)
    memcpy(out + i * ldo, &row[i], sizeof row[i]);
}

/* out[p][i] = b[i][p] for i < width and p < k. */
static void transpose(const real *b, int64_t ldb, int64_t width, int64_t k, real *out,
                      int64_t ldo) {
  int64_t i = 0;
  for (; i + 4 <= width; i += 4) {
    int64_t p = 0;
    for (; p + 4 <= k; p += 4)
      transpose4(b + i * ldb + p, ldb, out + p * ldo + i, ldo);
    for (; p < k; p++)
      for (int64_t q = i; q < i + 4; q++)
        out[p * ldo + q] = b[q * ldb + p];
  }
  for (; i < width; i++)
    for (int64_t p = 0; p < k; p++)
      out[p * ldo + i] = b[i * ldb + p];
}

/* Columns [j, j + width) of op(B), width <= WIDE, as k rows of `padded` elements, zeros beyond. */
static void pack(const idr_gemm_shape *s, const real *b, int64_t j, int64_t width, int64_t padded,
                 real *out) {
  if (width != padded) memset(out, 0, (size_t)(s->k * padded) * sizeof(real));
  if (s->transpose_b)
    transpose(b + j * s->k, s->k, width, s->k, out, padded);
  else
    for (int64_t p = 0; p < s->k; p++)
      for (int64_t i = 0; i < width; i++)
        out[p * padded + i] = b[p * s->n + j + i];
}

/* B is read in place unless it is transposed (one row is one column), its last panel is not whole,
 * or its rows lie so far apart that a panel's lines fall on a few sets of the first-level cache. */
static bool must_pack(const idr_gemm_shape *s, int64_t width, int64_t padded) {
  return (s->transpose_b && s->k > 1) || width != padded || (s->n >= 128 && s->k >= 64);
}

/* ---- few columns ----------------------------------------------------------------------------- */

/* Inner products of `rows` <= LANES rows of A with one column; k is a multiple of LANES. */
IDR_VECTOR_FN void inner_products(const real *a, int64_t rows, int64_t k, const real *column,
                                  real bias, real *c, int64_t ldc) {
  const real *row[LANES];
  idr_vector sum[LANES];
  real out[LANES];
#pragma GCC unroll 8
  for (int i = 0; i < LANES; i++) {
    row[i] = a + (i < rows ? i : 0) * k;
    sum[i] = idr_vector_fill(0);
  }
  for (int64_t p = 0; p < k; p += LANES) {
    idr_vector x = idr_vector_load(column + p);
#pragma GCC unroll 8
    for (int i = 0; i < LANES; i++)
      sum[i] = idr_vector_fma(idr_vector_load(row[i] + p), x, sum[i]);
  }
  idr_vector_store(out, idr_vector_add_lanes(sum) + idr_vector_fill(bias));
  for (int64_t i = 0; i < rows; i++)
    c[i * ldc] = out[i];
}

/* Rows of A against the columns of op(B), which are laid out one after another first. */
static void run_few_columns(const idr_gemm_shape *s, const real *a, const real *b, const real *bias,
                            real *c, real *scratch) {
  const real *columns = b;
  if (!s->transpose_b && s->n > 1) {
    transpose(b, s->n, s->k, s->n, scratch, s->k);
    columns = scratch;
  }
  for (int64_t i = 0; i < s->m; i += LANES)
    for (int64_t j = 0; j < s->n; j++)
      inner_products(a + i * s->k, s->m - i < LANES ? s->m - i : LANES, s->k, columns + j * s->k,
                     bias ? bias[j] : 0, c + i * s->n + j, s->n);
}

static bool has_few_columns(const idr_gemm_shape *s) {
  return s->n <= FEW_COLUMNS && !s->transpose_a && s->k % LANES == 0 && s->k > 0;
}

/* C = op(A) B with op(A)' row by row in memory: C' = B' op(A)' has few rows and is m wide. */
static bool is_flat(const idr_gemm_shape *s, const real *bias) {
  return s->n <= FEW_COLUMNS && s->transpose_a && !s->transpose_b && s->m >= LANES && !bias;
}

static void run_panel(const idr_gemm_shape *s, left rows, const real *b, int64_t j, int64_t width,
                      const real *bias, real *c, real *scratch) {
  int64_t padded = width <= LANES ? LANES : WIDE, ldb = s->n;
  const real *panel_b = b + j, *panel_bias = bias ? bias + j : NULL;
  if (must_pack(s, width, padded)) {
    pack(s, b, j, width, padded, scratch);
    panel_b = scratch;
    ldb = padded;
  }
  int tail = (int)(width - (padded - LANES));
  if (width == WIDE && s->k >= 1 && s->k <= FEW_TERMS)
    panel_thin(rows, s->m, panel_b, ldb, s->k, panel_bias, c + j, s->n);
  else if (width == WIDE)
    panel_wide(rows, s->m, panel_b, ldb, s->k, panel_bias, c + j, s->n);
  else if (padded == WIDE)
    panel_wide_edge(rows, s->m, panel_b, ldb, s->k, panel_bias, c + j, s->n, tail);
  else
    panel_narrow(rows, s->m, panel_b, ldb, s->k, panel_bias, c + j, s->n, tail);
}

static void run_panels(const idr_gemm_shape *s, const real *a, const real *b, const real *bias,
                       real *c, real *scratch) {
  left rows = {a, s->transpose_a ? 1 : s->k, s->transpose_a ? s->m : 1};
  int64_t j = 0;
  if (s->m <= FEW_ROWS && !s->transpose_b)
    for (; j + WIDEST <= s->n; j += WIDEST)
      panel_few_rows(rows, s->m, b + j, s->n, s->k, bias ? bias + j : NULL, c + j, s->n);
  for (; j < s->n; j += WIDE)
    run_panel(s, rows, b, j, s->n - j < WIDE ? s->n - j : WIDE, bias, c, scratch);
}

/* C' first, behind the room that its panels may need, then C. */
static void run_flat(const idr_gemm_shape *s, const real *a, const real *b, real *c,
                     real *scratch) {
  idr_gemm_shape flipped = {.m = s->n, .n = s->m, .k = s->k, .transpose_a = true};
  real *flat = s->n == 1 ? c : scratch + s->k * WIDE;
  run_panels(&flipped, b, a, NULL, flat, scratch);
  if (s->n > 1) transpose(flat, s->m, s->n, s->m, c, s->n);
}

int64_t idr_gemm_scratch(const idr_gemm_shape *s) {
  return s->k * WIDE + (s->n <= FEW_COLUMNS ? s->m * s->n : 0);
}

void idr_gemm_run(const idr_gemm_shape *s, const real *a, const real *b, const real *bias, real *c,
                  real *scratch) {
  if (has_few_columns(s))
    run_few_columns(s, a, b, bias, c, scratch);
  else if (is_flat(s, bias))
    run_flat(s, a, b, c, scratch);
  else
    run_panels(s, a, b, bias, c, scratch);
}

bool idr_gemm_prefers_blas(const idr_gemm_shape *s) {
  return s->k > 512 && s->m >= 64 && s->n >= 64;
}
