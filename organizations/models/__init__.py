"""Models of people and agencies, one file per noun."""

from .agency import Agency
from .audit import AuditEvent
from .member import Membership
from .notice import Notification, NotificationChoice, check_own_path
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
    "Notification",
    "NotificationChoice",
    "Owner",
    "StaleVersion",
    "User",
    "Versioned",
    "check_own_path",
    "names_to_keep",
]
