"""One epoch of training as one compiled function of JAX: nothing leaves the device within it.

Order, augmentation, mixup, teachers, corruption, gradient, optimizer and the running mean of
the weights. Teachers are asked about the very image that the pupil learns from, as it is
before its corruption: "consistent teaching" of Beyer et al. 2022, "Knowledge distillation: a
good teacher is patient and consistent", arXiv:2106.05237.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import optax

from core.training.device.augmentation import augment
from core.training.device.corruption import corrupt
from core.training.recipe import Recipe, Stage


class State(NamedTuple):
    """What one epoch hands to the next; with it a run goes on as if it had not stopped.

    Attributes:
        weights: of the layers that learn, float32.
        others: what does not learn: frozen weights, means of normalisation, random states.
        slots: of the optimizer.
        mean: running mean of `weights`, or empty.
        mean_others: likewise of `others`.
        steps: float32 (), steps of this stage so far.
    """

    weights: list[jax.Array]
    others: list[jax.Array]
    slots: Any
    mean: list[jax.Array]
    mean_others: list[jax.Array]
    steps: jax.Array

    @property
    def validated(self) -> tuple[list[jax.Array], list[jax.Array]]:
        """Weights and others that are validated and kept."""
        return (self.mean, self.mean_others) if self.mean else (self.weights, self.others)


class Images(NamedTuple):
    """Training images on the device.

    Attributes:
        faces: uint8 (n, 48, 48).
        targets: float32 (n, C), as labels and votes have them; teachers come on top.
        weights: float32 (n,).
    """

    faces: jax.Array
    targets: jax.Array
    weights: jax.Array


@dataclass(frozen=True)
class Teacher:
    """An earlier network that is asked about every image.

    Attributes:
        model: faces to logits (n, K).
        weights: all of its variables' values.
        positions: of the recipe's classes among its own.
    """

    model: keras.Model
    weights: list[jax.Array]
    positions: tuple[int, ...]


Epoch = Callable[
    [State, Images, jax.Array, jax.Array, list[list[jax.Array]]],
    tuple[State, jax.Array, jax.Array],
]
"""(state, images, key, rates (steps,), weights of the teachers) -> state, loss, accuracy."""


def optimizer_of(stage: Stage, variables: Sequence[keras.Variable]) -> Any:
    """The stage's optimizer but for its rate: what comes out is multiplied by that.

    As `keras.optimizers` has it: the gradient's norm is limited, weight decay is decoupled
    and spares biases and normalisation.
    """
    kernels = [
        not any(name in variable.path.split("/")[-1] for name in ("bias", "gamma", "beta"))
        for variable in variables
    ]
    if stage.optimizer == "adam":
        rule = optax.scale_by_adam(eps=1e-7)
    else:
        rule = optax.trace(0.9, nesterov=True)
    return optax.chain(
        optax.clip_by_global_norm(stage.clip),
        rule,
        optax.add_decayed_weights(stage.weight_decay, mask=kernels),
    )


def begin(model: keras.Model, stage: Stage) -> State:
    """The state before the first step of a stage, from the model's own variables."""
    weights = [jnp.array(variable.value) for variable in model.trainable_variables]
    others = [jnp.array(variable.value) for variable in model.non_trainable_variables]
    return State(
        weights=weights,
        others=others,
        slots=optimizer_of(stage, model.trainable_variables).init(weights),
        mean=weights if stage.ema else [],
        mean_others=others if stage.ema else [],
        steps=jnp.float32(0),
    )


def compiled(
    model: keras.Model, teachers: Sequence[Teacher], recipe: Recipe, stage: Stage
) -> Epoch:
    """The function that trains one epoch; compiled by its first call, which may take a minute.

    Images that fill no whole batch are left out of an epoch, each time others.
    """
    data, batch = recipe.data, recipe.batch
    optimizer = optimizer_of(stage, model.trainable_variables)
    averaged = [
        jnp.issubdtype(variable.value.dtype, jnp.floating)
        for variable in model.non_trainable_variables
    ]

    def taught(faces: jax.Array, weights: list[list[jax.Array]]) -> jax.Array:
        total = jnp.zeros((batch, len(data.classes)))
        for teacher, values in zip(teachers, weights, strict=True):
            logits, _ = teacher.model.stateless_call([], values, faces, training=False)
            chosen = logits.astype(jnp.float32)[:, jnp.array(teacher.positions)]
            total = total + jax.nn.softmax(chosen)
        return total / len(teachers)

    def step(
        state: State, item: tuple[jax.Array, jax.Array, jax.Array], images: Images, taught_by: Any
    ) -> tuple[State, tuple[jax.Array, jax.Array]]:
        rows, key, rate = item
        for_chips, for_share, for_pairs, for_damage = jax.random.split(key, 4)
        chips = augment(for_chips, images.faces[rows].astype(jnp.float32), data.augmentation)
        targets, weights = images.targets[rows], images.weights[rows]
        if data.mixup:
            share = jax.random.beta(for_share, data.mixup, data.mixup)
            other = jax.random.permutation(for_pairs, batch)
            chips = jnp.rint(share * chips + (1 - share) * chips[other])
            targets = share * targets + (1 - share) * targets[other]
            weights = share * weights + (1 - share) * weights[other]
        if teachers:
            answers = taught(chips.astype(jnp.uint8), taught_by)
            targets = (1 - data.teaching) * targets + data.teaching * answers
        if data.corruptions.kinds:
            chips = corrupt(for_damage, chips, data.corruptions)
        faces = chips.astype(jnp.uint8)

        def loss_of(values: list[jax.Array]) -> tuple[jax.Array, Any]:
            logits, others = model.stateless_call(values, state.others, faces, training=True)
            logits = logits.astype(jnp.float32)
            entropy = -(targets * jax.nn.log_softmax(logits)).sum(axis=-1)
            right = (logits.argmax(axis=-1) == targets.argmax(axis=-1)).mean()
            return (entropy * weights).mean(), (others, right)

        (loss, (others, right)), slopes = jax.value_and_grad(loss_of, has_aux=True)(state.weights)
        ways, slots = optimizer.update(slopes, state.slots, state.weights)
        values = [value - rate * way for value, way in zip(state.weights, ways, strict=True)]
        mean, mean_others = state.mean, state.mean_others
        if stage.ema:
            # At first the mean follows quicker: what it began with says little.
            keep = jnp.minimum(stage.ema, (1 + state.steps) / (10 + state.steps))
            mean = [keep * a + (1 - keep) * b for a, b in zip(mean, values, strict=True)]
            mean_others = [
                keep * a + (1 - keep) * b if floats else b
                for a, b, floats in zip(mean_others, others, averaged, strict=True)
            ]
        after = State(values, others, slots, mean, mean_others, state.steps + 1)
        return after, (loss, right)

    @jax.jit
    def epoch(
        state: State,
        images: Images,
        key: jax.Array,
        rates: jax.Array,
        taught_by: list[list[jax.Array]],
    ) -> tuple[State, jax.Array, jax.Array]:
        for_order, for_steps = jax.random.split(key)
        steps = len(rates)
        order = jax.random.permutation(for_order, len(images.faces))
        rows = order[: steps * batch].reshape(steps, batch)
        state, (losses, rights) = jax.lax.scan(
            lambda before, item: step(before, item, images, taught_by),
            state,
            (rows, jax.random.split(for_steps, steps), rates),
        )
        return state, losses.mean(), rights.mean()

    return epoch
