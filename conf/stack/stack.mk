# stack.mk - ligar, parar e instalar. O Makefile de cima o inclui.
#   make run PORT=9000 VAR=outra-pasta FRONT=apache-proxy BIND=0.0.0.0

STACK := conf/stack/stack.sh
PREFIX ?= /usr/local
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo 0)
MAPS := $(BUILD)/nginx/locations.conf

export VAR PORT BIND FRONT DEMO MAIL BASE_URL BUILD

all: $(MAPS)

# os mapas dos servidores web saem das tabelas de rotas dos programas
# (--routes não pede banco nem segredo: a chave abaixo não serve a nada)
ROUTES_CMD = BALCAO_CONF=/dev/null BALCAO_CGI_DIR=$(BUILD)/cgi-bin \
	BALCAO_APP_SECRET=$$(printf '0%.0s' {1..64}) $(CLI) routes

$(MAPS): $(HANDLERS) $(CLI)
	@mkdir -p $(BUILD)/nginx $(BUILD)/apache
	$(ROUTES_CMD) --apache > $(BUILD)/apache/proxy-locations.conf
	$(ROUTES_CMD) --fcgid --run @CGI@ > $(BUILD)/apache/fcgid-locations.conf
	$(ROUTES_CMD) --htaccess > $(BUILD)/apache/htaccess-locations
	$(ROUTES_CMD) --nginx > $@.new
	mv $@.new $@

.PHONY: deps run start stop restart status seed demo-info logs purge
.PHONY: install uninstall dist htaccess stack-check

deps:  ## instala o que falta (apt, npm) para compilar e rodar
	@conf/stack/deps.sh build run $(if $(filter apache%,$(FRONT)),apache)

# outro make depois de deps: este leu o pkg-config antes de ele existir
run: deps  ## compila e liga tudo em primeiro plano; Ctrl-C para
	@+$(MAKE) --no-print-directory all
	@exec $(STACK) run

start: deps  ## o mesmo, em segundo plano
	@+$(MAKE) --no-print-directory all
	@exec $(STACK) up

stop:  ## para o que make start (ou run) ligou
	@exec $(STACK) down

restart: stop  ## para e liga de novo
	@+$(MAKE) --no-print-directory start

status:  ## o que está no ar
	@exec $(STACK) status

SIZE ?= demo
seed:  ## dados na pilha que está no ar; SIZE=small|demo|large
	@exec $(STACK) seed $(SIZE)

demo-info:  ## endereço, login e segredos da demonstração, CHAVE=valor
	@exec $(STACK) info

logs:  ## acompanha os logs da pilha
	@tail -n 5 -F $(or $(VAR),var)/log/*.log

purge:  ## para e apaga os dados da pilha (VAR)
	@exec $(STACK) purge

install: all  ## instala em DESTDIR/PREFIX (padrão /usr/local)
	conf/stack/install.sh install '$(DESTDIR)' '$(PREFIX)' '$(BUILD)'

uninstall:  ## tira o que install pôs; a configuração em /etc/balcao fica
	conf/stack/install.sh uninstall '$(DESTDIR)' '$(PREFIX)' '$(BUILD)'

htaccess: all  ## monta DEST=pasta para hospedagem compartilhada (.htaccess)
	conf/stack/install.sh htaccess '$(DEST)' '$(CONF)' '$(BUILD)'

dist:  ## tarball do que está no git, em dist/
	@mkdir -p dist
	git archive --format=tar.gz --prefix=balcao-$(VERSION)/ \
	    -o dist/balcao-$(VERSION).tar.gz HEAD
	@echo dist/balcao-$(VERSION).tar.gz

stack-check:  ## confere os scripts (shellcheck)
	shellcheck -x --source-path=SCRIPTDIR conf/stack/*.sh
