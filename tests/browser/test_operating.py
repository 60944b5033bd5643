"""The page of operators: who may see it, suspensions, approvals, and notices."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults_of
from tests.browser.conftest import NewContext
from tests.stack.support import Stack, User, functions_with

HOST = "bob"
REASON = "Sells counterfeit tickets"


@pytest.fixture(autouse=True)
def _bob_in_good_standing(stack: Stack) -> Iterator[None]:
    """Lift the suspension after a test, even after one that failed."""
    yield
    assert stack.api("olga").delete(f"/api/admin/suspensions/{HOST}").status == 204


def test_an_operator_suspends_a_channel_while_people_are_on_it(
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    operator, guest, bob = (new_context().new_page() for _ in range(3))
    sign_in(operator, "olga")
    sign_in(bob, HOST)
    guest.goto(f"/{HOST}")
    expect(guest.get_by_role("heading", name=HOST, exact=True)).to_be_visible()

    operator.get_by_test_id("user-menu").click()
    operator.get_by_role("link", name="Admin").click()
    operator.get_by_label("Find a person").fill(HOST)
    operator.get_by_label("Find a person").press("Enter")
    operator.get_by_role("button", name=f"Suspend {HOST}").click()
    operator.get_by_test_id("confirm-suspend").click()
    expect(operator.get_by_role("alert")).to_have_text("Enter a reason")
    operator.get_by_role("textbox", name="Reason").fill(REASON)
    operator.get_by_test_id("confirm-suspend").click()
    lift = operator.get_by_role("button", name=f"Lift suspension of {HOST}")
    expect(lift).to_be_visible()
    log = operator.get_by_role("list", name="Operators\u2019 log").get_by_role("listitem")
    expect(log.first).to_contain_text(f"olga suspended {HOST}")
    expect(log.first).to_contain_text(REASON)
    screenshot(operator, "suspended")

    expect(guest.get_by_role("heading", name="Page not found")).to_be_visible()
    bob.reload()
    expect(bob.get_by_test_id("suspension")).to_contain_text(REASON)
    screenshot(bob, "notice")

    lift.click()
    expect(operator.get_by_role("button", name=f"Suspend {HOST}")).to_be_visible()
    expect(log.first).to_contain_text(f"olga lifted the suspension of {HOST}")
    guest.reload()
    expect(guest.get_by_role("heading", name=HOST, exact=True)).to_be_visible()
    bob.reload()
    expect(bob.get_by_test_id("user-menu")).to_be_visible()
    expect(bob.get_by_test_id("suspension")).to_have_count(0)


def test_a_refused_change_shows_the_suspension(
    stack: Stack, new_context: NewContext, sign_in: Callable[[Page, str], User]
) -> None:
    bob = new_context().new_page()
    sign_in(bob, HOST)
    bob.goto(f"/u/{HOST}/chat")
    slow = bob.get_by_role("switch", name="Slow mode")
    expect(slow).not_to_be_checked()
    body = {"reason": REASON, "until": "2100-01-01T12:00:00Z"}
    assert stack.api("olga").put(f"/api/admin/suspensions/{HOST}", body).status == 204

    slow.click()

    expect(bob.get_by_text("Your account is suspended.")).to_be_visible()
    expect(slow).not_to_be_checked()
    notice = bob.get_by_test_id("suspension")
    expect(notice).to_contain_text(REASON)
    expect(notice).to_contain_text("2100")


def test_the_page_is_for_operators_only(
    page: Page, new_context: NewContext, sign_in: Callable[[Page, str], User]
) -> None:
    page.goto("/admin")
    expect(page.get_by_role("heading", name="Sign in to continue")).to_be_visible()
    viewer = new_context().new_page()
    sign_in(viewer, "cleo")
    viewer.goto("/admin")
    expect(viewer.get_by_role("heading", name="Page not found")).to_be_visible()
    viewer.get_by_test_id("user-menu").click()
    expect(viewer.get_by_role("link", name="Dashboard")).to_be_visible()
    expect(viewer.get_by_role("link", name="Admin")).to_have_count(0)


def test_a_guest_reports_a_channel_and_an_operator_decides(
    new_context: NewContext, sign_in: Callable[[Page, str], User]
) -> None:
    guest, operator = new_context().new_page(), new_context().new_page()
    guest.goto(f"/{HOST}")
    guest.get_by_test_id("chat-more").click()
    guest.get_by_role("menuitem", name="Report channel…").click()
    guest.get_by_test_id("send-report").click()
    expect(guest.get_by_role("alert")).to_have_text("Choose a reason.")
    guest.get_by_text("Spam or fraud").click()
    guest.get_by_label("Details (optional)").fill(REASON)
    guest.get_by_test_id("send-report").click()
    expect(guest.get_by_text("Thanks. The operators will look at your report.")).to_be_visible()

    sign_in(operator, "olga")
    operator.goto("/admin")
    reports = operator.get_by_role("list", name="Open reports").get_by_role("listitem")
    expect(reports).to_have_count(1)
    expect(reports.first).to_contain_text(f"Spam or fraud: {HOST}")
    expect(reports.first).to_contain_text(REASON)
    reports.first.get_by_role("button", name=f"Dismiss: report about {HOST}").click()
    expect(operator.get_by_text("No open reports")).to_be_visible()
    log = operator.get_by_role("list", name="Operators\u2019 log").get_by_role("listitem")
    operator.reload()
    expect(log.first).to_contain_text(f"olga dismissed a report about {HOST}")


def test_a_warned_person_reads_the_warning_once(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    filed = stack.api("cleo").post("/api/reports", {"username": HOST, "reason": "other"})
    report = f"/api/admin/reports/{filed.json['id']}"
    olga = stack.api("olga")
    assert olga.patch(report, {"decision": "warned", "note": REASON}).status == 200
    bob = new_context().new_page()
    sign_in(bob, HOST)
    warning = bob.get_by_test_id("warning")
    expect(warning).to_contain_text(REASON)
    screenshot(bob, "warning")
    bob.get_by_role("button", name="Got it").click()
    expect(warning).to_have_count(0)
    bob.reload()
    expect(bob.get_by_test_id("user-menu")).to_be_visible()
    expect(warning).to_have_count(0)
    # A warning that is taken back is shown in no other browser.
    assert olga.patch(report, {"decision": "dismissed"}).status == 200
    assert stack.api(HOST).get("/api/me").json["warning"] is None


@pytest.fixture
def _approved_only(stack: Stack) -> Iterator[None]:
    """Let only approved people stream, and leave no approval behind."""
    with functions_with("FOOTLIGHT_STREAMING", "approved"):
        assert stack.api("dan").get("/api/ingress").refused_with(403, "not_approved")
        yield
        assert stack.api("olga").delete("/api/admin/streamers/dan").status == 204


@pytest.mark.usefixtures("_approved_only")
def test_an_operator_approves_a_person_and_withdraws_the_approval(
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    operator, dan = new_context().new_page(), new_context().new_page()
    sign_in(dan, "dan")
    dan.goto("/u/dan/keys")
    refused = dan.get_by_role("heading", name="You can\u2019t stream yet")
    expect(refused).to_be_visible()
    screenshot(dan, "refused")

    sign_in(operator, "olga")
    operator.goto("/admin")
    operator.get_by_label("Find a person").fill("dan")
    operator.get_by_label("Find a person").press("Enter")
    expect(operator.get_by_text("Not approved to stream")).to_be_visible()
    operator.get_by_role("button", name="Approve dan to stream").click()
    expect(operator.get_by_text("dan may stream now")).to_be_visible()
    withdraw = operator.get_by_role("button", name="Withdraw approval of dan")
    expect(withdraw).to_be_visible()
    assert not faults_of(operator, "main")
    log = operator.get_by_role("list", name="Operators\u2019 log").get_by_role("listitem")
    expect(log.first).to_contain_text("olga approved dan to stream")
    screenshot(operator, "approved")
    dan.reload()
    expect(dan.get_by_role("heading", name="Keys")).to_be_visible()
    expect(dan.get_by_role("button", name="Create your stream key")).to_be_visible()

    withdraw.click()
    dialog = operator.get_by_role("dialog", name="Withdraw the approval of dan?")
    dialog.get_by_role("button", name="Withdraw approval").click()
    expect(operator.get_by_role("button", name="Approve dan to stream")).to_be_visible()
    expect(log.first).to_contain_text("olga withdrew dan\u2019s approval to stream")
    dan.reload()
    expect(refused).to_be_visible()


def test_an_operator_shows_a_notice_on_every_page_and_removes_it(
    stack: Stack,
    page: Page,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    text = "Maintenance at 22:00 UTC <b>"
    operator = new_context().new_page()
    sign_in(operator, "olga")
    operator.goto("/admin")
    try:
        field = operator.get_by_label("Notice on every page")
        field.fill("   ")
        operator.get_by_test_id("set-notice").click()
        expect(operator.get_by_role("alert")).to_be_visible()
        field.fill(text)
        operator.get_by_test_id("set-notice").click()
        notice = operator.get_by_test_id("site-notice")
        expect(notice).to_have_text(text)
        expect(field).to_have_value("")
        assert not faults_of(operator, "main")
        log = operator.get_by_role("list", name="Operators\u2019 log").get_by_role("listitem")
        expect(log.first).to_contain_text("olga put a notice on every page")
        expect(log.first).to_contain_text(text)
        screenshot(operator, "form")
        for path in ("/", f"/{HOST}", "/search?term=bob"):
            page.goto(path)
            expect(page.get_by_test_id("site-notice")).to_have_text(text)
        screenshot(page, "notice")

        operator.get_by_role("button", name="Remove the notice").click()
        expect(notice).to_have_count(0)
        expect(log.first).to_contain_text("olga removed the notice from every page")
        with page.expect_response("**/api/pages/home*"):
            page.goto("/")
        expect(page.get_by_test_id("site-notice")).to_have_count(0)
    finally:
        assert stack.api("olga").delete("/api/admin/notice").status == 204
