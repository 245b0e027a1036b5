# Prints what gives any POSIX shell this checkout's set-up: eval "$(make -s env)"
#
# usage: sh env.sh CHECKOUT PULUMI_FOLDER
set -eu

quoted() {
    printf "'%s'" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")"
}

set_to() {
    printf 'export %s=' "$1"
    quoted "$2"
    echo
}

# What the user's own stacks are run with: login, stack, passphrase file, plugins.
env | sed -n 's/^\(PULUMI_[A-Z0-9_]*\)=.*/unset \1/p'
echo 'unset PYTHONHOME'
mkdir -p "$1/build/pulumi/state"
set_to VIRTUAL_ENV "$1/.venv"
printf 'export PATH='
quoted "$1/.venv/bin:$2:"
# shellcheck disable=SC2016 # the shell that evaluates this has the PATH
echo '"$PATH"'
set_to PULUMI_HOME "$1/build/pulumi/home"
set_to PULUMI_BACKEND_URL "file://$1/build/pulumi/state"
set_to PULUMI_CONFIG_PASSPHRASE ""
set_to PULUMI_SKIP_UPDATE_CHECK true
set_to PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION true
set_to PULUMI_SUPPRESS_NEO_LINK 1
