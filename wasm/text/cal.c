/* cal: months as tables. Before 14 September 1752 the calendar is the Julian one. */
#include "text.h"
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { WEEKS = 6, WIDTH = 22, SEX = 64 };

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                                     "November", "December"};
static bool monday_first, highlight;
static struct tm today;

static bool julian(int year, int month, int day) {
    return year < 1752 || (year == 1752 && (month < 9 || (month == 9 && day < 14)));
}

static int length_of_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (julian(year, month, 1) || year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* 0 is Sunday. */
static int weekday(int year, int month, int day) {
    int a = (14 - month) / 12, y = year + 4800 - a, m = month + 12 * a - 3;
    long n = day + (153 * m + 2) / 5 + 365L * y + y / 4;
    n += julian(year, month, day) ? -32083 : -y / 100 + y / 400 - 32045;
    return (int)((n + 1) % 7);
}

static void put_title(int year, int month, bool with_year) {
    char title[40];
    if (with_year)
        snprintf(title, sizeof title, "%s %d", months[month - 1], year);
    else
        snprintf(title, sizeof title, "%s", months[month - 1]);
    int len = (int)strlen(title), before = (20 - len) / 2;
    printf("%*s%s%*s", before, "", title, WIDTH - before - len, "");
}

static void put_week(int year, int month, int week) {
    int days = length_of_month(year, month), shift = (weekday(year, month, 1) + 7 - monday_first) % 7;
    bool gap = year == 1752 && month == 9;
    for (int i = 0; i < 7; i++) {
        int day = week * 7 + i - shift + 1;
        if (gap && day > 2)
            day += 11;
        bool now = highlight && year == today.tm_year + 1900 && month == today.tm_mon + 1 && day == today.tm_mday;
        if (day < 1 || day > days)
            fputs("   ", stdout);
        else
            printf(now ? "\33[7m%2d\33[27m " : "%2d ", day);
    }
    putchar(' ');
}

static void put_months(int year, int month, int count, bool with_year) {
    int y[3], m[3];
    for (int i = 0; i < count; i++) {
        y[i] = year + (month - 1 + i) / 12;
        m[i] = (month - 1 + i) % 12 + 1;
        put_title(y[i], m[i], with_year);
    }
    putchar('\n');
    for (int i = 0; i < count; i++)
        fputs(monday_first ? "Mo Tu We Th Fr Sa Su  " : "Su Mo Tu We Th Fr Sa  ", stdout);
    putchar('\n');
    for (int week = 0; week < WEEKS; week++) {
        for (int i = 0; i < count; i++)
            put_week(y[i], m[i], week);
        putchar('\n');
    }
}

static int month_named(const char *text) {
    char *rest;
    long n = strtol(text, &rest, 10);
    if (*text && !*rest && n >= 1 && n <= 12)
        return (int)n;
    for (int i = 0; i < 12; i++)
        if (strlen(text) >= 3 && strncasecmp(months[i], text, strlen(text)) == 0)
            return i + 1;
    fprintf(stderr, "cal: %s is neither a month number (1..12) nor a name\n", text);
    exit(SEX);
}

static int year_named(const char *text) {
    char *rest;
    long n = strtol(text, &rest, 10);
    if (!*text || *rest) {
        fprintf(stderr, "cal: not a valid year %s\n", text);
        exit(SEX);
    }
    if (n < 1 || n > 9999) {
        fprintf(stderr, "cal: year `%ld' not in range 1..9999\n", n);
        exit(SEX);
    }
    return (int)n;
}

static void put_year(int year) {
    printf("%28s%d\n", "", year);
    for (int month = 1; month <= 12; month += 3) {
        if (month > 1)
            putchar('\n');
        put_months(year, month, 3, false);
    }
}

int cal_main(int argc, char **argv) {
    time_t now = time(NULL);
    bool whole = false, three = false;
    const char *chosen = NULL;
    localtime_r(&now, &today);
    highlight = isatty(STDOUT_FILENO);
    for (int c; (c = getopt(argc, argv, "13ym:hMS")) != -1;) {
        switch (c) {
        case '1': three = false; break;
        case '3': three = true; break;
        case 'y': whole = true; break;
        case 'm': chosen = optarg; break;
        case 'h': highlight = false; break;
        case 'M': monday_first = true; break;
        case 'S': monday_first = false; break;
        default: bad_option(argv);
        }
    }
    int given = argc - optind, year = today.tm_year + 1900, month = today.tm_mon + 1;
    if (given > 2) {
        fputs("Usage: cal [-13yhMS] [[month] year]\n", stderr);
        return SEX;
    }
    if (given)
        year = year_named(argv[argc - 1]);
    if (given == 2)
        month = month_named(argv[optind]);
    if (chosen)
        month = month_named(chosen);
    if (whole || (given == 1 && !chosen && !three))
        put_year(year);
    else if (three)
        put_months(month == 1 ? year - 1 : year, month == 1 ? 12 : month - 1, 3, true);
    else
        put_months(year, month, 1, true);
    return finish(0);
}
