"""What a redacted copy keeps of the reason why something was not read: what lookback worded, an HTTP status, a code.

An API's message names whoever it likes, and an export's command whom it was asked of. So nothing is taken out of a
reason; what is known to name nobody is picked from it, and the rest is left.
"""

from __future__ import annotations

import re
from typing import Final

from compliance.clouds import CLOUDS
from compliance.evidence.datasets import DATASETS, Api

LEFT_OUT: Final = "a redacted copy does not tell more"
_DATASET: Final = "|".join(map(re.escape, DATASETS))
_NOT_READ: Final = (
    r"\d+ of \d+ could not be read",
    r"page \d+ could not be read",
    r"the next page cannot be followed",
    rf"(?:{_DATASET})(?:, (?:{_DATASET}))* (?:was|were) not read to the end,"
    r" so (?:nothing is known to ask about|there may be more to ask about)",
    r"the answer holds \d+ rows, which no tenant has",
    r"the service gave no count of the rows to compare with",
    r"the answer is not a list of objects in JSON",
    r"the answer is not an object with an id in JSON",
    r"the answer holds an error beside its (?:rows|properties)",
    r"a redirect, which is never followed with a token",
    r"an HTML page of a gateway, not an answer of the API",
    r"with (?:an empty body|a body that is not JSON): the identity lacks the role that holds this cmdlet",
    r"this endpoint does not offer the cmdlet to this identity",
    r"no right to perform [A-Za-z]+(?:\.[A-Za-z]+)+(?:/[A-Za-z]+)+",
    r"without an explanation",
    r"without an error that can be read",
    r"not served here",
    r"no usable answer came",
    r"it went wrong \d+ times",
    r"throttled",
    r"interrupted",
    r"AADSTS\d{5,7}",
    r"(?:Security & Compliance|Exchange Online)(?=: )",
    rf"config\.yaml names no credential for it \(credentials: (?:{'|'.join(Api)}): none\)",
    r"Have an administrator export [A-Za-z-]+\.json, then give it to lookback import --into",
    *(re.escape(lack.reason) for cloud in CLOUDS.values() for lack in cloud.lacks.values()),
    *(re.escape(lack.substitute.removesuffix(".")) for cloud in CLOUDS.values() for lack in cloud.lacks.values()),
)
_DOUBTED: Final = (
    r"provenance\.yaml does not give its (?:command|when|rows)(?:, (?:when|rows))*",
    r"provenance\.yaml does not give its endpoint",
    r"provenance\.yaml does not give the ids of what it was asked of \(asked\), which its rows cannot tell",
    r"provenance\.yaml says \d+ rows, and the file holds \d+",
    r"the file holds \d+ rows; no tenant has fewer than \d+",
    r"exactly [\d,]+ rows, the size at which Microsoft's cmdlets and pages cut off",
    r"exactly \d+ rows, the size of one page: the pages after it may be missing",
    r"a value was cut off by ConvertTo-Json \(System\.Object\[\] or @\{\); export with a greater -Depth",
    r"the answer carries a warning",
    r"its command may leave something out",
    r"its command reads (?:one page|the first page) alone",
    r"its command limits the result to as many rows as it holds",
    r"\d+ of its rows do not say which [A-Za-z ]+ they are of \(id\)",
)
_CAMEL: Final = r"(?=\w*[a-z]_?[A-Z])\w{4,80}"
"""The form of a code, as AuthorizationFailed or Authorization_RequestDenied."""
_CODES: Final = {
    **dict.fromkeys((Api.GRAPH, Api.ARM), rf"(?:Forbidden|Unauthorized|{_CAMEL})"),
    # Exchange says everything in sentences, of which the first word may be anybody's name.
    **dict.fromkeys((Api.EXCHANGE, Api.PURVIEW), r"[A-Za-z]{4,80}Exception"),
}
_BESIDE: Final = re.compile(r"\w")


def redacted_reason(reason: str, api: Api) -> str:
    """Return what names nobody in the reason why a dataset of an API is not whole, and whether there was more."""
    status = rf"(?:^|(?<=: )|(?<=; ))[1-5]\d\d(?= |$)(?: licence:)?(?: {_CODES[api]}(?=:))?"
    known = re.compile("|".join((status, *(rf"(?<!\w)(?:{one})(?!\w)" for one in (*_NOT_READ, *_DOUBTED)))))
    kept = known.findall(reason)
    if not _BESIDE.search(known.sub("", reason)):
        return reason
    return "; ".join((*kept, LEFT_OUT))
