"""Keys and tokens of well-known services, by what detect-secrets knows of their looks.

Importing it takes a tenth of a second and more, so only what is new asks for it. Texts are matched
in memory: nothing is verified anywhere. Its plugins that go by entropy or by words of a program
are left out; names are looked at in `delivery.credentials`, which can tell them from references.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import cast

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector
from msgspec import Struct

from openchoreo.delivery.credentials import IN_URL


class _Known(Struct, frozen=True):
    """Of a kind that `alone` no letter and no digit stands beside."""

    kind: str
    detector: type[RegexBasedDetector]
    alone: bool = False

    @property
    def patterns(self) -> Iterable[re.Pattern[str]]:
        # Its own search yields only a group of some matches.
        return cast("Iterable[re.Pattern[str]]", self.detector.denylist)


_KNOWN = (
    _Known("a private key", PrivateKeyDetector),
    _Known("an AWS access key", AWSKeyDetector, alone=True),
    _Known("an Azure storage key", AzureStorageKeyDetector),
    _Known("a Discord token", DiscordBotTokenDetector, alone=True),
    _Known("a GitHub token", GitHubTokenDetector),
    _Known("a GitLab token", GitLabTokenDetector),
    _Known("a Mailchimp key", MailchimpDetector, alone=True),
    _Known("an npm token", NpmDetector),
    _Known("an OpenAI token", OpenAIDetector),
    _Known("a PyPI token", PypiTokenDetector),
    _Known("a SendGrid key", SendGridDetector),
    _Known("a Slack token", SlackDetector),
    _Known("a Square secret", SquareOAuthDetector),
    _Known("a Stripe key", StripeDetector),
    _Known("a Telegram token", TelegramBotTokenDetector, alone=True),
    _Known("a Twilio key", TwilioKeyDetector, alone=True),
    _Known(IN_URL, BasicAuthDetector),
)


def known_in(text: str) -> Iterator[tuple[str, str]]:
    """Kind and value of everything in a text that is known by its looks."""
    for line in text.splitlines():
        for known in _KNOWN:
            for pattern in known.patterns:
                for match in pattern.finditer(line):
                    if not known.alone or _is_alone(match):
                        yield known.kind, match[1] if known.kind == IN_URL else match[0]
        yield from (("a JSON Web Token", token) for token in _WEB_TOKENS.analyze_string(line))


_WEB_TOKENS = JwtTokenDetector()
"""Also looks into what it finds."""


def _is_alone(match: re.Match[str]) -> bool:
    around = match.string[: match.start()][-1:] + match.string[match.end() :][:1]
    return not any(char.isalnum() for char in around)
