"""`pixii shell` at a terminal: the prompt, completion, history, interruption, and tables as wide as the terminal."""

import contextlib
import fcntl
import http.server
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from server import binary

SECONDS_MAX = 20
# Colours, cursor moves and modes of the terminal.
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A shell in a terminal of its own."""

    def __init__(self, endpoint, state, *arguments, columns=100, region="us-east-1"):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        environment = os.environ | {"TERM": "xterm", "XDG_STATE_HOME": str(state)}
        environment.pop("NO_COLOR", None)
        self.process = subprocess.Popen(
            [binary(), "shell", "--endpoint", endpoint, "--region", region, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.seen = ""

    def read_until(self, pattern):
        """What is shown up to the pattern, without what steers the terminal."""
        deadline = time.monotonic() + SECONDS_MAX
        while not (found := re.search(pattern, self.seen)):
            assert time.monotonic() < deadline, f"no {pattern!r} in {self.seen!r}"
            if select.select([self.master], [], [], 0.5)[0]:
                try:
                    read = os.read(self.master, 65536)
                except OSError:  # the other end is closed
                    read = b""
                assert read, f"it ended without {pattern!r}: {self.seen!r}"
                self.seen = STEERING.sub("", self.seen + read.decode())
        shown, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return shown

    def type(self, text):
        os.write(self.master, text.encode())

    def ended(self):
        code = self.process.wait(SECONDS_MAX)
        os.close(self.master)
        return code


@pytest.fixture
def terminal(endpoint, tmp_path):
    """Opens shells, and ends those that a test left open."""
    opened = []

    def open_shell(*arguments, **settings):
        opened.append(Terminal(endpoint, tmp_path, *arguments, **settings))
        opened[-1].read_until(r"Pixii shell .*\\quit leaves\.\r\n.*pixii> ")
        return opened[-1]

    yield open_shell
    for shell in opened:
        if shell.process.poll() is None:
            shell.process.kill()
            shell.process.wait()


@pytest.fixture
def songs(make_table, client):
    name = make_table("Artist:S", "SongTitle:S")
    for title in ("Sinnerman", "Feeling Good"):
        item = {"Artist": {"S": "Nina Simone"}, "SongTitle": {"S": title}, "Lyrics": {"S": "la " * 60}}
        client.put_item(TableName=name, Item=item)
    return name


def test_statements_end_with_a_semicolon_or_an_empty_line(terminal, songs):
    shell = terminal()
    shell.type(f'SELECT SongTitle FROM "{songs}"\r')
    shell.type("WHERE Artist = 'Nina Simone';\r")
    assert "Feeling Good" in shell.read_until(r"\(2 items, [0-9.]+ ms\)")
    shell.read_until("pixii> ")
    shell.type(f"SELECT SongTitle FROM \"{songs}\" WHERE Artist = 'Nobody'\r")
    shell.read_until("Nobody'")
    shell.type("\r")
    shell.read_until(r"\(0 items, [0-9.]+ ms\)")


def test_tables_are_as_wide_as_the_terminal(terminal, songs):
    for columns in (60, 140):
        shell = terminal(columns=columns)
        shell.type(f'SELECT * FROM "{songs}";\r')
        shown = shell.read_until(r"\(2 items, .*whole values\)")
        lines = [line for line in shown.split("\r\n") if " | " in line or "-+-" in line]
        assert len(lines) == 4
        assert max(len(line) for line in lines) == columns, lines
        assert lines[0].split() == ["Artist", "|", "SongTitle", "|", "Lyrics"]
        shell.type("\\x\r")
        shell.type(f'SELECT * FROM "{songs}";\r')
        shell.read_until(r"-- 2 -+\r\n.*Artist +\| Nina Simone\r\n")


def test_tab_completes_what_is_there(terminal, songs):
    shell = terminal()
    shell.type("sel\t")
    shell.read_until("select ")
    shell.type(f'* fr\t"{songs[:-4]}\t')
    shell.read_until(f'from "{re.escape(songs)}"')
    shell.type(" where Son\t")
    shell.read_until("where SongTitle")
    shell.type(" = 'Sinnerman';\r")
    shell.read_until(r"\(1 item, ")
    # What was seen in results completes too.
    shell.type(f'SELECT * FROM "{songs}" WHERE Lyr\t')
    shell.read_until("WHERE Lyrics")


def test_errors_are_pointed_at_and_end_nothing(terminal, songs):
    shell = terminal()
    shell.type(f'SELECT * FORM "{songs}";\r')
    shown = shell.read_until(r"\^\^\^\^\r\n.*pixii> ")
    line, carets = [line for line in shown.split("\r\n") if line.startswith("  ")]
    assert line[carets.index("^") :].startswith("FORM")
    shell.type("\\nothing\r")
    shell.read_until(r"there is no command \\nothing; \\help lists them\r\n.*pixii> ")
    shell.type("\\help\r")
    shell.read_until(r"\\describe TABLE")


def test_pages_are_asked_for(terminal, songs):
    shell = terminal("--limit", "1", "--capacity")
    shell.type(f"SELECT SongTitle FROM \"{songs}\" WHERE Artist = 'Nina Simone';\r")
    assert "Feeling Good" in shell.read_until(r"\(1 item, .* ms, 0\.5 read units; \\more for the next page\)")
    shell.type("\\more\r")
    assert "Sinnerman" in shell.read_until(r"\(1 item, ")
    shell.type("\\more all\r")
    shell.read_until(r"\(0 items, .*\)|there is no next page")


def test_json_is_printed_on_request(terminal, songs):
    shell = terminal()
    shell.type(f"\\json on\rSELECT SongTitle FROM \"{songs}\" WHERE Artist = 'Nina Simone' AND SongTitle = 'Sinnerman';\r")
    shell.read_until(r'\{\r\n  "SongTitle": \{\r\n    "S": "Sinnerman"\r\n  \}\r\n\}\r\n\(1 item')


def test_history_is_kept_for_the_user_alone(terminal, songs, tmp_path):
    shell = terminal()
    shell.type(f'SELECT SongTitle\rFROM "{songs}";\r')
    shell.read_until(r"\(2 items")
    shell.read_until("pixii> ")
    shell.type(" SELECT secret FROM nowhere;\r")
    shell.read_until("ResourceNotFoundException")
    shell.read_until("pixii> ")
    shell.type("\x04")
    assert shell.ended() == 0
    history = tmp_path / "pixii" / "shell_history"
    assert history.stat().st_mode & 0o077 == 0
    assert "SongTitle" in history.read_text() and "secret" not in history.read_text()
    # Up brings the statement back, both of its lines.
    shell = terminal()
    shell.type("\x1b[A")
    shell.read_until("SELECT SongTitle\r?\n?")
    shell.type("\r")
    shell.read_until(r"\(2 items")


def test_ctrl_c_gives_up_a_line(terminal):
    shell = terminal()
    shell.type("SELECT nonsense\x03")
    shell.read_until("pixii> ")
    shell.type("\\quit\r")
    assert shell.ended() == 0


@contextlib.contextmanager
def endpoint_that(answers):
    """An endpoint whose answers a function gives, from the operation, the headers and the body. `None` is no answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers(self.headers["X-Amz-Target"].split(".")[1], self.headers, body)
            if answer is not None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_ctrl_c_ends_waiting_for_an_answer(tmp_path):
    released = threading.Event()
    asked = threading.Event()

    def silent(operation, *_):
        if operation == "ListTables":
            return b'{"TableNames": []}'
        asked.set()
        released.wait(SECONDS_MAX)

    with endpoint_that(silent) as endpoint:
        shell = Terminal(endpoint, tmp_path)
        try:
            shell.read_until("pixii> ")
            shell.type("SELECT * FROM x;\r")
            assert asked.wait(SECONDS_MAX)
            os.kill(shell.process.pid, signal.SIGINT)
            shell.read_until(r"not waited for.*\r\n.*pixii> ")
            shell.type("\\quit\r")
            assert shell.ended() == 0
        finally:
            released.set()
            if shell.process.poll() is None:
                shell.process.kill()


def run(endpoint, *arguments, **environment):
    """A shell without a terminal: its exit code, stdout and stderr."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [binary(), "shell", "--endpoint", endpoint, *arguments]
    done = subprocess.run(command, env=plain | environment, capture_output=True, text=True, timeout=SECONDS_MAX)
    return done.returncode, done.stdout, done.stderr


def test_no_proxy_is_asked_for_this_machine():
    with endpoint_that(lambda *_: b'{"Items": []}') as endpoint:
        proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "NO_PROXY": ""}
        assert run(endpoint, "-c", "SELECT 1", **proxies) == (0, "(0 items)\n", "")


def test_who_is_no_dynamodb_is_told():
    with endpoint_that(lambda *_: b"<html>") as endpoint:
        told = f"pixii: {endpoint} does not answer as DynamoDB does: HTTP status 200 OK\n"
        assert run(endpoint, "-c", "SELECT 1") == (1, "", told)


def test_data_steers_no_terminal():
    item = {"a\x1b[31m": {"S": "\x1b]0;title\x07 \u202e"}}
    with endpoint_that(lambda *_: json.dumps({"Items": [item]}).encode()) as endpoint:
        code, printed, _ = run(endpoint, "-c", "SELECT 1")
    assert code == 0 and "\x1b" not in printed and "\u202e" not in printed
    assert "\\u{1b}]0;title\\u{7} \\u{202e}" in printed


@pytest.mark.parametrize("token", [None, "a/token+with=signs"])
def test_requests_are_signed_as_botocore_signs_them(token):
    requests = []

    def record(_, headers, body):
        requests.append((headers, body))
        return b'{"Items": [{"a": {"S": "b"}}]}'

    environment = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "a/secret"}
    if token:
        environment["AWS_SESSION_TOKEN"] = token
    with endpoint_that(record) as endpoint:
        done = run(endpoint, "--region", "eu-west-1", "-c", "SELECT 'é'", **environment)
    assert done == (0, "a\n-\nb\n(1 item)\n", "")
    [(headers, body)] = requests
    assert json.loads(body) == {"Statement": "SELECT 'é'"}
    assert headers.get("X-Amz-Security-Token") == token
    signed = re.search("SignedHeaders=([a-z0-9;-]+), ", headers["Authorization"]).group(1).split(";")
    assert set(signed) >= {"content-type", "host", "x-amz-date", "x-amz-target"}
    request = botocore.awsrequest.AWSRequest(
        method="POST", url=f"{endpoint}/", data=body, headers={name: headers[name] for name in signed}
    )
    request.context["timestamp"] = headers["X-Amz-Date"]
    credentials = botocore.credentials.Credentials("AKIDEXAMPLE", "a/secret", token)
    signer = botocore.auth.SigV4Auth(credentials, "dynamodb", "eu-west-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert headers["Authorization"].endswith(f"Signature={signature}")
