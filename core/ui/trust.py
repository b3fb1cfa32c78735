"""What pictures like a viewer's cost the networks, as far as it was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.schema import Card
from core.ui import resources
from core.words.networks import title
from core.words.robustness import cost


def costs(picture: Mapping[str, float], cards: Sequence[Card]) -> list[str]:
    """A sentence for each network that loses much on pictures like this.

    Args:
        picture: measures of a chip by name, as in `core.faces.quality.Quality.picture`.
        cards: of the networks.
    """
    expected = [(card, resources.trust(card).expected(picture)) for card in cards]
    found = [cost(entry, title(card)) for card, entry in expected if entry is not None]
    return [sentence for sentence in found if sentence]
