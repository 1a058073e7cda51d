#pragma once

// An archive of photos (zip, tar, 7z, whatever libarchive knows) as a folder of people: Name/photo.jpg.

#include <filesystem>
#include <string>

#include "core/result.hpp"

namespace notify {

/// A folder for photos that only this user reads, removed with what is in it at the end of its life.
class UnpackedPhotos final {
public:
    /// Writes each photo of the archive as "person/photo": the last two parts of its path; everything else is
    /// passed over, links too. kNotFound and kInvalidArgument for what is no archive, is encrypted or broken,
    /// or holds none; kTooLarge for one photo over kMaxPhotoBytes, or more than kMostBytes or
    /// kMostPhotos of them.
    [[nodiscard]] static Result<UnpackedPhotos> Of(const std::filesystem::path& archive);

    static constexpr std::size_t kMostBytes = std::size_t{4} << 30U;
    static constexpr std::size_t kMostPhotos = 10'000;

    ~UnpackedPhotos();
    UnpackedPhotos(const UnpackedPhotos&) = delete;
    UnpackedPhotos& operator=(const UnpackedPhotos&) = delete;
    UnpackedPhotos(UnpackedPhotos&& other) noexcept;
    UnpackedPhotos& operator=(UnpackedPhotos&&) = delete;

    [[nodiscard]] const std::filesystem::path& Folder() const noexcept { return folder_; }

private:
    explicit UnpackedPhotos(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::filesystem::path folder_;
};

}  // namespace notify
