/* SPDX-License-Identifier: MIT
 *
 * A ZIP file (APPNOTE 6.3) in memory, written in one go: files are stored, not compressed, because
 * most attachments are compressed already and what is stored cannot be a bomb. A library would
 * bring its readers of eight formats along; what is needed are three fixed records and a CRC. No
 * directories, no encryption, no ZIP64: the whole is at most LIMIT_ZIP. */
#ifndef INKAN_FCGI_ZIP_H
#define INKAN_FCGI_ZIP_H

#include "base/own.h"
#include "base/span.h"

#include <stdint.h>

struct zip;
/* `when`: the time of all files, epoch seconds; told as UTC, from 1980 on. */
struct zip *zip_new(int64_t when);
void zip_free(struct zip *zip);
/* Adds a file. The name becomes what mime_name_safe makes of it, "file" if nothing is left; one
 * that is there already (letter case and composition aside) gets " (2)". False, and nothing is
 * added, beyond LIMIT_ZIP or LIMIT_ZIP_FILES. */
bool zip_add(struct zip *zip, const char *name, struct span octets);
/* The file; of no further use for zip_add. The caller unrefs. */
GBytes *zip_end(struct zip *zip);

DEFINE_OWNED(zip, zip_free)

#endif
