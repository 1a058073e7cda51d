#include "people/gallery_seal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/binary.hpp"
#include "core/error.hpp"
#include "core/passphrase_key.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"

namespace notify {

namespace {

constexpr std::string_view kStart = "notifications-api-gallery\n";
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kShortestPassphrase = 12;
constexpr std::size_t kLongestPassphrase = 1024;

using Salt = std::array<char, kPassphraseSaltBytes>;

/// All that is before the sealed text.
struct Head {
    std::uint32_t format = kFormat;
    Salt salt{};
    std::uint64_t sealed_bytes = 0;

    template <class Archive, Either<Head> Self>
    static void Members(Archive& archive, Self& head) {
        archive(head.format, head.salt, head.sealed_bytes);
    }
};

constexpr std::size_t kHeadBytes =
    kStart.size() + sizeof(std::uint32_t) + sizeof(Salt) + sizeof(std::uint64_t);

std::string TextOf(const Head& head) {
    BinaryWriter bytes;
    bytes(head);
    return std::string(kStart) + bytes.Take();
}

Result<SecretBox> BoxFor(std::string_view passphrase, const Salt& salt) {
    return SecretBox::WithKey(PassphraseKey(passphrase, {salt.data(), salt.size()}));
}

Unexpected Refused(std::string what) {
    return Fail(ErrorCode::kInvalidArgument, std::move(what));
}

Result<Head> ReadHead(std::string_view file) {
    if (!IsSealedGallery(file)) {
        return Refused("it is no gallery: people export writes them");
    }
    Head head;
    BinaryReader reader(file.substr(kStart.size()));
    reader(head.format);
    if (reader.IsSound() && head.format != kFormat) {
        return Fail(
            ErrorCode::kUnsupported,
            fmt::format("the gallery is of format {}, and format {} is understood here", head.format, kFormat)
        );
    }
    reader(head.salt, head.sealed_bytes);
    if (!reader.IsSound() || file.size() - kHeadBytes < head.sealed_bytes) {
        return Refused("the gallery is cut short: its end is missing");
    }
    if (file.size() - kHeadBytes > head.sealed_bytes) {
        return Refused("the gallery was changed since it was written: it is longer");
    }
    return head;
}

}  // namespace

Result<void> CheckPassphrase(std::string_view passphrase) {
    if (passphrase.size() < kShortestPassphrase || passphrase.size() > kLongestPassphrase) {
        return Refused(
            fmt::format("a passphrase has {} to {} bytes", kShortestPassphrase, kLongestPassphrase)
        );
    }
    return {};
}

Result<std::string> SealGallery(std::string_view document, std::string_view passphrase) {
    const auto too_large = [] {
        return Fail(
            ErrorCode::kTooLarge,
            fmt::format(
                "the gallery is larger than {} MiB: export some people at a time, or without crops",
                kMostGalleryBytes >> 20U
            )
        );
    };
    if (document.size() > kMostGalleryBytes) {
        return too_large();
    }
    Head head;
    std::ranges::copy(RandomBytes(head.salt.size()), head.salt.begin());
    const auto box = BoxFor(passphrase, head.salt);
    if (!box) {
        return Unexpected(box.error());
    }
    head.sealed_bytes = document.size() + SecretBox::kSealBytes;
    auto file = TextOf(head);
    file += box->Seal(document, file);
    return file.size() <= kMostGalleryBytes ? Result<std::string>(std::move(file)) : too_large();
}

bool IsSealedGallery(std::string_view file) noexcept {
    return file.starts_with(kStart);
}

Result<std::string> OpenGallery(std::string_view file, std::string_view passphrase) {
    if (file.size() > kMostGalleryBytes) {
        return Fail(
            ErrorCode::kTooLarge,
            fmt::format(
                "a gallery has at most {} MiB, and this has {}", kMostGalleryBytes >> 20U, file.size() >> 20U
            )
        );
    }
    const auto head = ReadHead(file);
    const auto box = head ? BoxFor(passphrase, head->salt) : Unexpected(head.error());
    if (!box) {
        return Unexpected(box.error());
    }
    const auto sealed = file.substr(kHeadBytes);
    if (!box->IsSealedByThis(sealed)) {
        return Refused("the passphrase is not the one that the gallery was sealed with");
    }
    auto document = box->Open(sealed, file.substr(0, kHeadBytes));
    return document ? std::move(document) : Refused("the gallery was changed since it was written");
}

}  // namespace notify
