"""The next token of each row of a batch, drawn by the row's own random number."""

from typing import Any

_TOP = 256  # tokens that are looked at first: nearly always the nucleus is among them


def choose(
    logits: Any, temperature: list[float], top_p: list[float], drawn: list[float]
) -> list[int]:
    """Token ids, by the inverse of the cumulative distribution at `drawn` (0 <= drawn < 1).

    `logits`: rows of the vocabulary. Temperature 0 takes the likeliest. top_p keeps the smallest
    set of likeliest tokens that holds this share (https://arxiv.org/abs/1904.09751), and with its
    last token those that are as likely. The order is that of the vocabulary, which no noise
    changes: a sum that differs in its last digit moves a border and nothing else.
    """
    import torch

    def column(values: list[float]) -> Any:
        return torch.tensor(values, dtype=torch.float64, device=logits.device)[:, None]

    with torch.inference_mode():
        heat = column(temperature)
        scaled = logits.double() / torch.where(heat > 0, heat, 1.0)
        shares = torch.softmax(scaled, dim=-1)
        kept = torch.where(shares >= _least(shares, column(top_p)), shares, 0.0)
        sums = kept.cumsum(dim=-1)
        # Below the sum even where the product is rounded up to it.
        total = sums[:, -1:]
        at = torch.minimum(column(drawn) * total, torch.nextafter(total, torch.zeros_like(total)))
        picked = torch.searchsorted(sums, at, right=True)
        likeliest = logits.argmax(dim=-1, keepdim=True)
        chosen: list[int] = torch.where(heat > 0, picked, likeliest)[:, 0].tolist()
        return chosen


def _least(shares: Any, top_p: Any) -> Any:
    """The share of the least likely token of each row's nucleus; 0 where top_p is 1."""
    import torch

    size = shares.shape[-1]
    top = shares.topk(min(_TOP, size), dim=-1).values
    if bool(((top.sum(dim=-1, keepdim=True) < top_p) & (top_p < 1)).any()):
        top = shares.sort(dim=-1, descending=True).values
    # How many it takes to reach the share: all those before which it is not reached.
    before = top.cumsum(dim=-1) - top
    last = (before < top_p).sum(dim=-1, keepdim=True).clamp(min=1) - 1
    return torch.where(top_p < 1, top.gather(-1, last), 0.0)
