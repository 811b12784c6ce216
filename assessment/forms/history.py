"""What the pages of the history ask for: versions by their number, and decisions."""

from __future__ import annotations

from typing import Any

from django import forms


class VersionField(forms.IntegerField):
    """The number of a version; what no database column holds is no version."""

    def __init__(self, *, first: int = 1, **kwargs: Any) -> None:
        super().__init__(min_value=first, max_value=2**31 - 1, **kwargs)


class VersionForm(forms.Form):
    """One version to look at."""

    version = VersionField()


class CompareForm(forms.Form):
    """Two versions; without `new` the text as it stands."""

    old = VersionField()
    new = VersionField(required=False)


class RestoreForm(VersionForm):
    """Use a version again, on top of the one that the person compared it with."""

    base_version = VersionField()
    key = forms.UUIDField()


class ProposalForm(forms.Form):
    """Take a text that came late, on top of the version that the person compared it with, or leave it."""

    proposal = VersionField()
    base_version = VersionField(first=0)
    decision = forms.ChoiceField(choices=[("accept", ""), ("dismiss", "")])
