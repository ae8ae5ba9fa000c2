# Builds and installs Standin.
#
#   make                                 builds everything, optimized
#   make install prefix=/usr DESTDIR=... installs all of it
#   make install-command ...             only the command with the drop-ins, its manual pages and completions
#   make install-library ...             only the library that programs are linked with, its headers and pkg-config file
#   make install-strip ...               all of it, without debug symbols (the libraries shrink to a fifth)
#   make uninstall ...                   removes what was installed there
#   make deb                             makes Debian packages in target/deb: standin and its debug symbols
#
# bindir, libdir, includedir, mandir, datadir and docdir can be set, too. The drop-ins go to dropindir, from where the
# command takes them; nothing that the system has is replaced by installing. The headers go into a directory of their
# own, so that those of an OpenSSL on the same machine are not in the way.

prefix ?= /usr/local
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
libdir ?= $(exec_prefix)/lib
dropindir ?= $(exec_prefix)/lib/standin
includedir ?= $(prefix)/include/standin
pkgconfigdir ?= $(libdir)/pkgconfig
datadir ?= $(prefix)/share
mandir ?= $(datadir)/man
docdir ?= $(datadir)/doc/standin
bashdir ?= $(datadir)/bash-completion/completions
zshdir ?= $(datadir)/zsh/site-functions
fishdir ?= $(datadir)/fish/vendor_completions.d
CARGO ?= cargo
CARGO_TARGET_DIR ?= target
PROFILE ?= release
INSTALL_STRIP_FLAG ?=

version := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
built := $(CARGO_TARGET_DIR)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
drop_ins := libstandin_ssl.so libstandin_gnutls.so
pages := $(notdir $(wildcard man/*.1))
documents := README.md CHANGELOG.md SECURITY.md LICENSE-APACHE LICENSE-ISC LICENSE-MIT

.PHONY: all install install-command install-library install-strip uninstall deb check-paths

# All in one build: cargo has one set of features for it, as the tests' own builds have.
# Who installs (root, by sudo) may have no cargo: then what was built before is installed.
all:
ifneq ($(shell command -v $(CARGO)),)
	$(CARGO) build --locked --profile $(PROFILE) --package standin --package standin-libssl --package standin-libgnutls
else
	@for file in standin $(drop_ins) libstandin.so libstandin.a; do test -f $(built)/$$file || \
		{ echo "no $(CARGO) in PATH, and $(built)/$$file was not built: run make first, or set CARGO" >&2; exit 1; }; done
endif

install: install-command install-library

install-strip:
	$(MAKE) install INSTALL_STRIP_FLAG=-s

# Said before minutes are spent on building.
check-paths:
	@case '$(dropindir)' in \
	*[\ :]*) echo 'dropindir=$(dropindir): LD_PRELOAD cannot name a path with a space or a colon in it' >&2; exit 1;; \
	esac
	@install -d "$(DESTDIR)$(prefix)" && test -w "$(DESTDIR)$(prefix)" || \
		{ echo '$(DESTDIR)$(prefix): cannot be written to; set prefix (or DESTDIR), or install as root' >&2; exit 1; }

install-command: check-paths all
	install -d "$(DESTDIR)$(bindir)" "$(DESTDIR)$(dropindir)" "$(DESTDIR)$(mandir)/man1" "$(DESTDIR)$(bashdir)" \
		"$(DESTDIR)$(zshdir)" "$(DESTDIR)$(fishdir)" "$(DESTDIR)$(docdir)/examples"
	install $(INSTALL_STRIP_FLAG) -m 755 $(built)/standin "$(DESTDIR)$(bindir)/standin"
	for file in $(drop_ins); do install $(INSTALL_STRIP_FLAG) -m 644 $(built)/$$file "$(DESTDIR)$(dropindir)/$$file" || exit 1; done
	for page in $(pages); do install -m 644 man/$$page "$(DESTDIR)$(mandir)/man1/$$page" || exit 1; done
	$(built)/standin completions bash > "$(DESTDIR)$(bashdir)/standin"
	$(built)/standin completions zsh > "$(DESTDIR)$(zshdir)/_standin"
	$(built)/standin completions fish > "$(DESTDIR)$(fishdir)/standin.fish"
	for file in $(documents); do install -m 644 $$file "$(DESTDIR)$(docdir)/$$file" || exit 1; done
	sed 's|@dropindir@|$(dropindir)|' packaging/service.conf.in > "$(DESTDIR)$(docdir)/examples/service.conf"

install-library: check-paths all
	install -d "$(DESTDIR)$(libdir)" "$(DESTDIR)$(pkgconfigdir)" "$(DESTDIR)$(includedir)/openssl" \
		"$(DESTDIR)$(includedir)/gnutls"
	install $(INSTALL_STRIP_FLAG) -m 755 $(built)/libstandin.so "$(DESTDIR)$(libdir)/libstandin.so.$(version)"
	ln -sf libstandin.so.$(version) "$(DESTDIR)$(libdir)/libstandin.so.0"
	ln -sf libstandin.so.0 "$(DESTDIR)$(libdir)/libstandin.so"
	install -m 644 $(built)/libstandin.a "$(DESTDIR)$(libdir)/libstandin.a"
	install -m 644 include/standin.h "$(DESTDIR)$(includedir)/standin.h"
	install -m 644 include/openssl/*.h "$(DESTDIR)$(includedir)/openssl"
	install -m 644 include/gnutls/*.h "$(DESTDIR)$(includedir)/gnutls"
	sed -e 's|@prefix@|$(prefix)|; s|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|; s|@version@|$(version)|' \
		standin.pc.in > "$(DESTDIR)$(pkgconfigdir)/standin.pc"

# What is ours by name; of directories only those that are ours and empty.
uninstall:
	rm -f "$(DESTDIR)$(bindir)/standin" "$(DESTDIR)$(bashdir)/standin" "$(DESTDIR)$(zshdir)/_standin" \
		"$(DESTDIR)$(fishdir)/standin.fish" "$(DESTDIR)$(docdir)/examples/service.conf"
	for file in $(drop_ins); do rm -f "$(DESTDIR)$(dropindir)/$$file"; done
	for page in $(pages); do rm -f "$(DESTDIR)$(mandir)/man1/$$page"; done
	for file in $(documents); do rm -f "$(DESTDIR)$(docdir)/$$file"; done
	rm -f "$(DESTDIR)$(libdir)"/libstandin.so* "$(DESTDIR)$(libdir)/libstandin.a" "$(DESTDIR)$(pkgconfigdir)/standin.pc"
	rm -f "$(DESTDIR)$(includedir)/standin.h"
	for file in $(notdir $(wildcard include/openssl/*.h)); do rm -f "$(DESTDIR)$(includedir)/openssl/$$file"; done
	for file in $(notdir $(wildcard include/gnutls/*.h)); do rm -f "$(DESTDIR)$(includedir)/gnutls/$$file"; done
	for directory in "$(DESTDIR)$(dropindir)" "$(DESTDIR)$(docdir)/examples" "$(DESTDIR)$(docdir)" \
		"$(DESTDIR)$(includedir)/openssl" "$(DESTDIR)$(includedir)/gnutls" "$(DESTDIR)$(includedir)"; do \
		if [ -d "$$directory" ]; then rmdir --ignore-fail-on-non-empty "$$directory"; fi; \
	done

deb:
	CARGO="$(CARGO)" CARGO_TARGET_DIR="$(CARGO_TARGET_DIR)" PROFILE="$(PROFILE)" packaging/deb
