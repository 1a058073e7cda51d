#!/usr/bin/env python3
"""A PostgreSQL server of its own for tests, with a superuser `tests` that needs no password from this machine.
It ends with its data: what it holds need not outlive the machine's power, so it does not wait for the disk (but for the
kernel: it may be killed).

postgres.py               starts one, prints its port, and ends when the standard input does
postgres.py start NOTE    starts one that stays, and writes its port and folder to the file NOTE; one that is noted there ends before
postgres.py stop NOTE     ends that one
"""
import glob, os, pathlib, pwd, shutil, socket, subprocess, sys, tempfile

SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB",
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "logging_collector": "off"}


def program(name):
    found = shutil.which(name) or next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name), reverse=True)), None)
    return found or sys.exit("PostgreSQL's " + name + " is not installed: script/bootstrap test installs it")


def run(folder, *command):
    """As nobody who may do everything: the server refuses root."""
    who = {"user": pwd.getpwnam("postgres").pw_uid, "group": pwd.getpwnam("postgres").pw_gid} if os.getuid() == 0 else {}
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, **who,
                          env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        sys.exit("%s:\n%s%s" % (" ".join(command), done.stdout, done.stderr))


def start(settings=()):
    """The folder and port of a server that runs."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postgres-of-tests."))
    if os.getuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    run(folder, program("initdb"), "-D", str(folder / "data"), "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    config = (folder / "data/postgresql.conf").read_text()
    for another in (True, True, False):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        (folder / "data/postgresql.conf").write_text(
            config + "".join("%s = '%s'\n" % each for each in (SETTINGS | {"port": port} | dict(settings)).items()))
        try:
            run(folder, program("pg_ctl"), "-D", str(folder / "data"), "-l", str(folder / "log"), "-w", "start")
            break
        except SystemExit:
            log = (folder / "log").read_text()
            if not (another and "Address already in use" in log):  # somebody took the port meanwhile
                sys.exit("PostgreSQL did not start:\n" + log)
    return folder, port


def stop(folder):
    run(folder, program("pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


def runs(folder):
    """Not what a machine that lost its power left behind: another process may have that number now."""
    noted = folder / "data/postmaster.pid"
    process = (noted.read_text().split() if noted.exists() else []) or ["-"]
    try:
        return os.path.samefile(f"/proc/{process[0]}/cwd", folder / "data")
    except OSError:
        return False


def stop_noted(note):
    if note.exists():
        folder = pathlib.Path(note.read_text().split()[1])
        if runs(folder):
            stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
        note.unlink()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        note = pathlib.Path(sys.argv[2])
        stop_noted(note)
        if sys.argv[1] == "start":
            folder, port = start()
            note.write_text("%d %s\n" % (port, folder))
    else:
        folder, port = start()
        try:
            print(port, flush=True)
            sys.stdin.read()
        finally:
            stop(folder)
