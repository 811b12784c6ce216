"""Models of the agency's year, one file per noun."""

from .activity import Activity, ActivityOwner, ActivityPlace, FormerPlace, PointLink
from .activity_change import ActivityChange
from .analysis import ChosenPractice, CriterionAnalysis
from .round import Round
from .search import SearchEntry, SearchPending, SearchText
from .sheet import CategorySheet, SheetFigure
from .step import SheetStep
from .thread import CriterionThread

__all__ = [
    "Activity",
    "ActivityChange",
    "ActivityOwner",
    "ActivityPlace",
    "CategorySheet",
    "ChosenPractice",
    "CriterionAnalysis",
    "CriterionThread",
    "FormerPlace",
    "PointLink",
    "Round",
    "SearchEntry",
    "SearchPending",
    "SearchText",
    "SheetFigure",
    "SheetStep",
]
