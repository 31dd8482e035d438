/* SPDX-License-Identifier: MIT
 *
 * `inkan doctor`: checks a deployment with its own configuration and says what to do. Changes
 * nothing. A password comes from a file or standard input, never from the command line, which
 * others can read. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "fcgi/command.h"
#include "fcgi/config.h"
#include "fcgi/doctor.h"
#include "fcgi/json_emit.h"
#include "fcgi/seal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct arguments {
    const char *config, *account, *password_file;
    bool json, helped;
};

static bool arguments_read(int argc, char **argv, struct arguments *a) {
    *a = (struct arguments){.config = "/etc/inkan/inkan.conf", .json = !isatty(STDOUT_FILENO)};
    const struct {
        const char *name, **value;
    } options[] = {{"--config", &a->config},
                   {"--account", &a->account},
                   {"--password-file", &a->password_file}};
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < G_N_ELEMENTS(options) && strcmp(argv[i], options[k].name) != 0)
            k++;
        if (k < G_N_ELEMENTS(options) && i + 1 < argc)
            *options[k].value = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            a->json = true;
        else if (strcmp(argv[i], "--text") == 0)
            a->json = false;
        else if (strcmp(argv[i], "--help") == 0)
            a->helped = true;
        else
            return false;
    }
    return a->helped || !a->account == !a->password_file;
}

static const char help[] =
    "usage: inkan doctor [--config FILE] [--account USER --password-file FILE] [--json | "
    "--text]\n\n"
    "  --config FILE         in place of /etc/inkan/inkan.conf\n"
    "  --account USER        also read the newest messages of this account: which headers could be "
    "believed?\n"
    "  --password-file FILE  its password, the first line; \"-\" is standard input\n"
    "  --json, --text        JSON is the default when not at a terminal\n\n"
    "Exit status: 0 nothing failed, 1 something did, 2 the command line is wrong.\n";

/* The first line; NULL and a word on standard error. The caller wipes. */
static char *password_read(const char *path) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "r");
    char *line = g_malloc0(LIMIT_IMAP_SECRET + 2);
    bool good = file && fgets(line, LIMIT_IMAP_SECRET + 2, file);
    if (file && !standard)
        fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    if (good && *line)
        return line;
    command_usage("--password-file: %s holds no password", path);
    g_free(line);
    return NULL;
}

static void check_all(struct doctor *doctor, const struct config *config, const char *user,
                      const char *password) {
    int64_t now = clock_now();
    doctor_say(doctor, DOCTOR_OK, "config", NULL, "%s is sound.", config->file);
    doctor_clock(doctor, now);
    doctor_store(doctor, config);
    doctor_worker(doctor, config);
    doctor_roots(doctor, config, now);
    doctor_dns(doctor, config);
    doctor_reputation(doctor, config);
    doctor_imap(doctor, config, user, password, now);
}

static void emit_ids(GString *out, const struct doctor *doctor) {
    json_emit_open(out, JSON_KEY("authservIds"), '[');
    for (guint i = 0; doctor->ids && i < doctor->ids->len; i++) {
        const struct doctor_id *id = doctor->ids->pdata[i];
        json_emit_open(out, JSON_ITEM, '{');
        json_emit_text(out, JSON_KEY("id"), id->id);
        json_emit_integer(out, JSON_KEY("messages"), id->messages);
        json_emit_integer(out, JSON_KEY("top"), id->top);
        json_emit_integer(out, JSON_KEY("under"), id->under);
        json_emit_integer(out, JSON_KEY("believed"), id->believed);
        json_emit_open(out, JSON_KEY("forged"), '[');
        for (guint k = 0; k < id->forged->len; k++)
            json_emit_integer(out, JSON_ITEM, g_array_index(id->forged, uint32_t, k));
        json_emit_close(out, ']');
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
}

static void emit_proposal(GString *out, const struct doctor *doctor) {
    if (!doctor->proposed_id) {
        json_emit_null(out, JSON_KEY("proposal"));
        return;
    }
    json_emit_open(out, JSON_KEY("proposal"), '{');
    json_emit_open(out, JSON_KEY("authservIds"), '[');
    json_emit_text(out, JSON_ITEM, doctor->proposed_id);
    json_emit_close(out, ']');
    json_emit_open(out, JSON_KEY("border"), '[');
    json_emit_text(out, JSON_ITEM, doctor->proposed_border);
    json_emit_close(out, ']');
    json_emit_boolean(out, JSON_KEY("below"), doctor->proposed_below);
    json_emit_close(out, '}');
}

static void print_json(const struct doctor *doctor) {
    g_autoptr(GString) out = g_string_new(NULL);
    json_emit_open(out, JSON_ITEM, '{');
    json_emit_boolean(out, JSON_KEY("sound"), !doctor_failed(doctor));
    json_emit_open(out, JSON_KEY("lines"), '[');
    for (guint i = 0; i < doctor->lines->len; i++) {
        const struct doctor_line *line = doctor->lines->pdata[i];
        json_emit_open(out, JSON_ITEM, '{');
        json_emit_text(out, JSON_KEY("state"), doctor_state_name(line->state));
        json_emit_text(out, JSON_KEY("check"), line->check);
        json_emit_text(out, JSON_KEY("text"), line->text);
        json_emit_text(out, JSON_KEY("advice"), line->advice);
        json_emit_close(out, '}');
    }
    json_emit_close(out, ']');
    emit_ids(out, doctor);
    emit_proposal(out, doctor);
    json_emit_close(out, '}');
    puts(out->str);
}

static void print_text(const struct doctor *doctor) {
    for (guint i = 0; i < doctor->lines->len; i++) {
        const struct doctor_line *line = doctor->lines->pdata[i];
        printf("%-5s %-8s %s\n", doctor_state_name(line->state), line->check, line->text);
        if (line->advice)
            printf("%15s→ %s\n", "", line->advice);
    }
}

static int examine(const struct arguments *arguments, const char *password) {
    g_autoptr(GError) error = NULL;
    OWNED(doctor) doctor = doctor_new();
    OWNED(config) config = config_read(arguments->config, &error);
    log_set_level(LOG_ERROR); /* what else there is to say stands in the lines */
    if (config)
        check_all(doctor, config, arguments->account, password);
    else
        doctor_say(doctor, DOCTOR_FAIL, "config", "Correct it; conf/inkan.conf explains every key.",
                   "%s", error->message);
    (arguments->json ? print_json : print_text)(doctor);
    return doctor_failed(doctor) || fflush(stdout) != 0 ? COMMAND_FAILED : COMMAND_DONE;
}

int command_doctor(int argc, char **argv) {
    struct arguments arguments;
    if (!arguments_read(argc, argv, &arguments))
        return command_usage(
            "doctor [--config FILE] [--account USER --password-file FILE] [--json]");
    if (arguments.helped) {
        fputs(help, stdout);
        return COMMAND_DONE;
    }
    char *password = arguments.password_file ? password_read(arguments.password_file) : NULL;
    if (arguments.password_file && !password)
        return COMMAND_USAGE;
    int status = examine(&arguments, password);
    if (password)
        seal_wipe_text(password);
    g_free(password);
    return status;
}
