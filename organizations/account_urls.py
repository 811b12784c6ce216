"""The pages of allauth that this product uses, under allauth's names; all others do not exist here."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from .views import accounts

urlpatterns = [
    path("login/", accounts.SignIn.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    # allauth asks for this name when it builds the sign-in page; the adapter keeps it closed.
    path("signup/", allauth_views.signup, name="account_signup"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/reset/", accounts.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
