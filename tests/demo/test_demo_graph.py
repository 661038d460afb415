from __future__ import annotations

import pytest
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.assigned_plan import AssignedPlan
from msgraph.generated.models.license_assignment_state import LicenseAssignmentState
from msgraph.generated.models.license_units_detail import LicenseUnitsDetail
from msgraph.generated.models.organization import Organization
from msgraph.generated.models.provisioned_plan import ProvisionedPlan
from msgraph.generated.models.service_plan_info import ServicePlanInfo
from msgraph.generated.models.subscribed_sku import SubscribedSku
from msgraph.generated.models.user import User
from msgraph.generated.models.verified_domain import VerifiedDomain

from compliance.demo.odd import Odd
from compliance.demo.people import Licence

FIELDS = "id,userPrincipalName,userType,accountEnabled,assignedPlans,assignedLicenses,licenseAssignmentStates"
ADVANCED_AUDITING = "2f442157-a11c-46b9-ae5b-6e39ff4e5849"


def known(model: object) -> set[str]:
    return set(model.get_field_deserializers())


def test_every_property_is_one_that_microsofts_own_sdk_knows(client, rows):
    (organization,) = rows(client.get("graph", "/v1.0/organization"))
    assert set(organization) <= known(Organization())
    assert {name for plan in organization["assignedPlans"] for name in plan} <= known(AssignedPlan())
    assert {name for plan in organization["provisionedPlans"] for name in plan} <= known(ProvisionedPlan())
    assert {name for domain in organization["verifiedDomains"] for name in domain} <= known(VerifiedDomain())
    for sku in rows(client.get("graph", "/v1.0/subscribedSkus")):
        assert set(sku) <= known(SubscribedSku())
        assert set(sku["prepaidUnits"]) <= known(LicenseUnitsDetail())
        assert {name for plan in sku["servicePlans"] for name in plan} <= known(ServicePlanInfo())
    for user in rows(client.get("graph", f"/v1.0/users?$select={FIELDS}")):
        assert set(user) <= known(User())
        assert {name for plan in user["assignedPlans"] for name in plan} <= known(AssignedPlan())
        assert {name for licence in user["assignedLicenses"] for name in licence} <= known(AssignedLicense())
        assert {name for s in user["licenseAssignmentStates"] for name in s} <= known(LicenseAssignmentState())


def test_consumed_units_are_the_users_that_hold_the_licence(client, rows):
    (sku,) = rows(client.get("graph", "/v1.0/subscribedSkus"))
    assert (sku["consumedUnits"], sku["prepaidUnits"]["enabled"]) == (12, 15)
    assert sku["id"] == f"{client.tenant.id}_{sku['skuId']}"


def test_licences_of_users_come_on_select_alone(client, rows):
    without = rows(client.get("graph", "/v1.0/users"))[0]
    assert "userPrincipalName" in without
    assert not {"assignedPlans", "assignedLicenses", "licenseAssignmentStates", "userType"} & set(without)
    assert set(rows(client.get("graph", f"/v1.0/users?$select={FIELDS}"))[0]) == set(FIELDS.split(","))


def test_users_are_paged_by_an_opaque_link_and_counted_on_the_first_page(client):
    url, seen, counts = f"/v1.0/users?$select={FIELDS}&$top=5&$count=true", [], []
    while url:
        page = client.get("graph", url, ConsistencyLevel="eventual").json()
        seen += [user["id"] for user in page["value"]]
        counts.append(page.get("@odata.count"))
        url = page.get("@odata.nextLink")
        assert url is None or "$skiptoken=" in url
    assert seen == [user.id for user in client.tenant.users]
    assert counts == [12, None, None]


def test_the_server_may_give_smaller_pages_than_asked_for(client):
    client.tenant.graph_page_size = 4
    page = client.get("graph", "/v1.0/users?$top=999").json()
    assert len(page["value"]) == 4
    assert "@odata.nextLink" in page


def test_a_count_without_the_consistency_header_is_silently_left_out(client):
    assert "@odata.count" not in client.get("graph", "/v1.0/users?$count=true").json()


@pytest.mark.parametrize("top", ["0", "1000", "many"])
def test_a_page_size_out_of_bounds_is_an_error(client, top):
    reply = client.get("graph", f"/v1.0/users?$top={top}")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "Request_BadRequest")


@pytest.mark.parametrize(
    "url",
    [
        "/v1.0/users?$filter=accountEnabled eq true",
        "/v1.0/subscribedSkus?$filter=skuPartNumber eq 'SPE_E5'",
        "/v1.0/users?$select=id,shoeSize",
        "/v1.0/shoes",
        "/v1.0//organization/x",
        "/v1.0/users?$skiptoken=made-up",
    ],
)
def test_what_is_not_supported_is_a_400_in_graphs_envelope(client, url):
    reply = client.get("graph", url)
    error = reply.json()["error"]
    assert reply.status_code == 400
    assert set(error) == {"code", "message", "innerError"}
    assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/v1.0/organization", "Organization.Read.All"),
        ("/v1.0/subscribedSkus", "LicenseAssignment.Read.All"),
        ("/v1.0/subscribedSkus", "Organization.Read.All"),
        ("/v1.0/users", "User.Read.All"),
    ],
)
def test_each_resource_needs_its_own_permission(client, path, permission):
    client.tenant.identity.graph_roles = ("AuditLog.Read.All",)
    refused = client.get("graph", path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Authorization_RequestDenied")
    client.tenant.identity.graph_roles = (permission,)
    assert client.get("graph", path).status_code == 200


def test_a_token_that_is_missing_or_for_another_api_or_expired_is_a_401(client):
    def refused(authorization):
        reply = client.get("graph", "/v1.0/organization", Authorization=authorization)
        return reply.status_code, reply.json()["error"]["code"]

    expected = (401, "InvalidAuthenticationToken")
    assert refused(None) == expected
    assert refused("Bearer made.up.token") == expected
    assert refused(f"Bearer {client.token('exchange')}") == expected
    client.tenant.identity.token_lifetime_seconds = -1
    assert refused(f"Bearer {client.token('graph')}") == expected


def test_the_date_is_the_simulated_clocks_and_the_client_request_id_comes_back(client):
    reply = client.get("graph", "/v1.0/organization", **{"client-request-id": "my-own"})
    assert reply.headers["Date"] == "Mon, 16 Nov 2026 09:00:00 GMT"
    assert reply.headers["client-request-id"] == "my-own"
    assert reply.headers["request-id"]


def test_a_service_plan_is_shown_as_its_licence_leaves_it(client, rows):
    first, second, third, *_ = client.tenant.users
    first.licences = [Licence("SPE_E5", disabled_plans=(ADVANCED_AUDITING,))]
    second.licences = [Licence("SPE_E5", state="Error", error="CountViolation", group="some-group")]
    third.licences = []
    found = rows(client.get("graph", f"/v1.0/users?$select={FIELDS}"))

    def status(user):
        return {plan["servicePlanId"]: plan["capabilityStatus"] for plan in user["assignedPlans"]}

    assert status(found[0])[ADVANCED_AUDITING] == "Deleted"
    assert set(status(found[1]).values()) == {"Deleted"}
    assert found[1]["licenseAssignmentStates"][0]["assignedByGroup"] == "some-group"
    assert status(found[2]) == {}
    assert status(found[3])[ADVANCED_AUDITING] == "Enabled"
    client.tenant.skus[0].capability_status = "Suspended"
    assert status(rows(client.get("graph", f"/v1.0/users?$select={FIELDS}"))[3])[ADVANCED_AUDITING] == "Suspended"


def test_an_odd_user_has_null_absent_and_unheard_of_values(client, rows):
    client.tenant.users[0].odd = Odd({"accountEnabled": None, "userType": "Robot"}, frozenset({"assignedPlans"}))
    user = rows(client.get("graph", f"/v1.0/users?$select={FIELDS}"))[0]
    assert (user["accountEnabled"], user["userType"]) == (None, "Robot")
    assert "assignedPlans" not in user
