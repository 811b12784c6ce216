"""Addresses of this package."""

from django.urls import path

from . import views

urlpatterns = [
    path("a/<slug:agency>/feedback/", views.feedback_list, name="feedback_list"),
    path("a/<slug:agency>/feedback/new/", views.feedback_new, name="feedback_new"),
    path("a/<slug:agency>/feedback/export/", views.feedback_export, name="feedback_export"),
    path("a/<slug:agency>/feedback/letter/", views.feedback_letter, name="feedback_letter"),
    path("a/<slug:agency>/feedback/letter/enter/", views.feedback_letter_enter, name="feedback_letter_enter"),
    path("a/<slug:agency>/feedback/papers/new/", views.feedback_paper_new, name="feedback_paper_new"),
    path("a/<slug:agency>/feedback/papers/<uuid:uid>/", views.feedback_paper, name="feedback_paper"),
    path(
        "a/<slug:agency>/feedback/papers/<uuid:uid>/withdraw/",
        views.feedback_paper_withdraw,
        name="feedback_paper_withdraw",
    ),
    path("a/<slug:agency>/feedback/import/", views.feedback_import, name="feedback_import"),
    path("a/<slug:agency>/feedback/import/template.xlsx", views.feedback_template, name="feedback_template"),
    path(
        "a/<slug:agency>/feedback/import/confirm/",
        views.feedback_import_confirm,
        name="feedback_import_confirm",
    ),
    path("a/<slug:agency>/feedback/<uuid:uid>/edit/", views.feedback_edit, name="feedback_edit"),
    path("a/<slug:agency>/feedback/<uuid:uid>/withdraw/", views.feedback_withdraw, name="feedback_withdraw"),
    path("a/<slug:agency>/feedback/<uuid:uid>/decline/", views.feedback_decline, name="feedback_decline"),
    path(
        "a/<slug:agency>/feedback/<uuid:uid>/relate/<uuid:other>/",
        views.feedback_relate,
        name="feedback_relate",
    ),
    path(
        "a/<slug:agency>/feedback/<uuid:uid>/relations/", views.feedback_relations, name="feedback_relations"
    ),
    path("a/<slug:agency>/feedback/<uuid:uid>/move/", views.feedback_move, name="feedback_move"),
]
