#!/bin/sh
# Show what a change would do. A preview asks Cloudflare nothing and needs none of its credentials.
set -eu
stack=dev
if [ -z "${PULUMI_ACCESS_TOKEN:-}" ]; then
    # A fork has no secrets, and so no state to compare with: everything is shown as new.
    export PULUMI_BACKEND_URL=file://. PULUMI_CONFIG_PASSPHRASE=
    stack=preview
    pulumi stack select "$stack" --create --non-interactive
fi
pulumi preview --stack "$stack" --diff --non-interactive
# Who gains and who loses access: what the comment of the pull request says.
pulumi preview --stack "$stack" --json --show-sames --non-interactive > preview.json
cloudflare-access report preview.json --format markdown --output access.md
