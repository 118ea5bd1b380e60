"""From a server's answer to a completion, and from a fault to one that says so."""

from generators.asking import Completion
from generators.backends.faults import Fault
from generators.backends.flight import Flight, Job
from generators.backends.keys import hide
from generators.backends.openai_answer import Answer
from generators.transcript import message


def read(flight: Flight, answer: Answer, key: str) -> Completion:
    """The completion that an answer makes; Fault where it holds neither thought nor response.

    A server that repeats the key does not get it onto the disk.
    """
    job = flight.job
    try:
        said = message(answer.message, prefilled=job.prefilled)
    except ValueError as error:
        words = str(error)
    else:
        if said.reasoning or said.response or answer.finish != "stop":
            return Completion(
                key=job.key,
                reasoning=hide(said.reasoning, key),
                response=hide(said.response, key),
                model=job.model,
                finish=answer.finish,
                prompt_tokens=answer.prompt_tokens,
                completion_tokens=answer.completion_tokens,
                attempts=job.tries.attempts,
                discarded_tokens=job.tries.discarded_tokens,
                server=flight.server.url,
                sent=job.sent,
            )
        raise Fault("empty", "the answer is empty", tokens=answer.completion_tokens)
    raise Fault("wrong_shape", words, tokens=answer.completion_tokens)


def failed(job: Job, reason: str, words: str, server: str) -> Completion:
    """The completion of a job that is given up: it says why, in the server's words."""
    return Completion(
        key=job.key,
        reasoning="",
        response="",
        model=job.model,
        finish=f"error:{reason}",
        attempts=job.tries.attempts,
        discarded_tokens=job.tries.discarded_tokens,
        server=server,
        sent=job.sent,
        detail=words,
    )
