"""Names of images, once for the whole platform."""


def located(image: str, registry: str | None) -> str:
    """The image in the registry of `images.registry`, under the same path and tag; None: where it is public.

    Public names on Docker Hub have no host, so that the prefix is all that a mirror needs.
    """
    return image if registry is None else f"{registry}/{image}"
