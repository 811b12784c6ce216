"""Addresses of the agency's year: a/<agency>/<year>/<code>/ as people say it."""

from django.urls import path, register_converter

from .views import (
    activities,
    autosave,
    changes,
    comments,
    coverage,
    figures,
    gap_texts,
    gaps,
    history,
    practices,
    presence,
    proposing,
    review,
    rounds,
    search,
    sheet_comments,
    sources,
    texts,
    used_cases,
)


class CriterionCode:
    """A code of categories 1–6, e.g. 3.1."""

    regex = r"[1-6]\.[0-9]{1,2}"

    def to_python(self, value: str) -> str:
        """The code as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The code as it stands."""
        return value


class QuarterNumber:
    """A quarter of the fiscal year, 1–4."""

    regex = "[1-4]"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The number as it stands."""
        return str(value)


register_converter(CriterionCode, "criterion")
register_converter(QuarterNumber, "quarter")

ROUND = "a/<slug:agency>/<int:year>/"
SHEET = ROUND + "category-<int:number>/"
CRITERION = ROUND + "<criterion:code>/"
GAP = ROUND + "gaps/<uuid:uid>/"
REPORT = GAP + "quarter-<quarter:quarter>/"
UNIT = REPORT + "units/<uuid:unit>/"
COMMENTS = CRITERION + "comments/"
THREAD = CRITERION + "threads/<uuid:uid>/"

urlpatterns = [
    path("search/", search.search, name="search"),
    path("a/<slug:agency>/rounds/", rounds.round_list, name="round_list"),
    path("a/<slug:agency>/rounds/new/", rounds.round_new, name="round_new"),
    # a/<agency>/<year>/
    path(ROUND, rounds.round_page, name="round"),
    path(ROUND + "coverage/", coverage.coverage, name="coverage"),
    path(ROUND + "practices/", used_cases.round_practices, name="round_practices"),
    path(ROUND + "setup/", rounds.round_setup, name="round_setup"),
    path(ROUND + "setup/category-<int:number>/", rounds.sheet_setup, name="sheet_setup"),
    path(ROUND + "open/", rounds.round_open, name="round_open"),
    path(ROUND + "close/", rounds.round_close, name="round_close"),
    # a/<agency>/<year>/gaps/
    path(ROUND + "gaps/", gaps.gap_list, name="gap_list"),
    path(ROUND + "gaps/choose/", gaps.gap_choose, name="gap_choose"),
    path(ROUND + "gaps/new/<str:about>/", gaps.gap_new, name="gap_new"),
    path(ROUND + "gaps/print/", gaps.gap_print, name="gap_print"),
    path(ROUND + "gaps/csv/", gaps.gap_csv, name="gap_csv"),
    path(ROUND + "gaps/limit/", gaps.gap_limit, name="gap_limit"),
    path(GAP, gap_texts.gap, name="gap"),
    path(GAP + "edit/", gaps.gap_edit, name="gap_edit"),
    path(GAP + "withdraw/", gaps.gap_withdraw, name="gap_withdraw"),
    path(GAP + "restore/", gaps.gap_restore, name="gap_restore"),
    path(GAP + "move/<uuid:past>/", gaps.gap_move, name="gap_move"),
    path(REPORT, gap_texts.gap_report, name="gap_report"),
    path(REPORT + "save/", gap_texts.gap_report_save, name="gap_report_save"),
    path(REPORT + "history/", gap_texts.gap_report_history, name="gap_report_history"),
    path(REPORT + "join/", gap_texts.gap_join, name="gap_join"),
    path(REPORT + "final/", gap_texts.gap_final, name="gap_final"),
    path(UNIT, gap_texts.gap_summary, name="gap_summary"),
    path(UNIT + "save/", gap_texts.gap_summary_save, name="gap_summary_save"),
    path(UNIT + "history/", gap_texts.gap_summary_history, name="gap_summary_history"),
    # a/<agency>/<year>/category-<number>/
    path(SHEET + "text/<slug:kind>/", texts.sheet_text, name="sheet_text"),
    path(SHEET + "text/<slug:kind>/save/", autosave.sheet_text_save, name="sheet_text_save"),
    path(SHEET + "figures/new/", figures.figure_add, name="sheet_figure_add"),
    path(SHEET + "figures/<uuid:uid>/", figures.figure_edit, name="sheet_figure_edit"),
    path(SHEET + "figures/<uuid:uid>/remove/", figures.figure_remove, name="sheet_figure_remove"),
    path(SHEET + "submit/", review.sheet_submit, name="sheet_submit"),
    path(SHEET + "pull-back/", review.sheet_pull_back, name="sheet_pull_back"),
    path(SHEET + "review/", review.sheet_review, name="sheet_review"),
    path(SHEET + "review/start/", review.sheet_review_start, name="sheet_review_start"),
    path(SHEET + "review/return/", review.sheet_return, name="sheet_return"),
    path(SHEET + "review/approve/", review.sheet_approve, name="sheet_approve"),
    path(SHEET + "review/reopen/", review.sheet_reopen, name="sheet_reopen"),
    path(SHEET + "review/extend/", review.sheet_extend, name="sheet_extend"),
    path(SHEET + "review/steps/<uuid:uid>/file/", review.sheet_step_file, name="sheet_step_file"),
    path(SHEET + "comments/", sheet_comments.sheet_comments, name="sheet_comments"),
    path(SHEET + "comments/send/", sheet_comments.comments_send, name="comments_send"),
    # a/<agency>/<year>/<code>/
    path(CRITERION, activities.criterion, name="criterion"),
    path(CRITERION + "activities/", activities.activity_save, name="activity_save"),
    path(CRITERION + "activities/new/", activities.activity_card, name="activity_new"),
    path(CRITERION + "activities/<uuid:uid>/", activities.activity_card, name="activity_card"),
    path(CRITERION + "activities/<uuid:uid>/text/", autosave.activity_text_save, name="activity_text_save"),
    path(
        CRITERION + "activities/<uuid:uid>/withdraw/", activities.activity_withdraw, name="activity_withdraw"
    ),
    path(CRITERION + "activities/<uuid:uid>/restore/", activities.activity_restore, name="activity_restore"),
    path(CRITERION + "activities/<uuid:uid>/finish/", coverage.activity_finish, name="activity_finish"),
    path(CRITERION + "activities/<uuid:uid>/propose/", proposing.activity_propose, name="activity_propose"),
    path(
        CRITERION + "activities/<uuid:uid>/answers/<uuid:point>/",
        coverage.activity_answers,
        name="activity_answers",
    ),
    path(CRITERION + "activities/<uuid:uid>/move/", activities.activity_move, name="activity_move"),
    path(CRITERION + "text/<slug:kind>/", texts.criterion_text, name="criterion_text"),
    path(CRITERION + "text/<slug:kind>/save/", autosave.criterion_text_save, name="criterion_text_save"),
    path(CRITERION + "presence/", presence.presence, name="presence"),
    path(CRITERION + "practices/", practices.practice_choice, name="practice_choice"),
    path(CRITERION + "practices/choose/", practices.practice_choose, name="practice_choose"),
    path(CRITERION + "practices/case-<int:pk>/", practices.practice_preview, name="practice_preview"),
    path(CRITERION + "practices/<uuid:uid>/source/", sources.chosen_source, name="chosen_source"),
    path(CRITERION + "practices/<uuid:uid>/text/", texts.chosen_text, name="chosen_text"),
    path(CRITERION + "practices/<uuid:uid>/text/save/", autosave.chosen_text_save, name="chosen_text_save"),
    path(CRITERION + "practices/<uuid:uid>/remove/", practices.practice_remove, name="practice_remove"),
    path(CRITERION + "practices/<uuid:uid>/move/", practices.practice_move, name="practice_move"),
    # a/<agency>/<year>/<code>/comments/
    path(COMMENTS + "new/", comments.comment_new, name="comment_new"),
    path(COMMENTS + "<uuid:uid>/", comments.comment_edit, name="comment_edit"),
    path(COMMENTS + "<uuid:uid>/send/", comments.comment_send, name="comment_send"),
    path(COMMENTS + "<uuid:uid>/withdraw/", comments.comment_withdraw, name="comment_withdraw"),
    path(COMMENTS + "<uuid:uid>/scan/", comments.comment_scan, name="comment_scan"),
    # a/<agency>/<year>/<code>/threads/
    path(THREAD + "reply/", comments.comment_reply, name="comment_reply"),
    path(THREAD + "resolve/", comments.thread_resolve, name="thread_resolve"),
    path(THREAD + "reopen/", comments.thread_reopen, name="thread_reopen"),
    # history
    path(SHEET + "text/<slug:kind>/history/", history.sheet_text_history, name="sheet_text_history"),
    path(CRITERION + "activities/<uuid:uid>/history/", history.activity_history, name="activity_history"),
    path(
        CRITERION + "text/<slug:kind>/history/", history.criterion_text_history, name="criterion_text_history"
    ),
    path(
        CRITERION + "practices/<uuid:uid>/text/history/",
        history.chosen_text_history,
        name="chosen_text_history",
    ),
    path(ROUND + "changes/", changes.round_changes, name="round_changes"),
    path(SHEET + "changes/", changes.sheet_changes, name="sheet_changes"),
]
