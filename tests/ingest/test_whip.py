"""A WHIP encoder: statuses, the answer, what LiveKit reports, and the ways to end."""

import asyncio
from urllib.parse import urlsplit

import aiohttp
import pytest
from livekit.protocol.ingress import (
    DeleteIngressRequest,
    IngressInfo,
    IngressInput,
    IngressState,
    UpdateIngressRequest,
)
from livekit.protocol.models import ParticipantInfo

from tests.ingest.broadcasts import ended, left, published, started, state_of
from tests.ingest.whip import Publisher, bearer, publish
from tests.local.servers import Ingest, eventually


@pytest.fixture
def made(ingest: Ingest) -> IngressInfo:
    """A WHIP ingress."""
    return ingest.create_ingress(IngressInput.WHIP_INPUT)


def test_the_key_is_the_bearer_or_in_the_path(ingest: Ingest, made: IngressInfo) -> None:
    key = made.stream_key

    assert publish(made.url, bearer(key)).status == 201
    assert publish(made.url, {"Authorization": key}).status == 201
    assert publish(f"{made.url}/{key}", {}).status == 201

    assert publish(made.url, {"Authorization": f"bearer {key}"}).status == 404
    assert publish(f"{made.url}/", bearer(key)).status == 404


def test_refusals_have_a_status_and_no_cors_header(ingest: Ingest, made: IngressInfo) -> None:
    rtmp = ingest.create_ingress()
    refusals = [
        publish(made.url, {}),
        publish(made.url, bearer("no-such-key")),
        publish(made.url, bearer(rtmp.stream_key)),
    ]
    disable = UpdateIngressRequest(ingress_id=made.ingress_id, enabled=False)
    ingest.call(lambda livekit: livekit.ingress.update_ingress(disable))
    refusals.append(publish(made.url, bearer(made.stream_key)))

    assert [(refusal.status, refusal.text) for refusal in refusals] == [
        (500, "request needs to specify either IngressId or StreamKey"),
        (404, "ingress does not exist"),
        (400, "invalid ingress type"),
        (403, "session is disabled"),
    ]
    assert not any("Access-Control-Allow-Origin" in refusal.headers for refusal in refusals)


def test_browsers_may_publish_from_any_origin(made: IngressInfo) -> None:
    async def preflight() -> tuple[int, str]:
        async with aiohttp.ClientSession() as http, http.options(made.url) as response:
            return response.status, response.headers["Access-Control-Allow-Origin"]

    assert asyncio.run(preflight()) == (204, "*")
    assert publish(made.url, bearer(made.stream_key)).headers["Access-Control-Allow-Origin"] == "*"


def test_the_answer_names_the_resource(made: IngressInfo) -> None:
    encoder = publish(made.url, bearer(made.stream_key))

    assert encoder.headers["Content-Type"].startswith("application/sdp")
    path = urlsplit(encoder.resource).path.split("/")
    assert path[:3] == ["", "w", made.stream_key]
    assert path[3].startswith("WH_")
    assert encoder.headers["ETag"]
    assert "Link" not in encoder.headers


def test_media_passes_through_until_the_resource_is_deleted(
    ingest: Ingest, made: IngressInfo
) -> None:
    creators: list[ParticipantInfo] = []
    states: list[IngressState] = []

    async def broadcast(encoder: Publisher) -> None:
        creators.append(await asyncio.to_thread(published, ingest, made))
        await asyncio.to_thread(
            eventually, "the size", lambda: state_of(ingest, made).video.width, 20
        )
        states.append(await asyncio.to_thread(state_of, ingest, made))
        async with encoder.http.delete(encoder.resource) as response:
            assert response.status == 200

    publish(made.url, bearer(made.stream_key), broadcast)

    [creator], [state] = creators, states
    assert creator.identity == made.participant_identity
    assert creator.kind == ParticipantInfo.Kind.INGRESS
    assert creator.attributes["ingress.ingressID"] == made.ingress_id
    assert state.status == IngressState.ENDPOINT_PUBLISHING
    assert state.audio.mime_type == "audio/opus"
    assert (state.video.width, state.video.height) == (640, 480)
    assert (state.video.framerate, state.video.average_bitrate) == (0, 0)
    last = ended(ingest, made)
    assert (last.status, last.error) == (IngressState.ENDPOINT_INACTIVE, "")
    assert last.started_at == started(ingest, made).started_at
    left(ingest, made)


def test_a_restart_needs_credentials(ingest: Ingest, made: IngressInfo) -> None:
    responses: list[tuple[int, str]] = []

    async def broadcast(encoder: Publisher) -> None:
        await asyncio.to_thread(published, ingest, made)
        fragment = {"Content-Type": "application/trickle-ice-sdpfrag"}
        url = encoder.resource
        async with encoder.http.patch(url, data="a=mid:0\r\n", headers=fragment) as response:
            responses.append((response.status, await response.text()))

    publish(made.url, bearer(made.stream_key), broadcast)

    assert responses == [(400, "whip restart request was invalid")]


def test_closing_the_connection_ends_the_broadcast(ingest: Ingest, made: IngressInfo) -> None:
    async def broadcast(_encoder: Publisher) -> None:
        await asyncio.to_thread(published, ingest, made)

    publish(made.url, bearer(made.stream_key), broadcast)

    assert ended(ingest, made).status == IngressState.ENDPOINT_INACTIVE
    left(ingest, made)


def test_deleting_the_ingress_ends_the_broadcast(ingest: Ingest, made: IngressInfo) -> None:
    async def broadcast(_encoder: Publisher) -> None:
        await asyncio.to_thread(published, ingest, made)
        delete = DeleteIngressRequest(ingress_id=made.ingress_id)
        await asyncio.to_thread(ingest.call, lambda livekit: livekit.ingress.delete_ingress(delete))
        await asyncio.to_thread(left, ingest, made)

    publish(made.url, bearer(made.stream_key), broadcast)

    # Whether `ingress_ended` is sent depends on a race within LiveKit Ingress.
    assert ingest.ingress(made.ingress_id) is None


def test_an_abandoned_offer_is_an_error(ingest: Ingest, made: IngressInfo) -> None:
    assert publish(made.url, bearer(made.stream_key)).status == 201

    state = ended(ingest, made)
    assert state.status == IngressState.ENDPOINT_ERROR
    assert state.error == "source encoder not ready"
    assert not ingest.sink.of(made.ingress_id, "ingress_started")
