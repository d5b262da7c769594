"""Ways to walk a machine that see every legal (state, letter) pair about equally often.

Coin flips alone hide what is rare: a lock that opens after eight right letters in a row opens
once in 256 tries. So walks follow policies, each drawn towards what those before it saw least.
Source of the scheme: maximum-entropy exploration by Frank-Wolfe steps (Hazan et al., 2019).
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bonsai_compiler.specification.machine import Machine

Policies = npt.NDArray[np.float64]
Shares = npt.NDArray[np.float64]

POLICIES = 24
# Of a policy's letters, this share is left to a fair coin, so that no two walks are the same.
STRAY = 0.2
# How far ahead a policy looks: a reward counts less by this factor a tick.
PATIENCE = 0.93
# Shares that a new policy may take of the mixture; the best of them is taken.
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)


@lru_cache(maxsize=8)
def even_policies(machine: Machine, ticks: int) -> tuple[Policies, Shares]:
    """Return (policies, states, letters), the chance of each letter, and the policies' shares.

    Walks of `ticks` from the start that follow policies in these shares meet all legal pairs as
    evenly as was found possible: the sum of the logarithms of the visits is the greatest. The
    first policy is a fair coin.
    """
    legal = machine.legal.astype(float)
    coin = legal / np.maximum(legal.sum(1, keepdims=True), 1)
    policies, shares = [coin], np.ones(1)
    seen = visits(machine, coin, ticks)
    for _ in range(1, POLICIES):
        want = machine.legal / (seen + 1e-3)
        greedy = np.zeros_like(coin)
        greedy[np.arange(machine.size), _best_letters(machine, want, ticks)] = 1.0
        policy = STRAY * coin + (1.0 - STRAY) * greedy * legal
        policy /= np.maximum(policy.sum(1, keepdims=True), 1e-12)
        found = visits(machine, policy, ticks)
        mixtures = [(1.0 - share) * seen + share * found for share in SHARES]
        evenness = [np.log(mixture[machine.legal] + 1e-3).sum() for mixture in mixtures]
        best = int(np.argmax(evenness))
        seen = mixtures[best]
        shares = np.append(shares * (1.0 - SHARES[best]), SHARES[best])
        policies.append(policy)
    return np.stack(policies), shares / shares.sum()


def visits(machine: Machine, policy: Policies, ticks: int) -> Policies:
    """Return (states, letters): how often a walk of `ticks` takes each letter in each state."""
    place: Shares = np.zeros(machine.size)
    place[0] = 1.0
    total = np.zeros_like(policy)
    goes = machine.legal & (machine.successor >= 0)
    targets = machine.successor[goes]
    for _ in range(ticks):
        taken = place[:, None] * policy
        total += taken
        place = np.bincount(targets, weights=taken[goes], minlength=machine.size).astype(float)
    return total


def _best_letters(machine: Machine, want: Policies, ticks: int) -> npt.NDArray[np.int64]:
    """Return (states,): the letter that leads to the most of what is wanted, in the long run."""
    value: Shares = np.zeros(machine.size)
    ends = machine.successor < 0
    for _ in range(min(ticks, 64)):
        ahead = np.where(ends, 0.0, value[machine.successor])
        worth = np.where(machine.legal, want + PATIENCE * ahead, -np.inf)
        value = np.where(machine.legal.any(1), worth.max(1), 0.0)
    return np.asarray(worth.argmax(1))
