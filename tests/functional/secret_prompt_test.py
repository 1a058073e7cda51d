"""A secret that is typed is asked for and shown nowhere; the terminal is as it was after every way out."""
import fcntl
import os
import pty
import signal
import subprocess
import termios

from service import PROGRAMS, ServiceTest, wait_for

LOCAL_MODES = 3  # of what tcgetattr gives


class SecretPrompt(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service.start()
        self.service.command("sources", "add", "s3", "--name", "store", "--endpoint", "http://127.0.0.1:9")

    def begin(self, *arguments: str):
        """`sources secret store …` at a terminal of its own, which is what it is asked and answered at."""
        self.master, terminal = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, terminal)
        self.terminal, self.shown = terminal, b""
        os.set_blocking(self.master, False)
        return subprocess.Popen([PROGRAMS / "notifications-api", "sources", "secret", "store", *arguments], stdin=terminal, stdout=terminal,
                                stderr=terminal, cwd=self.folder, env=self.service.environment(), start_new_session=True,
                                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def wait_for_text(self, text: bytes) -> None:
        def seen():
            try:
                self.shown += os.read(self.master, 65536)
            except BlockingIOError:
                pass
            return text in self.shown
        wait_for(f"{text} after {self.shown}", seen, 30)

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.terminal)[LOCAL_MODES] & termios.ECHO)

    def test_a_typed_secret_is_asked_for_and_not_shown(self):
        command = self.begin("--access-key", "AK", "--secret-file", "-")
        self.wait_for_text(b"secret key: ")
        self.assertFalse(self.echoes())
        os.write(self.master, b"typed-canary\n")
        self.wait_for_text(b"takes it from now on")
        self.assertEqual(command.wait(30), 0)
        self.assertTrue(self.echoes())
        self.assertNotIn(b"canary", self.shown)

    def test_the_terminal_is_as_it_was_after_an_interruption_an_end_and_an_empty_line(self):
        for typed, code in ((b"half\x03", -signal.SIGINT), (b"\x04", 1), (b"\n", 1)):
            command = self.begin("--token-file", "-")
            self.wait_for_text(b"token: ")
            self.assertFalse(self.echoes())
            os.write(self.master, typed)
            self.assertEqual(command.wait(30), code, self.shown)
            self.assertTrue(self.echoes())

    def test_a_command_that_was_stopped_asks_again(self):
        command = self.begin("--token-file", "-")
        self.wait_for_text(b"token: ")
        self.shown = b""
        command.send_signal(signal.SIGTSTP)
        self.wait_for_text(b"\n")
        command.send_signal(signal.SIGCONT)
        self.wait_for_text(b"token: ")
        self.assertFalse(self.echoes())
        command.send_signal(signal.SIGTERM)
        self.assertEqual(command.wait(30), -signal.SIGTERM)
        self.assertTrue(self.echoes())
