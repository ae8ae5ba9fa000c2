# Builds and installs the library that stands alone, its headers and its pkg-config file.
#
#   make                                 builds target/release/libstandin.so and .a
#   make install prefix=/usr DESTDIR=... installs them; libdir and includedir can be set, too
#
# Programs then find it by `pkg-config --cflags --libs standin`. The headers go into a directory of their own, so that
# those of an OpenSSL on the same machine are not in the way.

prefix ?= /usr/local
exec_prefix ?= $(prefix)
libdir ?= $(exec_prefix)/lib
includedir ?= $(prefix)/include/standin
pkgconfigdir ?= $(libdir)/pkgconfig
CARGO ?= cargo
PROFILE ?= release

version := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
built := target/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))

.PHONY: all install uninstall

all:
	$(CARGO) build --locked --package standin --lib --profile $(PROFILE)

install: all
	install -d "$(DESTDIR)$(libdir)" "$(DESTDIR)$(pkgconfigdir)" "$(DESTDIR)$(includedir)/openssl" "$(DESTDIR)$(includedir)/gnutls"
	install -m 755 $(built)/libstandin.so "$(DESTDIR)$(libdir)/libstandin.so.$(version)"
	ln -sf libstandin.so.$(version) "$(DESTDIR)$(libdir)/libstandin.so.0"
	ln -sf libstandin.so.0 "$(DESTDIR)$(libdir)/libstandin.so"
	install -m 644 $(built)/libstandin.a "$(DESTDIR)$(libdir)/libstandin.a"
	install -m 644 include/standin.h "$(DESTDIR)$(includedir)/standin.h"
	install -m 644 include/openssl/*.h "$(DESTDIR)$(includedir)/openssl"
	install -m 644 include/gnutls/*.h "$(DESTDIR)$(includedir)/gnutls"
	sed -e 's|@prefix@|$(prefix)|; s|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|; s|@version@|$(version)|' \
		standin.pc.in > "$(DESTDIR)$(pkgconfigdir)/standin.pc"

uninstall:
	rm -f "$(DESTDIR)$(libdir)"/libstandin.so* "$(DESTDIR)$(libdir)/libstandin.a" "$(DESTDIR)$(pkgconfigdir)/standin.pc"
	rm -rf "$(DESTDIR)$(includedir)"
