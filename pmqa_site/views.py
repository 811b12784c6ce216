"""Home by role, error pages, probes."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .home import home_context


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is mine, what is missing, what to press next."""
    return render(request, "site/home.html", home_context(request.user, request.GET.get("agency", "")))  # type: ignore[arg-type]


@require_safe
@login_not_required
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"live": True})


@require_safe
@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """The process can reach its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ready": True})


def _error(request: HttpRequest, status: int, heading: str, text: str) -> HttpResponse:
    context = {"heading": heading, "text": text, "reference": uuid.uuid4().hex[:8]}
    return render(request, "site/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that our pages do not send."""
    return _error(request, 400, "คำขอไม่ถูกต้อง", "กรุณากลับไปหน้าก่อนแล้วลองอีกครั้ง")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: seen but not allowed."""
    text = "บทบาทของท่านทำรายการนี้ไม่ได้ หากจำเป็นต้องทำ กรุณาติดต่อฝ่ายเลขานุการของหน่วยงาน"
    return _error(request, 403, "ท่านไม่มีสิทธิ์ทำรายการนี้", text)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not the person's to see."""
    text = "อาจพิมพ์ที่อยู่ผิด หรือเป็นหน้าของหน่วยงานที่ท่านไม่ได้เป็นสมาชิก"
    return _error(request, 404, "ไม่พบหน้านี้", text)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; rendered without context processors, since any of them may be what broke."""
    return HttpResponse(SERVER_ERROR, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 because the form was open longer than the session."""
    text = "หน้านี้เปิดค้างไว้นานหรือท่านเข้าใช้ใหม่ในหน้าต่างอื่น กรุณากดปุ่มย้อนกลับ คัดลอกข้อความที่เขียนไว้ แล้วเปิดหน้านี้ใหม่"
    return _error(request, 403, "ยังไม่ได้บันทึก", text)


SERVER_ERROR = """<!DOCTYPE html><html lang="th"><head><meta charset="utf-8"><title>ระบบขัดข้อง – PMQA 4.0</title></head>
<body><h1>ระบบขัดข้อง</h1><p>รายการล่าสุดอาจยังไม่ได้บันทึก กรุณากดย้อนกลับแล้วลองอีกครั้ง
หากยังขัดข้องกรุณาแจ้งผู้ดูแลระบบพร้อมเวลาที่เกิด</p><p><a href="/">กลับหน้าแรก</a></p></body></html>"""
