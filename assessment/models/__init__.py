"""Models of the agency's year, one file per noun."""

from .activity import Activity, ActivityOwner, ActivityPlace, FormerPlace, PointLink
from .activity_change import ActivityChange
from .analysis import ChosenPractice, CriterionAnalysis
from .gap import DevelopmentGap, GapReport, GapSummary, GapUnit
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
    "DevelopmentGap",
    "FormerPlace",
    "GapReport",
    "GapSummary",
    "GapUnit",
    "PointLink",
    "Round",
    "SearchEntry",
    "SearchPending",
    "SearchText",
    "SheetFigure",
    "SheetStep",
]
