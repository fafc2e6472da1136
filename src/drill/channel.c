#include "drill/channel.h"

#include <string.h>

const idr_channel idr_channels[IDR_CHANNEL_COUNT] = {
#define IDR_CHANNEL_ROW(id, wits, mnemonic, name, unit, display, scale, offset, low, high, res,    \
                        doc)                                                                       \
  {wits, mnemonic, name, unit, display, scale, offset, low, high, res, doc},
    IDR_CHANNEL_LIST(IDR_CHANNEL_ROW)
#undef IDR_CHANNEL_ROW
};

int idr_channel_find(const char *name) {
  for (int i = 0; i < IDR_CHANNEL_COUNT; i++)
    if (!strcmp(name, idr_channels[i].name) || !strcmp(name, idr_channels[i].mnemonic)) return i;
  return -1;
}
