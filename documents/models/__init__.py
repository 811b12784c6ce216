"""Models of documents, one file per noun."""

from .incoming import Incoming
from .job import ACTIVE_STATES, Job, JobQuerySet

__all__ = ["ACTIVE_STATES", "Incoming", "Job", "JobQuerySet"]
