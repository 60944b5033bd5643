"""A person who deletes their account and signs up again is blocked and suspended as before."""

import secrets

from tests.stack.support import Answer, Api, Stack, new_login, sign_in, stored, wait_until

HOST = "eve"
DELETED_WITHIN_SECONDS = 240.0
"""Two runs of the reconciler, which is invoked each minute, and the pause between the passes."""


def joins(stack: Stack, username: str, email: str) -> tuple[Api, str]:
    """Sign up and choose a username. Return the person and their user id."""
    person = sign_in(stack, new_login(username, email))
    answer = person.put("/api/me", {"username": username})
    assert answer.status == 200, answer.json
    return person, answer.json["id"]


def subject_of(person: Api) -> str:
    return person.get("/api/me/export").json["signIn"]["subject"]


def watches(person: Api) -> Answer:
    return person.post("/api/token", {"host": HOST})


def test_a_new_sign_up_escapes_neither_a_block_nor_a_suspension(stack: Stack) -> None:
    name = f"pam_{secrets.token_hex(4)}"
    email, host, olga = f"{name}@example.com", stack.api(HOST), stack.api("olga")
    pam, user_id = joins(stack, name, email)
    subject = subject_of(pam)
    assert host.put(f"/api/blocks/{name}").status == 204
    assert olga.put(f"/api/admin/suspensions/{name}", {"reason": "A test"}).status == 204
    assert pam.delete("/api/me").status == 202
    wait_until(
        lambda: user_id not in str(stored("deletion")),
        within=DELETED_WITHIN_SECONDS,
        what="the deletion to end",
    )
    assert email not in str(stored())

    returned, id = joins(stack, f"{name}_b", email.upper())

    assert subject_of(returned) != subject
    assert id == user_id
    assert returned.get("/api/me").json["suspension"]["reason"] == "A test"
    assert watches(returned).refused_with(403, "blocked")
    assert olga.delete(f"/api/admin/suspensions/{name}_b").status == 204
    assert host.delete(f"/api/blocks/{name}_b").status == 204
