"""A trace as the five services and the front end would send it: what is in it, and the sending."""

from operations.demo.sending import Sent, send
from operations.demo.story import STORY

__all__ = ["STORY", "Sent", "send"]
