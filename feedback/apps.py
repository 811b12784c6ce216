"""The application `feedback`: what OPDC said."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """OPDC's feedback by year and step."""

    name = "feedback"
    verbose_name = "ข้อเสนอแนะจากสำนักงาน ก.พ.ร."
