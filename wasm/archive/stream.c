/* Reading and writing gzip's format. */
#include "archive.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool write_all(int fd, const void *data, size_t size) {
    const char *p = data;
    while (size) {
        ssize_t done = write(fd, p, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        size -= (size_t)done;
    }
    return true;
}

void gz_read_open(GzReader *r, int fd) {
    memset(r, 0, sizeof *r);
    r->fd = fd;
    inflateInit2(&r->z, 15 + 16);
}

void gz_read_close(GzReader *r) { inflateEnd(&r->z); }

static bool refill(GzReader *r) {
    ssize_t got;
    do
        got = read(r->fd, r->input, sizeof r->input);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    r->z.next_in = r->input;
    r->z.avail_in = (uInt)got;
    r->total_in += (uint64_t)got;
    r->over = got == 0;
    return true;
}

/* Whether another member begins here; anything else after the first is rubbish, unless it is zeros. */
static bool begins_member(GzReader *r, GzStatus *status) {
    if (r->z.avail_in < 2 && !r->over) {
        unsigned char kept[2];
        uInt left = r->z.avail_in;
        if (left)
            memcpy(kept, r->z.next_in, left);
        if (!refill(r)) {
            *status = GZ_READ_ERROR;
            return false;
        }
        if (left && r->z.avail_in) { /* one byte was left: put it before the others */
            if (r->z.avail_in == sizeof r->input)
                r->z.avail_in--, lseek(r->fd, -1, SEEK_CUR);
            memmove(r->input + 1, r->input, r->z.avail_in);
            r->input[0] = kept[0];
            r->z.avail_in++;
        } else if (left) {
            r->z.next_in = r->input;
            r->input[0] = kept[0];
            r->z.avail_in = 1;
        }
    }
    if (!r->z.avail_in) {
        *status = r->started ? GZ_END : GZ_TRUNCATED;
        return false;
    }
    if (r->z.avail_in >= 2 && r->z.next_in[0] == 0x1f && r->z.next_in[1] == 0x8b)
        return true;
    *status = r->started ? GZ_TRAILING : r->z.avail_in < 2 ? GZ_TRUNCATED : GZ_NOT_GZIP;
    if (r->started) {
        bool zeros = true;
        for (uInt i = 0; i < r->z.avail_in; i++)
            zeros &= r->z.next_in[i] == 0;
        if (zeros)
            *status = GZ_END;
    }
    return false;
}

uint64_t gz_overhead(const GzReader *r) {
    return 18 + (r->started && r->header.name ? strnlen((const char *)r->name, sizeof r->name) + 1 : 0);
}

/* Up to `size` bytes; when 0 or fewer come, `status` says why. */
ssize_t gz_read(GzReader *r, unsigned char *out, size_t size, GzStatus *status) {
    *status = GZ_MORE;
    r->z.next_out = out;
    r->z.avail_out = (uInt)size;
    while (r->z.avail_out) {
        if (!r->in_member) {
            if (!begins_member(r, status))
                break;
            inflateReset(&r->z);
            r->header.name = r->name;
            r->header.name_max = sizeof r->name;
            inflateGetHeader(&r->z, &r->header);
            r->started = r->in_member = true;
        }
        if (!r->z.avail_in && !r->over && !refill(r)) {
            *status = GZ_READ_ERROR;
            break;
        }
        if (!r->z.avail_in) {
            *status = GZ_TRUNCATED;
            break;
        }
        int result = inflate(&r->z, Z_NO_FLUSH);
        if (result == Z_STREAM_END) {
            r->in_member = false;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            const char *what = r->z.msg ? r->z.msg : "";
            *status = strcmp(what, "incorrect data check") == 0     ? GZ_CRC
                      : strcmp(what, "incorrect length check") == 0 ? GZ_LENGTH
                                                                    : GZ_FORMAT;
            break;
        }
    }
    size_t made = size - r->z.avail_out;
    r->total_out += made;
    return (ssize_t)made;
}

void gz_write_open(GzWriter *w, int fd, int level, const char *name, uint32_t time) {
    memset(w, 0, sizeof *w);
    w->fd = fd;
    deflateInit2(&w->z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    w->header.os = 3;
    w->header.time = time;
    w->header.name = (Bytef *)name;
    deflateSetHeader(&w->z, &w->header);
}

bool gz_write(GzWriter *w, const unsigned char *data, size_t size, bool last) {
    int result;
    w->total_in += size;
    w->z.next_in = (Bytef *)data;
    w->z.avail_in = (uInt)size;
    do {
        w->z.next_out = w->output;
        w->z.avail_out = sizeof w->output;
        result = deflate(&w->z, last ? Z_FINISH : Z_NO_FLUSH);
        size_t made = sizeof w->output - w->z.avail_out;
        w->total_out += made;
        if (!write_all(w->fd, w->output, made))
            return false;
    } while (last ? result != Z_STREAM_END : w->z.avail_out == 0);
    if (last)
        deflateEnd(&w->z);
    return true;
}
