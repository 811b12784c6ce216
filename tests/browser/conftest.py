"""One Debian Chromium and one server for all browser tests of a worker, and windows for signed-in people."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from organizations.models import User
from tests.url_world import Everything, make_everything, store_files

MISSING = (
    "Chromium is missing; browser tests cannot say anything without it. On Debian: apt-get install chromium"
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # nothing but this machine: a page that asks for a font from elsewhere must fail here as on an intranet
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
PATIENCE_MS = 10_000
# An answer, or a line cut, that a test provokes; the test itself looks at what the page says about it.
PROVOKED = re.compile(r"status of (4\d\d|503)|net::ERR_(INTERNET_DISCONNECTED|FAILED)")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail(MISSING, pytrace=False)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for an asynchronous program
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # as long as for every other wait: the machine is shared, and a slow moment is no fault of the page
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[LiveServer]:
    """The product on loopback, at the address that people use."""
    running = LiveServer("127.0.0.1")
    yield running
    running.stop()


@dataclass
class Windows:
    """Opens browser windows, and remembers what went wrong in any of them."""

    browser: Browser
    address: str
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, user: User | None = None, *, width: int = 1440, scripts: bool = True) -> Page:
        """A window of a person who is signed in, or of nobody yet."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 900},
            locale="th-TH",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        self._listen(context)
        if user:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.address}]
            )
        return context.new_page()

    def _listen(self, context: BrowserContext) -> None:
        def failed(response: Response) -> None:
            if response.status >= 500 and response.status != 503:
                self.faults.append(f"{response.status} {response.url}")

        def said(message: Any) -> None:
            if message.type in ("error", "warning") and not PROVOKED.search(message.text):
                self.faults.append(f"{message.text} ({message.page and message.page.url})")

        context.on("response", failed)
        context.on("console", said)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))

    def close(self) -> None:
        """Close every window; a script fault, a violation of the policy or a failed server is a fault of the test."""
        for context in self.contexts:
            context.close()
        assert self.faults == []


@pytest.fixture
def windows(transactional_db: None, chromium: Browser, server: LiveServer) -> Iterator[Windows]:
    """Windows of one test; they are closed before its rows are removed."""
    opened = Windows(chromium, server.url)
    yield opened
    opened.close()


@pytest.fixture
def everything(transactional_db: None) -> Everything:
    """One of everything in two agencies, with its files."""
    with transaction.atomic():
        made = make_everything()
    store_files(made, Path(settings.MEDIA_ROOT), Path(settings.EXPORT_DIR))
    return made
