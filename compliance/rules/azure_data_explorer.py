"""How long a database of Azure Data Explorer keeps records: as far as its own policies say.

Microsoft Learn, Retention policy, https://learn.microsoft.com/kusto/management/retention-policy; fact adx.soft-delete.
"""

from __future__ import annotations

import re

from compliance.rules.periods import Duration

_DESIGNATORS = re.compile(
    r"P(?:(?P<years>\d{1,6})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,8})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})(?:\.\d{1,9})?S)?)?",
    re.ASCII,
)
_SECONDS = 24 * 60 * 60
"""Of a day."""


def iso_duration(text: str) -> Duration:
    """An ISO 8601 duration such as `P1095D`, in whole days or, where it has years and months alone, in months.

    A part of a day does not count, and a month beside days counts as 28. Raises `ValueError` for anything else.
    """
    found = _DESIGNATORS.fullmatch(text.strip())
    given = {} if found is None else {name: int(number) for name, number in found.groupdict().items() if number}
    if not given or text.strip().endswith("T"):
        raise ValueError(f"{text!r} is no ISO 8601 duration")
    number = {name: given.get(name, 0) for name in _DESIGNATORS.groupindex}
    months = 12 * number["years"] + number["months"]
    seconds = number["hours"] * 3600 + number["minutes"] * 60 + number["seconds"]
    if given.keys() <= {"years", "months"}:
        return Duration.of_months(months)
    return Duration.of_days(28 * months + 7 * number["weeks"] + number["days"] + seconds // _SECONDS)


def database_text(soft_delete: str | None, hot_cache: str | None) -> str:
    """What a database's own policies say, in words; without `soft_delete` it keeps records without limit.

    The cache decides how fast records are found, not whether. Raises `ValueError` where either is no duration.
    """
    kept = "without limit" if soft_delete is None else f"for {iso_duration(soft_delete)}"
    cached = "" if hot_cache is None else f", {iso_duration(hot_cache)} of them in its cache"
    return f"keeps records {kept} unless a table's own policy says otherwise{cached}"
