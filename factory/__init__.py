"""The line from a spec to a corpus: `factory.build("reasoning.yaml")`."""

from factory.pipeline import Built, build
from factory.read_spec import load
from factory.spec import Spec
from generators.errors import Interrupted, Stopped, UserError

__all__ = ["Built", "Interrupted", "Spec", "Stopped", "UserError", "build", "load"]
