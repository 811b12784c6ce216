"""Root of the addresses."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("live", views.live, name="live"),
    path("ready", views.ready, name="ready"),
    path("accounts/", include("organizations.account_urls")),
    path("", include("organizations.urls")),
    path("", include("framework.urls")),
    path("", include("texts.urls")),
    path("", include("practices.urls")),
    path("", include("feedback.urls")),
    path("", include("assessment.urls")),
    path("", include("documents.urls")),
]

handler400 = "pmqa_site.views.bad_request"
handler403 = "pmqa_site.views.permission_denied"
handler404 = "pmqa_site.views.page_not_found"
handler500 = "pmqa_site.views.server_error"
