"""What `bench growth` prints: medians and ratios, and what share of the peak the kernels reach."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bonsai_compiler.bench.contest import Worker
from bonsai_compiler.bench.machines import shift_register
from bonsai_compiler.bench.worker import BATCH, NETWORKS, TICKS

HEAD = (
    "| network | replicas | engine | ms a step (quartiles) | steps a second "
    "| million ticks a second, a replica | kernels are faster by | s to first step |"
)


def print_table(rows: Sequence[Worker]) -> None:
    """Print the rows that were measured, network by network, and why the others were not."""
    print(f"\n{HEAD}\n{'|---' * HEAD.count(' | ')}|---|")
    left: dict[str, dict[str, list[str]]] = {}
    for network in NETWORKS:
        for replicas in sorted({row.replicas for row in rows}):
            some = [row for row in rows if (row.network, row.replicas) == (network, replicas)]
            base = next((median(row) for row in some if row.kind == "kernels" and row.said), None)
            for row in some:
                if not row.said:
                    places = left.setdefault(row.fault, {}).setdefault(row.name, [])
                    places.append(f"{network} {replicas}")
                    continue
                low, middle, high = statistics.quantiles(row.said, n=4)
                ticks = BATCH * TICKS / middle / 1000
                ratio = f"{middle / base:.3g}" if base else ""
                cells = f"{middle:.3g} ({low:.3g}-{high:.3g}) | {1000 / middle:.3g} | {ticks:.3g}"
                print(
                    f"| {network} | {replicas} | {row.name} | {cells} | {ratio} | {row.start:.0f} |"
                )
    for reason, names in left.items():
        print(f"\n{reason}:")
        for name, places in names.items():
            print(f"- {name}: {', '.join(places)}")


def print_peak(rows: Sequence[Worker], peak: Worker) -> None:
    """Print what share of the measured peak the kernels reach, and what many replicas cost."""
    if not peak.said:
        print(f"\nthe peak was not measured; {peak.fault}")
        return
    from bonsai_compiler.bench.peak import operations
    from bonsai_compiler.training.recipe import Recipe

    most = median(peak)
    print(f"\nMultiply-adds alone reach {most:.0f} GFLOP/s here; the kernels:\n")
    print("| network | operations a tick | GFLOP/s (share of the peak) | 64 replicas against 8 |")
    print("|---|---|---|---|")
    for network, cells in NETWORKS.items():
        count = operations(Recipe(cells=cells, curriculum=()).shape(shift_register(1, 2)))
        found = {
            row.replicas: median(row)
            for row in rows
            if row.kind == "kernels" and row.network == network and row.said
        }
        if not {8, 64} <= found.keys():
            continue
        rate = count * 64 * BATCH * TICKS / found[64] / 1e6
        each = found[64] / 64 / (found[8] / 8)
        print(f"| {network} | {count} | {rate:.0f} ({rate / most:.0%}) | {each:.2f} |")


def median(row: Worker) -> float:
    """Return the median of what a worker said."""
    return statistics.median(row.said)
