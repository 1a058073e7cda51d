#!/usr/bin/env python3
"""Starts s3proxy on a free port of 127.0.0.1 over a folder of its own with a bucket "media"; prints the port once it
answers, and ends it when its standard input ends.   usage: s3proxy.py JARS   (.deps/s3proxy/lib)"""
import pathlib, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import java_server

CONFIG = """s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.authorization=aws-v4
s3proxy.identity=AKTEST
s3proxy.credential=SecretForTests
jclouds.provider=filesystem-nio2
jclouds.identity=x
jclouds.credential=x
jclouds.filesystem.basedir={folder}
"""


def main():
    with tempfile.TemporaryDirectory() as name:
        folder, port = pathlib.Path(name), java_server.free_port()
        (folder / "data" / "media").mkdir(parents=True)
        (folder / "s3proxy.conf").write_text(CONFIG.format(port=port, folder=folder / "data"))
        arguments = ["org.gaul.s3proxy.Main", "--properties", str(folder / "s3proxy.conf")]
        with java_server.running("s3proxy", folder, sys.argv[1], arguments, "http://127.0.0.1:%d/" % port):
            java_server.tell_and_wait(port)



if __name__ == "__main__":
    main()
