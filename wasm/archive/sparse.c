/* Files with holes, as GNU tar stores them: a table of what is there, in the header or before the contents. */
#include "tar.h"
#include <stdlib.h>
#include <string.h>

enum { IN_HEADER = 4, IN_EXTENSION = 21, TABLE = 386, ENTRY = 24, MOST_PIECES = 1 << 20 };

static uint64_t number(const unsigned char *p) {
    uint64_t n = 0;
    if (*p & 0x80) {
        n = *p & 0x3f;
        for (int i = 1; i < 12; i++)
            n = n << 8 | p[i];
        return n;
    }
    for (int i = 0; i < 12; i++)
        if (p[i] >= '0' && p[i] <= '7')
            n = n * 8 + (uint64_t)(p[i] - '0');
    return n;
}

static bool add_piece(Member *m, uint64_t at, uint64_t size) {
    if (m->piece_count >= MOST_PIECES)
        return false;
    if ((m->piece_count & (m->piece_count - 1)) == 0)
        m->pieces = realloc(m->pieces, (m->piece_count ? m->piece_count * 2 : 1) * sizeof *m->pieces);
    m->pieces[m->piece_count++] = (Piece){at, size};
    return true;
}

static bool add_entries(Member *m, const unsigned char *p, int count) {
    for (int i = 0; i < count && p[ENTRY * i + 12]; i++)
        if (!add_piece(m, number(p + ENTRY * i), number(p + ENTRY * i + 12)))
            return false;
    return true;
}

/* The old format: four pieces in the header, twenty-one in each block that follows. */
bool old_sparse(Member *m, const unsigned char *header) {
    unsigned char more[BLOCK];
    bool again = header[482];
    m->sparse = true;
    m->real_size = number(header + 483);
    if (!add_entries(m, header + TABLE, IN_HEADER))
        return false;
    while (again) {
        if (take(more, BLOCK) < BLOCK || !add_entries(m, more, IN_EXTENSION))
            return false;
        again = more[504];
    }
    return true;
}

/* The keywords of the three pax formats. */
void pax_sparse(Member *m, const char *key, size_t key_len, const char *value) {
#define IS(name) (key_len == sizeof name - 1 && memcmp(key, name, sizeof name - 1) == 0)
    if (IS("GNU.sparse.realsize") || IS("GNU.sparse.size")) {
        m->sparse = true;
        m->real_size = strtoull(value, NULL, 10);
    } else if (IS("GNU.sparse.offset")) {
        add_piece(m, strtoull(value, NULL, 10), 0);
    } else if (IS("GNU.sparse.numbytes") && m->piece_count) {
        m->pieces[m->piece_count - 1].size = strtoull(value, NULL, 10);
    } else if (IS("GNU.sparse.map")) {
        char *rest = (char *)value;
        m->piece_count = 0;
        do {
            uint64_t at = strtoull(rest, &rest, 10);
            if (*rest != ',' || !add_piece(m, at, strtoull(rest + 1, &rest, 10)))
                return;
        } while (*rest++ == ',');
    }
#undef IS
}

typedef struct {
    unsigned char block[BLOCK];
    size_t at;
    uint64_t left;
    bool broken;
} Map;

static uint64_t next_number(Map *map) {
    uint64_t n = 0;
    for (;;) {
        if (map->at == BLOCK) {
            map->at = 0;
            map->broken |= map->left < BLOCK || take(map->block, BLOCK) < BLOCK;
            if (map->broken)
                return 0;
            map->left -= BLOCK;
        }
        unsigned char c = map->block[map->at++];
        if (c == '\n')
            return n;
        map->broken |= c < '0' || c > '9';
        if (map->broken)
            return 0;
        n = n * 10 + (uint64_t)(c - '0');
    }
}

/* Format 1.0: the table comes before the contents, a number a line, up to a whole block. */
bool pax_sparse_map(Member *m) {
    Map map = {.at = BLOCK, .left = m->size};
    uint64_t count = next_number(&map);
    for (uint64_t i = 0; i < count && !map.broken; i++) {
        uint64_t at = next_number(&map);
        map.broken |= !add_piece(m, at, next_number(&map));
    }
    m->size = map.left;
    return !map.broken;
}

/* Whether the pieces are in order, within the file and as much as is stored. */
bool pieces_fit(const Member *m) {
    uint64_t end = 0, total = 0;
    for (size_t i = 0; i < m->piece_count; i++) {
        const Piece *p = &m->pieces[i];
        if (p->at < end || p->at > m->real_size || p->size > m->real_size - p->at)
            return false;
        end = p->at + p->size;
        total += p->size;
    }
    return total == m->size;
}

/* The next bytes of a member, zeros for its holes; fewer than asked for when the archive ends. */
size_t read_contents(Contents *c, void *out, size_t size) {
    const Member *m = c->member;
    size_t done = 0;
    if (!m->sparse)
        return read_bytes(out, size);
    while (done < size) {
        const Piece *p = c->piece < m->piece_count ? &m->pieces[c->piece] : NULL;
        uint64_t end = !p ? UINT64_MAX : c->at < p->at ? p->at : p->at + p->size;
        size_t part = end - c->at < size - done ? (size_t)(end - c->at) : size - done;
        if (p && c->at >= p->at) {
            if (read_bytes((char *)out + done, part) < part)
                return done;
        } else {
            memset((char *)out + done, 0, part);
        }
        c->at += part;
        done += part;
        if (p && c->at >= p->at + p->size)
            c->piece++;
    }
    return done;
}
