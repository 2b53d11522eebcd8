#!/usr/bin/env bash
# The modes that run in containers: what start.sh, stop.sh, ssh.sh and redis.sh do when they are told one, or find one.
#
#   stack.sh up MODE [--build] [--profile NAME]...    stack.sh down MODE|any    stack.sh purge MODE|any [--yes]
#   stack.sh build MODE
#   stack.sh status                                   stack.sh shell [SERVICE] [-- COMMAND...]
#   stack.sh redis [ARGUMENT...]                      stack.sh running
#
# exit codes: 0 done, 2 usage, 3 no engine, or a file that is missing, 4 a service, else that of the command
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
secrets=${ENV_SECRETS_DIR:-$root/compose/secrets}
modes=(full-stack standalone dev)
prefix=${ENV_STACK_NAME:-sci-pype} # of the names of containers and volumes: another one is another stack
ready_timeout_s=${ENV_STACK_TIMEOUT_S:-300}
script=${STACK_CALLER:-stack.sh}

say() { printf '%-12s %s\n' "$1" "$2" >&2; }

fail() { # CODE TEXT
  printf '%s: %s\n' "$script" "$2" >&2
  exit "$1"
}

need_engine() {
  command -v docker >/dev/null || fail 3 "docker is not on the PATH; install a Docker engine, or use ./start.sh without a mode, which needs none"
  docker compose version >/dev/null 2>&1 || fail 3 "docker has no compose; install its compose plugin (2.20 or newer)"
  docker version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
    fail 3 "the Docker engine does not answer, or not to this user; start it (systemctl start docker), or ask to be in its group"
}

compose() { # MODE ARGUMENT...
  local mode=$1 files=()
  shift
  case $mode in
  dev) files=(--file "$root/compose/full-stack.yml" --file "$root/compose/dev.yml") ;;
  *) files=(--file "$root/compose/$mode.yml") ;;
  esac
  # Profiles are asked for when a stack is started; whatever else is done is done to all of its services.
  docker compose --project-name "$prefix-$mode" --project-directory "$root/compose" "${files[@]}" "$@"
}

all_profiles() { compose "$1" --profile '*' "${@:2}"; }

containers_of() { # MODE [SERVICE]: the containers that run
  local filters=(--filter "label=com.docker.compose.project=$prefix-$1")
  [ -z "${2:-}" ] || filters+=(--filter "label=com.docker.compose.service=$2")
  docker ps --quiet "${filters[@]}"
}

running_modes() {
  local mode
  for mode in "${modes[@]}"; do
    [ -z "$(containers_of "$mode")" ] || printf '%s\n' "$mode"
  done
}

# Files of secrets are mounted with their owner and mode, and no service runs as root: root gives them to user 1000.
set_owner() {
  ENV_CONTAINER_UID=${ENV_CONTAINER_UID:-$(id -u)}
  [ "$ENV_CONTAINER_UID" != 0 ] || ENV_CONTAINER_UID=1000
  export ENV_CONTAINER_UID
}

# Each that is not there gets a random value. None is ever printed, or written anywhere else.
make_secrets() {
  local name file
  (umask 077 && mkdir -p "$secrets")
  secrets=$(CDPATH='' cd -- "$secrets" && pwd -P)
  export ENV_SECRETS_DIR=$secrets
  for name in redis_password redis_reader_password redis_admin_password db_password db_reader_password db_root_password; do
    file=$secrets/$name
    if [ ! -e "$file" ]; then
      (umask 077 && od -An -v -N 24 -t x1 /dev/urandom | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
      say Secret "made $name"
    fi
    [ -s "$file" ] || fail 3 "$file is empty; write a password into it, or remove it and a random one is made"
    if [ "$(id -u)" = 0 ]; then chown "$ENV_CONTAINER_UID:0" "$file"; fi
    chmod 0400 "$file" || fail 3 "$file belongs to another user; remove it, or give it to yourself"
  done
  # Which files these are, not what is in them: a service begins anew when one of them is another.
  ENV_SECRETS_ID=$(cd "$secrets" && for file in *_password; do ls -il --time-style=+%s "$file"; done | cksum | cut -d ' ' -f 1)
  export ENV_SECRETS_ID
}

prepare() { # MODE: what a file of Compose reads, for any verb
  set_owner
  ENV_JUPYTER_CPUS=${ENV_JUPYTER_CPUS:-$(nproc 2>/dev/null || printf 1)}
  export ENV_JUPYTER_CPUS
  if [ -n "${ENV_HOST_PROJECT_DIR:-}" ]; then
    [ -d "$ENV_HOST_PROJECT_DIR" ] || fail 3 "ENV_HOST_PROJECT_DIR names $ENV_HOST_PROJECT_DIR, which is no folder; make it, or unset the variable"
    ENV_HOST_PROJECT_DIR=$(CDPATH='' cd -- "$ENV_HOST_PROJECT_DIR" && pwd -P)
    export ENV_HOST_PROJECT_DIR
  fi
  if [ -n "${ENV_HOST_HOOKS_DIR:-}" ]; then
    [ -d "$ENV_HOST_HOOKS_DIR" ] || fail 3 "ENV_HOST_HOOKS_DIR names $ENV_HOST_HOOKS_DIR, which is no folder; make it, or unset the variable"
    ENV_HOST_HOOKS_DIR=$(CDPATH='' cd -- "$ENV_HOST_HOOKS_DIR" && pwd -P)
    export ENV_HOST_HOOKS_DIR
  fi
  if [ "$1" = dev ] && [ "$(id -u)" = 0 ]; then may_write "${ENV_HOST_PROJECT_DIR:-$root/notebooks}"; fi
}

may_write() { # FOLDER: the group of every container is 0, and so may be that of root's own files
  [ "$(stat -c '%u' "$1")" = "$ENV_CONTAINER_UID" ] || [[ $(stat -c '%A' "$1") == d???????w? ]] ||
    { [ "$(stat -c '%g' "$1")" = 0 ] && [[ $(stat -c '%A' "$1") == d????w* ]]; } ||
    fail 3 "user $ENV_CONTAINER_UID of the containers cannot write to $1; chgrp -R 0 and chmod -R g+rwX it, or do not start as root"
}

build() { # MODE IS_ASKED [--profile NAME]...
  local mode=$1 is_asked=$2 image missing=no
  shift 2
  while read -r image; do
    case $image in sci-pype-*) docker image inspect "$image" >/dev/null 2>&1 || missing=yes ;; esac
  done < <(compose "$mode" "$@" config --images)
  [ "$is_asked" = yes ] || [ "$missing" = yes ] || return 0
  say Images "are built: minutes the first time, seconds later"
  compose "$mode" "$@" build >&2 || fail 4 "the images could not be built; what the engine said is above"
}

explain() { # MODE: what every service is at, and the last words of those that are not well
  local id name state health
  while read -r id; do
    IFS='|' read -r name state health < <(docker inspect --format \
      '{{index .Config.Labels "com.docker.compose.service"}}|{{.State.Status}}|{{if .State.Health}}{{.State.Health.Status}}{{end}}' "$id")
    say "$name" "$state${health:+, $health}"
    if [ "$state" != running ] || { [ -n "$health" ] && [ "$health" != healthy ]; }; then
      docker logs --tail 12 "$id" 2>&1 | sed "s/^/    /" >&2
      docker inspect --format '{{if .State.Health}}{{range .State.Health.Log}}{{.Output}}{{end}}{{end}}' "$id" | grep -v '^$' | tail -n 3 | sed 's/^/    health: /' >&2 || true
    fi
  done < <(docker ps --all --quiet --filter "label=com.docker.compose.project=$prefix-$1")
}

address_of() { # MODE: the address with the token, as this machine reaches it
  local inside published
  inside=$(compose "$1" exec -T jupyter jupyter-address.sh 2>/dev/null | awk '$1 == "address" { print $2 }') || return 0
  published=$(compose "$1" port jupyter 8888) || return 0
  printf '%s\n' "${inside/127.0.0.1:8888/$published}"
}

up() { # MODE [--build] [--profile NAME]...
  local mode=$1 is_asked=no profiles=() said code=0 is_new=no
  shift
  while [ $# -gt 0 ]; do
    case $1 in
    --build) is_asked=yes ;;
    --profile)
      [ "$mode" != standalone ] || fail 2 "standalone has no profiles; full-stack has admin and proxy"
      case ${2:-} in
      admin | proxy) profiles+=(--profile "$2") ;;
      *) fail 2 "there is no profile ${2:-}; there are admin and proxy" ;;
      esac
      shift
      ;;
    --detach | --no-browser) ;; # a stack is in the background, and opens nothing
    *) fail 2 "unknown argument $1; ./start.sh --help lists what there is" ;;
    esac
    shift
  done
  need_engine
  prepare "$mode"
  [ "$mode" = standalone ] || make_secrets
  build "$mode" "$is_asked" "${profiles[@]}"
  [ -n "$(docker volume ls --quiet --filter "label=com.docker.compose.project=$prefix-$mode")" ] || is_new=yes
  say Services "$([ $is_new = yes ] && printf 'start for the first time: the tables are loaded' || printf start)"
  said=$(compose "$mode" "${profiles[@]}" up --detach --no-build --wait --wait-timeout "$ready_timeout_s" --quiet-pull 2>&1) || code=$?
  if [ "$code" != 0 ]; then
    explain "$mode"
    case $said in
    *'port is already allocated'* | *'address already in use'*)
      fail 4 "a port is in use by another program; choose others: ENV_JUPYTER_PORT, ENV_REDIS_PORT, ENV_DB_PORT, ENV_DB_PAGE_PORT, ENV_PROXY_PORT ($(grep -oE '[0-9.]+:[0-9]+' <<<"$said" | tail -n 1))"
      ;;
    *) fail 4 "the stack is not ready: $(grep -v '^ *$' <<<"$said" | tail -n 1)" ;;
    esac
  fi
  first_query "$mode"
  services "$mode"
  say Ready "open this address; ./stop.sh $mode ends it"
  address_of "$mode"
}

first_query() { # MODE: fail unless JupyterLab's own pycore reaches what it is configured for
  local said
  [ "$1" != standalone ] || return 0 # JupyterLab answers there when Redis and the tables are ready
  said=$(compose "$1" exec -T jupyter sh -c 'pycore db wait && pycore redis wait' 2>&1) || {
    explain "$1"
    fail 4 "JupyterLab does not reach what it is for: $(tail -n 1 <<<"$said")"
  }
}

services() { # MODE: a line for each: state, health and address
  local id name state ports
  while read -r id; do
    IFS='|' read -r name state < <(docker inspect --format \
      '{{index .Config.Labels "com.docker.compose.service"}}|{{.State.Status}}{{if .State.Health}}, {{.State.Health.Status}}{{end}}' "$id")
    ports=$(docker port "$id" 2>/dev/null | awk '{ print $3 }' | paste -sd ' ' -)
    say "$name" "$state${ports:+   $ports}"
  done < <(docker ps --all --quiet --filter "label=com.docker.compose.project=$prefix-$1")
}

down() { # MODE
  local said
  prepare any
  said=$(all_profiles "$1" down 2>&1) || fail 4 "$1 could not be stopped: $(tail -n 1 <<<"$said")"
  say Stopped "$1; everything stored stays (./stop.sh $1 --purge removes it)"
}

purge() { # MODE [--yes]
  local mode=$1 answer volumes
  prepare any
  volumes=$(docker volume ls --quiet --filter "label=com.docker.compose.project=$prefix-$mode")
  if [ -z "$volumes" ] && [ -z "$(docker ps --all --quiet --filter "label=com.docker.compose.project=$prefix-$mode")" ]; then
    say Purge "$mode: there is nothing"
    return 0
  fi
  printf 'With %s these volumes are removed for ever, and with them every data set, model, run and notebook in them:\n' "$mode" >&2
  printf '%s\n' "${volumes:-none}" | sed 's/^/  /' >&2
  if [ "${2:-}" != --yes ]; then
    printf 'Type yes to remove them: ' >&2
    read -r answer || answer=''
    [ "$answer" = yes ] || fail 1 "nothing was removed"
  fi
  all_profiles "$mode" down --volumes >/dev/null 2>&1 || fail 4 "$mode could not be removed; docker volume rm says why"
  say Purged "$mode"
}

status() {
  local mode
  while read -r mode; do
    say "$mode" "runs in containers"
    services "$mode"
    say address "$(address_of "$mode")"
  done < <(running_modes)
}

container_of() { # SERVICE: of the first stack that runs it
  local mode id
  for mode in "${modes[@]}"; do
    id=$(containers_of "$mode" "$1")
    if [ -n "$id" ]; then
      printf '%s\n' "$id"
      return 0
    fi
  done
  return 1
}

shell() { # [jupyter|redis|db] [-- COMMAND...]
  local service=jupyter id terminal=(-i)
  case ${1:-} in
  jupyter) shift ;;
  redis) service=redis-server && shift ;;
  db) service=stocksdb && shift ;;
  '' | --) ;;
  *) fail 2 "there is no $1; there are jupyter, redis and db" ;;
  esac
  [ "${1:-}" != -- ] || shift
  need_engine
  id=$(container_of "$service") || fail 4 "no $service runs in a container; ./start.sh full-stack starts one"
  [ $# -gt 0 ] || set -- bash
  if [ -t 0 ] && [ -t 1 ]; then terminal+=(-t); fi
  exec docker exec "${terminal[@]}" "$id" "$@"
}

redis() {
  local id terminal=(-i)
  need_engine
  if [ -t 0 ] && [ -t 1 ]; then terminal+=(-t); fi
  if id=$(container_of redis-server); then
    exec docker exec "${terminal[@]}" "$id" redis-cli.sh "$@"
  fi
  id=$(containers_of standalone jupyter)
  [ -n "$id" ] || fail 4 "no Redis of this clone runs; ./start.sh starts one"
  exec docker exec "${terminal[@]}" "$id" python -P -m pycore.local redis "$@"
}

each_mode() { # VERB MODE|any [OPTION]
  local verb=$1 mode=$2
  need_engine
  if [ "$mode" != any ]; then
    "$verb" "$mode" "${@:3}"
    return
  fi
  if [ "$verb" = down ]; then
    while read -r mode; do down "$mode"; done < <(running_modes)
  else
    for mode in "${modes[@]}"; do "$verb" "$mode" "${@:3}"; done
  fi
}

verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
up) up "$@" ;;
build)
  need_engine
  prepare "${1:-full-stack}"
  build "${1:-full-stack}" yes
  ;;
down | purge) each_mode "$verb" "$@" ;;
status) status ;;
running) running_modes ;;
shell) shell "$@" ;;
redis) redis "$@" ;;
*) fail 2 "usage: stack.sh up|build|down|purge|status|running|shell|redis …" ;;
esac
