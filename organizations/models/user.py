"""The account of one person."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower

from organizations.enums import LetterPace, Role

from .agency import Agency
from .member import Membership


class UserQuerySet(models.QuerySet["User"]):
    """Reading accounts."""

    def with_roles_in(self, agency: Agency) -> UserQuerySet:
        """People with a role in the agency today; each one carries these roles as `roles_here`."""
        here = Membership.objects.current().filter(agency=agency)
        roles = here.select_related("unit").order_by("role", "category", "pk")
        return self.filter(models.Exists(here.filter(user=models.OuterRef("pk")))).prefetch_related(
            models.Prefetch("memberships", queryset=roles, to_attr="roles_here")
        )

    def holding(self, role: Role, agency: Agency, category: int | None = None) -> UserQuerySet:
        """People who hold this role in the agency today; committees by the number of their category."""
        held = Membership.objects.current().filter(agency=agency, role=role, category=category)
        return self.filter(pk__in=held.values("user"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts; e-mail addresses are optional because many agencies have no mail server."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        """Make an ordinary account."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> User:
        """Make an installation administrator (the name is Django's)."""
        return self.create_user(username, password, is_installation_admin=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with a user name or an e-mail address."""

    username = models.CharField(
        "ชื่อผู้ใช้",
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "มีผู้ใช้ชื่อนี้แล้ว กรุณาตั้งชื่ออื่น"},
    )
    email = models.EmailField("อีเมล", blank=True)
    display_name = models.CharField("ชื่อที่แสดง", max_length=200)
    is_active = models.BooleanField("ใช้งานอยู่", default=True)
    is_installation_admin = models.BooleanField("ผู้ดูแลระบบ", default=False)
    must_change_password = models.BooleanField("ต้องตั้งรหัสผ่านใหม่เมื่อเข้าใช้", default=False)
    letter_pace = models.CharField("เวลาส่งอีเมล", max_length=10, choices=LetterPace, default=LetterPace.DAILY)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    objects = UserManager()

    class Meta:
        verbose_name = "ผู้ใช้"
        constraints = [
            # Sign-in ignores case, so two names that differ in nothing else would lock both people out.
            models.UniqueConstraint(
                Lower("username"),
                name="organizations_user_username_unique",
                violation_error_message="มีผู้ใช้ชื่อนี้แล้ว กรุณาตั้งชื่ออื่น",
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="organizations_user_email_unique",
                violation_error_message="มีผู้ใช้อีเมลนี้แล้ว",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """The name that pages show; allauth and Django ask for it by this name."""
        return str(self)

    @cached_property
    def current_memberships(self) -> list[Membership]:
        """The memberships that have not ended, in agencies that work here today; read once per request."""
        return list(self.memberships.current().filter(agency__hosted=True).select_related("agency", "unit"))
