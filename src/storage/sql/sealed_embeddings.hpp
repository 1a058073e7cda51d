#pragma once

// Embeddings as columns hold them: sealed.

#include <cstddef>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/person.hpp"

namespace notify::sql {

[[nodiscard]] std::string SealEmbeddings(const SecretBox& box, const Embedding* first, std::size_t count);

[[nodiscard]] Result<std::vector<Embedding>> OpenEmbeddings(const SecretBox& box, const std::string& sealed);

/// The rows, or the first error among them.
template <class T>
Result<std::vector<T>> AllOrError(std::vector<Result<T>> rows) {
    std::vector<T> all;
    all.reserve(rows.size());
    for (auto& row : rows) {
        if (!row) {
            return Unexpected(std::move(row.error()));
        }
        all.push_back(std::move(*row));
    }
    return all;
}

}  // namespace notify::sql
