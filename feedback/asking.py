"""Ask the model one thing until its reply has the form that was asked for, within the budget, no question twice."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from codegen.budget import Budget
from codegen.model import Listener, Message, Model, Reply, Request, Usage
from codegen.reply import Contradiction, Source, parse_reply
from feedback.events import Answered, Asked, Event, Noticed, Purpose, ReplyRefused, Wrote
from feedback.history import History
from feedback.stream import streamed
from toolchain.errors import ReplyFormatError


@dataclass(frozen=True, slots=True)
class Writer:
    """A model with a budget and a record. `replies` bounds how often one thing is asked again because of the reply's form."""

    model: Model
    budget: Budget
    history: History
    max_output_tokens: int = 32_000
    replies: int = 3

    def ask(
        self,
        purpose: Purpose,
        number: int,
        build: Callable[[Sequence[str]], tuple[Message, ...]],
        accept: Callable[[Source | Contradiction], None],
    ) -> Generator[Event, None, Source | Contradiction]:
        """Ask, and ask again with a complaint while the reply cannot be used; `accept` may complain too, by ReplyFormatError.

        Raises: ReplyFormatError after the last try; ModelUnavailable; BudgetExceeded.
        """
        complaints: list[str] = []
        while True:
            reply = yield from self._complete(purpose, number, Request(build(complaints), self.max_output_tokens))
            try:
                content = parse_reply(reply)
                accept(content)
            except ReplyFormatError as error:
                complaints.append(str(error))
                yield ReplyRefused(str(error))
                if len(complaints) >= self.replies:
                    raise ReplyFormatError(
                        f"the model gave {len(complaints)} replies that cannot be used; of the last: {error.message}",
                        f"read them in {self.history.folder}; ask another model, or say the request in other words",
                    ) from None
            else:
                return content

    def _complete(self, purpose: Purpose, number: int, request: Request) -> Generator[Event, None, Reply]:
        recorded = self.history.reply(request.digest)
        if recorded is not None:
            self.budget.charge(recorded.usage)
            yield Answered(purpose, number, str(recorded.usage), recorded=True)
            return recorded
        self.budget.admit(request)
        yield Asked(purpose, number, str(self.budget))

        def call(report: Callable[[Event], None]) -> Reply:
            def spent(usage: Usage) -> None:
                if self.budget.charge(usage):
                    report(Noticed(f"80 % of the budget is spent: {self.budget}"))

            listener = Listener(
                starting=lambda: self.budget.admit(request),
                text=lambda text: report(Wrote(text)),
                spent=spent,
                notice=lambda text: report(Noticed(text)),
            )
            return self.model.complete(request, listener)

        reply = yield from streamed(call, farewell_s=0.1)
        self.history.keep_reply(request.digest, reply)
        yield Answered(purpose, number, str(reply.usage), recorded=False)
        return reply
