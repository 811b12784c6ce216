"""Addresses of this package."""

from django.urls import path

from . import views

urlpatterns = [
    path("practices/", views.practice_list, name="practice_list"),
    path("practices/new/", views.practice_new, name="practice_new"),
    path("practices/import/", views.practice_import, name="practice_import"),
    path("practices/import/template.xlsx", views.practice_template, name="practice_template"),
    path("practices/loads/<uuid:uid>/", views.practice_load, name="practice_load"),
    path("practices/loads/<uuid:uid>/confirm/", views.practice_load_confirm, name="practice_load_confirm"),
    path("practices/loads/<uuid:uid>/drop/", views.practice_load_drop, name="practice_load_drop"),
    path("practices/export/<slug:format>/", views.practice_export, name="practice_export"),
    path("practices/<int:pk>/", views.practice, name="practice"),
    path("practices/<int:pk>/edit/", views.practice_edit, name="practice_edit"),
    path("practices/<int:pk>/publish/", views.practice_publish, name="practice_publish"),
    path("practices/<int:pk>/unpublish/", views.practice_unpublish, name="practice_unpublish"),
    path("practices/<int:pk>/withdraw/", views.practice_withdraw, name="practice_withdraw"),
]
