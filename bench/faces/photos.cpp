#include "faces/photos.hpp"

#include <algorithm>
#include <memory>

#include <turbojpeg.h>

#include "core/file.hpp"

namespace notify::bench {

std::vector<std::filesystem::path> ListPhotos(const std::filesystem::path& folder, std::size_t most) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().extension() == ".jpg") {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    if (found.size() <= most) {
        return found;
    }
    std::vector<std::filesystem::path> chosen;
    for (std::size_t i = 0; i < most; ++i) {
        chosen.push_back(found[i * found.size() / most]);
    }
    return chosen;
}

std::optional<Photo> DecodePhoto(const std::filesystem::path& path, int longest_side) {
    const auto file = ReadFile(path);
    if (!file) {
        return std::nullopt;
    }
    const std::vector<unsigned char> bytes(file->begin(), file->end());
    const std::unique_ptr<void, int (*)(void*)> decoder(tjInitDecompress(), tjDestroy);
    Photo photo;
    int sampling = 0;
    int colours = 0;
    if (tjDecompressHeader3(
            decoder.get(), bytes.data(), bytes.size(), &photo.width, &photo.height, &sampling, &colours
        ) != 0) {
        return std::nullopt;
    }
    int eighths = 8;
    const auto scaled = [&](int size) { return TJSCALED(size, (tjscalingfactor{eighths, 8})); };
    while (eighths > 1 && scaled(std::max(photo.width, photo.height)) > longest_side) {
        --eighths;
    }
    photo.width = scaled(photo.width);
    photo.height = scaled(photo.height);
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
        return std::nullopt;
    }
    return photo;
}

}  // namespace notify::bench
