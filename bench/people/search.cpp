// Measures the index of faces.   search FACES QUERIES [REACH]   both: 128 floats of length 1 each, nothing
// else Prints "name value" lines: opening from sealed embeddings, memory, times of a search, and what it
// missed.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/file.hpp"
#include "core/secret_box.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/face_index.hpp"

namespace notify::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<Embedding> ReadEmbeddings(const std::filesystem::path& path) {
    const auto bytes = ReadFile(path, std::size_t{1} << 30U);
    if (!bytes || bytes->empty() || bytes->size() % sizeof(Embedding) != 0) {
        throw std::runtime_error(fmt::format("{} holds no embeddings", path.native()));
    }
    std::vector<Embedding> embeddings(bytes->size() / sizeof(Embedding));
    std::memcpy(embeddings.data(), bytes->data(), bytes->size());
    return embeddings;
}

/// The embeddings as rows of the database have them.
std::vector<std::string> Sealed(const std::vector<Embedding>& faces, const SecretBox& box) {
    std::vector<std::string> rows;
    rows.reserve(faces.size());
    for (const auto& face : faces) {
        std::string bytes(sizeof face, '\0');
        std::memcpy(bytes.data(), &face, sizeof face);
        rows.push_back(box.Seal(bytes, "embedding"));
    }
    return rows;
}

void MeasureOpening(const std::vector<std::string>& rows, const SecretBox& box, FaceIndex& index) {
    const auto start = Clock::now();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto clear = box.Open(rows[i], "embedding");
        Embedding face{};
        if (!clear || clear->size() != sizeof face) {
            throw std::runtime_error("a row does not open");
        }
        std::memcpy(&face, clear->data(), sizeof face);
        if (const auto added = index.Add(i, face); !added) {
            throw std::runtime_error(added.error().message);
        }
    }
    std::cout << fmt::format("search_open_s {:.3f}\n", SecondsSince(start));
    const double embeddings = static_cast<double>(rows.size() * sizeof(Embedding));
    std::cout << fmt::format(
        "search_memory_ratio {:.4f}\n", static_cast<double>(index.MemoryBytes()) / embeddings
    );
}

std::size_t NearestByComparison(const std::vector<Embedding>& faces, const Embedding& query) {
    std::size_t best = 0;
    double least = 3;
    for (std::size_t i = 0; i < faces.size(); ++i) {
        if (const double distance = DistanceBetween(query, faces[i]); distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

void MeasureSearch(const FaceIndex& index, const std::vector<Embedding>& queries, double reach) {
    std::vector<double> times;
    for (const auto& query : queries) {
        const auto start = Clock::now();
        if (!index.Nearest(query, 1, reach)) {
            throw std::runtime_error("a query is no embedding");
        }
        times.push_back(SecondsSince(start) * 1000);
    }
    std::ranges::sort(times);
    std::cout << fmt::format(
        "search_p50_ms {:.3f}\nsearch_p99_ms {:.3f}\n",
        times[times.size() / 2],
        times[times.size() * 99 / 100]
    );
}

void MeasureRecall(
    const FaceIndex& index, const std::vector<Embedding>& faces, const std::vector<Embedding>& queries
) {
    constexpr std::size_t kCompared = 100;  // half a second each
    const std::size_t count = std::min(kCompared, queries.size());
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& query = queries[i * queries.size() / count];
        const auto nearest = index.Nearest(query, 1);
        found += nearest && nearest->front().key == NearestByComparison(faces, query) ? 1U : 0U;
    }
    std::cout << fmt::format(
        "search_recall {:.4f}\n", static_cast<double>(found) / static_cast<double>(count)
    );
}

void Measure(const char* faces_path, const char* queries_path, double reach) {
    const auto faces = ReadEmbeddings(faces_path);
    const auto queries = ReadEmbeddings(queries_path);
    const auto key_file = std::filesystem::path(faces_path).replace_extension(".key");
    const auto box = SecretBox::Open(key_file);
    if (!box) {
        throw std::runtime_error(box.error().message);
    }
    FaceIndex index;
    MeasureOpening(Sealed(faces, *box), *box, index);
    MeasureSearch(index, queries, reach);
    MeasureRecall(index, faces, queries);
}

}  // namespace
}  // namespace notify::bench

int main(int count, char** words) {
    try {
        if (count < 3) {
            throw std::runtime_error("usage: search FACES QUERIES [REACH]");
        }
        notify::bench::Measure(words[1], words[2], count > 3 ? std::atof(words[3]) : 2);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
