"""Addresses of this package."""

from django.urls import path

from . import views

urlpatterns = [
    path("editions/", views.edition_list, name="edition_list"),
    path("editions/load/", views.edition_load, name="edition_load"),
    path("editions/<str:code>/", views.edition, name="edition"),
    path("editions/<str:code>/file/", views.edition_download, name="edition_download"),
]
