"""An RTMP encoder before the ingress stand-in, with a real livekit-server behind it."""

from tests.local.servers import Ingest, eventually


def test_a_broadcast_starts_and_ends_with_signed_webhooks(ingest: Ingest) -> None:
    made = ingest.create_ingress()
    encoder = ingest.start_encoder(made.stream_key)
    eventually("ingress_started", lambda: ingest.sink.of(made.ingress_id, "ingress_started"), 15)
    assert ingest.stop(encoder) == 0
    eventually("ingress_ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"))
