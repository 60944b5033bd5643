"""The list price of a chat message, from the calls that the route table holds."""

from pathlib import Path

from bench import message
from tests.support.recorded import Recorded

README = Path(__file__).parents[2] / "README.md"


def test_readme_states_the_price_of_chat_messages(recorded: Recorded) -> None:
    requests = recorded["POST /api/chat/{username}"].warm.requests
    thousand = 1000 * sum(message.dollars(requests).values())
    assert f"| 1,000 chat messages | ${thousand:.4f}: " in README.read_text()


def test_a_chat_message_reads_seven_items_and_writes_three(recorded: Recorded) -> None:
    requests = recorded["POST /api/chat/{username}"].warm.requests
    assert message.units(requests) == (7, 6)
