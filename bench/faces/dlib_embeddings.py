#!/usr/bin/env python3
"""Embeds raw chips (150×150 RGB, one after the other) with dlib: dlib_embeddings.py MODEL CHIPS OUT (floats, 128 each)."""
import sys

import dlib
import numpy

model, chips, out = sys.argv[1:]
network = dlib.face_recognition_model_v1(model)
images = numpy.fromfile(chips, numpy.uint8).reshape(-1, 150, 150, 3)
numpy.array([network.compute_face_descriptor(image) for image in images], numpy.float32).tofile(out)
