"""A recipe with another seed, and at another size: what a run of it is called."""

from __future__ import annotations

from dataclasses import dataclass

from core import networks
from core.errors import RecipeError
from core.training.recipe import Recipe


@dataclass(frozen=True)
class Reseeded:
    """A recipe to be trained once more.

    Attributes:
        original: the recipe.
        recipe: the same with another seed and perhaps another size; its id is its own, so
            that runs do not mix.
        size: side in pixels to which `recipe` enlarges the chip.
        original_size: likewise of the original.
    """

    original: Recipe
    recipe: Recipe
    size: int
    original_size: int

    @property
    def name(self) -> str:
        """Of the files in `results/<id>/seeds/`, without suffix."""
        resized = self.size != self.original_size
        return f"{self.recipe.seed}_at_{self.size}" if resized else f"{self.recipe.seed}"

    @property
    def command(self) -> str:
        """What trains and measures it."""
        size = f" --size {self.size}" if self.size != self.original_size else ""
        return f"python -m core train {self.original.id} --seed {self.recipe.seed}{size}"


def reseed(original: Recipe, seed: int, size: int | None = None) -> Reseeded:
    """The recipe with another seed, and with chips enlarged to another size if given.

    Raises:
        RecipeError: if the network takes no such size, or if neither seed nor size differs
            from the recipe's own.
    """
    section = original.network
    own = _size(section.builder, section.settings)
    wanted = own if size is None else size
    if wanted == own and seed == original.seed:
        raise RecipeError(f"--seed: expected another seed than the recipe's own {seed}.")
    settings = section.settings
    if wanted != own:
        settings = {**settings, "size": wanted}
        _size(section.builder, settings)
    ending = f"_at_{wanted}" if wanted != own else ""
    recipe = original.model_copy(
        update={
            "id": f"{original.id}_seed{seed}{ending}",
            "seed": seed,
            "keep_keras": False,
            "stored": "float16",
            "network": section.model_copy(update={"settings": settings}),
        }
    )
    return Reseeded(original, recipe, wanted, own)


def _size(builder: str, settings: dict) -> int:
    return int(getattr(networks.settings_of(builder, settings), "size", 48))
