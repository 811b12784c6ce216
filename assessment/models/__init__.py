"""Models of the agency's year, one file per noun."""

from .activity import Activity, ActivityOwner, ActivityPlace, FormerPlace, PointLink
from .activity_change import ActivityChange
from .analysis import ChosenPractice, CriterionAnalysis
from .round import Round
from .sheet import CategorySheet, SheetFigure
from .step import SheetStep

__all__ = [
    "Activity",
    "ActivityChange",
    "ActivityOwner",
    "ActivityPlace",
    "CategorySheet",
    "ChosenPractice",
    "CriterionAnalysis",
    "FormerPlace",
    "PointLink",
    "Round",
    "SheetFigure",
    "SheetStep",
]
