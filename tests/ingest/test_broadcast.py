"""A broadcast from the encoder's connection to its end, as LiveKit reports it."""

import signal

from livekit.protocol.ingress import IngressState

from tests.local.servers import Ingest, eventually

WITHIN_SECONDS = 20.0


def test_a_broadcast_starts_and_ends_with_signed_webhooks(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: ingest.sink.of(made.ingress_id, "ingress_started"), WITHIN_SECONDS)

    assert ingest.stop(encoder) == 0

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), WITHIN_SECONDS)
    # LiveKit Ingress sends the start a second time if sound and picture are ready together.
    started = ingest.sink.of(made.ingress_id, "ingress_started")[0].ingress_info.state
    [ended] = ingest.sink.of(made.ingress_id, "ingress_ended")
    last = ended.ingress_info.state
    assert started.status == IngressState.ENDPOINT_PUBLISHING
    assert last.status == IngressState.ENDPOINT_INACTIVE
    assert started.started_at == last.started_at
    assert started.updated_at < last.updated_at
    assert ingest.sink.forged == 0


def test_a_killed_encoder_ends_the_broadcast(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("live", lambda: ingest.sink.of(made.ingress_id, "ingress_started"), WITHIN_SECONDS)

    ingest.stop(encoder, signal.SIGKILL)

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), WITHIN_SECONDS)
