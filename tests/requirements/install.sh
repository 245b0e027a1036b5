# Installs a lock file into a virtualenv, every file by its hash.
#
# usage: sh install.sh PYTHON LOCK LOCK_WITH_UV
#
# uv does it in seconds. It is installed by pip first, as LOCK_WITH_UV pins it, into the virtualenv that
# is made from that lock. Where uv cannot be used (no wheel for this machine, an index that only pip's
# settings know), pip installs everything, in about 40 seconds.
set -eu
python=$1 lock=$2 with_uv=$3

pip() { "$python" -m pip install --quiet --disable-pip-version-check --require-hashes "$@" >&2; }

# uv does not read pip's settings.
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || :)}}
[ -z "$index" ] || export UV_DEFAULT_INDEX="$index"
[ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$PIP_CERT}"

uv=.venv/bin/uv
if [ ! -x "$uv" ]; then
    pinned=$(mktemp)
    trap 'rm -f "$pinned"' EXIT
    awk '/^uv==/ { found = 1 } found { print; if ($0 !~ /\\$/) exit }' "$with_uv" >"$pinned"
    pip --no-deps -r "$pinned" || :
fi
# One uv for both virtualenvs; packages come from its cache the second time.
if [ -x "$uv" ] && "$uv" pip sync --quiet --python "$python" --require-hashes "$lock" >&2; then
    exit 0
fi
pip -r "$lock" || {
    echo "The packages could not be fetched: is the package registry within reach," >&2
    echo "and does it need a proxy (HTTPS_PROXY) or another index (PIP_INDEX_URL)?" >&2
    exit 1
}
