"""Models of documents, one file per noun."""

from .incoming import Incoming
from .issue import Issue
from .job import ACTIVE_STATES, Job, JobQuerySet

__all__ = ["ACTIVE_STATES", "Incoming", "Issue", "Job", "JobQuerySet"]
