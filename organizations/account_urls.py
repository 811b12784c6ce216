"""The pages of allauth that this product uses, under allauth's names, and ours about one's own account."""

from allauth.account import views as allauth_views
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods, require_safe

from .views import accounts

# allauth's views take PUT for POST and answer OPTIONS; here every address has only the methods of its page.
form_page = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("login/", form_page(accounts.SignIn.as_view()), name="account_login"),
    path("logout/", form_page(allauth_views.logout), name="account_logout"),
    path("inactive/", require_safe(allauth_views.account_inactive), name="account_inactive"),
    # allauth asks for this name when it builds the sign-in page; the adapter keeps it closed.
    path("signup/", form_page(allauth_views.signup), name="account_signup"),
    path("password/change/", form_page(allauth_views.password_change), name="account_change_password"),
    # below accounts/, where a form that was sent too late is never kept: it holds the password
    path("address/", accounts.own_address, name="own_address"),
    path("password/reset/", accounts.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        require_safe(allauth_views.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        form_page(allauth_views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        require_safe(allauth_views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]
