/* tar's headers: ustar, GNU's long names, and pax on reading. */
#include "tar.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[8], user[32], group[32],
        major[8], minor[8], prefix[155], rest[12];
} Header;

enum { MOST_EXTENSION = 1 << 20 };

static uint64_t reached;

static uint64_t number(const char *p, size_t len) {
    uint64_t n = 0;
    if ((unsigned char)*p & 0x80) {
        n = (unsigned char)*p & 0x3f;
        for (size_t i = 1; i < len; i++)
            n = n << 8 | (unsigned char)p[i];
        return n;
    }
    size_t i = 0;
    while (i < len && p[i] == ' ')
        i++;
    for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
        n = n * 8 + (uint64_t)(p[i] - '0');
    return n;
}

static unsigned sum(const Header *h) {
    unsigned total = 0;
    const unsigned char *p = (const unsigned char *)h;
    for (size_t i = 0; i < BLOCK; i++)
        total += i >= 148 && i < 156 ? ' ' : p[i];
    return total;
}

static char *copied(const char *p, size_t most) {
    size_t len = strnlen(p, most);
    char *made = malloc(len + 1);
    memcpy(made, p, len);
    made[len] = '\0';
    return made;
}

size_t take(void *out, size_t size) {
    size_t got = read_bytes(out, size);
    reached += got;
    return got;
}

static char *read_extension(uint64_t size) {
    size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
    if (size > MOST_EXTENSION) {
        complain(2, "Extended header is too large");
        give_up();
    }
    char *text = malloc(padded + 1);
    if (take(text, padded) < padded) {
        complain(2, "Unexpected EOF in archive");
        give_up();
    }
    text[size] = '\0';
    return text;
}

static void set(char **where, const char *value, size_t len) {
    free(*where);
    *where = copied(value, len);
}

static void read_pax(Member *m, const char *text, size_t size, bool *has_size, bool *mapped) {
    const char *end = text + size;
    char *real_name = NULL;
    while (text < end) {
        char *rest;
        unsigned long len = strtoul(text, &rest, 10);
        if (*rest != ' ' || len < 5 || len > (size_t)(end - text))
            break;
        const char *key = rest + 1, *record_end = text + len - 1, *equals = memchr(key, '=', (size_t)(record_end - key));
        if (!equals)
            break;
        size_t key_len = (size_t)(equals - key), value_len = (size_t)(record_end - equals - 1);
        const char *value = equals + 1;
#define IS(name) (key_len == sizeof name - 1 && memcmp(key, name, sizeof name - 1) == 0)
        if (IS("path")) set(&m->name, value, value_len);
        else if (IS("linkpath")) set(&m->link, value, value_len);
        else if (IS("GNU.sparse.name")) set(&real_name, value, value_len);
        else if (IS("GNU.sparse.major")) *mapped = *value == '1';
        else if (key_len > 10 && memcmp(key, "GNU.sparse.", 11) == 0) pax_sparse(m, key, key_len, value);
        else if (IS("uname")) set(&m->user, value, value_len);
        else if (IS("gname")) set(&m->group, value, value_len);
        else if (IS("size")) m->size = strtoull(value, NULL, 10), *has_size = true;
        else if (IS("uid")) m->uid = (uint32_t)strtoul(value, NULL, 10);
        else if (IS("gid")) m->gid = (uint32_t)strtoul(value, NULL, 10);
        else if (IS("mtime")) {
            char *dot;
            m->mtime.tv_sec = strtoll(value, &dot, 10);
            m->mtime.tv_nsec = 0;
            long scale = 100000000;
            for (dot += *dot == '.'; *dot >= '0' && *dot <= '9' && scale; dot++, scale /= 10)
                m->mtime.tv_nsec += (*dot - '0') * scale;
        }
        text += len;
    }
    if (real_name) {
        free(m->name);
        m->name = real_name;
    }
}

static bool all_zero(const Header *h) {
    const char *p = (const char *)h;
    for (size_t i = 0; i < BLOCK; i++)
        if (p[i])
            return false;
    return true;
}

/* A header with a right checksum; false at the end of the archive. */
static bool next_header(Header *h) {
    static bool complained, any;
    for (;;) {
        size_t got = take(h, BLOCK);
        if (got == 0 && !any) {
            if (exit_code == 2) /* what decompresses has said why */
                give_up();
            if (option.mode != 'r')
                complain(2, "This does not look like a tar archive");
            return false;
        }
        if (got == 0)
            return false;
        if (got < BLOCK) {
            if (any || !complained)
                complain(2, any ? "Unexpected EOF in archive" : "This does not look like a tar archive");
            if (any)
                give_up();
            return false;
        }
        if (all_zero(h)) {
            reached -= BLOCK;
            return false;
        }
        if (number(h->checksum, 8) == sum(h)) {
            any = true;
            return true;
        }
        if (!complained) {
            if (!any)
                complain(2, "This does not look like a tar archive");
            complain(2, "Skipping to next header");
            complained = true;
        }
    }
}

static void fill(Member *m, const Header *h, bool has_size) {
    if (!m->name) {
        bool prefixed = memcmp(h->magic, "ustar\0", 6) == 0 && h->prefix[0];
        char joined[300];
        snprintf(joined, sizeof joined, "%.*s%s%.*s", prefixed ? 155 : 0, h->prefix, prefixed ? "/" : "", 100, h->name);
        m->name = strdup(joined);
    }
    if (!m->link)
        m->link = copied(h->link, 100);
    if (!m->user)
        m->user = copied(h->user, 32);
    if (!m->group)
        m->group = copied(h->group, 32);
    m->type = h->type ? h->type : '0';
    if (m->type == '7')
        m->type = '0';
    if (m->type == '0' && *m->name && m->name[strlen(m->name) - 1] == '/')
        m->type = '5';
    m->mode = (mode_t)number(h->mode, 8) & 07777;
    if (!m->uid)
        m->uid = (uint32_t)number(h->uid, 8);
    if (!m->gid)
        m->gid = (uint32_t)number(h->gid, 8);
    if (!has_size)
        m->size = number(h->size, 12);
    m->major = (unsigned)number(h->major, 8);
    m->minor = (unsigned)number(h->minor, 8);
    if (m->type != '0' && m->type != 'S')
        m->size = m->type >= '1' && m->type <= '6' ? 0 : m->size;
}

static void read_holes(Member *m, const Header *h, bool mapped) {
    bool good = true;
    if (m->type == 'S') {
        good = old_sparse(m, (const unsigned char *)h);
        m->type = '0';
    } else if (mapped && m->sparse) {
        good = pax_sparse_map(m);
    }
    if (!m->sparse)
        m->real_size = m->size;
    else if (!good || !pieces_fit(m)) {
        complain(2, "%s: Malformed extended header: the holes do not fit", m->name);
        give_up();
    }
}

bool next_member(Member *m) {
    static Header h;
    bool has_size = false, mapped = false;
    *m = (Member){.mtime = {-1, 0}};
    while (next_header(&h)) {
        uint64_t size = number(h.size, 12);
        if (h.type == 'L' || h.type == 'K') {
            char *text = read_extension(size);
            set(h.type == 'L' ? &m->name : &m->link, text, size);
            free(text);
        } else if (h.type == 'x' || h.type == 'g') {
            char *text = read_extension(size);
            read_pax(m, text, (size_t)size, &has_size, &mapped);
            free(text);
        } else {
            if (m->mtime.tv_sec == -1)
                m->mtime.tv_sec = (time_t)number(h.mtime, 12);
            fill(m, &h, has_size);
            read_holes(m, &h, mapped);
            reached += (m->size + BLOCK - 1) / BLOCK * BLOCK;
            return true;
        }
    }
    return false;
}

void drop_member(Member *m) {
    free(m->name);
    free(m->link);
    free(m->user);
    free(m->group);
    free(m->shown);
    free(m->pieces);
}

static struct {
    char *name;
    time_t mtime;
} *known;
static size_t known_count;

/* Where the end marks begin; what is before is remembered for -u. */
int archive_position_for_append(void) {
    Member m;
    reached = 0;
    while (next_member(&m)) {
        skip_bytes((m.size + BLOCK - 1) / BLOCK * BLOCK);
        known = realloc(known, (known_count + 1) * sizeof *known);
        known[known_count].name = strdup(m.name);
        known[known_count++].mtime = m.mtime.tv_sec;
        drop_member(&m);
    }
    return (int)reached;
}

bool newer_in_archive(const char *name, time_t mtime) {
    for (size_t i = 0; i < known_count; i++)
        if (known[i].mtime >= mtime && strcmp(known[i].name, name) == 0)
            return true;
    return false;
}

/* --- writing --- */

static void put_number(char *out, size_t len, uint64_t n) {
    if (n >> 3 * (len - 1)) {
        for (size_t i = len; i-- > 0; n >>= 8)
            out[i] = (char)n;
        out[0] = (char)((unsigned char)out[0] | 0x80);
        return;
    }
    out[len - 1] = '\0';
    for (size_t i = len - 1; i-- > 0; n >>= 3)
        out[i] = (char)('0' + (n & 7));
}

static void put_header(Header *h) {
    memset(h->checksum, ' ', 8);
    snprintf(h->checksum, 8, "%06o", sum(h));
    h->checksum[7] = ' ';
    write_bytes(h, BLOCK);
}

static void put_long(char type, const char *text) {
    static const char zeros[BLOCK];
    Header h;
    size_t len = strlen(text) + 1;
    memset(&h, 0, sizeof h);
    strcpy(h.name, "././@LongLink");
    put_number(h.mode, 8, 0644);
    put_number(h.uid, 8, 0);
    put_number(h.gid, 8, 0);
    put_number(h.size, 12, len);
    put_number(h.mtime, 12, 0);
    h.type = type;
    memcpy(h.magic, "ustar  ", 8);
    strcpy(h.user, "root");
    strcpy(h.group, "root");
    put_header(&h);
    write_bytes(text, len);
    write_bytes(zeros, (BLOCK - len % BLOCK) % BLOCK);
}

void write_member(const Member *m) {
    Header h;
    memset(&h, 0, sizeof h);
    if (strlen(m->link) > 100)
        put_long('K', m->link);
    if (strlen(m->name) > 100)
        put_long('L', m->name);
    strncpy(h.name, m->name, 100);
    strncpy(h.link, m->link, 100);
    put_number(h.mode, 8, m->mode & 07777);
    put_number(h.uid, 8, m->uid);
    put_number(h.gid, 8, m->gid);
    put_number(h.size, 12, m->size);
    put_number(h.mtime, 12, m->mtime.tv_sec < 0 ? 0 : (uint64_t)m->mtime.tv_sec);
    h.type = m->type;
    memcpy(h.magic, "ustar  ", 8);
    if (!option.numeric) {
        strncpy(h.user, m->user, 31);
        strncpy(h.group, m->group, 31);
    }
    if (m->type == '3' || m->type == '4') {
        put_number(h.major, 8, m->major);
        put_number(h.minor, 8, m->minor);
    }
    put_header(&h);
}
