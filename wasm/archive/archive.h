/* tar, gzip and their kin: what the two programs share. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <zlib.h>

/* --- one gzip file, member after member --- */

typedef enum { GZ_MORE, GZ_END, GZ_NOT_GZIP, GZ_TRUNCATED, GZ_CRC, GZ_LENGTH, GZ_FORMAT, GZ_TRAILING, GZ_READ_ERROR } GzStatus;

typedef struct {
    z_stream z;
    int fd;
    bool started, in_member, trailing, over;
    unsigned char input[65536];
    uint64_t total_in, total_out;
    gz_header header;
    Bytef name[1024];
} GzReader;

/* How many bytes are no data: what the header and the check sums take. */
uint64_t gz_overhead(const GzReader *r);

void gz_read_open(GzReader *r, int fd);
ssize_t gz_read(GzReader *r, unsigned char *out, size_t size, GzStatus *status);
void gz_read_close(GzReader *r);

typedef struct {
    z_stream z;
    gz_header header;
    int fd;
    unsigned char output[65536];
    uint64_t total_in, total_out;
} GzWriter;

void gz_write_open(GzWriter *w, int fd, int level, const char *name, uint32_t time);
bool gz_write(GzWriter *w, const unsigned char *data, size_t size, bool last);

bool write_all(int fd, const void *data, size_t size);
void option_error(const char *program, char **argv, bool missing);
int gzip_main(int argc, char **argv);
int tar_main(int argc, char **argv);

#endif
