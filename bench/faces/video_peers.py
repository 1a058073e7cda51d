"""What recognising faces in a video costs without following them: every frame is looked at, as it is usually written.

Decoding is measured on the whole clip, faces on frames spread evenly over it and scaled to all of them.
"""
import pathlib
import sys
import time
from collections.abc import Callable

import cv2
import numpy
import openvino

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "people"))
from peers import FaceRecognition, Yunet, chip_of  # noqa: E402

LONG_SIDE = 640


def spread(clip: pathlib.Path, count: int) -> tuple[list[numpy.ndarray], int, float]:
    """`count` frames, in BGR; how many there are; processor seconds of decoding all."""
    begin = time.process_time()
    video = cv2.VideoCapture(str(clip))
    total = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    kept = []
    for number in range(total):
        if not video.grab():
            raise SystemExit(f"{clip} breaks off at frame {number}")
        _, frame = video.retrieve()
        if len(kept) < count and number >= (len(kept) + 0.5) * total / count:
            kept.append(frame)
    return kept, total, time.process_time() - begin


def scaled(clip: pathlib.Path, count: int, look: Callable[[numpy.ndarray], None]) -> float:
    frames, total, decoding = spread(clip, count)
    look(frames[0])  # models are warm
    begin = time.process_time()
    for frame in frames:
        look(frame)
    return decoding + (time.process_time() - begin) * total / len(frames)


def python_seconds(clip: pathlib.Path, models: pathlib.Path, embedder: pathlib.Path, count: int = 60) -> float:
    """Processor seconds of YuNet at 640 pixels and the embedding with its mirror image, both by OpenVINO on one thread."""
    cv2.setNumThreads(1)
    detector = Yunet(models / "yunet_s_dynamic.onnx")
    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    network = openvino.Core().compile_model(str(embedder), "CPU", settings).create_infer_request()

    def look(frame: numpy.ndarray) -> None:
        scale = LONG_SIDE / max(frame.shape[:2])
        for _, landmarks in detector.faces(cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), 0.6):
            chip = chip_of(frame, landmarks / scale)
            network.infer([numpy.stack([chip, chip[:, ::-1]])])
            both = network.get_output_tensor().data.mean(0)
            both / numpy.linalg.norm(both)

    return scaled(clip, count, look)


def face_recognition_seconds(clip: pathlib.Path, models: pathlib.Path, count: int = 6) -> float:
    """Processor seconds of face_recognition with its defaults on frames as they are."""
    library = FaceRecognition(models)
    return scaled(clip, count, lambda frame: library.faces(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)))
