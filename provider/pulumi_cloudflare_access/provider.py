"""An explicit provider: a second account or token in one stack."""

from __future__ import annotations

from typing import Any

import pulumi

CREDENTIALS = ("apiToken", "apiKey")


class Cloudflare(pulumi.ProviderResource):
    """Another account or token, for the resources that are given it as `opts.provider`.

        eu = Cloudflare("eu", account_id="…", api_token_env="CF_EU_TOKEN")
        AccessGroup("engineers", …, opts=ResourceOptions(provider=eu))

    Name a variable of the environment (`api_token_env`) rather than pass `api_token`: a token that
    is passed is kept, encrypted, in the state, and a destroy after its rotation uses the old one.
    What is not given is taken from the stack's config.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        account_id: pulumi.Input[str] | None = None,
        api_token: pulumi.Input[str] | None = None,
        api_token_env: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if api_token is not None and api_token_env is not None:
            raise ValueError("api_token or api_token_env, not both")
        own, bridged = pulumi.Config("cloudflare-access"), pulumi.Config("cloudflare")
        props: dict[str, Any] = {
            f"cloudflare-access:{key}": own.get(key)
            for key in ("accountId", "requestsPer5Minutes", "deadline", "allowLoopback", "onDrift")
        }
        props["cloudflare:baseUrl"] = bridged.get("baseUrl")
        if account_id is not None:
            props["cloudflare-access:accountId"] = account_id
        if api_token is not None:
            props["cloudflare:apiToken"] = pulumi.Output.secret(api_token)
        elif api_token_env is not None:
            props["cloudflare-access:apiTokenEnv"] = api_token_env
        else:
            for key in CREDENTIALS:
                props[f"cloudflare:{key}"] = bridged.get_secret(key)
            props["cloudflare:email"] = bridged.get("email")
        given = {key: value for key, value in props.items() if value is not None}
        super().__init__("pulumi-python", resource_name, given, opts)
