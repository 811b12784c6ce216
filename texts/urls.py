"""Addresses of this package."""

from django.urls import path

from . import views

urlpatterns = [
    path("figures/<uuid:uid>/", views.figure, name="figure"),
    path("figures/new/", views.shared_figure_upload, name="shared_figure_upload"),
    path("a/<slug:agency>/figures/new/", views.figure_upload, name="figure_upload"),
]
