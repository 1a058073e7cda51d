"""A document as the product's own program converts it, without a service."""
import json
import os
import pathlib
import subprocess


def convert(program, document, folder, **config):
    """Its Markdown and what is told of it. `folder` takes the program's data and what it writes; `config` is the processor's."""
    settings = {"DATA_DIR": str(pathlib.Path(folder) / "data"), "PATH": os.environ["PATH"]}
    done = subprocess.run([program, "process", document, "--processor", "document-markdown", "--json", "--artifacts", folder,
                           "--config", json.dumps(config)], env=settings, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(done.stderr.strip().splitlines()[-1])
    return (pathlib.Path(folder) / "document.md").read_text(), json.loads(done.stdout)
