"""Put access.md into a comment of the pull request, in place of the comment of an earlier run."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

MARKER = "<!-- cloudflare-access report"
BOT = "github-actions[bot]"


def ask(verb: str, url: str, body: dict[str, str] | None = None) -> Any:
    name, prefix = ("GITHUB_TOKEN", "Bearer ") if on_github() else ("GITLAB_TOKEN", "")
    header = "Authorization" if on_github() else "PRIVATE-TOKEN"
    headers = {header: prefix + os.environ[name], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data, headers, method=verb), timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def on_github() -> bool:
    return "GITHUB_REPOSITORY" in os.environ


def main() -> None:
    here = os.environ
    if on_github():
        repository = f"{here['GITHUB_API_URL']}/repos/{here['GITHUB_REPOSITORY']}/issues"
        comments, each = f"{repository}/{here['PULL_REQUEST']}/comments", f"{repository}/comments"
    else:
        request = f"projects/{here['CI_PROJECT_ID']}/merge_requests/{here['CI_MERGE_REQUEST_IID']}"
        comments = each = f"{here['CI_API_V4_URL']}/{request}/notes"
    found: list[Any] = []
    page = 1
    while some := ask("GET", f"{comments}?per_page=100&page={page}"):
        found += [one for one in some if one["body"].startswith(MARKER)]
        page += 1
    # On GitHub, the token may change what others have written.
    own = [one for one in found if not on_github() or one["user"]["login"] == BOT]
    body = {"body": Path("access.md").read_text(encoding="utf-8")}
    if own:
        ask("PATCH" if on_github() else "PUT", f"{each}/{own[0]['id']}", body)
    else:
        ask("POST", comments, body)


if __name__ == "__main__":
    main()
