"""What people build today out of the same models, to be measured beside: a recipe in Python, and `face_recognition`.

Both take the face nearest the middle of a photo, as we do. A photo in which a peer finds no face has none.
"""
import pathlib

import cv2
import dlib
import numpy
import openvino

# faces.md §3: where YuNet's right eye, left eye, nose and corners of the mouth are in dlib's chip of 150 × 150 pixels
TEMPLATE = numpy.array([(47.41, 44.81), (102.93, 45.34), (74.84, 77.28), (51.57, 101.51), (99.82, 101.70)], numpy.float32)
CHIP = 150


def nearest_middle(boxes: list[tuple[float, float, float, float]], width: int, height: int) -> int:
    """Index of the box (x, y, width, height) whose centre is nearest the middle of the picture."""
    return min(range(len(boxes)), key=lambda i: (boxes[i][0] + boxes[i][2] / 2 - width / 2) ** 2 + (boxes[i][1] + boxes[i][3] / 2 - height / 2) ** 2)


def chip_of(picture: numpy.ndarray, landmarks: numpy.ndarray) -> numpy.ndarray:
    """The aligned chip, in RGB, of a face in a picture in BGR: the least squares of Umeyama without reflection."""
    ours, theirs = (points - points.mean(0) for points in (landmarks, TEMPLATE))
    squares = (ours ** 2).sum()
    a = (ours * theirs).sum() / squares
    b = (ours[:, 0] * theirs[:, 1] - ours[:, 1] * theirs[:, 0]).sum() / squares
    turn = numpy.array([[a, -b], [b, a]])
    to_chip = numpy.hstack([turn, (TEMPLATE.mean(0) - turn @ landmarks.mean(0))[:, None]])
    return cv2.cvtColor(cv2.warpAffine(picture, to_chip, (CHIP, CHIP)), cv2.COLOR_BGR2RGB)


class Yunet:
    """YuNet's published ONNX file, run by OpenVINO on one thread: what its authors' demonstration does around it, in numpy."""

    def __init__(self, onnx: pathlib.Path) -> None:
        settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
        self.request = openvino.Core().compile_model(str(onnx), "CPU", settings).create_infer_request()

    def faces(self, picture: numpy.ndarray, least_score: float = 0.5) -> list[tuple[tuple[float, float, float, float], numpy.ndarray]]:
        """(box, five landmarks) of each face of a picture in BGR, surest first."""
        height, width = picture.shape[:2]
        padded = numpy.zeros((-(-height // 32) * 32, -(-width // 32) * 32, 3), numpy.float32)
        padded[:height, :width] = picture
        self.request.infer([padded.transpose(2, 0, 1)[None]])
        boxes, points, scores = [], [], []
        for stride in (8, 16, 32):
            planes = {name: self.request.get_tensor(f"{name}_{stride}").data[0] for name in ("cls", "obj", "bbox", "kps")}
            score = numpy.sqrt(planes["cls"][:, 0] * planes["obj"][:, 0])
            cells = numpy.flatnonzero(score >= least_score)
            at = numpy.stack([cells % (padded.shape[1] // stride), cells // (padded.shape[1] // stride)], 1)
            size = numpy.exp(planes["bbox"][cells, 2:]) * stride
            boxes.append(numpy.hstack([(at + planes["bbox"][cells, :2]) * stride - size / 2, size]))
            points.append((at[:, None] + planes["kps"][cells].reshape(-1, 5, 2)) * stride)
            scores.append(score[cells])
        boxes, points, scores = map(numpy.concatenate, (boxes, points, scores))
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), least_score, 0.3)
        return [(tuple(boxes[i]), points[i].astype(numpy.float32)) for i in kept]


class Recipe:
    """YuNet, a similarity to the chip, dlib's embedding of chip and mirror image, averaged and scaled to length 1."""

    def __init__(self, data: pathlib.Path, models: pathlib.Path) -> None:
        self.detector = Yunet(data / "models/yunet_s_dynamic.onnx")
        self.network = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))

    def embed(self, chip: numpy.ndarray) -> numpy.ndarray:
        both = numpy.array(self.network.compute_face_descriptor([chip, numpy.ascontiguousarray(chip[:, ::-1])]))
        mean = both.mean(0)
        return mean / numpy.linalg.norm(mean)

    def face(self, photo: pathlib.Path) -> numpy.ndarray | None:
        picture = cv2.imread(str(photo))
        found = self.detector.faces(picture)
        if not found:
            return None
        height, width = picture.shape[:2]
        return self.embed(chip_of(picture, found[nearest_middle([box for box, _ in found], width, height)][1]))


class FaceRecognition:
    """What `face_recognition` 1.3 does with its defaults: HOG on twice the size, five landmarks, dlib's embedding as it is."""

    def __init__(self, models: pathlib.Path) -> None:
        self.detector = dlib.get_frontal_face_detector()
        self.landmarks = dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat"))
        self.network = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))

    def faces(self, picture: numpy.ndarray) -> list[tuple[tuple[float, float, float, float], numpy.ndarray]]:
        """(box, embedding) of each face of a picture in RGB."""
        boxes = self.detector(picture, 1)
        return [((box.left(), box.top(), box.width(), box.height()),
                 numpy.array(self.network.compute_face_descriptor(picture, self.landmarks(picture, box)))) for box in boxes]

    def face(self, photo: pathlib.Path) -> numpy.ndarray | None:
        picture = cv2.cvtColor(cv2.imread(str(photo)), cv2.COLOR_BGR2RGB)
        found = self.faces(picture)
        height, width = picture.shape[:2]
        return found[nearest_middle([box for box, _ in found], width, height)][1] if found else None
