"""Replicas, CPU and memory of every program, from the settings alone, with the arithmetic as text."""

from sizing.model import ProgramSize, Row, Sizing, TierSize
from sizing.programs import size

__all__ = ["ProgramSize", "Row", "Sizing", "TierSize", "size"]
