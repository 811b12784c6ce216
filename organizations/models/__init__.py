"""Models of people and agencies, one file per noun."""

from .agency import Agency
from .audit import AuditEvent
from .member import Membership
from .owner import Owner
from .term import AgencyTerm, names_to_keep
from .user import User

__all__ = ["Agency", "AgencyTerm", "AuditEvent", "Membership", "Owner", "User", "names_to_keep"]
