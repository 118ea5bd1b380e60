"""What occurs in the tree of a formula: its variables, roots and logarithms, i."""

from collections.abc import Iterator

from filters.mathematics.latex import Tree


def symbols(tree: Tree) -> Iterator[str]:
    """The names of variables in a tree, as often as they occur."""
    if tree[0] == "sym":
        yield tree[1]
        return
    bound = tree[2] if tree[0] == "big" and tree[1] != "diff" else None
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from (name for name in symbols(part) if name != bound)


def has_branches(tree: Tree) -> bool:
    """Whether it holds a root, a power that is not whole or a logarithm."""
    if tree[0] == "root" or tree[:2] == ("fun", "ln"):
        return True
    if tree[0] == "pow" and (tree[2][0] != "num" or tree[2][1].denominator != 1):
        return True
    return any(has_branches(part) for part in tree[1:] if isinstance(part, tuple))


def holds_i(tree: Tree) -> bool:
    """Whether it holds the imaginary unit."""
    if tree == ("const", "i"):
        return True
    return any(holds_i(part) for part in tree[1:] if isinstance(part, tuple))
