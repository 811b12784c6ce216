"""A database that is busy or away for a moment: nothing was saved, and asking again will do."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from organizations.middleware import asks_for_json

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2
TEXT = "เครื่องแม่ข่ายกำลังทำงานหนักหรือฐานข้อมูลไม่ตอบชั่วขณะ จึงยังไม่ได้บันทึก กรุณารอสักครู่แล้วลองอีกครั้ง"


class BusyMiddleware:
    """Answers 503 with Retry-After where the database was locked too long, dropped the line or chose us in a deadlock.

    Nothing of the request was committed: every change is one transaction. Scripts ask again by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the answer is made in process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 for a moment's trouble of the database, nothing for every other fault."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.warning("database not ready for %s %s: %s", request.method, request.path, exception)
        response: HttpResponse = (
            JsonResponse({"state": "busy"}, status=503)
            if asks_for_json(request)
            else HttpResponse(PAGE, status=503)
        )
        response["Retry-After"] = str(RETRY_SECONDS)
        return response


# without the usual page around it, which would ask the database for the person and the agencies
PAGE = f"""<!DOCTYPE html><html lang="th"><head><meta charset="utf-8"><title>กรุณารอสักครู่ – PMQA 4.0</title></head>
<body><h1>กรุณารอสักครู่</h1><p>{TEXT}</p><p><a href="/">กลับหน้าแรก</a></p></body></html>"""
