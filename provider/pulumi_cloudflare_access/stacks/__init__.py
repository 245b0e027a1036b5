"""One program for many accounts: one stack for each account, through Pulumi's Automation API.

    from pulumi_cloudflare_access.stacks import Stacks, read_accounts

    stacks = Stacks("./infra", read_accounts("accounts.yaml"), backend="postgres://…")
    drift = stacks.drift()
    results = stacks.only([*drift.changed, *drift.failed]).up(refresh=True)
    print(results.text())

On one machine, nothing more is needed. On many machines, pass an executor, for example Dask's:

    results = stacks.up(executor=dask.distributed.Client("tcp://…").get_executor())
"""

from .accounts import Account, read_accounts
from .results import Change, Interrupted, Results, StackResult
from .run import Stacks

__all__ = [
    "Account",
    "Change",
    "Interrupted",
    "Results",
    "StackResult",
    "Stacks",
    "read_accounts",
]
