"""Which keys, in which forms, an RTMP encoder may publish with."""

import pytest
from livekit.protocol.ingress import IngressInput, IngressState, UpdateIngressRequest

from tests.ingest.broadcasts import ended, is_refused, settle, state_of
from tests.local.servers import Ingest


@pytest.mark.parametrize(
    "path",
    [
        *("live/KEY?x=1", "live/ KEY", "live/KEY\n", "live/KEY/"),
        *("live/key", "KEY", "live/", "live/no-such-key"),
    ],
    ids=repr,
)
def test_other_forms_of_a_key_are_refused_without_a_webhook(ingest: Ingest, path: str) -> None:
    made = ingest.create_ingress()
    key = made.stream_key

    assert is_refused(ingest, path.replace("KEY", key).replace("/key", f"/{key.lower()}"))

    settle(ingest)
    assert not ingest.sink.of(made.ingress_id, "ingress_started")
    assert not ingest.sink.of(made.ingress_id, "ingress_ended")
    assert state_of(ingest, made).status == IngressState.ENDPOINT_INACTIVE


@pytest.mark.parametrize("path", ["live/KEY", "live//KEY", "live/a/b/KEY", "other/KEY"])
def test_the_key_is_the_last_part_of_the_address(ingest: Ingest, path: str) -> None:
    made = ingest.create_ingress()

    assert not is_refused(ingest, path.replace("KEY", made.stream_key))


def test_a_disabled_key_causes_one_webhook(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    disable = UpdateIngressRequest(ingress_id=made.ingress_id, enabled=False)
    ingest.call(lambda livekit: livekit.ingress.update_ingress(disable))

    assert is_refused(ingest, f"live/{made.stream_key}")
    state = ended(ingest, made)
    assert (state.status, state.error) == (IngressState.ENDPOINT_ERROR, "session is disabled")

    # Webhooks are sent when the status changes, and it is ENDPOINT_ERROR already.
    assert is_refused(ingest, f"live/{made.stream_key}")
    settle(ingest)
    assert len(ingest.sink.of(made.ingress_id, "ingress_ended")) == 1
    assert not ingest.sink.of(made.ingress_id, "ingress_started")


def test_a_key_of_another_kind_is_refused(ingest: Ingest) -> None:
    made = ingest.create_ingress(IngressInput.WHIP_INPUT)

    assert is_refused(ingest, f"live/{made.stream_key}")

    state = ended(ingest, made)
    assert (state.status, state.error) == (IngressState.ENDPOINT_ERROR, "invalid ingress type")
