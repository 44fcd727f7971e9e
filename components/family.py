"""What every component of the platform has in common: its type token, and its children's options."""

import pulumi

import names


def token(kind: str) -> str:
    """Pulumi type of a component of the platform."""
    return f"{names.PROJECT}:index:{kind}"


def child(parent: pulumi.ComponentResource) -> pulumi.ResourceOptions:
    """Options of a child that is there as soon as it is made; its provider is the parent's."""
    return pulumi.ResourceOptions(parent=parent)


def awaited(parent: pulumi.ComponentResource, timeout_seconds: int) -> pulumi.ResourceOptions:
    """Options of a child that is ready at the end of an update, or fails it after `timeout_seconds`."""
    limit = f"{timeout_seconds}s"
    return pulumi.ResourceOptions(
        parent=parent, custom_timeouts=pulumi.CustomTimeouts(create=limit, update=limit, delete=limit)
    )
