"""Make every account as the program says, show what changed, then look for drift."""

import sys
from pathlib import Path

from pulumi_cloudflare_access.stacks import Stacks, read_accounts

HERE = Path(__file__).parent

if __name__ == "__main__":
    stacks = Stacks(HERE, read_accounts(HERE / "accounts.yaml"))
    results = stacks.up()
    if results.failed:
        results = stacks.retry(results)
    print(*results.details(), results.text(), sep="\n")
    drift = stacks.drift()
    print(drift.text())
    sys.exit(not (results.ok and drift.ok))
