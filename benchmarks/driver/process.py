# SPDX-License-Identifier: Apache-2.0
"""A process that stays and answers each line with a line of JSON."""

import json
import os
import select
import subprocess

TIME_LIMIT = 600  # seconds for one answer


class Failure(Exception):
    """Why a contestant has no figure for a row."""


class AnsweringProcess:
    """Started by the first question, and again by the next one after it ended or was ended."""

    def __init__(self, command, cwd=None, environment=None, before=None, log=None):
        """`before` is called in the child; `log` is a file for what it says beside its answers."""
        self._command = [str(word) for word in command]
        self._options = {"cwd": cwd, "env": environment, "preexec_fn": before}
        self._log = log
        self._process = None

    def _start(self):
        errors = open(self._log, "ab") if self._log else subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                **self._options,
            )
        except OSError as error:
            raise Failure(str(error))
        finally:
            if self._log:
                errors.close()

    def _last_words(self):
        """The last line of the log, where a process says why it ended."""
        if not self._log or not os.path.exists(self._log):
            return ""
        with open(self._log, errors="replace") as log:
            lines = [line.strip() for line in log if line.strip()]
        return f": {lines[-1]}" if lines else ""

    def ask(self, line, time_limit=TIME_LIMIT):
        """The answer as a dictionary. Raises Failure if there is none, or one with "failed"."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        process, ready = self._process, True
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], time_limit)
            answer = json.loads(process.stdout.readline()) if ready else None
        except (OSError, ValueError):
            answer = None
        if not isinstance(answer, dict):
            self.end()  # the next question starts another one
            if not ready:
                raise Failure(f"no answer within {time_limit:.0f} s")
            raise Failure(f"the process ended without an answer{self._last_words()}")
        if answer.get("ends"):
            self.end()
        if "failed" in answer:
            raise Failure(answer["failed"])
        return answer

    def tell(self, line):
        """A question whose answer does not matter, and which starts no process."""
        if self._process is not None and self._process.poll() is None:
            try:
                self.ask(line)
            except Failure:
                pass  # the next question says so

    def end(self):
        """Kills the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                try:
                    pipe.close()
                except OSError:
                    pass  # words that it did not read

    def stop(self):
        """Lets the process end by itself: there are no more questions."""
        if self._process is not None:
            try:
                self._process.stdin.close()
                self._process.wait(timeout=30)
            except (OSError, subprocess.TimeoutExpired):
                pass  # it has ended already, or is killed now
            self.end()
