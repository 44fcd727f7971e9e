"""Images of the platform's programs for the embedded cluster, made from the programs that were built."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import versions
from components.images import located
from components.pods import USER
from local.cluster import Image

PROGRAMS: Final = ("otelcol", "jaeger")

# Where the public images have their program: manifests name no command, so that both are started alike.
_ENTRYPOINTS: Final = {"otelcol": "/otelcol-contrib", "jaeger": "/cmd/jaeger/jaeger-linux"}
_NAMES: Final = {"otelcol": versions.OTELCOL_IMAGE, "jaeger": versions.JAEGER_IMAGE}


def platform_images(programs: Mapping[str, Path], registry: str | None) -> list[Image]:
    """Under the very names that the manifests use, with the registry that the settings prefix them with."""
    return [
        Image(
            name=located(_NAMES[program], registry),
            files={_ENTRYPOINTS[program]: programs[program]},
            entrypoint=(_ENTRYPOINTS[program],),
            user=f"{USER}:{USER}",
        )
        for program in PROGRAMS
    ]
