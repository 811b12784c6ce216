"""Who may do what at which address: one row per address, read by tests/test_url_matrix.py.

A row says who may read (GET, HEAD) and who may write (POST); None means that the method does not exist
there (405). Everybody else in the agency is refused (403); `hidden` are those for whom the object does not
exist (404). A body is one that would change something if it got through: otherwise a refusal proves nothing.
"""

from __future__ import annotations

from tests.url_bodies import (
    ADMINISTRATOR_BODY,
    AGENCY_BODY,
    CAPTION_BODY,
    OWNER_BODY,
    PERSON_BODY,
    ROUND_BODY,
    activity_body,
    case_body,
    edition_body,
    picture_html,
    point_body,
    sheet_setup_body,
    text_body,
    workbook,
)
from tests.url_rows import (
    ADMIN,
    MEMBERS,
    OUTSIDE,
    RUNNERS,
    SIGNED_IN,
    WRITERS,
    Row,
    everywhere,
    of_account,
    of_agency,
    of_criterion,
    of_round,
    of_sheet,
)
from tests.url_world import NEW_YEAR, picture

TABLE = [
    # probes, texts of scripts, signing in
    everywhere("live", get=SIGNED_IN, public=(200, 405)),
    everywhere("ready", get=SIGNED_IN, public=(200, 405)),
    # a sign-in that fails is written to the audit trail
    of_account(
        "account_login",
        302,
        302,
        public=(200, 200),
        changes=True,
        body=lambda own, other: {"login": "x", "password": "y"},
    ),
    of_account("account_logout", 200, 302, public=(302, 302)),
    of_account("account_inactive", 200, None, public=(200, 405)),
    of_account("account_signup", 302, 302, public=(200, 200)),
    of_account("account_change_password", 200, 200, public=None),
    of_account(
        "account_reset_password",
        200,
        302,
        public=(200, 302),
        body=lambda own, other: {"email": "nobody@example.invalid"},
    ),
    of_account("account_reset_password_done", 200, None, public=(200, 405)),
    of_account(
        "account_reset_password_from_key",
        200,
        200,
        public=(200, 200),
        kwargs=lambda h: {"uidb36": "1", "key": "no-such-key"},
    ),
    of_account("account_reset_password_from_key_done", 200, None, public=(200, 405)),
    # everybody who is signed in
    everywhere("home", get=SIGNED_IN),
    everywhere("edition_list", get=SIGNED_IN),
    everywhere("edition", get=SIGNED_IN, kwargs=lambda h: {"code": "2564"}),
    everywhere("edition_download", get=SIGNED_IN, kwargs=lambda h: {"code": "2564"}),
    everywhere("edition_load", get=ADMIN, post=ADMIN, body=lambda own, other: edition_body(own)),
    # agencies, for the installation administrator
    everywhere("agency_list", get=ADMIN),
    everywhere(
        "agency_new",
        get=ADMIN,
        post=ADMIN,
        post_status=200,
        body=lambda own, other: AGENCY_BODY | ADMINISTRATOR_BODY,
    ),
    everywhere(
        "agency_edit",
        get=ADMIN,
        post=ADMIN,
        kwargs=lambda h: {"code": h.agency.code},
        body=lambda own, other: AGENCY_BODY | {"code": own.agency.code, "hosted": "on"},
    ),
    # members: run by the agency, started by the installation administrator
    of_agency("member_list", get=RUNNERS | ADMIN),
    of_agency(
        "member_new",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        post_status=200,
        body=lambda own, other: PERSON_BODY | {"role": "executive"},
    ),
    of_agency(
        "member_import",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        post_status=422,
        changes=False,
        body=lambda own, other: {"file": workbook()},
    ),
    of_agency("member_template", get=RUNNERS | ADMIN),
    # nothing waits for confirmation: the way back to the file
    of_agency("member_import_confirm", post=RUNNERS | ADMIN, changes=False),
    of_agency(
        "member_edit",
        "person",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        body=lambda own, other: {"display_name": "ชื่อใหม่"},
    ),
    of_agency(
        "member_role_add", "person", post=RUNNERS | ADMIN, body=lambda own, other: {"role": "executive"}
    ),
    of_agency(
        "member_role_add",
        "person",
        case="unit of the other agency",
        post=RUNNERS | ADMIN,
        post_status=422,
        changes=False,
        body=lambda own, other: {"role": "unit_officer", "unit": other.place.unit.pk},
    ),
    of_agency("member_end", "person", post=RUNNERS | ADMIN),
    of_agency(
        "member_reset",
        "person",
        post=RUNNERS | ADMIN,
        post_status=200,
        body=lambda own, other: {"way": "slip"},
    ),
    of_agency("member_role_end", "membership", post=RUNNERS | ADMIN),
    # owners
    of_agency("owner_list", get=RUNNERS),
    of_agency("owner_new", get=RUNNERS, post=RUNNERS, body=lambda own, other: OWNER_BODY),
    of_agency("owner_edit", "owner", get=RUNNERS, post=RUNNERS, body=lambda own, other: OWNER_BODY),
    of_agency("owner_withdraw", "owner", post=RUNNERS),
    of_agency("owner_restore", "withdrawn owner", post=RUNNERS),
    # words that print keeps whole
    of_agency("term_list", get=RUNNERS, post=RUNNERS, body=lambda own, other: {"text": "คำใหม่"}),
    of_agency("term_remove", "term", post=RUNNERS),
    # pictures
    Row("figure", get=MEMBERS, kwargs=lambda h: {"uid": h.sheet_figure.figure.uid}, hidden=OUTSIDE | ADMIN),
    everywhere("figure", case="shared", get=SIGNED_IN, kwargs=lambda h: {"uid": h.shared.figure.uid}),
    of_agency(
        "figure_upload",
        post=MEMBERS - {"executive"},
        post_status=201,
        body=lambda own, other: {"file": picture()},
    ),
    everywhere(
        "shared_figure_upload", post=ADMIN, post_status=201, body=lambda own, other: {"file": picture()}
    ),
    # the library
    everywhere("practice_list", get=SIGNED_IN),
    Row(
        "practice_new",
        get=RUNNERS | ADMIN,
        post=RUNNERS | ADMIN,
        owned=False,
        names_agencies=True,
        body=lambda own, other: case_body(own),
    ),
    Row("practice", case="kept", get=MEMBERS, kwargs=lambda h: {"pk": h.case.pk}, hidden=OUTSIDE | ADMIN),
    Row(
        "practice",
        case="kept draft",
        get=RUNNERS,
        kwargs=lambda h: {"pk": h.draft.pk},
        hidden=SIGNED_IN - RUNNERS,
    ),
    everywhere("practice", case="shared", get=SIGNED_IN, kwargs=lambda h: {"pk": h.shared.case.pk}),
    everywhere(
        "practice",
        case="shared draft",
        get=ADMIN,
        kwargs=lambda h: {"pk": h.shared.draft.pk},
        hidden=SIGNED_IN - ADMIN,
    ),
    Row(
        "practice_edit",
        case="kept",
        get=RUNNERS,
        post=RUNNERS,
        kwargs=lambda h: {"pk": h.case.pk},
        hidden=OUTSIDE | ADMIN,
        names_agencies=True,
        body=lambda own, other: case_body(own, own.case),
    ),
    everywhere(
        "practice_edit",
        case="shared",
        get=ADMIN,
        post=ADMIN,
        kwargs=lambda h: {"pk": h.shared.case.pk},
        names_agencies=True,
        body=lambda own, other: case_body(own, own.shared.case),
    ),
    Row(
        "practice_publish",
        post=RUNNERS,
        kwargs=lambda h: {"pk": h.draft.pk},
        hidden=SIGNED_IN - RUNNERS,
    ),
    Row("practice_unpublish", post=RUNNERS, kwargs=lambda h: {"pk": h.case.pk}, hidden=OUTSIDE | ADMIN),
    everywhere("practice_unpublish", case="shared", post=ADMIN, kwargs=lambda h: {"pk": h.shared.case.pk}),
    Row("practice_withdraw", post=RUNNERS, kwargs=lambda h: {"pk": h.case.pk}, hidden=OUTSIDE | ADMIN),
    everywhere("practice_withdraw", case="shared", post=ADMIN, kwargs=lambda h: {"pk": h.shared.case.pk}),
    # feedback
    of_agency("feedback_list", get=MEMBERS),
    of_agency("feedback_new", get=RUNNERS, post=RUNNERS, body=lambda own, other: point_body(own)),
    of_agency(
        "feedback_edit",
        "point",
        get=RUNNERS,
        post=RUNNERS,
        body=lambda own, other: point_body(own, version=own.point.version),
    ),
    of_agency(
        "feedback_withdraw", "point", post=RUNNERS, body=lambda own, other: {"version": own.point.version}
    ),
    of_agency("feedback_move", "point", post=RUNNERS, body=lambda own, other: {"direction": "down"}),
    # rounds
    of_agency("round_list", get=MEMBERS),
    of_agency(
        "round_new",
        get=RUNNERS,
        post=RUNNERS,
        body=lambda own, other: {"year": NEW_YEAR, "edition": own.round.edition.pk},
    ),
    of_round("round", get=MEMBERS),
    of_round(
        "round_setup",
        get=RUNNERS,
        post=RUNNERS,
        body=lambda own, other: ROUND_BODY | {"base_version": own.round.version},
    ),
    of_round(
        "sheet_setup", "number", get=RUNNERS, post=RUNNERS, body=lambda own, other: sheet_setup_body(own)
    ),
    of_agency("round_open", "preparing year", post=RUNNERS, hidden=OUTSIDE | ADMIN),
    of_round("round_close", post=RUNNERS),
    # sheets
    of_sheet("sheet", get=MEMBERS),
    of_sheet(
        "sheet_text",
        "kind",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: text_body(own.sheet.obstacles.version),
    ),
    of_sheet(
        "sheet_text",
        "kind",
        case="picture of the other agency",
        get=WRITERS,
        post=WRITERS,
        post_status=422,
        changes=False,
        body=lambda own, other: text_body(own.sheet.obstacles.version, picture_html(other)),
    ),
    of_sheet(
        "sheet_figure_add",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: CAPTION_BODY | {"file": picture()},
    ),
    of_sheet(
        "sheet_figure_edit",
        "sheet figure",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: CAPTION_BODY,
    ),
    of_sheet("sheet_figure_remove", "sheet figure", post=WRITERS),
    # criteria
    of_criterion("criterion", get=MEMBERS),
    of_criterion("activity_save", post=WRITERS, body=lambda own, other: activity_body(own)),
    of_criterion(
        "activity_save",
        case="activity of the other agency",
        post=WRITERS,
        post_status=409,
        changes=False,
        body=lambda own, other: activity_body(own, uid=other.activity.uid),
    ),
    of_criterion(
        "activity_save",
        case="owner of the other agency",
        post=WRITERS,
        post_status=422,
        changes=False,
        body=lambda own, other: activity_body(own, **{"owners-0-owner": other.place.unit.name}),
    ),
    of_criterion(
        "activity_save",
        case="criterion of the other agency",
        post=WRITERS,
        post_status=422,
        changes=False,
        body=lambda own, other: activity_body(own, serves=[other.analysis.pk]),
    ),
    # parts of a page: asked for without the page's scripts they lead to the page
    of_criterion("activity_new", get=WRITERS, get_status=302),
    of_criterion("activity_card", "activity", get=WRITERS, get_status=302),
    of_criterion("activity_withdraw", "activity", post=WRITERS),
    of_criterion("activity_restore", "withdrawn activity", post=WRITERS),
    of_criterion(
        "activity_move",
        "activity",
        post=WRITERS,
        body=lambda own, other: {"direction": "up", "base_version": own.analysis.activities_version},
    ),
    of_criterion(
        "criterion_text",
        "kind",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: text_body(own.analysis.obstacles.version),
    ),
    of_criterion("practice_choice", get=WRITERS),
    of_criterion("practice_choose", post=WRITERS, body=lambda own, other: {"practice": own.unchosen.pk}),
    of_criterion(
        "practice_choose",
        case="kept to the other agency",
        post=WRITERS,
        post_status=404,
        changes=False,
        body=lambda own, other: {"practice": other.unchosen.pk},
    ),
    of_criterion(
        "chosen_text",
        "chosen",
        get=WRITERS,
        post=WRITERS,
        body=lambda own, other: text_body(own.chosen.text.version),
    ),
    of_criterion("practice_remove", "chosen", post=WRITERS),
    of_criterion(
        "practice_move",
        "chosen",
        post=WRITERS,
        body=lambda own, other: {"direction": "down", "base_version": own.analysis.practices_version},
    ),
    # printing
    of_round("export_start", post=MEMBERS, body=lambda own, other: {"category": "2"}),
    Row("export", get=MEMBERS, kwargs=lambda h: {"uid": h.waiting_job.uid}, hidden=OUTSIDE | ADMIN),
    Row("export_cancel", post=RUNNERS, kwargs=lambda h: {"uid": h.waiting_job.uid}, hidden=OUTSIDE | ADMIN),
    Row(
        "export_cancel",
        case="asked for by the committee",
        post=WRITERS,
        kwargs=lambda h: {"uid": h.committee_job.uid},
        hidden=OUTSIDE | ADMIN,
    ),
    Row("export_file", get=MEMBERS, kwargs=lambda h: {"uid": h.finished_job.uid}, hidden=OUTSIDE | ADMIN),
]
