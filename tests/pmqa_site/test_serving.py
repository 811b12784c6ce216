"""Supervision with real child processes, short ones."""

import http.server
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from pmqa_site import serving

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def child(command: list[str], niceness: int = 0) -> serving.Child:
    return serving.Child("ตัวทดลอง", command, dict(os.environ), Path.cwd(), niceness)


def listening_socket() -> socket.socket:
    server = socket.create_server(("127.0.0.1", 0))
    server.listen()
    return server


class TestPort:
    def test_a_port_in_use_is_not_free(self):
        with listening_socket() as server:
            assert not serving.port_is_free("127.0.0.1", server.getsockname()[1])

    def test_a_port_is_free_again_afterwards(self):
        with listening_socket() as server:
            port = server.getsockname()[1]
        assert serving.port_is_free("127.0.0.1", port)
        assert not serving.is_live(port)

    def test_serve_says_in_thai_that_the_port_is_taken(self):
        with listening_socket() as server, pytest.raises(CommandError, match="มีโปรแกรมอื่นใช้อยู่"):
            call_command("serve", port=server.getsockname()[1])


class TestLive:
    @pytest.fixture
    def server(self):
        """A real server whose answer to /live the test chooses."""

        class Answer(http.server.BaseHTTPRequestHandler):
            status = 200

            def do_GET(self) -> None:
                self.send_response(self.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """No line per request in the test's output."""

        with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            yield server
            server.shutdown()
            thread.join()

    @pytest.mark.parametrize("status", [200, 301, 400])
    def test_an_answer_means_live(self, server, status: int):
        server.RequestHandlerClass.status = status
        assert serving.is_live(server.server_port)

    def test_a_broken_application_is_told_apart_from_a_slow_one(self, server):
        server.RequestHandlerClass.status = 500
        with pytest.raises(serving.BrokenStart):
            serving.is_live(server.server_port)


class TestNetwork:
    def test_the_network_is_opened_to_the_machines_own_addresses(self, monkeypatch):
        monkeypatch.setattr(serving, "network_addresses", lambda: ["10.0.0.5", "192.168.1.7"])
        opened = serving.lan_environment(8080, ["127.0.0.1", "10.0.0.5"], {})
        hosts = opened["PMQA_ALLOWED_HOSTS"].split(",")
        assert hosts[:3] == ["127.0.0.1", "10.0.0.5", "192.168.1.7"]
        assert opened["PMQA_PUBLIC_ADDRESS"] == "http://10.0.0.5:8080"

    def test_an_address_that_the_installation_chose_stays(self, monkeypatch):
        monkeypatch.setattr(serving, "network_addresses", lambda: ["10.0.0.5"])
        chosen = {"PMQA_PUBLIC_ADDRESS": "https://pmqa.example.go.th"}
        opened = serving.lan_environment(8080, [], chosen)
        assert opened["PMQA_PUBLIC_ADDRESS"] == chosen["PMQA_PUBLIC_ADDRESS"]

    def test_loopback_is_no_address_for_colleagues(self):
        assert not [address for address in serving.network_addresses() if address.startswith("127.")]


class TestChild:
    def test_a_dead_child_is_started_again_after_longer_and_longer_pauses(self):
        said: list[str] = []
        dying = child([sys.executable, "-c", "raise SystemExit(4)"])
        now = 0.0
        for _ in range(3):
            dying.look_after(now, said.append)
            dying.process.wait()
            dying.look_after(now, said.append)
            assert dying.process is None
            now = dying.start_again_at
        assert ["1 วินาที" in said[0], "2 วินาที" in said[1], "4 วินาที" in said[2]] == [True] * 3
        assert "รหัส 4" in said[0]

    def test_a_child_that_was_healthy_starts_again_soon(self):
        one = child([sys.executable, "-c", ""])
        one.pause = serving.LONGEST_PAUSE
        one.start(now=0.0)
        one.process.wait()
        one.look_after(serving.HEALTHY_AFTER + 1, print)
        assert one.start_again_at == serving.HEALTHY_AFTER + 1 + serving.FIRST_PAUSE

    def test_the_worker_runs_at_the_lowest_priority(self):
        nice = child(SLEEPER, serving.LOWEST_PRIORITY)
        nice.start(time.monotonic())
        try:
            assert os.getpriority(os.PRIO_PROCESS, nice.process.pid) == 19
        finally:
            nice.ask_to_stop()
            nice.wait_until(time.monotonic() + 10)

    def test_a_child_that_will_not_end_is_ended_by_force(self):
        deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
        stubborn = child([sys.executable, "-c", deaf])
        stubborn.start(time.monotonic())
        time.sleep(0.5)
        stubborn.ask_to_stop()
        stubborn.wait_until(time.monotonic() + 0.3)
        assert stubborn.process.returncode == -signal.SIGKILL


class TestSupervisor:
    @pytest.fixture(autouse=True)
    def _signals(self):
        """The supervisor takes these signals; pytest needs its own back."""
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        yield
        for number, handler in before.items():
            signal.signal(number, handler)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_every_child(self, number: signal.Signals):
        children = [child(SLEEPER), child(SLEEPER)]
        supervisor = serving.Supervisor(children, print)
        assert supervisor.run(lambda: True, lambda: os.kill(os.getpid(), number)) is True
        assert [one.process.returncode for one in children] == [-signal.SIGTERM] * 2

    def test_a_server_that_never_answers_is_reported_and_ended(self, monkeypatch):
        monkeypatch.setattr(serving, "START_WITHIN", 0.3)
        silent = child(SLEEPER)
        assert serving.Supervisor([silent], print).run(lambda: False, pytest.fail) is False
        assert silent.process.returncode is not None

    def test_a_broken_application_is_ended_too(self):
        def broken() -> bool:
            raise serving.BrokenStart

        one = child(SLEEPER)
        with pytest.raises(serving.BrokenStart):
            serving.Supervisor([one], print).run(broken, pytest.fail)
        assert one.process.returncode == -signal.SIGTERM
