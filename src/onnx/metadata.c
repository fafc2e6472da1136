/* What an ONNX file says about itself, without reading its graph. */
#include "base/file.h"
#include "onnx/onnx_internal.h"

#include <stdlib.h>
#include <string.h>

idr_status idr_onnx_metadata(const char *path, const char *key, char **out) {
  char *bytes = NULL;
  size_t size = 0;
  *out = NULL;
  IDR_TRY(idr_file_read(path, IDR_ONNX_FILE_LIMIT, &bytes, &size));
  Idr__Onnx__Model *model = idr__onnx__model__unpack(NULL, size, (const uint8_t *)bytes);
  free(bytes);
  if (!model) IDR_FAIL(IDR_STATUS_FORMAT, IDR_ONNX_DAMAGED, path);
  bool lacking = false;
  for (size_t i = 0; i < model->n_metadata_props && !*out; i++)
    if (strcmp(model->metadata_props[i]->key, key) == 0) {
      *out = strdup(model->metadata_props[i]->value);
      lacking = !*out;
    }
  idr__onnx__model__free_unpacked(model, NULL);
  if (lacking) IDR_FAIL(IDR_STATUS_MEMORY, "no memory for the metadata of '%s'", path);
  return IDR_STATUS_OK;
}
