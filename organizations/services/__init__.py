"""Changes to people, agencies and their units; one file per noun."""

from .accounts import Slip, change_own_address, make_one_time_password, make_reset_link, rename_account
from .agencies import change_agency, change_agency_settings, create_agency
from .existing import Accounts
from .members import Invitation, end_membership, end_memberships, invite_member, invite_members, role_faults
from .notices import choices_of, choose_notices, mark_all_read, mark_read, notify
from .owners import change_owner, create_owner, restore_owner, withdraw_owner
from .terms import add_term, remove_term

__all__ = [
    "Accounts",
    "Invitation",
    "Slip",
    "add_term",
    "change_agency",
    "change_agency_settings",
    "change_own_address",
    "change_owner",
    "choices_of",
    "choose_notices",
    "create_agency",
    "create_owner",
    "end_membership",
    "end_memberships",
    "invite_member",
    "invite_members",
    "make_one_time_password",
    "make_reset_link",
    "mark_all_read",
    "mark_read",
    "notify",
    "remove_term",
    "rename_account",
    "restore_owner",
    "role_faults",
    "withdraw_owner",
]
