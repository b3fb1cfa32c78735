"""The OpenAPI document holds: made-up requests after it are answered as it says."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from core.api.app import create
from tests.conftest import Lab

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]

EXAMPLES = 12
"""Requests for each route."""


def test_answers_are_as_documented(lab: Lab) -> None:
    document = schemathesis.openapi.from_asgi("/openapi.json", create())
    operations = [result.ok() for result in document.get_all_operations() if isinstance(result, Ok)]
    assert {f"{operation.method} {operation.path}".lower() for operation in operations} >= {
        "get /networks",
        "post /classify",
        "post /jobs",
        "post /compare",
    }
    for operation in operations:

        @given(data=st.data(), strategy=st.just(operation.as_strategy()))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def answered(data: st.DataObject, strategy: st.SearchStrategy[schemathesis.Case]) -> None:
            data.draw(strategy).call_and_validate(checks=CHECKS)

        answered()
