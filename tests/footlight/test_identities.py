"""Who is in a room, and under which names."""

import re

from hypothesis import given
from hypothesis import strategies as st

from footlight import identities
from footlight.identities import Guest, Person

IDS = st.from_regex(identities.USER_ID_PATTERN, fullmatch=True)
TABS = st.from_regex(identities.TAB_PATTERN, fullmatch=True)
PEOPLE = st.builds(Person, id=IDS, username=st.just("bob"))
GUESTS = st.builds(Guest, id=st.uuids(version=4).map(str))
VIEWERS = st.one_of(PEOPLE, GUESTS)


@given(VIEWERS, TABS, IDS)
def test_the_viewer_is_read_back_from_their_identity(
    viewer: Person | Guest, tab: str, host: str
) -> None:
    identity = identities.viewer_identity(viewer, tab, host_id=host)
    if viewer.id != host:
        assert identity == f"{viewer.id}:{tab}"
        assert identities.viewer_id_of(identity) == viewer.id


@given(VIEWERS, TABS, IDS)
def test_no_viewer_can_pass_for_the_encoder(viewer: Person | Guest, tab: str, host: str) -> None:
    identity = identities.viewer_identity(viewer, tab, host_id=host)
    assert identity != identities.ingress_identity(host)
    assert not re.fullmatch(identities.USER_ID_PATTERN, identity)


@given(PEOPLE, TABS)
def test_the_creator_is_the_host_of_their_own_channel(creator: Person, tab: str) -> None:
    identity = identities.viewer_identity(creator, tab, host_id=creator.id)
    assert identity == f"Host-{creator.id}:{tab}"
    assert identities.viewer_id_of(identity) is None


@given(IDS)
def test_the_encoder_is_no_viewer(host: str) -> None:
    assert identities.ingress_identity(host) == identities.room_of(host) == host
    assert identities.viewer_id_of(identities.ingress_identity(host)) is None


@given(GUESTS)
def test_a_guests_name_is_theirs_for_good_and_not_of_their_choosing(guest: Guest) -> None:
    assert re.fullmatch(r"guest-[0-9]{9}", guest.name)
    assert guest.name == Guest(guest.id).name
    assert guest.id not in guest.name


def test_ids_are_new_and_of_their_kind() -> None:
    people = {identities.new_user_id() for _ in range(100)}
    guests = {identities.new_guest_id() for _ in range(100)}
    tabs = {identities.new_tab() for _ in range(100)}
    assert len(people) == len(guests) == len(tabs) == 100
    assert all(re.fullmatch(identities.USER_ID_PATTERN, one) for one in people)
    assert not any(re.fullmatch(identities.USER_ID_PATTERN, one) for one in guests)
    assert all(re.fullmatch(identities.TAB_PATTERN, one) for one in tabs)
