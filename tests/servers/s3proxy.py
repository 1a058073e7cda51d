#!/usr/bin/env python3
"""Starts s3proxy on a free port of 127.0.0.1 over a folder of its own with a bucket "media"; prints the port once it
answers, and ends it when its standard input ends.   usage: s3proxy.py JARS   (.deps/s3proxy/lib)"""
import os, pathlib, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

CONFIG = """s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.authorization=aws-v4
s3proxy.identity=AKTEST
s3proxy.credential=SecretForTests
jclouds.provider=filesystem-nio2
jclouds.identity=x
jclouds.credential=x
jclouds.filesystem.basedir={folder}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    try:
        urllib.request.urlopen("http://127.0.0.1:%d/" % port, timeout=2)
    except urllib.error.HTTPError:
        return True  # 403: it wants a signature
    except OSError:
        return False
    return True


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "data" / "media").mkdir(parents=True)
        port = free_port()
        (folder / "s3proxy.conf").write_text(CONFIG.format(port=port, folder=folder / "data"))
        java = subprocess.Popen(
            ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", sys.argv[1] + "/*",
             "org.gaul.s3proxy.Main", "--properties", str(folder / "s3proxy.conf")],
            stdin=subprocess.DEVNULL, stdout=(folder / "log").open("w"), stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + 120
            while not answers(port):
                if java.poll() is not None or time.monotonic() > until:
                    sys.exit("s3proxy did not start:\n" + (folder / "log").read_text()[-2000:])
                time.sleep(0.1)
            os.write(1, b"%d\n" % port)
            while os.read(0, 4096):
                pass
        finally:
            java.kill()
            java.wait()


if __name__ == "__main__":
    main()
