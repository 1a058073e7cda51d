"""A server in Java that a test starts and ends."""
import contextlib, os, socket, subprocess, sys, time, urllib.error, urllib.request


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(url):
    try:
        urllib.request.urlopen(url, timeout=2)
    except urllib.error.HTTPError:
        return True  # whatever it says: 403, as it wants a signature
    except OSError:
        return False
    return True


@contextlib.contextmanager
def running(name, folder, jars, arguments, url):
    """From when `url` is answered to the end of the block; its log is in `folder`."""
    java = subprocess.Popen(
        ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", jars + "/*", *arguments],
        stdin=subprocess.DEVNULL, stdout=(folder / "log").open("w"), stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 120
        while not answers(url):
            if java.poll() is not None or time.monotonic() > until:
                sys.exit(name + " did not start:\n" + (folder / "log").read_text()[-2000:])
            time.sleep(0.1)
        yield
    finally:
        java.kill()
        java.wait()


def tell_and_wait(port):
    """Prints the port; returns when the standard input ends."""
    os.write(1, b"%d\n" % port)
    while os.read(0, 4096):
        pass
