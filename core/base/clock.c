/* SPDX-License-Identifier: MIT
 *
 * Reading and writing of times. */
#include "base/clock.h"

#include <time.h>

int64_t clock_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec;
}

int64_t clock_monotonic_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Days from 1970-01-01 to a civil date of the proleptic Gregorian calendar, month 1-12. */
static int64_t days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int days_in_month(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

struct civil {
    int64_t year;
    int month, day, hour, minute, second, offset_minutes;
};

/* False for dates that no calendar has; a leap second reads as the second after it. */
static bool civil_to_epoch(const struct civil *c, int64_t *epoch) {
    if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > days_in_month(c->year, c->month) ||
        c->hour > 23 || c->minute > 59 || c->second > 60)
        return false;
    *epoch = days_from_civil(c->year, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60 +
             c->second - (int64_t)c->offset_minutes * 60;
    return true;
}

/* The civil date so many days after 1970-01-01; for the years 0 to 9999. */
static void civil_from_days(int64_t days, struct civil *c) {
    int64_t since = days + 719468, era = (since >= 0 ? since : since - 146096) / 146097;
    int64_t day_of_era = since - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153; /* months since March */
    c->day = (int)(day_of_year - (153 * shifted + 2) / 5) + 1;
    c->month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    c->year = year_of_era + era * 400 + (c->month <= 2);
}

static char *put_number(char *at, int64_t value, int digits, char after) {
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    at[digits] = after;
    return at + digits + 1;
}

/* By hand: gmtime_r takes a lock that all threads share. */
bool clock_write_rfc3339(int64_t epoch, char text[static CLOCK_RFC3339]) {
    static const int64_t first = INT64_C(-62167219200), last = INT64_C(253402300799);
    if (epoch < first || epoch > last) /* the years 0000 to 9999 (RFC 3339 §5.6) */
        return false;
    int64_t days = (epoch - first) / 86400, second = (epoch - first) % 86400;
    struct civil c = {0};
    civil_from_days(days + first / 86400, &c);
    char *at = text;
    at = put_number(at, c.year, 4, '-');
    at = put_number(at, c.month, 2, '-');
    at = put_number(at, c.day, 2, 'T');
    at = put_number(at, second / 3600, 2, ':');
    at = put_number(at, second / 60 % 60, 2, ':');
    *put_number(at, second % 60, 2, 'Z') = '\0';
    return true;
}

char *clock_rfc3339(int64_t epoch) {
    char text[CLOCK_RFC3339];
    return clock_write_rfc3339(epoch, text) ? g_strdup(text) : NULL;
}

/* Exactly `count` digits, or between 1 and `count` when `exact` is false. */
static bool take_digits(struct span *s, size_t count, bool exact, int64_t *value) {
    size_t n = 0;
    int64_t v = 0;
    while (n < count && n < s->n && g_ascii_isdigit(s->p[n]))
        v = v * 10 + (s->p[n++] - '0');
    if (n == 0 || (exact && n < count))
        return false;
    *s = span_from(*s, n);
    *value = v;
    return true;
}

static bool take_octet(struct span *s, const char *any_of) {
    if (!s->n || !s->p[0] || !strchr(any_of, s->p[0]))
        return false;
    *s = span_from(*s, 1);
    return true;
}

/* date-time = date "T" time ("Z" / ("+" / "-") hh ":" mm)    RFC 3339 §5.6 */
static bool parse_rfc3339(struct span s, int64_t *epoch) {
    struct civil c = {0};
    int64_t v[8] = {0};
    if (!take_digits(&s, 4, true, &v[0]) || !take_octet(&s, "-") ||
        !take_digits(&s, 2, true, &v[1]) || !take_octet(&s, "-") ||
        !take_digits(&s, 2, true, &v[2]) || !take_octet(&s, "Tt ") ||
        !take_digits(&s, 2, true, &v[3]) || !take_octet(&s, ":") ||
        !take_digits(&s, 2, true, &v[4]) || !take_octet(&s, ":") ||
        !take_digits(&s, 2, true, &v[5]))
        return false;
    if (take_octet(&s, ".")) {
        if (!s.n || !g_ascii_isdigit(s.p[0]))
            return false;
        while (s.n && g_ascii_isdigit(s.p[0]))
            s = span_from(s, 1);
    }
    if (!take_octet(&s, "Zz")) {
        bool minus = s.n && s.p[0] == '-';
        if (!take_octet(&s, "+-") || !take_digits(&s, 2, true, &v[6]) || !take_octet(&s, ":") ||
            !take_digits(&s, 2, true, &v[7]) || v[6] > 23 || v[7] > 59)
            return false;
        c.offset_minutes = (int)(v[6] * 60 + v[7]) * (minus ? -1 : 1);
    }
    if (s.n)
        return false;
    c.year = v[0], c.month = (int)v[1], c.day = (int)v[2];
    c.hour = (int)v[3], c.minute = (int)v[4], c.second = (int)v[5];
    return civil_to_epoch(&c, epoch);
}

bool clock_parse(const char *text, int64_t *epoch) {
    char *end = NULL;
    if (g_ascii_isdigit(text[0]) && strlen(text) <= 12) {
        int64_t v = g_ascii_strtoll(text, &end, 10);
        if (*end == '\0') {
            *epoch = v;
            return true;
        }
    }
    return parse_rfc3339(span_of(text), epoch);
}

/* Skips FWS and comments; false if a comment does not end. */
static bool skip_cfws(struct span *s) {
    int depth = 0;
    while (s->n) {
        char c = s->p[0];
        if (c == '(')
            depth++;
        else if (c == ')' && depth > 0)
            depth--;
        else if (c == '\\' && depth > 0 && s->n > 1)
            *s = span_from(*s, 1);
        else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return true;
        *s = span_from(*s, 1);
    }
    return depth == 0;
}

static struct span take_letters(struct span *s) {
    size_t n = 0;
    while (n < s->n && g_ascii_isalpha(s->p[n]))
        n++;
    struct span word = span_first(*s, n);
    *s = span_from(*s, n);
    return word;
}

static int month_of(struct span word) {
    static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (span_eq_nocase(word, span_of(names[i])))
            return i + 1;
    return 0;
}

/* zone = ("+" / "-") 4DIGIT / obs-zone    RFC 5322 §3.3, §4.3 */
static bool take_zone(struct span *s, int *offset_minutes) {
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
                 {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
    *offset_minutes = 0;
    if (s->n && (s->p[0] == '+' || s->p[0] == '-')) {
        bool minus = s->p[0] == '-';
        int64_t hhmm;
        *s = span_from(*s, 1);
        if (!take_digits(s, 4, true, &hhmm) || hhmm % 100 > 59)
            return false;
        *offset_minutes = (int)(hhmm / 100 * 60 + hhmm % 100) * (minus ? -1 : 1);
        return true;
    }
    struct span word = take_letters(s);
    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++)
        if (span_eq_nocase(word, span_of(zones[i].name)))
            *offset_minutes = zones[i].hours * 60;
    return true; /* other names, or none: "-0000" (RFC 5322 §4.3) */
}

/* [day-name ","] day month year hour ":" minute [":" second] zone */
bool clock_parse_mail(struct span s, int64_t *epoch) {
    struct civil c = {0};
    int64_t day, year, hour, minute, second = 0;
    if (!skip_cfws(&s))
        return false;
    if (take_letters(&s).n && (!skip_cfws(&s) || !take_octet(&s, ",")))
        return false;
    if (!skip_cfws(&s) || !take_digits(&s, 2, false, &day) || !skip_cfws(&s) ||
        !(c.month = month_of(take_letters(&s))) || !skip_cfws(&s))
        return false;
    size_t before = s.n;
    if (!take_digits(&s, 4, false, &year))
        return false;
    size_t digits = before - s.n;
    if (digits == 2)
        year += year < 50 ? 2000 : 1900; /* RFC 5322 §4.3 */
    else if (digits == 3)
        year += 1900;
    if (!skip_cfws(&s) || !take_digits(&s, 2, false, &hour) || !skip_cfws(&s) ||
        !take_octet(&s, ":") || !skip_cfws(&s) || !take_digits(&s, 2, true, &minute) ||
        !skip_cfws(&s))
        return false;
    if (take_octet(&s, ":") && (!skip_cfws(&s) || !take_digits(&s, 2, true, &second)))
        return false;
    if (!skip_cfws(&s) || !take_zone(&s, &c.offset_minutes) || !skip_cfws(&s) || s.n)
        return false;
    c.year = year, c.day = (int)day, c.hour = (int)hour, c.minute = (int)minute,
    c.second = (int)second;
    return civil_to_epoch(&c, epoch);
}
