"""Addresses of documents."""

from django.urls import path

from .views import exports, feedback_form, incoming, issues, sheets

urlpatterns = [
    path("a/<slug:agency>/<int:year>/category-<int:number>/", sheets.sheet, name="sheet"),
    path("a/<slug:agency>/<int:year>/export/", exports.export_start, name="export_start"),
    path("exports/<uuid:uid>/", exports.export, name="export"),
    path("exports/<uuid:uid>/cancel/", exports.export_cancel, name="export_cancel"),
    path("exports/<uuid:uid>/file/", exports.export_file, name="export_file"),
    path("a/<slug:agency>/<int:year>/issues/new/", issues.issue_new, name="issue_new"),
    path("issues/<uuid:uid>/", issues.issue, name="issue"),
    path("issues/<uuid:uid>/compare/", issues.issue_compare, name="issue_compare"),
    path("issues/<uuid:uid>/file/", issues.issue_file, name="issue_file"),
    path("issues/<uuid:uid>/again/", issues.issue_again, name="issue_again"),
    path("issues/<uuid:uid>/scan/", issues.issue_scan, name="issue_scan"),
    path("a/<slug:agency>/<int:year>/incoming/", incoming.incoming_new, name="incoming_new"),
    path("a/<slug:agency>/feedback/form/", feedback_form.feedback_form, name="feedback_form"),
    path("incoming/<uuid:uid>/", incoming.incoming, name="incoming"),
    path("incoming/<uuid:uid>/drop/", incoming.incoming_drop, name="incoming_drop"),
]
