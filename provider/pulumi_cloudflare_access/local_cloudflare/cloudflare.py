"""`LocalCloudflare`: a local Cloudflare API, on a port or in process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, Self

from .faults.fault import Fault, When
from .http.api import BASE
from .http.app import App
from .http.proxy import Proxy
from .http.run import OVERRIDE
from .http.server import HOST, Server
from .http.urls import KINDS
from .world.clock import Clock
from .world.switches import Switches
from .world.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .faults.arming import Armed
    from .world.world import Account, Zone


class LocalCloudflare:
    """A local Cloudflare API, which starts with one account and one zone.

    As a context manager it listens on 127.0.0.1. Without that, `app` is a WSGI application:
    `httpx.Client(transport=httpx.WSGITransport(app=cloudflare.app), base_url=cloudflare.base_url)`.

    `port` is the port to listen on; 0 is any free port. With a `seed`, the same requests get the
    same ids and the same order every time. `account_id`, `zone_id`, `token`, `email` and `api_key`
    are those of the first account; what is not given is generated. `proxy` puts a TCP proxy before
    the API, for faults of connections. All other arguments are explained in `Switches`, and can be
    changed later in `switches`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        seed: int | None = None,
        account_id: str | None = None,
        zone_id: str | None = None,
        token: str | None = None,
        email: str | None = None,
        api_key: str | None = None,
        proxy: bool = False,
        latency: float = 0.0,
        strict: bool = False,
        max_requests: int = 1200,
        largest_page: int | None = None,
        plain: bool = False,
        undocumented_fields: bool = False,
        unknown_fields: Literal["refuse", "ignore", "keep"] = "refuse",
        accept_unknown_selectors: bool = False,
        empty_values: Literal["as_seen", "answered", "omitted"] = "as_seen",
        policy_session: Literal["24h", "application"] = "24h",
        precedence_zero: Literal["first", "last"] = "first",
        account_of_rules: Literal["as_sent", "filled_in"] = "as_sent",
        warp_sessions: bool = True,
        is_default: Literal["bool", "rules", "absent"] = "bool",
        identity_provider_field: Literal[
            "identity_provider_id", "connection_id"
        ] = "identity_provider_id",
        delete_in_use: Literal["refuse", "allow"] = "refuse",
        check_references: bool = False,
        foreign_domains: Literal["accept", "refuse"] = "accept",
        auto_redirect: Literal["one_provider", "one_allowed"] = "one_provider",
        zero_trust: bool = True,
        require_domain: bool = False,
        foreign_fields: Literal["ignore", "refuse"] = "ignore",
        collect_dropped_policies: bool = True,
        mixed_policies: Literal["accept", "refuse"] = "accept",
        client_secret: Literal["absent", "masked"] = "absent",  # noqa: S107  (how, not what)
        scim_secrets: Literal["masked", "absent"] = "masked",
        identity_provider_secrets: Literal["mask_keeps", "absence_keeps"] = "mask_keeps",
        max_applications: int | None = 500,
        max_policies: int | None = 500,
        max_groups: int | None = 300,
        max_rules: int = 1000,
        iam_meta: Literal["named", "key_value"] = "named",
        iam_result_info: bool = True,
        resource_group_scope: Literal["object", "array"] = "object",
        accept_policy_ids: bool = False,
        added_members: Literal["array", "object"] = "array",
        member_email: bool = True,
        member_role_policies: bool = True,
        direct_members: Literal["accept", "refuse"] = "accept",
        user_tokens: bool = False,
        list_items: Literal["flat", "nested"] = "flat",
        list_duplicates: Literal["ignore", "refuse"] = "ignore",
        new_user_group_misses: int = 0,
        member_writes_pause: float = 0.0,
        scim_policies: Literal["refuse", "allow"] = "refuse",
        sso_verified_after: float | None = None,
        sso_failed_after: float | None = None,
    ) -> None:
        self.switches = Switches(
            latency=latency,
            strict=strict,
            max_requests=max_requests,
            largest_page=largest_page,
            plain=plain,
            undocumented_fields=undocumented_fields,
            unknown_fields=unknown_fields,
            accept_unknown_selectors=accept_unknown_selectors,
            empty_values=empty_values,
            policy_session=policy_session,
            precedence_zero=precedence_zero,
            account_of_rules=account_of_rules,
            warp_sessions=warp_sessions,
            is_default=is_default,
            identity_provider_field=identity_provider_field,
            delete_in_use=delete_in_use,
            check_references=check_references,
            foreign_domains=foreign_domains,
            auto_redirect=auto_redirect,
            zero_trust=zero_trust,
            require_domain=require_domain,
            foreign_fields=foreign_fields,
            collect_dropped_policies=collect_dropped_policies,
            mixed_policies=mixed_policies,
            client_secret=client_secret,
            scim_secrets=scim_secrets,
            identity_provider_secrets=identity_provider_secrets,
            max_applications=max_applications,
            max_policies=max_policies,
            max_groups=max_groups,
            max_rules=max_rules,
            iam_meta=iam_meta,
            iam_result_info=iam_result_info,
            resource_group_scope=resource_group_scope,
            accept_policy_ids=accept_policy_ids,
            added_members=added_members,
            member_email=member_email,
            member_role_policies=member_role_policies,
            direct_members=direct_members,
            user_tokens=user_tokens,
            list_items=list_items,
            list_duplicates=list_duplicates,
            new_user_group_misses=new_user_group_misses,
            member_writes_pause=member_writes_pause,
            scim_policies=scim_policies,
            sso_verified_after=sso_verified_after,
            sso_failed_after=sso_failed_after,
        )
        self.clock = Clock()
        self._world = World(self.switches, seed, KINDS, self.clock)
        self.account = self._world.add_account(
            account_id, token=token, email=email, api_key=api_key
        )
        self.zone = self._world.add_zone(self.account, zone_id)
        self.app = App(self._world, has_proxy=proxy)
        self._port = port
        self._server: Server | None = None
        self._proxy: Proxy | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen on 127.0.0.1. Raises OSError if the port is taken."""
        self._server = Server(self.app, 0 if self.app.has_proxy else self._port)
        if self.app.has_proxy:
            try:
                self._proxy = Proxy(
                    self._port, self._server.port, self.app.meet_at_proxy, self.app.closing
                )
            except OSError:
                self.stop()
                raise

    def stop(self) -> None:
        """Stop listening. Every connection is cut and every thread ends; objects stay."""
        if self._server is not None:
            self.app.closing.set()
            self.app.faults.wake()
            self._server.close()
            self._server = None
            if self._proxy is not None:
                self._proxy.close()
                self._proxy = None
            self.app.closing.clear()

    @property
    def base_url(self) -> str:
        """The address of the API. In process, any port works."""
        listener = self._proxy or self._server
        port = listener.port if listener else self._port
        return f"http://{HOST}:{port}{BASE}" if port else f"http://{HOST}{BASE}"

    @property
    def control_url(self) -> str:
        """The address of the control routes (`http/control.py`), which do not pass the proxy."""
        return f"http://{HOST}:{self._server.port if self._server else self._port}/_local"

    @property
    def account_id(self) -> str:
        """The id of the first account."""
        return self.account.id

    @property
    def account_ids(self) -> list[str]:
        """The ids of all accounts, oldest first."""
        return list(self._world.accounts)

    @property
    def zone_id(self) -> str:
        """The id of the first account's first zone."""
        return self.zone.id

    @property
    def token(self) -> str:
        """An API token of the first account."""
        return self.account.token

    @property
    def email(self) -> str:
        """The e-mail address of the first account's owner."""
        return self.account.email

    @property
    def api_key(self) -> str:
        """The global API key of the first account's owner."""
        return self.account.api_key

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a program use this API, whatever its config says."""
        names = ("base_url", "account_id", "zone_id", "token", "email", "api_key")
        told: dict[str, Any] = {name: getattr(self, name) for name in names}
        if len(self.account_ids) > 1:
            told["account_ids"] = self.account_ids
        return {OVERRIDE: json.dumps(told)}

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests so far, oldest first: `method`, `path` with query, `status`, `body`."""
        return self.app.asked()

    def add_account(
        self,
        account_id: str | None = None,
        *,
        name: str | None = None,
        token: str | None = None,
        email: str | None = None,
        api_key: str | None = None,
    ) -> Account:
        """Add an account. What is not given is generated.

        Two accounts with the same credentials can be used with the same token or key.
        """
        with self.app.lock:
            return self._world.add_account(
                account_id, name=name, token=token, email=email, api_key=api_key
            )

    def add_zone(
        self, zone_id: str | None = None, *, name: str | None = None, account: Account | None = None
    ) -> Zone:
        """Add a zone to an account (default: the first one). What is not given is generated."""
        with self.app.lock:
            return self._world.add_zone(account or self.account, zone_id, name)

    def seed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Add the objects of a document, and return them in their stored form.

            cloudflare.seed({
                "access/groups": [{"name": "Everyone", "include": [{"everyone": {}}]}],
                "members": [{"email": "ada@example.com"}, {"email": ..., "status": "pending"}],
                "iam/user_groups": [{"name": "Staff", "members": ["ada@example.com"]}],
                "zones": [{"name": "shop.example", "access/groups": [...]}],
                "accounts": {"<id>": {"access/groups": [...], "zones": {...}}},
            })

        Top-level collections belong to the first account, and are added in the order of the
        document. An object may have its `id`. New accounts and zones are added. The method `plant`
        of each kind says what else an object may have, such as `scim` for a user group. Raises
        ValueError, which says what is wrong with the document, and where.
        """
        return self.app.seed(document)

    def move_sso(self, connector_id: str, status: str) -> dict[str, Any]:
        """Set the status of an SSO connector's verification, and return the connector.

        `status` is `awaiting`, `pending`, `failed` or `verified`. Raises LookupError if no account
        has the connector, and ValueError for another status.
        """
        return self.app.move_sso(connector_id, status)

    def accepts_service_token(self, client_id: str, client_secret: str) -> bool:
        """Tell whether a service token of any account with this id and secret is accepted now."""
        return self.app.accepts(client_id, client_secret)

    def fault(
        self,
        route: str,
        fault: Fault,
        *,
        nth: int | None = None,
        times: int | None = None,
        probability: float | None = None,
        lasting: float | None = None,
        seed: int = 0,
    ) -> Armed:
        """Arm a fault: matching requests go wrong from now on, until the fault is lifted.

            cloudflare.fault("POST /accounts/*/access/groups", faults.Status(503), nth=3)

        `route` is a method and the path below `/client/v4`. `*` is any method, or any one segment
        of the path; `**` is any number of segments. The fault strikes all matching requests,
        unless these arguments limit it:

        - `nth`: only the n-th of them;
        - `times`: that many, from the `nth` or the first one on;
        - `probability`: each with this probability; the same `seed` makes the same decisions;
        - `lasting`: those within that many seconds of the local clock.

        If several faults apply to a request, the one that was armed first strikes. Raises
        ValueError for impossible arguments, and for a fault of the proxy if there is no proxy.
        """
        when = When(nth=nth, times=times, probability=probability, lasting=lasting, seed=seed)
        return self.app.arm(route, fault, when)

    @property
    def fired(self) -> list[dict[str, Any]]:
        """The faults that struck, oldest first: `id`, `fault`, `method`, `path`, `nth`.

        `nth` is the number of the request among those that match the fault. A read that misses a
        write because of a lag is an entry of its own.
        """
        return self.app.faults.all_fired()

    def lift_faults(self) -> None:
        """Lift all faults. Requests that are held go on."""
        self.app.faults.lift()

    def reset(self) -> None:
        """Remove every object, recorded request and fault. Accounts, zones and credentials stay."""
        self.app.reset()
