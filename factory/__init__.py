"""The line from a spec to a corpus: `factory.build("reasoning.yaml")`."""

from factory.pipeline import Built, build
from factory.read_spec import load
from factory.spec import Spec

__all__ = ["Built", "Spec", "build", "load"]
