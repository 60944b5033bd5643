"""Rooms and participant identities."""

import re

from hypothesis import given
from hypothesis import strategies as st

from footlight import identities
from footlight.identities import Guest, Identity, Person

IDS = st.from_regex(identities.USER_ID_PATTERN, fullmatch=True)
TABS = st.from_regex(identities.TAB_PATTERN, fullmatch=True)
PEOPLE = st.builds(Person, id=IDS, username=st.just("bob"))
GUESTS = st.builds(Guest, id=st.uuids(version=4).map(str))
VIEWERS = st.one_of(PEOPLE, GUESTS)


@given(VIEWERS, TABS, IDS)
def test_a_viewer_identity_is_parsed_to_its_parts(
    viewer: Person | Guest, tab: str, host: str
) -> None:
    identity = identities.viewer_identity(viewer, tab, host_id=host)
    if viewer.id != host:
        assert identity == f"{viewer.id}:{tab}"
        role = "viewer" if isinstance(viewer, Person) else "guest"
        assert identities.parse(identity) == Identity(role, viewer.id, tab)


@given(VIEWERS, TABS, IDS)
def test_a_viewer_identity_differs_from_the_encoders(
    viewer: Person | Guest, tab: str, host: str
) -> None:
    identity = identities.viewer_identity(viewer, tab, host_id=host)
    assert identity != identities.ingress_identity(host)
    assert not re.fullmatch(identities.USER_ID_PATTERN, identity)


@given(PEOPLE, TABS)
def test_the_creator_is_the_host_of_their_own_channel(creator: Person, tab: str) -> None:
    identity = identities.viewer_identity(creator, tab, host_id=creator.id)
    assert identity == f"Host-{creator.id}:{tab}"
    assert identities.parse(identity) == Identity("host", creator.id, tab)


@given(IDS)
def test_the_encoders_identity_is_not_a_viewer_identity(host: str) -> None:
    assert identities.ingress_identity(host) == identities.room_of(host) == host
    assert identities.parse(identities.ingress_identity(host)) is None


@given(GUESTS)
def test_a_guest_name_is_stable_and_derived_from_the_id(guest: Guest) -> None:
    assert re.fullmatch(r"guest-[0-9]{9}", guest.name)
    assert guest.name == Guest(guest.id).name
    assert guest.id not in guest.name


def test_new_ids_are_unique_and_match_their_pattern() -> None:
    people = {identities.new_user_id() for _ in range(100)}
    guests = {identities.new_guest_id() for _ in range(100)}
    tabs = {identities.new_tab() for _ in range(100)}
    assert len(people) == len(guests) == len(tabs) == 100
    assert all(re.fullmatch(identities.USER_ID_PATTERN, user_id) for user_id in people)
    assert not any(re.fullmatch(identities.USER_ID_PATTERN, guest_id) for guest_id in guests)
    assert all(re.fullmatch(identities.TAB_PATTERN, tab) for tab in tabs)
