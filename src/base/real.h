/* `real` is float in the product and double in the test build (IDR_REAL_DOUBLE). */
#ifndef IDR_BASE_REAL_H
#define IDR_BASE_REAL_H

#ifdef IDR_REAL_DOUBLE
typedef double real;
#define IDR_REAL_NAME "float64"
#else
typedef float real;
#define IDR_REAL_NAME "float32"
#endif

#endif
