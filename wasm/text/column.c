/* column: lines as columns, or as a table. */
#include "text.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_COLUMNS = 1024 };

static struct {
    bool table, rows_first, keep_empty, greedy;
    const char *separators, *between, *names, *right;
    long width;
} option = {.separators = " \t", .between = "  ", .greedy = true};

static char **lines;
static size_t line_count;

static void read_all(FILE *f) {
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    while ((len = getline(&line, &room, f)) > 0) {
        if (line[len - 1] == '\n')
            line[--len] = '\0';
        if (!option.keep_empty && line[strspn(line, " \t\r\f\v")] == '\0')
            continue;
        if ((line_count & (line_count - 1)) == 0)
            lines = realloc(lines, (line_count ? line_count * 2 : 1) * sizeof *lines);
        lines[line_count++] = strdup(line);
    }
    free(line);
}

/* --- a table --- */

static int cells_of(char *line, char **cells) {
    int count = 0;
    if (option.greedy)
        line += strspn(line, option.separators);
    while (count < MOST_COLUMNS) {
        size_t len = strcspn(line, option.separators);
        bool last = line[len] == '\0';
        if (last && !len && option.greedy)
            break;
        cells[count++] = line;
        line[len] = '\0';
        if (last)
            break;
        line += len + 1;
        if (option.greedy)
            line += strspn(line, option.separators);
    }
    return count;
}

static bool right_aligned(int column) {
    const char *p = option.right;
    while (p && *p) {
        if (atoi(p) == column + 1 || (*p == '0' && !atoi(p)))
            return true;
        p = strchr(p, ',');
        p += p != NULL;
    }
    return false;
}

static void put_table(void) {
    static int widths[MOST_COLUMNS];
    char ***cells = calloc(line_count + 1, sizeof *cells), *found[MOST_COLUMNS];
    int *counts = calloc(line_count + 1, sizeof *counts), most = 0;
    size_t first = 0;
    if (option.names) {
        lines = realloc(lines, (line_count + 1) * sizeof *lines);
        memmove(lines + 1, lines, line_count++ * sizeof *lines);
        lines[0] = strdup(option.names);
    }
    for (size_t i = 0; i < line_count; i++) {
        const char *kept = option.separators;
        bool greedy = option.greedy;
        if (option.names && i == 0)
            option.separators = ",", option.greedy = false;
        counts[i] = cells_of(lines[i], found);
        option.separators = kept;
        option.greedy = greedy;
        cells[i] = malloc((size_t)(counts[i] + 1) * sizeof **cells);
        memcpy(cells[i], found, (size_t)counts[i] * sizeof **cells);
        most = counts[i] > most ? counts[i] : most;
        for (int k = 0; k < counts[i]; k++) {
            int width = width_of(found[k], strlen(found[k]));
            widths[k] = width > widths[k] ? width : widths[k];
        }
    }
    for (size_t i = first; i < line_count; i++) {
        for (int k = 0; k < most; k++) {
            const char *cell = k < counts[i] ? cells[i][k] : "";
            int missing = widths[k] - width_of(cell, strlen(cell));
            if (k)
                fputs(option.between, stdout);
            if (right_aligned(k))
                printf("%*s%s", missing, "", cell);
            else
                printf("%s%*s", cell, k + 1 < most ? missing : 0, "");
        }
        putchar('\n');
    }
}

/* --- columns --- */

static void put_columns(void) {
    int longest = 0;
    for (size_t i = 0; i < line_count; i++) {
        int width = width_of(lines[i], strlen(lines[i]));
        longest = width > longest ? width : longest;
    }
    int step = (longest + 8) & ~7;
    size_t columns = longest >= option.width ? 1 : (size_t)(option.width / step), rows;
    if (!columns)
        columns = 1;
    rows = (line_count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        int reached = 0;
        for (size_t k = 0; k < columns; k++) {
            size_t i = option.rows_first ? row * columns + k : k * rows + row, next = option.rows_first ? i + 1 : i + rows;
            if (i >= line_count)
                break;
            fputs(lines[i], stdout);
            reached += width_of(lines[i], strlen(lines[i]));
            if (k + 1 == columns || next >= line_count)
                break;
            for (int stop = (int)(k + 1) * step; reached < stop; reached = (reached + 8) & ~7)
                putchar('\t');
        }
        putchar('\n');
    }
}

static long terminal_width(void) {
    struct winsize size;
    const char *given = getenv("COLUMNS");
    if (given && atoi(given) > 0)
        return atoi(given);
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

int column_main(int argc, char **argv) {
    static const struct option longs[] = {{"table", 0, 0, 't'}, {"separator", 1, 0, 's'}, {"output-separator", 1, 0, 'o'},
                                          {"output-width", 1, 0, 'c'}, {"columns", 1, 0, 'c'}, {"fillrows", 0, 0, 'x'},
                                          {"keep-empty-lines", 0, 0, 'L'}, {"table-columns", 1, 0, 'N'}, {"table-right", 1, 0, 'R'},
                                          {"help", 0, 0, 'h'}, {"version", 0, 0, 'V'}, {0}};
    int status = 0;
    option.width = terminal_width();
    for (int c; (c = getopt_long(argc, argv, "ts:o:c:xLN:R:hVen", longs, NULL)) != -1;) {
        switch (c) {
        case 't': option.table = true; break;
        case 's': option.separators = optarg; option.greedy = false; break;
        case 'o': option.between = optarg; break;
        case 'c': option.width = atol(optarg); break;
        case 'x': option.rows_first = true; break;
        case 'L': case 'e': option.keep_empty = true; break;
        case 'N': option.names = optarg; break;
        case 'R': option.right = optarg; break;
        case 'n': break;
        case 'h': puts("Usage: column [-t [-s separators] [-o text] [-N names] [-R columns]] [-c width] [-x] [-L] [file ...]"); return 0;
        case 'V': puts("column (pagebox) 1.0"); return 0;
        default: bad_option(argv);
        }
    }
    if (optind == argc)
        read_all(stdin);
    for (; optind < argc; optind++) {
        FILE *f = opened(argv[optind]);
        if (f) {
            read_all(f);
            fclose(f);
        } else {
            status = 1;
        }
    }
    if (line_count && (option.table || option.names))
        put_table();
    else if (line_count)
        put_columns();
    return finish(status);
}
