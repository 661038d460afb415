"""The URLs of Microsoft Graph, compiled by msgraph-sdk's typed request builders.

The SDK is a compiler here and nothing else: it opens no connection and sees no token, and its models are not used.
Importing this module imports msgraph, which takes a moment: import it where it is needed.
"""

from __future__ import annotations

from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.base_graph_service_client import BaseGraphServiceClient
from msgraph.generated.role_management.directory.role_assignments.role_assignments_request_builder import (
    RoleAssignmentsRequestBuilder,
)
from msgraph.generated.role_management.directory.role_eligibility_schedule_instances import (
    role_eligibility_schedule_instances_request_builder as role_eligibilities,
)
from msgraph.generated.security.secure_scores.secure_scores_request_builder import SecureScoresRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter

USER_PROPERTIES = (
    "id",
    "userPrincipalName",
    "userType",
    "accountEnabled",
    "assignedPlans",
    "assignedLicenses",
    "licenseAssignmentStates",
)
"""What is asked of a user; plans and licences come only when named in `$select`."""

USERS_PER_PAGE = 999
"""The largest `$top` of `/users` (Microsoft Graph, "List users")."""


def organization_url(root: str) -> str:
    """The URL of `GET /v1.0/organization` below a Graph root."""
    return _compiled(root, _client().organization.to_get_request_information())


def subscribed_skus_url(root: str) -> str:
    """The URL of `GET /v1.0/subscribedSkus` below a Graph root."""
    return _compiled(root, _client().subscribed_skus.to_get_request_information())


def users_url(root: str) -> str:
    """The URL of the first page of `GET /v1.0/users` below a Graph root, counted."""
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        count=True, select=list(USER_PROPERTIES), top=USERS_PER_PAGE
    )
    return _compiled(root, _client().users.to_get_request_information(RequestConfiguration(query_parameters=query)))


def secure_score_url(root: str) -> str:
    """The URL of `GET /v1.0/security/secureScores` below a Graph root, for the latest score alone."""
    query = SecureScoresRequestBuilder.SecureScoresRequestBuilderGetQueryParameters(top=1)
    builder = _client().security.secure_scores
    return _compiled(root, builder.to_get_request_information(RequestConfiguration(query_parameters=query)))


def role_assignments_url(root: str) -> str:
    """The URL of `GET /v1.0/roleManagement/directory/roleAssignments` below a Graph root, with who holds each."""
    query = RoleAssignmentsRequestBuilder.RoleAssignmentsRequestBuilderGetQueryParameters(expand=["principal"])
    builder = _client().role_management.directory.role_assignments
    return _compiled(root, builder.to_get_request_information(RequestConfiguration(query_parameters=query)))


def role_eligibilities_url(root: str) -> str:
    """The URL of `GET /v1.0/roleManagement/directory/roleEligibilityScheduleInstances`, with who may take on each."""
    builder_type = role_eligibilities.RoleEligibilityScheduleInstancesRequestBuilder
    query = builder_type.RoleEligibilityScheduleInstancesRequestBuilderGetQueryParameters(expand=["principal"])
    builder = _client().role_management.directory.role_eligibility_schedule_instances
    return _compiled(root, builder.to_get_request_information(RequestConfiguration(query_parameters=query)))


def _client() -> BaseGraphServiceClient:
    return BaseGraphServiceClient(GraphRequestAdapter(AnonymousAuthenticationProvider()))


def _compiled(root: str, request: RequestInformation) -> str:
    # The SDK's own base URL ends in a slash, and the template adds another.
    request.path_parameters["baseurl"] = f"{root}/v1.0"
    return str(request.url)
