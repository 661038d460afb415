"""Security & Compliance's admin API: a front door that names a regional host, and the regional host itself.

Sources: app-only authentication (https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2) and the
discovery of the regional host in CISA ScubaGear (SecuritySuiteRestHelper.psm1).
"""

from __future__ import annotations

from compliance.demo import cmdlets
from compliance.demo.adminapi import forbidden, invoke, probe_answer, unauthorized
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, BadToken, Token, answered


def answer_front_door(tenant: Tenant, token: Token | BadToken, asked: Asked) -> Answered:
    """Answer one request to the front door: it redirects discovery to the region and runs no cmdlet."""
    refused = _sign_in_refused(token)
    if refused is not None:
        return refused
    match asked.method, asked.segments:
        case "GET", ("adminapi", "v1.0" | "beta", name, _) if name in tenant.names:
            location = f"https://{tenant.purview_region}.admin.protection.outlook.com:446{asked.path}"
            return Answered(302, content_type=None, headers={"location": location})
        case "POST", ("adminapi", "beta", _, "invokecommand"):
            return answered({"error": {"code": "Forbidden", "message": "Use the regional host of the tenant."}}, 403)
    return Answered(404, content_type=None)


def answer_regional(tenant: Tenant, token: Token | BadToken, asked: Asked) -> Answered:
    """Answer one request to the regional host."""
    refused = _sign_in_refused(token)
    if refused is not None:
        return refused
    granted = tenant.identity.directory_roles + tenant.identity.purview_roles
    match asked.method, asked.segments:
        case "POST", ("adminapi", "beta", name, "invokecommand") if name in tenant.names:
            return invoke(tenant, asked, cmdlets.COMPLIANCE, granted) if granted else forbidden()
        case "GET", ("adminapi", "v1.0", name, "exomodulefile") if name in tenant.names:
            return probe_answer(cmdlets.COMPLIANCE, granted) if granted else forbidden()
    return Answered(404, content_type=None)


def _sign_in_refused(token: Token | BadToken) -> Answered | None:
    if isinstance(token, BadToken):
        return unauthorized("Authorization has been denied for this request.")
    if "Exchange.ManageAsApp" not in token.roles:
        return unauthorized("The application is not authorized to call this API.")
    return None
