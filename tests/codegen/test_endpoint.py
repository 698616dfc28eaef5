"""An endpoint that misbehaves in every way that was ever seen: a typed error or a good reply, within limits; the key stays."""

from __future__ import annotations

import email.utils
import gzip
import json
import logging
import socket
import threading
import time
import traceback
from typing import Any

import pytest

from codegen.model import Listener, Message, Reply, Request, Usage
from codegen.providers.endpoint import Endpoint, Patience
from codegen.providers.openai import OpenAIModel
from codegen.reply import parse_reply
from tests.codegen.endpoint import KEY, QUICK, Handler, Server
from toolchain.errors import BudgetExceeded, ModelUnavailable, ReplyFormatError, SettingsError

QUESTION = Request((Message("system", "front"), Message("user", "question")), 1000)
GOOD = "prose\n```solidity\ncontract C {}\n```\n"


class Heard:
    """What a listener was told."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.spent: list[Usage] = []
        self.notices: list[str] = []
        self.started = 0

    def listener(self) -> Listener:
        return Listener(self._start, self.text.append, self.spent.append, self.notices.append)

    def _start(self) -> None:
        self.started += 1


def ask(server: Server, heard: Heard | None = None, **options: Any) -> Reply:
    return server.model(**options).complete(QUESTION, (heard or Heard()).listener())


def refusal(server: Server, heard: Heard | None = None, **options: Any) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        ask(server, heard, **options)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    return str(caught.value)


# ---------------------------------------------------------------- it works


def test_reply_is_streamed_and_its_usage_counted(server: Server) -> None:
    server.answer = lambda h: h.reply(GOOD)
    heard = Heard()
    reply = ask(server, heard)
    assert reply == Reply(GOOD, Usage(11, 7), "stop", "served")
    assert "".join(heard.text) == GOOD
    assert heard.spent == [Usage(11, 7)]
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert body["messages"] == [{"role": "system", "content": "front"}, {"role": "user", "content": "question"}]
    assert body["max_tokens"] == 1000
    assert body["stream_options"] == {"include_usage": True}


def test_responses_where_asked(server: Server) -> None:
    def answer(h: Handler) -> None:
        usage = {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11, "input_tokens_details": {"cached_tokens": 2}}
        response = {"id": "r", "object": "response", "status": "completed", "model": "served", "output": [], "usage": usage}
        h.start_stream()
        for i, text in enumerate((GOOD[:9], GOOD[9:])):
            h.event({"type": "response.output_text.delta", "delta": text, "sequence_number": i})
        h.event({"type": "response.completed", "response": response, "sequence_number": 9})

    server.answer = answer
    reply = ask(server, protocol="responses")
    assert reply == Reply(GOOD, Usage(5, 6, 2), "stop", "served")
    assert server.requests[0][0] == "/v1/responses"
    assert server.requests[0][2]["store"] is False


def test_step_down_to_whole_answers(server: Server) -> None:
    def answer(h: Handler) -> None:
        message = {"role": "assistant", "content": GOOD}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        h.say(200, json.dumps({"id": "w", "object": "chat.completion", "created": 1, "model": "old", "choices": [choice]}))

    server.answer = answer
    heard = Heard()
    reply = ask(server, heard)
    assert reply.text == GOOD
    assert reply.usage.estimated
    assert [body.get("stream") for _, _, body in server.requests] == [True, None]
    assert "does not stream" in heard.notices[0]


# ---------------------------------------------------------------- item 28


@pytest.mark.attack
def test_400_on_stream_options_steps_down_once_for_all(server: Server) -> None:
    def answer(h: Handler) -> None:
        if "stream_options" in h.body:
            h.say(400, '{"error": {"message": "Unknown parameter: stream_options"}}')
        else:
            h.reply(GOOD, usage=None)

    server.answer = answer
    model, heard = server.model(), Heard()
    assert model.complete(QUESTION, heard.listener()).usage.estimated
    assert model.complete(QUESTION, heard.listener()).text == GOOD
    assert ["stream_options" in body for _, _, body in server.requests] == [True, False, False]


@pytest.mark.attack
def test_400_on_each_limit_parameter_steps_down(server: Server) -> None:
    def answer(h: Handler) -> None:
        refused = [name for name in ("max_tokens", "max_completion_tokens") if name in h.body]
        if refused:
            h.say(400, json.dumps({"error": {"message": f"Unsupported parameter: {refused[0]}"}}))
        else:
            h.reply(GOOD)

    server.answer = answer
    assert ask(server).text == GOOD
    assert len(server.requests) == 3


@pytest.mark.attack
def test_400_for_ever_gives_up(server: Server) -> None:
    server.answer = lambda h: h.say(400, '{"error": {"message": "stream_options max_tokens max_completion_tokens stream: no"}}')
    assert "HTTP 400" in refusal(server)
    assert len(server.requests) == 5


@pytest.mark.attack
def test_404_on_responses_steps_down_to_chat(server: Server) -> None:
    server.answer = lambda h: h.say(404, "{}") if h.path.endswith("/responses") else h.reply(GOOD)
    assert ask(server, protocol="responses").text == GOOD
    assert [path for path, _, _ in server.requests] == ["/v1/responses", "/v1/chat/completions"]


@pytest.mark.attack
@pytest.mark.parametrize(("status", "hint"), [(401, "OPENAI_API_KEY"), (403, "may do"), (404, "model's name")])
def test_refusals_are_final(server: Server, status: int, hint: str) -> None:
    server.answer = lambda h: h.say(status, json.dumps({"error": {"message": f"no: Bearer {KEY}"}}))
    message = refusal(server)
    assert f"HTTP {status}: no: " in message
    assert hint in message
    assert len(server.requests) == 1


@pytest.mark.attack
@pytest.mark.parametrize("wait", ["86400", email.utils.formatdate(time.time() + 86400), "inf"], ids=("seconds", "date", "inf"))
def test_429_with_a_huge_retry_after_gives_up_at_once(server: Server, wait: str) -> None:
    server.answer = lambda h: h.say(429, "{}", retry_after=wait)
    assert "asks to wait" in refusal(server)
    assert len(server.requests) == 1


@pytest.mark.attack
@pytest.mark.parametrize("wait", ["0.01", "0", "-5", "nan", "soon", "", "Fri, 99 Foo 2020 99:99:99"])
def test_429_with_a_small_or_senseless_retry_after_is_tried_again(server: Server, wait: str) -> None:
    server.answer = lambda h: h.say(429, "{}", retry_after=wait) if h.number == 1 else h.reply(GOOD)
    heard = Heard()
    assert ask(server, heard).text == GOOD
    assert "trying again" in heard.notices[0]


@pytest.mark.attack
def test_429_without_credit_is_final(server: Server) -> None:
    server.answer = lambda h: h.say(429, '{"error": {"message": "quota", "code": "insufficient_quota"}}')
    assert "no credit" in refusal(server)
    assert len(server.requests) == 1


@pytest.mark.attack
def test_500_storm_ends_after_the_last_try(server: Server) -> None:
    server.answer = lambda h: h.say(500, "x" * 100_000, "text/html")
    heard = Heard()
    message = refusal(server, heard)
    assert "(3 tries)" in message
    assert "try again later" in message
    assert len(server.requests) == heard.started == 3
    assert heard.spent == [Usage()] * 3


@pytest.mark.attack
def test_cut_stream_is_tried_again_and_paid_for(server: Server) -> None:
    def answer(h: Handler) -> None:
        if h.number == 1:
            h.start_stream()
            h.chunk("half of an ans")
        else:
            h.reply(GOOD)

    server.answer = answer
    heard = Heard()
    reply = ask(server, heard)
    assert reply.text == GOOD
    assert heard.spent[0].estimated
    assert heard.spent[0].output_tokens > 0
    assert reply.usage == heard.spent[0] + heard.spent[1]
    assert str(reply.usage).startswith("≈")


@pytest.mark.attack
def test_connection_broken_in_the_middle_of_a_chunk_is_tried_again(server: Server) -> None:
    def answer(h: Handler) -> None:
        if h.number < 3:
            h.send_response(200)
            h.send_header("content-type", "text/event-stream")
            h.send_header("content-length", "100000")
            h.end_headers()
            h.wfile.write(b'data: {"id": "c", "cho')
            h.wfile.flush()
            h.connection.shutdown(socket.SHUT_RDWR)
        else:
            h.reply(GOOD)

    server.answer = answer
    assert ask(server).text == GOOD
    assert len(server.requests) == 3


@pytest.mark.attack
def test_missing_or_senseless_usage_is_estimated(server: Server) -> None:
    def answer(h: Handler) -> None:
        h.start_stream()
        h.chunk(GOOD, "stop")
        h.event({"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": {"prompt_tokens": -4, "completion_tokens": True}})

    server.answer = answer
    usage = ask(server).usage
    assert usage.estimated
    assert usage.output_tokens == -(-len(GOOD) // 3)


@pytest.mark.attack
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_key_never_follows_a_redirect(server: Server, status: int) -> None:
    other = Server()
    thief = socket.create_server(("127.0.0.1", 0))
    thief.settimeout(0.2)
    address = f"http://localhost:{thief.getsockname()[1]}/v1/chat/completions"
    server.answer = lambda h: h.say(status, "", location=address)
    with thief:
        assert "never follows a redirect" in refusal(server)
        with pytest.raises(TimeoutError):
            thief.accept()
    assert not other.requests
    assert len(server.requests) == 1


@pytest.mark.attack
def test_refused_connection(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    model = OpenAIModel(Endpoint(url, KEY, patience=QUICK), "m")
    with pytest.raises(ModelUnavailable, match=r"no connection to 127\.0\.0\.1:\d+, or it broke: Connection refused"):
        model.complete(QUESTION, Listener())


@pytest.mark.attack
def test_server_that_never_answers(server: Server) -> None:
    release = threading.Event()
    server.answer = lambda h: h.say(500, "late" if release.wait(30) else "")
    try:
        assert "silent for too long" in refusal(server, patience=Patience(tries=2, idle_s=0.2, first_wait_s=0.01))
        assert len(server.requests) == 2
    finally:
        release.set()


@pytest.mark.attack
def test_server_that_keeps_the_line_open_with_comments(server: Server) -> None:
    def answer(h: Handler) -> None:
        h.start_stream()
        while True:
            h.wfile.write(b": keep-alive\n\n")
            h.wfile.flush()
            time.sleep(0.01)

    server.answer = answer
    assert "longer than a call may take" in refusal(server, patience=Patience(tries=2, call_s=0.3))
    assert len(server.requests) == 1


# ---------------------------------------------------------------- item 27


@pytest.mark.attack
@pytest.mark.parametrize("unit", ["contract C { }\n", "\x00", "a" * 5000])
def test_endless_stream_is_cut_at_our_limit(server: Server, unit: str) -> None:
    def answer(h: Handler) -> None:
        h.start_stream()
        while True:
            h.chunk(unit)

    server.answer = answer
    heard = Heard()
    reply = ask(server, heard)
    assert reply.finish_reason == "size"
    assert len(reply.text) < 20_000
    with pytest.raises(ReplyFormatError, match="far too long"):
        parse_reply(reply)
    assert len(server.requests) == 1


@pytest.mark.attack
@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
def test_endless_line_is_cut_at_our_limit(server: Server, kind: str) -> None:
    def answer(h: Handler) -> None:
        h.send_response(200)
        h.send_header("content-type", kind)
        h.end_headers()
        h.wfile.write(b'data: {"x": "')
        while True:
            h.wfile.write(b"x" * 65536)

    server.answer = answer
    reply = ask(server, patience=Patience(tries=2, wire_bytes=1_000_000))
    assert reply.finish_reason == "size"


@pytest.mark.attack
def test_five_megabytes_are_refused(server: Server) -> None:
    server.answer = lambda h: h.reply("```solidity\n" + "x" * 5_000_000 + "\n```")
    with pytest.raises(ReplyFormatError, match="far too long"):
        parse_reply(ask(server))


@pytest.mark.attack
def test_compressed_answer_is_refused(server: Server) -> None:
    server.answer = lambda h: h.say(200, gzip.compress(b"x" * 50_000_000), "text/event-stream", content_encoding="gzip")
    assert ask(server).finish_reason == "size"
    assert server.requests[0][1]["accept-encoding"] == "identity"


@pytest.mark.attack
@pytest.mark.parametrize(
    "event",
    [
        "this is not JSON",
        "[]",
        "null",
        "42",
        '"text"',
        "{}",
        '{"choices": 3}',
        '{"choices": [null]}',
        '{"choices": [[]]}',
        '{"choices": [{"delta": null}]}',
        '{"choices": [{"delta": {"content": 5}}]}',
        '{"choices": [{"delta": {"content": {"a": 1}}, "finish_reason": "stop"}]}',
        '{"choices": [{"delta": {"content": "x"}, "finish_reason": {"a": 1}}]}',
        '{"error": {"message": "overloaded"}}',
        '{"error": "overloaded"}',
        "[" * 50_000,
    ],
)
def test_invalid_events_are_typed_errors(server: Server, event: str) -> None:
    def answer(h: Handler) -> None:
        h.start_stream()
        h.event(event)

    server.answer = answer
    refusal(server)
    assert len(server.requests) == 3


@pytest.mark.attack
def test_responses_that_fail_or_are_cut(server: Server) -> None:
    def answer(h: Handler) -> None:
        h.start_stream()
        base = {"id": "r", "object": "response", "model": "served", "output": []}
        if h.number == 1:
            error = {"code": "server_error", "message": f"failed with {KEY}"}
            h.event({"type": "response.failed", "response": {**base, "status": "failed", "error": error}})
        elif h.number == 2:
            h.event({"type": "response.output_text.delta"})
        else:
            h.event({"type": "response.output_text.delta", "delta": "half"})
            details = {"reason": "max_output_tokens"}
            h.event({"type": "response.incomplete", "response": {**base, "status": "incomplete", "incomplete_details": details}})

    server.answer = answer
    heard = Heard()
    reply = ask(server, heard, protocol="responses")
    assert reply.finish_reason == "length"
    assert reply.text == "half"
    assert KEY not in "".join(heard.notices)


@pytest.mark.attack
def test_refusal_is_told_as_one(server: Server) -> None:
    def answer(h: Handler) -> None:
        h.start_stream()
        h.event({"id": "c", "choices": [{"index": 0, "delta": {"refusal": "I cannot help"}, "finish_reason": None}]})
        h.chunk("", "stop")

    server.answer = answer
    with pytest.raises(ReplyFormatError, match="declined: I cannot help"):
        parse_reply(ask(server))


def test_lone_surrogates_are_replaced(server: Server) -> None:
    server.answer = lambda h: h.reply("a\ud800b")
    assert ask(server).text == "a\ufffdb"


# ---------------------------------------------------------------- items 29 and 30


@pytest.mark.attack
def test_a_try_that_the_listener_refuses_is_not_made(server: Server) -> None:
    server.answer = lambda h: h.say(500, "{}")

    def refuse() -> None:
        if server.requests:
            raise BudgetExceeded("enough")

    with pytest.raises(BudgetExceeded):
        server.model().complete(QUESTION, Listener(starting=refuse))
    assert len(server.requests) == 1


@pytest.mark.attack
def test_key_is_in_no_error_log_reply_or_repr(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    heard = Heard()
    server.answer = lambda h: h.say(500, f"wrong key {KEY}") if h.number == 1 else h.reply(f"your key is {KEY}\n{GOOD}")
    reply = ask(server, heard)
    assert KEY not in caplog.text
    assert KEY not in reply.text
    assert KEY not in "".join(heard.text)
    assert KEY not in "".join(heard.notices)
    assert KEY not in repr(Endpoint("http://127.0.0.1/v1", KEY))
    assert "[redacted]" in reply.text


@pytest.mark.attack
def test_key_is_found_across_pieces_of_a_stream(server: Server) -> None:
    def answer(h: Handler) -> None:
        h.start_stream()
        for character in f"<{KEY}>":
            h.chunk(character)
        h.chunk("", "stop")

    server.answer = answer
    heard = Heard()
    reply = ask(server, heard)
    assert reply.text == "<[redacted]>"
    assert KEY not in "".join(heard.text)


@pytest.mark.attack
def test_address_with_a_password_is_redacted() -> None:
    endpoint = Endpoint("http://user:hunter2-secret@127.0.0.1:9/v1", "", patience=QUICK)
    with pytest.raises(ModelUnavailable) as caught:
        OpenAIModel(endpoint, "m").complete(QUESTION, Listener())
    assert "hunter2" not in str(caught.value)


def test_no_key_is_asked_for_by_name() -> None:
    with pytest.raises(ModelUnavailable, match="set OPENAI_API_KEY"):
        Endpoint.from_environment({})
    with pytest.raises(ModelUnavailable, match=r"models\.example"):
        Endpoint.from_environment({"OPENAI_BASE_URL": "https://models.example/v1"})
    assert Endpoint.from_environment({"OPENAI_BASE_URL": "http://localhost:11434/v1"}).key == ""


@pytest.mark.parametrize("url", ["ftp://x/v1", "localhost:8000", "http://", "http://[::1/v1", "http://x:99999/v1"])
def test_senseless_address_is_a_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="OPENAI_BASE_URL"):
        Endpoint.from_environment({"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY})


@pytest.mark.parametrize("key", ["sk-two\nlines", "sk-\u00e4", "a b"])
def test_senseless_key_is_a_setting(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Endpoint.from_environment({"OPENAI_API_KEY": key})
    assert key not in str(caught.value)
