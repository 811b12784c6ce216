"""Models of people and agencies, one file per noun."""

from .agency import Agency
from .audit import AuditEvent
from .member import Membership
from .owner import Owner
from .term import AgencyTerm, names_to_keep
from .user import User
from .versioned import Claimed, StaleVersion, Versioned

__all__ = [
    "Agency",
    "AgencyTerm",
    "AuditEvent",
    "Claimed",
    "Membership",
    "Owner",
    "StaleVersion",
    "User",
    "Versioned",
    "names_to_keep",
]
