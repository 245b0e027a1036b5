"""An explicit provider: a second account or token in one stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

DYNAMIC = "pulumi-python:dynamic:Resource"
"""A resource type of Pulumi's Python provider, which is the provider of all our resources."""
CREDENTIALS = frozenset({"cloudflare:apiToken", "cloudflare:apiKey"})
"""The settings that are secret."""


class Cloudflare(pulumi.ProviderResource):
    """Another account or token, for the resources and look-ups that get it as `opts.provider`.

        eu = Cloudflare("eu", account_id="…", api_token_env="CF_EU_TOKEN")
        AccessGroup("engineers", …, opts=ResourceOptions(provider=eu))
        get_access_group(name="Staff", opts=InvokeOptions(provider=eu))

    Better name an environment variable (`api_token_env`) than pass `api_token`: a token that is
    passed is kept, encrypted, in the state, so a `pulumi destroy` after the token was rotated uses
    the old one. Settings that are not passed come from the stack's config.
    """

    given: Mapping[str, pulumi.Input[str]]
    """The settings of this provider by their config keys, which look-ups use, too."""

    def __init__(
        self,
        resource_name: str,
        *,
        account_id: pulumi.Input[str] | None = None,
        api_token: pulumi.Input[str] | None = None,
        api_token_env: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare another account or token.

        :param resource_name: The name of the provider in the program and in the state.
        :param account_id: The id of the account for objects that do not name one themselves.
            Default: the one in the settings.
        :param api_token: The API token. It is kept, encrypted, in the state. Default: the
            credentials in the settings.
        :param api_token_env: The name of the environment variable that holds the API token, instead
            of `api_token`.
        :param opts: Pulumi's options for the provider.

        Raises ValueError if both `api_token` and `api_token_env` are passed.
        """
        if api_token is not None and api_token_env is not None:
            raise ValueError("api_token or api_token_env, not both")
        own, bridged = pulumi.Config("cloudflare-access"), pulumi.Config("cloudflare")
        given: dict[str, Any] = {
            f"cloudflare-access:{key}": own.get(key)
            for key in ("accountId", "requestsPer5Minutes", "deadline", "allowLoopback", "onDrift")
        }
        given["cloudflare:baseUrl"] = bridged.get("baseUrl")
        if account_id is not None:
            given["cloudflare-access:accountId"] = account_id
        if api_token is not None:
            given["cloudflare:apiToken"] = api_token
        elif api_token_env is not None:
            given["cloudflare-access:apiTokenEnv"] = api_token_env
        else:
            for key in ("apiToken", "apiKey", "email"):
                given[f"cloudflare:{key}"] = bridged.get(key)
        self.given = {key: value for key, value in given.items() if value is not None}
        props = {
            key: pulumi.Output.secret(value) if key in CREDENTIALS else value
            for key, value in self.given.items()
        }
        super().__init__("pulumi-python", resource_name, props, opts)
