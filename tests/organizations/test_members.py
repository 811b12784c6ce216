"""Who may give, end and reset what, one person at a time."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organizations.enums import Role
from organizations.models import AuditEvent, Membership, Owner, User
from organizations.services.accounts import READABLE, one_time_password
from tests.world import PASSWORD, World, join, make_user

NEW = {
    "display_name": "คณะทำงานคนใหม่",
    "username": "",
    "email": "",
    "role": "executive",
    "category": "",
    "unit": "",
}


def secretary(world: World) -> User:
    return world.here.people[Role.SECRETARIAT]


def administrator(world: World) -> User:
    return world.here.people[Role.AGENCY_ADMIN]


def invite(client, **fields):
    return client.post(reverse("member_new", args=["senate"]), NEW | fields)


def errors(response) -> str:
    assert response.status_code == 422
    return response.content.decode().split('class="error-summary"')[1].split("</div>")[0]


def secret_on(response) -> str:
    return re.search(r'"slip-secret">([a-z2-9]{4}(-[a-z2-9]{4}){2})<', response.content.decode())[1]


def roles_of(user: User) -> list[tuple]:
    current = Membership.objects.current().filter(user=user).order_by("pk")
    return list(current.values_list("agency__code", "role", "category", "unit"))


def test_one_time_passwords_are_readable_and_never_the_same():
    many = {one_time_password() for _ in range(500)}
    assert len(many) == 500
    assert all(re.fullmatch(f"[{READABLE}]{{4}}(-[{READABLE}]{{4}}){{2}}", password) for password in many)
    assert not set(READABLE) & set("il1o0")


class TestInviting:
    def test_a_new_person_gets_an_account_and_a_slip_whose_password_works_once(
        self, client, world: World, settings
    ):
        settings.PUBLIC_ADDRESS = "http://pmqa.agency.example"
        client.force_login(secretary(world))
        response = invite(client, username="New.Member", role="committee", category="3")
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        page = response.content.decode()
        assert "http://pmqa.agency.example" in page
        user = User.objects.get(username="new.member")
        assert roles_of(user) == [("senate", "committee", 3, None)]
        assert (user.display_name, user.email, user.must_change_password) == (NEW["display_name"], "", True)
        assert user.check_password(secret_on(response))
        client.logout()
        sent = {"login": "new.member", "password": secret_on(response)}
        client.post(reverse("account_login"), sent)
        assert client.get(reverse("home"))["Location"] == reverse("account_change_password")

    def test_the_password_is_kept_nowhere(self, client, world: World):
        client.force_login(secretary(world))
        secret = secret_on(invite(client, username="new.member"))
        kept = (
            str(list(AuditEvent.objects.values()))
            + str(list(User.objects.values()))
            + str(dict(client.session))
        )
        assert secret not in kept

    def test_what_happened_is_on_the_trail(self, client, world: World):
        client.force_login(secretary(world))
        invite(client, username="new.member")
        user = User.objects.get(username="new.member")
        events = AuditEvent.objects.order_by("pk").values_list("verb", "agency__code", "actor", "facts")
        assert list(events) == [
            ("account.created", "senate", secretary(world).pk, {}),
            ("member.invited", "senate", secretary(world).pk, {"user": user.pk, "role": "executive"}),
        ]

    def test_a_user_name_is_suggested_from_the_address(self, client, world: World):
        make_user("somchai")
        client.force_login(secretary(world))
        invite(client, email="Somchai@Agency.Example")
        assert User.objects.get(email="somchai@agency.example").username == "somchai2"

    def test_a_unit_officer_belongs_to_a_unit_of_this_agency(self, client, world: World):
        client.force_login(secretary(world))
        invite(client, username="unit.officer", role="unit_officer", unit=world.here.unit.pk)
        user = User.objects.get(username="unit.officer")
        assert roles_of(user) == [("senate", "unit_officer", None, world.here.unit.pk)]

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"role": "committee"}, "คณะทำงานต้องระบุหมวด 1–7"),
            ({"role": "committee", "category": "8"}, "หมวด"),
            ({"role": "executive", "category": "3"}, "บทบาทนี้ไม่ต้องระบุหมวด"),
            ({"role": "unit_officer"}, "เจ้าหน้าที่หน่วยงานย่อยต้องระบุหน่วยงานย่อย"),
            ({"role": "king"}, "บทบาท"),
            ({"role": ""}, "กรุณาเลือกบทบาท"),
            ({"display_name": " "}, "กรุณากรอกชื่อที่แสดง"),
            ({"username": ""}, "กรุณากรอกชื่อผู้ใช้หรืออีเมล อย่างน้อยหนึ่งอย่าง"),
            ({"username": "สมาชิก"}, "ชื่อผู้ใช้ต้องเป็นตัวอักษรอังกฤษ"),
            ({"username": "a@b.example"}, "ชื่อผู้ใช้ต้องเป็นตัวอักษรอังกฤษ"),
            ({"email": "no address"}, "กรุณากรอกอีเมลให้ถูกรูปแบบ"),
        ],
    )
    def test_a_wrong_form_is_refused_and_keeps_what_was_typed(self, client, world: World, fields, sentence):
        client.force_login(secretary(world))
        before = User.objects.count()
        response = invite(client, **({"username": "new.member"} | fields))
        assert sentence in errors(response)
        assert User.objects.count() == before
        if "display_name" not in fields:
            assert f'value="{NEW["display_name"]}"' in response.content.decode()

    def test_a_unit_of_another_agency_in_the_body_is_refused(self, client, world: World):
        client.force_login(secretary(world))
        response = invite(client, username="new.member", role="unit_officer", unit=world.there.unit.pk)
        assert "หน่วยงานย่อย" in errors(response)
        assert not User.objects.filter(username="new.member").exists()
        assert world.there.unit.name not in response.content.decode()

    @pytest.mark.parametrize("role", ["secretariat", "agency_admin"])
    def test_the_secretariat_makes_nobody_its_equal(self, client, world: World, role):
        client.force_login(secretary(world))
        assert "บทบาท" in errors(invite(client, username="new.member", role=role))
        client.force_login(administrator(world))
        assert invite(client, username="new.member", role=role).status_code == 200
        assert roles_of(User.objects.get(username="new.member")) == [("senate", role, None, None)]

    def test_the_installation_administrator_invites_into_any_agency(self, client, world: World):
        client.force_login(world.admin)
        sent = NEW | {"username": "first.admin", "role": "agency_admin"}
        assert client.post(reverse("member_new", args=["nso"]), sent).status_code == 200
        assert roles_of(User.objects.get(username="first.admin")) == [("nso", "agency_admin", None, None)]

    def test_a_name_is_text_and_never_markup(self, client, world: World):
        client.force_login(secretary(world))
        evil = "<script>alert(1)</script>"
        slip = invite(client, username="new.member", display_name=evil)
        user = User.objects.get(username="new.member")
        assert user.display_name == evil
        for response in (
            slip,
            client.get(reverse("member_list", args=["senate"])),
            client.get(reverse("member_edit", args=["senate", user.pk])),
        ):
            assert "<script>alert" not in response.content.decode()
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.content.decode()


class TestExistingAccounts:
    """An invitation never takes an account over and tells nothing about it."""

    def colleague(self, world: World) -> User:
        user = make_user("colleague", email="colleague@nso.example")
        user.display_name = "ชื่อที่หน่วยงานอื่นตั้ง"
        user.save()
        return join(user, world.there.agency, Role.EXECUTIVE)

    @pytest.mark.parametrize(
        "typed", [{"username": "COLLEAGUE"}, {"email": "Colleague@NSO.example"}], ids=["name", "address"]
    )
    def test_the_role_is_added_after_a_confirmation_and_nothing_else_changes(
        self, client, world: World, typed
    ):
        colleague = self.colleague(world)
        client.force_login(secretary(world))
        asked = invite(client, **typed)
        assert "มีบัญชีที่ใช้ชื่อผู้ใช้หรืออีเมลนี้อยู่แล้ว" in errors(asked)
        assert "ชื่อที่หน่วยงานอื่นตั้ง" not in asked.content.decode()
        assert roles_of(colleague) == [("nso", "executive", None, None)]
        done = client.post(
            reverse("member_new", args=["senate"]), NEW | typed | {"same_person": "on"}, follow=True
        )
        assert "มีบัญชีนี้อยู่แล้ว ระบบเพิ่มบทบาทให้" in done.content.decode()
        assert roles_of(colleague) == [("nso", "executive", None, None), ("senate", "executive", None, None)]
        colleague.refresh_from_db()
        assert colleague.display_name == "ชื่อที่หน่วยงานอื่นตั้ง"
        assert colleague.check_password(PASSWORD)
        assert not colleague.must_change_password

    def test_a_like_name_with_another_address_is_another_person(self, client, world: World):
        colleague = self.colleague(world)
        client.force_login(secretary(world))
        response = invite(client, username="colleague", email="other@senate.example", same_person="on")
        assert "ชื่อผู้ใช้นี้มีผู้อื่นใช้แล้ว" in errors(response)
        assert roles_of(colleague) == [("nso", "executive", None, None)]

    def test_the_same_role_twice_is_refused(self, client, world: World):
        client.force_login(secretary(world))
        assert "ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว" in errors(invite(client, username="senate-executive"))

    def test_a_shared_account_is_neither_renamed_nor_reset_from_here(self, client, world: World):
        colleague = join(self.colleague(world), world.here.agency, Role.EXECUTIVE)
        edit = reverse("member_edit", args=["senate", colleague.pk])
        for person in (secretary(world), administrator(world)):
            client.force_login(person)
            page = client.get(edit).content.decode()
            assert "colleague@nso.example" not in page
            assert world.there.agency.name not in page
            assert client.post(edit, {"display_name": "ชื่อใหม่"}).status_code == 403
            for way in ("slip", "link"):
                reset = reverse("member_reset", args=["senate", colleague.pk])
                assert client.post(reset, {"way": way}).status_code == 403
        colleague.refresh_from_db()
        assert (colleague.display_name, colleague.check_password(PASSWORD)) == ("ชื่อที่หน่วยงานอื่นตั้ง", True)

    def test_user_names_that_differ_in_case_only_cannot_exist(self, world: World):
        with pytest.raises(IntegrityError):
            make_user("Senate-Secretariat")


class TestUnclaimedAccounts:
    """Somebody still holds the slip of an account that nobody has signed in to, and with it every role it gets."""

    def maly(self, client, world: World) -> tuple[User, str]:
        """A committee member whom the secretariat invited, and the password on the slip that it kept."""
        client.force_login(secretary(world))
        kept = secret_on(invite(client, username="maly"))
        return User.objects.get(username="maly"), kept

    def test_a_higher_role_voids_the_slip_that_the_secretariat_kept(self, client, world: World):
        maly, kept = self.maly(client, world)
        client.force_login(administrator(world))
        answer = client.post(reverse("member_role_add", args=["senate", maly.pk]), {"role": "agency_admin"})
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert "ใบแจ้งฉบับก่อนของบัญชีนั้นใช้ไม่ได้แล้ว" in answer.content.decode()
        maly.refresh_from_db()
        assert not maly.check_password(kept)
        assert maly.check_password(secret_on(answer))
        assert maly.must_change_password
        assert [role for _, role, *_ in roles_of(maly)] == ["executive", "agency_admin"]
        event = AuditEvent.objects.get(verb="password.one_time")
        assert (event.object_id, event.actor) == (str(maly.pk), administrator(world))

    def test_an_invitation_by_name_voids_it_too(self, client, world: World):
        maly, kept = self.maly(client, world)
        client.force_login(administrator(world))
        answer = invite(client, username="maly", role="secretariat")
        maly.refresh_from_db()
        assert (maly.check_password(kept), maly.check_password(secret_on(answer))) == (False, True)

    def test_another_agency_waits_until_the_owner_has_a_password(self, client, world: World):
        maly, kept = self.maly(client, world)
        there = world.there.people[Role.AGENCY_ADMIN]
        client.force_login(there)
        sent = NEW | {"username": "maly", "same_person": "on", "role": "secretariat"}
        refused = client.post(reverse("member_new", args=["nso"]), sent)
        assert "กรุณาให้เจ้าของบัญชีเข้าใช้ก่อน แล้วจึงเพิ่มบทบาท" in errors(refused)
        assert 'value="maly"' in refused.content.decode()
        assert roles_of(maly) == [("senate", "executive", None, None)]
        assert User.objects.get(pk=maly.pk).check_password(kept)
        User.objects.filter(pk=maly.pk).update(must_change_password=False)
        assert client.post(reverse("member_new", args=["nso"]), sent).status_code == 302
        assert len(roles_of(maly)) == 2

    def test_the_secretariat_gets_no_slip_of_somebody_above_it(self, client, world: World):
        client.force_login(administrator(world))
        kept = secret_on(invite(client, username="boss", role="agency_admin"))
        boss = User.objects.get(username="boss")
        client.force_login(secretary(world))
        address = reverse("member_role_add", args=["senate", boss.pk])
        assert "กรุณาให้เจ้าของบัญชีเข้าใช้ก่อน" in errors(client.post(address, {"role": "executive"}))
        assert "กรุณาให้เจ้าของบัญชีเข้าใช้ก่อน" in errors(invite(client, username="boss"))
        boss.refresh_from_db()
        assert boss.check_password(kept)
        assert roles_of(boss) == [("senate", "agency_admin", None, None)]

    def test_an_installation_administrator_with_a_one_time_password_gets_no_other_one(
        self, client, world: World
    ):
        User.objects.filter(pk=world.admin.pk).update(must_change_password=True)
        client.force_login(administrator(world))
        refused = invite(client, username=world.admin.username, same_person="on")
        assert "กรุณาให้เจ้าของบัญชีเข้าใช้ก่อน" in errors(refused)
        world.admin.refresh_from_db()
        assert world.admin.check_password(PASSWORD)

    def test_who_left_without_ever_coming_starts_with_a_new_slip(self, client, world: World):
        maly, kept = self.maly(client, world)
        maly.memberships.update(ended_at=timezone.now(), ended_by=administrator(world))
        client.force_login(world.there.people[Role.SECRETARIAT])
        sent = NEW | {"username": "maly", "same_person": "on"}
        answer = client.post(reverse("member_new", args=["nso"]), sent)
        maly.refresh_from_db()
        assert (maly.check_password(kept), maly.check_password(secret_on(answer))) == (False, True)

    def test_a_role_given_elsewhere_at_the_same_moment_is_noticed(self, client, world: World, monkeypatch):
        maly, kept = self.maly(client, world)

        def meanwhile(password: str) -> str:
            join(maly, world.there.agency, Role.EXECUTIVE)
            return make_password(password)

        monkeypatch.setattr("organizations.services.members.make_password", meanwhile)
        client.force_login(administrator(world))
        assert "กรุณาให้เจ้าของบัญชีเข้าใช้ก่อน" in errors(invite(client, username="maly", role="secretariat"))
        maly.refresh_from_db()
        assert maly.check_password(kept)

    def test_two_who_give_the_same_role_at_once_get_a_sentence(self, client, world: World, monkeypatch):
        person = world.here.people["committee_3"]
        monkeypatch.setattr("organizations.forms.members.has_role", lambda *args, **role: False)
        client.force_login(secretary(world))
        address = reverse("member_role_add", args=["senate", person.pk])
        again = client.post(address, {"role": "committee", "category": "3"})
        assert "ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว" in errors(again)


class TestOwnAccount:
    def test_the_address_that_reset_links_go_to_is_shown_to_its_owner(self, client, world: World):
        person = make_user("somebody", email="typed.by@secretariat.example", must_change_password=True)
        client.force_login(person)
        page = client.get(reverse("account_change_password")).content.decode()
        assert "typed.by@secretariat.example" in page
        client.force_login(world.stranger)
        assert "บัญชีนี้ไม่มีอีเมล" in client.get(reverse("account_change_password")).content.decode()


class TestReset:
    def reset(self, client, person: User, way: str = "slip"):
        return client.post(reverse("member_reset", args=["senate", person.pk]), {"way": way})

    def test_a_slip_ends_the_old_password_and_the_sessions(self, client, world: World):
        person = world.here.people["committee_3"]
        theirs = client.__class__()
        theirs.force_login(person)
        assert theirs.get(reverse("home")).status_code == 200
        client.force_login(secretary(world))
        response = self.reset(client, person)
        assert "no-store" in response["Cache-Control"]
        person.refresh_from_db()
        assert person.check_password(secret_on(response))
        assert person.must_change_password
        assert theirs.get(reverse("home"))["Location"].startswith(reverse("account_login"))
        assert AuditEvent.objects.filter(verb="password.one_time", actor=secretary(world)).count() == 1

    def test_a_link_points_to_the_public_address_and_sets_a_password(self, client, world: World, settings):
        settings.PUBLIC_ADDRESS = "http://pmqa.agency.example/"
        person = world.here.people["committee_3"]
        client.force_login(secretary(world))
        page = self.reset(client, person, "link").content.decode()
        link = re.search(r'value="(http://pmqa.agency.example/accounts/[^"]+)"', page)[1]
        person.refresh_from_db()
        assert person.check_password(PASSWORD)
        visitor = client.__class__()
        form = visitor.get(link.removeprefix("http://pmqa.agency.example"))["Location"]
        visitor.post(form, {"password1": "ประโยคที่จำได้ง่ายและยาวพอ", "password2": "ประโยคที่จำได้ง่ายและยาวพอ"})
        person.refresh_from_db()
        assert person.check_password("ประโยคที่จำได้ง่ายและยาวพอ")

    @pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.AGENCY_ADMIN])
    def test_the_secretariat_resets_nobody_of_its_own_rank(self, client, world: World, role):
        other = join(make_user("another-runner"), world.here.agency, role)
        client.force_login(secretary(world))
        assert self.reset(client, other).status_code == 403
        client.force_login(administrator(world))
        assert self.reset(client, other).status_code == 200

    def test_installation_administrators_are_reset_by_nobody(self, client, world: World):
        join(world.admin, world.here.agency, Role.EXECUTIVE)
        other = make_user("second-admin", is_installation_admin=True)
        for person in (secretary(world), administrator(world), other):
            client.force_login(person)
            assert self.reset(client, world.admin).status_code == 403
        world.admin.refresh_from_db()
        assert world.admin.check_password(PASSWORD)

    def test_people_of_another_agency_are_not_found(self, client, world: World):
        client.force_login(administrator(world))
        assert self.reset(client, world.there.people["committee_3"]).status_code == 404

    def test_without_a_way_nothing_happens(self, client, world: World):
        client.force_login(secretary(world))
        assert self.reset(client, world.here.people["committee_3"], "both").status_code == 400
        assert world.here.people["committee_3"].check_password(PASSWORD)


class TestEnding:
    def end(self, client, membership: Membership, agency: str = "senate"):
        return client.post(reverse("member_role_end", args=[agency, membership.pk]))

    def test_the_person_loses_access_with_the_next_request(self, client, world: World):
        runner = join(make_user("second-secretary"), world.here.agency, Role.SECRETARIAT)
        theirs = client.__class__()
        theirs.force_login(runner)
        members = reverse("member_list", args=["senate"])
        assert theirs.get(members).status_code == 200
        client.force_login(administrator(world))
        client.post(reverse("member_end", args=["senate", runner.pk]))
        assert theirs.get(members).status_code == 404
        ended = Membership.objects.get(user=runner)
        assert ended.ended_by == administrator(world)
        assert AuditEvent.objects.filter(verb="member.ended", object_id=ended.pk).count() == 1

    def test_one_role_ends_and_the_other_stays(self, client, world: World):
        person = join(world.here.people["committee_3"], world.here.agency, Role.EXECUTIVE)
        client.force_login(secretary(world))
        response = self.end(client, person.memberships.get(role="committee"))
        assert response["Location"] == reverse("member_edit", args=["senate", person.pk])
        assert roles_of(person) == [("senate", "executive", None, None)]

    def test_all_or_nothing_when_one_role_is_too_high(self, client, world: World):
        person = join(administrator(world), world.here.agency, Role.EXECUTIVE)
        client.force_login(secretary(world))
        assert client.post(reverse("member_end", args=["senate", person.pk])).status_code == 403
        assert len(roles_of(person)) == 2

    def test_an_administrator_does_not_end_the_own_role(self, client, world: World):
        client.force_login(administrator(world))
        assert self.end(client, administrator(world).memberships.get()).status_code == 403
        assert roles_of(administrator(world)) == [("senate", "agency_admin", None, None)]

    def test_roles_of_another_agency_are_not_found(self, client, world: World):
        theirs = world.there.people["committee_3"]
        client.force_login(administrator(world))
        assert self.end(client, theirs.memberships.get()).status_code == 404
        assert len(roles_of(theirs)) == 1

    def test_a_role_ends_once(self, client, world: World):
        membership = world.here.people["committee_3"].memberships.get()
        Membership.objects.filter(pk=membership.pk).update(
            ended_at=timezone.now(), ended_by=administrator(world).pk
        )
        client.force_login(secretary(world))
        assert self.end(client, membership).status_code == 404


class TestPages:
    def test_the_list_stands_in_thai_order_with_roles_and_says_who_never_came(self, client, world: World):
        for user in User.objects.filter(memberships__agency=world.here.agency):
            User.objects.filter(pk=user.pk).update(last_login=timezone.now())
        for username, name in (("c", "ไก่"), ("b", "ข้าว"), ("a", "เกลือ")):
            user = join(make_user(username), world.here.agency, Role.EXECUTIVE)
            User.objects.filter(pk=user.pk).update(display_name=name)
        client.force_login(secretary(world))
        page = client.get(reverse("member_list", args=["senate"])).content.decode()
        assert page.index("เกลือ") < page.index("ไก่") < page.index("ข้าว") < page.index("senate-committee-1")
        assert page.count("ยังไม่เคยเข้าใช้") == 3
        assert f"เจ้าหน้าที่หน่วยงานย่อย ({world.here.unit.name})" in page
        assert "nso-" not in page

    def test_thirty_people_cost_as_many_queries_as_one(self, client, world: World):
        client.force_login(secretary(world))
        address = reverse("member_list", args=["senate"])
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for number in range(30):
            unit = Owner.objects.create(agency=world.here.agency, name=f"กอง {number}")
            join(make_user(f"member-{number}"), world.here.agency, Role.UNIT_OFFICER, unit=unit)
        with CaptureQueriesContext(connection) as many:
            page = client.get(address).content.decode()
        assert "แสดง 1–30 จาก 36" in page
        assert len(many) == len(few) <= 25

    def test_another_role_is_added_from_the_persons_page(self, client, world: World):
        person = world.here.people["committee_3"]
        client.force_login(secretary(world))
        address = reverse("member_role_add", args=["senate", person.pk])
        refused = client.post(address, {"role": "committee", "category": ""})
        assert "คณะทำงานต้องระบุหมวด 1–7" in errors(refused)
        client.post(address, {"role": "committee", "category": "5"})
        assert roles_of(person) == [("senate", "committee", 3, None), ("senate", "committee", 5, None)]
        assert "ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว" in errors(client.post(address, {"role": "committee", "category": "5"}))

    def test_the_name_is_changed_where_the_account_is_only_ours(self, client, world: World):
        person = world.here.people["committee_3"]
        address = reverse("member_edit", args=["senate", person.pk])
        client.force_login(secretary(world))
        assert "กรุณากรอกชื่อที่แสดง" in errors(client.post(address, {"display_name": ""}))
        client.post(address, {"display_name": "ชื่อ  ใหม่"})
        person.refresh_from_db()
        assert person.display_name == "ชื่อ ใหม่"

    def test_people_who_left_are_not_found(self, client, world: World):
        person = world.here.people["committee_3"]
        person.memberships.update(ended_at=timezone.now(), ended_by=administrator(world))
        client.force_login(secretary(world))
        assert client.get(reverse("member_edit", args=["senate", person.pk])).status_code == 404
        assert person.username not in client.get(reverse("member_list", args=["senate"])).content.decode()
