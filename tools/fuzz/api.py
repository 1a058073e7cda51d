#!/usr/bin/env python3
"""Schemathesis against a service of its own: every operation of /openapi.json but the endless one.

What it may not find: a 5xx, an answer whose status, type or body the document does not describe, a request that is against the
schema and taken all the same, a route that works without its key. That the service refuses more than a schema can say (a folder
that is not there, a name that is no processor) is meant to be so.
"""
import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,ignored_auth"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--deps", type=pathlib.Path, required=True)
    parser.add_argument("--examples", type=int, default=50)
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="fuzz-api."))
    (work / "inbox").mkdir()
    shutil.copy(options.deps / "samples/obama.jpg", work / "inbox")
    passed = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")}
    environment = passed | {"HOME": str(work), "DATA_DIR": str(work / "data"), "PORT": "0", "MODEL_FOLDER": str((options.deps / "models").resolve())}
    program = (options.programs / "notifications-api").resolve()
    log = (work / "log").open("w")
    service = subprocess.Popen([program, "serve"], cwd=work, env=environment, stdout=log, stderr=log)
    try:
        address = work / "data/address"
        while not (address.exists() and address.read_text().strip()):
            if service.poll() is not None:
                print((work / "log").read_text(), file=sys.stderr)
                return 1
            time.sleep(0.05)
        subprocess.run([program, "buckets", "add", work / "inbox", "--processor", "checksum"], cwd=work, env=environment, check=True)
        tool = (options.deps / "venv/bin/schemathesis").resolve()
        url, key = address.read_text().strip(), (work / "data/first-key").read_text().strip()
        # a request that is odd in two ways may be told of the If-Match that does not hold: that refuses it too
        (work / "schemathesis.toml").write_text(
            '[checks.negative_data_rejection]\nexpected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 415, 422, 428, 429, "5xx"]\n')
        found = subprocess.run([tool, "run", url + "/openapi.json", "-H", f"Authorization: Bearer {key}", "--checks", CHECKS, "--phases", "coverage,fuzzing",
                                "--max-examples", str(options.examples), "--exclude-path-regex", "^/v1/events/stream$", "-w", "1"], cwd=work, env=environment)
        alive = service.poll() is None
        if not alive:
            print((work / "log").read_text()[-4000:], file=sys.stderr)
        service.send_signal(signal.SIGTERM)
        ended = service.wait(60)
        print(f"the service {'stayed up' if alive else 'died'} and ended with {ended}")
        return found.returncode or int(not alive) or ended
    finally:
        service.kill()
        log.close()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
