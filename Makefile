# Inkan. `make help` lists the targets. Every source file under core/ and fcgi/ is found by itself; a new
# file needs no line here. B is the build folder, SAN=1 builds with AddressSanitizer and UBSan.
B ?= build
VERSION := 0.1.0
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
SAN ?=
# Debian's own: the python3-* packages are there and nowhere else.
PYTHON ?= /usr/bin/python3
WERROR ?=

PACKAGES := glib-2.0 gmime-3.0 openssl libsodium jansson libpsl libidn2 sqlite3 libseccomp zlib icu-uc icu-i18n
PACKAGES_WORKER := librsvg-2.0 libxml-2.0 librnp
# Not through pkg-config: libunbound wants libevent there, libetpan's file drags in no-pie specs (a PIE would silently stop being one).
LIBS_INKAN := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -letpan -lfcgi -lunbound -lcurl-gnutls -lpthread
LIBS_WORKER := $(shell pkg-config --libs glib-2.0 gmime-3.0 libidn2 libseccomp libpsl zlib $(PACKAGES_WORKER) 2>/dev/null) -lgumbo -lpthread

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
        -Wwrite-strings -Wformat=2 -Wundef -Wcast-qual -Wno-missing-field-initializers $(if $(WERROR),-Werror)
# -fno-plt: every symbol is bound at the start anyway (-z now), so what libraries do is called through the table at once.
OPT := -O2 -g -fno-plt
HARDEN := -fPIE -fstack-protector-strong
ifneq ($(SAN),)
OPT += -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
else
HARDEN += -D_FORTIFY_SOURCE=2
endif
CFLAGS_PKG := $(shell pkg-config --cflags $(PACKAGES) $(PACKAGES_WORKER) 2>/dev/null)
CFLAGS_ALL = -std=c17 -D_GNU_SOURCE -DINKAN_VERSION='"$(VERSION)"' -Icore -I. -I$(B) $(WARN) $(OPT) $(HARDEN) \
             $(CFLAGS_PKG) $(CFLAGS)
LDFLAGS_ALL = $(OPT) -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)

# inkan-worker alone links libgumbo, librsvg, libxml2 and librnp: these files are its own.
WORKER_SRC := $(wildcard core/worker/child*.c core/mail/html*.c core/brand/svg_*.c core/sign/openpgp_rnp*.c)
CORE_SRC := $(filter-out $(WORKER_SRC),$(wildcard core/*/*.c))
FCGI_SRC := $(wildcard fcgi/*.c)
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

obj = $(patsubst %.c,$(B)/%.o,$(1))

.PHONY: all help deps deps-run run test unit lint bench coverage clean fuzz drivers install screenshots icons debian-keys
all: $(B)/inkan $(B)/inkan-worker ## build build/inkan and build/inkan-worker

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# Files that .incbin takes in, which the compiler does not report.
$(B)/fcgi/openapi.o: fcgi/openapi.json
$(B)/core/auth/dkim_debian.o $(B)/fuzz/core/auth/dkim_debian.o: core/auth/dkim_debian.bin
$(B)/fcgi/providers.o: conf/mailbox-providers.txt
$(B)/fcgi/known_names.o: conf/known-names.txt
$(B)/core/brand/svg_schema.o $(B)/fuzz/core/brand/svg_schema.o: core/brand/svg_tiny_ps.rng
$(B)/core/brand/mark_roots.o $(B)/fuzz/core/brand/mark_roots.o: conf/mark-roots.pem

$(B)/libinkan.a: $(call obj,$(CORE_SRC))
	@mkdir -p $(@D) && rm -f $@
	@ar rcs $@ $^

$(B)/libworker.a: $(call obj,$(WORKER_SRC))
	@mkdir -p $(@D) && rm -f $@
	@ar rcs $@ $^

$(B)/inkan: $(call obj,$(FCGI_SRC)) $(B)/libinkan.a
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $^ $(LIBS_INKAN) -o $@

$(B)/inkan-worker: $(call obj,$(WORKER_SRC)) $(B)/libinkan.a
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $^ $(LIBS_WORKER) -o $@

# A unit test may use what fcgi/ holds too: everything but its main().
$(B)/libfcgi-rooms.a: $(call obj,$(filter-out fcgi/main.c,$(FCGI_SRC)))
	@mkdir -p $(@D) && rm -f $@
	@ar rcs $@ $^

$(B)/tests/unit/%: tests/unit/%.c $(B)/libfcgi-rooms.a $(B)/libworker.a $(B)/libinkan.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP $< $(filter %.a,$^) $(LIBS_INKAN) $(LIBS_WORKER) -lcmocka -o $@

unit: $(UNIT) $(B)/inkan-worker ## build and run the unit tests of this build folder
	@$(PYTHON) tests/run-unit $(UNIT)

# Small programs that drive one room from outside, for the tests in python.
DRIVERS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/service/drive_*.c tests/conformance/drive_*.c tests/bench/drive_*.c))
drivers: $(DRIVERS) $(B)/inkan-worker ## build the programs that python tests drive
$(DRIVERS): $(B)/tests/%: tests/%.c $(B)/libfcgi-rooms.a $(B)/libworker.a $(B)/libinkan.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP $< $(LIBS_PEER) $(filter %.a,$^) $(LIBS_INKAN) $(LIBS_WORKER) -o $@
# A verifier of others as judge or peer: before our own rooms, some of whose names it has too, and in no program of ours.
$(B)/tests/%_opendkim: LIBS_PEER := -lopendkim

# Fuzz targets are built by clang with everything under core/ and fcgi/ instrumented, in a folder of their own.
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
$(B)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	@clang -std=c17 -D_GNU_SOURCE -DINKAN_VERSION='"$(VERSION)"' -Icore -I. $(FUZZ_FLAGS) \
	  $(CFLAGS_PKG) -MMD -MP -c $< -o $@
$(B)/fuzz/libcore.a: $(patsubst %.c,$(B)/fuzz/%.o,$(CORE_SRC) $(WORKER_SRC) $(filter-out fcgi/main.c,$(FCGI_SRC)))
	@mkdir -p $(@D) && rm -f $@
	@ar rcs $@ $^
$(B)/tests/fuzz/%: tests/fuzz/%.c $(B)/fuzz/libcore.a
	@mkdir -p $(@D)
	@clang -std=c17 -D_GNU_SOURCE -Icore -I. -O1 -g -fsanitize=fuzzer,address,undefined \
	  $(CFLAGS_PKG) $^ $(LIBS_INKAN) $(LIBS_WORKER) -o $@
fuzz: $(FUZZ) ## build the fuzz targets

# Fuzz targets that only run what they are given, over the objects of this build folder (tests/coverage).
$(B)/seeded/tests/fuzz/%: tests/fuzz/%.c $(B)/libfcgi-rooms.a $(B)/libworker.a $(B)/libinkan.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -fsanitize=fuzzer $< $(filter %.a,$^) $(LIBS_INKAN) $(LIBS_WORKER) -o $@
-include $(wildcard $(B)/*/*.d $(B)/*/*/*.d $(B)/*/*/*/*.d)

debian-keys: $(B)/tests/conformance/drive_debian_keys ## make the list of Debian's predictable keys anew (hours)
	@INKAN_BUILD=$(abspath $(B)) $(PYTHON) tests/conformance/debian_keys.py

deps: ## install what is missing for building, running and testing (apt, npm); lists it first
	@sh conf/deps.sh list
	@sh conf/deps.sh build run test
deps-run:
	@sh conf/deps.sh build run

# IMAP=imaps://host[:port] uses that server and the system's resolver instead of the sample mailbox; CA=file if its
# certificate is signed by an authority that the system does not know.
run: deps-run ## install, build and start a service with a sample mailbox; prints the address
	@$(MAKE) --no-print-directory -s all
	@exec $(PYTHON) tests/sample/run.py --build $(B) $(if $(IMAP),--imap $(IMAP) $(if $(CA),--ca $(CA))) $(if $(PORT),--port $(PORT))

test: ## install what is missing, build, and run every test (SUITES="unit lint" for some)
	@sh conf/deps.sh build run test
	@exec tests/run $(SUITES)

coverage: ## lines of every parser that unit tests and fuzz seeds run (COVERAGE=--uncovered shows the others)
	@sh conf/deps.sh build run test
	@exec tests/coverage --build $(B)/cov $(COVERAGE)

bench: ## messages/s of `inkan verify` beside the crypto floor and other verifiers (BENCH="--no-classes --rounds 3 --peer-rounds 0")
	@sh conf/deps.sh build run test bench
	@$(MAKE) --no-print-directory -s B=$(B) all $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/bench/drive_*.c))
	@cd tests/bench && { [ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error; }
	@$(PYTHON) tests/bench/run.py --build $(B) $(BENCH)
	@$(PYTHON) tests/bench/logos.py
	@cd tests && { [ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error; } && INKAN_BUILD=$(abspath $(B)) exec node bench/list.mjs

lint: ## warnings, formatting, static analysis, directions between rooms
	@tests/lint/run

screenshots: all ## pictures of every view and state into $(B)/screenshots (ONLY="list forged": those)
	@sh conf/deps.sh run test
	@cd tests && { [ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error; } && node browser/screenshots.mjs $(abspath $(B))/screenshots $(ONLY)

# The page's icons as PNG, drawn from its SVG and committed: web/ needs no build. The maskable one has the seal's ground to its edges,
# and the seal within the middle four fifths that every system leaves.
icons: ## draw web/img/*.png anew from web/img/inkan.svg (rsvg-convert, of librsvg2-bin)
	for size in 192 512; do rsvg-convert -w $$size -h $$size web/img/inkan.svg -o web/img/inkan-$$size.png || exit 1; done
	rsvg-convert -b '#1f5f99' -w 410 -h 410 --page-width 512 --page-height 512 --left 51 --top 51 web/img/inkan.svg -o web/img/inkan-maskable-512.png

install: all ## install into $(DESTDIR)$(PREFIX), samples of configuration too (PREFIX=/usr/local)
	install -D -m 755 $(B)/inkan $(DESTDIR)$(PREFIX)/bin/inkan
	install -D -m 755 $(B)/inkan-worker $(DESTDIR)$(PREFIX)/bin/inkan-worker
	mkdir -p $(SHARE)
	cp -R web $(SHARE)/
	install -m 644 conf/inkan.conf $(SHARE)/inkan.conf
	for f in nginx.conf apache.conf inkan.service; do \
	  sed 's|/usr/local|$(PREFIX)|g' conf/$$f >$(SHARE)/$$f && chmod 644 $(SHARE)/$$f || exit 1; done
PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share/inkan

clean: ## remove the build folder
	rm -rf $(B)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16
