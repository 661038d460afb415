"""Exchange Online's admin API: who is let in, the cmdlets, and the probe of what an identity may run.

Sources: app-only authentication and the roles it supports
(https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2), CIPP's New-ExoRequest.ps1 for the probe,
and rknightion/graph2otel's measurements of refusals.
"""

from __future__ import annotations

from compliance.demo import cmdlets
from compliance.demo.adminapi import forbidden, invoke, probe_answer, unauthorized
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, BadToken, Token


def answer(tenant: Tenant, token: Token | BadToken, asked: Asked) -> Answered:
    """Answer one request to Exchange Online."""
    if isinstance(token, BadToken):
        return unauthorized("Authorization has been denied for this request.")
    match asked.method, asked.segments:
        case "POST", ("adminapi", "beta", name, "invokecommand"):
            probe = False
        case "GET", ("adminapi", "v1.0", name, "exomodulefile"):
            probe = True
        case _:
            return Answered(404, content_type=None)
    if name not in tenant.names:
        return unauthorized("The tenant in the request is not the tenant of the token.")
    if "Exchange.ManageAsApp" not in token.roles:
        return unauthorized("The application is not authorized to call this API.")
    identity = tenant.identity
    if not identity.directory_roles and not identity.exchange_roles:
        return forbidden()
    known = cmdlets.EXCHANGE + ((cmdlets.RETENTION,) if tenant.retention_cmdlet_on_exchange else ())
    granted = identity.directory_roles + identity.exchange_roles + identity.purview_roles
    if not probe:
        return invoke(tenant, asked, known, granted)
    return probe_answer(known, granted)
