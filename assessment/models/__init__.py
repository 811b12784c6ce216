"""Models of the agency's year, one file per noun."""

from .activity import Activity, ActivityOwner, ActivityPlace, FormerPlace, PointLink
from .analysis import ChosenPractice, CriterionAnalysis
from .round import Round
from .search import SearchEntry, SearchPending
from .sheet import CategorySheet, SheetFigure

__all__ = [
    "Activity",
    "ActivityOwner",
    "ActivityPlace",
    "CategorySheet",
    "ChosenPractice",
    "CriterionAnalysis",
    "FormerPlace",
    "PointLink",
    "Round",
    "SearchEntry",
    "SearchPending",
    "SheetFigure",
]
