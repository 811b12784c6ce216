"""Addresses of people, owners and agencies."""

from django.urls import path

from .views import agencies, audit, imports, members, notices, owners, terms

urlpatterns = [
    path("a/<slug:agency>/members/", members.member_list, name="member_list"),
    path("a/<slug:agency>/members/new/", members.member_new, name="member_new"),
    path("a/<slug:agency>/members/import/", imports.member_import, name="member_import"),
    path("a/<slug:agency>/members/import/template.xlsx", imports.member_template, name="member_template"),
    path(
        "a/<slug:agency>/members/import/confirm/", imports.member_import_confirm, name="member_import_confirm"
    ),
    path("a/<slug:agency>/members/<int:person>/", members.member_edit, name="member_edit"),
    path("a/<slug:agency>/members/<int:person>/roles/", members.member_role_add, name="member_role_add"),
    path("a/<slug:agency>/members/<int:person>/end/", members.member_end, name="member_end"),
    path("a/<slug:agency>/members/<int:person>/reset/", members.member_reset, name="member_reset"),
    path(
        "a/<slug:agency>/members/roles/<int:membership>/end/", members.member_role_end, name="member_role_end"
    ),
    path("a/<slug:agency>/owners/", owners.owner_list, name="owner_list"),
    path("a/<slug:agency>/owners/new/", owners.owner_new, name="owner_new"),
    path("a/<slug:agency>/owners/<int:owner>/", owners.owner_edit, name="owner_edit"),
    path("a/<slug:agency>/owners/<int:owner>/withdraw/", owners.owner_withdraw, name="owner_withdraw"),
    path("a/<slug:agency>/owners/<int:owner>/restore/", owners.owner_restore, name="owner_restore"),
    path("a/<slug:agency>/terms/", terms.term_list, name="term_list"),
    path("a/<slug:agency>/terms/<int:term>/remove/", terms.term_remove, name="term_remove"),
    path("a/<slug:agency>/settings/", agencies.agency_settings, name="agency_settings"),
    path("a/<slug:agency>/audit/", audit.audit_list, name="audit_list"),
    path("a/<slug:agency>/audit/export/", audit.audit_export, name="audit_export"),
    path("a/<slug:agency>/audit/check/", audit.audit_check, name="audit_check"),
    path("audit/", audit.installation_audit, name="installation_audit"),
    path("audit/export/", audit.installation_audit_export, name="installation_audit_export"),
    path("audit/check/", audit.installation_audit_check, name="installation_audit_check"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notice_read_all, name="notice_read_all"),
    path("notices/choices/", notices.notice_choices, name="notice_choices"),
    path("notices/<uuid:uid>/open/", notices.notice_open, name="notice_open"),
    path("agencies/", agencies.agency_list, name="agency_list"),
    path("agencies/new/", agencies.agency_new, name="agency_new"),
    path("agencies/<slug:code>/", agencies.agency_edit, name="agency_edit"),
]
