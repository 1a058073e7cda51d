#pragma once

// Encryption at rest with AES-256-GCM: endpoint secrets, embeddings, crops of faces.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// What SecretBox::Open does when there is no key file.
enum class MissingKey : std::uint8_t {
    kMake,    ///< Makes one with a fresh key: nothing was sealed yet.
    kRefuse,  ///< What was sealed with the lost key could never be opened with another.
};

/// Seals and opens bytes with a key that lives in a file of its own (0600). Immutable after opening:
/// thread-safe. A sealed text is: 1 byte format (1), 8 bytes key id, 12 bytes nonce, ciphertext, 16 bytes
/// tag.
class SecretBox final {
public:
    static constexpr std::size_t kSealBytes = 37;  ///< By so many a sealed text is longer.

    /// Reads the key file. kForbidden when others may read it, kInvalidArgument when it is no key file,
    /// kNotFound with what to do when it is missing and may not be made.
    [[nodiscard]] static Result<SecretBox> Open(
        const std::filesystem::path& key_file, MissingKey missing = MissingKey::kMake
    );

    /// With a key of one's own, which is kept sealed by another: `key` has 32 bytes.
    [[nodiscard]] static Result<SecretBox> WithKey(std::string key);

    /// 32 random bytes.
    [[nodiscard]] static std::string FreshKey();

    /// 32 hexadecimal digits by which an equal text of that purpose is known again, and which tell nothing of
    /// it to whoever has not the key.
    [[nodiscard]] std::string Mark(std::string_view text, std::string_view purpose) const;

    /// 32 secret bytes for that purpose, which tell nothing of the key.
    [[nodiscard]] std::string Derived(std::string_view purpose) const;

    /// Sixteen hexadecimal digits that name the key and tell nothing of it.
    [[nodiscard]] const std::string& KeyId() const noexcept { return key_id_; }

    /// `purpose` is bound to the sealed text: it opens only with the same one ("endpoint.secret",
    /// "embedding", …).
    [[nodiscard]] std::string Seal(std::string_view clear, std::string_view purpose) const;

    /// Whether it says of itself that it was sealed with this key.
    [[nodiscard]] bool IsSealedByThis(std::string_view sealed) const;

    /// kInvalidArgument when it was sealed with another key (the sentence names both ids) or for another
    /// purpose, or was changed.
    [[nodiscard]] Result<std::string> Open(std::string_view sealed, std::string_view purpose) const;

private:
    SecretBox(std::string key, std::string key_id);

    std::string key_;
    std::string key_id_;
};

}  // namespace notify
