"""The application `assessment`: the agency's year."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Rounds, sheets, criteria, activities and their owners."""

    name = "assessment"
    verbose_name = "แบบวิเคราะห์ประจำปี"
