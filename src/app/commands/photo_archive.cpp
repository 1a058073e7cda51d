#include "app/commands/photo_archive.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "app/commands/bodies.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

struct Close {
    void operator()(archive* read) const noexcept { archive_read_free(read); }
};

using Archive = std::unique_ptr<archive, Close>;

Unexpected Broken(const std::filesystem::path& path, archive* read) {
    const auto* const why = archive_error_string(read);
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} cannot be unpacked: {}", path.string(), why != nullptr ? why : "it is no archive")
    );
}

/// "Ada/1.jpg" of "photos/Ada/1.jpg"; empty of what is no photo of a person.
std::filesystem::path PlaceOf(archive_entry* entry) {
    const auto* const name = archive_entry_pathname_utf8(entry);
    if (name == nullptr || archive_entry_filetype(entry) != AE_IFREG) {
        return {};
    }
    const std::filesystem::path path(name);
    const auto person = path.parent_path().filename();
    const bool odd = person.empty() || person == ".." || person == "." ||
                     path.string().find('\\') != std::string::npos ||
                     path.string().find("__MACOSX") != std::string::npos;
    return odd || !IsPhotoName(path) ? std::filesystem::path() : person / path.filename();
}

/// The entry's bytes, at most kMaxPhotoBytes.
Result<std::string> BytesOf(const std::filesystem::path& path, archive* read, archive_entry* entry) {
    std::string bytes;
    std::array<char, 65536> piece{};
    for (;;) {
        const auto got = archive_read_data(read, piece.data(), piece.size());
        if (got < 0) {
            return Broken(path, read);
        }
        if (got == 0) {
            return bytes;
        }
        bytes.append(piece.data(), static_cast<std::size_t>(got));
        if (bytes.size() > kMaxPhotoBytes) {
            return Fail(
                ErrorCode::kTooLarge,
                fmt::format(
                    "{} in {} is over {} MiB",
                    archive_entry_pathname_utf8(entry),
                    path.string(),
                    kMaxPhotoBytes >> 20U
                )
            );
        }
    }
}

Result<void> Write(const std::filesystem::path& path, const std::string& bytes) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    return error ? Unexpected(SystemError(error.value(), fmt::format("make {}", path.parent_path().string())))
                 : WriteFileAtomically(path, bytes, 0600);
}

Result<void> Unpack(const std::filesystem::path& path, const std::filesystem::path& folder) {
    const Archive read(archive_read_new());
    archive_read_support_format_all(read.get());
    archive_read_support_filter_all(read.get());
    if (archive_read_open_filename(read.get(), path.c_str(), std::size_t{1} << 16U) != ARCHIVE_OK) {
        return Broken(path, read.get());
    }
    std::size_t size = 0;
    std::size_t photos = 0;
    for (archive_entry* entry = nullptr;;) {
        const auto next = archive_read_next_header(read.get(), &entry);
        if (next == ARCHIVE_EOF) {
            break;
        }
        if (next < ARCHIVE_WARN) {
            return Broken(path, read.get());
        }
        const auto place = PlaceOf(entry);
        if (place.empty()) {
            continue;
        }
        if (++photos > UnpackedPhotos::kMostPhotos) {
            return Fail(
                ErrorCode::kTooLarge,
                fmt::format(
                    "{} has more than {} photos: import some people at a time",
                    path.string(),
                    UnpackedPhotos::kMostPhotos
                )
            );
        }
        const auto bytes = BytesOf(path, read.get(), entry);
        if (!bytes) {
            return Unexpected(bytes.error());
        }
        size += bytes->size();
        if (size > UnpackedPhotos::kMostBytes) {
            return Fail(
                ErrorCode::kTooLarge,
                fmt::format(
                    "the photos in {} are over {} GiB", path.string(), UnpackedPhotos::kMostBytes >> 30U
                )
            );
        }
        if (auto written = Write(folder / place, *bytes); !written) {
            return written;
        }
    }
    return size > 0 ? Result<void>{}
                    : Fail(
                          ErrorCode::kInvalidArgument,
                          fmt::format(
                              "there is no photo in a folder in {}: it holds Name/photo.jpg for each person",
                              path.string()
                          )
                      );
}

}  // namespace

Result<UnpackedPhotos> UnpackedPhotos::Of(const std::filesystem::path& archive) {
    std::error_code none;
    auto wanted = (std::filesystem::temp_directory_path(none) / "notifications-api.XXXXXX").string();
    // NOLINTNEXTLINE(misc-include-cleaner): it is in <stdlib.h>
    if (::mkdtemp(wanted.data()) == nullptr) {
        return Unexpected(SystemError(errno, "make a folder for the photos"));
    }
    UnpackedPhotos photos{std::filesystem::path(wanted)};
    return Unpack(archive, photos.folder_).map([&] { return std::move(photos); });
}

UnpackedPhotos::UnpackedPhotos(UnpackedPhotos&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}

UnpackedPhotos::~UnpackedPhotos() {
    std::error_code ignored;
    if (!folder_.empty()) {
        std::filesystem::remove_all(folder_, ignored);
    }
}

}  // namespace notify
