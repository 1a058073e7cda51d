#include "storage/sql/sealed_embeddings.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/person.hpp"

namespace notify::sql {

namespace {

constexpr std::string_view kPurpose = "embedding";

}  // namespace

std::string SealEmbeddings(const SecretBox& box, const Embedding* first, std::size_t count) {
    std::string bytes(count * sizeof(Embedding), '\0');
    if (count > 0) {
        std::memcpy(bytes.data(), first, bytes.size());
    }
    return box.Seal(bytes, kPurpose);
}

Result<std::vector<Embedding>> OpenEmbeddings(const SecretBox& box, const std::string& sealed) {
    if (sealed.empty()) {
        return std::vector<Embedding>();
    }
    const auto bytes = box.Open(sealed, kPurpose);
    if (!bytes) {
        return Unexpected(bytes.error().Within("embeddings"));
    }
    std::vector<Embedding> embeddings(bytes->size() / sizeof(Embedding));
    if (!embeddings.empty()) {
        std::memcpy(embeddings.data(), bytes->data(), embeddings.size() * sizeof(Embedding));
    }
    return embeddings;
}

}  // namespace notify::sql
