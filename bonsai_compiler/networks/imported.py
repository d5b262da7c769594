"""Read a saved network, in whichever of the two published formats it comes."""

from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.networks.fields import parse_json
from bonsai_compiler.networks.graph_file import wiring_of
from bonsai_compiler.networks.network_file import network_of
from bonsai_compiler.networks.wiring import Wiring, wired


def load_wiring(text: str, place: str) -> Wiring:
    """Return the network that JSON `text` holds, neuron by neuron.

    Raises BonsaiError, beginning with `place`, for anything that is not a whole network.
    """
    document = parse_json(text, place)
    if isinstance(document, dict) and "inputLayer" in document:
        wiring = wiring_of(document, place)
    else:
        wiring = wired(network_of(document, place))
    if not wiring.outputs:
        raise BonsaiError(f"{place}: the network has no outputs; there is nothing to compile")
    return wiring
