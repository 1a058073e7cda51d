#include "sample_photos.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>

#include <turbojpeg.h>

#include "core/file.hpp"

namespace notify {

Photo DecodeSample(const std::string& name, int longest_side) {
    const std::string file = ReadFile(std::filesystem::path(NOTIFY_SAMPLE_FOLDER) / name).value();
    const auto bytes = std::vector<unsigned char>(file.begin(), file.end());
    const std::unique_ptr<void, int (*)(void*)> decoder(tjInitDecompress(), tjDestroy);
    Photo photo;
    int sampling = 0;
    int colours = 0;
    tjDecompressHeader3(
        decoder.get(), bytes.data(), bytes.size(), &photo.width, &photo.height, &sampling, &colours
    );
    for (int eighths = 8; eighths > 0; --eighths) {
        const tjscalingfactor factor{eighths, 8};
        const int width = TJSCALED(photo.width, factor);
        const int height = TJSCALED(photo.height, factor);
        if (std::max(width, height) <= longest_side || eighths == 1) {
            photo.width = width;
            photo.height = height;
            break;
        }
    }
    photo.bgr.resize(static_cast<std::size_t>(photo.width) * static_cast<std::size_t>(photo.height) * 3);
    if (tjDecompress2(
            decoder.get(),
            bytes.data(),
            bytes.size(),
            photo.bgr.data(),
            photo.width,
            0,
            photo.height,
            TJPF_BGR,
            0
        ) != 0) {
        throw std::runtime_error("cannot decode " + name);
    }
    return photo;
}

std::string ModelBytes(const std::string& name) {
    return ReadFile(std::filesystem::path(NOTIFY_MODEL_FOLDER) / name).value_or(std::string{});
}

FaceModels& SharedModels() {
    static FaceModels models = LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {}).value();
    return models;
}

FaceChip SampleChip(const std::string& name) {
    const Photo full = DecodeSample(name, 1 << 20);
    const Photo small = DecodeSample(name, 640);
    Landmarks landmarks = SharedModels().detector.Detect(small.View()).value().at(0).landmarks;
    const float scale = static_cast<float>(full.width) / static_cast<float>(small.width);
    for (Point& point : landmarks) {
        point.x = ((point.x + 0.5F) * scale) - 0.5F;
        point.y = ((point.y + 0.5F) * scale) - 0.5F;
    }
    return CutFaceChip(full.View(), landmarks).value();
}

}  // namespace notify
